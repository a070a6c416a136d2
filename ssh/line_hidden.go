package ssh

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// mostHidden bounds a line that is not shown, in bytes: the longest address at the
// end of a sign-in, and a little, so that one that is longer is known to be.
const mostHidden = 8<<10 + 16

// hidden takes what is typed while it is a secret: none of it is echoed, and a paste
// is a part of one line, however many it has. The editor of lines never gets it, for
// it echoes.
type hidden struct {
	typed *typed // for the editor: what is typed while it is no secret

	mu   sync.Mutex
	on   bool
	text []byte
}

// Hide implements tui.Hider. What stands half typed in the editor when hiding
// begins is dropped: it belongs to neither the secret nor the answer after it.
func (h *hidden) Hide(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.on == on {
		return
	}
	h.on = on
	clear(h.text)
	h.text = h.text[:0]
	if on {
		h.typed.empties()
	}
}

// take takes a key or a paste where what is typed is hidden; else the editor gets
// it, and taken is false. line is one that was finished, with its end, and echo what
// is shown in place of what was typed.
func (h *hidden) take(msg tea.Msg) (line []byte, echo string, taken bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.on {
		h.typed.put(lineBytes(msg))
		return nil, "", false
	}
	switch e := msg.(type) {
	case uv.PasteEvent:
		text := strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(e.Content)
		h.add(text)
		return nil, fmt.Sprintf(sayHidden, utf8.RuneCountInString(text)), true
	case uv.KeyPressEvent:
		switch {
		case e.MatchString("enter"), e.MatchString("ctrl+j"):
			line = append(append(make([]byte, 0, len(h.text)+1), h.text...), '\n')
			clear(h.text)
			h.text = h.text[:0]
			return line, "\n", true
		case e.MatchString("backspace"), e.MatchString("ctrl+h"):
			_, n := utf8.DecodeLastRune(h.text)
			h.text = h.text[:len(h.text)-n]
		case e.MatchString("ctrl+u"):
			clear(h.text)
			h.text = h.text[:0]
			return nil, sayUnhidden, true
		case e.MatchString("ctrl+d"):
			if len(h.text) == 0 { // as in the editor, and in every terminal
				h.typed.end()
			}
		default:
			h.add(e.Text)
		}
	}
	return nil, "", true
}

// add adds what still fits.
func (h *hidden) add(text string) {
	h.text = append(h.text, text[:min(len(text), mostHidden-len(h.text))]...)
}
