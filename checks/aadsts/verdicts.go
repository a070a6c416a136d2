package aadsts

// verdict is what a sign means by itself.
type verdict struct {
	class Class
	who   Who
	sure  Sure
	path  PathID
	also  []Class
}

// walls says what the words of a page mean.
var walls = [wallCount]verdict{
	wallAdmin:       {AdminConsentNeeded, TenantAdmin, Medium, DirectLink, []Class{UserConsentOff, PermissionsNeedAdmin, RiskyApp}},
	wallForm:        {AdminConsentNeeded, TenantAdmin, Medium, ConsentRequests, []Class{RequestPending, UserConsentOff, PermissionsNeedAdmin}},
	wallSent:        {RequestPending, TenantAdmin, Medium, ConsentRequests, []Class{AdminConsentNeeded}},
	wallSentMaybe:   {RequestPending, TenantAdmin, Low, ConsentRequests, []Class{AdminConsentNeeded}},
	wallBlocked:     {CAPolicy, TenantAdmin, Low, AfterApproval, []Class{AppDisabled, AdminConsentNeeded, AssignmentRequired}},
	wallRefused:     {AdminConsentNeeded, TenantAdmin, Medium, ConsentRequests, nil},
	wallApproved:    {NoneSuccess, User, Medium, AfterApproval, []Class{ExpiredToken}},
	wallUserOff:     {UserConsentOff, TenantAdmin, Medium, DirectLink, []Class{PermissionsNeedAdmin, AdminConsentNeeded}},
	wallRisky:       {RiskyApp, TenantAdmin, Medium, DirectLink, []Class{UnverifiedPublisher, AdminConsentNeeded}},
	wallUnverified:  {UnverifiedPublisher, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded, RiskyApp}},
	wallPersonal:    {PersonalAccount, User, Medium, AfterApproval, []Class{WrongTenant}},
	wallAssignment:  {AssignmentRequired, TenantAdmin, Medium, AfterApproval, nil},
	wallAccess:      {CAPolicy, TenantAdmin, Medium, AfterApproval, []Class{DeviceRequired, MFARequired}},
	wallDevice:      {DeviceRequired, User, Medium, AfterApproval, []Class{CAPolicy}},
	wallMFA:         {MFARequired, User, Medium, AfterApproval, []Class{CAPolicy}},
	wallConsent:     {ConsentMissing, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded}},
	wallDeclined:    {UserDeclined, User, Medium, NoPath, []Class{AdminConsentNeeded}},
	wallDisabled:    {AppDisabled, TenantAdmin, Medium, AfterApproval, nil},
	wallByMicrosoft: {AppDisabled, AppVendor, Medium, NoPath, nil},
	wallNotFound:    {AppNotInTenant, AppVendor, Medium, DirectLink, []Class{WrongTenant, VendorMisconfigured}},
	wallService:     {ServiceMissing, TenantAdmin, Medium, AfterApproval, []Class{WrongTenant, VendorMisconfigured}},
	wallRestricted:  {TenantBlocked, TenantAdmin, Medium, NoPath, []Class{CrossTenantPolicy}},
	wallCrossTenant: {CrossTenantPolicy, TenantAdmin, Medium, NoPath, []Class{TenantBlocked}},
	wallNoTenant:    {WrongTenant, User, Medium, AfterApproval, []Class{PersonalAccount}},
	wallNoAccount:   {WrongTenant, User, Medium, NoPath, []Class{PersonalAccount}},
	wallNotMember:   {WrongTenant, User, Medium, AfterApproval, []Class{PersonalAccount}},
	wallLocked:      {AccountDisabled, TenantAdmin, Medium, NoPath, nil},
	wallRedirect:    {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
	wallExpired:     {ExpiredToken, User, Low, NoPath, nil},
	wallFault:       {Transient, Microsoft, Low, NoPath, nil},
	wallGraph:       {GraphPermissionMissing, TenantAdmin, Medium, DirectLink, []Class{ConsentMissing, AssignmentRequired}},
	wallDeviceCode:  {DeviceCodeBlocked, TenantAdmin, Medium, AfterApproval, []Class{CAPolicy}},
	wallScreen:      {NoneSuccess, User, Low, NoPath, nil},
	wallElsewhere:   {NotEntra, SomebodyElse, Medium, NoPath, nil},
	wallForeign:     {NotEntra, SomebodyElse, Low, NoPath, nil},
}

