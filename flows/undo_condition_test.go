package flows

import (
	"errors"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestUndoTakesOutWhatWasLetIn: a policy that was there before stays, without what
// the plan let into it; what a receipt of old says no way back of, too.
func TestUndoTakesOutWhatWasLetIn(t *testing.T) {
	t.Parallel()
	const at = "/policies/permissionGrantPolicies/onboard-hetk-8dd90edb"
	_, f := tenantOf(t, func(f *Facts) { f.Policies = []PolicyFact{{ID: path.Base(at)}} })
	for name, c := range map[string]struct {
		change func(*State, *ReceiptLine)
		want   []string
		warns  bool
	}{
		"by its id":            {func(*State, *ReceiptLine) {}, []string{"DELETE " + at + "/includes/i1"}, false},
		"as receipts of old":   {func(_ *State, l *ReceiptLine) { l.Back = nil }, []string{"DELETE " + at + "/includes/i1"}, false},
		"the answer was lost":  {func(_ *State, l *ReceiptLine) { l.ObjectID, l.Outcome = "", LineUnclear.String() }, []string{"DELETE " + at + "/includes/i1"}, true},
		"gone since":           {func(s *State, _ *ReceiptLine) { s.Facts.Policies[0].Conditions = nil }, nil, false},
		"gone, and made anew":  {func(s *State, _ *ReceiptLine) { s.Facts.Policies[0].Conditions[0].ID = "i2" }, nil, false},
		"gone with its policy": {func(s *State, _ *ReceiptLine) { s.Facts.Policies = nil }, nil, false},
		"refused":              {func(_ *State, l *ReceiptLine) { l.Outcome = LineRefused.String() }, nil, false},
		"of another's policy":  {func(_ *State, l *ReceiptLine) { l.Back.Path = "/policies/permissionGrantPolicies/mine/includes/i1" }, nil, false},
		"of another of its sets": {func(s *State, l *ReceiptLine) {
			p := &s.Facts.Policies[0]
			p.Conditions = append(p.Conditions, ConditionFact{ID: "i0", API: exSP, Type: "delegated", Clients: []string{s.App.ClientID}})
			l.Back.Path = at + "/includes/i0"
		}, nil, false},
		"the policy itself": {func(_ *State, l *ReceiptLine) { l.Back.Path = at }, nil, false},
	} {
		s := onPath(t, AppPolicy, f)
		p, err := MakePlan(s)
		if err != nil || len(p.Lines) != 2 || p.Lines[0].Kind != AddCondition {
			t.Fatal(lines(p), err)
		}
		l := p.Lines[0]
		back := *l.Back
		done := ReceiptLine{
			Kind: l.Kind, Title: l.Title, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: LineSeen.String(), ObjectID: play(t, &s, l), Resource: l.Resource, Scopes: l.Scopes, Back: &back,
		}
		c.change(&s, &done)
		s.Path, s.Undoing = Undo, &Recalled{Plan: p.ID, App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, Lines: []ReceiptLine{done}}
		undo, err := MakePlan(s)
		forged := strings.HasPrefix(name, "of another") || name == "the policy itself"
		if !slices.Equal(lines(undo), c.want) || forged != errors.Is(err, ErrForeign) || !forged && err != nil || c.warns != (len(undo.Warnings) > 0) {
			t.Errorf("%s: %v, plan %v, want %v; warnings %q", name, err, lines(undo), c.want, undo.Warnings)
		}
		for _, l := range undo.Lines {
			play(t, &s, l)
			if l.Back != nil || l.Undo != planWords.noUndo || !Shows(s.Facts, s.App, l) {
				t.Errorf("%s: %+v; does it show? %t", name, l, Shows(s.Facts, s.App, l))
			}
		}
	}
}
