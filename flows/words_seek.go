package flows

// seekWords is what a person reads where an app is looked for by its name.
var seekWords = struct {
	ask, askHelp, found, foundHelp, foundMore, yes, yesHelp, badYes string
	one, none, noneHelp, name, id, owner, publisher, since, warning string
	noSignIn, wait, nothing, choose                                 string
}{
	ask:       "I do not know it: look for it in the tenant",
	askHelp:   "By the app's name, once you are signed in; you choose, and confirm what you chose.",
	found:     "Which of these is {app}?",
	foundHelp: "Enterprise apps here by that name. Anyone can take a name: the client id tells, and {publisher} knows it.",
	foundMore: "There are more than are shown.",
	yes:       "Is this {app}? Type yes to go on with it.",
	yesHelp:   "Anything else takes nothing.",
	badYes:    "nothing was taken: type yes in full, or go back",
	one:       "client id %s · owner %s · publisher %s · here since %s",
	none:      "None of these: I will type the client id",
	noneHelp:  "Ask the vendor for it.",
	name:      "name",
	id:        "client id",
	owner:     "owner tenant",
	publisher: "publisher",
	since:     "here since",
	warning:   "A name proves nothing. Ask {publisher} whether this client id is theirs.",
	noSignIn:  "without a sign-in the app cannot be looked for: sign in, or go back and type its client id",
	wait:      "the app is being looked for in the tenant",
	nothing:   "%s: go back and type its client id, which its vendor has",
	choose:    "choose the app, and type yes to it",
}
