package ssh

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestGuidesArePartedWhereNobodyComesBack holds that an end of the sharing that is for good
// ends what guides watch, and what they asked for.
func TestGuidesArePartedWhereNobodyComesBack(t *testing.T) {
	t.Parallel()
	for _, why := range []error{errFlood, errUnfit, cases.ErrTooLong, errManyCases, &bannedError{}} {
		t.Run(why.Error(), func(t *testing.T) {
			t.Parallel()
			s, o := desked(t, nil)
			h := s.home(t)
			number := h.hears(ShareBegan).Number
			guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
			guide.asksToWatch()
			h.allows("Anna Berg")
			guide.sees("contoso.example")
			s.mu.Lock()
			for one := range s.sessions {
				if one.user == userShare {
					one.cancel(why)
				}
			}
			s.mu.Unlock()
			h.hears(ShareEnded)
			guide.sees("You watch no more: the customer's run is shared no more.")
			if st := flows.Fold(flows.State{}, s.records(t, number)...); len(st.Guides)+len(st.Asking) != 0 || st.Parted == nil || st.Parted.Why != flows.WatchUnshared {
				t.Errorf("%+v %+v %+v", st.Guides, st.Asking, st.Parted)
			}
			did(t, s.o.Cases, "Anna Berg "+number+" "+didEnter, "Anna Berg "+number+" "+didEnd+" "+string(flows.WatchUnshared))
		})
	}
}

// TestWrongCodesOfOthersEndNoSharing holds that a run is shared again later where its
// address sent too many wrong codes.
func TestWrongCodesOfOthersEndNoSharing(t *testing.T) {
	t.Parallel()
	h := &home{s: &session{ctx: t.Context()}}
	if end := h.ending(fmt.Errorf("going on: %w", &cases.TooManyError{})); !end.again() || end == "" {
		t.Errorf("it ends with %q", end)
	}
}

// TestCodeIsToldBeforeAnythingIsStored holds that a case is made of a start that can be
// taken and of nothing else, that its code is told first, and that a run goes on with one
// in which nothing was stored yet.
func TestCodeIsToldBeforeAnythingIsStored(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	for _, bad := range []string{
		`{"n":1,"by":"guide","kind":"started","event":{"version":"1"}}`,
		`{"n":1,"by":"person","kind":"started","event":"text"}`,
		`{"n":1,"by":"person","kind":"started","event":{"canWrite":7}}`,
	} {
		c := s.shares(t)
		c.types(rawHello + "\n" + bad + "\n")
		c.reads(`{"end":"refused"}`)
		if n, err := s.o.Cases.Count(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: %d cases, %v", bad, n, err)
		}
	}
	c := s.shares(t)
	c.types(rawHello + "\n" + rawStart + "\n")
	c.reads(`{"ack":1}`)
	if told, _, _ := strings.Cut(c.bytes(), `{"ack":1}`); codeIn(told) == "" || strings.Contains(told, `"have"`) {
		t.Errorf("before the first record is stored it is told %s", told)
	}
	empty, code, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := s.shares(t)
	again.types(`{"hello":{"share":1,"code":"` + code.Reveal() + `"}}` + "\n" + rawStart + "\n")
	again.reads(`{"ack":1}`)
	if rs := s.records(t, string(empty.Number())); len(rs) != 1 || rs[0].Writer != homeWriter {
		t.Errorf("it has %+v", rs)
	}
}

// TestKeyOfAnotherTypeIsNoOtherKey holds that a server of which a key of another type is
// known is asked about, not taken for another.
func TestKeyOfAnotherTypeIsNoOtherKey(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "known_hosts")
	line := knownhosts.Line([]string{s.addr}, signer.PublicKey()) + "\n"
	put(t, file, line)
	o := ShareOptions{Address: s.addr, KnownHosts: []string{file}}
	var unknown *UnknownHostError
	if _, err := OpenShare(t.Context(), o); !errors.As(err, &unknown) {
		t.Errorf("of a key of another type: %v", err)
	}
	put(t, file, line+knownhosts.Line([]string{s.addr}, newSigner(t).PublicKey())+"\n")
	var changed *ChangedHostError
	if _, err := OpenShare(t.Context(), o); !errors.As(err, &changed) || changed.Line != 2 {
		t.Errorf("of another key of the type: %v", err)
	}
}
