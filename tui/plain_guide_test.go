package tui

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// wakingSeat is a seat that a test changes, and which wakes then.
type wakingSeat struct {
	*fakeSeat

	wake chan struct{}
}

func (s wakingSeat) Watch(context.Context) <-chan struct{} { return s.wake }

// becomes changes what is seen, and what every move comes to.
func (s wakingSeat) becomes(v run.View, err, no error) {
	s.mu.Lock()
	s.view, s.err, s.no = v, err, no
	s.mu.Unlock()
	s.wake <- struct{}{}
}

// plainGuide is a console on plain lines, and where is typed.
func plainGuide(t *testing.T, r *reception) (out *lockedText, typed func(line, until string), done chan error) {
	t.Helper()
	in, keys := io.Pipe()
	out, done = new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Ask: r.ask}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	return out, func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}, done
}

// TestPlainGuide walks a guided session on plain lines: the question, the wait, what is
// seen as it changes, every move, and the end.
func TestPlainGuide(t *testing.T) {
	t.Parallel()
	before := run.View{As: "Ann Lee (Hetk support)", Until: noon.Add(flows.AskWait), Outline: run.Outline{Stage: flows.StageDiagnosis, Since: noon, Last: noon}}
	seat := wakingSeat{&fakeSeat{view: before}, make(chan struct{}, 1)}
	r := &reception{}
	r.seat = seat
	out, typed, done := plainGuide(t, r)
	out.waits(t, plainConsoleOpen)
	typed("9", "\"9\" is nothing") // no case has that place
	typed("2", plainVisitAsk)
	typed("y", plainVisitNot)
	typed("3abc4d", "Nobody is at this case now.")
	out.waits(t, plainVisitAsk)
	typed("", plainVisitNot)
	if len(r.asked) > 0 {
		t.Fatalf("%v were asked", r.asked)
	}
	typed("2", plainVisitAsk)
	typed("ask", "Diagnosis, for 0 s")
	typed("p 1", plainCaseWaits)
	typed("f", plainCaseWaits)
	d := atPaths(t)
	view := seated(t, d).view
	seat.becomes(view, nil, nil)
	out.waits(t, "You watch as Ann Lee (Hetk support) until 14:32")
	out.waits(t, "Hetk Calendar Sync for contoso.example")
	out.waits(t, "The customer is at: Path.")
	out.waits(t, "customer writes: Is this right?")
	typed("p 1", plainCaseNumber)
	typed("f", "1. ")
	out.waits(t, "Case 9TT-4RB:")
	typed("f 3", "Case 9TT-4RB:")
	typed("p 2", "The customer sees a marker")
	typed("p 99", plainCaseNumber)
	typed("p", "The marker is gone.")
	typed("n Press  Accept, please.", "Sent.")
	typed("s 1", plainCaseNumber)
	typed("s", "1. ")
	typed("s 1", "The path is marked")
	typed("r", "It is looked at again")
	typed("1", "\"1\" is nothing that can be done here.")
	typed("yes", "\"yes\" is nothing")
	seat.becomes(view, nil, run.ErrTooFast)
	typed("r", "Not done: Too much at a time: wait a moment.")
	d.happenBy(flows.ByPerson, flows.Noted{Text: "And now?"})
	view.Run = &run.Shared{State: d.State()}
	seat.becomes(view, nil, nil)
	out.waits(t, "customer writes: And now?")
	typed("", "The customer is at: Path.")
	seat.becomes(run.View{}, errors.New("the cases cannot be\x1b[2J reached"), nil)
	out.waits(t, "nothing of it is shown: The cases cannot be reached.")
	seat.becomes(run.View{Standing: run.StandOver, Why: flows.WatchStopped}, nil, nil)
	out.waits(t, "You watch no more: the customer ended it.")
	out.waits(t, "Cases: 5")
	out.waits(t, plainConsoleOpen)

	seat.mu.Lock()
	seat.view = before // and once more, to leave
	seat.mu.Unlock()
	typed("5XY-Z6W", plainVisitAsk)
	typed("ASK", "Diagnosis, for 0 s")
	typed("q", "You left case 5XY-Z6W.")
	out.waits(t, plainConsoleOpen) // what came before is no answer to it
	r.mu.Lock()
	r.err = errors.New("that case is gone")
	r.mu.Unlock()
	typed("1", plainVisitAsk)
	typed("ask", "Not asked: That case is gone.")
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
	spots := (&guideScreen{view: view}).spots(guiding(seated(t, atPaths(t)), still(t, 80, 24)))
	want := []string{"point " + spots[1].id, "point ", "note Press  Accept, please.", "suggest " + spots[0].id, "again", "again", "leave left"}
	if !slices.Equal(seat.said, want) {
		t.Errorf("said %q, want %q", seat.said, want)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("it says %q", out.String())
	}
	golden.RequireEqual(t, out.String())
}

// TestPlainGuideTypesAhead holds that what was typed before a question stood asks
// nobody, and that what was typed for a case that ended closes no console.
func TestPlainGuideTypesAhead(t *testing.T) {
	t.Parallel()
	seat := wakingSeat{&fakeSeat{view: run.View{Until: noon.Add(time.Minute)}}, make(chan struct{}, 1)}
	r := &reception{}
	r.seat = seat
	out, typed, _ := plainGuide(t, r)
	out.waits(t, plainConsoleOpen)
	typed("1\nask\nask", plainTooEarly)
	typed("", plainVisitNot)
	if len(r.asked) > 0 {
		t.Errorf("%v were asked by lines that came before", r.asked)
	}
	typed("1", plainVisitAsk)
	typed("ask", "Case 5XY-Z6W:")
	typed("q\nq", "You left case 5XY-Z6W.")
	out.waits(t, plainTooEarly)
	typed("w", "shown: 3")
}

func TestNewNotes(t *testing.T) {
	t.Parallel()
	n := func(texts string) (out []flows.Noted) {
		for _, r := range texts {
			out = append(out, flows.Noted{Text: string(r)})
		}
		return out
	}
	for _, c := range [][3]string{{"", "", ""}, {"", "ab", "ab"}, {"ab", "ab", ""}, {"ab", "abc", "c"}, {"abc", "bcd", "d"}, {"abc", "xyz", "xyz"}, {"aa", "aaa", "a"}, {"abc", "", ""}} {
		if got := newNotes(n(c[0]), n(c[1])); !slices.Equal(got, n(c[2])) {
			t.Errorf("%q after %q: %v", c[1], c[0], got)
		}
	}
}
