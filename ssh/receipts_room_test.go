package ssh

import (
	"strings"
	"testing"
	"time"

	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// TestAllKeysOfAServerAreRead holds that a list of as many keys as a server may have, each
// with a time of its own, disowned for a part of it, and a name as long as one may be, is
// within the bounds of what receipts are held against.
func TestAllKeysOfAServerAreRead(t *testing.T) {
	t.Parallel()
	if receipt.MostLines < 2*cases.MostReceiptKeys {
		t.Errorf("%d lines are read, and %d keys may be published", receipt.MostLines, cases.MostReceiptKeys)
	}
	store := serve(t, nil).o.Cases
	own, err := store.ReceiptKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	k, err := receipt.KeyOf(strings.Repeat("n", 253), own[0].Public(), at, at.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	k.Disowned, k.Since = true, at.Add(time.Hour)
	lines := strings.Repeat("  "+strings.Join(k.Lines(), "\n  ")+"\n", cases.MostReceiptKeys)
	if keys, err := receipt.ParseKeys(lines); err != nil || len(keys) != 2*cases.MostReceiptKeys || len(lines) > receipt.MostKeys {
		t.Errorf("of %d bytes %d keys are read: %v", len(lines), len(keys), err)
	}
}
