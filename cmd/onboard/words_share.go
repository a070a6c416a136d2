package main

// What is said about sharing a run.
const (
	sayShareFlag = "share this run with guides at a server, as HOST or HOST:PORT; each of them asks you first, and what signs you in stays here"
	sayShareType = "Type a host, such as --share onboard.example, or host:port."

	sayShareAsk = `The key of %s is not known on this machine: ed25519,
  %s
Compare it with what the vendor publishes. Is it the right one? Type yes, or anything else: `
	sayShareKeyUnkept = "It counts for this run alone: %v\n"
	sayShareUntrusted = "Not shared at %s: %v. The run is on this machine alone. To make the key known, compare it with what the vendor publishes, and come once by: %s\n"
	sayShareAway      = "Not shared at %s: %v. The run is on this machine alone.\n"
	sayShareChanged   = "If the vendor says that the key was changed, take the old line out. To go on without sharing, leave out --share %s."

	sayShareReady = "Connected to %s. From your first choice on this run is sent and kept there, without what signs you in. Guides see it by your yes alone: each asks by name."
	sayShareBegan = "Shared at %s as case %s. Its resume code erases there what was shared: %s"
	sayShareLost  = "The connection to %s is gone. The run goes on here, and is shared again once it is back."
	sayShareQuiet = "Nothing happened for a while, so %s let go of the run. It is shared again with your next step, or in a minute or two."
	sayShareBack  = "%s is back: the run is shared again."
	sayShareEnded = "No longer shared at %s: %s. The run goes on here, and nobody watches."
)
