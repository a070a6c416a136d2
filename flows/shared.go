package flows

import "strings"

// Shared is a record as a guide gets it, in the state before it: with everything
// left out that is for the person's machine alone. What a sign-in shows and the
// resume code are in no event in the first place.
//
// Left out are what only the run's consent link carries and the door behind it,
// which together would let a guide say in Microsoft's name that somebody
// consented; what was typed under a plan, where it is not the domain that was
// asked for; where files are on the person's disk; and what others of the
// machine's errors say.
func Shared(s State, r Record) Record {
	switch e := r.Event.(type) {
	case Started:
		e.Nonce, e.Shared = "", true
		r.Event = e
	case Listening:
		r.Event = Listening{Door: e.leads()}
	case Confirmed:
		if s.Plan == nil || !strings.EqualFold(strings.TrimSpace(e.Typed), s.Plan.Domain) {
			e.Typed = ""
		}
		r.Event = e
	case Filed:
		e.Name = e.Name[strings.LastIndexAny(e.Name, `/\`)+1:]
		r.Event = e
	case Troubled:
		e.Text = ""
		r.Event = e
	case Foreign: // nobody here knows what is in it
		e.Data = []byte("{}")
		r.Event = e
	}
	return r
}
