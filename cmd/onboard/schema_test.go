package main

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// reportSchema is the schema that `onboard check --schema` prints.
type reportSchema struct{ compiled *jsonschema.Schema }

func compileSchema(t *testing.T) reportSchema {
	t.Helper()
	text, errs, code := onboard(t.Context(), nil, "check", "--schema")
	if code != codeOpen {
		t.Fatalf("check --schema: exit %d: %s", code, errs)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("check.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("check.json")
	if err != nil {
		t.Fatal(err)
	}
	return reportSchema{s}
}

func (s reportSchema) validate(report string) error {
	inst, err := jsonschema.UnmarshalJSON(strings.NewReader(report))
	if err != nil {
		return err
	}
	return s.compiled.Validate(inst)
}
