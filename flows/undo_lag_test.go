package flows

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// What was seen and does not show may be hidden by a copy that lags: for a while it
// is too early to call it taken back. What an undo has tried to take back is gone by
// that.
func TestUndoWaitsForWhatWasSeenLately(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	for path, normal := range map[PathID]time.Duration{
		EntraGrant: patienceObject, AllowAll: patienceObject, ConsentRequests: patienceObject, AppPolicy: patiencePolicy,
	} {
		s := onPath(t, path, f, Answered{AskReviewers, ReviewersMe})
		p, err := MakePlan(s)
		if err != nil || len(p.Lines) == 0 {
			t.Fatal(path, lines(p), err)
		}
		l := p.Lines[0]
		r := Receipt{
			Plan: p.ID, Digest: "d", App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, At: noon,
			Lines: []ReceiptLine{{Kind: l.Kind, Title: l.Title, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: "seen", At: noon, Back: l.Back}},
		}
		undo := r
		undo.Plan, undo.Undoes, undo.At = "undo", r.Plan, noon.Add(time.Second)
		undo.Lines = []ReceiptLine{{Kind: l.Back.Kind, Method: l.Back.Method, Path: l.Back.Path, Body: l.Back.Body, Outcome: "unclear", Back: &Back{l.Kind, l.Method, l.Path, l.Body}}}
		waiting := undo
		waiting.Lines = []ReceiptLine{undo.Lines[0]}
		waiting.Lines[0].Outcome = "not sent"
		for name, c := range map[string]struct {
			by    []Receipt
			after time.Duration
			early bool
		}{
			"at once":                   {nil, normal - time.Second, true},
			"after its time":            {nil, normal, false},
			"an undo tried":             {[]Receipt{undo}, normal - time.Second, false},
			"an undo did not get there": {[]Receipt{waiting}, normal - time.Second, true},
		} {
			s, e := s, Recall(r, c.by...)
			s.Path, s.Undoing, s.At = Undo, &e, noon.Add(c.after)
			if back, err := MakePlan(s); errors.Is(err, ErrTooEarly) != c.early || !c.early && (err != nil || len(back.Lines) != 0) {
				t.Errorf("%s, %s: %v, plan %v", path, name, err, lines(back))
			}
		}
	}
}

// What a kept receipt says was seen a moment ago is not made again while it may be
// hidden, but where a later plan was seen to take it back.
func TestWhatWasSeenLatelyIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	s := onPath(t, EntraGrant, f)
	p, err := MakePlan(s)
	if err != nil || len(p.Lines) != 1 || p.Lines[0].Method != "POST" {
		t.Fatal(lines(p), err)
	}
	p.ID = "now"
	s.Plan, s.At = &p, noon.Add(patienceObject-time.Second)
	l := p.Lines[0]
	r := Receipt{
		Plan: "before", Digest: "d", App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}, At: noon, Done: true,
		Lines: []ReceiptLine{{Kind: l.Kind, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: "seen", ObjectID: "g1", At: noon, Back: l.Back}},
	}
	later := func(plan, undoes PlanID, left bool) Receipt {
		b := r
		b.Plan, b.Undoes, b.At, b.Left = plan, undoes, noon.Add(time.Second), left
		b.Lines = []ReceiptLine{{Kind: DeleteGrant, Method: "DELETE", Path: "/oauth2PermissionGrants/g1", Outcome: "seen", At: b.At}}
		return b
	}
	own := r
	own.Plan = p.ID
	for name, c := range map[string]struct {
		kept []Receipt
		want bool
	}{
		"by another run":                     {[]Receipt{r}, true},
		"by this plan itself":                {[]Receipt{own}, false},
		"undone":                             {[]Receipt{r, later("u", "before", false)}, false},
		"undone, and it showed again":        {[]Receipt{r, later("u", "before", true)}, true},
		"taken back by a plan of another id": {[]Receipt{r, later("v", "", false)}, false},
	} {
		if _, left, ok := SentBefore(s, c.kept); ok != c.want || ok && left != time.Second {
			t.Errorf("%s: %t, %s", name, ok, left)
		}
	}
	// Of two the one that may take longer is told, in whatever order they are kept.
	older := r
	older.Plan, older.At = "older", noon.Add(-time.Hour)
	younger := r
	younger.Plan, younger.Lines = "younger", slices.Clone(r.Lines)
	younger.Lines[0].At = noon.Add(time.Minute)
	for _, kept := range [][]Receipt{{older, younger}, {younger, older}} {
		if _, left, ok := SentBefore(s, kept); !ok || left != time.Minute+time.Second {
			t.Errorf("of two: %t, %s", ok, left)
		}
	}
	s.At = noon.Add(patienceObject)
	if _, _, ok := SentBefore(s, []Receipt{r}); ok {
		t.Error("held up after its time")
	}
}
