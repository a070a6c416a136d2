package ssh

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"golang.org/x/time/rate"
)

// What of a terminal's input is taken. Everything else is read and dropped:
// control strings but the answer about colours, reports of windows, keys that
// say how often they repeat (21 bytes of those are 65,535 key presses), C1
// controls, and what is no UTF-8.
const (
	mostSequence = 64   // bytes of an escape sequence
	mostAnswer   = 128  // bytes of an answer about colours
	mostDropped  = 8192 // bytes of a sequence that does not end, until it is text again
	// alone is how long an ESC may wait for what follows it: as a key of its own
	// it has nothing behind it.
	alone = 100 * time.Millisecond
)

// state is where in a sequence the input stands.
type state uint8

const (
	ground     state = iota
	escape           // ESC
	control          // ESC [ …
	shifted          // ESC O
	command          // ESC ] …
	commandEnd       // ESC ] … ESC
	dropped          // of a string that nobody takes
	droppedEnd       // the same, after ESC
)

// keys turns what a client sends into key presses and pastes, of bounded size
// and pace.
type keys struct {
	emit  func(tea.Msg)
	paste int           // most bytes of a paste
	pace  *rate.Limiter // of events; what is beyond is dropped
	over  func()        // told of it, once until all is well again; nil: nobody is
	// caught is deferred where a key is decoded on a goroutine of ours.
	caught func()
	now    func() time.Time

	mu      sync.Mutex
	state   state
	seq     []byte // of the sequence
	drops   int    // bytes dropped of this sequence
	text    []byte // typed, not given yet; the start of a rune may stand at its end
	pasting bool
	pasted  []byte
	lone    *time.Timer
	closed  bool
	late    bool // what came last was dropped
	decoder uv.EventDecoder
}

func newKeys(l Limits, now func() time.Time, emit func(tea.Msg)) *keys {
	return &keys{emit: emit, caught: func() {}, paste: l.Paste, now: now, pace: rate.NewLimiter(rate.Limit(l.Keys), l.KeysBurst)}
}

// feed takes a chunk as it was read.
func (k *keys) feed(chunk []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lone != nil {
		k.lone.Stop()
		k.lone = nil
	}
	for _, b := range chunk {
		k.step(b)
	}
	k.typed(false)
	if k.state == escape && !k.closed {
		k.lone = time.AfterFunc(alone, k.pressed)
	}
}

// pressed takes an ESC that stands alone as the key.
func (k *keys) pressed() {
	defer k.caught()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state == escape && !k.closed {
		k.state = ground
		k.decode([]byte{0x1b})
	}
}

// close ends the taking: what stands half is dropped.
func (k *keys) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	if k.lone != nil {
		k.lone.Stop()
	}
}

// step takes one byte.
func (k *keys) step(b byte) {
	switch k.state {
	case ground:
		if b == 0x1b {
			k.typed(true)
			k.to(escape, b)
			return
		}
		k.text = append(k.text, b)
	case escape:
		k.afterEscape(b)
	case shifted:
		k.to(ground)
		k.decode([]byte{0x1b, 'O', b})
	case control:
		k.inControl(b)
	case command, commandEnd:
		k.answer(b)
	case dropped, droppedEnd:
		k.drop(b)
	}
}

// inControl takes a byte of ESC [ …; one that is too long is dropped to its end, so
// that nothing of it is text.
func (k *keys) inControl(b byte) {
	long := len(k.seq) > mostSequence
	if long {
		k.drops++
	} else {
		k.seq = append(k.seq, b)
	}
	switch {
	case b >= 0x40 && b <= 0x7e:
		whole := string(k.seq)
		k.to(ground)
		if !long {
			k.sequence(whole)
		}
	case b < 0x20 || b >= 0x7f, k.drops > mostDropped:
		k.to(ground)
	}
}

// afterEscape says what sequence it is.
func (k *keys) afterEscape(b byte) {
	switch b {
	case '[':
		k.to(control, 0x1b, b)
	case 'O':
		k.to(shifted)
	case ']':
		k.to(command, 0x1b, b)
	case 'P', '_', '^', 'X':
		k.to(dropped)
	case 0x1b:
		k.decode([]byte{0x1b}) // the first was a key, the second may be another
	default:
		k.to(ground)
		if b < 0x80 && !k.pasting {
			k.decode([]byte{0x1b, b})
		}
	}
}

