package sim

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// The types of Graph v1.0: names, properties, nullability, enums. The table is
// made from Microsoft's metadata [MM]; a test holds it to that.

//go:embed data/graph-types.txt
var graphTypesText string

// graphProp is one property of a type.
type graphProp struct {
	name string
	// kind is string, boolean, integer, number, time, guid, any, object, or the
	// name of a type or enum.
	kind string
	list bool
	null bool
	nav  bool // a relation: answered only when expanded
}

// graphType is a type, with its properties by name.
type graphType struct {
	name   string
	props  []graphProp
	byName map[string]graphProp
}

// plain are the names of the properties that are no relations.
func (t *graphType) plain() []string {
	var out []string
	for _, p := range t.props {
		if !p.nav {
			out = append(out, p.name)
		}
	}
	return out
}

// find is the property of a name, written in any case: so Graph reads the names
// in a query.
func (t *graphType) find(name string) (graphProp, bool) {
	if p, ok := t.byName[name]; ok {
		return p, true
	}
	i := slices.IndexFunc(t.props, func(p graphProp) bool { return strings.EqualFold(p.name, name) })
	if i < 0 {
		return graphProp{}, false
	}
	return t.props[i], true
}

// typeTable holds every type and enum.
type typeTable struct {
	types map[string]*graphType
	enums map[string][]string
	flags map[string]bool // enums of which several values may be given
}

// graphTypes is the table, read once.
var graphTypes = sync.OnceValue(func() typeTable {
	tab := typeTable{types: map[string]*graphType{}, enums: map[string][]string{}, flags: map[string]bool{}}
	for line := range strings.Lines(graphTypesText) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		what, name, rest := words[0], words[1], words[2:]
		if what != "type" {
			tab.enums[name], tab.flags[name] = rest, what == "flags"
			continue
		}
		t := &graphType{name: name, byName: map[string]graphProp{}}
		for _, w := range rest {
			p := readProp(w)
			t.props, t.byName[p.name] = append(t.props, p), p
		}
		tab.types[name] = t
	}
	return tab
})

// readProp reads name:kind, [kind] for lists, then ? for nullable and @ for a
// relation.
func readProp(w string) graphProp {
	name, kind, _ := strings.Cut(w, ":")
	p := graphProp{name: name}
	kind, p.nav = strings.CutSuffix(kind, "@")
	kind, p.null = strings.CutSuffix(kind, "?")
	if inner, ok := strings.CutPrefix(kind, "["); ok {
		p.list, kind = true, strings.TrimSuffix(inner, "]")
	}
	p.kind = kind
	return p
}

// allows says whether an enum has the value, in any case, and how it spells it.
func (tab typeTable) allows(enum, value string) (string, bool) {
	values := tab.enums[enum]
	if !tab.flags[enum] {
		i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, value) })
		if i < 0 {
			return "", false
		}
		return values[i], true
	}
	var out []string
	for _, one := range splitFlags(value) {
		i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, one) })
		if i < 0 {
			return "", false
		}
		out = append(out, values[i])
	}
	return strings.Join(out, ","), len(out) > 0
}
