package sim

import (
	"slices"
	"strings"
)

// What a scope parameter means.

// scopeSet is a request's scopes, understood.
type scopeSet struct {
	raw      []string     // as asked, each once
	list     []AskedScope // what has to be consented to
	resource string       // appId of the API the token is for
	audience string       // as the client spelled the API; empty for bare names
	mixed    bool         // more than one API: fine to consent to, not for one token
	all      bool         // .default
}

const maxScopes = 200

// oidcScopes belong to sign-in itself and go with any API.
var oidcScopes = []string{"openid", "profile", "email", "offline_access"}

func isOIDC(scope string) bool {
	return slices.ContainsFunc(oidcScopes, func(o string) bool { return strings.EqualFold(o, scope) })
}

// readScopes understands a scope parameter for an app.
func (s *Sim) readScopes(reg *Registration, t *Tenant, raw string) (scopeSet, *refusal) {
	set := scopeSet{raw: union(nil, strings.Fields(raw))}
	if len(set.raw) == 0 {
		return set, refuse(900144, "scope")
	}
	if len(set.raw) > maxScopes {
		return set, refuse(70011, clip(raw))
	}
	named := false
	for _, one := range set.raw {
		asked, ok := s.world.resolveScope(one)
		switch {
		case asked.Resource == "":
			return set, refuse(500011, clip(one[:strings.LastIndexByte(one, '/')]), tenantTitle(t))
		case !ok:
			return set, refuse(650053, reg.Name, clip(asked.Value), asked.Resource)
		case isOIDC(one):
			set.list = append(set.list, asked)
			continue
		}
		set.mixed = set.mixed || set.resource != "" && set.resource != asked.Resource
		if set.resource == "" {
			set.resource = asked.Resource
			if i := strings.LastIndexByte(one, '/'); i >= 0 {
				set.audience = one[:i]
			}
		}
		if asked.Value == ".default" {
			set.all = true
			continue
		}
		named = true
		set.list = append(set.list, asked)
	}
	if set.all && named {
		return set, refuse(70011, clip(raw)+" .default scope can't be combined with resource-specific scopes.")
	}
	if set.resource == reg.AppID && set.audience != "" && !isGUID(set.audience) {
		return set, refuse(90009, reg.AppID)
	}
	if set.resource == "" {
		set.resource = graphAppID
	}
	if set.all {
		set.list = append(set.list, reg.requiredScopes("")...)
	}
	set.list = uniqueScopes(set.list)
	return set, nil
}

func uniqueScopes(list []AskedScope) []AskedScope {
	var out []AskedScope
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func tenantTitle(t *Tenant) string {
	if t == nil {
		return wordsOrganizations
	}
	return t.Name
}
