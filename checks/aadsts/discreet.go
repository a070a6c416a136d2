package aadsts

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// Addresses and claims may name a person without any "@": in the path of a
// personal site, in a redirect address of one's own, in a claim about whoever
// signed in. What is told of them here is what a sign-in needs, and no more.

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

// origin is an address without its path; "" where v is none.
func origin(v string) string {
	v = bareURL(v)
	scheme, rest, _ := strings.Cut(v, "://")
	host, _, _ := strings.Cut(rest, "/")
	if host == "" {
		return ""
	}
	return scheme + "://" + host
}

// elided stands for parts of a path that are not told.
const elided = "…"

// discreet is an address of bareURL with those parts of its path alone that
// addresses for a sign-in have.
func discreet(v string) string {
	scheme, rest, _ := strings.Cut(v, "://")
	parts := strings.Split(rest, "/")
	out := parts[:1]
	for _, p := range parts[1:] {
		switch {
		case p == "" || slices.Contains(pathWords, strings.ToLower(p)):
			out = append(out, p)
		case out[len(out)-1] != elided:
			out = append(out, elided)
		}
	}
	return line(scheme+"://"+strings.Join(out, "/"), 200)
}

// pathWords are parts of paths that redirect addresses have, and that are
// nobody's name [K].
var pathWords = []string{
	"account", "accounts", "admin", "adminconsent", "admin-consent", "api", "app", "apps", "auth", ".auth", "authcomplete", "authenticate", "authentication",
	"authorize", "azure", "azuread", "aad", "calendar", "calendars", "callback", "callback.html", "cb", "code", "complete", "connect", "connected", "consent",
	"consented", "done", "end", "entra", "exchange", "external", "finish", "graph", "home", "identity", "index.html", "integration", "integrations", "login",
	"login_complete", "logged-in", "mail", "microsoft", "microsoft365", "ms", "msal", "nativeclient", "nylas", "oauth", "oauth2", "oauth2callback", "oauth-callback",
	"office", "office365", "oidc", "oidc-callback", "ok", "outlook", "provider", "providers", "public", "redirect", "response", "return", "secure", "signin", "sign-in",
	"signin-oidc", "signin-microsoft", "sso", "start", "success", "token", "v1", "v1.0", "v2", "v2.0", "v3", "web",
}

// ofPerson reports whether a permission stands behind the address of somebody's
// own site.
func ofPerson(scope string) bool {
	s := strings.ToLower(scope)
	return strings.Contains(s, "-my.sharepoint.") || strings.Contains(s, "/personal/") || strings.Contains(s, "/users/")
}

// claim is what is asked for of a claim (OpenID Connect Core, 5.5.1).
type claim struct {
	Essential bool     `json:"essential,omitempty"`
	Value     string   `json:"value,omitempty"`
	Values    []string `json:"values,omitempty"`
}

// claimWords are the claims that Entra asks for in its challenges and that name
// nobody, each with the letters that its values are made of; none are kept where
// there are no letters [K; learn.microsoft.com/entra/identity-platform/claims-challenge].
var claimWords = map[string]string{
	"acrs": "cp0123456789", "nbf": "0123456789", "auth_time": "0123456789", "amr": "abcdefghijklmnopqrstuvwxyz", "xms_cc": "cp0123456789",
	"capolids": "", "polids": "",
}

// claims is a claims challenge as one line, those of claimWords alone; "" where
// none is left, or v is no such thing.
func claims(v string) string {
	v = plainValue(pair{value: v})
	if coded, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(v, "=")); err == nil {
		v = string(coded) // as the heads of Graph's answers have it
	}
	return claimsThat(v, func(name, value string) bool {
		return len(value) <= 16 && strings.Trim(value, claimWords[name]) == ""
	})
}

// PlainClaims is the claims of an Answer with values of fixed lists alone: any word
// and any number else may be somebody's name or telephone.
func PlainClaims(v string) string {
	return claimsThat(v, func(name, value string) bool {
		switch rest, ok := strings.CutPrefix(value, "c"); {
		case name == "amr":
			return slices.Contains(methods, value)
		case name == "acrs" && ok: // c1 to c99 (learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context)
			return len(rest) > 0 && len(rest) <= 2 && rest[0] != '0' && strings.Trim(rest, "0123456789") == ""
		}
		return name == "xms_cc" && value == "cp1"
	})
}

// methods are the values of amr (RFC 8176, and Entra's own [K]).
var methods = strings.Fields("face fido fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina rsa sc sms swk tel user vbm wia fed ngcmfa wiaormultiauthn multipleauthn")

// claimsThat is a claims challenge as one line: those of claimWords, with values
// that fit; "" where none is left, or v is no such thing.
func claimsThat(v string, fits func(name, value string) bool) string {
	var asked map[string]map[string]*claim
	if json.NewDecoder(strings.NewReader(v)).Decode(&asked) != nil {
		return ""
	}
	kept := map[string]map[string]*claim{}
	for _, token := range []string{"access_token", "id_token", "userinfo"} {
		for name, c := range asked[token] {
			if _, ok := claimWords[name]; !ok || c == nil {
				continue
			}
			c.Values = slices.DeleteFunc(c.Values, func(v string) bool { return v == "" || !fits(name, v) })
			if !fits(name, c.Value) {
				c.Value = ""
			}
			if kept[token] == nil {
				kept[token] = map[string]*claim{}
			}
			kept[token][name] = c
		}
	}
	if len(kept) == 0 {
		return ""
	}
	out, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return line(string(out), 512)
}
