package web

// Everything that the door says to people, and to machines that ask after it.
const (
	sayHealthy  = "ok\n"
	sayStopping = "stopping\n"
	sayMethod   = "Only GET and HEAD are answered here.\n"
	sayBody     = "Requests here have no body.\n"
	sayLong     = "The address is too long.\n"

	sayMissingTitle = "Nothing is here"
	sayMissing      = "There is no page at this address."
	sayMissingBack  = "To the start page"

	sayTitle = "Microsoft 365 says “Need admin approval”?"
	sayWhat  = "onboard shows why an app is blocked in your organisation, whose move it is, and the way to clear it that changes least. It runs in your terminal, over SSH: nothing has to be installed, and nobody signs in to Microsoft here."
	sayReads = "What is served here looks from outside, and has no hand that writes: it cannot change anything in your tenant. The consent itself is given by your own admin, on Microsoft's page."

	sayConnect       = "Connect"
	sayConnectHow    = "Type this in a terminal (Windows, macOS and Linux have ssh built in):"
	sayConnectWizard = "the wizard"
	sayConnectWhy    = "why somebody is blocked, and whose move it is"
	sayConnectPlain  = "the wizard on plain lines, for screen readers"
	sayConnectCase   = "To go on with a case, put its resume code before the @."
	sayCode          = "CODE"
	sayCaption       = "What to type, and what it opens"
	sayColumnType    = "Type"
	sayColumnOpens   = "Opens"

	sayKeys        = "Is it really this server?"
	sayKeysHow     = "The first time, ssh shows a fingerprint and asks whether you trust it. Say yes only if it is this one:"
	sayKeysHowMany = "The first time, ssh shows a fingerprint and asks whether you trust it. Say yes only if it is one of these; the first is in use, the others are to follow it:"
	sayKnown       = "Or put this into your known_hosts file beforehand:"

	sayFoot = "This page sets no cookies, runs no scripts and loads nothing from elsewhere."

	sayCertLarge    = "%s is too large to be a certificate or a key"
	sayCertOpen     = "others can read the key %s (mode %04o): chmod o-rwx it"
	sayCertExpired  = "the certificate %s ran out on %s"
	sayCertEarly    = "the certificate %s counts only from %s"
	sayCertOtherFor = "the certificate %s is not for %s"
)
