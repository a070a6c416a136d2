package resolve

// Every word of this package that a person may read.
const (
	wordNoName    = "this is no domain name that can be looked up"
	wordLoop      = "the aliases (CNAME, DNAME) go in a circle or on for too long"
	wordNoServer  = "no name server is set up on this machine"
	wordBadServer = "a name server is written as 192.0.2.53, [2001:db8::53]:53, tcp://… or tls://…"
	wordQueries   = "too many questions in one run; stopped here"
	wordBytes     = "this server sent more than 1 MiB; not read on"
	wordStrays    = "what came back did not answer the question"
	wordNoAA      = "answered without authority for this zone"
	wordPrivate   = "its address is private or reserved; not asked"
	wordNoAddr    = "the name server has no address"
	wordNoZone    = "the resolver does not say which zone this name is in"
	wordServer    = "the server answered "
	wordOutside   = "the answer holds nothing about the name"

	wordAnchor     = "the trust anchor file holds no DS or DNSKEY line that can be read"
	wordNoAnchor   = "no trust anchor is above this name"
	wordNoKeys     = "the keys (DNSKEY) could not be had"
	wordNoMatch    = "no key (DNSKEY) matches what is above it (DS)"
	wordNoSig      = "a signature (RRSIG) is missing"
	wordBadSig     = "a signature (RRSIG) does not fit"
	wordOldSig     = "a signature (RRSIG) has expired or is not valid yet"
	wordNoProof    = "the proof (NSEC, NSEC3) that it does not exist is missing or does not fit"
	wordIterations = "NSEC3 with too many iterations proves nothing (RFC 9276)"
	wordUnsigned   = "not signed from "
	wordStripped   = "the resolver could not be asked for keys and signatures"
	wordUndecided  = "no authoritative server decided"
	wordTooMany    = "too many signatures to try"
)
