package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// check looks at every property of the filter: it must exist, and Graph must
// be able to filter by it. advanced says whether the request is an advanced
// query, without which ne, not and endswith are refused (entra-facts §15).
func (n *filterNode) check(e *entity, advanced bool) error {
	switch n.op {
	case "not", "ne", "endswith":
		if !advanced {
			return unsupported("The operator '%s' needs an advanced query: ConsistencyLevel: eventual and $count=true.", n.op)
		}
	}
	if n.path != nil {
		root := n.path[0]
		if !e.has(root) {
			return badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", root, e.name)
		}
		if !slices.Contains(e.filter, root) {
			return unsupported("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", root, e.name)
		}
		if e.eqOnly && n.op != "eq" {
			return unsupported("Only the operator eq is supported for property '%s' of resource '%s'.", root, e.name)
		}
		if slices.Contains(n.path, "$count") && !advanced {
			return unsupported("Counting in a filter needs an advanced query: ConsistencyLevel: eventual and $count=true.")
		}
		if n.op == "any" {
			return nil // what is inside speaks of the elements
		}
	}
	for _, k := range n.kids {
		if err := k.check(e, advanced); err != nil {
			return err
		}
	}
	return nil
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

// same compares as the directory does: text without regard to case.
func same(have, want any) bool {
	a, isA := have.(string)
	b, isB := want.(string)
	if isA && isB {
		return strings.EqualFold(a, b)
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
