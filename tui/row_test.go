package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSizeClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h int
		want class
	}{
		{0, 0, tooSmall},
		{-1, -1, tooSmall},
		{39, 24, tooSmall},
		{80, 9, tooSmall},
		{40, 10, narrow},
		{79, 24, narrow},
		{80, 24, normal},
		{119, 40, normal},
		{120, 40, wide},
		{10000, 10000, wide},
	} {
		s := sizeOf(c.w, c.h)
		if s.class != c.want {
			t.Errorf("%d×%d: class %d, want %d", c.w, c.h, s.class, c.want)
		}
		if s.w > maxWidth || s.h > maxHeight || s.w < 0 || s.h < 0 || s.text() > column || s.text() < 1 || s.body() < 1 {
			t.Errorf("%d×%d: %+v, text %d, body %d", c.w, c.h, s, s.text(), s.body())
		}
	}
}

// sample is text that is hard to lay out.
func sample(r *rand.Rand) string {
	parts := []string{"a", "word", " ", "  ", "日本語", "é", "e\u0301", "👩‍👩‍👧", "Calendars.ReadWrite", strings.Repeat("x", 50), "\n", "…"}
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(parts[r.IntN(len(parts))])
		if r.IntN(2) == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func TestLayoutNeverExceedsTheWidth(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		s, w := sample(r), 1+r.IntN(60)
		line := strings.ReplaceAll(s, "\n", " ")
		if got := cut(line, w, r.IntN(2) == 0); cells(got) > w {
			t.Fatalf("cut(%q, %d) = %q", line, w, got)
		}
		if got := fixed(line, w); cells(got) != w {
			t.Fatalf("fixed(%q, %d) is %d cells", line, w, cells(got))
		}
		for _, l := range wrap(s, max(w, 8)) { // a family emoji takes six cells
			if cells(l) > max(w, 8) {
				t.Fatalf("wrap(%q, %d): %q", s, w, l)
			}
		}
		for _, l := range flow(max(w, 2), span{line, RoleText}, span{" " + sample(r), RoleOK}) {
			if l.fit(w).width() > w {
				t.Fatalf("flow(%d): %q", w, l.text())
			}
		}
		mixed := row{}.add(RoleOK, line).add(RoleText, sample(r))
		if got := mixed.fit(w); got.width() > w {
			t.Fatalf("fit(%q, %d) is %d cells", mixed.text(), w, got.width())
		}
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		s, w := sample(r), 2+r.IntN(60)
		if got, want := strings.Join(wrap(s, w), ""), strings.Join(strings.Fields(s), ""); strings.Join(strings.Fields(got), "") != want {
			t.Fatalf("wrap(%q, %d) lost text: %q", s, w, got)
		}
	}
}

func TestWrapSetsOneSpaceBetweenWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		w    int
		want []string
	}{
		{"one two three four", 9, []string{"one two", "three", "four"}},
		{"  one  two\tthree ", 9, []string{"one two", "three"}},
		{"a a  a a aa a", 5, []string{"a a a", "a aa", "a"}},
		{"abcdefgh ij k", 6, []string{"abcdef", "gh ij", "k"}},
		{"ab\u00a0cd ef gh", 5, []string{"ab cd", "ef gh"}},
		{"one two\n\nthree", 5, []string{"one", "two", "", "three"}},
	} {
		if got := wrap(c.text, c.w); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.w, got, c.want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tmpl, want string }{
		{"none", "none"}, {"{a}", "1"}, {"{a}{b}x", "12x"}, {"{c} stays", "{c} stays"}, {"open { brace", "open { brace"}, {"} {a", "} {a"},
	} {
		if got := fill(c.tmpl, "a", "1", "b", "2"); got != c.want {
			t.Errorf("fill(%q) = %q, want %q", c.tmpl, got, c.want)
		}
	}
	if got := fill("{a}", "a", "{b}", "b", "no"); got != "{b}" {
		t.Errorf("a value was filled in again: %q", got)
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "it is so": "It is so.", "Done.": "Done.", "why?": "Why?", "gmail.com is personal": "gmail.com is personal.", "--app is needed": "--app is needed.",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}
