package tui

// Handing a case over to a colleague.
const (
	wordHandTitle   = "Hand case {case} over to a colleague"
	wordHandWhat    = "They find it first in their queue, with your name and nothing else of yours, for {min} minutes. The customer is asked anew: by a yes to them your watching ends, by a no the hand-over ends."
	wordHandTight   = "The customer is asked anew. By a yes to them your watching ends."
	wordHandCome    = "It is being looked who is there."
	wordHandNobody  = "Nobody else of {org} is at a console now, so there is nobody to hand it to."
	wordHandSince   = "since {time}"
	wordHandKey     = "key {key}"
	wordHandNot     = "It cannot be seen who is there: {why}"
	wordHandSure    = "Hand it to {who}? {yes} does, {no} does not."
	wordHandBusy    = "One moment …"
	wordHandFailed  = "Not handed over, as far as is known: {why}"
	wordHandBackNot = "Not taken back, as far as is known: {why}"
	wordHanded      = "Case {case} is handed to {who}, who asks the customer."
	wordHandBack    = "Case {case} is handed to nobody any more."
	wordHandIs      = "It is handed to {who}, since {time}. Another takes their place."
	wordHandIsNow   = "It is handed to {who}, since {time}."

	wordHandSomebody  = "a colleague"
	wordHandedYou     = "handed to you by {who} {ago} ago"
	wordHandedTo      = "handed to {who} {ago} ago"
	wordHandedRefused = "handed to {who}: the customer said no to them"
	wordHandedExpired = "handed to {who}: it was not taken in time"
	wordVisitHanded   = "{who} handed it to you. The question says so. If they watch, they do until the yes."

	wordAskHanded     = "{who} hands this case over to them, and watches no more with your yes."
	wordAskHandedAway = "{who} handed this case to them."

	keyHandOver  = "hand over"
	keyHandTo    = "to this one"
	keyHandBack  = "take it back"
	keyHandLook  = "look again"
	whyNobody    = "nobody else is there"
	whyNotHanded = "it is handed to nobody"
	whyHanding   = "one moment"
)

// The same on plain lines.
const (
	plainHand      = "o"
	plainHandAsk   = "o and a number: hand that case over."
	plainHandCase  = "o: hand the case over."
	plainHandRow   = "{n}. {who}, {role}, {since}."
	plainHandWho   = "Type the number of who is to have it, or nothing to leave it:"
	plainHandOrNot = "Type the number of who is to have it, back to take it back, or nothing to leave it:"
	plainHandNone  = "Type back to take it back, or nothing to leave it:"
	plainHandBack  = "back"
	plainHandYes   = "hand over"
	plainHandSure  = "Type hand over to hand it to {who}, or nothing to leave it:"
	plainHandLeft  = "Nothing was changed."
	plainHandedYou = "Case {case} is handed to you by {who}, {step}."
)
