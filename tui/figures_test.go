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
)

// counted are the figures of a busy week.
func counted() Figures {
	return Figures{Open: 41, Waiting: 7, Opened: 12, Days: 30, Fewest: 3, Median: 6 * time.Minute, Stuck: []StuckAt{
		{flows.StageSteps, flows.Paths()[0].Steps[0].ID, 4, time.Time{}},
		{flows.StageDiagnosis, "", 3, noon.Add(-2 * time.Hour)},
	}}
}

// withFigures is a console that has read its figures.
func withFigures(t testing.TB, o Options, read func(context.Context) (Figures, error)) *Model {
	t.Helper()
	o.Served = true
	o.Console = &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Figures: read}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	m.Update(m.figure()())
	return m
}

func TestFiguresScreens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		read func(context.Context) (Figures, error)
		keys []string
	}{
		"line":   {func(context.Context) (Figures, error) { return counted(), nil }, nil},
		"sheet":  {func(context.Context) (Figures, error) { return counted(), nil }, []string{"m"}},
		"none":   {func(context.Context) (Figures, error) { return Figures{Open: 2, Days: 30, Fewest: 3}, nil }, []string{"m"}},
		"unread": {func(context.Context) (Figures, error) { return Figures{}, errors.New("the database\x1b[2J is away") }, []string{"m"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := withFigures(t, o, c.read)
				press(m, c.keys...)
				return m
			}))
		})
	}
}

// TestFiguresAreReadNowAndThen holds that however often a console is woken the figures
// are read once in a while, one reading at a time, and that those of before stay where
// they cannot be.
func TestFiguresAreReadNowAndThen(t *testing.T) {
	t.Parallel()
	now, n := noon, 0
	var bad error
	o := still(t, 80, 24)
	o.Now = func() time.Time { return now }
	m := withFigures(t, o, func(context.Context) (Figures, error) {
		n++
		return counted(), bad
	})
	for range 100 {
		if cmd := m.figure(); cmd != nil {
			t.Fatal("they are read again at once")
		}
	}
	now, bad = now.Add(figuresEvery), errors.New("the database is away")
	cmd := m.figure()
	if m.figure() != nil {
		t.Error("two readings are under way")
	}
	m.Update(cmd())
	if c := plainText(m.View().Content); n != 2 || !strings.Contains(c, "median to open: 6 min") {
		t.Errorf("%d readings, and it shows\n%s", n, c)
	}
	press(m, "m")
	if c := plainText(m.View().Content); !strings.Contains(c, "The database is away.") || !strings.Contains(c, "41") {
		t.Errorf("it shows\n%s", c)
	}
	if m := console(t, &fakeQueue{rows: busy()}, 80, 24, nil); m.figure() != nil {
		t.Error("a console without figures reads some")
	}
}

// TestPlacesOfOneNameAreOne holds that steps of several paths which have one name are one
// place, and that it has no time where one of them tells none.
func TestPlacesOfOneNameAreOne(t *testing.T) {
	t.Parallel()
	step := flows.Paths()[0].Steps[0].ID
	old := StuckAt{flows.StageProof, "", 3, noon}
	f := Figures{Stuck: []StuckAt{{flows.StageDiagnosis, "", 5, noon}, {flows.StageSteps, step, 4, noon}, {flows.StageSteps, step, 3, time.Time{}}, old}}
	want := []StuckAt{{flows.StageSteps, step, 7, time.Time{}}, {flows.StageDiagnosis, "", 5, noon}, old}
	if got := f.places(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPlainFigures(t *testing.T) {
	t.Parallel()
	in, keys := io.Pipe()
	out, done := new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "guide", Figures: func(context.Context) (Figures, error) { return counted(), nil }}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	typed := func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}
	out.waits(t, plainFiguresAsk)
	typed("m", "Median to open: 6 min, of 12 that became open in the last 30 days.")
	out.waits(t, "3 at Diagnosis, the longest for 2 h.")
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
