package flows

// pathText is what a path says of itself.
type pathText struct {
	title, forWhom, gains, undo, benchmark, notYet string
	fits                                           string // why it is on the list
}

// stepText is the title of a step and its lines.
type stepText struct {
	title string
	lines []string
}

// The controls that a path touches, each with the version meant (facts/benchmarks).
//
// CISA's are held against the publisher's own text, ScubaGear's
// PowerShell/ScubaGear/baselines/aad.md, section 5: in release 1.8.0 (2026-05-07)
// 5.2v1 is "Only administrators SHALL be allowed to consent to applications". On
// its main branch (4d34e9a, 2026-08-20; since 4d47ea5, 2026-03-26) it is "User
// consent to applications SHALL be restricted", to none, or to verified publishers
// with Low permissions, and schemas/RiskyAppPermissions.json, Delegated, lists what
// should not be Low; its check (Rego/AADConfig.rego) fails on a Low one of these.
// 5.3v1 is the same in both; 5.4v1 was removed in March 2025
// (baselines/removedpolicies.md).
//
// EIDSCA's are held against Maester's tests (powershell/internal/eidsca, 6bf1d98,
// 2026-08-18): AP08 wants the entries for users' own consent to be that of Low and
// no other, and looks at none where no choice of Microsoft's stands there; CR01
// wants isEnabled of adminConsentRequestPolicy.
//
// CIS publishes to those who sign up alone: its rows are held against what Prowler
// quotes of v4.0.0, v6.0.0 and v7.0.0 (prowler/compliance/m365, 3e000fa,
// 2026-08-21) and Maester of v6.0.1, where both have the same number and the same
// recommended state; not against CIS's own document.
const (
	cisConsent  = "CIS Microsoft 365 Foundations v7.0.0, 5.1.5.1 (no user consent)"
	cisWorkflow = "CIS Microsoft 365 Foundations v7.0.0, 5.1.5.2 (admin consent workflow)"
	cisaConsent = "CISA SCuBA MS.AAD.5.2v1 of ScubaGear 1.8.0 (only admins consent)"
	cisaNext    = "its text after that release"
	cisaAsk     = "CISA SCuBA MS.AAD.5.3v1 (admin consent workflow)"
	cisaRisky   = "permissions that it lists as risky, such as Calendars.ReadWrite, Mail.ReadWrite, Mail.Send and EWS.AccessAsUser.All"
	eidscaAP08  = "EIDSCA.AP08 as Maester tests it"
	eidscaCR01  = "EIDSCA.CR01 as Maester tests it"
)

// Where things are in the portal. The older places stand in vendors' pages
// still (entra-facts; [ED:configure-user-consent, review-admin-consent-requests,
// configure-permission-classifications]).
const (
	placeConsent = "Entra ID, Enterprise apps, Consent and permissions"
	placeBefore  = "Older pages call it Identity, Applications, Enterprise applications, or Azure Active Directory, Enterprise applications, User settings."
	placeApp     = "Entra ID, Enterprise apps, All applications, {listed}"
)

// Roles by Microsoft's names (entra-facts §9; §3 [GC:authorizationpolicy-update],
// §6 [ED:configure-admin-consent-workflow]).
const (
	roleGlobal     = "Global Administrator"
	rolePrivileged = "Privileged Role Administrator"
	roleApps       = "Application Administrator" // [ED:deactivate-application-portal]
	roleAccess     = "Conditional Access Administrator"
)

// notYetGrant and notYetPolicy are how long a change may stay unseen
// (entra-facts §15; §3 and §6, where no figure is published for the policy).
const (
	notYetGrant  = "Consent shows within a few minutes as a rule."
	notYetPolicy = "A change of these settings shows within minutes as a rule; it may take up to an hour."
)

