package aadsts

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// facts are what a text holds beside its codes.
type facts struct {
	answer *Answer // filled in place
	codes  []sighting
	graph  string // Graph's own error code
	state  bool   // an authorization code came back: the sign-in worked
	cancel bool   // error_subcode=cancel
	said   bool   // an error_description came with the error
}

// take puts a pair where it belongs. What came first stays.
func (f *facts) take(p pair) {
	a := f.answer
	switch p.key {
	case "error":
		f.takeError(p)
	case "errordescription":
		f.said = true
	case "errorcodes":
		f.takeCodes(p.value)
	case "errorcode":
		f.takeCode(p.value, false)
	case "code":
		f.takeCodeOrSecret(p)
	case "suberror", "errorsubcode":
		v := identifier(p.value)
		f.cancel = f.cancel || v == "cancel"
		set(&a.Suberror, v)
	case "claims":
		if v := claims(p.value); v != "" {
			set(&a.Claims, v)
		}
	case "adminconsent":
		a.AdminConsent = a.AdminConsent || strings.EqualFold(identifier(p.value), "true")
	case "traceid":
		set(&a.Personal.Trace, guid(p.value))
	case "correlationid":
		set(&a.Personal.Correlation, guid(p.value))
	case "requestid":
		set(&a.Personal.RequestID, guid(p.value))
	case "deviceid":
		set(&a.Personal.Device, guid(p.value))
	case "userid":
		set(&a.Personal.UserID, guid(p.value))
	case "ipaddress":
		set(&a.Personal.IP, address(p.value))
	case "timestamp":
		if a.At.IsZero() {
			a.At = moment(plainValue(p))
		}
	case "secret":
		a.Secret = a.Secret || len(p.value) >= 16
	default:
		f.takeRequest(p)
	}
}

// takeRequest is take for what an app asked for.
func (f *facts) takeRequest(p pair) {
	a := f.answer
	switch p.key {
	case "clientid":
		set(&a.App.ID, guid(p.value))
	case "appname":
		set(&a.App.Name, name(plainValue(p)))
	case "tenant":
		f.takeTenant(plainValue(p))
	case "resource":
		v := plainValue(p)
		if id := guid(v); id != "" {
			set(&a.API.ID, id)
		} else if strings.Contains(v, "://") {
			set(&a.API.ID, bareURL(v))
		}
	case "scope":
		if len(a.Scopes) == 0 {
			a.Scopes = scopes(plainValue(p))
		}
	case "prompt":
		if v := strings.ToLower(identifier(p.value)); slices.Contains(prompts, v) {
			set(&a.Request.Prompt, v)
		}
	case "responsetype":
		set(&a.Request.ResponseType, strings.Join(strings.Fields(identifiers(plainValue(p))), " "))
	case "redirecturi":
		set(&a.Request.RedirectURI, bareURL(plainValue(p)))
	}
}

// prompts are the values of prompt that there are, the old one of v1 included
// (entra-facts §11).
var prompts = []string{"none", "login", "consent", "select_account", "admin_consent", "create"}

