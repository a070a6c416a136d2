package aadsts

import (
	"slices"
	"strings"
	"testing"
)

// second are texts of a second reading: walls of other services, of networks and
// of Microsoft's own doing, and what was taken for something else.
var second = []textCase{
	{"else slack 1", "Slack workspace: You need admin approval to install Hetk", NotEntra, SomebodyElse},
	{"else slack 2", "contoso.slack.com\nHetk needs admin approval. Request to install", NotEntra, SomebodyElse},
	{"else google 1", "Google Workspace: admin approval required for this app", NotEntra, SomebodyElse},
	{"else google 2", "Error 400: admin_policy_enforced\nPlease contact your Google Workspace administrator for more information", NotEntra, SomebodyElse},
	{"else google 3", "Access blocked: your institution's admin needs to review Hetk. accounts.google.com. Admin approval required", NotEntra, SomebodyElse},
	{"else okta", "contoso.okta.com: admin approval required. Your administrator must approve this application", NotEntra, SomebodyElse},
	{"else hubspot", "HubSpot: only a super admin can install apps, admin approval required", NotEntra, SomebodyElse},
	{"else dropbox 1", "Dropbox.com: your team admin has disabled this app", NotEntra, SomebodyElse},
	{"else dropbox 2", "Dropbox team: ask your team admin, the app was blocked by your admin", NotEntra, SomebodyElse},
	{"else github", "github.com/login/oauth: an organization owner needs to approve this app, request approval", NotEntra, SomebodyElse},
	{"else zoom", "This app requires admin approval. marketplace.zoom.us", NotEntra, SomebodyElse},
	{"else atlassian", "contoso.atlassian.net: an administrator must approve this application before you can use it", NotEntra, SomebodyElse},
	{"else salesforce", "login.salesforce.com: this app is blocked by admin. Your admin must approve this app", NotEntra, SomebodyElse},

	// The app may be called so.
	{"app zoom", "Need admin approval\nZoom\nZoom needs permission to access resources in your organization that only an admin can grant.", AdminConsentNeeded, TenantAdmin},
	{"app slack", "Need admin approval\nSlack\nslack.com\nSlack needs permission to access resources in your organization that only an admin can grant.", AdminConsentNeeded, TenantAdmin},
	{"app hubspot", "AADSTS90094: HubSpot.com needs admin approval", AdminConsentNeeded, TenantAdmin},
	{"app dropbox", "Genehmigung erforderlich\nDropbox\ndropbox.com\nDiese App erfordert die Genehmigung Ihres Administrators für:", AdminConsentNeeded, TenantAdmin},
	{"app github", "Microsoft 365 says admin approval required for github.com", AdminConsentNeeded, TenantAdmin},
	{"app google", "https://app.example/cb?error=access_denied&error_subcode=cancel&state=google.com", Ambiguous, User},
	{"app by the team", "I asked the IT team: admin approval is required, they say", AdminConsentNeeded, TenantAdmin},
	{"app booked", "could not book tables: need admin approval", AdminConsentNeeded, TenantAdmin},
	{"app salesforce", "Salesforce: need admin approval, it says", AdminConsentNeeded, TenantAdmin},

	{"gsa 1", "Access is blocked\nThe Contoso IT department has restricted which organizations can be accessed. Contact the Contoso IT department to gain access.", TenantBlocked, TenantAdmin},
	{"gsa 2", "Your tenant administrator has restricted which organizations can be accessed.", TenantBlocked, TenantAdmin},
	{"gsa 3", "Your network administrator has blocked access. External access is blocked by policy on the network you are on.", TenantBlocked, TenantAdmin},
	{"gsa de", "Ihr Netzwerkadministrator hat den Zugriff blockiert.", TenantBlocked, TenantAdmin},
	{"gsa fr", "Votre administrateur réseau a bloqué l'accès à cette organisation.", TenantBlocked, TenantAdmin},
	{"gsa es", "El departamento de TI ha restringido las organizaciones a las que se puede acceder.", TenantBlocked, TenantAdmin},
	{"gsa sv", "IT-avdelningen har begränsat vilka organisationer som kan nås.", TenantBlocked, TenantAdmin},

	{"by Microsoft 1", "This app has been disabled by Microsoft because it violates the terms", AppDisabled, AppVendor},
	{"by Microsoft 2", "Diese App wurde von Microsoft deaktiviert.", AppDisabled, AppVendor},
	{"by Microsoft 3", "L'application a été désactivée par Microsoft", AppDisabled, AppVendor},
	{"by Microsoft 4", "La aplicación ha sido deshabilitada por Microsoft", AppDisabled, AppVendor},
	{"by Microsoft 5", "このアプリは Microsoft によって無効にされました", AppDisabled, AppVendor},
	{"by the admin", "This app has been disabled by your admin", AppDisabled, TenantAdmin},

	{"no account 1", "We couldn't find an account with that username. Try another account.", WrongTenant, User},
	{"no account 2", "This username may be incorrect. Make sure you typed it correctly.", WrongTenant, User},
	{"no account 3", "Dieser Benutzername ist möglicherweise falsch.", WrongTenant, User},
	{"no tenant", "Check to make sure you have the correct tenant ID and are signing into the correct cloud.", WrongTenant, User},

	{"fragment en", "Admin approval missing", AdminConsentNeeded, TenantAdmin},
	{"fragment de", "App nicht vom Administrator genehmigt", AdminConsentNeeded, TenantAdmin},
	{"fragment fr 1", "Approbation administrateur manquante", AdminConsentNeeded, TenantAdmin},
	{"fragment fr 2", "Application non approuvée par l'administrateur", AdminConsentNeeded, TenantAdmin},
	{"fragment fr 3", "Pas d’approbation de l’administrateur pour cette application", AdminConsentNeeded, TenantAdmin},
	{"fragment fr 4", "Hetk : en attente d'approbation de l'administrateur", RequestPending, TenantAdmin},
	{"fragment fr 5", "Il ne manque pas l'approbation de l'administrateur", Unknown, WhoUnknown},
	{"fragment es 1", "Falta la aprobación del administrador", AdminConsentNeeded, TenantAdmin},
	{"fragment es 2", "Aplicación no aprobada por el administrador", AdminConsentNeeded, TenantAdmin},
	{"fragment es 3", "Hetk: sin aprobación del administrador", AdminConsentNeeded, TenantAdmin},
	{"fragment es 4", "Aplicación pendiente de aprobación del administrador", RequestPending, TenantAdmin},
	{"fragment es 5", "No falta la aprobación del administrador", Unknown, WhoUnknown},
	{"fragment nl", "Goedkeuring van de beheerder ontbreekt", AdminConsentNeeded, TenantAdmin},
	{"fragment pt", "Aplicativo não aprovado pelo administrador", AdminConsentNeeded, TenantAdmin},
	{"fragment it", "App non approvata dall'amministratore", AdminConsentNeeded, TenantAdmin},
	{"fragment pl", "Aplikacja niezatwierdzona przez administratora", AdminConsentNeeded, TenantAdmin},
	{"fragment sv", "Administratörens godkännande saknas", AdminConsentNeeded, TenantAdmin},
	{"fragment ja", "管理者の承認がありません", AdminConsentNeeded, TenantAdmin},
	{"fragment none", "L'administrateur manque d'autorisation de parking", Unknown, WhoUnknown},
	{"not blocked 1", "It is not blocked by your admin", Unknown, WhoUnknown},
	{"not blocked 2", "the app isn't blocked by your organization", Unknown, WhoUnknown},
	{"not blocked 3", "Ihr Konto ist nicht gesperrt", Unknown, WhoUnknown},
	{"not blocked 4", "we are not blocked by Conditional Access here", Unknown, WhoUnknown},
	{"by name 1", "Ihr Administrator hat Hetk Calendar Sync blockiert", AppDisabled, TenantAdmin},
	{"by name 2", "Your administrator has blocked Hetk", AppDisabled, TenantAdmin},
	{"by name 3", "Your admin has blocked it", AppDisabled, TenantAdmin},
	{"65005 of the tenant", "AADSTS65005: Calendar Bridge is requesting access to a resource Contoso Mail that isn't available in your organization contoso.example", ServiceMissing, TenantAdmin},
	{"65005 of the app", "AADSTS65005: The application needs access to a service that its registration does not name", VendorMisconfigured, AppVendor},
	{"two 1", "AADSTS90094 (was solved). now AADSTS53003", AdminConsentNeeded, TenantAdmin},
	{"two 2", "AADSTS50105 and before that AADSTS90094", AdminConsentNeeded, TenantAdmin},
	{"two 3", "AADSTS65001 then later AADSTS50105", AssignmentRequired, TenantAdmin},
	{"own words 11", "need admin aproval", AdminConsentNeeded, TenantAdmin},
	{"own words 12", "Microsoft wants an admin to approve Calendly", AdminConsentNeeded, TenantAdmin},
	{"own words 13", "il me faut l'accord de mon admin pour l'appli", AdminConsentNeeded, TenantAdmin},
	{"own words 14", "Necesito permiso del administrador para la app", AdminConsentNeeded, TenantAdmin},
	{"own words 15", "necesito que el admin apruebe la aplicación", AdminConsentNeeded, TenantAdmin},
	{"own words 16", "ik heb toestemming van de admin nodig voor de app", AdminConsentNeeded, TenantAdmin},
	{"own words 17", "serve il consenso dell'admin per l'app", AdminConsentNeeded, TenantAdmin},
	{"own words 18", "preciso da aprovação do admin para o aplicativo", AdminConsentNeeded, TenantAdmin},
	{"own words 19", "blocked by your org's Conditional Access policy", CAPolicy, TenantAdmin},
	{"request yes", "Your request to use Hetk Calendar Sync has been approved", NoneSuccess, User},
	{"request no", "Your request to use Hetk Calendar Sync has been denied by an administrator. Microsoft", AdminConsentNeeded, TenantAdmin},
	{"request of long ago", "Your request to use the car park has been received and will be looked at by the people of the house in the coming weeks, whatever was approved", Unknown, WhoUnknown},
	{"msal line", "Error(s): 65001 - Timestamp: 2026-11-20 08:15:00Z - Description: the user has not", ConsentMissing, TenantAdmin},
	{"by whoever 1", "Access blocked. Contact your administrator.", Unknown, WhoUnknown},
	{"by whoever 2", "It is blocked; your admin has the answer", Unknown, WhoUnknown},
	{"else slack ja", "Slack ワークスペース contoso.slack.com 管理者の承認が必要です", NotEntra, SomebodyElse},
	{"by nobody", "The building administrator has blocked the stairs", Unknown, WhoUnknown},
}

