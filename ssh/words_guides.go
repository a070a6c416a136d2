package ssh

// What is said to guides, and to who says who is one.
const (
	sayNotGuide     = "The support console is for guides, and nothing that you came with is a guide's: a certificate in force of an authority that is trusted here, or a key that is listed. Whoever runs this service sees why in its log."
	sayGuideOver    = "What made you a guide counts no longer, so the console was closed. Whoever runs this service sees why in its log."
	sayGuideRunOut  = "Your certificate has run out, so the console was closed. Come back with a new one."
	sayGuideSoon    = "Your certificate runs out in %s, and the console closes then. A new one lets you come straight back."
	sayNothingToSee = "You come as %s (%s). That role sees no case, and the audit is read on the server itself."

	sayReceiptNotYours = "There is no receipt of yours of such a case. It is for the guide who was let in, by the key that they came with then."

	sayNoAudit    = "What a guide does stands in an audit, and that cannot be written just now, so the console stays closed. Please try again in a moment."
	sayNotYours   = "your role does not allow that"
	sayGuideNow   = "what made you a guide counts no longer"
	sayDeskClosed = "the console is being closed"
	sayCaseGone   = "that case is gone: it was erased, or its days are over"
	sayNoRun      = "there is nothing to watch in that case: nothing was begun in it yet, or it has ended"
	sayAskLater   = "this customer cannot be asked just now: they said no, were asked several times, or enough guides ask or watch already; in a few minutes they can be"
	sayAway       = "the cases cannot be reached just now; please try again in a moment"
	sayFullDisk   = "there is no room left on the disk that keeps the cases"
	sayUnaudited  = "it could not be written into the audit, and nothing that a guide does counts without that; please try again in a moment"

	sayPrincipalTwice = "the principal %q stands for %s and for %s"
	sayPrincipalNone  = "%q is no principal: a name of up to 80 signs, without any that cannot be seen"
	sayGuideName      = "a guide, and an organisation, needs a name of up to 80 signs, without any that cannot be seen"
	sayGuideRole      = "%q is no role; there are guide, lead and auditor"
	sayGuideKeyOf     = "the key of %s: %w"
	sayGuideSoftKey   = "the key of %s is on no security key, and securityKeys wants one"
	sayGuideKeyTwice  = "the key %s is listed for %s and for %s"
	sayGuideKeySigns  = "the key %s of %s is that of an authority, which is no guide"
	sayAuthorityTwice = "the key %s is an authority's of %s and of %s"
	sayAuthorityNone  = "%s holds no public key"
	sayGuidesOpen     = "others can write it (mode %04o): chmod go-w it"
	sayGuidesLarge    = "%s is larger than %d MiB"
	sayNoPublicKey    = "this is no public key; they look like ssh-ed25519 AAAA... and a comment"
	sayKeyOptions     = "options such as %q have no meaning here: leave them out"
	sayKeyCertificate = "this is a certificate; write the key itself"
	sayKeyShort       = "an RSA key of %d bits is too short; %d is the least"
	sayKeyKind        = "a key of the kind %q is not taken; make an ed25519 one, or sk- one on a security key"

	sayRevokedKRL    = "this is a list in OpenSSH's binary form; write what you gave to ssh-keygen -k, as text"
	sayRevokedWord   = "%q says nothing here; there are key, hash, ca, serial and id, keys and fingerprints (SHA256:...)"
	sayRevokedWhose  = "whose serial? Write ca: SHA256:... of the authority before it"
	sayRevokedSerial = "%q is no serial and no range of them, such as 17 or 20-40, from 1 on"
	sayRevokedID     = "a key id is missing"
	sayRevokedPrint  = "%q is no fingerprint; they look like SHA256: and 43 signs"
)
