package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"onboard.example/checks"
)

func TestBuiltinProfiles(t *testing.T) {
	t.Parallel()
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	if got, want := strings.Join(ids, " "), "carerix hetk nylas revenue-grid sophiie"; got != want {
		t.Fatalf("built-in profiles: %s, want %s", got, want)
	}
}

func TestProfileNeeds(t *testing.T) {
	t.Parallel()
	all, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	graph := func(scopes ...string) (out []string) {
		for _, s := range scopes {
			out = append(out, checks.MicrosoftGraph+" "+s)
		}
		return out
	}
	want := map[string]struct {
		needs    []string
		unstated bool
	}{
		"hetk":    {graph("Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"), false},
		"carerix": {graph("openid", "profile", "offline_access"), true},
		"nylas":   {graph("openid", "profile", "offline_access"), true},
		"revenue-grid": {append(graph("profile", "email", "offline_access", "User.Read", "User.ReadBasic.All", "Calendars.ReadWrite",
			"Mail.ReadWrite", "MailboxSettings.ReadWrite"), checks.ExchangeOnline+" EWS.AccessAsUser.All", checks.MicrosoftGraph+" openid"), false},
		"sophiie": {graph("openid", "profile", "email", "offline_access", "User.Read", "Calendars.ReadWrite", "Mail.ReadWrite", "Mail.Send"), false},
	}
	for _, p := range all {
		app := p.App()
		var got []string
		for _, n := range app.Needs {
			got = append(got, n.Resource+" "+n.Scope+n.Role)
			if n.Why == "" {
				t.Errorf("%s: %s%s says no reason", p.ID, n.Scope, n.Role)
			}
		}
		w := want[p.ID]
		if strings.Join(got, "\n") != strings.Join(w.needs, "\n") {
			t.Errorf("%s needs\n%s\nwant\n%s", p.ID, strings.Join(got, "\n"), strings.Join(w.needs, "\n"))
		}
		if app.NeedsUnstated != w.unstated {
			t.Errorf("%s: needs unstated = %v, want %v", p.ID, app.NeedsUnstated, w.unstated)
		}
	}
}

const goodProfile = `id: my-app
name: My App
publisher:
  name: My Company
clientId: 11111111-2222-3333-4444-555555555555
permissions:
  - scope: User.Read
    why: the user's name
  - resource: Office 365 Exchange Online
    scope: EWS.AccessAsUser.All
    why: the mailbox
adminConsent:
  version: v2
  redirectUri: https://app.example/consent
dnsPolicy:
  label: _my
  version: my1
  required:
    policy: private
`

