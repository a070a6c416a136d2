package tui

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

func TestPicturesAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		for _, dark := range []bool{true, false} {
			draw := func() string {
				m := New(t.Context(), mo.make(t), still(t, 80, 24))
				press(m, mo.open...)
				return SVG(m.View().Content, 80, 24, dark)
			}
			first := draw()
			wellFormed(t, first)
			if draw() != first {
				t.Errorf("%s: two pictures of one screen differ", mo.name)
			}
			if strings.Contains(first, "http://") && strings.Count(first, "http") != 1+strings.Count(first, "https") {
				t.Errorf("%s: the picture loads something", mo.name)
			}
		}
	}
}

func TestPictureKeepsTextAndEscapesIt(t *testing.T) {
	t.Parallel()
	svg := SVG("\x1b[1ma <b> & \"c\"\x1b[m\n日本 \x1b[38;2;1;2;3mred\x1b[m \x1b[7mback\x1b[m", 30, 3, true)
	wellFormed(t, svg)
	for _, want := range []string{"a &lt;b&gt; &amp; &#34;c&#34;", "日", "#010203", `font-weight="bold"`, ">back<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("lacks %q: %s", want, svg)
		}
	}
}

func TestAnimatedPictureHonoursReducedMotion(t *testing.T) {
	t.Parallel()
	svg := SVGs([]string{"one", "two"}, 10, 2, false, 1.5)
	wellFormed(t, svg)
	if !strings.Contains(svg, "prefers-reduced-motion") || !strings.Contains(svg, "animation:k1") {
		t.Errorf("got %s", svg)
	}
	if s := SVG("one", 10, 2, false); strings.Contains(s, "animation") {
		t.Errorf("a still picture moves: %s", s)
	}
	wellFormed(t, SVG("", 0, 0, true))
}
