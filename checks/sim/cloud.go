package sim

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
)

// A simulator listens on one loopback address but may hold tenants of several
// clouds, even the same domain in two of them. Which cloud a request means is
// told, in this order, by
//
//  1. a path prefix: https://127.0.0.1:PORT/_cloud/china/contoso.example/v2.0/…
//     for sign-in, /_cloud/china/v1.0/… for Graph, /_cloud/china/portal;
//  2. the Host header, when it is one of Microsoft's own names;
//  3. nothing: any other host (127.0.0.1, localhost) reaches every tenant, and a
//     domain that two clouds hold is found in the cloud the scenario names first.
//
// The prefix is repeated in every URL of the answer, so a client given
// --login-url https://127.0.0.1:PORT/_cloud/china stays in that cloud by itself.

// cloudPrefix starts the paths of rule 1.
const cloudPrefix = "/_cloud/"

// cloudHosts are Microsoft's own names and the clouds behind each
// (entra-facts §10 [G21:concepts/deployments; PUB; entra.* hosts K]).
var cloudHosts = map[string][]Cloud{
	"login.microsoftonline.com":         worldwide,
	"login.microsoft.com":               worldwide,
	"login.windows.net":                 worldwide,
	"sts.windows.net":                   worldwide,
	"graph.microsoft.com":               worldwide,
	"entra.microsoft.com":               worldwide,
	"portal.azure.com":                  worldwide,
	"management.azure.com":              worldwide,
	"login.microsoftonline.us":          government,
	"login.usgovcloudapi.net":           government,
	"entra.microsoft.us":                government,
	"portal.azure.us":                   government,
	"graph.microsoft.us":                {CloudGCCHigh},
	"dod-graph.microsoft.us":            {CloudDoD},
	"management.usgovcloudapi.net":      government,
	"login.partner.microsoftonline.cn":  china,
	"login.chinacloudapi.cn":            china,
	"microsoftgraph.chinacloudapi.cn":   china,
	"entra.microsoftonline.cn":          china,
	"portal.azure.cn":                   china,
	"autologon.microsoftazuread-sso.cn": china,
	"management.chinacloudapi.cn":       china,
}

// The clouds that share a sign-in host. GCC lives in the public one, DoD beside
// GCC High (entra-facts §10).
var (
	worldwide  = []Cloud{CloudPublic, CloudGCC}
	government = []Cloud{CloudGCCHigh, CloudDoD}
	china      = []Cloud{CloudChina}
)

// cloudFacts is what discovery says about a cloud; the sub-scopes were measured
// 2026-09-29 (entra-facts §10 [PUB]).
type cloudFacts struct {
	region, subScope            string
	instance, graphHost, msHost string
	login                       string
	issuer                      string  // of the first version's tokens, before the tenant's id [K]
	signIn                      []Cloud // who shares the sign-in host
}

const stsWindows = "https://sts.windows.net/"

var cloudTable = map[Cloud]cloudFacts{
	CloudPublic: {
		region: "EU", instance: "microsoftonline.com", graphHost: "graph.windows.net",
		msHost: "graph.microsoft.com", login: "login.microsoftonline.com", issuer: stsWindows, signIn: worldwide,
	},
	CloudGCC: {
		region: "NA", subScope: "GCC", instance: "microsoftonline.com", graphHost: "graph.windows.net",
		msHost: "graph.microsoft.com", login: "login.microsoftonline.com", issuer: stsWindows, signIn: worldwide,
	},
	CloudGCCHigh: {
		region: "USGov", subScope: "DODCON", instance: "microsoftonline.us", graphHost: "graph.windows.net",
		msHost: "graph.microsoft.us", login: "login.microsoftonline.us", issuer: stsWindows, signIn: government,
	},
	CloudDoD: {
		region: "USGov", subScope: "DOD", instance: "microsoftonline.us", graphHost: "graph.windows.net",
		msHost: "dod-graph.microsoft.us", login: "login.microsoftonline.us", issuer: stsWindows, signIn: government,
	},
	CloudChina: {
		region: "AS", instance: "partner.microsoftonline.cn", graphHost: "graph.chinacloudapi.cn",
		msHost: "microsoftgraph.chinacloudapi.cn", login: "login.partner.microsoftonline.cn", issuer: "https://sts.chinacloudapi.cn/", signIn: china,
	},
}

// place is where a request arrived: the clouds it can see and how its answers
// must spell their own address.
type place struct {
	host   string  // the request's Host
	prefix string  // "/_cloud/china" or ""
	clouds []Cloud // nil: every cloud
}

// base is the start of every absolute URL of an answer, without a slash at the end.
func (p place) base() string { return "https://" + p.host + p.prefix }

// sees says whether tenants of a cloud answer here.
func (p place) sees(c Cloud) bool { return p.clouds == nil || slices.Contains(p.clouds, c) }

type placeKey struct{}

// placeOf tells where a request arrived; withPlace has looked already.
func placeOf(r *http.Request) place {
	if p, ok := r.Context().Value(placeKey{}).(place); ok {
		return p
	}
	return place{host: r.Host, clouds: cloudsOf(r.Host)}
}

// withPlace reads and strips the cloud prefix, so that the routes behind it need
// not know of clouds. A Host that is no host name is refused: it would be
// repeated in every URL of the answer.
func withPlace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !plainHost(r.Host) {
			http.Error(w, "bad host", http.StatusBadRequest)
			return
		}
		p := place{host: r.Host, clouds: cloudsOf(r.Host)}
		if rest, ok := strings.CutPrefix(r.URL.Path, cloudPrefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			facts, known := cloudTable[Cloud(name)]
			if !known {
				http.NotFound(w, r)
				return
			}
			p.prefix, p.clouds = cloudPrefix+name, facts.signIn
			if isGraphPath(strings.TrimPrefix(rest, name)) {
				p.clouds = graphClouds(Cloud(name))
			}
			r = stripped(r, p.prefix)
		}
		if isGraphPath(r.URL.Path) && crossOrigin(w, r) {
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), placeKey{}, p)))
	})
}

// graphClouds are the clouds behind one cloud's Graph: there, unlike at sign-in,
// DoD and GCC High part.
func graphClouds(c Cloud) []Cloud { return cloudHosts[cloudTable[c].msHost] }

// isGraphPath says whether a path is Graph's: one that begins with a version, be it
// one that Graph has or not. The sign-in service's begin with a tenant.
func isGraphPath(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if strings.EqualFold(first, "beta") {
		return true
	}
	return len(first) > 1 && (first[0] == 'v' || first[0] == 'V') && strings.Trim(first[1:], "0123456789.") == ""
}

// stripped is the request as it would look without the prefix. An encoded path
// loses it as well, or a router would see the old one.
func stripped(r *http.Request, prefix string) *http.Request {
	c := *r
	u := *r.URL
	u.Path = strings.TrimPrefix(u.Path, prefix)
	u.RawPath = strings.TrimPrefix(u.RawPath, prefix)
	if u.Path == "" {
		u.Path = "/"
	}
	c.URL = &u
	return &c
}

func cloudsOf(host string) []Cloud {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	return cloudHosts[strings.ToLower(strings.TrimSuffix(name, "."))]
}

// plainHost accepts names, addresses and ports, and nothing that could end a URL's
// authority early.
func plainHost(host string) bool {
	if host == "" || len(host) > 260 {
		return false
	}
	return !strings.ContainsFunc(host, func(c rune) bool {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			return false
		}
		return !strings.ContainsRune(".-_:[]", c)
	})
}
