package sim

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// entity is a type of Graph as far as queries see it.
type entity struct {
	name string
	// props are its properties; those after a "|" are answered only when
	// selected.
	props  string
	filter []string // properties Graph can filter and sort by
	eqOnly bool
	// directory objects answer advanced queries (entra-facts §15).
	directory bool
	noQuery   bool // Graph ignores no option here: it refuses them
}

const (
	defaultPage = 100
	maxPage     = 999
)

// has says whether the type has the property.
func (e *entity) has(name string) bool {
	return slices.Contains(strings.FieldsFunc(e.props, isGap), name)
}

// defaults are the properties of an answer to a query without $select.
func (e *entity) defaults() []string {
	usual, _, _ := strings.Cut(e.props, "|")
	return strings.Fields(usual)
}

func isGap(r rune) bool { return r == ' ' || r == '|' || r == '\n' || r == '\t' }

// option reads a system query option; the dollar may be missing.
func option(q url.Values, name string) (string, bool) {
	for _, k := range []string{"$" + name, name} {
		if v, ok := q[k]; ok {
			return v[0], true
		}
	}
	return "", false
}

// checkQuery refuses options that the simulator does not know, lest a client
// believe they were honoured.
func (c *graphCall) checkQuery(rt *graphRoute) error {
	known := []string{"$select", "$expand"}
	if rt.list != nil {
		known = append(known, "$filter", "$top", "$count", "$orderby", "$skiptoken")
		if rt.list.noQuery {
			known = []string{"$select"}
		}
	}
	for name, values := range c.query {
		if !strings.HasPrefix(name, "$") {
			continue
		}
		if !slices.Contains(known, name) {
			return badRequest("The query option '%s' is not supported here.", strings.ToValidUTF8(name, "?"))
		}
		if len(values) > 1 {
			return badRequest("Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
	}
	return nil
}

// advanced says whether this is an advanced query.
func (c *graphCall) advanced() bool {
	count, _ := option(c.query, "count")
	return strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual") && strings.EqualFold(count, "true")
}

// selected narrows an object to what $select names.
func (c *graphCall) selected(e *entity, o obj) (obj, error) {
	names := e.defaults()
	if sel, ok := option(c.query, "select"); ok && strings.TrimSpace(sel) != "" {
		names = nil
		for name := range strings.SplitSeq(sel, ",") {
			name = strings.TrimSpace(name)
			if name == "*" {
				names = append(names, e.defaults()...)
				continue
			}
			if !e.has(name) {
				return nil, badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", name, e.name)
			}
			names = append(names, name)
		}
	}
	out := obj{}
	for _, n := range names {
		out[n] = o[n]
	}
	if t, ok := o["@odata.type"]; ok {
		out["@odata.type"] = t
	}
	return out, nil
}

// one answers a single object.
func (c *graphCall) one(e *entity, context string, o obj) (graphReply, error) {
	out, err := c.selected(e, o)
	if err != nil {
		return graphReply{}, err
	}
	for _, name := range c.expanded() {
		v, ok := o[name]
		if !ok {
			return graphReply{}, badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", name, e.name)
		}
		out[name] = v
	}
	out["@odata.context"] = c.root + "/$metadata#" + context + "/$entity"
	return graphReply{http.StatusOK, out}, nil
}

func (c *graphCall) expanded() []string {
	ex, ok := option(c.query, "expand")
	if !ok || ex == "" {
		return nil
	}
	var out []string
	for name := range strings.SplitSeq(ex, ",") {
		out = append(out, strings.TrimSpace(name))
	}
	return out
}

// many answers a collection: filtered, sorted, counted, paged, narrowed.
func (c *graphCall) many(e *entity, context string, items []obj) (graphReply, error) {
	items, err := c.filtered(e, items)
	if err != nil {
		return graphReply{}, err
	}
	if err := c.sorted(e, items); err != nil {
		return graphReply{}, err
	}
	out := obj{"@odata.context": c.root + "/$metadata#" + context}
	if count, ok := option(c.query, "count"); ok && strings.EqualFold(count, "true") && (!e.directory || c.advanced()) {
		out["@odata.count"] = len(items)
	}
	page, next, err := c.page(items)
	if err != nil {
		return graphReply{}, err
	}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	for _, name := range c.expanded() {
		if !e.has(name) {
			return graphReply{}, badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", name, e.name)
		}
	}
	values := make([]obj, 0, len(page))
	for _, o := range page {
		one, err := c.selected(e, o)
		if err != nil {
			return graphReply{}, err
		}
		values = append(values, one)
	}
	// A misspelt $select is an error also where nothing was found.
	if _, err := c.selected(e, obj{}); err != nil {
		return graphReply{}, err
	}
	out["value"] = values
	return graphReply{http.StatusOK, out}, nil
}

func (c *graphCall) filtered(e *entity, items []obj) ([]obj, error) {
	text, ok := option(c.query, "filter")
	if !ok || strings.TrimSpace(text) == "" {
		return items, nil
	}
	f, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	if err := f.check(e, c.advanced()); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(items, func(o obj) bool { return !f.holds(o, nil) }), nil
}

func (c *graphCall) sorted(e *entity, items []obj) error {
	text, ok := option(c.query, "orderby")
	if !ok || strings.TrimSpace(text) == "" {
		return nil
	}
	if f, ok := option(c.query, "filter"); ok && f != "" && e.directory && !c.advanced() {
		return unsupported("Sorting not supported for current query.")
	}
	field, direction, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !e.has(field) {
		return badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", field, e.name)
	}
	if !slices.Contains(e.filter, field) || direction != "" && direction != "asc" && direction != "desc" {
		return unsupported("Sorting is not supported for '%s'.", text)
	}
	slices.SortStableFunc(items, func(a, b obj) int {
		x, _ := a[field].(string)
		y, _ := b[field].(string)
		if direction == "desc" {
			x, y = y, x
		}
		return cmp.Compare(strings.ToLower(x), strings.ToLower(y))
	})
	return nil
}

// page cuts one page out, and links to the next.
func (c *graphCall) page(items []obj) ([]obj, string, error) {
	size := defaultPage
	if top, ok := option(c.query, "top"); ok {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > maxPage {
			return nil, "", badRequest("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", strings.ToValidUTF8(top, "?"), maxPage)
		}
		size = n
	}
	start := 0
	if token, ok := option(c.query, "skiptoken"); ok {
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 {
			return nil, "", badRequest("The skip token is not valid.")
		}
		start = min(n, len(items))
	}
	end := min(start+size, len(items))
	if end == len(items) {
		return items[start:end], "", nil
	}
	q := maps.Clone(c.query)
	q.Set("$skiptoken", strconv.Itoa(end))
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.r.URL.EscapedPath(), "/"), "/")
	return items[start:end], c.root + "/" + rest + "?" + q.Encode(), nil
}
