package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"onboard.example/checks"
)

// The forms of a profile's values. They are compiled when the first profile is
// linted, not when the program starts.
var forms = sync.OnceValue(func() (f struct{ id, scope, label, tag *regexp.Regexp }) {
	f.id = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	f.scope = regexp.MustCompile(`^[A-Za-z0-9_.\-/:]{1,200}$`)
	f.label = regexp.MustCompile(`^_?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	f.tag = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,31}$`)
	return f
})

// pathIDs are the paths that a profile may name (product vocabulary).
var pathIDs = []PathID{
	"direct-link", "entra-grant", "consent-requests", "low-impact", "first-sign-in", "allow-all",
	"app-policy", "pilot", "dns-policy", "after-approval", "revoke",
}

// linter gathers what is wrong with one profile.
type linter struct {
	file string
	tree *ast.File
	bad  Problems
}

// lint checks the meaning of a profile whose form is right already.
func lint(file string, p Profile, tree *ast.File) Problems {
	l := &linter{file: file, tree: tree}
	l.check(forms().id.MatchString(p.ID), "$.id", "id %q: use lower-case letters, digits and dashes, at most 40, such as calendar-sync", p.ID)
	l.words("$.name", p.Name, 80, true)
	l.words("$.publisher.name", p.Publisher.Name, 80, true)
	l.words("$.publisher.mpnId", p.Publisher.MPNID, 20, false)
	l.words("$.enterpriseAppName", p.EnterpriseAppName, 120, false)
	l.guid("$.clientId", p.ClientID)
	l.guid("$.onboardClientId", p.OnboardClientID)
	l.lengths(p)
	l.permissions(p)
	l.lists(p)
	l.links(p)
	l.dns(p.DNSPolicy)
	slices.SortStableFunc(l.bad, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	return l.bad
}

func (l *linter) check(ok bool, at, what string, args ...any) {
	if ok {
		return
	}
	line, col := place(l.tree, at)
	l.bad = append(l.bad, Problem{l.file, line, col, checks.Line(fmt.Sprintf(what, args...), 300)})
}

// words checks a text that people will read: there if needed, one line, no
// control characters, nothing that hides or turns text, not endless.
func (l *linter) words(at, s string, most int, needed bool) {
	name := strings.TrimPrefix(at, "$.")
	l.check(!needed || strings.TrimSpace(s) != "", at, "%s is missing", name)
	l.check(len([]rune(s)) <= most, at, "%s has %d characters; at most %d", name, len([]rune(s)), most)
	control := strings.ContainsFunc(s, unicode.IsControl)
	l.check(!control, at, "%s holds a line break or a control character; write it on one line", name)
	hidden := !control && checks.Line(s, len(s)+1) != s // as long as it is: only what would not be seen is changed
	l.check(!hidden, at, "%s holds characters that are invisible or turn the direction of writing; leave them out", name)
}

// lengths bounds the lists: what a journal drops of one would be missing in the
// run without a word.
func (l *linter) lengths(p Profile) {
	for at, n := range map[string]int{
		"$.permissions": len(p.Permissions), "$.notRequested": len(p.NotRequested), "$.signIn.authorizeScopes": len(p.SignIn.AuthorizeScopes),
		"$.paths": len(p.Paths), "$.clouds": len(p.Clouds), "$.connect": len(p.Connect), "$.support.wants": len(p.Support.Wants), "$.security": len(p.Security),
	} {
		l.check(n <= mostList, at, "%s has %d entries; at most %d", strings.TrimPrefix(at, "$."), n, mostList)
	}
	if p.DNSPolicy != nil {
		l.check(len(p.DNSPolicy.Required) <= mostList, "$.dnsPolicy.required", "dnsPolicy.required has %d entries; at most %d", len(p.DNSPolicy.Required), mostList)
	}
}

func (l *linter) guid(at, id string) {
	l.check(id == "" || checks.IsGUID(id), at, "%s %q is no application id; it has the form 00000000-0000-0000-0000-000000000000", strings.TrimPrefix(at, "$."), id)
}

func (l *linter) permissions(p Profile) {
	seen := map[string]int{}
	for i, n := range p.Permissions {
		at := fmt.Sprintf("$.permissions[%d]", i)
		l.check((n.Scope == "") != (n.Role == ""), at, "give scope (delegated) or role (application), one of the two")
		name := n.Scope + n.Role
		l.check(name == "" || forms().scope.MatchString(name), at, "%q is no permission name; write it as the API does, such as Calendars.ReadWrite", name)
		l.check(!strings.Contains(name, "://"), at, "%q is a whole address; give the bare name, and its API as resource", name)
		l.named(at, name)
		id := resourceID(n.Resource)
		l.check(checks.IsGUID(id), at+".resource", "resource %q: use Microsoft Graph, Office 365 Exchange Online, or the API's application id", n.Resource)
		l.words(at+".why", n.Why, 200, true)
		key := strings.ToLower(id + " " + name)
		if first, twice := seen[key]; twice {
			l.check(false, at, "%s stands twice; the first is permission %d", name, first+1)
		}
		seen[key] = i
	}
	for i, s := range p.SignIn.AuthorizeScopes {
		at := fmt.Sprintf("$.signIn.authorizeScopes[%d]", i)
		l.check(forms().scope.MatchString(s), at, "%q is no scope; one a line, without spaces", s)
		_, value := splitScope(s)
		l.check(!strings.Contains(value, "://"), at, "%q names an API that is not known here; name it under permissions, with its application id as resource", s)
		l.named(at, value)
	}
}

// named refuses the scope that names none.
func (l *linter) named(at, name string) {
	l.check(!strings.HasSuffix(strings.ToLower(name), ".default"), at, ".default means everything registered; name each permission")
}

func (l *linter) lists(p Profile) {
	for i, id := range p.Paths {
		l.check(slices.Contains(pathIDs, id), fmt.Sprintf("$.paths[%d]", i), "no path %q; the paths are %s", id, joinIDs(pathIDs))
	}
	for i, c := range p.Clouds {
		_, ok := checks.EndpointsOf(c)
		l.check(ok, fmt.Sprintf("$.clouds[%d]", i), "no cloud %q; the clouds are public, gcc, gcc-high, dod, china", c)
	}
	for i, s := range p.NotRequested {
		l.words(fmt.Sprintf("$.notRequested[%d]", i), s, 200, true)
	}
	for i, s := range p.Connect {
		l.words(fmt.Sprintf("$.connect[%d]", i), s, 200, true)
	}
	for i, s := range p.Support.Wants {
		l.words(fmt.Sprintf("$.support.wants[%d]", i), s, 200, true)
	}
	for i, s := range p.Security {
		l.words(fmt.Sprintf("$.security[%d].question", i), s.Question, 200, true)
		l.words(fmt.Sprintf("$.security[%d].answer", i), s.Answer, 1000, true)
		l.link(fmt.Sprintf("$.security[%d].link", i), s.Link)
	}
}

func (l *linter) links(p Profile) {
	l.link("$.support.url", p.Support.URL)
	l.link("$.onboardUrl", p.OnboardURL)
	l.check(p.Support.Email == "" || mailAddress(p.Support.Email), "$.support.email", "%q is no address", p.Support.Email)
	l.redirect("$.adminConsent.redirectUri", p.AdminConsent.RedirectURI)
	l.redirect("$.signIn.redirectUri", p.SignIn.RedirectURI)
	switch p.AdminConsent.Version {
	case "", "v1":
	case "v2":
		l.check(p.AdminConsent.RedirectURI != "", "$.adminConsent.version", "v2 needs redirectUri, the registered address that Microsoft returns to; without one use v1")
	default:
		l.check(false, "$.adminConsent.version", "no version %q; use v1 or v2", p.AdminConsent.Version)
	}
}

// link checks an address that people may be sent to: https, with a host, and
// without a user name in it, which is how look-alike links are made.
func (l *linter) link(at, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	l.check(err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil, at, "%q is no https address", s)
}

// redirect checks a redirect address: https, or http on this machine.
func (l *linter) redirect(at, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	ok := err == nil && u.Host != "" && u.User == nil && u.Fragment == "" &&
		(u.Scheme == "https" || (u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")))
	l.check(ok, at, "%q is no redirect address: https, or http://localhost, and without #", s)
}

func (l *linter) dns(d *DNSPolicy) {
	if d == nil {
		return
	}
	l.check(forms().label.MatchString(d.Label), "$.dnsPolicy.label", "label %q: one DNS label such as _calendar, without the domain", d.Label)
	l.check(forms().tag.MatchString(d.Version), "$.dnsPolicy.version", "version %q: letters and digits, such as calendar1", d.Version)
	for tag, want := range d.Required {
		at := "$.dnsPolicy.required." + tag
		l.check(forms().tag.MatchString(tag), "$.dnsPolicy.required", "tag %q: letters, digits, dashes", tag)
		l.check(want != "" && !strings.ContainsAny(want, ";\"\\") && !strings.ContainsFunc(want, unicode.IsControl), at, "value %q of tag %s: plain text without ; and quotes", want, tag)
	}
	l.link("$.dnsPolicy.docsUrl", d.DocsURL)
}

func mailAddress(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && strings.Contains(host, ".") && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>,;:\"()[]\\", r)
	})
}

func joinIDs(ids []PathID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, ", ")
}
