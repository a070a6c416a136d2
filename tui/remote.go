package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Remote is a terminal at the other end of a connection. Its keys come one by
// one already, and it shows what it is sent; nothing here waits for it.
type Remote struct {
	// Out takes whole frames and must not block: whoever made it decides what
	// becomes of a client that does not read.
	Out     io.Writer
	Environ []string
	// Listen passes on what is typed and how large the window becomes, and
	// returns when ctx ends or the terminal is gone.
	Listen func(ctx context.Context, send func(tea.Msg))
	// Frames are shared with the other terminals of a server; nil: this one has
	// its own.
	Frames *Frames
	// Broke is told of a panic; nil: nobody is. What it holds is not for the
	// person.
	Broke func(cause any, stack []byte)
}

// ErrBroke says that the program of a session broke. The run itself can be gone
// on with.
var ErrBroke = errors.New("the program broke")

// NoticeMsg shows a line to the person until the next key: what the server has
// to say, such as that it is about to close.
type NoticeMsg struct{ Text string }

// StandingMsg is NoticeMsg for what must be found again: it also stands in the
// help from then on, in place of the one before. Quiet shows no notice of it.
type StandingMsg struct {
	Text  string
	Quiet bool
}

// drawPause is the shortest time between two frames of a session. A key of a
// person is drawn at once; of a flood of keys no more than these are.
const drawPause = 10 * time.Millisecond

// remoteRate is how often, per second, the library wakes up for nothing where a
// session is shown: nothing waits for it there.
const remoteRate = 1

// Show shows the wizard on a remote terminal until the person leaves, the
// terminal is gone or ctx ends, and then leaves the terminal as it was, with one
// line on it. Whatever it started has ended, or is told to, when it returns. The
// error is ErrBroke, ErrInterrupted, or ctx's cause.
func Show(outer context.Context, drv Driver, o Options, r Remote) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	m := New(ctx, drv, o)
	defer m.unread() // the console may end within a case
	c := remoteCanvas(r, o)
	m.direct = func(sequence string) { _, _ = c.Write([]byte(sequence)) } // a client that is gone needs nothing
	f := &remote{drawn: drawn{Model: m, on: c}, tell: r.Broke, news: true}
	m.shown = f.show
	if err := c.enter(); err != nil {
		return fmt.Errorf("showing the wizard: %w", err)
	}
	defer c.leave()
	f.View()
	p := tea.NewProgram(f, append(onCanvas(c, ProgramOptions(o)),
		tea.WithInput(nil), tea.WithEnvironment(append([]string{}, r.Environ...)), tea.WithColorProfile(c.profile),
		tea.WithFPS(remoteRate), tea.WithFilter(onlyOurs), tea.WithWindowSize(m.size.w, m.size.h))...)
	f.send = p.Send
	var wg sync.WaitGroup
	wg.Go(func() {
		defer p.Quit() // the terminal is gone, or ctx has ended
		defer f.caught()
		r.Listen(ctx, p.Send)
	})
	err := runUntil(ctx, p)
	cancel()
	wg.Wait()
	return f.ended(outer, c, err)
}

// ended leaves the terminal and says how it came to that.
func (f *remote) ended(outer context.Context, c *canvas, err error) error {
	broke := f.isBroken() || errors.Is(err, tea.ErrProgramPanic)
	if !broke && f.stopped {
		err = ErrInterrupted
	}
	c.leave()
	if broke {
		return fmt.Errorf("showing the wizard: %w", ErrBroke)
	}
	f.stopped = f.stopped || outer.Err() != nil
	_, _ = io.WriteString(c.out, strings.ReplaceAll(f.Goodbye(), "\n", "\r\n")) // as above
	if err = cmp.Or(err, context.Cause(outer)); err != nil {
		return fmt.Errorf("showing the wizard: %w", err)
	}
	return nil
}

// remoteCanvas is a canvas for a terminal at the other end.
func remoteCanvas(r Remote, o Options) *canvas {
	c := &canvas{out: r.Out, profile: colorprofile.Env(r.Environ), frames: r.Frames}
	if c.frames == nil {
		c.frames = new(Frames)
	}
	if o.Look.NoColor {
		c.profile = min(c.profile, colorprofile.ASCII)
	}
	c.resize(o.Width, o.Height)
	return c
}

// onlyOurs is the filter of a session: windows of a size that can be drawn, and
// none of the messages that reach for the machine that the server runs on.
func onlyOurs(m tea.Model, msg tea.Msg) tea.Msg {
	if _, stops := msg.(tea.SuspendMsg); stops || reflect.TypeOf(msg) == reflect.TypeOf(tea.Exec(nil, nil)()) {
		return nil
	}
	return clamped(m, msg)
}

