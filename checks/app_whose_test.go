package checks_test

import (
	"strings"
	"testing"

	"onboard.example/checks"
)

func given(s *checks.Subject)       { s.App.IDFrom = checks.IDGiven }
func found(s *checks.Subject)       { s.App.IDFrom = checks.IDFound }
func undescribed(s *checks.Subject) { s.App.Undescribed = true }

func named(name string) change { return app(func(sp *checks.ServicePrincipal) { sp.Name = name }) }

func publisher(id, name string) change {
	return app(func(sp *checks.ServicePrincipal) { sp.Publisher = &checks.Publisher{ID: id, Name: name} })
}

func partner(id string) change { return func(s *checks.Subject) { s.App.PublisherID = id } }

// A green verdict about an app that its profile does not vouch for says whose it
// is, and by whose word; one that the profile vouches for says nothing of it.
func TestAnOpeningSaysWhoseAppItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		is   []change
		says []string
	}{
		"the profile's own":             {nil, nil},
		"given":                         {[]change{given}, []string{"Hetk, verified", "given by hand"}},
		"found by its name":             {[]change{found}, []string{"Hetk, verified", "found by the app's name"}},
		"given, another's":              {[]change{given, named("Other Calendar"), publisher("9", "Other Vendor")}, []string{"called Other Calendar, not Hetk Calendar Sync", "Other Vendor, verified", "given by hand"}},
		"given, unverified":             {[]change{given, unverified()}, []string{"not verified", "given by hand"}},
		"the profile's own, another's":  {[]change{publisher("9", "Other Vendor")}, []string{"Other Vendor, verified, and the app's profile names Hetk"}},
		"given, and nothing of it seen": {[]change{given, app(func(sp *checks.ServicePrincipal) { sp.Publisher = nil })}, []string{"publisher was not seen", "given by hand"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := verdict(subject(append([]change{approved()}, c.is...)...))
			if o.State != checks.StateOpen || o.Grade != checks.Verified || o.Whose != checks.WhoNobody {
				t.Fatalf("verdict is %+v", o)
			}
			for _, want := range c.says {
				if !strings.Contains(o.Reason, want) {
					t.Errorf("%q does not say %q", o.Reason, want)
				}
			}
			if c.says == nil && o.Reason != "Consent is in place for everyone in contoso.example." {
				t.Errorf("says %q", o.Reason)
			}
		})
	}
}

// What is blocked is not green, and says what blocks.
func TestABlockSaysNothingOfWhoseAppItIs(t *testing.T) {
	t.Parallel()
	o := verdict(subject(given, named("Other Calendar")))
	if o.State != checks.StateBlocked || strings.Contains(o.Reason, "given") || strings.Contains(o.Reason, "Other") {
		t.Errorf("verdict is %+v", o)
	}
}

func TestOnlyAWarningOfWhoseItIsHolds(t *testing.T) {
	t.Parallel()
	other := one(subject(given, named("Other Calendar")), checks.AppPresent)
	if !checks.OtherOwner(other) || !other.Holds() {
		t.Errorf("%+v does not hold", other)
	}
	if bare := (checks.Finding{Check: checks.AppPresent, Verdict: warn, Grade: checks.Verified}); bare.Holds() || checks.OtherOwner(bare) {
		t.Error("a warning of nothing holds")
	}
	unproven := one(subject(unverified()), checks.AppPublisher)
	if checks.OtherOwner(unproven) || unproven.Holds() {
		t.Errorf("%+v is another's, or holds", unproven)
	}
	if no := one(subject(absent()), checks.AppPresent); no.Holds() {
		t.Error("an absent app is there")
	}
}

// Names come from tenants and from profiles: nothing of them reaches a screen as
// it came.
func TestHostileNamesOfAnApp(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Other ", 400)
	for name, evil := range map[string]string{"escape": "Evil\x1b[2J\x07", "bidi": "\u202eliaM", "lines": "a\nb\rc", "long": long, "format": "%s%d%!"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := subject(approved(), given, named(evil), publisher("9", evil))
			for _, f := range []checks.Finding{one(s, checks.AppPresent), one(s, checks.AppPublisher)} {
				if f.Verdict != warn || len([]rune(f.Summary)) > 160 || strings.ContainsAny(f.Summary, "\x1b\x07\n\r\u202e") || strings.Contains(f.Summary, "MISSING") {
					t.Errorf("%q", f.Summary)
				}
			}
		})
	}
}
