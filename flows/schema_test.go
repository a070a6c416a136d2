package flows

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/invopop/jsonschema"
)

// TestSchemas holds the schemas that are served against the Go types that they
// describe.
func TestSchemas(t *testing.T) {
	t.Parallel()
	plain := &jsonschema.Reflector{Anonymous: true}
	profile := &jsonschema.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Anonymous: true, ExpandedStruct: true}
	for file, c := range map[string]struct {
		of                 any
		by                 *jsonschema.Reflector
		title, description string
		served             []byte
	}{
		"profile.schema.json": {&Profile{}, profile, "onboard app profile", "One third-party app for Microsoft 365, as its vendor describes it to onboard.", ProfileSchema()},
		"plan.schema.json":    {&PlanDoc{}, plain, "onboard plan", "", PlanSchema()},
		"done.schema.json":    {&Done{}, plain, "onboard apply", "", DoneSchema()},
	} {
		s := c.by.Reflect(c.of)
		s.Title, s.Description = c.title, c.description
		want, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		if *update {
			if err := os.WriteFile(file, want, 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if string(c.served) != string(want) {
			t.Errorf("%s is of other types; go test -update writes it anew, and then it is to be read", file)
		}
	}
}
