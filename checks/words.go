package checks

import (
	"fmt"

	"onboard.example/checks/consent"
)

// Every word of this package that a person reads. The vocabulary is the
// product's: tenant, app, enterprise app, scope, app role, grant, tenant-wide.

// Titles of the checks, as questions.
const (
	titleTenantFound       = "Is the domain a Microsoft 365 tenant?"
	titleTenantCloud       = "Which of Microsoft's clouds is it in?"
	titleTenantRealm       = "Where do its people sign in?"
	titleTenantMatch       = "Are you signed in to the tenant of the domain?"
	titleAccountWork       = "Is yours a work account of the tenant?"
	titleAccountRole       = "May you approve the app for everyone?"
	titleAccountScopes     = "May your sign-in read what the checks look at?"
	titleAppNamed          = "Which enterprise apps go by the app's name?"
	titleAppPresent        = "Is the enterprise app in the tenant?"
	titleAppEnabled        = "Is the enterprise app enabled?"
	titleAppPublisher      = "Is the app's publisher verified?"
	titleAppAssignment     = "Is the app open to everyone?"
	titleAppGrant          = "Is every scope granted tenant-wide?"
	titleAppRoles          = "Is every app role granted?"
	titleAppUserGrants     = "Did people consent for themselves?"
	titleAppResource       = "Are the APIs that the app uses there, and will they stay?"
	titleConsentPolicy     = "What may users consent to in this tenant?"
	titleConsentManaged    = "Are scopes on Microsoft's managed list?"
	titleConsentClassified = "Which scopes are classified Low?"
	titleConsentRisk       = "May Microsoft hold the app for risky?"
	titleConsentPredict    = "May a user start using the app?"
	titleConsentWorkflow   = "Can blocked users ask an admin?"
	titleConsentReviewers  = "Who gets the requests?"
	titleConsentRequests   = "Did people ask for this app?"
	titleAccessConditional = "Does Conditional Access let people in?"
	titleAccessDefaults    = "Are security defaults on?"
	titleAccessSignIns     = "How did people's sign-ins to the app end?"
	titleAccessAudit       = "What does the audit log say of consent to the app?"
)

// Words used all over.
const (
	sayOr           = " or "
	sayNone         = "none"
	saySkipped      = "Not looked at, because %s failed: %s"
	sayStrange      = "There is no such check."
	sayBroken       = "This check broke down. That is a fault of onboard, not of your tenant."
	sayMore         = "… and %d more"
	sayTheyAnswered = "The answer was: %s"
	sayAnotherAPI   = "another API"
	sayNoPiece      = "nothing came back"
	sayReaderBroke  = "the reader broke down: %v"
)

// tenant/*
const (
	sayNoDomain       = "No domain was named."
	sayNoTenant       = "no tenant"
	sayDomainUnknown  = "Microsoft knows no tenant with the domain %s."
	sayOtherCloud     = "%s is no tenant of the %s; it is in the %s."
	sayFound          = "%s is tenant %s."
	sayInClouds       = "%s is a tenant in %d of Microsoft's clouds."
	sayCloudsMissed   = "Could not be asked: %s."
	sayTwoClouds      = "%s is a tenant in more than one cloud: %s. Name the one you mean."
	sayCloudTenant    = "%s: tenant %s"
	sayCloud          = "It is in the %s."
	sayNationalCloud  = "An app registered in the public cloud does not exist here: the vendor needs a registration of their own in this cloud."
	sayManagedRealm   = "People sign in with Microsoft."
	sayFederatedAt    = "People sign in at %s."
	sayFederated      = "People sign in at their organisation's own page."
	sayRealmUnknown   = "Microsoft's sign-in does not recognise people of this domain."
	sayMatch          = "You are signed in to the tenant of %s."
	sayMismatch       = "You are signed in to %s, not to the tenant of %s."
	sayOpaque         = "The token in hand cannot be read, so where you are signed in is not known."
	doDomain          = "Name the domain that people sign in with (--domain)."
	doCheckDomain     = "Check the spelling; use the domain that people sign in with at work."
	doCloud           = "Choose with %s."
	whyDomain         = "Without a domain nobody can tell which tenant is meant."
	whyDomainUnknown  = "Microsoft's public discovery has no tenant for it in any cloud that was asked."
	whyOtherCloud     = "The clouds are separate; nothing of one is seen in another."
	whyTwoClouds      = "They are two tenants with nothing in common but the name."
	whyRealmUnknown   = "A domain that is not verified in a tenant cannot sign in."
	whyMismatch       = "What Microsoft Graph says would be about another tenant."
	whyOpaque         = "A sign-in of onboard's own can be read; a token from elsewhere may not."
	saySignInAtTenant = "Sign in with an account of %s."
	saySignInAtWork   = "Sign in with a work account of the tenant."
)

