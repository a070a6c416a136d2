package consent

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// TestTheManagedTable: 32 scopes of Graph and 4 of Exchange, 5 of them named by
// their family only (entra-facts §3a and its table).
func TestTheManagedTable(t *testing.T) {
	t.Parallel()
	if lines := strings.Count(managedCSV, "\n"); lines != 37 || len(managedList()) != 36 {
		t.Fatalf("%d lines, %d rows", lines, len(managedList()))
	}
	counts := map[string]int{}
	for _, r := range managedList() {
		counts[r.resource]++
		counts[r.change.MessageID]++
		if !r.change.Certain {
			counts["family"]++
		}
		if r.id == "" {
			counts["no id"]++
		} else if !guid.MatchString(r.id) {
			t.Errorf("%s: id %q", r.scope, r.id)
		}
		if strings.Contains(r.change.When(), "-") {
			t.Errorf("%s: %q is no date", r.scope, r.change.Effective)
		}
	}
	for key, want := range map[string]int{
		MicrosoftGraph: 32, ExchangeOnline: 4, "MC1097272": 4, "MC1163922": 24, "MC1304287": 8, "family": 5, "no id": 3,
	} {
		if counts[key] != want {
			t.Errorf("%s: %d, want %d", key, counts[key], want)
		}
	}
}

func TestManagedExcluded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		resource, scope string
		want            string
	}{
		{MicrosoftGraph, "Calendars.ReadWrite", "MC1163922"},
		{MicrosoftGraph, "calendars.readwrite", "MC1163922"},
		{MicrosoftGraph, "1EC239C2-d7c9-4623-a91a-a9775856bb36", "MC1163922"},
		{MicrosoftGraph, "Files.Read.All", "MC1097272"},
		{MicrosoftGraph, "Tasks.Read.Shared", "MC1304287"},
		{ExchangeOnline, "IMAP.AccessAsUser.All", "MC1163922"},
		// Not on the list (entra-facts §3a).
		{MicrosoftGraph, "IMAP.AccessAsUser.All", ""},
		{ExchangeOnline, "Calendars.ReadWrite", ""},
		{MicrosoftGraph, "Mail.Send", ""},
		{MicrosoftGraph, "User.Read", ""},
		{MicrosoftGraph, "Contacts.Read", ""},
		{MicrosoftGraph, "Files.ReadWrite", ""},
		{MicrosoftGraph, "Chat.ReadBasic", ""},
		{MicrosoftGraph, "offline_access", ""},
		{MicrosoftGraph, "", ""},
		{"", "Calendars.ReadWrite", ""},
	} {
		got, ok := ManagedExcluded(c.resource, c.scope)
		if got.MessageID != c.want || ok != (c.want != "") {
			t.Errorf("%s %s: %q %v, want %q", c.resource, c.scope, got.MessageID, ok, c.want)
		}
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	if lines := strings.Count(scopesCSV, "\n"); lines != len(knownList())+1 || lines < 90 {
		t.Fatalf("%d lines, %d rows", lines, len(knownList()))
	}
	seen := map[string]bool{}
	for _, p := range knownList() {
		key := p.Resource + p.Value
		if seen[key] || !guid.MatchString(p.ID) || !guid.MatchString(p.Resource) || !p.Assumed || p.Kind != Delegated {
			t.Errorf("%s: %+v", p.Value, p)
		}
		seen[key] = true
	}
	for _, c := range []struct {
		resource, value string
		want            Tri
	}{
		{MicrosoftGraph, "openid", Yes},
		{MicrosoftGraph, "CALENDARS.readwrite", Yes},
		{MicrosoftGraph, "Directory.Read.All", No},
		// Sources differ: Unread, not guessed (entra-facts §5).
		{MicrosoftGraph, "Calendars.ReadBasic", Unread},
		{MicrosoftGraph, "MailboxItem.Read", Unread},
		{ExchangeOnline, "EWS.AccessAsUser.All", Yes},
	} {
		p, ok := Known(c.resource, c.value)
		if !ok || p.UserConsentable != c.want || !same(p.Value, c.value) {
			t.Errorf("%s: %+v %v", c.value, p, ok)
		}
	}
	if p, ok := Known(ExchangeOnline, "Calendars.ReadWrite"); ok || p != (Permission{}) {
		t.Errorf("found %+v", p)
	}
	// EWS on Graph and on Exchange are two scopes.
	a, _ := Known(MicrosoftGraph, "EWS.AccessAsUser.All")
	b, _ := Known(ExchangeOnline, "EWS.AccessAsUser.All")
	if a.ID == b.ID {
		t.Error("one id for two APIs")
	}
}

