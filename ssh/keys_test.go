package ssh

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// heardOf gives what comes of input, in words: a key by its name, a paste by its
// text.
func heardOf(l Limits, chunks ...string) (out []string) {
	var mu sync.Mutex
	k := newKeys(l, time.Now, func(msg tea.Msg) {
		mu.Lock()
		defer mu.Unlock()
		switch e := msg.(type) {
		case uv.KeyPressEvent:
			out = append(out, e.String())
		case uv.PasteEvent:
			out = append(out, "paste:"+e.Content)
		case uv.BackgroundColorEvent:
			out = append(out, "ground:"+e.String())
		default:
			out = append(out, fmt.Sprintf("%T", msg))
		}
	})
	for _, c := range chunks {
		k.feed([]byte(c))
	}
	time.Sleep(2 * alone) // virtual
	synctest.Wait()
	k.close()
	return out
}

// TestKeys holds what is taken of a terminal's input, and what is not.
func TestKeys(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		in   []string
		want []string
	}{
		"letters":                  {[]string{"aé日"}, []string{"a", "é", "日"}},
		"a rune in two":            {[]string{"\xe6\x97", "\xa5"}, []string{"日"}},
		"no rune":                  {[]string{"a\xff\xc3(b"}, []string{"a", "(", "b"}},
		"control letters":          {[]string{"\x03\r\x7f\t"}, []string{"ctrl+c", "enter", "backspace", "tab"}},
		"C1":                       {[]string{"\u009b2J\u0085x"}, []string{"2", "J", "x"}},
		"arrows":                   {[]string{"\x1b[A\x1bOB\x1b[1;5C"}, []string{"up", "down", "ctrl+right"}},
		"an arrow in three":        {[]string{"\x1b", "[", "A"}, []string{"up"}},
		"escape":                   {[]string{"\x1b"}, []string{"esc"}},
		"escape, then a letter":    {[]string{"\x1bx"}, []string{"alt+x"}},
		"two escapes":              {[]string{"\x1b\x1b"}, []string{"esc", "esc"}},
		"paste":                    {[]string{"\x1b[200~a\x1b[31mb\rc\u009b\x1b[201~d"}, []string{"paste:ab\rc", "d"}},
		"paste in two":             {[]string{"\x1b[200~a", "b\x1b[201", "~"}, []string{"paste:ab"}},
		"paste that is too long":   {[]string{"\x1b[200~" + strings.Repeat("é", 20) + "\x1b[201~"}, []string{"paste:" + strings.Repeat("é", 8)}},
		"paste that does not end":  {[]string{"\x1b[200~abc\r"}, nil},
		"an end without a paste":   {[]string{"\x1b[201~x"}, []string{"x"}},
		"win32 with a count":       {[]string{"\x1b[65;30;97;1;0;65535_x"}, []string{"x"}},
		"a window's report":        {[]string{"\x1b[8;9999;9999tx"}, []string{"x"}},
		"a mouse":                  {[]string{"\x1b[<0;1;1Mx"}, []string{"x"}},
		"answers to nobody":        {[]string{"\x1b[?1;2c\x1b[0n\x1b[?2026;2$yx"}, []string{"x"}},
		"the background":           {[]string{"\x1b]11;rgb:ffff/ffff/ffff\x07x"}, []string{"ground:#ffffff", "x"}},
		"the background with ST":   {[]string{"\x1b]11;rgb:0000/0000/0000\x1b", "\\x"}, []string{"ground:#000000", "x"}},
		"a clipboard":              {[]string{"\x1b]52;c;QUJD\x07x"}, []string{"x"}},
		"strings":                  {[]string{"\x1bPabc\x1b\\\x1b_abc\x1b\\\x1b^a\x07\x1bXa\x18x"}, []string{"x"}},
		"a string without an end":  {[]string{"\x1b]" + strings.Repeat("a", 3*mostDropped)}, nil},
		"a sequence that is long":  {[]string{"\x1b[" + strings.Repeat("1", 2*mostSequence) + "xy"}, []string{"y"}},
		"a sequence with a C0":     {[]string{"\x1b[1\x07x"}, []string{"x"}},
		"text of a key":            {[]string{"\x1b[97;;155ux"}, []string{"x"}},
		"ten keys where eight may": {[]string{"0123456789ab"}, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
	}
	l := DefaultLimits()
	l.Paste, l.KeysBurst, l.Keys = 16, 10, 1
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := heardOf(l, c.in...)
				if name == "a string without an end" { // until it is text again
					got = slices.DeleteFunc(got, func(s string) bool { return s == "a" })
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestKeysAfterTheEnd holds that nothing comes once it is closed.
func TestKeysAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		k := newKeys(DefaultLimits(), time.Now, func(tea.Msg) { n++ })
		k.feed([]byte("\x1b"))
		k.close()
		k.feed([]byte("abc\x1b"))
		time.Sleep(time.Second) // virtual
		if n != 0 {
			t.Errorf("%d events came", n)
		}
	})
}

// FuzzKeys holds that no input makes anything but clean events of bounded size,
// and that how it is cut does not let more through.
func FuzzKeys(f *testing.F) {
	for _, s := range []string{"a\x1b[A", "\x1b[200~x\x1b[201~", "\x1b]11;rgb:ff/ff/ff\x07", "\x1bP\x1b\\", "\x1b[97;;155u", "\xc2\x9b", "\x1b[65;30;97;1;0;65535_"} {
		f.Add([]byte(s), uint8(3))
	}
	l := DefaultLimits()
	l.Paste = 64
	f.Fuzz(func(t *testing.T, in []byte, cut uint8) {
		events := 0
		k := newKeys(l, time.Now, func(msg tea.Msg) {
			events++
			text := ""
			switch e := msg.(type) {
			case uv.KeyPressEvent:
				text = e.Text
			case uv.PasteEvent:
				if text = e.Content; len(text) > l.Paste {
					t.Fatalf("a paste of %d bytes", len(text))
				}
				text = strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(text)
			case uv.BackgroundColorEvent:
			default:
				t.Fatalf("%T came through", msg)
			}
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 && r < 0xa0 || r == 0x1b }) {
				t.Fatalf("%q came through", text)
			}
		})
		for c := range slices.Chunk(in, int(cut)+1) {
			k.feed(c)
		}
		k.close()
		if events > 2*len(in)+2 {
			t.Fatalf("%d events of %d bytes", events, len(in))
		}
		if cap(k.seq) > mostDropped || len(k.pasted) > l.Paste {
			t.Fatalf("it holds %d and %d bytes", cap(k.seq), len(k.pasted))
		}
	})
}