// remote is the model on a remote canvas. A panic in it ends this session, and
// reaches neither the server nor what the library would print of it.
type remote struct {
	drawn

	tell func(any, []byte)
	send func(tea.Msg) // to the program

	view tea.View  // that was drawn last
	drew time.Time // when; zero: the next is drawn at once
	due  bool      // the next will be drawn in a moment
	news bool      // something came since then that may be seen

	mu      sync.Mutex
	broken  bool
	printed bool // a text is on the normal screen, and Enter returns
}

// brokeMsg says that a command broke.
type brokeMsg struct{}

// caught notes a panic, if there is one. It is deferred directly.
func (f *remote) caught() {
	r := recover()
	if r == nil {
		return
	}
	f.mu.Lock()
	first := !f.broken
	f.broken = true
	f.mu.Unlock()
	if first && f.tell != nil {
		f.tell(r, debug.Stack())
	}
}

func (f *remote) isBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// Init starts the model.
func (f *remote) Init() tea.Cmd { return f.guarded(f.Model.Init()) }

// Update passes messages on. What broke is not asked again.
func (f *remote) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() {
		if f.isBroken() {
			next, cmd = f, tea.Quit
		}
	}()
	defer f.caught()
	if f.isBroken() {
		return f, tea.Quit
	}
	if _, woken := msg.(wokenMsg); !woken || f.guide == nil { // a guide's screen shows what is read then, not that it was woken
		f.news = true
	}
	switch msg := msg.(type) {
	case showTextMsg:
		f.on.leave()
		f.printed = true
		_, _ = io.WriteString(f.on.out, strings.ReplaceAll("\n"+msg.text+"\n"+wordEnterReturns+"\n", "\n", "\r\n")) // as above
		return f, nil
	case tea.KeyPressMsg:
		if f.printed {
			return f, f.back(msg)
		}
	case drawMsg:
		f.due, f.drew = false, time.Time{}
		return f, nil
	case StandingMsg:
		f.standing = clean(msg.Text)
		if !msg.Quiet {
			f.tellPerson(RoleInfo, f.standing)
		}
		return f, nil
	case NoticeMsg:
		f.tellPerson(RoleWarn, clean(msg.Text))
		if f.printed {
			_, _ = io.WriteString(f.on.out, clean(msg.Text)+"\r\n")
		}
		return f, nil
	}
	_, cmd = f.drawn.Update(msg)
	return f, f.guarded(cmd)
}

// View draws the frame, unless one was drawn just now: then soon. Where nothing came
// that may be seen it is the one before.
func (f *remote) View() (v tea.View) {
	defer f.caught()
	if f.isBroken() {
		return v
	}
	if !f.news {
		return f.view
	}
	now := f.now()
	if wait := drawPause - now.Sub(f.drew); wait > 0 && wait <= drawPause && f.send != nil {
		if !f.due {
			f.due = true
			time.AfterFunc(wait, func() { f.send(drawMsg{}) })
		}
		return f.view
	}
	f.drew, f.news = now, false
	f.view = f.drawn.View()
	return f.view
}

// drawMsg says that the next frame may be drawn.
type drawMsg struct{}

// guarded is a command whose panic is caught, and that of every command that it
// gives.
func (f *remote) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if f.isBroken() {
				msg = brokeMsg{}
			}
		}()
		defer f.caught()
		msg = cmd()
		if all, ok := msg.(tea.BatchMsg); ok {
			for i, one := range all {
				all[i] = f.guarded(one)
			}
		}
		return msg
	}
}

// showTextMsg puts a text on the normal screen.
type showTextMsg struct{ text string }

// show is how a text gets to the normal screen, where its lines can be selected
// unbroken.
func (f *remote) show(text string) tea.Cmd {
	return func() tea.Msg { return showTextMsg{text} }
}

// back returns from a text to the wizard.
func (f *remote) back(k tea.KeyPressMsg) tea.Cmd {
	stopped := k.String() == "ctrl+c"
	if !stopped && k.Code != tea.KeyEnter && k.Code != tea.KeyEscape {
		return nil
	}
	f.printed = false
	_ = f.on.enter() // a client that is gone needs no screen
	return func() tea.Msg { return linkPrintedMsg{stopped: stopped} }
}

// setClipboard puts text on the terminal's clipboard.
func (m *Model) setClipboard(text string) tea.Cmd {
	if m.direct == nil {
		return tea.SetClipboard(text)
	}
	m.direct(ansi.SetSystemClipboard(text))
	return nil
}

// askGround asks the terminal for its background.
func (m *Model) askGround() tea.Cmd {
	if m.direct == nil {
		return tea.RequestBackgroundColor
	}
	m.direct(ansi.RequestBackgroundColor)
	return nil
}