func TestParseProfileBad(t *testing.T) {
	t.Parallel()
	swap := func(old, with string) string { return strings.Replace(goodProfile, old, with, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {swap("name: My App", "nmae: My App"), `my.yaml:2:1: unknown field "nmae"`},
		"nested unknown key": {swap("  name: My Company", "  title: My Company"), `my.yaml:4:3: unknown field "title"`},
		"twice":              {swap("name: My App", "name: My App\nname: Other"), `my.yaml:3:1: mapping key "name" already defined`},
		"tagged list":        {"id: x\npermissions: !000\nname: y\n", "leave it out"},
		"alias":              {"id: &a [x, x]\nname: *a\n", "my.yaml:2:7: an alias"},
		"not yaml":           {"id: [", "my.yaml:1:5: "},
		"tab":                {"id: a\n\tname: b\n", "my.yaml:2:1: a tab stands here; indent by spaces"},
		"wrong type":         {swap("permissions:", "permissions: 7\nx:"), "my.yaml:6:14: a number stands here; write a list"},
		"a text for keys":    {swap("adminConsent:", "adminConsent: v2\nx:"), "write keys with values below it"},
		"empty":              {"", "my.yaml: is empty"},
		"only comment":       {"# nothing\n", "my.yaml: is empty"},
		"two documents":      {goodProfile + "---\nid: other\n", "a second document"},
		"id":                 {swap("id: my-app", "id: My App"), `my.yaml:1:5: id "My App": use lower-case`},
		"client id":          {swap("11111111-2222-3333-4444-555555555555", "1234"), `my.yaml:5:11: clientId "1234" is no application id`},
		"scope and role":     {swap("  - scope: User.Read", "  - scope: User.Read\n    role: User.Read.All"), "give scope (delegated) or role (application), one of the two"},
		"neither":            {swap("  - scope: User.Read\n    why", "  - why"), "give scope (delegated) or role (application)"},
		"no reason":          {swap("    why: the user's name\n", ""), "why is missing"},
		"scope with space":   {swap("User.Read", "\"User.Read Mail.Read\""), "is no permission name"},
		"default scope":      {swap("scope: User.Read", "scope: .default"), ".default means everything registered"},
		"twice a scope":      {goodProfile + "", ""},
		"a whole address":    {swap("scope: User.Read", "scope: https://graph.microsoft.com/User.Read"), "give the bare name, and its API as resource"},
		"sign-in default":    {goodProfile + "signIn:\n  authorizeScopes: [openid, https://graph.microsoft.com/.default]\n", ".default means everything registered"},
		"sign-in strange":    {goodProfile + "signIn:\n  authorizeScopes: [openid, \"https://api.example/Read\"]\n", "names an API that is not known here"},
		"sign-in by URI":     {goodProfile + "signIn:\n  authorizeScopes: [openid, \"api://11111111-2222-3333-4444-555555555555/Read\"]\n", "names an API that is not known here"},
		"sign-in full":       {goodProfile + "signIn:\n  authorizeScopes: [openid, https://graph.microsoft.com/Mail.Read, 00000002-0000-0ff1-ce00-000000000000/EWS.AccessAsUser.All]\n", ""},
		"resource":           {swap("Office 365 Exchange Online", "Exchnage"), `my.yaml:9:15: resource "Exchnage"`},
		"version":            {swap("version: v2", "version: v3"), `my.yaml:13:12: no version "v3"`},
		"v2 bare":            {swap("  redirectUri: https://app.example/consent\n", ""), "v2 needs redirectUri"},
		"redirect http":      {swap("https://app.example", "http://app.example"), "is no redirect address"},
		"redirect disguised": {swap("https://app.example", "https://login.microsoftonline.com@app.example"), "is no redirect address"},
		"label":              {swap("label: _my", "label: _my.app.example"), "one DNS label"},
		"tag value":          {swap("policy: private", "policy: \"a; b\""), "plain text without ;"},
		"escape":             {swap("name: My App", `name: "My \x1b[2J App"`), "holds a line break or a control character"},
		"path":               {goodProfile + "paths: [direct-link, shortcut]\n", `no path "shortcut"`},
		"cloud":              {goodProfile + "clouds: [mars]\n", `no cloud "mars"`},
		"link":               {goodProfile + "support:\n  url: javascript:alert(1)\n", "is no https address"},
		"mail":               {goodProfile + "support:\n  email: nobody\n", "is no address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseProfile("my.yaml", []byte(c.text))
			if c.want == "" {
				if err != nil {
					t.Fatalf("good profile refused: %v", err)
				}
				return
			}
			var bad Problems
			if !errors.As(err, &bad) {
				t.Fatalf("error %v is no list of problems", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("says\n%v\nwant it to hold\n%s", err, c.want)
			}
			if strings.ContainsRune(err.Error(), 0x1b) {
				t.Errorf("an escape sequence came through: %q", err)
			}
		})
	}
}

// A scope of the sign-in that stands behind an API's id or name is one on that
// API.
func TestSignInScopesAreOnTheirAPI(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"openid":                                {checks.MicrosoftGraph, "openid"},
		"https://graph.microsoft.com/Mail.Read": {checks.MicrosoftGraph, "Mail.Read"},
		"https://outlook.office365.us/EWS.AccessAsUser.All": {checks.ExchangeOnline, "EWS.AccessAsUser.All"},
		"00000002-0000-0FF1-CE00-000000000000/IMAP.Access":  {checks.ExchangeOnline, "IMAP.Access"},
		contosoID + "/user/read":                            {contosoID, "user/read"},
		"user/read":                                         {checks.MicrosoftGraph, "user/read"},
	} {
		if api, value := splitScope(in); api != want[0] || value != want[1] {
			t.Errorf("%s is %s on %s", in, value, api)
		}
	}
}

func TestParseProfileTooLarge(t *testing.T) {
	t.Parallel()
	text := goodProfile + "# " + strings.Repeat("x", maxProfile)
	if _, err := ParseProfile("big.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "a profile has at most") {
		t.Errorf("a profile of %d bytes: %v", len(text), err)
	}
}

