package sim

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaBook compiles schemas of the metadata on demand.
type schemaBook struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	made     map[string]*jsonschema.Schema
}

// newSchemaBook compiles the metadata. Where no metadata is asked for the types
// of derived objects are not told, so they cannot be required.
func newSchemaBook(untyped bool) (*schemaBook, error) {
	doc, err := openAPI()
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	if untyped {
		raw = bytes.ReplaceAll(raw, []byte(`"required":["@odata.type"]`), []byte(`"required":[]`))
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return &schemaBook{compiler: c, made: map[string]*jsonschema.Schema{}}, c.AddResource("graph.json", parsed)
}

var (
	typedBook   = sync.OnceValues(func() (*schemaBook, error) { return newSchemaBook(false) })
	untypedBook = sync.OnceValues(func() (*schemaBook, error) { return newSchemaBook(true) })
)

// check validates JSON against a named schema.
func (b *schemaBook) check(name string, raw []byte) error {
	b.mu.Lock()
	s := b.made[name]
	if s == nil {
		made, err := b.compiler.Compile("graph.json#/components/schemas/" + name)
		if err != nil {
			b.mu.Unlock()
			return err
		}
		b.made[name], s = made, made
	}
	b.mu.Unlock()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func fits(t *testing.T, level, schema string, raw []byte) {
	t.Helper()
	book := typedBook
	if level == "none" {
		book = untypedBook
	}
	b, err := book()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.check(schema, raw); err != nil {
		t.Errorf("%s, metadata=%s: %v\n%.1500s", schema, level, err, raw)
	}
}

// operation is one method of one path.
type operation struct {
	method, path string
	ok           int    // the documented status of success
	schema       string // of that answer; empty for no content, text for a count
}

func operations(t testing.TB) []operation {
	t.Helper()
	paths, _ := metadata(t)["paths"].(map[string]any)
	var out []operation
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		item, _ := paths[p].(map[string]any)
		for _, m := range []string{"get", "post", "put", "patch", "delete"} {
			op, ok := item[m].(map[string]any)
			if !ok {
				continue
			}
			one := operation{method: strings.ToUpper(m), path: p}
			responses, _ := op["responses"].(map[string]any)
			for _, code := range []string{"204", "201", "200"} {
				r, ok := responses[code].(map[string]any)
				if !ok || one.ok != 0 {
					continue
				}
				one.ok, _ = strconv.Atoi(code)
				content, _ := r["content"].(map[string]any)
				if _, text := content["text/plain"]; text {
					one.schema = "text"
				}
				media, _ := content["application/json"].(map[string]any)
				if ref := refOf(media["schema"]); ref != "" {
					one.schema = ref
				}
			}
			out = append(out, one)
		}
	}
	return out
}
