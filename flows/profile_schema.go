package flows

import (
	_ "embed" // the schemas
	"slices"
)

// The schemas are made from the Go types, by a test: what makes them is no part
// of the program.
var (
	//go:embed profile.schema.json
	profileSchema []byte
	//go:embed plan.schema.json
	planSchema []byte
	//go:embed done.schema.json
	doneSchema []byte
)

// ProfileSchema is the JSON Schema of a profile, so that editors complete and
// check what ParseProfile will read. It checks the form; `onboard apps lint` also
// checks the meaning.
func ProfileSchema() []byte { return slices.Clone(profileSchema) }

// PlanSchema is the JSON Schema of a PlanDoc.
func PlanSchema() []byte { return slices.Clone(planSchema) }

// DoneSchema is the JSON Schema of a Done.
func DoneSchema() []byte { return slices.Clone(doneSchema) }
