package tui

import (
	"fmt"
	"io"
	"os"
	"sync"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// canvas is a terminal on which a frame is drawn the moment it changes. The
// library's own renderer draws at a tick, up to 8 ms after the key, from cells of
// which it holds two for each of the window; this one draws at once, from the
// rows that differ, and nothing wakes it while nothing changes.
type canvas struct {
	out     io.Writer
	keys    *os.File          // where keys come from here; nil: at the other end
	window  func() (w, h int) // the terminal's own word for its size
	profile colorprofile.Profile

	mu     sync.Mutex // the program writes questions and clipboards of its own
	on     bool       // the terminal is ours
	cooked *term.State
	area   size
	frames *Frames
	whole  bool     // what the terminal shows is not known
	shown  tea.View // on the terminal now
	cursor bool     // and whether its cursor is seen
}

// What is switched on with the alternate screen, and off in reverse. Lines do not wrap:
// one that a terminal draws wider than it was counted ends at the window's edge, and never
// runs into the next.
const (
	modesOn  = ansi.SetModeAltScreenSaveCursor + ansi.SetModeBracketedPaste + ansi.ResetModeTextCursorEnable + ansi.ResetModeAutoWrap
	modesOff = ansi.SetModeAutoWrap + ansi.ResetModeBracketedPaste + ansi.SetModeTextCursorEnable + ansi.ResetModeAltScreenSaveCursor
)

// newCanvas takes a terminal; ok is false where one of the files is none, or
// where the system needs the library's renderer.
func newCanvas(t Terminal, look Look) (c *canvas, ok bool) {
	in, isFile := t.In.(*os.File)
	out, alsoFile := t.Out.(*os.File)
	if !drawsItself || !isFile || !alsoFile || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil, false
	}
	w, h, err := term.GetSize(int(out.Fd()))
	if err != nil || !Drawable(w, h) {
		return nil, false
	}
	c = &canvas{out: out, keys: in, profile: profileOf(t, look), frames: new(Frames), window: func() (w, h int) {
		w, h, _ = term.GetSize(int(out.Fd())) // 0×0 shows nothing, and the next change is told
		return w, h
	}}
	c.resize(w, h)
	return c, true
}

// profileOf is how many colours a terminal gets: none where none are wanted,
// whatever the value of NO_COLOR.
func profileOf(t Terminal, look Look) colorprofile.Profile {
	p := colorprofile.Detect(t.Out, t.Environ)
	if look.NoColor {
		p = min(p, colorprofile.ASCII)
	}
	return p
}

// resize makes room for frames of another size.
func (c *canvas) resize(w, h int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.area = sizeOf(w, h)
	c.restart()
}

// restart forgets what the terminal shows, so that the next frame is drawn
// whole; the caller holds mu.
func (c *canvas) restart() {
	c.whole, c.shown = true, tea.View{} // but the cursor is seen as it was
}

// enter takes the terminal: keys come one by one, and the alternate screen is
// ours. It does nothing where that is so already.
func (c *canvas) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on {
		return nil
	}
	if c.keys != nil {
		cooked, err := term.MakeRaw(int(c.keys.Fd()))
		if err != nil {
			return fmt.Errorf("taking the terminal: %w", err)
		}
		c.cooked = cooked
	}
	c.on, c.cursor = true, false // modesOn puts it out of sight
	c.restart()
	_, err := io.WriteString(c.out, modesOn)
	return err
}

// leave gives the terminal back as it was. It does nothing where that is done.
func (c *canvas) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.on {
		return
	}
	c.on = false
	_, _ = io.WriteString(c.out, ansi.SetWindowTitle("")+modesOff) // a terminal that is gone needs nothing back
	if c.keys != nil {
		_ = term.Restore(int(c.keys.Fd()), c.cooked)
	}
}

// draw shows a frame, if it is another than the one that is shown.
func (c *canvas) draw(v tea.View) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.on || c.same(v) {
		return
	}
	frame := c.frames.lend()
	defer c.frames.back(frame)
	if v.WindowTitle != c.shown.WindowTitle {
		frame.WriteString(ansi.SetWindowTitle(v.WindowTitle))
	}
	if c.cursor {
		frame.WriteString(ansi.ResetModeTextCursorEnable)
	}
	shown := &c.shown.Content
	if c.whole {
		shown, c.whole = nil, false
	}
	c.drawRows(frame, shown, v.Content)
	if c.cursor = v.Cursor != nil; c.cursor {
		c.place(frame, v.Cursor.X, v.Cursor.Y, rowsOf(v.Content, v.Cursor.Y+1)[v.Cursor.Y])
		frame.WriteString(ansi.SetModeTextCursorEnable)
	}
	c.shown = v
	_, _ = c.out.Write(frame.Bytes()) // the program meets a terminal that is gone by its input
}

// same says whether a view is the one that is shown.
func (c *canvas) same(v tea.View) bool {
	if c.whole || v.Content != c.shown.Content || v.WindowTitle != c.shown.WindowTitle || (v.Cursor == nil) == c.cursor {
		return false
	}
	return v.Cursor == nil || v.Cursor.Position == c.shown.Cursor.Position
}

// Write passes on what the program itself has to say, between two frames.
func (c *canvas) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(p)
}

// drawn is the model on a canvas: every view is drawn at once.
type drawn struct {
	*Model
	on *canvas
}

// Update passes messages on; those about the terminal itself come to the
// canvas as well.
func (d drawn) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer d.unlessPanic()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		d.on.resize(msg.Width, msg.Height)
	case tea.ResumeMsg:
		_ = d.on.enter() // if it cannot, the shell has the terminal still
	}
	_, cmd := d.Model.Update(msg)
	return d, cmd
}

// View draws the frame.
func (d drawn) View() tea.View {
	defer d.unlessPanic()
	v := d.Model.View()
	d.on.draw(v)
	return v
}

// unlessPanic gives the terminal back before a panic goes its way, so that
// what the library prints of it can be read.
func (d drawn) unlessPanic() {
	if r := recover(); r != nil {
		d.on.leave()
		panic(r)
	}
}
