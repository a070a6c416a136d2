package tui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

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

// idleRate is how often, per second, the library wakes up for nothing where a
// canvas draws: all that waits for it is what is asked of the terminal itself.
const idleRate = 10

// ErrInterrupted says that Ctrl-C ended the wizard. The run can be gone on with.
var ErrInterrupted = tea.ErrInterrupted

// Run shows the wizard until the person leaves, then leaves the terminal as it
// was with one line on it: how it ended, or how to go on. Whatever it started
// has ended, or is told to, when it returns. The error is ErrInterrupted, the
// context's, or the terminal's.
func Run(ctx context.Context, drv Driver, o Options, t Terminal) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	t = t.whole()
	m := New(ctx, drv, o)
	opts := append(ProgramOptions(o), tea.WithInput(t.In), tea.WithEnvironment(t.Environ))
	var err error
	if c, ok := newCanvas(t, o.Look); ok {
		err = m.runOn(ctx, c, opts)
	} else {
		err = runUntil(ctx, tea.NewProgram(m, append(opts, tea.WithOutput(t.Out))...))
	}
	if err == nil && m.stopped {
		err = ErrInterrupted
	}
	m.stopped = m.stopped || ctx.Err() != nil
	_, late := io.WriteString(t.Out, m.Goodbye())
	if err = cmp.Or(err, ctx.Err(), late); err != nil {
		return fmt.Errorf("showing the wizard: %w", err)
	}
	return nil
}

// runUntil runs a program and ends it with ctx. The program does not get ctx
// itself: one that is killed by it leaves its reader behind.
func runUntil(ctx context.Context, p *tea.Program) error {
	defer context.AfterFunc(ctx, p.Quit)()
	_, err := p.Run()
	return err
}

// whole fills in what was left to the process.
func (t Terminal) whole() Terminal {
	if t.In == nil {
		t.In = os.Stdin
	}
	if t.Out == nil {
		t.Out = os.Stdout
	}
	if t.Environ == nil {
		t.Environ = os.Environ()
	}
	return t
}

// runOn runs the program on a canvas. The first frame is there before the
// program is.
func (m *Model) runOn(ctx context.Context, c *canvas, opts []tea.ProgramOption) error {
	w, h := c.window()
	m.size = sizeOf(w, h)
	m.pause, m.resume = c.leave, func() { _ = c.enter() } // if it cannot, the shell has the terminal still
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	model := drawn{Model: m, on: c}
	model.View()
	p := tea.NewProgram(model, append(onCanvas(c, opts), tea.WithWindowSize(w, h))...)
	watching, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		resizes(watching, func() {
			w, h := c.window()
			p.Send(tea.WindowSizeMsg{Width: w, Height: h})
		})
	})
	err := runUntil(ctx, p)
	stop()
	wg.Wait()
	return err
}

// onCanvas are the options of a program whose frames a canvas draws.
func onCanvas(c *canvas, opts []tea.ProgramOption) []tea.ProgramOption {
	return append(opts, tea.WithOutput(c), tea.WithoutRenderer(), tea.WithFPS(idleRate))
}

// ProgramOptions are what a Bubble Tea program of this model needs, for a
// caller that makes its own: how often it draws, windows of a size that can be
// drawn (a second filter would replace this one), and no colours where none
// are wanted, whatever the value of NO_COLOR.
func ProgramOptions(o Options) []tea.ProgramOption {
	opts := []tea.ProgramOption{tea.WithFPS(frameRate), tea.WithFilter(clamped), tea.WithoutSignalHandler()}
	if o.Look.NoColor {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	return opts
}

// Goodbye is the line to leave on the terminal once the program is gone, with
// its end of line.
func (m *Model) Goodbye() string {
	if m.console != nil {
		return wordByeConsole + "\n"
	}
	if m.guide != nil {
		return m.guide.goodbye() + "\n"
	}
	return farewell(m.drv, m.resumeWith, m.stopped) + "\n"
}

// ToldElsewhere is the ResumeWith of a surface that tells by itself how to go on.
const ToldElsewhere = "\x00"

// farewell is the line that stays on the terminal.
func farewell(drv Driver, command string, stopped bool) string {
	s := drv.State()
	got, reached := s.Reached()
	switch saved := drv.Saved(); {
	case s.End == flows.EndDone && reached:
		return clean(got.Head)
	case s.End == flows.EndDone && s.OpenForOne():
		return fill(wordByeDoneOne, "person", clean(s.Person), "app", clean(profileName(s)), "domain", clean(s.Domain))
	case s.End == flows.EndDone:
		return fill(wordByeDone, "app", clean(profileName(s)), "domain", clean(s.Domain))
	case saved.Err != nil && !saved.All():
		return fill(wordByeUnsaved, "where", whereWord(s), "why", clean(saved.Err.Error()))
	case command == "":
		return fill(wordByeGone, "where", whereWord(s))
	case !s.Begun() && stopped:
		return fill(wordByeStoppedEmpty, "where", whereWord(s))
	case !s.Begun():
		return fill(wordByeEmpty, "where", whereWord(s))
	case command == ToldElsewhere:
		return fill(wordByeServed, "where", whereWord(s))
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
	n, of := s.StepNumber()
	return WhereAt(s.Place.Stage, n, of)
}

// WhereAt is Where of a run of which nothing is known but its stage, and the number of
// its step among how many; 0: it is at none.
func WhereAt(at flows.Stage, n, of int) string {
	where := crumbTable[0].name
	for _, c := range crumbTable {
		if at >= c.from {
			where = c.name
		}
	}
	if n > 0 {
		return fill(wordWhereStep, "where", where, "n", number(n), "of", number(of))
	}
	return where
}
