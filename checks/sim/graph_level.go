package sim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// How much metadata an answer carries: none, minimal (the default) or full.

// metadataLevel reads odata.metadata of the Accept header, or of $format.
func metadataLevel(r *http.Request) string {
	format := ""
	if q, err := queryOf(r.URL); err == nil {
		format, _ = option(q, "format")
	}
	for _, text := range []string{format, r.Header.Get("Accept")} {
		_, level, ok := strings.Cut(strings.ToLower(text), "odata.metadata=")
		if !ok {
			continue
		}
		level, _, _ = strings.Cut(level, ";")
		level, _, _ = strings.Cut(level, ",")
		switch level = strings.TrimSpace(level); level {
		case "none", "full":
			return level
		}
	}
	return "minimal"
}

// annotate adds to an object what full metadata tells of it: its type, its
// links, the types of what JSON cannot tell.
func (c *graphCall) annotate(e *entity, o, out obj) {
	if c.level != "full" {
		return
	}
	out["@odata.type"] = "#microsoft.graph." + e.name
	if id, ok := o["id"].(string); ok && e.set != "" {
		at := e.set + "('" + strings.ReplaceAll(id, "'", "''") + "')"
		out["@odata.id"], out["@odata.editLink"] = c.root+"/"+at, at
		for _, p := range e.typed().props {
			if p.nav && e.expand[p.name] != nil && out[p.name] == nil {
				out[p.name+"@odata.navigationLink"] = c.root + "/" + at + "/" + p.name
				out[p.name+"@odata.associationLink"] = c.root + "/" + at + "/" + p.name + "/$ref"
			}
		}
	}
	for _, p := range e.typed().props {
		if _, there := out[p.name]; there && !p.nav {
			if t := p.told(); t != "" {
				out[p.name+"@odata.type"] = t
			}
		}
	}
}

// told is how full metadata names a property's type; empty where JSON says it.
func (p graphProp) told() string {
	tab := graphTypes()
	name := ""
	switch p.kind {
	case "time":
		name = "DateTimeOffset"
	case "guid":
		name = "Guid"
	case "string":
		if p.list {
			name = "String"
		}
	default:
		if _, enum := tab.enums[p.kind]; enum || p.list && tab.types[p.kind] != nil {
			name = "microsoft.graph." + p.kind
		}
	}
	switch {
	case name == "":
		return ""
	case p.list:
		return "#Collection(" + name + ")"
	}
	return "#" + name
}

// bare takes every control member out but those that metadata=none keeps.
func bare(v any) any {
	switch v := v.(type) {
	case obj:
		out := make(obj, len(v))
		for k, inner := range v {
			if strings.Contains(k, "@odata.") && k != "@odata.nextLink" && k != "@odata.deltaLink" && k != "@odata.count" {
				continue
			}
			out[k] = bare(inner)
		}
		return out
	case map[string]any:
		return bare(obj(v))
	case []obj:
		out := make([]any, 0, len(v))
		for _, o := range v {
			out = append(out, bare(o))
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, o := range v {
			out = append(out, bare(o))
		}
		return out
	}
	return v
}

// told expands a relation that the object holds already.
func told(name string) relation {
	return func(_ *graphCall, o obj) (any, error) { return o[name], nil }
}

// plainCount is the answer to …/$count: a number as text.
type plainCount int

// complete fills a document of a type in as Graph prints it: what it leaves out
// is null or an empty list.
func complete(kind string, doc map[string]any) obj {
	t := graphTypes().types[kind]
	if t == nil || doc == nil {
		return doc
	}
	out := obj{}
	if v, ok := doc["@odata.type"]; ok {
		out["@odata.type"] = v
	}
	for _, p := range t.props {
		v, there := doc[p.name]
		inner, isDoc := v.(map[string]any)
		switch {
		case isDoc:
			out[p.name] = complete(p.kind, inner)
		case there && v != nil:
			out[p.name] = v
		case p.nav:
		case p.list:
			out[p.name] = []obj{}
		case p.null:
			out[p.name] = nil
		}
	}
	return out
}

// copyDoc is a deep copy of a JSON document.
func copyDoc(doc map[string]any) map[string]any {
	raw, err := json.Marshal(doc)
	if err != nil {
		return map[string]any{}
	}
	out := map[string]any{}
	if json.Unmarshal(raw, &out) != nil {
		return map[string]any{}
	}
	return out
}
