package aadsts

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// plainValue is a value decoded as far as it goes.
func plainValue(p pair) string {
	v := p.value
	// Forms write a space as "+"; JSON and labels mean the character.
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

// name is what something is called, on one line; "" where it holds an address
// or nothing readable.
func name(v string) string {
	closed := strings.HasSuffix(strings.TrimRight(v, " '\""), ")")
	v = line(strings.Trim(v, " '\"()[]"), 100)
	if closed && strings.Count(v, "(") == strings.Count(v, ")")+1 {
		v += ")"
	}
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
		if !isScope(f) || !isPermission(f) || ofPerson(f) || seen[strings.ToLower(f)] {
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

// labelScopes is scopes for what follows a label, where a sentence may stand as
// well: up to the first word that has not the form of Microsoft's permissions,
// for what follows may name a person.
func labelScopes(v string) []string {
	all := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '"' || r == '\'' })
	n := 0
	for n < len(all) && isPermission(all[n]) {
		n++
	}
	return scopes(strings.Join(all[:n], " "))
}

// isPermission reports whether a word is one of OpenID's scopes, or is named as
// Microsoft names permissions: what may be reached, then how.
func isPermission(f string) bool {
	if at := strings.LastIndexByte(f, '/'); at >= 0 { // behind the API's address
		f = f[at+1:]
	}
	if slices.Contains(plainScopes, f) {
		return true
	}
	parts := strings.Split(f, ".")
	return parts[0] != "" && (parts[0][0] < '0' || parts[0][0] > '9') &&
		slices.ContainsFunc(parts[1:], func(s string) bool {
			return slices.Contains(scopeVerbs, s) || slices.ContainsFunc(scopeStems, func(stem string) bool { return strings.HasPrefix(s, stem) })
		})
}

// plainScopes are scopes without a verb: OpenID's, and those that stand for all
// that an API has (entra-facts §11).
var plainScopes = []string{
	"openid", "profile", "email", "offline_access", ".default", "user_impersonation", "access_as_user", "full_access_as_user", "full_access_as_app",
}

// scopeVerbs are how a permission reaches something, as the names of Microsoft
// Graph's have it [K].
var scopeVerbs = []string{
	"Read", "ReadBasic", "ReadWrite", "Send", "All", "Shared", "AccessAsUser", "AccessAsApp", "Manage", "ManageAsApp", "Create", "Update", "Delete",
	"Export", "Invite", "Selected", "OwnedBy", "Chat", "Group", "Use", "Edit",
}

// scopeStems are what longer forms of those begin with.
var scopeStems = []string{"Read", "Write", "Manage", "Create", "Delete", "FullControl", "ImportExport", "AccessAs"}

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

// zoned are the layouts of times that say of which zone they are, as Microsoft's
// pages, bodies and logs have them. Portals and pages print local time without a
// zone; it is not known which, and often not whether the day comes first.
var zoned = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04 UTC", "Mon, 02 Jan 2006 15:04:05 GMT",
}

// moment reads a time, in UTC; zero where v is none, or of a zone that is not
// known.
func moment(v string) time.Time {
	v = strings.Trim(v, " '\"")
	if len(v) > 40 {
		v = v[:40]
	}
	for v != "" {
		for _, layout := range zoned {
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