// oauthErrors are the errors that OAuth and Entra return without a code, with
// what they mean by themselves [K; RFC 6749, RFC 8628, OpenID Connect]. None of
// them says much.
var oauthErrors = map[string]verdict{
	"access_denied":              {Ambiguous, User, Low, NoPath, []Class{AdminConsentNeeded, UserDeclined}},
	"consent_required":           {ConsentMissing, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded}},
	"admin_consent_required":     {AdminConsentNeeded, TenantAdmin, Medium, DirectLink, []Class{UserConsentOff, PermissionsNeedAdmin}},
	"interaction_required":       {ExpiredToken, User, Low, NoPath, []Class{MFARequired, ConsentMissing, CAPolicy}},
	"login_required":             {ExpiredToken, User, Medium, NoPath, nil},
	"account_selection_required": {ExpiredToken, User, Medium, NoPath, nil},
	"invalid_grant":              {ExpiredToken, User, Low, NoPath, []Class{MFARequired, ConsentMissing}},
	"expired_token":              {ExpiredToken, User, Medium, NoPath, nil},
	"token_expired":              {ExpiredToken, User, Medium, NoPath, nil},
	"invalid_token":              {ExpiredToken, User, Low, NoPath, nil},
	"bad_verification_code":      {ExpiredToken, User, Medium, NoPath, nil},
	"authorization_pending":      {Transient, User, Medium, NoPath, nil},
	"slow_down":                  {Transient, User, Medium, NoPath, nil},
	"authorization_declined":     {UserDeclined, User, Medium, NoPath, []Class{AdminConsentNeeded}},
	"user_canceled":              {UserDeclined, User, Low, NoPath, []Class{AdminConsentNeeded}},
	"authentication_canceled":    {UserDeclined, User, Low, NoPath, []Class{AdminConsentNeeded}},
	"user_cancelled":             {UserDeclined, User, Low, NoPath, []Class{AdminConsentNeeded}},
	"temporarily_unavailable":    {Transient, Microsoft, Medium, NoPath, nil},
	"server_error":               {Transient, Microsoft, Low, NoPath, nil},
	"invalid_client":             {VendorMisconfigured, AppVendor, Low, NoPath, []Class{AppNotInTenant}},
	"unauthorized_client":        {VendorMisconfigured, AppVendor, Low, NoPath, []Class{AppNotInTenant, AppDisabled}},
	"invalid_request":            {VendorMisconfigured, AppVendor, Low, NoPath, nil},
	"invalid_scope":              {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
	"invalid_redirect_uri":       {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
	"unsupported_grant_type":     {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
	"unsupported_response_type":  {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
	"invalid_resource":           {ServiceMissing, TenantAdmin, Low, AfterApproval, []Class{VendorMisconfigured}},
	"invalid_tenant":             {WrongTenant, User, Medium, AfterApproval, nil},
	"insufficient_claims":        {CAPolicy, User, Medium, AfterApproval, []Class{ExpiredToken, MFARequired}},
	"insufficient_scope":         {GraphPermissionMissing, TenantAdmin, Medium, DirectLink, []Class{ConsentMissing}},
}

// suberrors narrow an error down, as Microsoft's libraries read them [K].
var suberrors = map[string]verdict{
	"cancel":                       {Ambiguous, User, Low, NoPath, []Class{AdminConsentNeeded, UserDeclined}},
	"consent_required":             {ConsentMissing, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded}},
	"user_password_expired":        {ExpiredToken, User, Medium, NoPath, nil},
	"bad_token":                    {ExpiredToken, User, Medium, NoPath, nil},
	"token_expired":                {ExpiredToken, User, Medium, NoPath, nil},
	"invalid_session":              {ExpiredToken, User, Medium, NoPath, nil},
	"basic_action":                 {MFARequired, User, Medium, AfterApproval, []Class{CAPolicy}},
	"additional_action":            {MFARequired, User, Medium, AfterApproval, []Class{CAPolicy, DeviceRequired}},
	"message_only":                 {CAPolicy, TenantAdmin, Medium, AfterApproval, []Class{DeviceRequired}},
	"protection_policy_required":   {CAPolicy, TenantAdmin, Medium, AfterApproval, []Class{DeviceRequired}},
	"protection_policies_required": {CAPolicy, TenantAdmin, Medium, AfterApproval, []Class{DeviceRequired}},
	"device_authentication_failed": {DeviceRequired, User, Medium, AfterApproval, nil},
	"client_mismatch":              {VendorMisconfigured, AppVendor, Medium, NoPath, nil},
}

// graphErrors are Microsoft Graph's own errors (entra-facts §15), in small letters.
var graphErrors = map[string]verdict{
	"authorization_requestdenied":             {GraphPermissionMissing, TenantAdmin, Medium, DirectLink, []Class{ConsentMissing, AssignmentRequired}},
	"authentication_msgraphpermissionmissing": {GraphPermissionMissing, TenantAdmin, High, DirectLink, []Class{ConsentMissing}},
	"erroraccessdenied":                       {GraphPermissionMissing, TenantAdmin, Medium, DirectLink, []Class{ConsentMissing}},
	"accessdenied":                            {GraphPermissionMissing, TenantAdmin, Low, DirectLink, []Class{ConsentMissing}},
	"forbidden":                               {GraphPermissionMissing, TenantAdmin, Low, DirectLink, []Class{ConsentMissing}},
	// A licence, and no permission (entra-facts §8).
	"authentication_requestfromnonpremiumtenantorb2ctenant": {ServiceMissing, TenantAdmin, High, NoPath, []Class{GraphPermissionMissing}},
	"invalidauthenticationtoken":                            {ExpiredToken, User, Medium, NoPath, []Class{WrongTenant}},
	"tokencreatedwithoutdatedpolicies":                      {ExpiredToken, User, Medium, NoPath, []Class{CAPolicy}},
	"invalidcloudinstance":                                  {WrongTenant, AppVendor, High, NoPath, []Class{VendorMisconfigured}},
	"mailboxnotenabledforrestapi":                           {ServiceMissing, TenantAdmin, Medium, AfterApproval, []Class{PersonalAccount}},
	"mailboxnotsupportedforrestapi":                         {ServiceMissing, TenantAdmin, Medium, AfterApproval, []Class{PersonalAccount}},
	"toomanyrequests":                                       {Transient, Microsoft, Medium, NoPath, nil},
	"activitylimitreached":                                  {Transient, Microsoft, Medium, NoPath, nil},
	"applicationthrottled":                                  {Transient, Microsoft, Medium, NoPath, nil},
	"servicenotavailable":                                   {Transient, Microsoft, Medium, NoPath, nil},
	"serviceunavailable":                                    {Transient, Microsoft, Medium, NoPath, nil},
	"generalexception":                                      {Transient, Microsoft, Low, NoPath, nil},
	"nobackingapplicationobject":                            {VendorMisconfigured, AppVendor, Medium, NoPath, []Class{Transient}},
	"consentrequired":                                       {ConsentMissing, TenantAdmin, Medium, DirectLink, []Class{AdminConsentNeeded}},
	"authorization_identitynotfound":                        {AppNotInTenant, TenantAdmin, Medium, DirectLink, []Class{WrongTenant}},
}

// weight is how far a class outranks others where a text holds several: what
// an admin must do first, passing faults and stale sign-ins last, because logs
// are full of those.
func weight(c Class) int {
	switch c {
	case AdminConsentNeeded, UserConsentOff, PermissionsNeedAdmin, UnverifiedPublisher, RiskyApp, RequestPending:
		return 30
	case AssignmentRequired, AppDisabled, AppNotInTenant, ServiceMissing, TenantBlocked, CAPolicy, DeviceCodeBlocked, CrossTenantPolicy, PartnerNotAuthorised:
		return 28
	case DeviceRequired, WrongTenant, PersonalAccount, AccountDisabled:
		return 26
	case ConsentMissing:
		return 24
	case VendorMisconfigured:
		return 22
	case MFARequired, GraphPermissionMissing:
		return 20
	case UserDeclined:
		return 18
	case NotEntra:
		return 12
	case ExpiredToken:
		return 10
	case Transient:
		return 8
	default:
		return 0
	}
}
