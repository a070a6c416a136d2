package run

// words are the lines of this package that people see.
var words = struct{ noLooker, unanswered, noSignIn, noChanger, notRead, noAppID string }{
	noLooker:   "nothing here can look",
	unanswered: "could not look: no answer came for this check",
	noSignIn:   "nobody can sign in from here",
	noChanger:  "nothing here can write",
	notRead:    "the tenant could not be read again",
	noAppID:    "the new enterprise app has no id yet",
}