// pathTexts say what each path is.
var pathTexts = map[PathID]pathText{
	ConsentRequests: {
		title: "Let users ask, admins answer", forWhom: "A tenant whose users shall be able to ask, for this app and the next.",
		gains:     "Users who meet the wall can ask from it, for any app; reviewers get the request. Approving it approves this app, these permissions, for everyone.",
		undo:      "Set the switch back: " + placeConsent + ", Admin consent settings. Then remove the grant: Enterprise apps, {listed}, Permissions, Revoke permission.",
		benchmark: cisWorkflow + ", " + cisaAsk + " and " + eidscaCR01 + " ask for this switch. " + cisConsent + ": unchanged.",
		notYet:    "The switch shows within an hour, mostly within minutes; a request waits for a person, and lapses after the days that were set.",
		fits:      "a workflow for all apps, switched on once: users ask, reviewers decide",
	},
	LowImpact: {
		title: "User consent for low-impact permissions", forWhom: "A tenant that lets users consent to verified publishers, and wants this app's permissions among them.",
		gains:     "Each user may consent for themselves, to this app and to every other app of a verified publisher that asks for no more than what is classified Low.",
		undo:      "Remove the classifications, and set user consent back to what it was: " + placeConsent + ". Users who consented keep it until their grants are deleted.",
		benchmark: cisConsent + " and " + cisaConsent + ": breaks them; " + cisaNext + " allows this, but for " + cisaRisky + ". " + eidscaAP08 + ": meets it.",
		notYet:    notYetPolicy,
		fits:      "some permissions are not classified Low yet; Low holds for every verified publisher's app",
	},
	FirstSignIn: {
		title: "An admin signs in to the app", forWhom: "An admin who has an account in the app, or will have one.",
		gains: "Approves this app, what it asks for at that sign-in, for everyone in the tenant. Nothing else changes.",
		undo:  "Remove the grant: Enterprise apps, {listed}, Permissions, Revoke permission; or delete the oauth2PermissionGrant by Graph.",
		// As for every grant: user consent is left alone.
		benchmark: cisConsent + ": unchanged.",
		notYet:    notYetGrant,
		fits:      "one tick in the app's own sign-in; easy to forget the box",
	},
	AllowAll: {
		title: "Let users consent to any app", forWhom: "A tenant that trusts its users with every app. Hardly any should.",
		gains:     "Every user may consent to any app, for what its API leaves to users: mail, files and calendars among it.",
		undo:      "Set user consent back to what it was: " + placeConsent + ", User consent settings. Users who consented keep it until their grants are deleted.",
		benchmark: cisConsent + ", " + cisaConsent + ", " + cisaNext + " and " + eidscaAP08 + ": breaks them.",
		notYet:    notYetPolicy,
		fits:      "weakens every user for every app: approving this one app does not",
	},
	AppPolicy: {
		title: "A consent policy for this app alone", forWhom: "A tenant in which each user shall decide on this app for themselves.",
		gains:     "Each user may consent to this app, these permissions, for themselves. Every other app stays as it is.",
		undo:      "Take the policy off the user consent setting, then delete it. Users who consented keep it until their grants are deleted.",
		benchmark: cisConsent + " and " + cisaConsent + ": breaks them, for this one app. " + eidscaAP08 + ": breaks it where it was met.",
		notYet:    notYetPolicy,
		fits:      "nobody is signed up for anything: each user decides for themselves, on this app alone",
	},
	Pilot: {
		title: "A pilot first", forWhom: "A tenant that wants to see the app with one person, or one group, before everyone.",
		gains:     "One person, or the members of one group, can use the app; so can whoever is assigned to it already. Nobody else can, until you widen it.",
		undo:      "Delete the person's grant; for a group, remove the assignment and the grant, and set Assignment required back.",
		benchmark: cisConsent + ": unchanged.",
		notYet:    notYetGrant,
		fits:      "opens it to one person or one group, and to everyone when you say so",
	},
	AfterApproval: {
		title: "Approved, and still stopped", forWhom: "An admin who approved the app, and whose users do not get in.",
		gains:     "Finds what stops people although consent is in place. What is changed depends on what is found, and each step says it.",
		undo:      "Set back what you changed: each step names the place.",
		benchmark: cisConsent + ": unchanged.",
		notYet:    "An assignment or a switch shows within two minutes as a rule; people need a new sign-in each time.",
		fits:      "for people who are stopped although the app is approved: looks for the cause",
	},
	DNSRecord: {
		title: "Publish the vendor's DNS policy record", forWhom: "A domain whose owner wants a second layer: what the app may write elsewhere, whoever uses it.",
		gains:     "Nobody gains anything: {app} reads the record, and holds back what it writes outside the domain.",
		undo:      "Remove the TXT record at {recordName} again.",
		benchmark: "none affected",
		notYet:    "Name servers take a change over within minutes as a rule.",
		fits:      "a second layer beside consent, in the DNS; it opens nothing and blocks nobody",
	},
	Revoke: {
		title: "Take consent back", forWhom: "An admin who no longer wants the app in the tenant, or wants to begin anew.",
		gains:     "Nobody new can connect, and nobody's connection is renewed once its current token ends.",
		undo:      "Approve the app again by any of the other ways. People who had consented for themselves do so again, where they may.",
		benchmark: cisConsent + ": unchanged.",
		notYet:    "That a grant is gone shows within minutes as a rule; tokens that are out live about an hour longer.",
		fits:      "takes back what was approved; it opens nothing",
	},
}

// licenceGroup is what assigning a group takes ([ED:assign-user-or-group-access-portal]).
const licenceGroup = "Entra ID P1 for a group"
