package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// luminance is the relative luminance of #rrggbb as WCAG 2.2 defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var rgb [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatalf("%q is no colour: %v", hex, err)
	}
	lin := func(c int) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(rgb[0]) + 0.7152*lin(rgb[1]) + 0.0722*lin(rgb[2])
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrast(t *testing.T) {
	t.Parallel()
	// Grounds of common terminals: xterm, VS Code, Solarized, Gruvbox, macOS.
	dark := []string{"#000000", "#1e1e1e", "#002b36", "#282828", "#16181d"}
	light := []string{"#ffffff", "#fdf6e3", "#fbf1c7", "#f5f5f5"}
	grounds := map[Ground][]string{GroundDark: dark, GroundLight: light, GroundUnknown: {"#000000", "#ffffff"}}
	for g, backs := range grounds {
		for role, colour := range palettes[g] {
			if colour == "" {
				continue
			}
			for _, back := range backs {
				if c := contrast(t, colour, back); c < 4.5 {
					t.Errorf("ground %d role %d: %s on %s has %.2f:1, want 4.5:1", g, role, colour, back, c)
				}
			}
		}
	}
}

func TestEveryStatusHasAColour(t *testing.T) {
	t.Parallel()
	for _, g := range []Ground{GroundDark, GroundLight, GroundUnknown} {
		for _, r := range []Role{RoleSubtle, RoleAccent, RoleOK, RoleWarn, RoleBad, RoleInfo, RoleFocus} {
			if palettes[g][r] == "" {
				t.Errorf("ground %d has no colour for role %d", g, r)
			}
		}
	}
}

func TestNoColourKeepsWeightAndMarks(t *testing.T) {
	t.Parallel()
	o := still(t, 80, 24)
	o.Look.NoColor = true
	m := New(t.Context(), atDiagnosis(t), o)
	content := m.View().Content
	for seq := range strings.SplitSeq(content, "\x1b[") {
		codes, _, _ := strings.Cut(seq, "m")
		for c := range strings.SplitSeq(codes, ";") {
			if len(c) == 2 && (c[0] == '3' || c[0] == '4' || c[0] == '9') {
				t.Fatalf("a colour is left: %q", seq)
			}
		}
	}
	if !strings.Contains(content, "\x1b[1m") || !strings.Contains(content, "✗ fail") {
		t.Error("weight or marks are gone")
	}
}

func TestLookOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  []string
		want Look
	}{
		"utf-8":                  {[]string{"LANG=en_GB.UTF-8", "TERM=xterm"}, Look{Links: true}},
		"no colour, any value":   {[]string{"LANG=C.UTF-8", "NO_COLOR=yes"}, Look{NoColor: true}},
		"no colour, empty":       {[]string{"LANG=C.UTF-8", "NO_COLOR="}, Look{}},
		"dumb":                   {[]string{"LANG=C.utf8", "TERM=dumb"}, Look{Plain: true}},
		"LC_ALL before LANG":     {[]string{"LANG=C.UTF-8", "LC_ALL=C"}, Look{ASCII: true}},
		"LC_CTYPE before LANG":   {[]string{"LANG=C", "LC_CTYPE=C.UTF-8"}, Look{}},
		"an empty one is none":   {[]string{"LC_ALL=", "LANG=de_DE.UTF-8"}, Look{}},
		"the last value counts":  {[]string{"LANG=C.UTF-8", "TERM=dumb", "TERM=xterm"}, Look{Links: true}},
		"what is no assignment":  {[]string{"LANG=C.UTF-8", "NO_COLOR"}, Look{}},
		"latin-1 is not utf-8":   {[]string{"LANG=de_DE.ISO-8859-1"}, Look{ASCII: true}},
		"no colour of one space": {[]string{"LANG=C.UTF-8", "NO_COLOR= "}, Look{NoColor: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := LookOf(c.env); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestASCIIHasTheSameWidth(t *testing.T) {
	t.Parallel()
	for r, a := range asciiSigns {
		if cells(string(r)) != 1 || a >= 0x80 {
			t.Errorf("%q is %d cells wide and becomes %q", r, cells(string(r)), a)
		}
	}
	for in, want := range map[string]string{"plain": "plain", "✓ pass": "+ pass", "日本": "????", "é": "?"} {
		if got := asciiOnly(in); got != want || cells(got) != cells(in) {
			t.Errorf("asciiOnly(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestASCIIScreensAreASCII(t *testing.T) {
	t.Parallel()
	for _, mo := range moments() {
		o := still(t, 80, 24)
		o.Look.ASCII = true
		m := New(t.Context(), mo.make(t), o)
		press(m, mo.open...)
		if c := m.View().Content; !isASCII(c) {
			t.Errorf("%s: %q", mo.name, strings.TrimFunc(c, func(r rune) bool { return r < 0x80 }))
		}
	}
}

func TestMarksDifferWithoutColour(t *testing.T) {
	t.Parallel()
	var marks []rune
	for _, m := range []rune{'✓', '✗', '!', '…', '?', '–'} {
		if a, ok := asciiSigns[m]; ok {
			m = a
		}
		if slices.Contains(marks, m) {
			t.Errorf("%q stands for two verdicts", m)
		}
		marks = append(marks, m)
	}
}
