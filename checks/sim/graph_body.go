package sim

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bodies of writes, held against the table of types.

// maxDeep bounds how deeply a body may be nested.
const maxDeep = 16

// payload reads a body of a type. Only the named properties may be written; a
// property that the type lacks, one that is read-only, and one whose value has
// the wrong type are bad requests, at any depth.
func (c *graphCall) payload(kind, writable string) (map[string]json.RawMessage, error) {
	raw := map[string]any{}
	if err := json.Unmarshal(c.body, &raw); err != nil || raw == nil {
		return nil, unreadable()
	}
	if err := checkNamedType(raw, kind); err != nil {
		return nil, err
	}
	t := graphTypes().types[kind]
	may := strings.Fields(writable)
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if strings.Contains(name, "@odata.") {
			continue
		}
		p, ok := t.byName[name]
		switch {
		case !ok:
			return nil, badRequest("Invalid property '%s'.", strings.ToValidUTF8(name, "?"))
		case !slices.Contains(may, name):
			return nil, badRequest("Property '%s' is read-only and cannot be set.", name)
		}
		if err := p.checkValue(raw[name], 0); err != nil {
			return nil, err
		}
	}
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(c.body, &m); err != nil {
		return nil, unreadable()
	}
	maps.DeleteFunc(m, func(name string, _ json.RawMessage) bool { return strings.Contains(name, "@odata.") })
	return m, nil
}

// checkNamedType refuses a body that says it is of another type; the words are
// OData's.
func checkNamedType(raw map[string]any, kind string) error {
	named, ok := raw["@odata.type"]
	if !ok {
		return nil
	}
	text, _ := named.(string)
	text = strings.TrimPrefix(text, "#")
	if text == "microsoft.graph."+kind {
		return nil
	}
	if graphTypes().types[strings.TrimPrefix(text, "microsoft.graph.")] == nil {
		return badRequest("A type named '%s' could not be resolved by the model. When a model is available, each type name must resolve to a valid type.", strings.ToValidUTF8(text, "?"))
	}
	return badRequest("A resource with type '%s' was found, but it is not assignable to the expected type 'microsoft.graph.%s'.", text, kind)
}

// checkMedia wants what has a body to be JSON and to say so. The words are Graph's
// (issues microsoft-graph-docs 6486, msgraph-cli 258, msgraph-sample-pythondjangoapp
// 22 [PUB]).
func checkMedia(r *http.Request, body []byte) error {
	if len(body) == 0 || r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return nil
	}
	said := r.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(said)
	switch {
	case said == "":
		return unread("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	case err != nil || !strings.EqualFold(kind, "application/json"):
		return unread("Entity only allows writes with a JSON Content-Type header.")
	}
	return nil
}

// unreadable is what Graph says to a body that it cannot read as JSON
// (microsoft-graph-docs issue 6259 [PUB]).
func unreadable() error {
	return unread("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}

// unread is how Graph refuses what it does not come to read: before the directory
// is asked, with a code of its own.
func unread(message string) error {
	return &graphError{http.StatusBadRequest, "BadRequest", message}
}

func (p graphProp) wrong() error {
	return badRequest("The value of property '%s' has the wrong type.", p.name)
}

// checkValue holds a value against the property's type.
func (p graphProp) checkValue(v any, depth int) error {
	if depth > maxDeep {
		return badRequest("The request body is nested too deeply.")
	}
	if v == nil {
		if p.null || p.nav {
			return nil
		}
		return badRequest("The value of property '%s' must not be null.", p.name)
	}
	if !p.list {
		return p.checkOne(v, depth)
	}
	list, ok := v.([]any)
	if !ok {
		return p.wrong()
	}
	for _, e := range list {
		if e == nil {
			return p.wrong()
		}
		if err := p.checkOne(e, depth); err != nil {
			return err
		}
	}
	return nil
}

// checkOne holds one value, or one element of a list, against the type.
func (p graphProp) checkOne(v any, depth int) error {
	text, isText := v.(string)
	ok := true
	switch p.kind {
	case "any":
	case "string":
		ok = isText
	case "guid":
		ok = isText && isGUID(text)
	case "time":
		_, err := time.Parse(time.RFC3339Nano, text)
		ok = isText && err == nil
	case "boolean":
		_, ok = v.(bool)
	case "integer":
		n, is := v.(float64)
		ok = is && n == float64(int64(n)) && n >= -1<<31 && n < 1<<31
	case "number":
		_, ok = v.(float64)
	case "object":
		_, ok = v.(map[string]any)
	default:
		return p.checkNamed(v, depth)
	}
	if !ok {
		return p.wrong()
	}
	return nil
}

// checkNamed holds a value against an enum or a type of the table.
func (p graphProp) checkNamed(v any, depth int) error {
	tab := graphTypes()
	if tab.enums[p.kind] != nil {
		text, ok := v.(string)
		if _, known := tab.allows(p.kind, text); !ok || !known {
			return badRequest("Invalid value specified for property '%s'.", p.name)
		}
		return nil
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return p.wrong()
	}
	kind := p.kind
	if name, ok := doc["@odata.type"].(string); ok {
		kind = strings.TrimPrefix(name, "#microsoft.graph.")
	}
	t := tab.types[kind]
	if t == nil {
		return badRequest("A type named '%s' could not be resolved by the model.", strings.ToValidUTF8(kind, "?"))
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if strings.Contains(name, "@odata.") {
			continue
		}
		inner, ok := t.byName[name]
		if !ok {
			return badRequest("Invalid property '%s'.", strings.ToValidUTF8(name, "?"))
		}
		if err := inner.checkValue(doc[name], depth+1); err != nil {
			return err
		}
	}
	return nil
}

// note writes what the call did into the tenant's audit log. The names of
// activities follow Microsoft's where they are known (entra-facts §8), else
// general knowledge.
func (c *graphCall) note(activity, category, operation string, targets ...AuditTarget) {
	a := Audit{Activity: activity, Category: category, Operation: operation, Targets: targets}
	if c.u == nil {
		a.ByApp = c.claims.Oid
	}
	c.w.recordAudit(c.t, c.u, a)
}

// wasNow is a property that a write changed, for the audit log.
func wasNow(name string, before, after any) AuditChange {
	return AuditChange{Name: name, Old: jsonText(before), New: jsonText(after)}
}

func jsonText(v any) string {
	if v == nil {
		return ""
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
