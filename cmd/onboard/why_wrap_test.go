package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"onboard.example/flows"
)

// TestWhyWraps holds that on a terminal no line is longer than it is wide, that no
// word, link or code is broken, and that the headings stand out: beside the text,
// or above it where the window is narrow.
func TestWhyWraps(t *testing.T) {
	t.Parallel()
	const link = "https://login.microsoftonline.com/contoso.example/adminconsent?client_id=8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	const command = "onboard --case ONB1-05HG8-T35EH-NRVP8-EVF48-2HCTN-J22M7-ZEHHE-9818A-0M0G4-17EQW-2S508-90R"
	all := []flows.Fact{
		{Head: "what happened", Text: "Your organisation lets only admins approve this app. Nothing is wrong with your account."},
		{Text: "A line without a heading, which is long enough for a second one on any terminal that people use."},
		{Head: "consent link", Text: link},
		{Head: "hand-off", Text: command},
		{Head: "whose move", Text: "tenant admin"},
		{Head: "app", Text: "予定表を同期するアプリケーション 予定表を同期するアプリケーション"},
	}
	for _, width := range []int{20, 40, 49, 50, 80, 200} {
		p := whyPage{page{width: width}}
		p.facts(all)
		out := p.String()
		for l := range strings.SplitSeq(out, "\n") {
			if ansi.StringWidth(l) > width && len(strings.Fields(l)) > 1 && l != command {
				t.Errorf("at %d columns: %q", width, l)
			}
			beside := strings.HasPrefix(l, "what happened  ")
			if strings.HasPrefix(l, "what happened") && beside != (width >= pageNarrow) {
				t.Errorf("at %d columns: %q", width, l)
			}
		}
		if !strings.Contains(out, command) || !strings.Contains(out, link) {
			t.Errorf("at %d columns something to copy is broken:\n%s", width, out)
		}
		words := func(s string) []string { return strings.Fields(s) }
		var want []string
		for _, f := range all {
			want = append(want, words(f.Head+" "+f.Text)...)
		}
		if !slices.Equal(words(out), want) {
			t.Errorf("at %d columns the words are not those:\n%s", width, out)
		}
	}
	p := whyPage{}
	p.facts(all)
	if strings.Count(p.String(), "\n") != len(all) || !strings.HasPrefix(p.String(), "what happened  Your organisation") {
		t.Errorf("in a pipe:\n%s", p.String())
	}
}
