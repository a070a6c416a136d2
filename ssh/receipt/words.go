package receipt

// What is said of a receipt that is not good, or that nobody can say that of.
const (
	sayGood    = "it is as it was signed, by a key that is trusted for its server and was in use then"
	sayUnknown = "it is as somebody signed it, and the only key to hold it against is the one that it names itself: that proves nothing about who signed it"

	sayEmpty      = "there is nothing in it"
	sayLarge      = "it is larger than %d KiB, and no receipt of a guided session is"
	sayNotReceipt = "it is no receipt of a guided session"
	sayChanges    = "it is the receipt of changes to a tenant, which is not signed; `onboard undo` reads it"
	sayNewer      = "it is a receipt of the version %s, and this onboard reads version 1"
	sayCut        = "its end is missing: it was cut off"
	sayControl    = "it holds control characters or signs that are no text, which no receipt does"
	sayTwice      = "it says %q twice, which no receipt does"
	sayReshaped   = "it is not as it was signed: something in it was changed, or a program wrote it anew"
	sayNoSign     = "what stands in it as signature is none"
	sayOtherUse   = "its signature was made for something else than receipts of guided sessions"
	sayChanged    = "it was changed after it was signed: the signature does not fit"
	sayOtherKey   = "it was signed with another key than those that are trusted: with %s"
	sayNotThen    = "the key %s was not in use when the session ended, at %s"
	sayDisowned   = "it was signed by a key that was disowned, %s: somebody else may have it"
	sayOtherName  = "the key %s is trusted for %s, and the receipt says that it is of %s"
	sayOdd        = "it was signed, and says what no session can be: %s"
	sayNoKeys     = "there is no key for receipts in it: they stand on lines with namespaces=\"%s\", or begin with ssh-ed25519"
	sayKeyBroken  = "line %d holds a key that cannot be read: %w"
	sayKeyKind    = "line %d holds a key of the kind %s; receipts are signed with ssh-ed25519"
	sayKeyTime    = "line %d: %q is no time, such as 20261122073000Z"
	sayKeyMany    = "it holds more than %d keys"
	sayKeyPrint   = "%q is no fingerprint of a key; they look like SHA256: and 43 signs"
)
