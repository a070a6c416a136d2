package sim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// entity is a type of Graph as far as queries see it.
type entity struct {
	name string // in the table of types
	set  string // the entity set that single objects live in, for their links
	// usual are the properties answered without $select; empty means all but
	// the rare ones, which are answered only when selected.
	usual, rare string
	// unread are relations that print as empty lists unless they are expanded.
	unread []string
	beta   []string // properties that beta has and v1.0 has not
	filter []string // properties Graph can filter and sort by
	search []string // properties that $search looks at
	eqOnly bool
	// directory objects answer advanced queries (entra-facts §15).
	directory bool
	noQuery   bool // Graph ignores no option here: it refuses them
	skips     bool // $skip is documented
	largest   int  // of $top; 0 means maxPage
	// poly are the types that objects of a mixed list may have.
	poly map[string]*entity
	// expand makes what the relations lead to.
	expand map[string]relation
}

// relation is what $expand writes for one relation of an object.
type relation func(c *graphCall, o obj) (any, error)

const (
	defaultPage = 100
	maxPage     = 999
)

// typed is the entity's type in the metadata.
func (e *entity) typed() *graphType {
	if t := graphTypes().types[e.name]; t != nil {
		return t
	}
	return &graphType{name: e.name}
}

// noProperty is what Graph says to a name that a type does not have.
func noProperty(name, kind string) error {
	return badRequest("Could not find a property named '%s' on type 'microsoft.graph.%s'.", strings.ToValidUTF8(name, "?"), kind)
}

// prop finds a property that queries may name.
func (e *entity) prop(name string) (graphProp, bool) {
	p, ok := e.typed().find(name)
	if ok && (!p.nav || slices.Contains(strings.Fields(e.usual), p.name)) {
		return p, true
	}
	for _, sub := range e.poly {
		if p, ok := sub.prop(name); ok {
			return p, true
		}
	}
	return graphProp{}, false
}

// defaults are the properties of an answer to a query without $select.
func (e *entity) defaults() []string {
	if e.usual != "" {
		return strings.Fields(e.usual)
	}
	rare := strings.Fields(e.rare)
	return slices.DeleteFunc(e.typed().plain(), func(n string) bool { return slices.Contains(rare, n) })
}

// of is the entity of one object: itself, or the one that the object's type names.
func (e *entity) of(o obj) *entity {
	t, _ := o["@odata.type"].(string)
	if sub := e.poly[strings.TrimPrefix(t, "#microsoft.graph.")]; sub != nil {
		return sub
	}
	return e
}

// option reads a system query option; the dollar may be missing.
func option(q url.Values, name string) (string, bool) {
	for _, k := range []string{"$" + name, name} {
		if v, ok := q[k]; ok {
			return v[0], true
		}
	}
	return "", false
}

