package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
)

// TestRunAtHomeIsWatched walks a guided session of a run on its person's own machine:
// the queue says that it is one, nothing is seen before the yes, the run with its
// evidence after it, each move of the guide's reaches the person, and one of theirs ends
// it. What is private never gets to the server.
func TestRunAtHomeIsWatched(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	began := h.hears(ShareBegan)
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.sees("on their own machine")
	number := guide.asksToWatch()
	if number != began.Number {
		t.Fatalf("the person is told of case %q, the guide of %q", began.Number, number)
	}
	guide.sees("Until they say yes")
	h.until("the question", func(s flows.State) bool { return len(s.Asking) == 1 })
	if g := h.State().Asking[0]; g.Called() != "Anna Berg (Example Support)" || g.Lasts != flows.WatchMost/2 {
		t.Errorf("who asks: %+v", g)
	}
	if before := guide.bytes(); strings.Contains(before, "contoso") || strings.Contains(before, "Hetk") {
		t.Fatalf("before the yes the guide was sent\n%s", before)
	}
	h.allows("Anna Berg")
	guide.sees("contoso.example")
	guide.presses(keyDown, "› Findings")
	guide.sees("seen from outside") // of the evidence
	guide.types("p")
	h.until("a marker", func(s flows.State) bool {
		return len(s.Pointers) == 1 && s.Pointers[0].From == "Anna Berg (Example Support)"
	})
	guide.types("n")
	guide.sees("A note to the customer")
	guide.types("Look at line two, please.\r")
	h.until("a note", func(s flows.State) bool {
		return len(s.Notes) == 1 && s.Notes[0].Text == "Look at line two, please." && s.Notes[0].From == "Anna Berg (Example Support)"
	})
	h.do(flows.Noted{Text: "Which one is that?"})
	h.do(flows.Advanced{})
	h.same(s, number)

	h.do(flows.Watched{Visit: h.State().Guides[0].Visit, Why: flows.WatchStopped})
	guide.sees("You watch no more: the customer ended it.")
	mine := "Anna Berg " + number + " "
	did(t, s.o.Cases, mine+didEnd+" stopped")
	receipt := opens(t, s.dial(t, h.code, nil), 0, 0, func(x *gossh.Session) error { return x.Start(commandReceipt) })
	receipt.reads("Anna Berg")
	if code := receipt.ends(); code != codeDone {
		t.Errorf("the receipt of the session: %d\n%s%s", code, receipt.bytes(), receipt.errors())
	}
	h.leave()
	for _, r := range s.records(t, number) {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), canary) {
			t.Errorf("the server has %s", data)
		}
	}
	if all := guide.bytes() + s.log.String(); strings.Contains(all, canary) || strings.Contains(s.log.String(), "contoso") {
		t.Error("what is private is on the guide's screen or in the log")
	}
}

// TestSharedRunComesBack has the connection lost again and again while the run goes on:
// it is shared again, nothing is lost and nothing doubled either way, and a watch goes
// on.
func TestSharedRunComesBack(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	number := h.hears(ShareBegan).Number
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.asksToWatch()
	h.allows("Anna Berg")
	guide.sees("contoso.example")
	for i := range 5 {
		h.wires.cut(true)
		h.hears(ShareLost)
		for k := range 20 {
			h.do(flows.Noted{Text: fmt.Sprintf("said in outage %d, %d", i, k)})
		}
		if i == 2 { // and what the guide does meanwhile
			guide.once("n", "A note to the customer")
			guide.types("Are you there?\r")
			guide.sees("Sent.")
		}
		<-h.wires.tried // it is tried while nothing comes about
		h.wires.cut(false)
		h.hears(ShareBack)
		h.same(s, number)
	}
	h.until("the note", func(s flows.State) bool {
		n := 0
		for _, note := range s.Notes {
			if note.Text == "Are you there?" {
				n++
			}
		}
		return n == 1
	})
	if st := h.State(); len(st.Guides) != 1 {
		t.Errorf("the watch is over: %+v", st.Parted)
	}
	h.leave() // a goodbye ends it for the guide
	guide.sees("You watch no more: the run ended.")
	if st := flows.Fold(flows.State{}, s.records(t, number)...); len(st.Guides) != 0 {
		t.Errorf("%+v", st.Guides)
	}
}

