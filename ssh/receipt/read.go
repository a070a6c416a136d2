package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// Schema is the version of the shape of a signed receipt.
const Schema = "onboard/session-receipt/1"

// schemaHead begins the schema of every version, and sessionHead that of what it says.
const (
	schemaHead  = "onboard/session-receipt/"
	sessionHead = "onboard/session/"
)

// Most bounds a signed receipt, in bytes: more than the longest list of deeds makes.
const Most = 1 << 20

// envelope is a signed receipt: one line of JSON. The payload is the JSON of a Session,
// as text, so that it is the very bytes that were signed.
type envelope struct {
	Schema    string `json:"schema"`
	Payload   string `json:"payload"`
	Signature string `json:"signature"`
}

// Sign makes the signed receipt of a session: one line of JSON without a line break.
// It is the same bytes each time.
func Sign(k Signer, s Session) ([]byte, error) {
	if !s.Over() {
		return nil, errors.New("signing a receipt: the session goes on")
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("signing a receipt: %w", err)
	}
	signature, err := signatureOf(k, payload)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(envelope{Schema, string(payload), signature})
	if err != nil {
		return nil, fmt.Errorf("signing a receipt: %w", err)
	}
	return out, nil
}

// Fault is why a receipt is not good. Its text can be shown.
type Fault struct {
	// What is the stable word of it.
	What FaultKind
	text string
}

// Error implements error.
func (f *Fault) Error() string { return f.text }

// FaultKind is the kind of a Fault.
type FaultKind string

// The kinds of faults. Of the first three there is no receipt that could be good.
const (
	FaultNoReceipt FaultKind = "no-receipt"
	FaultLarge     FaultKind = "too-large"
	FaultVersion   FaultKind = "other-version"
	FaultCut       FaultKind = "cut-off"
	FaultControl   FaultKind = "control-characters"
	FaultTwice     FaultKind = "said-twice"
	FaultChanged   FaultKind = "changed"
	FaultOtherKey  FaultKind = "other-key"
	FaultTime      FaultKind = "key-not-in-use"
	FaultServer    FaultKind = "other-server"
	FaultDisowned  FaultKind = "key-disowned"
)

// Unread says whether a fault is that there is no receipt to be judged.
func (f *Fault) Unread() bool {
	return f.What == FaultNoReceipt || f.What == FaultLarge || f.What == FaultVersion
}

func fault(what FaultKind, format string, args ...any) *Fault {
	return &Fault{what, fmt.Sprintf(format, args...)}
}

// Signed is a receipt that is as it was signed. By whom is another question; see Held.
type Signed struct {
	Session Session
	key     gossh.PublicKey
}

// Fingerprint is that of the key with which it was signed.
func (s Signed) Fingerprint() string { return gossh.FingerprintSHA256(s.key) }

// Read reads a signed receipt from outside, as Sign made it; space around it does not
// count. Every error is a *Fault.
func Read(text []byte) (Signed, error) {
	if len(text) > Most {
		return Signed{}, fault(FaultLarge, sayLarge, Most>>10)
	}
	text = bytes.TrimSpace(text)
	if err := plainJSON(text); err != nil {
		return Signed{}, err
	}
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil || !strings.HasPrefix(e.Schema, schemaHead) {
		if strings.HasPrefix(e.Schema, "onboard/receipt/") {
			return Signed{}, fault(FaultNoReceipt, sayChanges)
		}
		return Signed{}, fault(FaultNoReceipt, sayNotReceipt)
	}
	if e.Schema != Schema {
		return Signed{}, fault(FaultVersion, sayNewer, checks.Line(strings.TrimPrefix(e.Schema, schemaHead), 20))
	}
	if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, text) {
		return Signed{}, fault(FaultChanged, sayReshaped)
	}
	key, err := checkSignature(e.Signature, []byte(e.Payload))
	if err != nil {
		return Signed{}, fault(FaultChanged, "%s", err.Error())
	}
	s, err := readSession([]byte(e.Payload))
	if err != nil {
		return Signed{}, err
	}
	return Signed{s, key}, nil
}

// readSession reads a payload. Whoever signed it may be anybody.
func readSession(payload []byte) (s Session, err error) {
	if err := plainJSON(payload); err != nil {
		return s, err
	}
	var is struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(payload, &is); err == nil && is.Schema != SessionSchema && strings.HasPrefix(is.Schema, sessionHead) {
		return s, fault(FaultVersion, sayNewer, checks.Line(strings.TrimPrefix(is.Schema, sessionHead), 20))
	}
	if err := json.Unmarshal(payload, &s); err != nil || s.Schema != SessionSchema {
		return s, fault(FaultChanged, sayOdd, "a value is of another kind")
	}
	if again, err := json.Marshal(s); err != nil || !bytes.Equal(again, payload) {
		return s, fault(FaultChanged, sayOdd, "it is in another form")
	}
	if !clean(reflect.ValueOf(s)) {
		return s, fault(FaultControl, sayControl)
	}
	if why := s.odd(); why != "" {
		return s, fault(FaultChanged, sayOdd, why)
	}
	return s, nil
}

