package receipt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/flows"
)

// TestJournalOfThenIsTheSameReceipt holds what a journal that a server of the first
// version kept is summed up to, byte for byte. The files are never written anew: they are what
// people have.
func TestJournalOfThenIsTheSameReceipt(t *testing.T) {
	t.Parallel()
	lines, err := os.ReadFile(filepath.Join("testdata", "v1.journal"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "v1.payload"))
	if err != nil {
		t.Fatal(err)
	}
	var rs []flows.Record
	for line := range strings.Lines(string(lines)) {
		r, err := flows.UnmarshalRecord([]byte(strings.TrimSpace(line)))
		if err != nil {
			t.Fatal(err)
		}
		rs = append(rs, r)
	}
	all, err := Sessions(t.Context(), "7KQ-M2X", rs)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	got, err := json.Marshal(all[0])
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("a journal of version 1 is summed up to\n%s\nand was to\n%s\nWhat an event is as JSON, what guides get (flows.Shared) or how it folds has changed: receipts that "+
			"people have and those that they fetch anew are no longer the same bytes. Keep the old form, or make a new version of the receipt.", got, want)
	}
}
