package checks

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onboard.example/checks/aadsts"
)

// WhyKnown is what an answer may name to programs beyond Microsoft's own names:
// what somebody described or typed, and did not paste.
type WhyKnown struct {
	Domain    string       // that was asked about
	Apps      []string     // names of described apps
	Redirects []string     // addresses that their descriptions register
	Needs     []Permission // that the app asks for by its description
}

// Plain is the answer without anything that somebody's data could stand in. No form
// tells a name of an app, a domain or a host from a person's name, their machine or
// their login: so of a text's own words nothing is kept but numbers of codes, ids,
// times, and what is in a list of Microsoft's names or of k. Everything else is
// left out or, within an address, "…"; LeftOut says of which fields. What was
// concluded from them stays.
func (w Why) Plain(k WhyKnown) Why {
	w.Answer = w.WithoutPersonal()
	w.LeftOut, w.Unnamed = nil, 0
	keep := func(field, value, kept string) string {
		if !strings.EqualFold(value, kept) && !slices.Contains(w.LeftOut, field) {
			w.LeftOut = append(w.LeftOut, field)
		}
		return kept
	}
	w.App.Name = keep("app", w.App.Name, listed(k.Apps, w.App.Name))
	w.Doubtful = w.Doubtful && w.App.Name == ""
	tenants := []string{k.Domain, servicesName}
	w.Tenant.Name = keep("tenant", w.Tenant.Name, listed(tenants, w.Tenant.Name))
	w.API.Name = keep("api", w.API.Name, listed(apiNames, w.API.Name))
	w.API.ID = keep("api", w.API.ID, plainAPI(w.API.ID))
	w.Request.Tenant = keep("request", w.Request.Tenant, plainTenant(w.Request.Tenant, k.Domain))
	w.Request.RedirectURI = keep("request", w.Request.RedirectURI, plainRedirect(w.Request.RedirectURI, k.Redirects))
	w.Claims = keep("claims", w.Claims, aadsts.PlainClaims(w.Claims))
	scopes := []string{}
	for _, s := range w.Scopes {
		if PlainScope(s) || slices.ContainsFunc(k.Needs, func(p Permission) bool { return p.Scope == s }) {
			scopes = append(scopes, s)
		} else {
			keep("scopes", s, "")
			w.Unnamed++
		}
	}
	w.Scopes = scopes
	reasons := make([]WhyReason, 0, len(w.Reasons))
	for _, r := range w.Reasons {
		if r.plain != "" {
			r.Says, r.plain = r.plain, ""
		}
		reasons = append(reasons, r)
	}
	w.Reasons = reasons
	return w
}

// left stands for what is left out of an address.
const left = "…"

// listed is the name of a list that v is, as the list has it; "" for none.
func listed(list []string, v string) string {
	if i := slices.IndexFunc(list, func(s string) bool { return s != "" && strings.EqualFold(s, v) }); i >= 0 {
		return list[i]
	}
	return ""
}

// plainTenant is what an address names as its tenant: an id, the domain that was
// asked about, or a word of Microsoft's.
func plainTenant(v, domain string) string {
	switch {
	case v == "", v == "common", v == "organizations", v == "consumers", IsGUID(v):
		return v
	case domain != "" && strings.EqualFold(v, domain):
		return domain
	}
	return left
}

// plainRedirect is a redirect address: of a description, of Microsoft's sign-in or
// of one's own machine as it is, of any other its scheme and those parts of its
// path that aadsts knows as nobody's.
func plainRedirect(v string, known []string) string {
	if v == "" || slices.Contains(known, v) {
		return v
	}
	u, err := url.Parse(v)
	scheme, rest, ok := strings.Cut(v, "://")
	if err != nil || !ok || scheme != "https" && scheme != "http" {
		return left
	}
	host, path, more := strings.Cut(rest, "/")
	if !plainHost(u, host) {
		host = left
	}
	if more {
		path = "/" + path
	}
	return scheme + "://" + host + path
}

// plainHost reports whether the host of an address is Microsoft's sign-in, or this
// machine, with a port that is one.
func plainHost(u *url.URL, host string) bool {
	if slices.ContainsFunc(Clouds(), func(e Endpoints) bool { return e.Login == "https://"+host }) {
		return true
	}
	name, port := u.Hostname(), u.Port()
	if name != "localhost" && name != "127.0.0.1" && name != "::1" {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case port == "":
		return host == name || host == "["+name+"]"
	case err != nil || n == 0 || strconv.FormatUint(n, 10) != port:
		return false
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return host == name+":"+port
}

// plainAPI is an API's id or address, where it is one of Microsoft's or an id.
func plainAPI(v string) string {
	if IsGUID(v) || ownAPI(v) {
		return v
	}
	return ""
}

// ownAPI reports whether an address is that of an API of Microsoft's, or of an app
// by its id alone.
func ownAPI(address string) bool {
	if id, ok := strings.CutPrefix(address, "api://"); ok {
		return IsGUID(id)
	}
	host, ok := strings.CutPrefix(strings.ToLower(address), "https://")
	return ok && slices.Contains(apiHosts, host)
}

// PlainScope reports whether a permission is named in Microsoft's words alone, for
// an API of theirs or one named by its id: nobody's own words are in it. It says
// nothing of whether there is such a permission.
func PlainScope(scope string) bool {
	if at := strings.LastIndexByte(scope, '/'); at >= 0 {
		if api := scope[:at]; !IsGUID(api) && !ownAPI(strings.TrimSuffix(api, "/")) {
			return false
		}
		scope = scope[at+1:]
	}
	words := scopeWords()
	if words[scope] == wholeScope {
		return true
	}
	parts := strings.Split(scope, ".")
	for i, p := range parts {
		want := scopeWay
		if i == 0 {
			want = scopeNoun
		}
		if words[p]&want == 0 {
			return false
		}
	}
	return len(parts) > 1
}