// TestOwnWords holds what is said where the words of the class say too much or
// the wrong thing.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Deze app is uitgeschakeld. De toepassing is uitgeschakeld":                                whatOff,
		"Administrator zablokował tę aplikację":                                                    whatOff,
		"L'application est désactivée":                                                             whatOff,
		"Appen är inaktiverad. App is disabled in your organization":                               wordsOf(AppDisabled).what,
		"This app has been disabled by Microsoft":                                                  whatByMicrosoft,
		"The app is disabled in your organization.":                                                wordsOf(AppDisabled).what,
		"We couldn't find an account with that username.":                                          whatNoAccount,
		"Check to make sure you have the correct tenant ID and are signing into the correct cloud": "No such organisation is known there: a typing mistake, or another Microsoft cloud.",
		"Your administrator has blocked Hetk":                                                      whatYours,
	} {
		if a := Parse(text); a.What != want {
			t.Errorf("%q: %q, want %q", text, a.What, want)
		}
	}
}

// TestOneOfTwo holds that of two things to clear the one that is told is told as
// one of two, and what one approval clears as one.
func TestOneOfTwo(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]string{
		"AADSTS90094 (was solved). now AADSTS53003": "AADSTS90094" + whyCode + whyFirst + "AADSTS53003",
		"AADSTS50105 and before that AADSTS90094":   "AADSTS90094" + whyCode + whyFirst + "AADSTS50105",
		"AADSTS65001 then later AADSTS50105":        "AADSTS50105" + whyCode + whyFirst + "AADSTS65001",
		"AADSTS53003 and AADSTS50105, AADSTS65001":  "AADSTS53003" + whyCode + whyFirst + "AADSTS50105, AADSTS65001",
	} {
		if a := Parse(text); a.Sure != Medium || a.Why != why {
			t.Errorf("%q: %s, %s", text, a.Sure, a.Why)
		}
	}
	for _, text := range []string{
		"AADSTS65001, then AADSTS90094", "AADSTS90094 and AADSTS90095", "AADSTS90094 and AADSTS700082", "AADSTS90094: Need admin approval", "AADSTS53003: You cannot access this right now",
		"AADSTS65005: it is requesting access to a resource x that isn't available in your organization", "AADSTS50105 AADSTS50105",
	} {
		if a := Parse(text); a.Sure != High || strings.Contains(a.Why, whyFirst) {
			t.Errorf("%q: %s, %s", text, a.Sure, a.Why)
		}
	}
	if a := Parse("Slack: please remember that the building administrator must give his permission for every booking of the large room"); a.Class != Unknown || a.Sure != None {
		t.Errorf("somebody's permission: %s, %s", a.Class, a.Sure)
	}
	if a := Parse("AADSTS65005: x"); a.Sure != Medium {
		t.Errorf("65005 alone: %s", a.Sure)
	}
}

