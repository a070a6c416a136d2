package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check looks at every property of the filter: it must exist, and Graph must
// be able to filter by it. advanced says whether the request is an advanced
// query, without which ne, not and endswith are refused on directory objects
// (entra-facts §15).
func (n *filterNode) check(e *entity, advanced bool) error { return n.checkIn(e, advanced, nil) }

// checkIn is check with the kinds of what any has bound.
func (n *filterNode) checkIn(e *entity, advanced bool, bound map[string]string) error {
	switch n.op {
	case "not", "ne", "endswith":
		if e.directory && !advanced {
			return unsupported("The operator '%s' needs an advanced query: ConsistencyLevel: eventual and $count=true.", n.op)
		}
	}
	if n.path != nil {
		end, err := n.checkPath(e, bound)
		if err != nil {
			return err
		}
		if slices.Contains(n.path, "$count") && !advanced {
			return unsupported("Counting in a filter needs an advanced query: ConsistencyLevel: eventual and $count=true.")
		}
		if err := n.checkKinds(end); err != nil {
			return err
		}
		if n.op == "any" && n.bound != "" {
			inner := maps.Clone(bound)
			if inner == nil {
				inner = map[string]string{}
			}
			inner[n.bound] = end.kind
			bound = inner
		}
	}
	for _, k := range n.kids {
		if err := k.checkIn(e, advanced, bound); err != nil {
			return err
		}
	}
	return nil
}

// checkPath follows a path through the table of types, and spells it as the
// table does; the result is its end. What begins with a bound variable speaks
// of an element.
func (n *filterNode) checkPath(e *entity, bound map[string]string) (graphProp, error) {
	kind, isBound := bound[n.path[0]]
	at := graphProp{kind: kind}
	if !isBound {
		var err error
		if at, err = n.checkRoot(e); err != nil {
			return at, err
		}
		n.path[0] = at.name
	}
	for i, name := range n.path[1:] {
		if name == "$count" {
			return graphProp{name: name, kind: "integer"}, nil
		}
		t := graphTypes().types[at.kind]
		if t == nil {
			return graphProp{name: name, kind: "any"}, nil // plain values have nothing within
		}
		p, ok := t.find(name)
		if !ok {
			return p, noProperty(name, at.kind)
		}
		n.path[i+1], at = p.name, p
	}
	return at, nil
}

// checkRoot is the property that a path begins with.
func (n *filterNode) checkRoot(e *entity) (graphProp, error) {
	p, ok := e.prop(n.path[0])
	if nav, is := e.typed().find(n.path[0]); !ok && is && slices.Contains(e.filter, nav.name) {
		p, ok = nav, true
	}
	switch {
	case !ok:
		return p, noProperty(n.path[0], e.name)
	case !slices.Contains(e.filter, p.name):
		return p, unsupported("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", p.name, e.name)
	case e.eqOnly && n.op != "eq":
		return p, unsupported("Only the operator eq is supported for property '%s' of resource '%s'.", p.name, e.name)
	}
	return p, nil
}

// holds evaluates the filter for one object; vars are bound elements.
func (n *filterNode) holds(o obj, vars map[string]any) bool {
	switch n.op {
	case "and":
		return !slices.ContainsFunc(n.kids, func(k *filterNode) bool { return !k.holds(o, vars) })
	case "or":
		return slices.ContainsFunc(n.kids, func(k *filterNode) bool { return k.holds(o, vars) })
	case "not":
		return !n.kids[0].holds(o, vars)
	case "any":
		return n.any(o, vars)
	}
	have := lookup(o, vars, n.path)
	switch n.op {
	case "in":
		return slices.ContainsFunc(n.value, func(v any) bool { return same(have, v) })
	case "eq":
		return same(have, n.value[0])
	case "ne":
		return !same(have, n.value[0])
	}
	a, ok := ordered(have)
	b, isText := ordered(n.value[0])
	if !ok || !isText {
		return false
	}
	switch n.op {
	case "startswith":
		return strings.HasPrefix(a, b)
	case "endswith":
		return strings.HasSuffix(a, b)
	case "ge":
		return a >= b
	case "gt":
		return a > b
	case "le":
		return a <= b
	}
	return a < b // lt
}

// ordered is a value in a form in which text, moments and numbers compare.
func ordered(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC().Format("2006-01-02T15:04:05.000000000Z"), true
		}
		return strings.ToLower(v), true
	case int:
		return fmt.Sprintf("%020d", v), true
	case float64:
		return fmt.Sprintf("%020d", int64(v)), true
	}
	return "", false
}

func (n *filterNode) any(o obj, vars map[string]any) bool {
	for _, element := range elements(lookup(o, vars, n.path)) {
		if n.bound == "" {
			return true
		}
		inner := map[string]any{n.bound: element}
		for k, v := range vars {
			if k != n.bound {
				inner[k] = v
			}
		}
		if n.kids[0].holds(o, inner) {
			return true
		}
	}
	return false
}

func elements(v any) []any {
	var out []any
	switch v := v.(type) {
	case []string:
		for _, e := range v {
			out = append(out, e)
		}
	case []any:
		return v
	case []obj:
		for _, e := range v {
			out = append(out, e)
		}
	}
	return out
}

// lookup follows a path from a bound element or from the object.
func lookup(o obj, vars map[string]any, path []string) any {
	var at any = o
	if v, ok := vars[path[0]]; ok {
		at, path = v, path[1:]
	}
	for _, name := range path {
		if name == "$count" {
			return len(elements(at))
		}
		m, ok := at.(obj)
		if plain, is := at.(map[string]any); is {
			m, ok = plain, true
		}
		if !ok {
			return nil
		}
		at = m[name]
	}
	return at
}

// same compares as the directory does: text without regard to case, moments
// however they are spelled.
func same(have, want any) bool {
	a, isA := have.(string)
	b, isB := want.(string)
	if isA && isB {
		if strings.EqualFold(a, b) {
			return true
		}
		x, errX := time.Parse(time.RFC3339Nano, a)
		y, errY := time.Parse(time.RFC3339Nano, b)
		return errX == nil && errY == nil && x.Equal(y)
	}
	switch have := have.(type) {
	case int:
		f, ok := want.(float64)
		return ok && float64(have) == f
	case bool, nil:
		return have == want
	}
	return false
}
