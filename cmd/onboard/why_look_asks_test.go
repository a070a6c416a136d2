package main

import (
	"encoding/json"
	"slices"
	"testing"

	"onboard.example/checks"
)

// TestWhySchemaListsAsks holds the schema's list of what may be asked for
// against the one that answers are made by.
func TestWhySchemaListsAsks(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties struct {
			Asks struct{ Enum []checks.WhyAsk }
		}
	}
	if err := json.Unmarshal(whySchemaText(), &schema); err != nil {
		t.Fatal(err)
	}
	if got := schema.Properties.Asks.Enum; !slices.Equal(got, checks.WhyAsks()) {
		t.Errorf("the schema has %q, want %q", got, checks.WhyAsks())
	}
}
