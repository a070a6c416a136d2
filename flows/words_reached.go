package flows

// reachedWords say what a path has come to that is no opening for everybody.
var reachedWords = struct {
	gone, appGone, left, appLeft, unseen, tokens, copies, mayAgain, undone string
	undoLooks, undoUnseen, undoMoved, undoLeft, undoByHand                 string
	pilot, pilotGroup, pilotAlso, pilotGroupAlso                           string
	pilotTry, widenGroup, widenOne                                         string
	revokedMessage, revokedAdvice, revokedKeeps                            string
}{
	gone:     "Taken back: nothing that {app} was granted in {domain} is left.",
	appGone:  "Taken back: {app} is not in {domain} any more.",
	left:     "Not taken back yet: %d of what was granted still shows in Graph.",
	appLeft:  "The grants are gone; the enterprise app is still there.",
	unseen:   "Nobody could look in Graph whether it is taken back.",
	tokens:   "Who is connected keeps working until the current access token expires, about an hour as a rule; renewing it then fails.",
	copies:   "What the app has copied is {publisher}'s to delete: ask for it.",
	mayAgain: "Users may consent for themselves here, and so bring it back. To keep it out, leave the enterprise app there, with its sign-in switched off.",

	undone: "Taken back: what was changed in {domain} is as it was before.",

	undoLooks:  "Carried out. Whether all is as it was before is being looked at.",
	undoUnseen: "Carried out, and nobody could look in Graph whether all is as it was before.",
	undoMoved:  "Carried out, and not all is as it was before: %s.",
	undoLeft:   "Carried out, and not all of it held. This shows again:",
	undoByHand: "Taken back but for what is left to do by hand:",

	pilot:          "Open for {who}, and for nobody else by this.",
	pilotGroup:     "Open for the direct members of {who}, and for nobody else.",
	pilotAlso:      "Open for {who}. Assigned as well, and not by this: %s.",
	pilotGroupAlso: "Open for the direct members of {who}. Assigned as well, and not by this: %s.",
	pilotTry:       "Have it tried before you widen it.",
	widenGroup:     "To widen it: assign more people or groups, or set Assignment required to No under Properties.",
	widenOne:       "To widen it: approve the app for everyone by any of the other ways.",

	revokedMessage: "Subject: {app} is switched off\n\n{app} may no longer be used with your account at {domain}.\n\n",
	revokedKeeps:   "What is connected goes on for about an hour as a rule, and then stops by itself.\n",
	revokedAdvice:  "You need not do anything. Do not try to connect it again.\n",
}