// TestSharedRunOutlivesTheSession holds that the server's own ends of a session are no
// end of the sharing, but those after which nothing is to be shared are.
func TestSharedRunOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	end := func(why error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for one := range s.sessions {
			one.cancel(why)
		}
	}
	h := s.home(t)
	number := h.hears(ShareBegan).Number
	for _, why := range []error{errTotal, errDrained, errGone} {
		end(why)
		h.hears(ShareLost)
		h.hears(ShareBack)
	}
	end(errIdle) // it comes back when something happens
	h.hears(ShareQuiet)
	h.do(flows.Noted{Text: "something"})
	h.hears(ShareBack)
	h.same(s, number)
	end(errFlood)
	if n := h.hears(ShareEnded); n.Why != endWords[endFlood] {
		t.Errorf("%+v", n)
	}
	h.do(flows.Noted{Text: "the run goes on"})
}

// TestSharedCaseIsErased holds that the person's code erases what was shared, which ends
// the sharing and every watch, that the run goes on, and that the code opens nothing else:
// no session takes the run over.
func TestSharedCaseIsErased(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	number := h.hears(ShareBegan).Number
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.asksToWatch()
	h.allows("Anna Berg")
	guide.sees("contoso.example")
	in := opens(t, s.dial(t, h.code, nil), 0, 0, func(x *gossh.Session) error { return x.Shell() })
	in.reads("Case " + number + " is a run on its admin's own machine")
	if code := in.ends(); code != codeUsage {
		t.Errorf("it ends with %d", code)
	}
	h.do(flows.Noted{Text: "still shared"})
	h.same(s, number)
	out, errs, code := s.asks(t, "erase "+h.code)
	if code != codeDone || !strings.Contains(out, number) {
		t.Fatalf("%d %q %q", code, out, errs)
	}
	if n := h.hears(ShareEnded); n.Why != endWords[endErased] {
		t.Errorf("%+v", n)
	}
	h.until("the end of the watch", func(s flows.State) bool {
		return len(s.Guides) == 0 && s.Parted != nil && s.Parted.Why == flows.WatchLost
	})
	h.do(flows.Noted{Text: "the run goes on"})
	if _, err := s.o.Cases.Case(t.Context(), cases.Number(number)); !errors.Is(err, cases.ErrNoCase) {
		t.Errorf("the case: %v", err)
	}
}

// TestNothingIsSharedBeforeAChoice holds that who only looks in leaves nothing behind.
func TestNothingIsSharedBeforeAChoice(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	c := s.shares(t)
	c.types(`{"hello":{"share":1}}` + "\n")
	c.reads(`{"case":{}}`)
	if n, err := s.o.Cases.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d cases, %v", n, err)
	}
	c.types(`{"bye":true}` + "\n")
	if code := c.ends(); code != codeDone {
		t.Errorf("it ends with %d", code)
	}
}