func doSignInHere(domain string) string {
	if domain == "" {
		return saySignInAtWork
	}
	return fmt.Sprintf(saySignInAtTenant, domain)
}

// account/*
const (
	sayPersonal       = "This is a personal Microsoft account; it belongs to no organisation's tenant."
	sayAppOnly        = "This sign-in is an app's own, not a person's."
	sayGuest          = "You are a guest in this tenant; guests see little of it."
	sayWork           = "You are signed in with a work account."
	sayNobodyHolds    = "This sign-in is an app's own: there is no person to hold a role."
	sayMayApprove     = "You may approve this app for everyone: %s."
	sayEligible       = "You could activate %s; until you do, you may not approve."
	sayMayNotApprove  = "You hold none of the built-in roles that may approve this app for everyone."
	sayNotGraphRoles  = "%s may approve the scopes, but not Microsoft Graph's app roles."
	sayMaybeApprove   = "%s may be enough to approve, or not: sources differ."
	sayOtherRoles     = "You hold: %s."
	sayCustomRole     = "A custom role of your organisation may allow it all the same; those are not looked at."
	sayRolesThatMay   = "Who may: Cloud Application Administrator, Application Administrator, Privileged Role Administrator, Global Administrator."
	sayRolesForGraph  = "The app needs app roles of Microsoft Graph: for those, Privileged Role Administrator or Global Administrator."
	sayEligibleUnread = "Roles that you could activate were not looked at."
	sayScopesAll      = "Your sign-in may read everything that is looked at."
	sayScopesMissing  = "Your sign-in lacks %s; some things cannot be looked at."
	sayNotAskedFor    = "Not asked for, and not read: %s. It takes %s."
	sayCanNotRead     = "Can not be read: %s. It takes %s."
	doWorkAccount     = "Sign in with your work account."
	doActivate        = "Activate the role, then sign in again: a token made before does not carry it."
	doAskAdmin        = "Ask somebody who holds one of these roles to approve; the app needs it once, for everyone."
	whyPersonal       = "Approval is an organisation's, and only its own accounts can give it."
	whyGuest          = "What a guest cannot see looks as if it were not there."
	whyNobodyHolds    = "Approval is given by a person with a role."
	whyEligible       = "A role you are only eligible for gives no rights yet."
	whyNoGrantRole    = "Approving needs a role; looking does not."
	whyScopes         = "Each is for looking only; none of them changes anything."
)

