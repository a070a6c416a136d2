package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"onboard.example/flows"
)

// Terminal is where the wizard runs; a zero field is the process's own.
type Terminal struct {
	In      io.Reader
	Out     io.Writer
	Environ []string
}

// frameRate bounds how often the screen is drawn, per second: the library's
// upper limit, for a key is seen only at the next frame.
const frameRate = 120

// ErrInterrupted says that Ctrl-C ended the wizard. The run can be gone on with.
var ErrInterrupted = tea.ErrInterrupted

// Run shows the wizard until the person leaves, then leaves the terminal as it
// was with one line on it: how it ended, or how to go on. Whatever it started
// has ended, or is told to, when it returns. The error is ErrInterrupted, the
// context's, or the terminal's.
func Run(ctx context.Context, drv Driver, o Options, t Terminal) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(ctx, drv, o)
	opts := append(ProgramOptions(o), tea.WithContext(ctx))
	if t.In != nil {
		opts = append(opts, tea.WithInput(t.In))
	}
	if t.Environ != nil {
		opts = append(opts, tea.WithEnvironment(t.Environ))
	}
	if t.Out == nil {
		t.Out = os.Stdout
	}
	m.paintFirst(t)
	_, err := tea.NewProgram(m, append(opts, tea.WithOutput(t.Out))...).Run()
	if _, late := io.WriteString(t.Out, m.Goodbye()); err == nil {
		err = late
	}
	if err != nil {
		return fmt.Errorf("showing the wizard: %w", err)
	}
	return nil
}

// paintFirst writes the first frame before the program starts: its renderer
// draws at its first tick only, some milliseconds later, and then the same.
// Entering the alternate screen a second time is harmless: terminals keep the
// cursor of each screen apart, or ignore it.
func (m *Model) paintFirst(t Terminal) {
	if m.size.class == tooSmall {
		return // or not known yet
	}
	environ := t.Environ
	if environ == nil {
		environ = os.Environ()
	}
	profile := colorprofile.Detect(t.Out, environ)
	if m.look.NoColor {
		profile = min(profile, colorprofile.ASCII)
	}
	frame := ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable + ansi.EraseEntireScreen + ansi.CursorHomePosition +
		strings.ReplaceAll(m.View().Content, "\n", "\r\n")
	w := &colorprofile.Writer{Forward: t.Out, Profile: profile}
	_, _ = io.WriteString(w, frame) // the program meets the same trouble, and tells
}

// ProgramOptions are what a Bubble Tea program of this model needs, for a
// caller that makes its own: how often it draws, windows of a size that can be
// drawn (a second filter would replace this one), and no colours where none
// are wanted, whatever the value of NO_COLOR.
func ProgramOptions(o Options) []tea.ProgramOption {
	opts := []tea.ProgramOption{tea.WithFPS(frameRate), tea.WithFilter(clamped)}
	if o.Look.NoColor {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	return opts
}

// Goodbye is the line to leave on the terminal once the program is gone, with
// its end of line.
func (m *Model) Goodbye() string { return farewell(m.drv, m.resumeWith, m.stopped) + "\n" }

// farewell is the line that stays on the terminal.
func farewell(drv Driver, command string, stopped bool) string {
	s := drv.State()
	switch saved := drv.Saved(); {
	case s.End == flows.EndDone:
		return fill(wordByeDone, "app", clean(profileName(s)), "domain", clean(s.Domain))
	case saved.Err != nil && !saved.All():
		return fill(wordByeUnsaved, "where", whereWord(s), "why", clean(saved.Err.Error()))
	case command == "":
		return fill(wordByeGone, "where", whereWord(s))
	case stopped:
		return fill(wordByeStopped, "where", whereWord(s), "command", command)
	}
	return fill(wordByeKept, "where", whereWord(s), "command", command)
}

func profileName(s flows.State) string {
	if s.Profile == nil {
		return wordTheApp
	}
	return s.Profile.Name
}

// Where says in words where a run is, such as “steps, 2 of 3”: for lists of
// earlier runs.
func Where(s flows.State) string { return whereWord(s) }

func whereWord(s flows.State) string {
	where := crumbTable[0].name
	for _, c := range crumbTable {
		if s.Place.Stage >= c.from {
			where = c.name
		}
	}
	if n, of := s.StepNumber(); n > 0 {
		return fill(wordWhereStep, "where", where, "n", number(n), "of", number(of))
	}
	return where
}
