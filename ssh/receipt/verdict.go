package receipt

import (
	_ "embed" // the schema
	"errors"
	"slices"
	"time"
)

// VerdictSchema is the version of the shape of Verdict.
const VerdictSchema = "onboard/verify/1"

// The states of a Verdict.
const (
	StateGood    = "good"
	StateBad     = "bad"
	StateUnknown = "unknown"
)

// Verdict is what became of holding a receipt against keys.
type Verdict struct {
	Schema string    `json:"schema"`
	State  string    `json:"state" jsonschema:"enum=good,enum=bad,enum=unknown" jsonschema_description:"good: one of the keys signed it, for its server and in its time. bad: it is not what such a key signed. unknown: no key was given, and nobody can say who signed it."`
	Fault  FaultKind `json:"fault,omitempty" jsonschema:"enum=no-receipt,enum=too-large,enum=other-version,enum=cut-off,enum=control-characters,enum=said-twice,enum=changed,enum=other-key,enum=key-not-in-use,enum=other-server,enum=key-disowned"`
	Reason string    `json:"reason"`
	Key    string    `json:"key,omitempty" jsonschema_description:"The fingerprint of the key with which it was signed. Anybody can have a key."`
	// Disowned is of a good receipt whose key is, for sessions that ended later than this one.
	Disowned *time.Time `json:"disowned,omitempty" jsonschema_description:"As of when that key is disowned, by what is trusted, where the session ended before. Whoever has the key may have written an earlier time."`
	// Session is left out of what is bad: nobody vouches for it.
	Session *Session `json:"session,omitempty" jsonschema_description:"What the receipt says; left out where it is bad."`
	unread  bool
	named   bool
}

// Named says whether a good receipt's key is trusted for the server that it names, and
// not only by itself.
func (v Verdict) Named() bool { return v.named }

// Unread says whether there was no receipt that could have been judged.
func (v Verdict) Unread() bool { return v.unread }

// Judge reads a receipt from outside and holds it against keys; without any it is
// unknown who signed it, whatever it says.
func Judge(text []byte, trusted []Key) Verdict {
	v := Verdict{Schema: VerdictSchema, State: StateGood, Reason: sayGood}
	s, err := Read(text)
	if err == nil {
		v.Key = s.Fingerprint()
		if len(trusted) == 0 {
			v.State, v.Reason, v.Session = StateUnknown, sayUnknown, &s.Session
			return v
		}
		v.named, err = s.Held(trusted)
		if since, is := s.disowned(trusted); is && err == nil {
			v.Disowned = &since
		}
	}
	var why *Fault
	switch {
	case err == nil:
		v.Session = &s.Session
	case errors.As(err, &why):
		v.State, v.Fault, v.Reason, v.unread = StateBad, why.What, why.Error(), why.Unread()
	default: // there is no other
		v.State, v.Reason = StateBad, err.Error()
	}
	return v
}

// The schema is made from the Go type, by a test.
//
//go:embed verdict.schema.json
var verdictSchema []byte

// Document is the JSON Schema of a Verdict, and in it that of a Session.
func Document() []byte { return slices.Clone(verdictSchema) }
