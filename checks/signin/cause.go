package signin

import (
	"context"
	"errors"
	"fmt"

	"onboard.example/checks"
)

// Cause says why a sign-in did not give a token. It chooses words and the next
// move to offer; callers may branch on it.
type Cause string

// The causes.
const (
	CauseDeclined      Cause = "declined"         // the person, or a wall they left, said no
	CauseAdminNeeded   Cause = "admin-needed"     // the tool's own app meets the wall it is to clear
	CauseAssignment    Cause = "assignment"       // this app requires assignment
	CausePolicy        Cause = "policy"           // Conditional Access or security defaults forbid it
	CauseRestricted    Cause = "restricted"       // tenant restrictions or cross-tenant access forbid it
	CauseDeviceCode    Cause = "device-code"      // device code is forbidden here
	CauseDevice        Cause = "device"           // a managed or compliant device is asked for
	CauseMFA           Cause = "mfa"              // more proof is asked for
	CausePublicFlow    Cause = "public-flow"      // the registration does not allow public clients
	CauseUnknownApp    Cause = "unknown-app"      // no such client id here
	CauseAppSetup      Cause = "app-setup"        // the registration is wrong: redirect, scope, first-party
	CauseAppDisabled   Cause = "app-disabled"     // the tool's app is disabled in this tenant
	CauseUnknownTenant Cause = "unknown-tenant"   // no such tenant in this cloud
	CauseOtherTenant   Cause = "other-tenant"     // the account is from elsewhere, or personal
	CauseOtherPerson   Cause = "other-person"     // not who signed in before
	CauseAccount       Cause = "account"          // disabled, locked or unknown account
	CauseSessionEnded  Cause = "session-ended"    // the refresh token is spent or revoked
	CauseTokenExpired  Cause = "token-expired"    // a token that was handed over has expired
	CauseTokenEarly    Cause = "token-early"      // valid only later: a wrong clock
	CauseTokenOther    Cause = "token-audience"   // a token for another API
	CauseFixed         Cause = "fixed"            // what was handed over can not be renewed or widened
	CauseConsent       Cause = "consent"          // no consent yet for a scope; ask with Widen
	CauseScopes        Cause = "scopes"           // signed in, but some scopes were not given
	CauseCodeExpired   Cause = "code-expired"     // the device code ran out
	CauseCodeSpent     Cause = "code-spent"       // the code of a pasted address was used, or is too old
	CauseTimeout       Cause = "timeout"          // the person did not answer in time
	CauseCancelled     Cause = "cancelled"        // we stopped it
	CausePort          Cause = "port"             // no port of this machine could be listened on
	CauseBrowser       Cause = "browser"          // the browser could not be opened
	CausePage          Cause = "page"             // the answer came back in a way it should not
	CauseNetwork       Cause = "network"          // nothing answered
	CauseTLS           Cause = "tls"              // the certificate is not trusted
	CauseNotMicrosoft  Cause = "not-microsoft"    // something else answered
	CauseThrottled     Cause = "throttled"        // asked too often
	CauseService       Cause = "service"          // Microsoft's side failed
	CauseNoTool        Cause = "az-missing"       // the az command is not there
	CauseNotLoggedIn   Cause = "az-not-logged-in" // az has no account for this tenant
	CauseTool          Cause = "az-failed"        // az failed otherwise
	CauseKeychain      Cause = "keychain"         // the keychain failed while a sign-in was to be kept
	CauseOther         Cause = "other"            // none of these; see Failure
)

// Error is why a sign-in failed. Say is one sentence in plain words, Do the next
// move; both are ready to be shown and hold no secret. errors.As finds the
// *checks.Failure in it, for a snapshot; errors.Is finds context.Canceled where
// Cause is CauseCancelled.
type Error struct {
	Cause   Cause
	Failure *checks.Failure
	Say     string
	Do      string
}

// Error gives Say, with Microsoft's code if there is one.
func (e *Error) Error() string {
	if e.Failure.Code == "" {
		return "sign in: " + e.Say
	}
	return fmt.Sprintf("sign in: %s (%s)", e.Say, e.Failure.Code)
}

// Unwrap gives the failure as checks keep it.
func (e *Error) Unwrap() error { return e.Failure }

// Is lets a cancelled sign-in match context.Canceled.
func (e *Error) Is(target error) bool {
	return e.Cause == CauseCancelled && target == context.Canceled //nolint:errorlint // Is itself compares
}

// asError finds an *Error in err.
func asError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// FailureOf gives the failure in err for a snapshot; an error of another room
// becomes one that says only that it was not read. It is nil for nil.
func FailureOf(err error) *checks.Failure {
	if err == nil {
		return nil
	}
	var f *checks.Failure
	if errors.As(err, &f) {
		return f
	}
	var in *InputError
	if errors.As(err, &in) {
		return inputFailure(in)
	}
	return netFailure(context.Background(), err)
}

func inputFailure(err error) *checks.Failure {
	return &checks.Failure{Kind: checks.FailRequest, Message: checks.Line(err.Error(), 200)}
}

// make builds the error of a cause with the words for it.
func (c Cause) make(f *checks.Failure) *Error {
	if f == nil {
		f = &checks.Failure{}
	}
	if f.Kind == "" {
		f.Kind = kindOf(c)
	}
	w := wordsFor(c)
	if f.Message == "" {
		f.Message = w.say
	}
	return &Error{Cause: c, Failure: f, Say: w.say, Do: w.do}
}

