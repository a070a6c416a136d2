package flows

// pathWords are the lines about what is missing on a path, why one does not
// fit, and what one has come to.
var pathWords = struct {
	needHow, needReviewers, needWho, needHowMuch, needIn                                                     string
	waitRequests, waitAsked, waitSetting, waitPilot, waitCauses, waitCause, waitGone                         string
	waitPredict                                                                                              string
	moveReviewer, moveUser, moveVendor                                                                       string
	unfitDisabledElse, unfitRoles, unfitUnstated, unfitAssigned, unfitAdminOnly                              string
	unfitManaged, unfitUnverified, unfitRisk, unfitAllSet, unfitAbsent, unfitFirstRoles                      string
	unfitNotYet, unfitNothing, unfitUnread, unfitNobody, unfitUnseen, unfitReading                           string
	notLow, notCustom, requestsOn, requestsWait, requestsNobody, pilotAssign, pilotOff, pilotNoP1, groupNoP1 string
	alsoEnables, alsoDisable, waitPilotWide                                                                  string
	lowSet, lowGains, lowUndo, lowBenchmark, lowUnchanged, lowByItself                                       string
	theObject, theConnect, theOne, theRole, theReviewers                                                     string
	howShell, howShellHelp, howRevokeHelp                                                                    string
	askReviewers, askReviewersHelp, askReviewer, askWho, askWhoHelp, askWhoExample                           string
	reviewersMe, reviewersMeHelp, reviewersMeNoRole, reviewersRole, reviewersRoleHelp                        string
	reviewersWho, reviewersWhoHelp, longGroup, badAddress, personalAddress                                   string
	askRevoke, revokeGrants, revokeGrantsHelp, revokeApp, revokeAppHelp                                      string
	askIn, askInHelp, inYes, inYesHelp, inNo, inNoHelp, inNoLast                                             string
}{
	needHow:       "choose how: by hand, or by Graph",
	needReviewers: "choose who decides on requests",
	needWho:       "name a person or a group first",
	needHowMuch:   "choose how much to take back",
	needIn:        "say whether they get in now",
	waitRequests:  "it does not show in Graph yet that users can ask",
	waitAsked:     "no request shows in Graph yet",
	waitSetting:   "it does not show in Graph yet that users may consent",
	waitPredict:   "not yet: %s",
	waitPilot:     "the pilot does not show in Graph yet",
	waitCauses:    "the causes are still being looked at",
	waitCause:     "the cause still shows in Graph",
	waitGone:      "what was granted still shows in Graph",

	theObject: "the enterprise app's object id", theConnect: "as they did before", theOne: "the person or the group",
	theRole: "the role " + leastRole, theReviewers: "those who shall decide",

	moveReviewer: "This is a reviewer's move.",
	moveUser:     "This is the user's move.",
	moveVendor:   "This is the vendor's move: {publisher}.",

	unfitDisabledElse: "the enterprise app is disabled here, and this does not enable it",
	unfitRoles:        "the app needs application permissions, which no user can consent to",
	unfitFirstRoles:   "the app needs application permissions, which a sign-in does not approve",
	unfitUnstated:     "the vendor does not say which permissions the app needs",
	unfitAssigned:     "assignment is required, and then users cannot consent for themselves",
	unfitAdminOnly:    "no user can consent to %s: its API leaves that to admins",
	unfitManaged:      "Microsoft manages user consent here, and classifications play no part: this would have to replace that setting",
	unfitUnverified:   "the publisher is not verified",
	unfitRisk:         "the publisher is not verified, and risk-based step-up may stop users all the same",
	unfitAllSet:       "users may consent to any app already: something else stops them",
	unfitAbsent:       "the enterprise app is not in the tenant, so there is nothing to take back",
	unfitNotYet:       "the app is not approved yet: this is for people who are stopped after that",
	unfitNothing:      "nothing is granted, so there is nothing to take back",
	unfitUnread:       "what is granted could not be looked at: sign in first",
	unfitNobody:       "what is granted is seen by somebody signed in alone, and nobody signs in here",
	unfitUnseen:       "what is granted could not be looked at",
	unfitReading:      "what is granted is still being looked at",

	alsoEnables: "Its sign-in is switched on, as the last thing.", alsoDisable: "Then switch the app's sign-in off again.",
	waitPilotWide:  "the app is approved for everyone and asks for no assignment: that is no pilot",
	notLow:         "users may consent to more than now, in every verified publisher's app: approving this one app does not need it",
	notCustom:      "it replaces the tenant's own consent policies: approving this one app leaves them alone",
	lowSet:         "the setting is there already; what is missing is the classification of: %s",
	lowGains:       "Each user may consent for themselves to this app, and to every other app of a verified publisher that asks for no more than what is Low.",
	lowUndo:        "Remove the classifications: " + placeConsent + ", Permission classifications, Low. Users who consented keep it until their grants are deleted.",
	lowBenchmark:   cisConsent + " and " + cisaConsent + ": unchanged, user consent is on already; " + cisaNext + " is broken by making Low " + cisaRisky + ". " + eidscaAP08 + ": unchanged.",
	lowUnchanged:   cisConsent + " and " + cisaConsent + ": unchanged, user consent is on already. " + eidscaAP08 + ": unchanged.",
	lowByItself:    "What it takes part in is the user consent setting: see that line.",
	requestsOn:     "users can ask already: one asks, a reviewer approves",
	requestsWait:   "a request waits already: a reviewer approves it",
	requestsNobody: "requests are on, and nobody who may approve gets them: this adds somebody",
	pilotAssign:    "approved already, and for those assigned alone: this assigns whom you name",
	pilotOff:       "its sign-in is off, and it is approved for others: it is closed to who is not assigned before it is switched on",
	groupNoP1:      "no Entra ID P1 was found in the tenant, and assigning a group takes it. Microsoft is expected to refuse it then, before anybody is shut out: name a person instead",
	pilotNoP1:      "opens it to one person; for a group, no Entra ID P1 was found here",

	howShell: "By hand, in PowerShell", howShellHelp: "The commands are listed here; the admin center cannot make such a policy.",
	howRevokeHelp: "Every click is listed here, and the commands for what users granted.",

	askReviewers: "Who decides on requests?", askReviewersHelp: "Reviewers who are there already stay.",
	askReviewer: "Who is the reviewer?",
	reviewersMe: "Me", reviewersMeHelp: "You get the requests, for this app and every other.",
	reviewersMeNoRole: "You hold no role that may approve: the requests would wait.",
	reviewersRole:     "Everybody who holds " + leastRole, reviewersRoleHelp: "They may approve. See that somebody holds it: Global Administrators are not among them.",
	reviewersWho: "Somebody else, or a group", reviewersWhoHelp: "They need a role that may approve, too.",
	askWho: "For whom?", askWhoHelp: "A person's address, or a group's exact name. An object id will do for either.", askWhoExample: "someone@%s",
	longGroup:       "that is too long for a group's name: it has at most %d characters",
	badAddress:      "%q is no address: type it as in someone@contoso.com, or a group's name",
	personalAddress: "%s is a personal address: type the one at work; a guest's is the user name that the admin center shows",

	askRevoke: "How much shall be taken back?", revokeGrants: "The grants alone", revokeGrantsHelp: "The app stays listed, and may do nothing.",
	revokeApp: "The enterprise app as well", revokeAppHelp: "Its assignments and settings go with it. It can be restored for 30 days.",

	askIn: "Do they get in now?", askInHelp: "Have one of them try before you answer. It is no proof; the next page looks once more.",
	inYes: "Yes", inYesHelp: "To the proof.", inNo: "No, or not tried yet", inNoHelp: "To the next sort of causes.", inNoLast: "To what was seen, for the vendor.",
}
