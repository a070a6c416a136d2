package flows

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// A tenant that somebody changed since is left alone, whole.
func TestUndoRefusesWhereTheTenantMovedOn(t *testing.T) {
	t.Parallel()
	whole := []Answered{{AskRevoke, RevokeApp}}
	all := []string{"Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"}
	condition := func(f *Facts) { f.Policies = []PolicyFact{{ID: "onboard-hetk-8dd90edb"}} }
	for name, c := range map[string]struct {
		path   PathID
		was    func(*Facts) // before the plan
		since  func(*Facts) // after it was carried out
		answer []Answered
		want   error
	}{
		"the grant was widened":        {EntraGrant, nil, func(f *Facts) { f.Grants[0].Scopes = append(slices.Clone(all), "Mail.Read") }, nil, ErrMovedOn},
		"the grant was narrowed":       {EntraGrant, nil, func(f *Facts) { f.Grants[0].Scopes = all[:2] }, nil, ErrMovedOn},
		"the grant was cut":            {EntraGrant, nil, func(f *Facts) { f.Grants[0].Cut = true }, nil, ErrMovedOn},
		"the app was used since":       {EntraGrant, func(f *Facts) { f.App = nil }, func(f *Facts) { f.UserGrants = []GrantFact{{ID: "u"}} }, nil, ErrMovedOn},
		"another grant in its place":   {EntraGrant, func(f *Facts) { f.App = nil }, func(f *Facts) { f.Grants = []GrantFact{{ID: "other", ResourceID: exSP, Scopes: all[:1]}} }, nil, ErrMovedOn},
		"somebody was assigned since":  {EntraGrant, func(f *Facts) { f.App = nil }, func(f *Facts) { f.Assigned = []AssignFact{{"a", userID, appSP, noRole}} }, nil, ErrMovedOn},
		"the app is another":           {EntraGrant, func(f *Facts) { f.App = nil }, func(f *Facts) { f.App.ID = exSP }, nil, ErrMovedOn},
		"the setting was changed":      {AllowAll, nil, func(f *Facts) { f.Consent = []string{forSelf + "mine"} }, nil, ErrMovedOn},
		"the workflow was changed":     {ConsentRequests, nil, func(f *Facts) { f.Workflow = &WorkflowFact{Enabled: true, Days: 3} }, []Answered{{AskReviewers, ReviewersMe}}, ErrMovedOn},
		"classified anew since":        {LowImpact, nil, func(f *Facts) { f.Classes[0].ID = "another" }, nil, ErrMovedOn},
		"the grant's app is gone":      {Revoke, func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: all}} }, func(f *Facts) { f.App = nil }, nil, ErrMovedOn},
		"widened, and the app is gone": {EntraGrant, func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: all[:1]}} }, func(f *Facts) { f.App = nil }, nil, ErrMovedOn},
		"the role's app is gone":       {Revoke, func(f *Facts) { f.Roles = []AssignFact{{"r1", appSP, exSP, "role"}} }, func(f *Facts) { f.App = nil }, nil, ErrMovedOn},
		"a scope is classified now":    {LowImpact, nil, func(f *Facts) { f.Classes[0].Level = "high" }, nil, ErrMovedOn},
		"granted again since":          {Revoke, func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: all}} }, func(f *Facts) { f.Grants = []GrantFact{{ID: "g", ResourceID: graphSP, Scopes: all[:1]}} }, nil, ErrMovedOn},
		"deleted for good":             {Revoke, nil, func(f *Facts) { f.Deleted = nil }, whole, ErrMovedOn},
		"deleted, and made again":      {Revoke, nil, func(f *Facts) { f.App = &AppFact{ID: exSP, AppID: f.Deleted.AppID} }, whole, ErrMovedOn},
		"deleted items unread":         {Revoke, nil, func(f *Facts) { f.DeletedRead = false }, whole, ErrNotRead},
		"deleted, of another app":      {Revoke, nil, func(f *Facts) { f.Deleted.AppID = exSP }, whole, ErrForeign},
		"deleted, another one of it":   {Revoke, nil, func(f *Facts) { f.Deleted.ID = exSP }, whole, ErrForeign},
		"let others in since":          {AppPolicy, condition, func(f *Facts) { f.Policies[0].Conditions[0].Clients = []string{exSP} }, nil, ErrMovedOn},
		"what is let in, unread":       {AppPolicy, condition, func(f *Facts) { f.Policies[0].Unread = true }, nil, ErrNotRead},
		"what is let in, without ids":  {AppPolicy, condition, func(f *Facts) { f.Policies[0].Conditions[0].ID = "" }, nil, ErrNotRead},
		"the policies unread":          {AppPolicy, condition, func(f *Facts) { f.PoliciesRead = false }, nil, ErrNotRead},
		"our policy is for all now":    {AppPolicy, nil, func(f *Facts) { f.Policies[0].Conditions[0].Clients = []string{"all"} }, nil, ErrMovedOn},
		"our policy is of roles now":   {AppPolicy, nil, func(f *Facts) { f.Policies[0].Conditions[0].Type = "application" }, nil, ErrMovedOn},
		"our policy asks for more now": {AppPolicy, nil, func(f *Facts) { f.Policies[0].Conditions[0].Narrow = true }, nil, ErrMovedOn},
		"our policy keeps some out":    {AppPolicy, nil, func(f *Facts) { f.Policies[0].Odd = true }, nil, ErrMovedOn},
		"our policy, unread":           {AppPolicy, nil, func(f *Facts) { f.Policies[0].Conditions, f.Policies[0].Unread = nil, true }, nil, ErrNotRead},
		"unread":                       {AllowAll, nil, func(f *Facts) { f.ConsentRead = false }, nil, ErrNotRead},
		"the app unread":               {EntraGrant, nil, func(f *Facts) { f.AppRead = false }, nil, ErrNotRead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := tenantOf(t)
			if c.was != nil {
				c.was(&f)
			}
			s := onPath(t, c.path, f, c.answer...)
			p, err := MakePlan(s)
			if err != nil || len(p.Lines) == 0 {
				t.Fatal(p, err)
			}
			r := Recalled{Plan: p.ID, App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}}
			for _, l := range p.Lines {
				l, _ = l.Bind(appSP)
				if l.Kind == CreateApp {
					s.Facts.App = theApp(profile(t, "hetk")).App
					r.Lines = append(r.Lines, ReceiptLine{Kind: l.Kind, Outcome: "seen", ObjectID: appSP, Back: l.Back})
					continue
				}
				r.Lines = append(r.Lines, ReceiptLine{
					Kind: l.Kind, Title: l.Title, Path: l.Path, Body: l.Body, Outcome: "seen", ObjectID: play(t, &s, l), Resource: l.Resource, Scopes: l.Scopes, Back: l.Back,
				})
			}
			c.since(&s.Facts)
			s.Path, s.Undoing = Undo, &r
			if back, err := MakePlan(s); !errors.Is(err, c.want) || len(back.Lines) != 0 {
				t.Errorf("error %v, want %v; plan %v", err, c.want, lines(back))
			}
		})
	}
	_, f := tenantOf(t)
	s := onPath(t, Undo, f)
	if _, err := MakePlan(s); !errors.Is(err, ErrNoReceipt) {
		t.Errorf("without a receipt: %v", err)
	}
	s.Undoing = &Recalled{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: exSP}}
	if _, err := MakePlan(s); !errors.Is(err, ErrOtherReceipt) {
		t.Errorf("of another tenant: %v", err)
	}
}