// app/*
const (
	sayAbsent          = "The app is not in this tenant yet."
	sayAbsentIsNormal  = "That is normal before the first approval, which creates the enterprise app."
	sayAbsentValue     = "no enterprise app"
	sayPresent         = "The enterprise app is there: %s."
	sayAppIDs          = "Application id %s, owned by tenant %s."
	sayIDKnown         = "The app's client id is known."
	sayNamed           = "The client id is not known. %s here by the name %s: which it is, its vendor knows."
	sayNamedMore       = "The client id is not known. More than %d enterprise apps here by the name %s: its vendor knows which it is."
	sayNamedOne        = "%s: client id %s; owner %s; publisher %s; here since %s"
	sayNobodyNamed     = "The client id is not known, and no enterprise app here goes by the name %s."
	sayNamedElse       = "It may go by another name, or nobody has approved or used it here yet."
	sayOwnerUnsaid     = "not said"
	sayOwnerMicrosoft  = "Microsoft"
	sayOwnerHere       = "this tenant itself"
	sayNotVerified     = "not verified"
	sayVerifiedAs      = "%s (verified)"
	sayNoDay           = "a day not said"
	doWhichNamed       = "Ask the vendor which of these client ids is theirs, and give it (--app-id); the wizard lets you choose and confirm one."
	sayOtherApp        = "the answer is about another app"
	sayEnabled         = "The enterprise app is enabled."
	sayDisabled        = "Sign-in to the app is switched off in this tenant."
	sayDeactivated     = "The app is deactivated."
	sayStopped         = "Microsoft has disabled the app (%s)."
	sayNoProperty      = "Microsoft Graph did not say: %s was not in its answer."
	sayVerified        = "%s, verified (who, not how safe)."
	sayVerifiedMeans   = "Verified says who the publisher is, not that the app is safe."
	sayUnverified      = "The publisher is not verified."
	sayUnverifiedMeans = "Some consent policies want a verified publisher; an admin may approve without."
	sayPublisherNamed  = "The app's profile names %s."
	sayOtherPublisher  = "%s, verified, and the app's profile names %s."
	sayPartnerID       = " (partner id %s)"
	sayCalledElse      = "The enterprise app of this client id is called %s, not %s."
	sayIDGiven         = "The client id was given by hand: the app's profile has none."
	sayIDFound         = "The client id was found by the app's name and confirmed by hand: the app's profile has none."
	sayTheVendor       = "the vendor"
	sayPublisherIs     = "Its publisher: %s"
	sayPublisherUnseen = "Its publisher was not seen."
	sayOpenToAll       = "No assignment is needed."
	sayAssigned        = "Only assigned people may use the app: %s and %s."
	sayAssignedNobody  = "Only assigned people may use the app, and nobody is assigned."
	sayAssignedOnly    = "Only assigned people may use the app."
	sayAssignedUnread  = "Who is assigned was not looked at."
	sayResources       = "No API that the app uses is known to be going away."
	sayResourcesUnread = "Whether the APIs are in this tenant was not looked at."
	sayNoAPI           = "%s is not in this tenant; consent to it may fail."
	sayAPIOff          = "%s is switched off in this tenant."
	sayRetiring        = "The app uses EWS on Exchange Online, which Microsoft is retiring."
	sayRetiringMore    = "A grant may be in place and of no use. When, and for which tenants, only Microsoft's current notice says."
	sayUnstated        = "The vendor does not say which permissions the app asks for; it may ask for more than was looked at."
	sayNoNeeds         = "The app's profile lists no permissions, so nothing can be compared."
	doApproveAbsent    = "An admin opens the consent link, once: that creates the enterprise app and approves it for everyone."
	doApprove          = "Approve the app for everyone, once (Enterprise apps, Permissions, Grant admin consent)."
	// isDisabled is of the registration, for all tenants, and no page of the
	// portal sets it ([ED:deactivate-application-portal]).
	doReactivate    = "Ask the vendor to activate the app's registration again: that is set where it is registered, for all tenants."
	doReactivateOwn = "Activate its registration again, which is in this tenant: by Graph, isDisabled false on the application, as Application Administrator."
	doEnable        = "Switch on \"Enabled for users to sign in\" under Enterprise apps, Properties."
	doAskVendor     = "Ask the vendor what happened, and Microsoft through them."
	doAskWhose      = "Before anything is approved, ask %s whether the client id %s is theirs."
	whyAskWhose     = "Anyone can take a name, and what was approved for another app is approved."
	doVerify        = "Ask the vendor to become a verified publisher."
	doAssign        = "Assign people or a group under Enterprise apps, Users and groups, or switch \"Assignment required\" off."
	doService       = "Check that the tenant has the service behind this API, with a licence for it."
	doAPIOn         = "Enable the API again under Enterprise apps (Microsoft applications), Properties, or restore its licence."
	doRetiring      = "Check Microsoft's current notice on EWS and the organisation's EWS setting; ask the vendor about Microsoft Graph."
	doNeeds         = "Add the permissions that the app asks for to its profile."
	whyAbsent       = "The consent link creates the enterprise app by itself."
	whyDisabled     = "Nobody can sign in to the app, approved or not (AADSTS7000112)."
	whyDeactivated  = "Nobody can sign in to the app, approved or not."
	whyStopped      = "No admin of this tenant can lift that."
	whyUnverified   = "Users are told that the app is unverified, and may be stopped for it."
	whyAssignment   = "Whoever is not assigned is stopped at sign-in, although everything is approved."
	whyNoAPI        = "The tenant has no such service for the app to use."
	whyAPIOff       = "Microsoft issues no token for it, whatever is granted (AADSTS500014)."
	whyRetiring     = "Once the service stops answering, no grant helps."
	whyNeeds        = "What is needed decides what is missing."
)

