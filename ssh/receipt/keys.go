package receipt

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// Key is a key that receipts are held against: for whom it is trusted, and from when
// on and until when sessions ended that it signs for.
type Key struct {
	Server      string    // empty: whichever; several have a comma between them
	Public      []byte    // as SSH writes it; nil: whichever has the Fingerprint
	From, Until time.Time // zero: without end on that side
	Fingerprint string
	// Disowned says that whoever has it may be anybody, so that it signs for no session that
	// ended at Since or later; zero: for none at all.
	Disowned bool
	Since    time.Time
}

// Never says that it signs for no session at all.
func (k Key) Never() bool { return k.Disowned && !k.Since.After(k.From) }

// Signs says whether a session that ended at a time is one that it signs for.
func (k Key) Signs(ended time.Time) bool {
	return !k.Never() && !ended.Before(k.From) && (k.Until.IsZero() || ended.Before(k.Until))
}

// KeyOf is the key of a server.
func KeyOf(server string, public ed25519.PublicKey, from, until time.Time) (Key, error) {
	k, err := gossh.NewPublicKey(public)
	if err != nil {
		return Key{}, fmt.Errorf("a key for receipts: %w", err)
	}
	return Key{Server: server, Public: k.Marshal(), From: from, Until: until, Fingerprint: gossh.FingerprintSHA256(k)}, nil
}

// keyTime is how a file of allowed signers writes times (ssh-keygen(1)).
const keyTime = "20060102150405Z"

// disownedHead begins a line that says that a key is disowned. It is a remark to
// ssh-keygen, to which the line with the key's time says so, or that there is none.
const (
	disownedHead  = "# disowned"
	disownedSince = " since "
)

// Lines are what is published of a key: its Line, where it signs for any session, and
// before that a line that says that it is disowned.
func (k Key) Lines() []string {
	var out []string
	if k.Disowned {
		since := ""
		if !k.Since.IsZero() {
			since = disownedSince + k.Since.UTC().Format(keyTime)
		}
		bare := k
		bare.From, bare.Until = time.Time{}, time.Time{}
		out = append(out, disownedHead+since+": "+bare.Line())
	}
	if !k.Never() {
		out = append(out, k.Line())
	}
	return out
}

// Line is the key as a line of a file of allowed signers, which ssh-keygen and
// ParseKeys read. To ssh-keygen the second of valid-before is the last that counts, so it is
// the one before Until, which is a whole second.
func (k Key) Line() string {
	options := []string{fmt.Sprintf("namespaces=%q", Namespace)}
	if !k.From.IsZero() {
		options = append(options, fmt.Sprintf("valid-after=%q", k.From.UTC().Format(keyTime)))
	}
	if !k.Until.IsZero() {
		options = append(options, fmt.Sprintf("valid-before=%q", k.Until.Add(-time.Second).UTC().Format(keyTime)))
	}
	public, err := gossh.ParsePublicKey(k.Public)
	if err != nil { // it is none of KeyOf
		return ""
	}
	return k.Server + " " + strings.Join(options, ",") + " " + strings.TrimSpace(string(gossh.MarshalAuthorizedKey(public)))
}

// The bounds of what keys are read from: its size in bytes, and how many lines with a key.
// All that a server publishes is within both: one that is disowned for a part of its time
// has two lines.
const (
	MostKeys  = 1 << 20
	MostLines = 1000
)