// TestUndoWaitsForWhatMayStillShow: what was sent a moment ago and does not show is
// not nothing, and nothing that could be taken back yet.
func TestUndoWaitsForWhatMayStillShow(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	for path, normal := range map[PathID]time.Duration{EntraGrant: patienceObject, AllowAll: patienceManaged, ConsentRequests: patienceSetting} {
		for _, outcome := range []LineStatus{LineSending, LineWritten, LineUnseen, LineUnclear} {
			s := onPath(t, path, f, Answered{AskReviewers, ReviewersMe})
			p, err := MakePlan(s)
			if err != nil || len(p.Lines) != 1 {
				t.Fatal(lines(p), err)
			}
			l := p.Lines[0]
			s.Path, s.Undoing = Undo, &Recalled{
				Plan: p.ID, App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID},
				Lines: []ReceiptLine{{Kind: l.Kind, Title: l.Title, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: outcome.String(), At: noon, Back: l.Back}},
			}
			s.At = noon.Add(normal - time.Second)
			if back, err := MakePlan(s); errors.Is(err, ErrTooEarly) != (outcome != LineUnseen) {
				t.Errorf("%s, %s, a second before its time: %v, plan %v", path, outcome, err, lines(back))
			}
			s.At = noon.Add(normal)
			if back, err := MakePlan(s); err != nil || len(back.Lines) != 0 {
				t.Errorf("%s, %s, after its time: %v, plan %v", path, outcome, err, lines(back))
			}
		}
	}
}

