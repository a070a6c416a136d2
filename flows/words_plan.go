package flows

// leastRoleID is the template of leastRole (entra-facts §9).
const leastRoleID = "158c047a-c907-4556-b7ef-446551a6b5f7"

// planWords holds the lines of plans beyond the grant's own.
var planWords = struct {
	oneLine, oneEffect                                                                                                                                                string
	requireLine, everybodyMay, assignedMay, requireEffect, requireUndo, requireWarning                                                                                string
	assignLine, assignAfter, assignOne, assignEffect, assignUndo                                                                                                      string
	roleLine, roleEffect, roleUndo                                                                                                                                    string
	workflowLine, workflowTitle, workflowEffect, workflowUndo, workflowOff, workflowOn, workflowWarning, reviewerUser, reviewerGroup, reviewerRole, reviewerNone      string
	classLine, unclassified, low, classEffect, classUndo                                                                                                              string
	policyLine, policyName, policyText, policyEffect, policyUndo                                                                                                      string
	conditionLine, conditionEffect, conditionUndo, conditionBack                                                                                                      string
	consentLine, consentUndo, consentNone, consentRest, allWarning, managedWarning, managedOwn, managedElse, waits, waitObject, waitPolicy, waitSetting, waitManaged  string
	consentEffect                                                                                                                                                     map[PathID]string
	revokeLine, revokeEffect, revokeUndo, revokeOneLine, revokeOneEffect, revokeWarning, anotherAPI                                                                   string
	unroleLine, unroleEffect, unroleUndo                                                                                                                              string
	deleteLine, deleteEffect, deleteUndo, deleteWarning, deleted, restoreWarning, movedForGood                                                                        string
	backLine                                                                                                                                                          map[ChangeKind]string
	backEffect                                                                                                                                                        map[ChangeKind]string
	undoTitle, grantTitle, benchBack, undoFor, undoGains                                                                                                              string
	stopped                                                                                                                                                           map[StopReason]string
	stoppedElse, unseen, unseenSetting, unseenManaged                                                                                                                 string
	backUndo, noUndo, movedGone, movedOther, movedUsed, movedHolds, unsureWarning, moreWarning, keptWarning, fileWarning, handWarning, rolesWarning, publisherWarning string

	tooEarly, sentBefore, unreadReceipt, madeAs string
}{
	oneLine:   "a grant for %s on %s",
	oneEffect: "%s can connect the app. Nothing changes for anybody else.",

	requireLine:    "let in only who is assigned",
	everybodyMay:   "everybody may use the app",
	assignedMay:    "only who is assigned may use the app",
	requireEffect:  "Whoever is not assigned is turned away from the app, also those who use it today.",
	requireUndo:    "Properties, Assignment required, No.",
	requireWarning: "Whoever uses the app today and is not assigned is shut out by it.",

	assignLine:   "assign %s",
	assignAfter:  "%s may use the app",
	assignEffect: "The direct members of %s may use the app. Groups within it do not count.",
	assignOne:    "%s may use the app.",
	assignUndo:   "Users and groups, select it, Remove.",

	roleLine:   "application permission %s on %s",
	roleEffect: "The app may use this permission by itself, without anybody signed in, for the whole tenant.",
	roleUndo:   "Permissions, the permission, Revoke permission.",

	workflowLine:    "admin consent workflow",
	workflowTitle:   "the admin consent workflow",
	workflowEffect:  "Whoever meets \"Need admin approval\" can ask for an app there. Nobody gains access by it.",
	workflowUndo:    "Set it back to what it was.",
	workflowOff:     "off",
	workflowOn:      "on; who decides: %s; days until a request ends: %d",
	workflowWarning: "Who was named there while it was off decides again: %s",
	reviewerUser:    "user %s", reviewerGroup: "the members of group %s", reviewerRole: "whoever holds %s", reviewerNone: "nobody",

	classLine:    "classify %s of %s as Low",
	unclassified: "unclassified", low: "Low",
	classEffect: "Counts for every app that asks for this permission, wherever users may consent to what is classified Low.",
	classUndo:   "Consent and permissions, Permission classifications, Low, remove it.",

	policyLine:   "consent policy %s",
	policyName:   "Consent to %s",
	policyText:   "Lets users consent to %s, for what it needs, and to nothing else.",
	policyEffect: "None until it is assigned.",
	policyUndo:   "Delete the policy, once it is assigned to nobody. A deleted policy cannot be restored.",

	conditionLine:   "let in what the app needs of %s",
	conditionEffect: "Users may consent to these permissions for this app, once the policy is assigned.",
	conditionUndo:   "Goes with the policy.",
	conditionBack:   "Take what this lets in out of the policy.",

	consentLine: "user consent setting",
	consentUndo: "Set it back to: %s",
	consentNone: "no user consent",
	consentRest: "; for owners of teams, chats and groups: %s",
	consentEffect: map[PathID]string{
		LowImpact: "Users may consent by themselves to apps of verified publishers, for permissions that are classified Low. It replaces what they may consent to now.",
		AllowAll:  "Users may consent by themselves to every app, for whatever its API leaves to them. It replaces what they may consent to now.",
		AppPolicy: "Users may consent to this app by themselves. What else they may consent to stays as it is.",
	},
	allWarning:     "This weakens the tenant for every app, not for this one alone.",
	managedWarning: "Microsoft manages this setting here: it may accept the change and not make it. It is read again after the write.",
	managedOwn:     "If nothing changed, no choice in the admin center does the same: approve this one app instead, for everyone or for a pilot, and take back what was made for this.",
	managedElse:    "If nothing changed, make the choice in the admin center, or approve this one app instead.",

	waits:       "Accepted, and not to be seen yet. %s It is looked for, for %d min at most. To leave is safe: nothing is sent twice, and the receipt says what was sent.",
	waitObject:  "That takes seconds as a rule, and minutes at times.",
	waitPolicy:  "That takes some minutes at times.",
	waitSetting: "That takes minutes as a rule, and up to an hour.",
	waitManaged: "Microsoft manages this setting here, and may not make the change at all.",

	revokeLine:      "delete the tenant-wide grant on %s",
	revokeEffect:    "Whoever has no grant of their own has to be approved again. Tokens that are out work until they expire.",
	revokeUndo:      "Make the same grant again.",
	revokeOneLine:   "delete the grant of user %s on %s",
	revokeOneEffect: "This user has to be approved again. Tokens that are out work until they expire. Who it is: Users, search for the object id.",
	revokeWarning:   "The app stops working for those who use it, as their tokens expire.",
	anotherAPI:      "an API that the app does not need",

	unroleLine:   "take back an application permission on %s",
	unroleEffect: "The app may no longer do this by itself.",
	unroleUndo:   "Give the same permission again.",

	deleteLine:    "delete the enterprise app",
	deleteEffect:  "The app is not listed any more; its assignments and settings here go with it.",
	deleteUndo:    "Restore it, within 30 days: Enterprise apps, Deleted applications, Restore.", // [ED:restore-application]
	deleteWarning: "The enterprise app can be restored for 30 days, and not after that. Conditional Access policies that name it do not come back with it.",

	backLine: map[ChangeKind]string{
		DeleteApp: "delete the enterprise app", RestoreApp: "restore the enterprise app", DisableApp: "switch its sign-in off again", DeleteGrant: "delete the grant",
		NarrowGrant: "set the grant's scopes back", CreateGrant: "make the tenant-wide grant again", GrantOne: "make the user's grant again",
		AssignRole: "give the application permission again", Unassign: "delete the assignment", Assign: "assign again",
		FreeAssignment: "let everybody in again", RequireAssignment: "let in only who is assigned", SetConsent: "set the user consent setting back",
		Unclassify: "delete the classification", SetWorkflow: "set the admin consent workflow back", DeletePolicy: "delete the consent policy",
		DeleteCondition: "take out of the consent policy",
		EnableApp:       "switch its sign-in on again",
	},
	backEffect: map[ChangeKind]string{
		DeleteApp: "The app is not listed any more.", RestoreApp: "The app is listed again, with what was set on it.", DisableApp: "Nobody can sign in to the app.", DeleteGrant: "Consent that this grant gave is gone.",
		NarrowGrant: "The app holds what it held before.", CreateGrant: "The app is approved for everyone again.", GrantOne: "The app is approved for that user again.",
		AssignRole: "The app may use this permission by itself again.", Unassign: "Whoever was assigned by it is so no more.", Assign: "Whoever was assigned is so again.",
		FreeAssignment: "Everybody may use the app.", RequireAssignment: "Whoever is not assigned is turned away.", SetConsent: "Users may consent to what they could before.",
		Unclassify: "The permission is unclassified again.", SetWorkflow: "The workflow is as it was.", DeletePolicy: "The policy is gone, and cannot be restored.",
		DeleteCondition: "The policy stays, and lets this in no longer.",
		EnableApp:       "Everyone who may use the app can sign in to it again.",
	},
	stopped: map[StopReason]string{
		StopMoved:       "The tenant is not as it was when the plan was made. Read the new plan before you agree to it.",
		StopRefused:     "Microsoft refused a change. What was done before it is in the receipt.",
		StopUnclear:     "Microsoft did not answer a change: it may have been made or not. It is read again, never sent again: look at the new plan.",
		StopInterrupted: "It was interrupted. The receipt says how far it had come, and the plan made next says what is left.",
		StopNoUse:       "The rest of the plan was not sent, for it would not help. Take back what was done, or choose another way.",
		StopNoHands:     "Nothing here can write. Make the change in the admin center, or take the plan as a script.",
		StopSignIn:      "Nobody is signed in who may write this. Agree again to sign in.",
		StopTenant:      "Somebody is signed in to another tenant than the plan's, so nothing more is sent. Sign in with an account of the plan's tenant.",
		StopUnread:      "The tenant could not be read, so nothing more is sent. What was sent before is in the receipt: look again.",
		StopSent:        "A change of this plan was sent before, and may still show. Nothing is made twice, so nothing was sent: look again.",
		StopBusy:        "Another run is writing to this tenant, so nothing was sent. Let it come to its end, then read the plan anew.",
		StopStore:       "What is about to be written is stored first, and that failed, so nothing more is sent. Make room where runs are kept, then agree again.",
	},
	stoppedElse:   "Stopped before its end.",
	unseen:        "Microsoft accepted a change, and it is not to be seen yet. Look again in some minutes: the plan made then says what is left.",
	unseenSetting: "Microsoft accepted a change, and it is not to be seen yet. Such a setting can take up to an hour. Look again later: the plan made then says what is left.",
	unseenManaged: "Microsoft accepted the change, and it is not there. It manages this setting here, and may not make the change at all.",

	grantTitle: "Approve the app for everyone",
	benchBack:  "as before the plan",
	undoTitle:  "Take back what was done",
	undoFor:    "An admin who wants the tenant as it was before a plan was carried out.",
	undoGains:  "Nobody gains anything: what a plan changed is put back, and nothing else.",

	backUndo:      "Do what the receipt says once more.",
	noUndo:        "None from here: what would be made again is another one.",
	tooEarly:      "%s; look again in %d min",
	madeAs:        " (as the receipt has it: %s)",
	unreadReceipt: "%v. It may tell of a change that does not show yet, so nothing is sent for an hour after it was written, or until it can be read or is moved away",
	sentBefore:    "It is: %s. Look again in %d min.",
	unsureWarning: "No answer came to this when it was done (%s), so what is there now may be somebody else's.",
	moreWarning:   "This grants more than the app asks for: %s",
	keptWarning:   "Whatever was set on the enterprise app since goes with it.",
	fileWarning:   "This receipt is not one that this machine keeps. Anybody may have written in it: read each request before you agree.",
	handWarning:   "Take back by hand, for which one was made is not known: %s",

	rolesWarning: "The app is not in the tenant yet, so it is not known whether it has roles of its own. Where it has, people are assigned to one of them by hand, before anybody is shut out: look at the app once it is there.",

	publisherWarning: "The app is not in the tenant yet, so it is not known whether its publisher is verified, and where it is not, the setting may not help. The enterprise app comes first, and gives nobody anything. onboard looks at it then, and leaves the setting as it is where it would not help; whoever runs the plan by hand looks there before going on.",

	deleted:        "deleted",
	restoreWarning: "What was set on the enterprise app comes back with it, but for Conditional Access policies that named it. Whoever was assigned to it may use it again.",
	movedForGood:   "it cannot be restored any more",
	movedGone:      "it is not there any more", movedOther: "it is another one now",
	movedUsed: "others have consented to it, or were assigned to it", movedHolds: "it is now: %s",
}