// to enters a state, with what of the sequence is kept.
func (k *keys) to(s state, seq ...byte) {
	k.state, k.drops = s, 0
	k.seq = append(k.seq[:0], seq...)
}

// answer takes a byte of ESC ] …, of which the colour of the background is the
// one that was asked for.
func (k *keys) answer(b byte) {
	ended := b == 0x07 || k.state == commandEnd && b == '\\'
	switch {
	case b == 0x18 || b == 0x1a:
		k.to(ground)
		return
	case ended:
		seq := append(slices.Clone(k.seq), b)
		k.to(ground)
		if strings.HasPrefix(string(seq), "\x1b]11;") && !k.pasting {
			k.decode(seq)
		}
		return
	case b == 0x1b:
		k.state = commandEnd
	default:
		k.state = command
	}
	if k.seq = append(k.seq, b); len(k.seq) > mostAnswer {
		s := dropped
		if b == 0x1b {
			s = droppedEnd
		}
		k.to(s)
	}
}

// drop takes a byte of a string that nobody takes. One without an end is text
// again after a while: else a stray byte would make a terminal mute.
func (k *keys) drop(b byte) {
	k.drops++
	switch {
	case b == 0x07, b == 0x18, b == 0x1a, k.state == droppedEnd && b == '\\', k.drops > mostDropped:
		k.to(ground)
	case b == 0x1b:
		k.state = droppedEnd
	default:
		k.state = dropped
	}
}

// sequence takes a whole ESC [ sequence.
func (k *keys) sequence(s string) {
	switch last := s[len(s)-1]; {
	case s == "\x1b[200~":
		k.pasting, k.pasted = true, nil
	case s == "\x1b[201~":
		if k.pasting {
			k.pasting = false
			if k.may() {
				k.emit(uv.PasteEvent{Content: string(k.pasted)})
			}
			k.pasted = nil
		}
	case k.pasting, last == '_', last == 't', last == 'M', last == 'm', last == 'c', last == 'n', last == 'y':
		// Inside a paste, with a count, or an answer to what nobody asked.
	default:
		k.decode([]byte(s))
	}
}

// typed gives the text that stands there; whole says that nothing more belongs
// to it, so that half a rune at its end is none.
func (k *keys) typed(whole bool) {
	text := k.text
	k.text = k.text[:0]
	for len(text) > 0 {
		if !whole && !utf8.FullRune(text) {
			k.text = append(k.text, text...)
			return
		}
		r, n := utf8.DecodeRune(text)
		one := text[:n]
		text = text[n:]
		if r == utf8.RuneError && n == 1 || r >= 0x80 && r < 0xa0 {
			continue
		}
		switch {
		case !k.pasting:
			k.decode(one)
		case len(k.pasted)+n <= k.paste:
			k.pasted = append(k.pasted, one...)
		}
	}
	if cap(k.text) > 4<<10 {
		k.text = nil
	}
}

// decode gives the events of one whole key or sequence, unless there are too
// many: then it is not even looked at.
func (k *keys) decode(b []byte) {
	if !k.may() {
		return
	}
	for len(b) > 0 {
		n, event := k.decoder.Decode(b)
		if n <= 0 {
			return
		}
		b = b[n:]
		switch event := event.(type) {
		case uv.KeyPressEvent:
			if !strings.ContainsFunc(event.Text, unfit) { // a key may bring text of its own
				k.emit(event)
			}
		case uv.BackgroundColorEvent:
			k.emit(event)
		}
	}
}

// unfit says what no typed text holds.
func unfit(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError }

// may says whether one more key or paste is taken.
func (k *keys) may() bool {
	if k.closed {
		return false
	}
	ok := k.pace.AllowN(k.now(), 1)
	if !ok && !k.late && k.over != nil {
		k.over()
	}
	k.late = !ok
	return ok
}