func set(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// takeError keeps OAuth's error. A label's is kept only if it is one of those
// that are known: "Error: it did not work" is none.
func (f *facts) takeError(p pair) {
	v := strings.ToLower(identifier(p.value))
	if _, ok := oauthErrors[v]; !ok && (p.loose || !strings.Contains(v, "_")) {
		return
	}
	set(&f.answer.Error, v)
}

// takeCodes reads the numbers of error_codes, which are codes whatever they are.
func (f *facts) takeCodes(list string) {
	for i := 0; i < len(list) && i < 256; {
		run, end := digits(list, i)
		if end == i {
			i++
			continue
		}
		if len(run) >= minDigits && len(run) <= maxDigits {
			f.codes = note(f.codes, sighting{number: value(run)})
		}
		i = end
	}
}

// takeCode reads a number that is a code if the table knows it: "error code"
// stands before many numbers.
func (f *facts) takeCode(v string, any bool) {
	v = strings.TrimLeft(v, " '\"\\")
	run, end := digits(v, 0)
	if end == 0 || len(run) < minDigits || len(run) > maxDigits || end < len(v) && isWord(v[end]) {
		return
	}
	if any || len(run) > minDigits && known(value(run)) {
		f.codes = note(f.codes, sighting{number: value(run)})
	}
}

// takeCodeOrSecret tells apart the three things that are called code: the
// number on Microsoft's own page, Graph's word, and the authorization code,
// which is a secret.
func (f *facts) takeCodeOrSecret(p pair) {
	v := plainValue(p)
	if v == "" {
		return
	}
	if v[0] >= '0' && v[0] <= '9' && len(v) < 10 {
		f.takeCode(v, p.error)
		return
	}
	if _, ok := graphErrors[strings.ToLower(identifier(v))]; ok {
		if f.graph == "" {
			f.graph = strings.ToLower(identifier(v))
		}
		return
	}
	if p.mark == '=' && len(v) >= 16 && strings.IndexByte(v, ' ') < 0 {
		f.answer.Secret, f.state = true, true
	}
}

// takeTenant keeps a tenant's id, its domain, or what a page calls it.
func (f *facts) takeTenant(v string) {
	t := &f.answer.Tenant
	if id := guid(v); id != "" {
		set(&t.ID, id)
		return
	}
	if d := domain(v); d != "" {
		set(&t.Name, d)
	}
}

// plainValue is a value decoded as far as it goes.
func plainValue(p pair) string {
	v := p.value
	if p.mark == '=' {
		v = strings.ReplaceAll(v, "+", " ")
	}
	for range maxLayers - 1 {
		next, changed := decode(v)
		if !changed {
			break
		}
		v = next
	}
	return strings.TrimSpace(visible(v))
}

// identifier is the letters, digits and "_-." that a value begins with, at
// most 64.
func identifier(v string) string {
	v = strings.TrimLeft(v, " '\"\\")
	n := 0
	for n < len(v) && n < 64 && (isWord(v[n]) || v[n] == '-' || v[n] == '.') {
		n++
	}
	return strings.TrimRight(v[:n], ".-")
}

// identifiers is identifier for several.
func identifiers(v string) string {
	out := make([]string, 0, 4)
	for f := range strings.FieldsSeq(v) {
		if id := identifier(f); id != "" && len(out) < 4 {
			out = append(out, id)
		}
	}
	return strings.Join(out, " ")
}

// claims is the JSON of a claims challenge as one line. Where it holds an
// address, it is left out: it may name a person.
func claims(v string) string {
	v = plainValue(pair{value: v})
	if len(v) < 2 || strings.Contains(v, "@") {
		return ""
	}
	return line(v, 512)
}

// name is what something is called, on one line; "" where it holds an address
// or nothing readable.
func name(v string) string {
	v = line(strings.Trim(v, " '\"()[]"), 100)
	if strings.ContainsAny(v, "@<>{}") || !strings.ContainsFunc(v, func(r rune) bool { return r > ' ' && r != '…' && r != '.' && r != '-' }) {
		return ""
	}
	return v
}

// scopes splits a list of permissions, each once.
func scopes(v string) []string {
	var out []string
	seen := map[string]bool{}
	for f := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '"' || r == '\'' }) {
		if len(out) == maxScopes {
			break
		}
		if !isScope(f) || seen[strings.ToLower(f)] {
			continue
		}
		seen[strings.ToLower(f)] = true
		out = append(out, f)
	}
	return out
}

// isScope reports whether a word has the form of a permission: plain, or with
// its API's address before it.
func isScope(f string) bool {
	if len(f) < 3 || len(f) > 200 || f[0] == '.' && f != ".default" {
		return false
	}
	for i := range len(f) {
		if c := f[i]; !isWord(c) && c != '.' && c != '-' && c != '/' && c != ':' {
			return false
		}
	}
	return true
}

// domain is a name of DNS in small letters; "" where v is none. A label has
// letters, digits and hyphens; names in other scripts pass as they are.
func domain(v string) string {
	v = strings.ToLower(strings.Trim(v, " '\"."))
	if len(v) < 4 || len(v) > 253 || !strings.Contains(v, ".") || strings.Contains(v, "..") {
		return ""
	}
	for _, r := range v {
		if r < utf8.RuneSelf && (!isWord(byte(r)) || r == '_') && r != '.' && r != '-' || r == utf8.RuneError {
			return ""
		}
	}
	return line(v, 253)
}

// bareURL is an address without what may carry somebody's data: user, query
// and fragment. "" where v is none.
func bareURL(v string) string {
	end := strings.IndexAny(v, "?# \n\"'<>")
	if end >= 0 {
		v = v[:end]
	}
	scheme, rest, ok := strings.Cut(v, "://")
	if !ok || scheme == "" || rest == "" || identifier(scheme) != scheme || strings.Contains(rest, "@") {
		return ""
	}
	return line(v, 200)
}

// address is an IP address; "" where v begins with none.
func address(v string) string {
	v = strings.TrimLeft(v, " '\"\\")
	if end := strings.IndexAny(v, " ,;\n\"'\\)"); end >= 0 {
		v = v[:end]
	}
	ip, err := netip.ParseAddr(v)
	if err != nil {
		return ""
	}
	return ip.WithZone("").String()
}

// moment reads a time as Microsoft's pages, bodies and logs write it, in UTC;
// zero where v is none.
func moment(v string) time.Time {
	v = strings.Trim(v, " '\"")
	if len(v) > 40 {
		v = v[:40]
	}
	for v != "" {
		for _, layout := range []string{
			time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
			"1/2/2006, 3:04:05 PM", "1/2/2006 3:04:05 PM", "2.1.2006, 15:04:05", "2.1.2006 15:04:05",
		} {
			if t, err := time.Parse(layout, v); err == nil && t.Year() > 1999 && t.Year() < 2100 {
				return t.UTC()
			}
		}
		// What follows a time is no part of it: go back a word.
		at := strings.LastIndexAny(v, " ,\"'")
		if at < 0 {
			break
		}
		v = strings.TrimRight(v[:at], " ,\"'")
	}
	return time.Time{}
}

// number as a person reads it, after Microsoft's prefix.
func spelt(code int) string { return "AADSTS" + strconv.Itoa(code) }
