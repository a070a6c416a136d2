package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// world is a driver that plays the whole world at once: what is wanted is
// found before Do returns, and a move grants what was missing.
type world struct {
	*fakeDriver
	mu      sync.Mutex
	granted bool
	refused bool // no sign-in comes about
	twins   bool // an app is looked for by its name, and two are found
	oneOpen bool // the person asked about is let in, and nobody else
}

func newWorld(events ...flows.Event) *world {
	w := &world{fakeDriver: newFake(events...)}
	w.hands = run.Hands{Play: w}
	w.turn()
	return w
}

func (w *world) Do(ctx context.Context, e flows.Event) error {
	if err := w.fakeDriver.Do(ctx, e); err != nil {
		return err
	}
	w.turn()
	return nil
}

// turn answers everything that is wanted, until nothing new is.
func (w *world) turn() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range 20 {
		s := w.State()
		wants := flows.Wants(s)
		if e, ok := flows.Due(s); ok {
			w.happen(e)
			continue
		}
		polling := len(wants) == 1 && wants[0].Every > 0
		if len(wants) == 0 || polling && w.seen(wants[0]) {
			return
		}
		for _, want := range wants {
			w.answer(want)
		}
	}
}

func (w *world) seen(want flows.Want) bool {
	for _, id := range want.Checks.IDs() {
		h, ok := w.State().Finding(id)
		if !ok || w.State().Stale(h) || w.granted && id == checks.AppGrant && h.Verdict != checks.Pass {
			return false
		}
	}
	return true
}

func (w *world) answer(want flows.Want) {
	switch want.Kind {
	case flows.WantSignIn:
		if w.refused {
			w.happen(flows.SignInFailed{Attempt: want.Attempt, Reason: checks.FailDenied, Message: "no"})
			return
		}
		a := signedIn()
		a.Account.Scopes = want.Scopes.Words()
		w.happen(a)
	case flows.WantApply:
		p := w.State().Plan
		for i := range p.Lines {
			w.happen(flows.Applying{Plan: p.ID, Line: i, At: noon}, flows.Applied{Plan: p.ID, Line: i, Outcome: flows.OutcomeSent, At: noon}, flows.Reread{Plan: p.ID, Line: i, Seen: true, At: noon})
		}
		w.granted = true
	case flows.WantLook:
		learned := facts(w.granted)
		if w.twins {
			learned.Facts.Named, learned.Facts.NamedRead = twinFacts().Named, true
		}
		w.happen(learned)
		rounded(w.fakeDriver, w.findings(want)...)
	case flows.WantReturn: // nobody comes back
	}
}

func (w *world) findings(want flows.Want) []flows.Found {
	by := map[checks.ID]flows.Found{}
	all := tenantFindings()
	if w.oneOpen {
		all = oneOpen()
	}
	for _, f := range all {
		by[f.Finding.Check] = f
	}
	if w.granted {
		by[checks.AppGrant] = finding(checks.AppGrant, checks.Pass, checks.Verified, "5 of 5 scopes granted tenant-wide.")
		by[checks.ConsentPredict] = finding(checks.ConsentPredict, checks.Pass, checks.Verified, "Nobody is asked any more.")
	}
	by[checks.AppNamed] = finding(checks.AppNamed, checks.Warn, checks.Verified, "The client id is not known.")
	var out []flows.Found
	for _, id := range want.Checks.IDs() {
		f, ok := by[id]
		if !ok {
			f = finding(id, checks.Pass, checks.Verified, "As it should be.")
		}
		out = append(out, f)
	}
	return out
}

func (w *world) Moves(s flows.State) []run.Move {
	if s.Place.Stage != flows.StageSteps || w.granted {
		return nil
	}
	return []run.Move{{ID: "accept", Key: "A", Title: "accept as admin@contoso.example"}}
}

func (w *world) Make(context.Context, string) error {
	w.granted = true
	w.turn()
	w.happen(flows.Noted{Text: "moved"}) // wakes whoever watches
	return nil
}