// kindOf is the kind of failure that snapshots keep for a cause.
func kindOf(c Cause) checks.FailureKind {
	switch c {
	case CauseAdminNeeded, CauseConsent, CauseScopes, CauseFixed:
		return checks.FailScope
	case CauseDeclined, CauseAssignment, CausePolicy, CauseRestricted, CauseDeviceCode, CauseDevice, CauseAppDisabled, CauseOtherPerson:
		return checks.FailDenied
	case CauseMFA, CauseAccount, CauseSessionEnded, CauseTokenExpired, CauseTokenEarly, CauseTokenOther,
		CauseCodeExpired, CauseCodeSpent, CauseTimeout, CauseNotLoggedIn, CauseOther:
		return checks.FailSignIn
	case CauseUnknownTenant:
		return checks.FailNotFound
	case CauseOtherTenant:
		return checks.FailWrongTenant
	case CauseCancelled:
		return checks.FailCancelled
	case CauseNetwork:
		return checks.FailUnreachable
	case CauseTLS:
		return checks.FailTLS
	case CauseNotMicrosoft, CausePage:
		return checks.FailNotJSON
	case CauseThrottled:
		return checks.FailThrottled
	case CauseService:
		return checks.FailService
	case CausePublicFlow, CauseUnknownApp, CauseAppSetup, CausePort, CauseBrowser, CauseNoTool, CauseTool, CauseKeychain:
		return checks.FailRequest
	default:
		return checks.FailSignIn
	}
}

// causes maps AADSTS numbers to causes (entra-facts §12, §13; 70020, 900021 and
// 900023 are general knowledge). The numbers choose words only; what is not
// here is shown as Microsoft says it.
var causes = map[int]Cause{
	65004: CauseDeclined,
	// The consent wall, met by the tool's own app (entra-facts §14).
	90094: CauseAdminNeeded, 90095: CauseAdminNeeded, 90093: CauseAdminNeeded,
	900941: CauseAdminNeeded, 900981: CauseAdminNeeded,
	65001: CauseConsent,
	50105: CauseAssignment,
	53002: CausePolicy, 53003: CausePolicy, 53004: CausePolicy, 53009: CausePolicy, 53011: CausePolicy, 50131: CausePolicy,
	530032: CausePolicy, 530034: CausePolicy, 530035: CausePolicy,
	50005:  CausePolicy,
	500021: CauseRestricted, 500022: CauseRestricted, 500212: CauseRestricted, 500213: CauseRestricted,
	530033: CauseDeviceCode, 530036: CauseDeviceCode,
	50097: CauseDevice, 50129: CauseDevice, 50155: CauseDevice, 53000: CauseDevice, 53001: CauseDevice,
	135011: CauseDevice, 700003: CauseDevice,
	50072: CauseMFA, 50074: CauseMFA, 50076: CauseMFA, 50078: CauseMFA, 50079: CauseMFA, 50158: CauseMFA, 53010: CauseMFA,
	7000218: CausePublicFlow,
	700016:  CauseUnknownApp, 700011: CauseUnknownApp, 70001: CauseUnknownApp, 700038: CauseUnknownApp,
	50011: CauseAppSetup, 500113: CauseAppSetup, 50194: CauseAppSetup, 65002: CauseAppSetup, 65005: CauseAppSetup,
	650056: CauseAppSetup, 650057: CauseAppSetup, 650053: CauseAppSetup, 70011: CauseAppSetup, 9002332: CauseAppSetup,
	900971:  CauseAppSetup,
	7000112: CauseAppDisabled,
	90002:   CauseUnknownTenant, 900021: CauseUnknownTenant, 900023: CauseUnknownTenant, 90019: CauseUnknownTenant,
	50020: CauseOtherTenant, 50034: CauseAccount, 51004: CauseAccount, 90072: CauseOtherTenant, 500208: CauseOtherTenant,
	16000: CauseOtherTenant, 16003: CauseOtherTenant, 50059: CauseUnknownTenant,
	50053: CauseAccount, 50055: CauseAccount, 50057: CauseAccount, 50126: CauseAccount, 50144: CauseAccount,
	50058: CauseSessionEnded, 50089: CauseSessionEnded, 50132: CauseSessionEnded,
	50133: CauseSessionEnded, 50173: CauseSessionEnded, 54005: CauseSessionEnded, 70000: CauseSessionEnded,
	70008: CauseSessionEnded, 70043: CauseSessionEnded, 70044: CauseSessionEnded, 700020: CauseSessionEnded,
	700082: CauseSessionEnded, 700084: CauseSessionEnded,
	70018: CauseCodeExpired, 70019: CauseCodeExpired, 70020: CauseCodeExpired,
	50000: CauseService, 50033: CauseService, 90006: CauseService, 90012: CauseService, 90024: CauseService,
	90033: CauseService, 90036: CauseService, 90055: CauseThrottled, 50196: CauseThrottled,
}

// oauthCauses maps the error member where there is no number.
var oauthCauses = map[string]Cause{
	"access_denied":            CauseDeclined,
	"authorization_declined":   CauseDeclined,
	"consent_required":         CauseConsent,
	"interaction_required":     CauseMFA,
	"login_required":           CauseSessionEnded,
	"invalid_grant":            CauseSessionEnded,
	"expired_token":            CauseCodeExpired,
	"bad_verification_code":    CauseCodeExpired,
	"code_expired":             CauseCodeExpired,
	"unauthorized_client":      CauseUnknownApp,
	"invalid_client":           CausePublicFlow,
	"invalid_tenant":           CauseUnknownTenant,
	"invalid_scope":            CauseAppSetup,
	"temporarily_unavailable":  CauseService,
	"server_error":             CauseService,
	"slow_down":                CauseThrottled,
	"authorization_pending":    CauseTimeout,
	"device_flow_unauthorized": CauseDeviceCode,
}
