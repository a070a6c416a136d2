package tui

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// texts are canned answers.
func cannedAnswers() []CannedAnswer {
	return []CannedAnswer{
		{Title: "Greeting", Text: "Hello, this is about {app} in {tenant}."},
		{Title: "Where the link is", Text: "Press l for the link, and open it as an admin."},
		{Title: "hostile\x1b[2J\u202e", Text: "\u009b2Jx"},
		{Title: "long", Text: strings.Repeat("all of it ", 49)},
		{Title: "strange", Text: "https://evil.example/x"},
	}
}

// answering is a guide beside a run, at the note that is being written.
func answering(t testing.TB, o Options, read func(context.Context) ([]CannedAnswer, error)) (*Model, *fakeSeat) {
	t.Helper()
	seat := seated(t, atDiagnosis(t))
	o.Served = true
	o.Console = &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Ann Lee", Organisation: "Hetk support", Role: "guide", Ask: (&reception{seat: seat}).ask, Answers: read}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	keyed(m, "enter", "y", "n")
	if m.guide == nil || m.guide.note == nil {
		t.Fatal("no note is being written")
	}
	return m, seat
}

// chooses presses keys in the list of answers, which is read.
func chooses(m *Model, keys ...string) {
	if cmd := m.key(pressed("ctrl+o")); cmd != nil {
		answersRead(m, cmd)
	}
	keyed(m, keys...)
}

// answersRead lets the list be read.
func answersRead(m *Model, cmd tea.Cmd) {
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil {
				answersRead(m, c)
			}
		}
	case answersMsg:
		m.Update(msg)
	}
}

func all(context.Context) ([]CannedAnswer, error) { return cannedAnswers(), nil }

func TestAnswersScreens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		read func(context.Context) ([]CannedAnswer, error)
		keys []string
	}{
		"list":   {all, nil},
		"search": {all, []string{"w", "h", "e", "r"}},
		"none":   {func(context.Context) ([]CannedAnswer, error) { return nil, nil }, nil},
		"unread": {func(context.Context) ([]CannedAnswer, error) {
			return cannedAnswers()[:1], errors.New("the canned answers cannot be read")
		}, nil},
		"no-match": {all, []string{"z", "z"}},
		"chosen":   {all, []string{"enter"}},
		"strange":  {all, []string{"e", "v", "i", "l", "enter"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m, _ := answering(t, o, c.read)
				chooses(m, c.keys...)
				return m
			}))
		})
	}
}

// TestAnAnswerIsNeverSentByItself holds that an answer goes into the note at the cursor,
// that no key which chose it sends it, however often it comes, and that what cannot be
// sent says why.
func TestAnAnswerIsNeverSentByItself(t *testing.T) {
	t.Parallel()
	now := noon
	o := still(t, 80, 24)
	o.Now = func() time.Time { return now }
	m, seat := answering(t, o, all)
	keyed(m, "a", "b", "left")
	chooses(m, "enter", "enter", "enter", "enter")
	if want := "a Hello, this is about Hetk Calendar Sync in contoso.example.b"; m.guide.note == nil || m.guide.note.value() != want {
		t.Fatalf("the note is %+v", m.guide.note)
	}
	if slices.ContainsFunc(seat.said, func(s string) bool { return strings.HasPrefix(s, "note") }) || m.guide.note.said != wordAnswerRead {
		t.Errorf("said %q, %q", seat.said, m.guide.note.said)
	}
	now = now.Add(answerGrace)
	keyed(m, "enter")
	if want := "note a Hello, this is about Hetk Calendar Sync in contoso.example.b"; seat.said[len(seat.said)-1] != want || m.guide.note != nil {
		t.Errorf("said %q", seat.said)
	}
	// There is no room for all of it: nothing of it is put in.
	keyed(m, "n")
	m.paste(strings.Repeat("x", 100))
	chooses(m, "l", "o", "n", "g", "enter")
	if f := m.guide.note; f.value() != strings.Repeat("x", 100) || !strings.Contains(f.said, "500") {
		t.Errorf("%q, %q", f.value(), f.said)
	}
	// A link that leads nowhere of this run is told at once, and not sent.
	keyed(m, "esc", "n")
	chooses(m, "e", "v", "i", "l", "enter")
	now = now.Add(answerGrace)
	n := len(seat.said)
	if keyed(m, "enter"); len(seat.said) != n || !strings.Contains(m.guide.note.said, "evil.example") {
		t.Errorf("said %q, %q", seat.said[n:], m.guide.note.said)
	}
	// Without a list there is no key for one.
	o.Console = nil
	m, _ = answering(t, still(t, 80, 24), nil)
	if chooses(m); len(m.sheets) > 0 {
		t.Error("a list of nothing is opened")
	}
}

// TestTheListOfAnswersStays holds that the customer, who goes on meanwhile, takes the
// list away from under no key, and that it goes with their yes.
func TestTheListOfAnswersStays(t *testing.T) {
	t.Parallel()
	m, seat := answering(t, still(t, 80, 24), all)
	keyed(m, "h", "i")
	chooses(m)
	seat.view = seated(t, atApprove(t)).view
	visit1(m, m.lookOn())
	if _, open := m.topSheet().(*answersSheet); !open || m.state.Place.Stage != flows.StageSteps {
		t.Fatalf("at %v the list is open: %v", m.state.Place, open)
	}
	if keyed(m, "enter"); m.guide.note.value() != "hi Hello, this is about Hetk Calendar Sync in contoso.example." {
		t.Errorf("the note is %q", m.guide.note.value())
	}
	chooses(m)
	late := m.openAnswers()
	seat.view = run.View{Standing: run.StandOver, Why: flows.WatchStopped}
	visit1(m, m.lookOn())
	answersRead(m, late)
	if len(m.sheets) > 0 || m.guide.note != nil || strings.Contains(plainText(m.View().Content), "contoso") {
		t.Errorf("after the end it shows\n%s", plainText(m.View().Content))
	}
}

// TestPlainAnswers walks the same on plain lines: read out first, and sent by a line of
// its own that came after that.
func TestPlainAnswers(t *testing.T) {
	t.Parallel()
	view := seated(t, atDiagnosis(t)).view
	seat := wakingSeat{&fakeSeat{view: view}, make(chan struct{}, 1)}
	r := &reception{}
	r.seat = seat
	in, keys := io.Pipe()
	out, done := new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: &fakeQueue{rows: busy()}, Name: "Ann Lee", Organisation: "Hetk support", Role: "guide", Ask: r.ask, Answers: all}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	typed := func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}
	out.waits(t, plainConsoleOpen)
	typed("1", plainVisitAsk)
	typed("ask", plainAnswerKeys)
	out.waits(t, "Case 5XY-Z6W:")
	typed("a 1", "1. Greeting") // which they are is told first
	out.waits(t, "5. strange")
	typed("send", plainAnswerGone)
	typed("a 1\nsend", plainAnswerAsk)
	out.waits(t, plainTooEarly)
	typed("f", "1. ")
	typed("send", plainAnswerGone)
	typed("a 5", "No link to this may be sent: evil.example.")
	typed("send", plainAnswerGone)
	typed("a 1", plainAnswerAsk)
	typed("send", "Sent.")
	typed("q", "You left case 5XY-Z6W.")
	out.waits(t, plainConsoleOpen) // what came before is no answer to it
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if want := []string{"note Hello, this is about Hetk Calendar Sync in contoso.example.", "leave left"}; !slices.Equal(seat.said, want) {
		t.Errorf("said %q, want %q", seat.said, want)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e\u009b") {
		t.Errorf("it says %q", out.String())
	}
}