// ParseKeys reads the keys that receipts are held against from what somebody trusts:
// what `ssh fingerprint@…` printed, lines of allowed signers, a key by itself
// (ssh-ed25519 AAAA…), or the fingerprint of one. Lines that say something else are
// left out: in what fingerprint@ prints stand host keys, too, which sign no receipts.
func ParseKeys(text string) ([]Key, error) {
	if one := strings.TrimSpace(text); strings.HasPrefix(one, "SHA256:") && !strings.ContainsAny(one, " \n") {
		if len(one) != len("SHA256:")+43 {
			return nil, fmt.Errorf(sayKeyPrint, checks.Line(one, 80))
		}
		return []Key{{Fingerprint: one}}, nil
	}
	var out []Key
	n := 0
	for line := range strings.Lines(text) {
		n++
		k, ok, err := parseKey(strings.TrimSpace(line), n)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if out = append(out, k); len(out) > MostLines {
			return nil, fmt.Errorf(sayKeyMany, MostLines)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf(sayNoKeys, Namespace)
	}
	return out, nil
}

// parseKey reads the key of a line, or that one is disowned; ok is false where it has none
// for receipts.
func parseKey(line string, n int) (k Key, ok bool, err error) {
	says, is := strings.CutPrefix(line, disownedHead)
	says, of, whole := strings.Cut(says, ": ")
	if !is || !whole {
		return parseSigner(line, n)
	}
	var since time.Time
	if at, some := strings.CutPrefix(says, disownedSince); some {
		if since, err = time.Parse(keyTime, at); err != nil {
			return Key{}, false, fmt.Errorf(sayKeyTime, n, checks.Line(at, 40))
		}
	} else if says != "" {
		return Key{}, false, nil
	}
	k, ok, err = parseSigner(strings.TrimSpace(of), n)
	k.Disowned, k.Since = true, since
	return k, ok, err
}

// parseSigner reads the key of a line of allowed signers, or a key by itself.
func parseSigner(line string, n int) (k Key, ok bool, err error) {
	if !strings.HasPrefix(line, gossh.KeyAlgoED25519+" ") {
		server, rest, more := strings.Cut(line, " ")
		if !more || strings.HasPrefix(line, "#") || !strings.Contains(rest, Namespace) {
			return Key{}, false, nil
		}
		k.Server, line = server, strings.TrimSpace(rest)
	}
	public, _, options, _, err := gossh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return Key{}, false, fmt.Errorf(sayKeyBroken, n, errors.New(checks.Line(err.Error(), 80)))
	case public.Type() != gossh.KeyAlgoED25519:
		return Key{}, false, fmt.Errorf(sayKeyKind, n, checks.Line(public.Type(), 40))
	}
	ok = k.Server == "" // a key by itself
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		at := &k.From
		switch strings.ToLower(name) {
		case "cert-authority": // it vouches for other keys, and signs no receipts
			return Key{}, false, nil
		case "namespaces":
			ok = slices.Contains(strings.Split(strings.Trim(value, `"`), ","), Namespace)
			continue
		case "valid-after":
		case "valid-before":
			at = &k.Until
		default:
			continue
		}
		value = strings.Trim(value, `"`)
		if *at, err = time.Parse(keyTime, value); err != nil {
			return Key{}, false, fmt.Errorf(sayKeyTime, n, checks.Line(value, 40))
		}
		if at == &k.Until { // that second counts, to its end
			*at = at.Add(time.Second)
		}
	}
	k.Public, k.Fingerprint = public.Marshal(), gossh.FingerprintSHA256(public)
	return k, ok, nil
}

// of says whether it is trusted for a server. A line of allowed signers may name several,
// as one does that was renamed.
func (k Key) of(server string) bool {
	return k.Server == "" || slices.ContainsFunc(strings.Split(k.Server, ","), func(name string) bool { return strings.EqualFold(name, server) })
}

// Held holds a receipt against the keys that somebody trusts, of which there must be
// one. Every error is a *Fault; nil: one of them signed it, for this server and then.
// named says whether that key is trusted for the server by its name, which is else no
// more than what the receipt says of itself.
func (s Signed) Held(trusted []Key) (named bool, err error) {
	if since, is := s.disowned(trusted); is && !s.Session.Ended.At.Before(since) {
		return false, fault(FaultDisowned, sayDisowned, s.Fingerprint())
	}
	var why *Fault
	good := false
	for _, k := range trusted {
		switch is := s.Session; {
		case k.Disowned: // another line has the time in which it is not
		case k.Fingerprint != s.Fingerprint() || k.Public != nil && !slices.Equal(k.Public, s.key.Marshal()):
		case !k.of(is.Server):
			why = fault(FaultServer, sayOtherName, k.Fingerprint, checks.Line(k.Server, 120), is.Server)
		case !k.Signs(is.Ended.At):
			why = fault(FaultTime, sayNotThen, k.Fingerprint, is.Ended.At.UTC().Format(time.RFC3339))
		default:
			good, named = true, named || k.Server != ""
		}
	}
	switch {
	case good:
		return named, nil
	case why != nil:
		return false, why
	}
	return false, fault(FaultOtherKey, sayOtherKey, s.Fingerprint())
}

// disowned says as of when the key is disowned with which it was signed, by what somebody
// trusts: whatever else is said of it, the earliest counts.
func (s Signed) disowned(trusted []Key) (since time.Time, is bool) {
	for _, k := range trusted {
		if k.Disowned && k.Fingerprint == s.Fingerprint() && (!is || k.Since.Before(since)) {
			since, is = k.Since, true
		}
	}
	return since, is
}
