package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// literals are the texts of words.go with their names.
func literals(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[strconv.Itoa(len(out))+" "+s] = s
		}
		return true
	})
	return out
}

func TestWordsAreWellFormed(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`\{[^}]*\}`)
	texts := literals(t, "words.go")
	maps.Copy(texts, literals(t, "words_watch.go"))
	for _, s := range texts {
		for _, r := range s {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%U in %q", r, s)
			}
			if _, ok := asciiSigns[r]; r >= 0x80 && !ok {
				t.Errorf("%q in %q has no form in ASCII", r, s)
			}
		}
		for _, p := range place.FindAllString(s, -1) {
			if !regexp.MustCompile(`^\{[a-z]+\}$`).MatchString(p) {
				t.Errorf("a broken place %q in %q", p, s)
			}
		}
		if strings.Count(s, "{") != strings.Count(s, "}") {
			t.Errorf("an open brace in %q", s)
		}
	}
}

// TestPlacesAreFilled draws every screen: no place of a template is left open.
func TestPlacesAreFilled(t *testing.T) {
	t.Parallel()
	open := regexp.MustCompile(`\{[a-z]+\}`)
	for _, mo := range moments() {
		m := New(t.Context(), mo.make(t), still(t, 200, 120))
		press(m, mo.open...)
		if got := open.FindString(plainText(m.View().Content)); got != "" {
			t.Errorf("%s shows %q", mo.name, got)
		}
	}
}

// TestWordsStandInOnePlace finds sentences in the code: they belong in
// words.go.
func TestWordsStandInOnePlace(t *testing.T) {
	t.Parallel()
	sentence := regexp.MustCompile(`[a-z]{2,} [a-z]{2,} [a-z]{2,}`)
	for _, f := range []string{
		"app.go", "ask.go", "command.go", "diagnosis.go", "evidence.go", "field.go", "finding.go", "frame.go", "help.go", "keys.go", "known.go", "links.go",
		"model.go", "paths.go", "plain.go", "plain_scene.go", "plain_step.go", "plan.go", "program.go", "proof.go", "report.go", "resume.go", "asked.go", "guide.go", "guide_view.go", "plain_watch.go", "talk.go", "watched.go", "screen.go", "signin.go", "steps.go", "tenant.go", "title.go",
	} {
		for _, s := range literals(t, f) {
			if sentence.MatchString(s) && !strings.Contains(s, "%w") {
				t.Errorf("%s: %q", f, s)
			}
		}
	}
}
