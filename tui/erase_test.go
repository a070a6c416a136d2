package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
)

// shredder erases cases for tests.
type shredder struct {
	gone []string
	told string
	err  error
}

func (s *shredder) erase(_ context.Context, number string) (string, error) {
	s.gone = append(s.gone, number)
	return s.told, s.err
}

// erasing is a lead at the queue.
func erasing(t testing.TB, o Options, s *shredder) *Model {
	t.Helper()
	o.Served = true
	o.Console = &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", Erase: s.erase}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	return m
}

// erases presses keys, and lets what they ask for be done.
func erases(m *Model, keys ...string) {
	for _, k := range keys {
		m.deaf = time.Time{}
		if cmd := m.key(pressed(k)); cmd != nil {
			erase1(m, cmd)
		}
	}
}

func erase1(m *Model, cmd tea.Cmd) {
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if c != nil {
				erase1(m, c)
			}
		}
	case erasedMsg, queuedMsg:
		if _, next := m.Update(msg); next != nil {
			erase1(m, next)
		}
	}
}

func TestEraseScreens(t *testing.T) {
	t.Parallel()
	right := append([]string{"x"}, append(letters("5XY-Z6W"), "enter")...)
	for name, c := range map[string]struct {
		s    *shredder
		keys []string
	}{
		"sheet":  {&shredder{}, []string{"x"}},
		"wrong":  {&shredder{}, []string{"x", "y", "enter"}},
		"failed": {&shredder{err: errors.New("that case is gone")}, right},
		"erased": {&shredder{told: "Its last traces are removed later."}, right},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := erasing(t, o, c.s)
				erases(m, c.keys...)
				return m
			}))
		})
	}
}

// TestErasedByItsNumberAlone holds that nothing but the number of the case under the
// cursor erases it, once.
func TestErasedByItsNumberAlone(t *testing.T) {
	t.Parallel()
	s := &shredder{}
	m := erasing(t, still(t, 80, 24), s)
	for _, typed := range []string{"", "y", "yes", "5XY", "9TT-4RB", "5XY-Z6W5XY-Z6W", "x"} {
		erases(m, "x")
		erases(m, letters(typed)...)
		erases(m, "enter", "enter", "esc")
	}
	if len(s.gone) > 0 {
		t.Fatalf("%v is erased", s.gone)
	}
	erases(m, "down", "x")
	erases(m, letters("9tt4rb")...)
	cmd := m.key(pressed("enter"))
	erases(m, "enter", "esc", "q", "a") // while it is under way
	erase1(m, cmd)
	if fmt.Sprint(s.gone) != "[9TT-4RB]" || len(m.sheets) > 0 || !strings.Contains(m.notice.text, "Case 9TT-4RB is erased.") {
		t.Errorf("erased %v, notice %q", s.gone, m.notice.text)
	}
	m = console(t, &fakeQueue{rows: busy()}, 80, 24, nil)
	if press(m, "x"); !strings.Contains(m.notice.text, whyOnlyLead) || len(m.sheets) > 0 {
		t.Errorf("notice %q", m.notice.text)
	}
}

func TestPlainErase(t *testing.T) {
	t.Parallel()
	s := &shredder{told: "Its last traces\x1b[2J are removed later."}
	in, keys := io.Pipe()
	out, done := new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", Erase: s.erase}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	typed := func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}
	out.waits(t, plainEraseAsk)
	typed("x 99", plainEraseWhich)
	out.waits(t, plainEraseAsk)
	typed("x 1\n5XY-Z6W", "Type 5XY-Z6W to erase it")
	out.waits(t, plainTooEarly)
	typed("", "That is not the number of this case")
	out.waits(t, plainEraseAsk)
	if len(s.gone) > 0 {
		t.Fatalf("%v is erased", s.gone)
	}
	typed("x 5xyz6w", "Type 5XY-Z6W to erase it")
	typed("5xyz6w", "Case 5XY-Z6W is erased. Its last traces are removed later.")
	out.waits(t, plainEraseAsk)
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if fmt.Sprint(s.gone) != "[5XY-Z6W]" || strings.Contains(out.String(), "\x1b") {
		t.Errorf("erased %v, and it says %q", s.gone, out.String())
	}
}