// Whatever is accepted travels through a journal whole: nothing that the app
// needs is dropped from a list that is too long, and no run is too large to be
// saved because of its app.
func TestAProfileThatIsAcceptedTravelsWhole(t *testing.T) {
	t.Parallel()
	with := func(n int, why string) string {
		var b strings.Builder
		b.WriteString("id: big\nname: Big\npublisher:\n  name: B\nclientId: 11111111-2222-3333-4444-555555555555\npermissions:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - scope: S%d.Read\n    why: %q\n", i, why)
		}
		return b.String()
	}
	taken := 0
	for n := range 12 {
		for _, why := range []string{"x", strings.Repeat("<", 100), strings.Repeat("ü", 200)} {
			p, err := ParseProfile("big.yaml", []byte(with(n*40, why)))
			if err != nil {
				continue
			}
			taken++
			line, err := MarshalRecord(Record{Seq: 1, Writer: "w", N: 1, At: noon, By: ByPerson, Event: Clean(Picked{Profile: p})})
			if err != nil {
				t.Fatalf("%d permissions: %v", n*40, err)
			}
			r, err := UnmarshalRecord(line)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := r.Event.(Picked); !ok || len(got.Profile.App().Needs) != len(p.App().Needs) {
				t.Errorf("%d permissions are %d after a journal", len(p.App().Needs), len(got.Profile.App().Needs))
			}
		}
	}
	if taken < 10 {
		t.Errorf("%d profiles were accepted", taken)
	}
	if _, err := ParseProfile("big.yaml", []byte(with(300, "x"))); err == nil || !strings.Contains(err.Error(), "big.yaml:7:3: permissions has 300 entries; at most 256") {
		t.Errorf("300 permissions: %v", err)
	}
}

func TestLoadProfilesTogether(t *testing.T) {
	t.Parallel()
	from := fstest.MapFS{
		"a.yaml":    {Data: []byte(goodProfile)},
		"b.yml":     {Data: []byte(goodProfile)},
		"c.yaml":    {Data: []byte("id: 3\n")},
		"notes.txt": {Data: []byte("not a profile")},
	}
	_, err := LoadProfiles(from, ".")
	if err == nil {
		t.Fatal("two apps with one id, and a broken one: no error")
	}
	for _, want := range []string{`b.yml:1:1: id "my-app" is already that of a.yaml`, "c.yaml:1:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
}

func TestProfileTemplateIsGood(t *testing.T) {
	t.Parallel()
	if _, err := ParseProfile("template", []byte(ProfileTemplate())); err != nil {
		t.Errorf("the template itself: %v", err)
	}
	open := uncomment(ProfileTemplate())
	if _, err := ParseProfile("template, all lines open", []byte(open)); err != nil {
		t.Errorf("the template with every line open: %v\n%s", err, open)
	}
}

// uncomment opens every commented key of the template, keeping indentation.
func uncomment(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		head := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(head)]
		if rest, ok := strings.CutPrefix(head, "# "); ok && !strings.HasPrefix(rest, "An app") && !strings.HasPrefix(rest, "Editors") {
			line = indent + rest
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func TestProfileSchema(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ProfileSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("profile.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("profile.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		inst, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(inst)
	}
	entries, err := builtin.ReadDir("profiles")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := builtin.ReadFile("profiles/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(string(text)); err != nil {
			t.Errorf("%s does not fit the schema: %v", e.Name(), err)
		}
	}
	for name, bad := range map[string]string{
		"unknown key": strings.Replace(goodProfile, "name: My App", "nmae: My App", 1),
		"no id":       strings.Replace(goodProfile, "id: my-app\n", "", 1),
		"bad guid":    strings.Replace(goodProfile, "11111111-2222-3333-4444-555555555555", "12", 1),
		"bad id":      strings.Replace(goodProfile, "id: my-app", "id: My App", 1),
		"bad cloud":   goodProfile + "clouds: [mars]\n",
		"no reason":   strings.Replace(goodProfile, "    why: the user's name\n", "", 1),
	} {
		if validate(bad) == nil {
			t.Errorf("the schema accepts a profile with %s", name)
		}
	}
}

func FuzzParseProfile(f *testing.F) {
	f.Add(goodProfile)
	f.Add(ProfileTemplate())
	f.Add("id: [\n")
	f.Add("a: &a [*a]\n")
	f.Add("id: x\npermissions: !000\nname: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProfile("f.yaml", []byte(text))
		if err != nil {
			if strings.ContainsFunc(strings.ReplaceAll(err.Error(), "\n", ""), func(r rune) bool { return r < 0x20 || (r >= 0x7f && r < 0xa0) }) {
				t.Errorf("control characters in %q", err)
			}
			return
		}
		if p.ID == "" || p.Name == "" || p.Publisher.Name == "" {
			t.Errorf("accepted without id, name or publisher: %+v", p)
		}
		p.App()
	})
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
