package flows

import (
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"
)

// ProfileSchema is the JSON Schema of a profile, made from the Go type, so
// that editors complete and check what ParseProfile will read. It checks the
// form; `onboard apps lint` also checks the meaning.
func ProfileSchema() ([]byte, error) {
	r := &jsonschema.Reflector{
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Anonymous:                  true,
		ExpandedStruct:             true,
	}
	s := r.Reflect(&Profile{})
	s.Title = "onboard app profile"
	s.Description = "One third-party app for Microsoft 365, as its vendor describes it to onboard."
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the profile schema: %w", err)
	}
	return append(text, '\n'), nil
}