// Grants.
const (
	sayGranted       = "%d of %s granted tenant-wide."
	sayNeedsNoScopes = "The app needs no scopes."
	sayMissingOn     = "Missing on %s: %s"
	sayWrongAPI      = "Granted on another API, where they do not help: %s"
	sayOwnOnly       = "%s some of these for themselves alone."
	sayNeedsNoRoles  = "The app needs no app roles."
	sayRolesGranted  = "%d of %s granted."
	sayRolesMissing  = "Missing: %s"
	sayNoOwn         = "Nobody consented for themselves."
	sayOwn           = "%s consented for themselves; it works for them and nobody else."
	sayOwnToo        = "%s also consented for themselves."
	sayOwnOutlive    = "Their own grants stay when the tenant-wide one is taken back."
	sayOwnColleague  = "That is why it works for some: what they consented to earlier goes on working."
	whyGrant         = "Missing: %s."
	whyOwn           = "One person's grant opens nothing for others."
)

// consent/*
const (
	sayChoiceNone       = "Users may not consent to any app."
	sayChoiceLow        = "Users may consent to verified publishers, for scopes classified Low."
	sayChoiceAll        = "Users may consent to any app."
	sayChoiceManaged    = "Microsoft manages what users may consent to."
	sayChoiceCustom     = "Users may consent by custom policies: %s."
	sayPortalPolicy     = "In the portal: Enterprise apps, Consent and permissions, User consent settings."
	sayNotManaged       = "This tenant is not on Microsoft's managed policy."
	sayOnList           = "%d of %s on Microsoft's managed list."
	sayListStatic       = "What the consent policy says is onboard's own copy of October 2026; the tenant's was not read."
	sayScopesAssumed    = "Which scopes their API leaves open to users is onboard's own copy of what Microsoft published."
	sayAppAssumed       = "The enterprise app was not looked at; taken to be enabled, open to all, not approved yet, and named by no policy."
	sayDefaultAssumed   = "The tenant's setting was not read; taken to be Microsoft's default for tenants that never chose."
	sayListedSince      = "%s has been on Microsoft's list since %s (%s)."
	sayListed           = "%s is on Microsoft's list."
	sayListedApproved   = "It is approved for everyone, so this stops nobody."
	sayApprovalUnread   = "Whether the app is approved for everyone could not be read; where it is, this stops nobody."
	sayListedVerified   = "A verified publisher does not lift the list, and the portal may still print \"Admin consent required: No\"."
	sayColleague        = "Colleagues who connected earlier keep working; that is why it differs."
	sayClassified       = "%d of %s classified Low%s."
	sayPlaysNoPart      = ", which plays no part here"
	sayClassifiedIdle   = "Users' consent does not rest on classifications in this tenant."
	sayClassifiedCustom = "Whether it plays a part is up to the tenant's custom consent policies."
	sayClassifiedUnsure = "Whether it plays a part is not known: the user consent setting was not read."
	sayNotClassified    = "Not classified Low: %s"
	sayStepUpOff        = "Risk-based step-up is off."
	sayStepUpVerified   = "Risk-based step-up is on; it does not look at verified publishers."
	sayStepUpMay        = "Risk-based step-up is on and may hold this unverified app."
	sayStepUpOn         = "Risk-based step-up is on."
	sayStepUpRule       = "It may ask for an admin where an unverified app of another tenant, registered after 8 November 2020, wants more than sign-in."
	saySomebody         = "The person asked about"
	sayAnyUser          = "An ordinary user"
	sayOneUser          = "an ordinary user"
	sayNoUser           = "No user of this tenant has the name or id %s."
	sayUserOff          = "The account of %s is switched off."
	sayUserGuest        = "%s is a guest here; how a guest consents in their own tenant is not looked at."
	sayUserAssigned     = "%s is assigned to the app."
	sayUserNotAssigned  = "Only assigned people may use the app, and %s is not among them."
	sayWhoNotAssigned   = "%s is not assigned to the app."
	sayWhoNotFound      = "%s was not found: %s."
	sayWhoUnread        = "Whether %s is assigned is not known. %s"
	doUserName          = "Type their user principal name, or their object id."
	sayGuestName        = "A guest's user principal name has #EXT# in it, and an address for mail is not always one."
	doUserOn            = "Switch the account on, if it is meant to be used."
	sayUserMayNot       = "%s may not consent: %s."
	sayUserBlocked      = "%s cannot get in: %s."
	sayUserNeedNot      = "%s needs no consent: all is granted."
	sayUserMay          = "%s may consent."
	sayUserMayBy        = "%s may consent, by policy %s."
	sayUserMaySignIn    = "%s may consent to the sign-in; what else the app asks for is not known."
	sayCustomSelf       = "Consent that a custom role of theirs may allow was not looked at."
	sayCannotPredict    = "It cannot be told what %s would meet."
	sayWorkflowOn       = "Blocked users can ask an admin from the wall."
	sayWorkflowOff      = "Users cannot ask: requests are off."
	sayWorkflowDays     = "A request lapses after %s."
	sayWorkflowSilent   = "Reviewers get no mail."
	sayNoReviewers      = "Requests are on, and nobody is there to review them."
	sayReviewers        = "Requests go to reviewers: %s."
	sayReviewersMay     = "Being a reviewer gives no right to approve: that takes a role. Reviewers added later do not see older requests."
	sayReviewersCannot  = "Requests go to a role that may not approve apps."
	sayReviewersNoRole  = "No reviewer holds an active role that may approve this app."
	sayReviewersGone    = "Requests go to nobody: no reviewer is there with an account that is on."
	sayReviewersSome    = "%d of %s lead to nobody whose account is on."
	sayReviewersPeople  = "Behind them: %s."
	sayReviewersUnseen  = "Nobody was seen behind the reviewers whose account is on; there may be somebody who was not looked for."
	sayReviewersUnread  = "Who is behind them was not looked at."
	sayReviewersStrange = "%s of a form that is not known; who is behind was not looked at."
	sayNoRequests       = "No request is open for this app."
	sayRequests         = "%s asked, and nobody has answered yet."
	sayRequestScopes    = "They asked for: %s"
	sayRequestsExpired  = "A request for this app lapsed without an answer."
	whyChoiceNone       = "Where users may not consent, only an approval for everyone opens the app."
	whyListed           = "Users may not consent to what is on the list; an admin may."
	whyClassified       = "One scope that is not classified Low makes the whole request an admin's. Approving this one app leaves the policy alone."
	whyStepUp           = "An admin's approval settles it, whatever the risk rule says."
	doWorkflow          = "Switch on \"Users can request admin consent\" if people shall be able to ask (needs Global Administrator, once)."
	whyWorkflow         = "Without it, people meet a wall that has no button."
	doReviewers         = "Name reviewers who hold a role that may approve."
	whyReviewers        = "A request that nobody may answer lapses."
	doReview            = "Review it under Enterprise apps, Admin consent requests; it cannot be answered through Graph."
	whyRequests         = "People are waiting."
	doAskOther          = "Ask again, or speak to an admin directly."
	whyExpired          = "A lapsed request is not looked at any more."
	sayDefaultsOn       = "Security defaults are on."
	sayDefaultsOff      = "Security defaults are off."
	sayDefaultsMean     = "People must register for multifactor sign-in; that does not stop the app."
)

