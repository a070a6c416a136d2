package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// key is what stands for {id} in a path: servicePrincipals/{value},
// servicePrincipals('value') or servicePrincipals(appId='value').
type key struct {
	name  string // "" for the plain key
	value string
}

// part is one segment of a path, with its key if written in parentheses.
type part struct {
	name string
	key  *key
}

// graphPath is a path of Graph in its parts.
type graphPath struct {
	version string
	tenant  string // from /v1.0/{tenant}/…; empty if not given
	parts   []part
}

// isBatch says whether the path is $batch, however it is spelled.
func (p graphPath) isBatch() bool {
	return len(p.parts) == 1 && strings.EqualFold(p.parts[0].name, "$batch")
}

// maxParts bounds the segments of a path.
const maxParts = 16

// splitPath reads /v1.0/[tenant|myorganization/]segments.
func splitPath(u *url.URL) (graphPath, error) {
	raw := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	p := graphPath{version: raw[0]}
	if len(raw) > maxParts {
		return p, badRequest("Too many segments.")
	}
	for _, seg := range raw[1:] {
		s, err := url.PathUnescape(seg)
		if err != nil || s == "" {
			return p, badRequest("Resource not found for the segment '%s'.", seg)
		}
		one, err := splitPart(s)
		if err != nil {
			return p, err
		}
		p.parts = append(p.parts, one)
	}
	if len(p.parts) > 1 {
		switch first := p.parts[0].name; {
		case slices.Contains([]string{"v1.0", "beta"}, strings.ToLower(first)):
			return p, badRequest("Resource not found for the segment '%s'.", first)
		case strings.EqualFold(first, "myorganization"):
			p.parts = p.parts[1:]
		case isGUID(first) || strings.Contains(first, "."):
			// Graph's own segments hold no dot but casts, which never come first.
			p.tenant, p.parts = first, p.parts[1:]
		}
	}
	if len(p.parts) == 0 {
		return p, badRequest("Resource not found for the segment '%s'.", p.version)
	}
	return p, nil
}

// splitPart reads name, name('key') or name(alternate='key').
func splitPart(s string) (part, error) {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		return part{name: s}, nil
	}
	inner, ok := strings.CutSuffix(s[open+1:], ")")
	if !ok || open == 0 {
		return part{}, badRequest("Resource not found for the segment '%s'.", s)
	}
	if inner == "" {
		return part{name: s[:open]}, nil // a function without parameters
	}
	k := key{value: inner}
	if eq := strings.IndexByte(inner, '='); eq > 0 && inner[0] != '\'' {
		k.name, k.value = inner[:eq], inner[eq+1:]
	}
	if len(k.value) < 2 || k.value[0] != '\'' || k.value[len(k.value)-1] != '\'' {
		return part{}, badRequest("The key in segment '%s' must be in single quotes.", s)
	}
	k.value = strings.ReplaceAll(k.value[1:len(k.value)-1], "''", "'")
	return part{name: s[:open], key: &k}, nil
}

// graphRoute is one operation of Graph.
type graphRoute struct {
	method  string
	pattern []string // segment names; "{}" is a key
	access  access
	list    *entity // what a collection holds; nil for anything else
	handle  func(*graphCall) (graphReply, error)
}

// write says whether the operation may change the world. delta remembers what
// it told.
func (rt *graphRoute) write() bool {
	return rt.method != http.MethodGet || rt.pattern[len(rt.pattern)-1] == "delta"
}

// on makes a route from a pattern such as "servicePrincipals/{}/owners".
func on(method, pattern string, a access, list *entity, handle func(*graphCall) (graphReply, error)) *graphRoute {
	return &graphRoute{method: method, pattern: strings.Split(pattern, "/"), access: a, list: list, handle: handle}
}

// findRoute finds the operation of a path, with its keys. A path that no
// operation has is a bad request, as an unknown segment is in Graph; a known
// path with another method is 405.
func findRoute(method string, parts []part) (*graphRoute, []key, error) {
	flat := flatten(parts)
	known := false
	for _, rt := range graphRoutes {
		keys, ok := rt.match(flat)
		if !ok {
			continue
		}
		known = true
		if rt.method == method {
			return rt, keys, nil
		}
	}
	if known {
		return nil, nil, &graphError{http.StatusMethodNotAllowed, "Request_BadRequest", "The method " + method + " is not supported here."}
	}
	return nil, nil, badRequest("Resource not found for the segment '%s'.", parts[len(parts)-1].name)
}

// flatten turns keys in parentheses into segments of their own.
func flatten(parts []part) []part {
	var out []part
	for _, p := range parts {
		out = append(out, part{name: p.name})
		if p.key != nil {
			out = append(out, part{key: p.key})
		}
	}
	return out
}

// match compares a path with the pattern, without regard to case. Functions and
// actions may be written with their namespace (OData URL Conventions §4.6, §4.7).
func (rt *graphRoute) match(parts []part) ([]key, bool) {
	if len(parts) != len(rt.pattern) {
		return nil, false
	}
	var keys []key
	for i, want := range rt.pattern {
		have := parts[i]
		switch {
		case want == "{}" && have.key != nil:
			keys = append(keys, *have.key)
		case want == "{}" && !strings.HasPrefix(have.name, "$"):
			keys = append(keys, key{value: have.name})
		case have.key != nil || want == "{}" || !strings.EqualFold(want, unqualified(have.name, want)):
			return nil, false
		}
	}
	return keys, true
}

// qualifiable are the functions and actions, which may be written with their namespace.
const qualifiable = " delta filterByCurrentUser checkMemberGroups getMemberGroups checkMemberObjects getMemberObjects getByIds evaluate revokeSignInSessions " +
	"findTenantInformationByDomainName findTenantInformationByTenantId "

// unqualified is the name of a function or an action without its namespace.
func unqualified(name, want string) string {
	const namespace = "microsoft.graph."
	if len(name) <= len(namespace) || !strings.EqualFold(name[:len(namespace)], namespace) || !strings.Contains(qualifiable, " "+want+" ") {
		return name
	}
	return name[len(namespace):]
}

// graphRoutes is every operation the simulator answers. More specific patterns come
// first.
var graphRoutes = slices.Concat(
	peopleRoutes(), memberRoutes(), roleRoutes(), directoryRoutes(), ownerRoutes(), deletedRoutes(), serviceRoutes(), grantRoutes(), assignedRoutes(), policyRoutes(), requestRoutes(),
	conditionalRoutes(), logRoutes(), settingRoutes(),
)
