package sim

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write data/graph-types.txt anew from the metadata")

// openAPI is Microsoft's v1.0 metadata as OpenAPI, trimmed to what onboard
// speaks of (testdata/openapi-trim.json.gz: 30 KB, 480 KB unpacked).
var openAPI = sync.OnceValues(func() (map[string]any, error) {
	f, err := os.Open("testdata/openapi-trim.json.gz")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var doc map[string]any
	return doc, json.NewDecoder(z).Decode(&doc)
})

func metadata(t testing.TB) map[string]any {
	t.Helper()
	doc, err := openAPI()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// typeWriter turns schemas into the lines of data/graph-types.txt.
type typeWriter struct {
	schemas map[string]any
	seen    map[string]bool
	lines   []string
}

func refOf(v any) string {
	m, _ := v.(map[string]any)
	ref, _ := m["$ref"].(string)
	return strings.TrimPrefix(ref, "#/components/schemas/")
}

// kind spells the type of one property.
func (w *typeWriter) kind(v map[string]any, nav bool) string {
	null := ""
	if list, ok := v["anyOf"].([]any); ok {
		if last, _ := list[len(list)-1].(map[string]any); last["type"] == "null" {
			null = "?"
			inner, _ := list[0].(map[string]any)
			v = inner
		}
	}
	if ref := refOf(v); ref != "" {
		w.follow(ref, nav)
		return strings.TrimSuffix(ref, ".any") + null
	}
	name, _ := v["type"].(string)
	if list, ok := v["type"].([]any); ok {
		null = "?"
		name, _ = list[0].(string)
	}
	switch {
	case v["format"] == "date-time":
		return "time" + null
	case name == "array":
		items, _ := v["items"].(map[string]any)
		return "[" + w.kind(items, nav) + "]" + null
	case name == "string" && strings.HasPrefix(fmt.Sprint(v["pattern"]), "^[0-9a-fA-F]{8}"):
		return "guid" + null
	case name == "":
		return "any" + null
	}
	return name + null
}

// follow writes the types that a type is made of. What a navigation leads to is
// not part of it.
func (w *typeWriter) follow(name string, nav bool) {
	if nav || w.seen[name] {
		return
	}
	w.seen[name] = true
	s, _ := w.schemas[name].(map[string]any)
	if branches, ok := s["anyOf"].([]any); ok {
		for _, b := range branches {
			if ref := refOf(b); ref != "" {
				w.follow(ref, false)
				continue
			}
			m, _ := b.(map[string]any)
			all, ok := m["allOf"].([]any)
			if ok && !strings.HasPrefix(name, "identity") {
				w.follow(refOf(all[0]), false)
			}
		}
		return
	}
	w.lines = append(w.lines, w.line(name, s))
}

func (w *typeWriter) line(name string, s map[string]any) string {
	if list, ok := s["enum"].([]any); ok {
		words := []string{"enum", name}
		for _, v := range list {
			if v != nil {
				words = append(words, fmt.Sprint(v))
			}
		}
		return strings.Join(words, " ")
	}
	if s["x-flags"] == true {
		inner, _, _ := strings.Cut(strings.TrimPrefix(fmt.Sprint(s["pattern"]), "^("), ")")
		return "flags " + name + " " + strings.ReplaceAll(inner, "|", " ")
	}
	words := []string{"type", name}
	props, _ := s["properties"].(map[string]any)
	for _, p := range slices.Sorted(maps.Keys(props)) {
		if strings.HasPrefix(p, "@") {
			continue
		}
		v, _ := props[p].(map[string]any)
		nav, mark := v["x-nav"] == true, ""
		if nav {
			mark = "@"
		}
		words = append(words, p+":"+w.kind(v, nav)+mark)
	}
	return strings.Join(words, " ")
}

// The simulator's table of types is what the metadata says, no more and no
// less.
func TestGraphTypes(t *testing.T) {
	t.Parallel()
	doc := metadata(t)
	components, _ := doc["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	w := &typeWriter{schemas: schemas, seen: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		if entity, ok := strings.CutPrefix(name, "coll."); ok && entity != "Edm.String" {
			s, _ := schemas[name].(map[string]any)
			props, _ := s["properties"].(map[string]any)
			value, _ := props["value"].(map[string]any)
			w.follow(refOf(value["items"]), false)
		}
	}
	for _, name := range []string{
		"adminConsentRequestPolicy", "appConsentApprovalRoute", "approval", "approvalStage", "authorizationPolicy",
		"identitySecurityDefaultsEnforcementPolicy", "tenantInformation", "authenticationStrengthPolicy",
	} {
		w.follow(name, false)
	}
	slices.Sort(w.lines)
	want := strings.Join(slices.Compact(w.lines), "\n") + "\n"
	if *update {
		if err := os.WriteFile("data/graph-types.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != graphTypesText {
		t.Error("data/graph-types.txt differs from the metadata: run this test with -update")
	}
	if n := len(graphTypes().types); n < 100 {
		t.Errorf("%d types", n)
	}
}
