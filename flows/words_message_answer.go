package flows

// AnswerNext heads the line of what is next best.
const AnswerNext = "next best"

// The words of the answer to "why am I blocked", as every surface prints it.
const (
	sayAnswerWhat      = "what happened"
	sayAnswerWho       = "whose move"
	sayAnswerDo        = "what to do"
	sayAnswerSure      = "how sure"
	sayAnswerColleague = "a colleague"
	sayAnswerBefore    = "before"
	sayAnswerSkip      = "not worth it"
	sayAnswerSeen      = "seen"
	sayAnswerCodes     = "codes"
	sayAnswerApp       = "app"
	sayAnswerTenant    = "tenant"
	sayAnswerScopes    = "permissions"
	sayAnswerAt        = "time"
	sayAnswerAs        = "signed in"
	sayAnswerPeople    = "addresses"
	sayAnswerTrace     = "ids of it"
	sayAnswerLink      = "consent link"
	sayAnswerCase      = "hand-off"

	sayAnswerGuess    = " (as far as it can be read)"
	sayAnswerUnlisted = " (not among those known here)"
	sayAnswerNone     = "If you are shown something else next time, copy it and ask again with it."
	sayAnswerStuck    = "If that leads nowhere, ask your IT."

	sayAnswerClaim       = "An address that says so proves nothing: `onboard check` looks."
	sayAnswerSecret      = "The text holds what looks like a code or a token: do not pass it on."
	sayAnswerCut         = "Only the first %d MiB were read."
	sayAnswerOtherApp    = "The text is about another app than %s: one with the id %s"
	sayAnswerStrange     = "The app's id, %s, is in no description of the app: ask the vendor for its id before anybody approves it."
	sayAnswerStrangeSaid = "The message says so."
	sayAnswerUnclear     = "(nothing in the text tells where this name ends)"
	sayAnswerDoubtful    = "The text calls the app %q, and nothing tells where that name ends: see that nobody's own name is in it before you send this."
	sayAnswerYours       = "This is your own move: %s"
	sayAnswerVendors     = "Your IT cannot set this right, the app's vendor can: %s"
	sayAnswerNobodys     = "Nobody at your IT can set this right. %s"
)