// mostText bounds each text of a session, in characters.
const mostText = 300

// clean says whether every text can be shown as it is.
func clean(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return checks.Line(v.String(), mostText) == v.String()
	case reflect.Struct:
		if _, is := v.Interface().(time.Time); is {
			return true
		}
		for _, field := range v.Fields() {
			if !clean(field) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !clean(v.Index(i)) {
				return false
			}
		}
	default: // a number
	}
	return true
}

// odd says what about a session cannot be; empty: nothing.
func (s Session) odd() string {
	switch {
	case s.Server == "" || s.Case == "" || s.Visit == "" || s.Guide.Name == "" || s.Guide.Key == "":
		return "it does not say who and where"
	case s.N < 1 || s.Did.Deeds == nil || len(s.Did.Deeds) > mostDeeds || s.Journal.From < 1 || s.Journal.To < s.Journal.From || s.Journal.Records < 1 ||
		min(s.Did.Points, s.Did.Notes, s.Did.Suggestions, s.Did.Looks, s.Did.Other, s.Mean.Answers, s.Mean.Confirmations, s.Mean.Changes) < 0:
		return "a number is out of its bounds"
	case !isSum(s.Journal.SHA256):
		return "the journal's sum is none"
	case !slices.Contains([]string{byCustomer, byGuide, byConnection, byTime, byRun, byHandOver}, s.Ended.By):
		return "nothing ends a session so"
	case slices.ContainsFunc(s.Did.Deeds, func(d Deed) bool {
		return !slices.Contains([]string{didPointed, didNoted, didSuggested, didAskedAgain}, d.Did)
	}):
		return "no guide can do that"
	case s.Asked.IsZero() || s.Allowed.IsZero() || s.Until.IsZero() || s.Ended.At.IsZero():
		return "a time is missing"
	case s.Ended.At.After(s.Until):
		return "it ended after the yes was over"
	case s.Asked.After(s.Allowed) || s.Allowed.After(s.Ended.At):
		return "its times are not in order"
	}
	return ""
}

// isSum says whether a text is a SHA-256 in hexadecimal.
func isSum(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size && text == hex.EncodeToString(raw)
}

// plainJSON holds a text to one value of JSON without control characters, in which no
// name stands twice: what Go would read from two of a name is the last, others read the
// first.
func plainJSON(text []byte) error {
	if len(text) == 0 {
		return fault(FaultNoReceipt, sayEmpty)
	}
	if text[0] != '{' { // a picture, too
		return fault(FaultNoReceipt, sayNotReceipt)
	}
	if !utf8.Valid(text) || bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0 }) {
		return fault(FaultControl, sayControl)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	var open []names
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return fault(FaultCut, sayCut)
		case err != nil:
			return fault(FaultChanged, sayReshaped)
		}
		name, twice := "", false
		if open, name, twice = follow(open, t); twice {
			return fault(FaultTwice, sayTwice, checks.Line(name, 40))
		}
		if len(open) == 0 {
			if d.More() {
				return fault(FaultChanged, sayReshaped) // something stands behind it
			}
			return nil
		}
		if len(open) > mostDepth {
			return fault(FaultNoReceipt, sayNotReceipt)
		}
	}
}

// mostDepth bounds how deep values stand in each other.
const mostDepth = 16

// names are those of an object so far; nil: a list.
type names struct {
	had   map[string]bool
	value bool // the next token is a value
}

// follow takes the next token of a text.
func follow(open []names, t json.Token) (now []names, name string, twice bool) {
	if d, is := t.(json.Delim); is && (d == '}' || d == ']') {
		return open[:len(open)-1], "", false
	}
	if n := len(open); n > 0 && open[n-1].had != nil {
		in := &open[n-1]
		if !in.value {
			name, _ = t.(string) // the decoder takes nothing else for a name
			low := strings.ToLower(name)
			twice, in.value = in.had[low], true
			in.had[low] = true
			return open, name, twice
		}
		in.value = false
	}
	switch t {
	case json.Delim('{'):
		open = append(open, names{had: map[string]bool{}})
	case json.Delim('['):
		open = append(open, names{})
	}
	return open, "", false
}
