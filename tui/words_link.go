package tui

// Signing in by a link.
const (
	wordLinkOpen       = "Open this link in a browser, on any machine, and sign in there:"
	wordLinkWhole      = "l shows it whole, c copies it."
	wordLinkEnds       = "Your browser ends on a page that cannot be shown (at localhost): that is right."
	wordLinkPaste      = "Copy that page's address from the address bar, and paste it here."
	wordLinkSafe       = "The address is a key: it works once, for minutes, here alone. Give it to nobody."
	wordLinkOpenTight  = "Open this anywhere, and sign in:"
	wordLinkEndsTight  = "It ends on a page that cannot be shown: that is right."
	wordLinkPasteTight = "Paste that page's address here."
	wordLinkTaken      = "Taken: {n} characters. Microsoft is asked what they are worth."
	wordLinkHidden     = "{n} characters, not shown"
	wordLinkEmpty      = "paste the address here; it is not shown"
	wordLinkNote       = "Sign in there. Then come back to onboard with Enter, and paste the address that your browser ended on."
	wordPasteHere      = "paste the address"
	wordTakeIt         = "take it"
	wordCloseField     = "close the field"
)
