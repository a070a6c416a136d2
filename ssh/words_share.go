package ssh

// What is said to who shares a run from their own machine.
const (
	sayShareHow = "This is for a run on your own machine. There, type: onboard --share %s"
	sayAtHome   = "Case %s is a run on its admin's own machine, and goes on there alone. Its code erases what was shared of it: %s erase CODE"

	sayShareAddress = "%q names no server; type a host, such as onboard.example, or host:port"
	sayHostUnknown  = "the key of %s is not known here: ed25519, %s"
	sayHostChanged  = "%s shows another key than the one that is known of it: ed25519, %s. It may be another server that listens in, so nothing is shared. The known one is in %s, line %d"
	sayHostRevoked  = "%s shows a key that was revoked: ed25519, %s; %s, line %d. Nothing is shared"
	sayHostOther    = "the server showed another key than before"
)

// endWords say why a server ended it for good.
var endWords = map[shareEnd]string{
	endErased:  "the case was erased at the server",
	endTaken:   "it is shared from elsewhere now",
	endFlood:   "more came in than the server takes",
	endMany:    "too many runs were shared from your address within an hour",
	endLong:    "the run is longer than the server keeps",
	endRefused: "the server does not take it; it may be of another version",
	endBanned:  "your connection is not served there",
}
