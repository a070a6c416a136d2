package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// What of an object is answered: $select, $expand.

// selection reads $select: the names, and whether there was one.
func (c *graphCall) selection(e *entity) ([]string, bool, error) {
	sel, ok := option(c.query, "select")
	if !ok || strings.TrimSpace(sel) == "" {
		return e.defaults(), false, nil
	}
	var names []string
	for name := range strings.SplitSeq(sel, ",") {
		name = strings.TrimSpace(name)
		if name == "*" {
			names = append(names, e.defaults()...)
			continue
		}
		p, ok := e.prop(name)
		switch {
		case ok:
			names = append(names, p.name)
		case strings.HasSuffix(c.root, "/beta") && hasFold(e.beta, name): // it has no value here
		default:
			return nil, false, noProperty(name, e.name)
		}
	}
	return names, true, nil
}

// selected narrows an object to what $select names, fills in what Graph prints
// of properties without a value, and adds what $expand asks for.
func (c *graphCall) selected(e *entity, o obj) (obj, error) {
	names, asked, err := c.selection(e)
	if err != nil {
		return nil, err
	}
	e = e.of(o)
	if !asked {
		names = e.defaults()
	}
	out := obj{}
	for _, n := range names {
		p, ok := e.prop(n)
		if !ok {
			continue // another type of a mixed list has it
		}
		if id, ok := o["id"].(string); ok && p.nav && e.set != "" {
			// As in samples and captures (appconsentrequest-list; CLI for Microsoft 365,
			// policy-list [PUB]).
			out[n+"@odata.context"] = c.relationContext(e, id, n)
		}
		if v, ok := o[n]; ok && v != nil && !slices.Contains(e.unread, n) {
			out[n] = v
		} else if p.list {
			out[n] = []obj{}
		} else if p.null {
			out[n] = nil
		}
	}
	if t, ok := o["@odata.type"]; ok {
		out["@odata.type"] = t
	}
	if err := c.relate(e, o, out); err != nil {
		return nil, err
	}
	c.annotate(e, o, out)
	return out, nil
}

// relate adds the relations that $expand names.
func (c *graphCall) relate(e *entity, o, out obj) error {
	for _, name := range c.expanded() {
		name, options, _ := strings.Cut(name, "(")
		rel, name, ok := e.relation(name)
		if !ok {
			return noProperty(name, e.name)
		}
		picked, ok := expandOptions(options)
		if !ok {
			return badRequest("The options of $expand=%s are not supported.", name)
		}
		if o["id"] == nil {
			continue // nothing to expand: the name alone was checked
		}
		v, err := rel(c, o)
		if err != nil {
			return err
		}
		if id, ok := o["id"].(string); ok && e.set != "" {
			out[name+"@odata.context"] = c.relationContext(e, id, name)
		}
		out[name] = narrow(v, picked)
	}
	return nil
}

// relationContext is the context of what a relation of one object leads to.
func (c *graphCall) relationContext(e *entity, id, name string) string {
	return c.root + "/$metadata#" + e.set + "('" + strings.ReplaceAll(id, "'", "''") + "')/" + name
}

// expandOptions reads what stands in the parentheses of $expand: the names of its
// $select; $levels and $top (user-list-manager) change nothing here. ok is false
// for what Graph may have and the simulator has not.
func expandOptions(text string) (names string, ok bool) {
	text, closed := strings.CutSuffix(text, ")")
	if text == "" {
		return "", true
	}
	for one := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		switch strings.ToLower(name) {
		case "$select":
			names = value
		case "$levels", "$top":
			if n, err := strconv.Atoi(value); (err != nil || n < 1) && !strings.EqualFold(value, "max") {
				return "", false
			}
		default:
			return "", false
		}
	}
	return names, closed
}

// relation is what $expand makes of a name in any case, and how it is spelled.
func (e *entity) relation(name string) (relation, string, bool) {
	for known, rel := range e.expand {
		if strings.EqualFold(known, name) {
			return rel, known, true
		}
	}
	return nil, name, false
}

// narrow applies the $select within an $expand.
func narrow(v any, names string) any {
	if names == "" {
		return v
	}
	keep := strings.Split(names, ",")
	cut := func(o obj) obj {
		out := obj{}
		for k, v := range o {
			if strings.HasPrefix(k, "@odata.") || slices.ContainsFunc(keep, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), k) }) {
				out[k] = v
			}
		}
		return out
	}
	switch v := v.(type) {
	case obj:
		return cut(v)
	case []obj:
		out := make([]obj, 0, len(v))
		for _, o := range v {
			out = append(out, cut(o))
		}
		return out
	}
	return v
}

// contextOf is @odata.context, which also says what was selected.
func (c *graphCall) contextOf(e *entity, context string) string {
	var parts []string
	if _, asked, err := c.selection(e); err == nil && asked {
		sel, _ := option(c.query, "select")
		for name := range strings.SplitSeq(sel, ",") {
			name = strings.TrimSpace(name)
			if p, ok := e.prop(name); ok {
				name = p.name
			}
			parts = append(parts, name)
		}
	}
	for _, name := range c.expanded() {
		name, _, _ = strings.Cut(name, "(")
		_, name, _ = e.relation(name)
		parts = append(parts, name+"()")
	}
	out := c.root + "/$metadata#" + context
	if len(parts) > 0 {
		out += "(" + strings.Join(parts, ",") + ")"
	}
	return out
}

// one answers a single object.
func (c *graphCall) one(e *entity, context string, o obj) (graphReply, error) {
	out, err := c.selected(e, o)
	if err != nil {
		return graphReply{}, err
	}
	out["@odata.context"] = c.contextOf(e, context) + "/$entity"
	return graphReply{http.StatusOK, out}, nil
}

// expanded are the elements of $expand, each perhaps with options of its own.
func (c *graphCall) expanded() []string {
	ex, ok := option(c.query, "expand")
	if !ok || strings.TrimSpace(ex) == "" {
		return nil
	}
	var out []string
	depth, from := 0, 0
	for i := range len(ex) {
		switch ex[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out, from = append(out, strings.TrimSpace(ex[from:i])), i+1
			}
		}
	}
	return append(out, strings.TrimSpace(ex[from:]))
}