// The verdict.
const (
	sayOtherService   = "Simulated or other service, not Microsoft: %s"
	sayOpen           = "Consent is in place for everyone in %s."
	sayMaybeUser      = "%s By what could be seen; not verified."
	sayOpenForUser    = "%s can start using the app."
	sayOpenByUsers    = "People in %s may consent for themselves."
	sayMaybeOpen      = "By what could be seen, not verified: %s"
	sayBlocked        = "Users are blocked: %s."
	sayMaybeBlocked   = "By what could be seen, users are blocked: %s. Not verified."
	sayNotApproved    = "Not approved for everyone; whether users may consent for themselves was not looked at."
	sayNotApprovedAnd = "Not approved for everyone; whether users may consent for themselves is not known: %s"
	sayNothingLooked  = "Nothing was looked at that could tell."
	sayThisTenant     = "this tenant"
	sayNoConditional  = "Conditional Access was not looked at; it may still stop people."
	sayOpenButStopped = "Consent is in place, but: %s"
	sayOpenButMay     = "Consent is in place, and whether people get in is not sure: %s"
	sayOpenButRefused = "Consent is in place, and the log of sign-ins says: %s"
	sayUnlooked       = "%s: %s"
	sayUnlookedMore   = "%s and %d more: %s"
)

// Reasons for not having looked, and what to do about each.
const (
	sayNoScope      = "Could not look: the sign-in lacks the permission %s."
	saySomeScope    = "to read this"
	sayNoRole       = "Could not look: your account lacks a role (%s)."
	saySomeRole     = "one that may read this"
	sayNoLicence    = "Could not look: the tenant lacks a licence (%s)."
	sayPremium      = "Microsoft Entra ID P1 or P2"
	sayChallenge    = "Could not look: Microsoft wants a fresh sign-in with more proof."
	saySignInOver   = "Could not look: the sign-in is no longer accepted."
	sayDenied       = "Could not look: Microsoft Graph refused, and did not say whether a scope or a role is missing."
	sayNoSignIn     = "Not asked: it needs a sign-in."
	sayNoClientID   = "Not asked: the app's client id is not known."
	sayElsewhere    = "Not asked: you are signed in to another tenant."
	sayCancelled    = "Not finished: it was stopped before the answer came."
	sayNotAsked     = "Not asked."
	sayThrottled    = "Could not look: Microsoft Graph is busy and asks to wait."
	sayAWhile       = "a minute"
	sayMinute       = "minute"
	sayMinutes      = "minutes"
	saySecond       = "second"
	saySeconds      = "seconds"
	sayService      = "Could not look: Microsoft's service failed (%s)."
	sayAnError      = "an error"
	sayCut          = "Could not look: the answer was cut off on its way."
	sayNotJSON      = "Could not look: something else answered in Microsoft's place, such as a proxy or a sign-in page of the network."
	sayUnreachable  = "Could not look: Microsoft could not be reached."
	sayTLS          = "Could not look: the certificate shown is not trusted; the connection may be inspected on the way."
	sayRefused      = "Could not look: Microsoft Graph did not accept the question."
	sayMissing      = "Could not look: what was asked for is not there."
	sayOtherFailure = "Could not look (%s)."
	doSignInScope   = "Sign in again and allow: %s."
	doRole          = "Sign in with an account that holds %s, or activate the role."
	doLicence       = "Go on without it: clearing the block does not need it."
	doChallenge     = "Sign in again with the browser or a device code: there Microsoft asks for what it wants. A token that was handed over cannot be asked."
	doSignInAgain   = "Sign in again."
	doDenied        = "Sign in with an account that may read the directory, such as a Global Reader."
	doSignIn        = "Sign in, read-only."
	doClientID      = "Give the client id (--app-id), or add it to the app's profile. Whoever signs in sees the enterprise apps of its name (app/named)."
	doWait          = "Look again in %s."
	doLater         = "Look again in a few minutes."
	doCut           = "Try again; if it stays so, look at what stands between, or name the proxy (--proxy)."
	doNotJSON       = "Open any web page to get past the network's own sign-in, or name the proxy (--proxy)."
	doNetwork       = "Check the network, and name the proxy if there is one (--proxy)."
	doTLS           = "If your organisation inspects traffic, name its root certificate (--ca-file); if not, change the network."
	doReport        = "Report it with the evidence shown; the rest still counts."
	whyScope        = "It is for looking only."
	whyRole         = "Reading this is kept for some roles."
	whyLicence      = "Microsoft shows this to licensed tenants only."
	whyChallenge    = "A policy of the tenant wants it."
	whySignInOver   = "Sign-ins expire, and are ended when something about the account changes."
	whyDenied       = "The refusal names no cause."
	whySignIn       = "Only somebody signed in may see this."
	whyClientID     = "An app is found by its client id; anyone can take a name."
	whyElsewhere    = "The answer would be about another tenant."
	whyThrottled    = "Microsoft limits how often it may be asked."
	whyService      = "The fault is at Microsoft's end, and passes as a rule."
	whyCut          = "What began to arrive was Microsoft Graph's, and the connection or a proxy ended it."
	whyNotJSON      = "The answer was not Microsoft Graph's."
	whyUnreachable  = "Nothing was heard back."
	whyTLS          = "Until the certificate is trusted, nothing is sent."
	whyRefused      = "Either onboard asks wrongly or the service has changed."
	whyMissing      = "New things can take a while to be seen everywhere."
	whyBroken       = "A check must never break."
)

