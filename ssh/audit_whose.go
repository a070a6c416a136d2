package ssh

import (
	"strings"

	"onboard.example/ssh/cases"
)

// What a role may do ends at its organisation, so that of the audit an auditor reads what
// is of theirs, and what the operators did that concerns the server. Of every other entry
// there is the hash, by which the chain can be followed.

// ofOrganisation says which entries of the audit the auditors of an organisation read.
// Whose an entry is it says itself. Of one that does not, written before there was such a
// word or by nobody of an organisation, the guide in it says so where that can be read in
// one way alone. What is left could be another organisation's: it is read where the
// configuration names no other (alone), as its leads have to do with what is nobody's, and
// nowhere else. What surely is another's, of before a change of the configuration, is never.
func ofOrganisation(organisation string, alone bool) func(cases.Entry) bool {
	return func(e cases.Entry) bool {
		switch {
		case e.Organisation != "":
			return e.Organisation == organisation
		case e.Who == operator && e.Role == operator: // which no guide is called, see called
			return alone || aboutServer(e)
		case e.Who == customer && e.Role == customer:
			return alone
		}
		if of, sure := organisationIn(e.Who); sure {
			return of == organisation
		}
		who, guides := partyIn(e.Who)
		return alone && guides && strings.HasSuffix(who, ", "+shortened(organisation))
	}
}

// aboutServer says whether what an operator did concerns the server and no customer: an
// invitation is some organisation's customer's, and names them.
func aboutServer(e cases.Entry) bool {
	did := e.Did
	if did == didNot || did == didMaybe {
		did, _, _ = strings.Cut(e.More, " ")
	}
	return e.Case == "" && did != didInvite && did != didRevoke
}

// printLen is how long the fingerprint of a key is: SHA256: and 32 bytes in base64
// without padding.
const printLen = len("SHA256:") + 43

// organisationIn is the organisation in who did something, as called and calledParty have
// it: "NAME, ORGANISATION (FINGERPRINT)". It is not sure where a comma of a name or of an
// organisation lets that be read in two ways, nor of what may have been cut.
func organisationIn(who string) (of string, sure bool) {
	who, is := partyIn(who)
	name, of, two := strings.Cut(who, ", ")
	sure = is && two && name != "" && of != "" && !strings.Contains(of, ", ") && !strings.HasSuffix(of, "…")
	return of, sure
}

// partyIn is who did something without the key; is: they have one.
func partyIn(who string) (party string, is bool) {
	at := len(who) - len(" ()") - printLen
	if at < 0 || !strings.HasPrefix(who[at:], " (SHA256:") || !strings.HasSuffix(who, ")") {
		return "", false
	}
	return who[:at], true
}
