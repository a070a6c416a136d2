package checks

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"onboard.example/checks/consent"
)

// Cloud is one of Microsoft's clouds by the name that flags and JSON use.
type Cloud string

// The clouds (entra-facts §10). GCC tenants live at the public endpoints.
const (
	CloudPublic  Cloud = "public"
	CloudGCC     Cloud = "gcc"
	CloudGCCHigh Cloud = "gcc-high"
	CloudDoD     Cloud = "dod"
	CloudChina   Cloud = "china"
)

// Endpoints are the roots of one cloud, https, without a trailing slash.
type Endpoints struct {
	Cloud  Cloud
	Title  string
	Login  string
	Graph  string
	Portal string // the Entra admin center
}

// Clouds lists every cloud once, the public one first. Login and Graph roots:
// learn.microsoft.com/graph/deployments; portal roots are general knowledge
// and are only ever printed as links.
func Clouds() []Endpoints {
	return []Endpoints{
		{CloudPublic, "public cloud", "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://entra.microsoft.com"},
		{CloudGCC, "US Government GCC", "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://entra.microsoft.com"},
		{CloudGCCHigh, "US Government GCC High", "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://entra.microsoft.us"},
		{CloudDoD, "US Government DoD", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://entra.microsoft.us"},
		{CloudChina, "China cloud (21Vianet)", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn", "https://entra.microsoftonline.cn"},
	}
}

// EndpointsOf gives the roots of a cloud; ok is false for a name that is none.
func EndpointsOf(c Cloud) (e Endpoints, ok bool) {
	for _, e := range Clouds() {
		if e.Cloud == c {
			return e, true
		}
	}
	return Endpoints{}, false
}

// Well-known resources, by appId (entra-facts §14).
const (
	MicrosoftGraph = consent.MicrosoftGraph
	ExchangeOnline = consent.ExchangeOnline
)

// OtherService names the hosts that are asked in place of Microsoft's own, given
// the roots that replace those of a cloud; empty: Microsoft is asked. What such a
// service says proves nothing of a real tenant, and everything that is kept of it
// says so first.
func OtherService(roots ...string) string {
	var out []string
	for _, root := range roots {
		if root == "" {
			continue
		}
		host := root
		if u, err := url.Parse(root); err == nil && u.Host != "" {
			host = u.Host
		}
		if host = Line(strings.ToLower(host), mostHost); !microsofts(host) && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	return strings.Join(out, ", ")
}

// mostHost bounds the name of a service in a line, in characters.
const mostHost = 255

// microsofts says whether a host is that of a cloud's sign-in or Graph.
func microsofts(host string) bool {
	return slices.ContainsFunc(Clouds(), func(e Endpoints) bool { return "https://"+host == e.Login || "https://"+host == e.Graph })
}

// ServiceNote is the line that stands first in what is kept of another service;
// empty: Microsoft was asked.
func ServiceNote(service string) string {
	if service == "" {
		return ""
	}
	return fmt.Sprintf(sayOtherService, Line(service, maxDetail))
}