// partTitles are the parts as people would name them.
var partTitles = map[Part]string{
	PartDiscovery:     "the tenant's public record",
	PartRealm:         "where people sign in",
	PartAccount:       "the sign-in",
	PartDNSPolicy:     "the app's policy record",
	PartDNSMail:       "the domain's mail records",
	PartProbe:         "what the vendor's credential is answered",
	PartCallback:      "what the consent page sent back",
	PartMe:            "your account",
	PartRoles:         "your roles",
	PartEligible:      "roles you could activate",
	PartOrganization:  "the tenant's record",
	PartApp:           "the enterprise app",
	PartNamed:         "the enterprise apps of its name",
	PartGrants:        "the grants",
	PartAssignments:   "who is assigned",
	PartAppRoles:      "granted app roles",
	PartResources:     "the APIs",
	PartClassified:    "classifications",
	PartAuthorization: "the user consent setting",
	PartPolicies:      "consent policies",
	PartWorkflow:      "the admin consent workflow",
	PartRequests:      "consent requests",
	PartDefaults:      "security defaults",
	PartUser:          "the person",
	PartUserGroups:    "the groups of the person",
	PartUserRoles:     "the roles of the person",
	PartWho:           "whom the app is meant for",
	PartDeleted:       "the deleted enterprise app",
	PartReviewers:     "the reviewers",
	PartConditional:   "what Conditional Access does",
	PartSignIns:       "the log of sign-ins",
	PartAudit:         "the audit log",
}