// TestUndoGoesPastNothingInDoubt: what was done before it may be what holds it back.
func TestUndoGoesPastNothingInDoubt(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	s := onPath(t, EntraGrant, f)
	s.Facts.App = nil
	p, err := MakePlan(s)
	if err != nil || len(p.Lines) != 2 {
		t.Fatal(lines(p), err)
	}
	r := Receipt{Plan: p.ID, Path: p.Path, App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: contosoID}}
	for i, l := range p.Lines {
		l, _ = l.Bind(appSP)
		line := ReceiptLine{Kind: l.Kind, Title: l.Title, Method: l.Method, Path: l.Path, Body: l.Body, Outcome: "seen", ObjectID: appSP, At: noon, Back: l.Back}
		if i == 1 {
			line.Outcome, line.ObjectID = "unclear", ""
		}
		r.Lines = append(r.Lines, line)
	}
	s.Facts.App = theApp(profile(t, "hetk")).App
	recalled := Recall(r)
	s.Path, s.Undoing, s.At = Undo, &recalled, noon.Add(time.Second)
	back, err := MakePlan(s)
	if !errors.Is(err, ErrTooEarly) || len(back.Lines) != 0 {
		t.Errorf("%v, %v", lines(back), err)
	}
	s.At = noon.Add(time.Hour)
	if back, err = MakePlan(s); err != nil || len(back.Lines) != 1 || back.Lines[0].Kind != DeleteApp {
		t.Errorf("an hour later: %v, %v", lines(back), err)
	}
}

// What a run did last is offered to be taken back, once, and then what it did
// before.
func TestWhatARunCanTakeBack(t *testing.T) {
	t.Parallel()
	_, f := tenantOf(t)
	s := onPath(t, EntraGrant, f)
	s.CanWrite = true
	of := func(plan PlanID, path PathID, undoes PlanID, outcome LineStatus) Receipt {
		return Receipt{App: ReceiptApp{ClientID: s.App.ClientID}, Tenant: ReceiptTenant{ID: s.TenantID()}, Plan: plan, Path: path, Undoes: undoes, Done: true, Lines: []ReceiptLine{{Kind: CreateGrant, Outcome: outcome.String()}}}
	}
	for name, c := range map[string]struct {
		past []Receipt
		want PlanID
	}{
		"nothing":                    {nil, ""},
		"refused":                    {[]Receipt{of("a", EntraGrant, "", LineRefused)}, ""},
		"one":                        {[]Receipt{of("a", EntraGrant, "", LineSeen)}, "a"},
		"in doubt":                   {[]Receipt{of("a", EntraGrant, "", LineUnclear)}, "a"},
		"taken back":                 {[]Receipt{of("a", EntraGrant, "", LineSeen), of("u", Undo, "a", LineSeen)}, ""},
		"taken back, and one before": {[]Receipt{of("a", EntraGrant, "", LineSeen), of("b", Pilot, "", LineSeen), of("u", Undo, "b", LineSeen)}, "a"},
		"done, back, and done again": {[]Receipt{of("a", EntraGrant, "", LineSeen), of("u", Undo, "a", LineSeen), of("a", EntraGrant, "", LineSeen)}, "a"},
	} {
		s := s
		s.past = c.past
		if r, ok := TakeBack(s); r.Plan != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %t", name, r.Plan, ok)
		}
		s.CanWrite = false
		if _, ok := TakeBack(s); ok {
			t.Errorf("%s: taken back where nothing can write", name)
		}
	}
	for name, spoil := range map[string]func(*Receipt){
		"of another app":    func(r *Receipt) { r.App.ClientID = exSP },
		"in another tenant": func(r *Receipt) { r.Tenant.ID = exSP },
	} {
		other := of("a", EntraGrant, "", LineSeen)
		spoil(&other)
		s.past = []Receipt{other}
		if r, ok := TakeBack(s); ok {
			t.Errorf("%s: %q", name, r.Plan)
		}
		s.past = []Receipt{of("b", EntraGrant, "", LineSeen), other}
		if r, ok := TakeBack(s); !ok || r.Plan != "b" {
			t.Errorf("%s: %q %t of what is behind it", name, r.Plan, ok)
		}
	}
	half := of("u", Undo, "a", LineSeen)
	half.Done = false
	s.past = []Receipt{of("a", EntraGrant, "", LineSeen), half}
	if r, ok := TakeBack(s); !ok || r.Plan != "a" {
		t.Errorf("taken back half: %q", r.Plan)
	}
}