// TestTablesAgree: what is on the managed list of Graph is in the table of
// scopes under the same id.
func TestTablesAgree(t *testing.T) {
	t.Parallel()
	for _, r := range managedList() {
		if p, ok := Known(r.resource, r.scope); ok && p.ID != r.id {
			t.Errorf("%s: %s in one table, %s in the other", r.scope, r.id, p.ID)
		}
	}
}

func TestBuiltin(t *testing.T) {
	t.Parallel()
	for _, id := range []string{PolicyLow, PolicyLegacy, PolicyRecommended, PolicyAllowConsent, "microsoft-user-allow-default-consent-apps"} {
		p, ok := Builtin(strings.ToUpper(id))
		if !ok || !p.Assumed || p.Unread || !same(p.ID, id) || len(p.Includes) == 0 {
			t.Errorf("%s: %v %+v", id, ok, p)
		}
	}
	if p, ok := Builtin("my-policy"); ok || p.ID != "" {
		t.Errorf("found %+v", p)
	}
	p, _ := Builtin(PolicyRecommended)
	if len(p.Excludes) != 2 || len(idsOnly(p.Excludes[0].Permissions)) != 32 {
		t.Errorf("excludes %+v", p.Excludes)
	}
	p.Excludes[0].Permissions[0] = "changed"
	if again, _ := Builtin(PolicyRecommended); again.Excludes[0].Permissions[0] == "changed" {
		t.Error("two copies share a list")
	}
	m, _ := Builtin(PolicyAllowConsent)
	m.Includes[0].ClientIDs[0] = "changed"
	if again, _ := Builtin(PolicyAllowConsent); again.Includes[0].ClientIDs[0] == "changed" {
		t.Error("two copies share a list")
	}
}

func TestForSelf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		assigned []string
		want     []string
		managed  bool
	}{
		{"unread", nil, nil, false},
		{"off", []string{team, chat}, nil, false},
		{"managed pair", []string{self + PolicyRecommended, self + PolicyAllowConsent, team}, []string{PolicyRecommended, PolicyAllowConsent}, true},
		{"other case", []string{"managepermissiongrantsforself.MICROSOFT-USER-DEFAULT-RECOMMENDED"}, []string{"MICROSOFT-USER-DEFAULT-RECOMMENDED"}, true},
		{"twice", []string{self + "a", strings.ToLower(self) + "A", self + "b"}, []string{"a", "b"}, false},
		{"spaces", []string{" " + self + "a\n"}, []string{"a"}, false},
		{"no policy", []string{self, "", "x", self[:10]}, nil, false},
		{"managed for owners only", []string{owned + PolicyRecommended}, nil, false},
		{"bare id", []string{PolicyRecommended}, nil, false},
		{"companion alone", []string{self + PolicyAllowConsent}, []string{PolicyAllowConsent}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ForSelf(c.assigned); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := IsManaged(c.assigned); got != c.managed {
				t.Errorf("managed %v", got)
			}
		})
	}
}

func TestBasicSignIn(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]Tri{
		"openid": Yes, "PROFILE": Yes, "email": Yes, "User.Read": Yes,
		"offline_access": Unread, "": Unread, "User.Read.All": No, "Calendars.Read": No,
	} {
		if got := BasicSignIn(value); got != want {
			t.Errorf("%q: %d, want %d", value, got, want)
		}
	}
}

func TestOutcomesHaveNames(t *testing.T) {
	t.Parallel()
	for o, want := range map[Outcome]string{Unknown: "unknown", Blocked: "blocked", NeedsAdmin: "needs admin", Allowed: "allowed", 9: "unknown"} {
		if got := o.String(); got != want {
			t.Errorf("%d: %q, want %q", o, got, want)
		}
	}
}

func TestClassKey(t *testing.T) {
	t.Parallel()
	if got := ClassKey("AB-1", "Cd"); got != "ab-1/cd" {
		t.Errorf("got %q", got)
	}
}

// TestKleene is the truth table, with its laws.
func TestKleene(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, and, or Tri }{
		{Yes, Yes, Yes, Yes},
		{Yes, No, No, Yes},
		{Yes, Unread, Unread, Yes},
		{No, No, No, No},
		{No, Unread, No, Unread},
		{Unread, Unread, Unread, Unread},
	} {
		if c.a.and(c.b) != c.and || c.b.and(c.a) != c.and || c.a.or(c.b) != c.or || c.b.or(c.a) != c.or {
			t.Errorf("%d, %d: and %d, or %d", c.a, c.b, c.a.and(c.b), c.a.or(c.b))
		}
		if c.a.and(c.b).not() != c.a.not().or(c.b.not()) {
			t.Errorf("%d, %d: not of and", c.a, c.b)
		}
	}
}