// TestUnknownServerIsAskedAbout holds that a server's key is held to those that are
// known: nobody is trusted silently, who is trusted is asked about once, and one that
// changed or was revoked is refused without a question.
func TestUnknownServerIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	file := filepath.Join(t.TempDir(), "ssh", "known_hosts")
	asked := 0
	open := func(yes bool, files ...string) error {
		sh, err := OpenShare(t.Context(), ShareOptions{Address: s.addr, KnownHosts: files, Trust: func(_ context.Context, who *UnknownHostError) bool {
			asked++
			if who.Fingerprint != s.o.Identity.Fingerprint() || who.Address != s.addr {
				t.Errorf("it is asked about %+v", who)
			}
			return yes
		}})
		if err == nil {
			sh.Close()
		}
		return err
	}
	var unknown *UnknownHostError
	if err := open(false, file); !errors.As(err, &unknown) || asked != 1 {
		t.Errorf("after a no: %v, asked %d times", err, asked)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a key was kept after a no")
	}
	if _, err := OpenShare(t.Context(), ShareOptions{Address: s.addr, KnownHosts: []string{file}}); !errors.As(err, &unknown) {
		t.Errorf("where nobody is asked: %v", err)
	}
	if err := open(true, file); err != nil || asked != 2 {
		t.Errorf("after a yes: %v, asked %d times", err, asked)
	}
	if err := open(false, file); err != nil || asked != 2 {
		t.Errorf("the next time: %v, asked %d times", err, asked)
	}
	other := newSigner(t).PublicKey()
	put(t, file, "# mine\n"+knownhosts.Line([]string{s.addr}, other)+"\n")
	var changed *ChangedHostError
	if err := open(true, file); !errors.As(err, &changed) || changed.Line != 2 || changed.File != file || changed.Revoked || asked != 2 {
		t.Errorf("a changed key: %v, asked %d times", err, asked)
	}
	put(t, file, "@revoked * "+strings.TrimSpace(knownhosts.Line([]string{"x"}, s.o.Identity.PublicKeys()[0])[2:])+"\n")
	if err := open(true, file); !errors.As(err, &changed) || !changed.Revoked || asked != 2 {
		t.Errorf("a revoked key: %v, asked %d times", err, asked)
	}
	put(t, file, "nonsense\n")
	if err := open(true, file); err == nil || asked != 2 {
		t.Error("a list that cannot be read knows somebody")
	}
}

// TestServerWithAnotherKeyHearsNothing holds that a server in the place of the one that
// the run was shared with gets nothing of it.
func TestServerWithAnotherKeyHearsNothing(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	other, _ := desked(t, nil)
	h := &atHome{t: t, news: make(chan ShareNews, 100), wires: wires{tried: make(chan struct{}, 1)}}
	h.j = journal.NewMemory()
	to := s.addr // guarded by wires.mu
	share, err := OpenShare(t.Context(), ShareOptions{
		Address: s.addr, KnownHosts: []string{s.knows(t)}, Again: 5 * time.Millisecond,
		Dial: func(ctx context.Context, network, _ string) (c net.Conn, err error) {
			h.wires.mu.Lock()
			at := to
			h.wires.mu.Unlock()
			return h.wires.dial(ctx, network, at)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.begins(share, eyes{})
	h.hears(ShareBegan)
	h.wires.mu.Lock()
	to = other.addr
	h.wires.mu.Unlock()
	h.wires.cut(false)
	if n := h.hears(ShareEnded); n.Why != sayHostOther {
		t.Errorf("%+v", n)
	}
	if n, err := other.o.Cases.Count(t.Context()); n != 0 || err != nil {
		t.Errorf("the other server has %d cases, %v", n, err)
	}
}

// TestServerIsAway holds what somebody hears where no server answers.
func TestServerIsAway(t *testing.T) {
	t.Parallel()
	w := wires{down: true, tried: make(chan struct{}, 1)}
	if _, err := OpenShare(t.Context(), ShareOptions{Address: "onboard.example:22", Dial: w.dial}); err == nil || !strings.Contains(err.Error(), "connect to onboard.example:22") {
		t.Errorf("%v", err)
	}
}

// TestShareAddresses holds what --share takes.
func TestShareAddresses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"onboard.example": "onboard.example:22", " Onboard.Example:2222 ": "onboard.example:2222", "192.0.2.1": "192.0.2.1:22",
		"2001:db8::1": "[2001:db8::1]:22", "[2001:db8::1]:2222": "[2001:db8::1]:2222",
		"": "", ":22": "", "a:0": "", "a:70000": "", "a b": "", "-oProxyCommand=x": "", "a\x1b[2J": "", "user@onboard.example": "", "https://onboard.example": "", "a/b": "", "bücher.example": "",
	} {
		got, err := ShareAddress(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
		if err != nil && strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%q", err)
		}
	}
}
