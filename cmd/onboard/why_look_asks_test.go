package main

import (
	"encoding/json"
	"slices"
	"strings"
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

// TestWhyOfNothing holds that an empty text is wrong usage, and says what to do,
// unless a domain alone is asked about.
func TestWhyOfNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \r\n\t", "\x1b[0m\u200b"} {
		out, errs, code := onboard(t.Context(), strings.NewReader(text), "why")
		if code != codeUsage || out != "" || !strings.Contains(errs, "there is no text") || !strings.Contains(errs, "--file") {
			t.Errorf("%q: %d, %q, %q", text, code, out, errs)
		}
	}
	out, _, code := onboard(t.Context(), strings.NewReader(""), "why", "--json")
	if code != codeUsage || !strings.Contains(out, `"class":"unknown"`) {
		t.Errorf("%d: %s", code, out)
	}
	out, _, code = onboard(t.Context(), strings.NewReader(""), "why", "--domain", "outlook.com")
	if code != 0 || !strings.Contains(out, "personal") {
		t.Errorf("%d: %s", code, out)
	}
}