func partTitle(p Part) string {
	if t, ok := partTitles[p]; ok {
		return t
	}
	return string(p)
}

// ruleTitles are the evaluator's rules in a few words, for a first line.
var ruleTitles = map[consent.RuleID]string{
	consent.RuleAppDisabled:       "the app is disabled",
	consent.RuleNotAssigned:       "only assigned people may use the app",
	consent.RuleAssignment:        "the app is open to assigned people only",
	consent.RuleUserConsentOff:    "user consent is off",
	consent.RuleAppRole:           "the app needs app roles",
	consent.RuleAdminOnly:         "a scope is kept for admins",
	consent.RuleManagedExclude:    "Microsoft's managed consent policy",
	consent.RuleExclude:           "a consent policy excludes it",
	consent.RuleRisk:              "risk-based step-up may hold an unverified app",
	consent.RuleUnverified:        "the publisher is not verified",
	consent.RulePublisherUnlisted: "the publisher is not on the policy's list",
	consent.RuleNotClassified:     "not every scope is classified as the policy asks",
	consent.RuleScopeNotIncluded:  "no consent policy includes every scope",
	consent.RuleAppNotIncluded:    "no consent policy includes this app",
	consent.RulePolicyEmpty:       "the consent policy includes nothing",
}

// counted is a number with the right word after it.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