// asked makes a start that leaves nothing out.
func asked(t testing.TB) flows.Started {
	t.Helper()
	s := started(t)
	p := profile(t, "hetk")
	s.Profile, s.Domain = &p, "contoso.example"
	return s
}

// talk is somebody who reads what is asked before each line is typed.
type talk struct {
	mu     sync.Mutex
	moved  *sync.Cond
	out    bytes.Buffer
	lines  []string
	asked  bool // a prompt stands
	hungUp bool
}

func talking(lines ...string) *talk {
	k := &talk{lines: lines}
	k.moved = sync.NewCond(&k.mu)
	return k
}

func (k *talk) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.out.Write(p)
	if s := string(p); strings.HasSuffix(s, plainChoose+" ") || strings.HasSuffix(s, plainType+" ") {
		k.asked = true
		k.moved.Broadcast()
	}
	return len(p), nil
}

func (k *talk) Read(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.asked && !k.hungUp {
		k.moved.Wait()
	}
	if k.hungUp || len(k.lines) == 0 {
		return 0, io.EOF
	}
	k.asked = false
	n := copy(p, k.lines[0]+"\n")
	k.lines = k.lines[1:]
	return n, nil
}

func (k *talk) printed() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.String()
}

func (k *talk) hangUp() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hungUp = true
	k.moved.Broadcast()
}

// answered runs line mode with somebody who types each line when it is asked
// for.
func answered(t *testing.T, drv Driver, o Options, lines ...string) string {
	t.Helper()
	k := talking(lines...)
	defer k.hangUp()
	o.Profiles, o.Now = profiles(t), func() time.Time { return noon }
	if err := Plain(t.Context(), k, k, drv, o); err != nil {
		t.Fatalf("%v\n%s", err, k.out.String())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.String()
}

// said runs line mode over a script that was written in one go.
func said(t *testing.T, drv Driver, o Options, in string) string {
	t.Helper()
	var out bytes.Buffer
	o.Profiles, o.Now = profiles(t), func() time.Time { return noon }
	if err := Plain(t.Context(), strings.NewReader(in), &out, drv, o); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String()
}

func TestPlainAutoGoesFromBlockedToOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(asked(t))
	out := said(t, w, Options{Auto: true}, "")
	if o := w.State().Overall(); o.State != checks.StateOpen || o.Grade != checks.Verified || w.State().End != flows.EndDone {
		t.Errorf("ended at %+v, %q", o, w.State().End)
	}
	golden.RequireEqual(t, out)
}

func TestPlainByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(started(t))
	out := answered(t, w, Options{ResumeWith: "onboard"},
		"hetk", "nonsense domain", "contoso.example", "1", "sign in with the b", "zzz", "", "1", "1", "1", "w", "A", "1", "r", "q")
	if o := w.State().Overall(); o.State != checks.StateOpen {
		t.Errorf("ended at %+v", o)
	}
	golden.RequireEqual(t, out)
}

func TestPlainPlanIsTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(asked(t))
	out := answered(t, w, Options{}, "1", "1", "1", "2", "2", "contoso.exampel", "Contoso.example", "1", "q")
	if s := w.State(); s.Overall().State != checks.StateOpen || !strings.Contains(out, "that is not it") && !strings.Contains(out, "That is not it") {
		t.Errorf("ended at %+v:\n%s", s.Place, out)
	}
}

