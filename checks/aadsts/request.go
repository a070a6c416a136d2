package aadsts

import (
	"slices"
	"strings"
)

// loginHosts are the hosts of Microsoft's sign-in, in every cloud
// (entra-facts §10).
var loginHosts = []string{
	"login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net", "login.microsoftonline.us",
	"login.partner.microsoftonline.cn", "login.chinacloudapi.cn", "login.microsoftonline.de", "login.live.com",
}

// hostOf is the host of a request or, where there is none, the one that a text
// names of a cloud other than the public one.
func hostOf(request, s string) string {
	if request != "" {
		return request
	}
	for _, host := range loginHosts {
		if lookupAt(host, 0) == LookupURL(0) {
			continue
		}
		if at := strings.Index(s, host); at >= 0 {
			end := at + len(host)
			if end == len(s) || !isKey(s[end]) || s[end] == '.' && (end+1 == len(s) || !isWord(s[end+1])) {
				return host
			}
		}
	}
	return ""
}

// maxAddress is how much of an address's path is read.
const maxAddress = 512

// readRequest finds the first sign-in or consent address in a text.
func (f *facts) readRequest(s string) {
	r := &f.answer.Request
	for i, tries := 0, 0; tries < maxTries; tries++ {
		at := strings.Index(s[i:], "://")
		if at < 0 {
			return
		}
		i += at + 3
		rest := s[i:min(len(s), i+maxAddress)]
		host, path, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(strings.ToLower(host), ":")
		if !slices.Contains(loginHosts, host) {
			continue
		}
		if end := strings.IndexAny(path, "?# \n\"'<>\\"); end >= 0 {
			path = path[:end]
		}
		tenant, endpoint, _ := strings.Cut(path, "/")
		kind, version := endpointOf(endpoint)
		if kind == "" {
			if kind, version = endpointOf(path); kind == "" {
				continue
			}
			tenant = ""
		}
		r.Kind, r.Version, r.Host = kind, version, host
		f.requestTenant(tenant)
		return
	}
}

// endpointOf reads what an address is for from its path behind the tenant.
func endpointOf(path string) (kind, version string) {
	version = "1.0"
	if strings.Contains(path, "v2.0") {
		version = "2.0"
	}
	path = strings.ToLower(path)
	switch last := path[strings.LastIndexByte(path, '/')+1:]; last {
	case "authorize", "adminconsent", "token", "devicecode":
		return last, version
	}
	return "", ""
}

// requestTenant keeps the tenant that an address names.
func (f *facts) requestTenant(tenant string) {
	t := strings.ToLower(tenant)
	switch t {
	case "common", "organizations", "consumers":
		f.answer.Request.Tenant = t
		return
	}
	id, name := guid(t), domain(t)
	if id != "" {
		f.answer.Request.Tenant = id
		set(&f.answer.Tenant.ID, id)
	} else if name != "" {
		f.answer.Request.Tenant = name
		set(&f.answer.Tenant.Name, name)
	}
}