// checkQuery refuses options that the operation does not have, lest a client
// believe they were honoured.
func (c *graphCall) checkQuery(rt *graphRoute) error {
	known := []string{"$select", "$expand", "$format"}
	if e := rt.list; e != nil {
		known = append(known, "$filter", "$top", "$count", "$orderby", "$skiptoken", "$deltatoken")
		if len(e.search) > 0 {
			known = append(known, "$search")
		}
		if e.skips {
			known = append(known, "$skip")
		}
		if e.noQuery {
			known = []string{"$select"}
		}
		if rt.pattern[len(rt.pattern)-1] == "delta" {
			known = []string{"$select", "$filter", "$deltatoken"}
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
	return c.checkValues()
}

// checkValues refuses values of options that no list can honour.
func (c *graphCall) checkValues() error {
	if v, ok := option(c.query, "count"); ok && !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false") {
		return badRequest("Invalid value '%s' for $count query option found. The $count query option requires a Boolean value.", strings.ToValidUTF8(v, "?"))
	}
	if v, ok := option(c.query, "filter"); ok && strings.TrimSpace(v) == "" {
		return badRequest("Invalid filter clause: the filter is empty.")
	}
	return nil
}

// advanced says whether this is an advanced query.
func (c *graphCall) advanced() bool {
	count, _ := option(c.query, "count")
	return strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual") && strings.EqualFold(count, "true")
}

// many answers a collection: filtered, searched, sorted, counted, paged, narrowed.
func (c *graphCall) many(e *entity, context string, items []obj) (graphReply, error) {
	items, err := c.filtered(e, items)
	if err != nil {
		return graphReply{}, err
	}
	if items, err = c.searched(e, items); err != nil {
		return graphReply{}, err
	}
	if err := c.sorted(e, items); err != nil {
		return graphReply{}, err
	}
	out := obj{"@odata.context": c.contextOf(e, context)}
	if count, ok := option(c.query, "count"); ok && strings.EqualFold(count, "true") && (!e.directory || c.advanced()) {
		out["@odata.count"] = len(items)
	}
	page, next, err := c.page(e, items)
	if err != nil {
		return graphReply{}, err
	}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	values := make([]obj, 0, len(page))
	for _, o := range page {
		one, err := c.selected(e, o)
		if err != nil {
			return graphReply{}, err
		}
		values = append(values, one)
	}
	// A misspelt $select or $expand is an error also where nothing was found, or
	// nothing but the number is answered.
	if _, err := c.selected(e, obj{}); err != nil {
		return graphReply{}, err
	}
	if c.counting {
		return graphReply{http.StatusOK, plainCount(len(items))}, nil
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
	type key struct {
		path []string
		down bool
	}
	var keys []key
	for one := range strings.SplitSeq(text, ",") {
		field, direction, _ := strings.Cut(strings.TrimSpace(one), " ")
		direction = strings.ToLower(strings.TrimSpace(direction))
		path, err := e.sortPath(field)
		switch {
		case err != nil:
			return err
		case !slices.Contains(e.filter, path[0]) || direction != "" && direction != "asc" && direction != "desc":
			return unsupported("Sorting is not supported for '%s'.", strings.ToValidUTF8(text, "?"))
		}
		keys = append(keys, key{path, direction == "desc"})
	}
	slices.SortStableFunc(items, func(a, b obj) int {
		for _, k := range keys {
			x, y := lookup(a, nil, k.path), lookup(b, nil, k.path)
			n := cmp.Compare(strings.ToLower(sortText(x)), strings.ToLower(sortText(y)))
			if k.down {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return nil
}

// sortPath spells a path of $orderby as the table of types does.
func (e *entity) sortPath(field string) ([]string, error) {
	path := strings.Split(field, "/")
	p, ok := e.prop(path[0])
	if !ok {
		return nil, noProperty(path[0], e.name)
	}
	path[0] = p.name
	for i, name := range path[1:] {
		within := p.kind
		if t := graphTypes().types[within]; t != nil {
			p, ok = t.find(name)
		} else {
			ok = false
		}
		if !ok {
			return nil, noProperty(name, within)
		}
		path[i+1] = p.name
	}
	return path, nil
}

// sortText is a value as it sorts: text as it is, numbers by size.
func sortText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return fmt.Sprintf("%020d", v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// page cuts one page out, and links to the next.
func (c *graphCall) page(e *entity, items []obj) ([]obj, string, error) {
	size, most := defaultPage, cmp.Or(e.largest, maxPage)
	if top, ok := option(c.query, "top"); ok {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > most {
			return nil, "", badRequest("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", strings.ToValidUTF8(top, "?"), most)
		}
		size = n
	}
	start := 0
	if token, ok := option(c.query, "skiptoken"); ok { // a link's own place is counted from the start of all
		n, ok := c.pageAt(token)
		if !ok {
			return nil, "", badRequest("The skiptoken is not valid.")
		}
		start = min(n, len(items))
	} else if skip, ok := option(c.query, "skip"); ok {
		n, err := strconv.Atoi(skip)
		if err != nil || n < 0 {
			return nil, "", badRequest("Invalid value '%s' for $skip query option found. The $skip query option requires a non-negative integer value.", strings.ToValidUTF8(skip, "?"))
		}
		start = min(n, len(items))
	}
	end := min(start+size, len(items))
	if end == len(items) {
		return items[start:end], "", nil
	}
	q := maps.Clone(c.query)
	q.Del("$skip")
	q.Set("$skiptoken", c.pageToken(end))
	return items[start:end], c.here() + "?" + q.Encode(), nil
}

// pageToken names a place in this list, for the link to the next page: opaque, as
// Graph's are (paging), so that nobody counts on making them up.
func (c *graphCall) pageToken(n int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%08x", n, c.pageSum(n)))
}

// pageAt is the place that a token of this list names.
func (c *graphCall) pageAt(token string) (int, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	place, _, _ := strings.Cut(string(raw), ".")
	n, err := strconv.Atoi(place)
	return n, err == nil && n >= 0 && c.pageToken(n) == token
}

func (c *graphCall) pageSum(n int) uint32 {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %s %d", c.t.ID, strings.ToLower(c.r.URL.Path), n)
	return h.Sum32()
}

// here is the URL of the call without its query, at the host that was asked.
func (c *graphCall) here() string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.r.URL.EscapedPath(), "/"), "/")
	return c.root + "/" + rest
}
