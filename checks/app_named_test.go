package checks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

const otherApp = "0a0a0a0a-0000-4000-8000-000000000001"

// nameless is a subject whose client id nobody knows.
func nameless(s *checks.Subject) {
	s.App.ClientID, s.Look.App = "", checks.Look[*checks.ServicePrincipal]{}
}

// byName is what a search by name finds.
func byName(more bool, apps ...checks.NamedApp) change {
	return func(s *checks.Subject) {
		nameless(s)
		s.Look.Named = read(checks.Named{Apps: apps, More: more}, "servicePrincipals")
	}
}

func candidate(name, owner string) checks.NamedApp {
	return checks.NamedApp{AppID: otherApp, Name: name, OwnerTenant: owner, Created: noon}
}

func namedCases() []judged {
	own := candidate("Hetk Calendar Sync", contosoID)
	return []judged{
		{"known", checks.AppNamed, nil, skipped, checks.GradeUnknown, "is known", ""},
		{"nobody signed in", checks.AppNamed, []change{nameless, outside()}, unknown, checks.GradeUnknown, "sign-in", checks.WhoUser},
		{"none", checks.AppNamed, []change{byName(false)}, warn, checks.Verified, "no enterprise app here goes by the name Hetk or Hetk Calendar Sync", checks.WhoVendor},
		{"one", checks.AppNamed, []change{byName(false, own)}, warn, checks.Verified, "1 enterprise app here by the name", checks.WhoAdmin},
		{"one of this tenant", checks.AppNamed, []change{byName(false, own)}, warn, checks.Verified, "client id " + otherApp + "; owner this tenant itself; publisher not verified; here since 2026-11-20", checks.WhoAdmin},
		{"one of Microsoft's", checks.AppNamed, []change{byName(false, candidate("Hetk", "F8CDEF31-A31E-4B4A-93E4-5F571E91255A"))}, warn, checks.Verified, "owner Microsoft;", checks.WhoAdmin},
		{"two", checks.AppNamed, []change{byName(false, own, candidate("Hetk Calendar Sync", fabrikamID))}, warn, checks.Verified, "2 enterprise apps", checks.WhoAdmin},
		{"owner and day not said", checks.AppNamed, []change{byName(false, checks.NamedApp{AppID: otherApp, Name: "Hetk"})}, warn, checks.Verified, "owner not said; publisher not verified; here since a day not said", checks.WhoAdmin},
		{"more than are read", checks.AppNamed, []change{byName(true, own)}, warn, checks.Verified, "More than 1 enterprise apps", checks.WhoAdmin},
		{"refused", checks.AppNamed, []change{nameless, look(func(l *checks.Snapshot) {
			l.Named = failed[checks.Named](noLook(checks.FailScope, "Application.Read.All"))
		})}, unknown, checks.GradeUnknown, "Application.Read.All", checks.WhoAdmin},
		{"elsewhere", checks.AppNamed, []change{nameless, elsewhere()}, skipped, checks.GradeUnknown, "tenant/match", ""},
	}
}

// A name proves nothing: not even the one app that has it, verified, makes a
// verdict.
func TestANameMakesNoVerdict(t *testing.T) {
	t.Parallel()
	verifiedApp := candidate("Hetk Calendar Sync", vendorID)
	verifiedApp.Publisher = checks.Publisher{ID: "1234567", Name: "Hetk"}
	for name, c := range map[string]change{
		"one, verified": byName(false, verifiedApp), "none": byName(false), "many": byName(true, verifiedApp, candidate("Hetk", "")),
	} {
		o := verdict(subject(approved(), c))
		if o.State != checks.StateUnknown || o.Grade != checks.GradeUnknown || !slices.Equal(o.Because, []checks.ID{checks.AppNamed}) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if ids := checks.IDsFor(subject().App); slices.Contains(ids, checks.AppNamed) {
		t.Error("a known app is looked for by name")
	}
}

func TestNamesToLookFor(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]checks.App{
		"Carerix Calendar - Production|Carerix Calendar": {Listed: " Carerix Calendar - Production ", Name: "Carerix Calendar"},
		"Sophiie": {Listed: "Sophiie", Name: "sophiie"},
		"":        {},
	} {
		if got := strings.Join(a.Names(), "|"); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}

func TestHostileNamedApps(t *testing.T) {
	t.Parallel()
	var crowd []checks.NamedApp
	for i := range 1000 {
		crowd = append(crowd, checks.NamedApp{
			AppID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), Name: "Hetk\x1b]0;x\x07\u202e" + strings.Repeat("x", 500), OwnerTenant: "\x1b[2J" + fabrikamID,
			Publisher: checks.Publisher{ID: "1", Name: "Evil\n\u200b" + strings.Repeat("y", 300)}, Created: noon.Add(time.Duration(i) * time.Hour),
		})
	}
	f := one(subject(byName(true, crowd...)), checks.AppNamed)
	if len(f.Detail) > 25 || len([]rune(f.Summary)) > 160 {
		t.Errorf("%d details, %q", len(f.Detail), f.Summary)
	}
	for _, d := range append(f.Detail, f.Summary) {
		if strings.ContainsAny(d, "\x1b\x07\n\u202e\u200b") || len([]rune(d)) > 240 {
			t.Errorf("%q", d)
		}
	}
}

// What was found goes through a saved file, without anything of people.
func TestNamedAppsAreKept(t *testing.T) {
	t.Parallel()
	s := subject(byName(false, candidate("Hetk Calendar Sync", fabrikamID)))
	data, err := json.Marshal(s.Look.Stripped())
	if err != nil {
		t.Fatal(err)
	}
	var back checks.Snapshot
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	s.Look = &back
	if f := one(s, checks.AppNamed); f.Verdict != warn || len(f.Detail) != 1 || !strings.Contains(f.Detail[0], fabrikamID) {
		t.Errorf("%+v", f)
	}
	plain, err := json.Marshal(subject().Look)
	if err != nil || bytes.Contains(plain, []byte("appNamed")) {
		t.Errorf("what was not looked for is kept, %v", err)
	}
}
