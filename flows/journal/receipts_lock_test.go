package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onboard.example/flows"
)

// One run at a time writes to a tenant; others write to others.
func TestATenantIsWrittenByOneRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *Receipts {
		r, err := OpenReceipts(dir)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one, other := open(), open()
	unlock, err := one.Lock("A")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lock("a"); !errors.Is(err, flows.ErrWriting) {
		t.Errorf("two at once: %v", err)
	}
	elsewhere, err := other.Lock("b")
	if err != nil {
		t.Fatalf("another tenant: %v", err)
	}
	elsewhere()
	unlock()
	again, err := other.Lock("a")
	if err != nil {
		t.Fatalf("after the first: %v", err)
	}
	again()
	if names, err := one.List(); err != nil || len(names) != 0 {
		t.Errorf("what is locked is listed: %v, %v", names, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := one.Lock("a"); err == nil || errors.Is(err, flows.ErrWriting) {
		t.Errorf("without a folder: %v", err)
	}
}

// A receipt that cannot be read is named, and when it was written, beside those that
// can.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := OpenReceipts(dir)
	if err != nil {
		t.Fatal(err)
	}
	name, err := r.Save(t.Context(), flows.Receipt{Schema: flows.ReceiptSchema, Plan: "ab", At: noon, Tenant: flows.ReceiptTenant{Domain: "contoso.example"}})
	if err != nil {
		t.Fatal(err)
	}
	const cut = "20261120-120000-contoso.example-cd.json"
	if err := os.WriteFile(filepath.Join(dir, cut), []byte(`{"schema":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, cut), noon, noon); err != nil {
		t.Fatal(err)
	}
	all, err := r.All(t.Context())
	var unread flows.UnreadReceipts
	if !errors.As(err, &unread) || len(unread) != 1 || unread[0].Name != cut || !unread[0].Saved.Equal(noon) || len(all) != 1 || all[0].Plan != "ab" {
		t.Fatalf("%v beside %s: %+v", all, name, err)
	}
	if len(unread.Lately(noon.Add(59*time.Minute))) != 1 || len(unread.Lately(noon.Add(time.Hour))) != 0 {
		t.Error("it counts for another time than an hour")
	}
}