// TestMayBeUnassigned holds that the wall's codes offer that people have to be
// assigned, which Microsoft's page names as a cause
// [ED:application-sign-in-unexpected-user-consent-error].
func TestMayBeUnassigned(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"AADSTS90094", "AADSTS90095"} {
		if a := Parse(text); !slices.Contains(a.Also, AssignmentRequired) {
			t.Errorf("%s: also %v", text, a.Also)
		}
	}
}

// TestElsewhere holds that a wall that may be another service's is never told as
// Microsoft's without a word of it, and the other way round.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range second {
		a := Parse(c.text)
		switch {
		case c.class == NotEntra:
			if a.Sure == High || len(a.Also) == 0 && c.name != "else google 2" && c.name != "else github" || slices.Contains(a.Also, NotEntra) || a.Path != NoPath || a.Why != whyForeign {
				t.Errorf("%s: %s, %s, also %v", c.name, a.Class, a.Sure, a.Also)
			}
		case c.name == "app salesforce":
			if a.Sure != Low || a.Also[0] != NotEntra {
				t.Errorf("%s: %s, also %v", c.name, a.Sure, a.Also)
			}
		case c.name == "app zoom" || c.name == "app slack" || c.name == "app dropbox":
			if a.Sure == None || a.Also[0] == NotEntra {
				t.Errorf("%s: %s, also %v", c.name, a.Sure, a.Also)
			}
		}
	}
}
