package signin

import (
	"net/url"
	"slices"
	"strings"

	"onboard.example/checks"
)

// login is the sign-in service as the flags name it.
type login struct {
	base string // https://HOST or https://HOST/PREFIX, without a slash at the end
	// stand is set where the address stands in for all of Microsoft's sign-in
	// hosts, such as the simulator's does.
	stand bool
}

// parseLogin reads --login-url; empty is the cloud's own host.
func parseLogin(flag string, cloud checks.Cloud) (login, error) {
	if cloud == "" {
		cloud = checks.CloudPublic
	}
	ends, ok := checks.EndpointsOf(cloud)
	if !ok {
		return login{}, &InputError{Field: FieldCloud, Say: wordsCloudBad + shown(string(cloud)), Do: wordsCloudDo}
	}
	flag = strings.TrimSpace(flag)
	if flag == "" {
		return login{base: ends.Login}, nil
	}
	u, err := url.Parse(flag)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return login{}, &InputError{Field: FieldLoginURL, Say: wordsLoginBad, Do: wordsLoginDo}
	case u.Scheme != "https":
		return login{}, &InputError{Field: FieldLoginURL, Say: wordsLoginHTTPS, Do: wordsLoginDo}
	}
	base := (&url.URL{Scheme: "https", Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}).String()
	return login{base: base, stand: !checks.IsMicrosoftLogin(u.Hostname())}, nil
}

// root is one sign-in host to ask, for the clouds behind it.
type root struct {
	clouds []checks.Cloud
	base   string
	// hosts are Host headers to ask under, one after the other until a tenant
	// of these clouds is found; empty is the address's own name.
	hosts []string
}

// roots lists every distinct sign-in host, the public one first. With an
// address that stands in for all, each is asked there under its own name, which
// is how the simulator tells clouds apart; the public one first of all under the
// address's name, so that a plain proxy for it works too. One of Microsoft's own
// hosts given by flag is asked alone.
func (l login) roots(flagged bool) []root {
	var all []root
	for _, e := range checks.Clouds() {
		i := slices.IndexFunc(all, func(r root) bool { return r.base == e.Login })
		if i >= 0 {
			all[i].clouds = append(all[i].clouds, e.Cloud)
			continue
		}
		all = append(all, root{clouds: []checks.Cloud{e.Cloud}, base: e.Login, hosts: []string{""}})
	}
	if !flagged {
		return all
	}
	if !l.stand {
		c := cloudOfHost(l.base)
		i := slices.IndexFunc(all, func(r root) bool { return slices.Contains(r.clouds, c) })
		return []root{{clouds: all[i].clouds, base: l.base, hosts: []string{""}}}
	}
	for i := range all {
		all[i].hosts = []string{strings.TrimPrefix(all[i].base, "https://")}
		if i == 0 {
			all[i].hosts = append([]string{""}, all[i].hosts...)
		}
		all[i].base = l.base
	}
	return all
}

// cloudOfHost is the first cloud behind one of Microsoft's sign-in hosts.
func cloudOfHost(base string) checks.Cloud {
	host := strings.TrimPrefix(base, "https://")
	switch {
	case strings.HasSuffix(host, ".us"), strings.HasSuffix(host, ".usgovcloudapi.net"):
		return checks.CloudGCCHigh
	case strings.HasSuffix(host, ".cn"):
		return checks.CloudChina
	default:
		return checks.CloudPublic
	}
}
