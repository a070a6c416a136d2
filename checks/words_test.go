package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"onboard.example/checks/consent"
)

// TestWordsAreFitToPrint reads every string of words.go: one line, no control
// characters, no hidden ones, no doubled spaces.
func TestWordsAreFitToPrint(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "words.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		n++
		if strings.ContainsFunc(s, unicode.IsControl) || strings.ContainsFunc(s, hidden) || strings.Contains(s, "  ") {
			t.Errorf("not fit to print: %q", s)
		}
		return true
	})
	if n < 200 {
		t.Errorf("found %d texts: the test looks in the wrong place", n)
	}
}

func TestEveryRuleThatStopsPeopleHasATitle(t *testing.T) {
	t.Parallel()
	rules := consent.Rules()
	stop := slices.Index(rules, consent.RuleInclude)
	if stop < 10 {
		t.Fatalf("the evaluator lists its rules in another order: %v", rules)
	}
	for _, id := range rules[:stop] {
		if ruleTitle(id) == string(id) {
			t.Errorf("%s has no title", id)
		}
	}
	for _, p := range Parts() {
		if partTitle(p) == string(p) {
			t.Errorf("%s has no title", p)
		}
	}
}
