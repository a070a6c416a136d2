package checks

import "onboard.example/checks/aadsts"

// WhyTrouble is what is known to have happened where no more can be asked of
// whoever looks after the tenant than help. The names are stable: messages are
// chosen by them.
type WhyTrouble string

// What may have happened.
const (
	TroubleVendor       WhyTrouble = "vendor_misconfigured" // the app is set up wrong
	TroubleApp          WhyTrouble = "app_not_in_tenant"    // the app's id, cloud or kind may be wrong
	TroubleService      WhyTrouble = "service_gone"         // the app asks for a service that was removed
	TroubleByMicrosoft  WhyTrouble = "off_by_microsoft"     // Microsoft itself switched the app off
	TroubleTenant       WhyTrouble = "wrong_tenant"         // signed in to another organisation
	TroubleNoTenant     WhyTrouble = "no_such_organisation" // the address names one that Microsoft does not know
	TroubleNoAccount    WhyTrouble = "no_such_account"      // the account is not known there
	TroubleInvitation   WhyTrouble = "invitation"           // a guest's invitation is open or gone
	TroubleCloud        WhyTrouble = "other_cloud"          // the tenant lives in another of Microsoft's clouds
	TroublePersonal     WhyTrouble = "personal_account"     // signed in with a personal account
	TroubleSession      WhyTrouble = "expired_token"        // the sign-in has ended
	TroubleUnfinished   WhyTrouble = "unfinished"           // the sign-in was begun and not completed
	TroublePassword     WhyTrouble = "password_wrong"       // user name or password did not pass
	TroubleNewPassword  WhyTrouble = "password_expired"     // a new password is wanted first
	TroubleLogonHours   WhyTrouble = "logon_hours"          // the account may not sign in now
	TroubleAgeGroup     WhyTrouble = "age_group"            // the account's age group, or its consent
	TroubleDeleted      WhyTrouble = "account_deleted"      // the account was deleted
	TroubleExternalStep WhyTrouble = "external_step"        // a provider outside Microsoft did not complete its part
	TroubleFeature      WhyTrouble = "feature_off"          // a feature of the tenant is switched off
	TroublePartner      WhyTrouble = "partner_at_risk"      // the partner's admin is held to be at risk
	TroubleDeclined     WhyTrouble = "user_declined"        // the person left the page, or said no
	TroubleNotEntra     WhyTrouble = "not_entra"            // another sign-in than Microsoft's
	TroubleFault        WhyTrouble = "transient"            // a passing fault at Microsoft
	TroubleNone         WhyTrouble = "none_success"         // the text tells of no error
	TroubleSeveral      WhyTrouble = "several"              // errors of many kinds at once
)

// WhyTroubles lists everything that may be known to have happened.
func WhyTroubles() []WhyTrouble {
	return []WhyTrouble{
		TroubleVendor, TroubleApp, TroubleService, TroubleByMicrosoft, TroubleTenant, TroubleNoTenant, TroubleNoAccount, TroubleInvitation, TroubleCloud,
		TroublePersonal, TroubleSession, TroubleUnfinished, TroublePassword, TroubleNewPassword, TroubleLogonHours, TroubleAgeGroup,
		TroubleDeleted, TroubleExternalStep, TroubleFeature, TroublePartner, TroubleDeclined, TroubleNotEntra, TroubleFault, TroubleNone,
		TroubleSeveral,
	}
}

// Trouble is what is known to have happened; empty where that is not known well
// enough to be told to others. A code says more than its class.
func (w Why) Trouble() WhyTrouble {
	if w.several() {
		return TroubleSeveral
	}
	if w.Sure != aadsts.High && w.Sure != aadsts.Medium {
		return ""
	}
	if t, ok := codeTroubles[w.Code]; ok {
		return t
	}
	switch {
	case w.Class == aadsts.Transient && w.Who != aadsts.Microsoft, w.Class == aadsts.AppNotInTenant && w.Who != aadsts.AppVendor:
		return ""
	case w.Class == aadsts.AppDisabled && w.Who == aadsts.AppVendor:
		return TroubleByMicrosoft
	}
	return classTroubles[w.Class]
}

// several reports whether the text is a list of codes, of which none decided.
func (w Why) several() bool { return w.Class == aadsts.Ambiguous && w.Code == 0 && len(w.Codes) > 1 }

// classTroubles is what happened by class, where the code does not say more.
var classTroubles = map[aadsts.Class]WhyTrouble{
	aadsts.VendorMisconfigured: TroubleVendor,
	aadsts.AppNotInTenant:      TroubleApp,
	aadsts.WrongTenant:         TroubleTenant,
	aadsts.PersonalAccount:     TroublePersonal,
	aadsts.ExpiredToken:        TroubleSession,
	aadsts.UserDeclined:        TroubleDeclined,
	aadsts.NotEntra:            TroubleNotEntra,
	aadsts.Transient:           TroubleFault,
	aadsts.NoneSuccess:         TroubleNone,
}

// codeTroubles is what happened by code, of those that differ from the rest of
// their class (facts/aadsts).
var codeTroubles = map[int]WhyTrouble{
	16000: TroubleNoAccount, 50020: TroubleNoAccount, 50034: TroubleNoAccount, 50197: TroubleNoAccount,
	50014: TroubleInvitation, 90038: TroubleCloud, 900439: TroubleCloud, 50143: TroubleTenant, 650054: TroubleService,
	50128: TroubleNoTenant, 90002: TroubleNoTenant, 900021: TroubleNoTenant, 900023: TroubleNoTenant,

	50056: TroublePassword, 50064: TroublePassword, 50126: TroublePassword,
	50055: TroubleNewPassword, 50135: TroubleNewPassword, 50142: TroubleNewPassword, 50144: TroubleNewPassword,
	50137: TroubleNewPassword, 120000: TroubleNewPassword, 120002: TroubleNewPassword, 120003: TroubleNewPassword, 120004: TroubleNewPassword,
	120012: TroubleNewPassword, 120014: TroubleNewPassword, 120018: TroubleNewPassword,

	16001: TroubleUnfinished, 16002: TroubleUnfinished, 50058: TroubleUnfinished, 50089: TroubleUnfinished, 50140: TroubleUnfinished,
	50192: TroubleUnfinished, 50199: TroubleUnfinished, 70016: TroubleUnfinished, 70018: TroubleUnfinished, 70019: TroubleUnfinished,
	70020: TroubleUnfinished, 81010: TroubleUnfinished, 90119: TroubleUnfinished, 90120: TroubleUnfinished, 160021: TroubleUnfinished,
	700020: TroubleUnfinished, 900561: TroubleUnfinished,
	50017: TroubleUnfinished, 50180: TroubleUnfinished, 220501: TroubleUnfinished, 81004: TroubleUnfinished, 81005: TroubleUnfinished, 81006: TroubleUnfinished,
	81007: TroubleUnfinished, 81009: TroubleUnfinished, 81011: TroubleUnfinished, 81012: TroubleUnfinished,

	80012: TroubleLogonHours, 50015: TroubleAgeGroup, 54000: TroubleAgeGroup, 500341: TroubleDeleted,
	50158: TroubleExternalStep, 50161: TroubleExternalStep, 50166: TroubleExternalStep,
	codeFeatureOff: TroubleFeature, codePartnerAtRisk: TroublePartner,
}
