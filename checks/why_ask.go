package checks

import (
	"slices"

	"onboard.example/checks/aadsts"
)

// WhyAsk is what an answer asks of whoever looks after the tenant.
type WhyAsk string

// What may be asked. The names are stable: messages are chosen by them.
const (
	AskConsent      WhyAsk = "consent"           // approve the app
	AskAssign       WhyAsk = "assign"            // assign the person to it
	AskEnable       WhyAsk = "enable"            // switch the app on
	AskService      WhyAsk = "service"           // get, or switch on, the service that the app uses
	AskAccess       WhyAsk = "access"            // look at Conditional Access
	AskDefaults     WhyAsk = "security_defaults" // say how to sign in: security defaults know no exception
	AskCrossTenant  WhyAsk = "cross_tenant"      // look at the rules between two organisations
	AskRestrictions WhyAsk = "restrictions"      // look at what a network or device lets people sign in to
	AskDevice       WhyAsk = "device"            // look at the device
	AskDeviceCode   WhyAsk = "device_code"       // say whether a browser may be used in a device code's place
	AskFactor       WhyAsk = "factor"            // help with the second factor
	AskAccount      WhyAsk = "account"           // look at the account
	AskInvite       WhyAsk = "invite"            // invite the person as a guest
	AskRisk         WhyAsk = "risk"              // look at the risk recorded for the person
	AskFederation   WhyAsk = "federation"        // look at the organisation's own sign-in service
	AskDirectory    WhyAsk = "directory"         // look at what checks passwords in the organisation's own directory
	AskHelp         WhyAsk = "help"              // look at it, for it is not known what is missing
)

// WhyAsks lists everything that may be asked.
func WhyAsks() []WhyAsk {
	return []WhyAsk{
		AskConsent, AskAssign, AskEnable, AskService, AskAccess, AskDefaults, AskCrossTenant, AskRestrictions,
		AskDevice, AskDeviceCode, AskFactor, AskAccount, AskInvite, AskRisk, AskFederation, AskDirectory, AskHelp,
	}
}

// Codes of which a class has more than one, and which ask for something else
// than the rest of their class (facts/aadsts).
const (
	codeSecurityDefaults = 530035 // no policy that could exempt an app
	codeFeatureOff       = 51000  // a feature of the tenant, and no list of organisations
	codePartnerAtRisk    = 530034 // of the partner's admin, in the partner's tenant
)

// Ask says what a message to the person's IT would ask for. What the code says
// goes before what its class has in common.
func (w Why) Ask() WhyAsk {
	if ask, ok := codeAsks[w.Code]; ok {
		return ask
	}
	switch {
	case w.several() || w.Class == aadsts.CAPolicy && w.Sure == aadsts.Low:
		return AskHelp
	case w.Sure == aadsts.Low && slices.Contains(w.Also, aadsts.NotEntra):
		return AskHelp // it may be another service's block, and nothing of Microsoft's would mend that
	case w.Who == aadsts.AppVendor && (w.Class == aadsts.AppNotInTenant || w.Class == aadsts.ServiceMissing || w.Class == aadsts.AppDisabled):
		return AskHelp // it may be the vendor's mistake, and no approval would mend that
	case w.asksConsent():
		return AskConsent
	case w.Class == aadsts.NotEntra && w.Who == aadsts.TenantAdmin:
		return AskFederation
	case w.Class == aadsts.WrongTenant && w.Who == aadsts.TenantAdmin:
		return AskInvite
	}
	if ask, ok := whyAsks[w.Class]; ok {
		return ask
	}
	return AskHelp
}

// codeAsks is what to ask for by code, of those that differ from the rest of
// their class (facts/aadsts). What help is asked with is its Trouble.
var codeAsks = map[int]WhyAsk{
	codeSecurityDefaults: AskDefaults,
	codeFeatureOff:       AskHelp,
	codePartnerAtRisk:    AskHelp,

	53004: AskRisk, 53011: AskRisk, // the risk stops them, and no policy could exempt the app from it
	80001: AskDirectory, 80002: AskDirectory, 80005: AskDirectory, 80007: AskDirectory, 80013: AskDirectory, 80014: AskDirectory,
	80012: AskHelp, 50015: AskHelp, 54000: AskHelp, 500341: AskHelp, // neither locked nor switched off
	50158: AskHelp, 50161: AskHelp, 50166: AskHelp, // of a provider outside Microsoft
}

// asksConsent reports whether an approval by an admin is what clears it: also
// where the admin cancelled it, or where writing it down failed.
func (w Why) asksConsent() bool {
	switch w.Class {
	case aadsts.AppNotInTenant, aadsts.GraphPermissionMissing, aadsts.PartnerNotAuthorised:
		return true
	case aadsts.UserDeclined:
		return w.Who == aadsts.TenantAdmin
	case aadsts.Transient:
		return w.Path == aadsts.EntraGrant
	case aadsts.Ambiguous:
		return slices.Contains(w.Also, aadsts.AdminConsentNeeded)
	default:
		return wantsConsent(w.Class)
	}
}

// whyAsks is what to ask for by class, where approval is not what is missing.
var whyAsks = map[aadsts.Class]WhyAsk{
	aadsts.AssignmentRequired: AskAssign,
	aadsts.AppDisabled:        AskEnable,
	aadsts.ServiceMissing:     AskService,
	aadsts.CAPolicy:           AskAccess,
	aadsts.CrossTenantPolicy:  AskCrossTenant,
	aadsts.TenantBlocked:      AskRestrictions,
	aadsts.DeviceRequired:     AskDevice,
	aadsts.DeviceCodeBlocked:  AskDeviceCode,
	aadsts.MFARequired:        AskFactor,
	aadsts.AccountDisabled:    AskAccount,
}

// OnlyAdmins reports whether the answer tells that nobody but an administrator
// may approve the app, and not as a guess. That consent is missing, or that the
// person left the page, does not.
func (w Why) OnlyAdmins() bool {
	if w.Sure == aadsts.Low {
		return false
	}
	switch w.Class {
	case aadsts.AdminConsentNeeded, aadsts.UserConsentOff, aadsts.PermissionsNeedAdmin, aadsts.RequestPending,
		aadsts.UnverifiedPublisher, aadsts.RiskyApp:
		return true
	default:
		return false
	}
}
