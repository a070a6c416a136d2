package sim

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// What Graph says of itself: its versions, its root, its metadata. None of it
// needs a token (general knowledge).

// graphVersions are the versions there are.
var graphVersions = []string{"v1.0", "beta"}

// aboutGraph answers a call that is about Graph itself. It says whether it was.
func (s *Sim) aboutGraph(w http.ResponseWriter, r *http.Request) bool {
	version, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	rest = strings.ToLower(rest)
	switch {
	case !hasFold(graphVersions, version):
		// The words are general knowledge.
		writeGraphError(w, r, s.now(), &graphError{http.StatusBadRequest, "BadRequest", "Invalid version: " + strings.ToValidUTF8(version, "?")})
	case rest != "" && rest != "$metadata":
		return false
	case r.Method != http.MethodGet:
		writeGraphError(w, r, s.now(), &graphError{http.StatusMethodNotAllowed, "Request_BadRequest", "The method " + r.Method + " is not supported here."})
	case rest == "":
		writeServiceDocument(w, r)
	default:
		w.Header().Set("OData-Version", "4.0")
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write(graphMetadata())
	}
	return true
}

// rootSets are the entity sets of the root, with their types.
func rootSets() map[string]string {
	out := map[string]string{"directoryObjects": "directoryObject"}
	for _, rt := range graphRoutes {
		if rt.list != nil && len(rt.pattern) == 1 && rt.pattern[0] == rt.list.set {
			out[rt.pattern[0]] = rt.list.name
		}
	}
	return out
}

// writeServiceDocument lists what is at the root (OData Protocol 4.01 §11.1.1).
func writeServiceDocument(w http.ResponseWriter, r *http.Request) {
	list := []obj{}
	for _, name := range sortedKeys(rootSets()) {
		list = append(list, obj{"name": name, "kind": "EntitySet", "url": name})
	}
	list = append(list, obj{"name": "me", "kind": "Singleton", "url": "me"})
	body, err := json.Marshal(obj{"@odata.context": graphRoot(r) + "/$metadata", "value": list})
	if err != nil {
		http.Error(w, "no service document", http.StatusInternalServerError)
		return
	}
	w.Header().Set("OData-Version", "4.0")
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	_, _ = w.Write(body)
}

// The elements of CSDL that describe the simulator's types.
type (
	csdlProp struct {
		Name     string `xml:",attr"`
		Type     string `xml:",attr"`
		Nullable string `xml:",attr,omitempty"`
	}
	csdlType struct {
		Name  string     `xml:",attr"`
		Key   *csdlKey   `xml:"Key"`
		Props []csdlProp `xml:"Property"`
		Navs  []csdlProp `xml:"NavigationProperty"`
	}
	csdlKey struct {
		Ref struct {
			Name string `xml:",attr"`
		} `xml:"PropertyRef"`
	}
	csdlEnum struct {
		Name    string       `xml:",attr"`
		IsFlags bool         `xml:",attr,omitempty"`
		Members []csdlMember `xml:"Member"`
	}
	csdlMember struct {
		Name  string `xml:",attr"`
		Value int    `xml:",attr"`
	}
	csdlSet struct {
		Name       string `xml:",attr"`
		EntityType string `xml:",attr,omitempty"`
		Type       string `xml:",attr,omitempty"`
	}
	csdlSchema struct {
		XMLName   xml.Name   `xml:"http://docs.oasis-open.org/odata/ns/edm Schema"`
		Namespace string     `xml:",attr"`
		Enums     []csdlEnum `xml:"EnumType"`
		Entities  []csdlType `xml:"EntityType"`
		Complex   []csdlType `xml:"ComplexType"`
		Container struct {
			Name      string    `xml:",attr"`
			Sets      []csdlSet `xml:"EntitySet"`
			Singleton csdlSet   `xml:"Singleton"`
		} `xml:"EntityContainer"`
	}
)

// graphMetadata is the part of Graph's metadata that the simulator answers by.
// Types stand for themselves in it: which derives from which is not told.
func graphMetadata() []byte {
	tab := graphTypes()
	schema := csdlSchema{Namespace: "microsoft.graph"}
	for _, name := range sortedKeys(tab.enums) {
		e := csdlEnum{Name: name, IsFlags: tab.flags[name]}
		for i, v := range tab.enums[name] {
			if e.IsFlags {
				i = 1 << i >> 1
			}
			e.Members = append(e.Members, csdlMember{v, i})
		}
		schema.Enums = append(schema.Enums, e)
	}
	for _, name := range sortedKeys(tab.types) {
		one := tab.types[name].csdl()
		if one.Key != nil {
			schema.Entities = append(schema.Entities, one)
		} else {
			schema.Complex = append(schema.Complex, one)
		}
	}
	sets := rootSets()
	schema.Container.Name = "GraphService"
	for _, name := range sortedKeys(sets) {
		schema.Container.Sets = append(schema.Container.Sets, csdlSet{Name: name, EntityType: "microsoft.graph." + sets[name]})
	}
	schema.Container.Singleton = csdlSet{Name: "me", Type: "microsoft.graph.user"}
	body, err := xml.Marshal(schema)
	if err != nil {
		return nil
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>%s</edmx:DataServices></edmx:Edmx>`, body)
}

// csdl describes the type; one with an id is an entity.
func (t *graphType) csdl() csdlType {
	out := csdlType{Name: t.name}
	if slices.ContainsFunc(t.props, func(p graphProp) bool { return p.name == "id" }) {
		out.Key = &csdlKey{}
		out.Key.Ref.Name = "id"
	}
	for _, p := range t.props {
		one := csdlProp{Name: p.name, Type: p.edm()}
		if p.kind == "any" || p.kind == "object" {
			one.Type = "Edm.Untyped"
		}
		switch {
		case p.nav && one.Type == "Edm.Untyped":
			continue // leads to types beyond the simulator's
		case p.nav:
			out.Navs = append(out.Navs, one)
			continue
		case !p.null && !p.list:
			one.Nullable = "false"
		}
		out.Props = append(out.Props, one)
	}
	return out
}