func TestPlainAutoNeverConfirmsOutsideARehearsal(t *testing.T) {
	t.Parallel()
	w := newWorld(asked(t))
	w.turn()
	for _, e := range []flows.Event{
		flows.Advanced{},
		flows.Answered{Question: flows.AskSignIn, Value: "browser"},
		flows.Advanced{},
		flows.Advanced{},
		flows.Chose{Path: flows.EntraGrant},
		flows.Answered{Question: flows.AskHow, Value: flows.HowGraph},
		flows.Advanced{},
	} {
		if err := w.Do(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if w.State().Place.Step != flows.GrantPlan {
		t.Fatalf("at %+v", w.State().Place)
	}
	w.hands.Play = nil
	out := said(t, w, Options{Auto: true}, "")
	if w.State().Confirmed != "" || !strings.Contains(out, plainAutoNoYes) {
		t.Errorf("confirmed %q:\n%s", w.State().Confirmed, out)
	}
}

func TestPlainAutoSaysWhatItCannotChoose(t *testing.T) {
	t.Parallel()
	s := started(t)
	p := profile(t, "hetk")
	s.Profile = &p
	out := said(t, newWorld(s), Options{Auto: true}, "")
	if !strings.Contains(out, "Give it on the command line") {
		t.Errorf("got:\n%s", out)
	}
}

func TestPlainGoesOnWithoutASignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(asked(t))
	w.refused = true
	out := answered(t, w, Options{}, "1", "1")
	if !strings.Contains(out, "Microsoft refused this sign-in") {
		t.Errorf("got:\n%s", out)
	}
}

func TestPlainEndsWithItsInput(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"nothing": "", "no end of line": "2", "an empty line": "\n", "after an answer": "2\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := said(t, newWorld(started(t)), Options{}, in)
			if !strings.HasSuffix(out, "This run was not kept.\n") {
				t.Errorf("got:\n%s", out)
			}
		})
	}
}

func TestPlainRefusesLongLines(t *testing.T) {
	t.Parallel()
	w := newWorld(started(t))
	out := said(t, w, Options{}, strings.Repeat("x", 3*lineLimit)+"\n2\n")
	if !strings.Contains(out, "longer than "+number(lineLimit)) || w.State().Profile == nil {
		t.Errorf("got:\n%s", out)
	}
}

func TestPlainIsPlain(t *testing.T) {
	t.Parallel()
	w := &world{fakeDriver: poisoned(t)}
	w.turn()
	var out bytes.Buffer
	o := Options{Profiles: profiles(t), Look: Look{ASCII: true}, Now: func() time.Time { return noon }}
	if err := Plain(t.Context(), strings.NewReader("\x1b[2J\n\u009b\n1\n1\ne\n"), &out, w, o); err != nil {
		t.Fatal(err)
	}
	for _, r := range out.String() {
		if r != '\n' && (r < ' ' || r > '~') {
			t.Fatalf("%U in line mode:\n%s", r, out.String())
		}
	}
}

func TestPlainStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer func() { _ = w.Close() }()
	d := newFake(started(t))
	var out bytes.Buffer
	done := make(chan error)
	go func() {
		done <- Plain(ctx, r, &out, d, Options{Profiles: profiles(t), ResumeWith: "onboard"})
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !strings.HasSuffix(out.String(), "Stopped at App. Nothing was chosen yet, so there is nothing to keep.\n") {
		t.Errorf("got %q", out.String())
	}
}

func TestPlainResumes(t *testing.T) {
	t.Parallel()
	o := Options{
		Earlier: []Earlier{{ID: "x", App: "Hetk", Domain: "contoso.example", Where: "Path", Left: noon.Add(-time.Hour)}},
		Reopen:  func(context.Context, string) (Driver, error) { return atPaths(t), nil },
	}
	out := answered(t, newWorld(started(t)), o, "9", "1", "q")
	if !strings.Contains(out, "Hetk → contoso.example. Path, left 1 h ago.") || !strings.Contains(out, "ways fit this tenant") {
		t.Errorf("got:\n%s", out)
	}
	out = said(t, newWorld(started(t)), o, "2\n")
	if !strings.Contains(out, "Which app") {
		t.Errorf("got:\n%s", out)
	}
}

// brokenWriter takes a few writes, then no more.
type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestPlainStopsWhenNobodyReads(t *testing.T) {
	t.Parallel()
	err := Plain(t.Context(), strings.NewReader("2\n"), &brokenWriter{left: 2}, newWorld(asked(t)), Options{Profiles: profiles(t), Auto: true})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
