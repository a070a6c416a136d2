package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

func TestSavedRunsAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // permissions are lists there, and come from the profile's folder
	}
	path := filepath.Join(t.TempDir(), "a", "b")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	j := create(t, path)
	r, err := OpenReceipts(filepath.Join(path, "receipts"))
	if err != nil {
		t.Fatal(err)
	}
	name, err := r.Save(t.Context(), receipt())
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]os.FileMode{
		path: 0o700, filepath.Join(path, j.ID()+suffix): 0o600,
		filepath.Join(path, "receipts"): 0o700, filepath.Join(path, "receipts", name): 0o600,
	} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: %o, want %o", filepath.Base(file), got, want)
		}
	}
}

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := create(t, dir), create(t, dir)
	if a.ID() == b.ID() {
		t.Fatal("two runs share a journal")
	}
	must(t, a, 0, started("contoso.example"))
	d, err := OpenDir(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(a.ID()); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "another window") {
		t.Errorf("opening a run that is open: %v", err)
	}
	if rs, err := d.List(t.Context()); err != nil || len(rs) != 1 || !rs[0].Busy {
		t.Errorf("listed: %+v, %v", rs, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, a.ID())
}

func started(domain string) flows.Record {
	return flows.Record{Writer: "w", N: 1, At: noon, By: flows.ByPerson, Event: flows.Started{Version: "1", Domain: domain}}
}

func TestListingRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := noon
	d, err := OpenDir(dir, func() time.Time { at = at.Add(time.Minute); return at })
	if err != nil {
		t.Fatal(err)
	}
	put := func(rs ...flows.Record) string {
		j, err := d.Create()
		if err != nil {
			t.Fatal(err)
		}
		must(t, j, 0, rs...)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		return j.ID()
	}
	older := started("older.example")
	older.At = noon.Add(-time.Hour)
	end := flows.Record{Writer: "w", N: 2, At: noon, Event: flows.Ended{Why: flows.EndDone}}
	newest := put(started("newest.example"))
	oldest := put(older)
	ended := put(started("ended.example"), end)
	for range mostListed + 1 {
		put(started("")) // nothing was chosen in these, and they take no other's place
	}
	if err := os.WriteFile(filepath.Join(dir, "20260101-000000-1"+suffix), nil, 0o600); err != nil { // begun and empty
		t.Fatal(err)
	}
	for _, stray := range []string{"notes.txt", "20260101-000000-1.old", "..run", "x" + suffix} {
		if err := os.WriteFile(filepath.Join(dir, stray), []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rs, err := d.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(rs) != 2 || rs[0].ID != newest || rs[1].ID != oldest || rs[0].State.Domain != "newest.example" || rs[0].Busy || !rs[0].At.Equal(noon) {
		t.Errorf("listed: %+v", rs)
	}
	if err := d.Remove(newest); err != nil {
		t.Error(err)
	}
	if err := d.Remove(newest); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
	if rs, err = d.List(t.Context()); err != nil || len(rs) != 1 {
		t.Errorf("listed after removing: %+v, %v", rs, err)
	}
	for range mostListed + 3 {
		put(started("another.example"))
	}
	if rs, err = d.List(t.Context()); err != nil || len(rs) != mostListed {
		t.Errorf("listed %d of many, %v", len(rs), err)
	}
	open(t, dir, ended) // a run that ended can still be read
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("listing after the context ended: %v", err)
	}
}

func TestNamesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := OpenDir(filepath.Join(dir, "runs"), clock)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReceipts(filepath.Join(dir, "receipts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", ".", "..", "../x", "/etc/passwd", "20260101-000000-1/../x", "20260101-000000-1\x00", "no-such", "20260101-000000-1"} {
		if _, err := d.Open(id); !errors.Is(err, ErrNoRun) {
			t.Errorf("opening %q: %v", id, err)
		}
		if _, err := r.Read(id); !errors.Is(err, ErrNoReceipt) {
			t.Errorf("reading %q: %v", id, err)
		}
		if err := d.Remove(id); id != "20260101-000000-1" && !errors.Is(err, ErrNoRun) {
			t.Errorf("removing %q: %v", id, err)
		}
	}
}

// A home that cannot be written to keeps nobody from the run: it goes on in
// memory, and says why it will be gone.
func TestAHomeThatCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "home")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j, saved, err := Start(filepath.Join(file, "runs"), clock)
	if err == nil || saved || j == nil || !strings.HasPrefix(err.Error(), "saving the run: ") {
		t.Fatalf("journal %v, saved %v, %v", j, saved, err)
	}
	must(t, j, 0, note("w", 1, "a"))
	if got := texts(t, j, 0); got != "a" {
		t.Errorf("holds %q", got)
	}
	if _, err := OpenReceipts(filepath.Join(file, "receipts")); err == nil || !strings.HasPrefix(err.Error(), "keeping the receipt: ") {
		t.Errorf("receipts: %v", err)
	}
	j, saved, err = Start(t.TempDir(), clock)
	if err != nil || !saved {
		t.Fatalf("in a home that can be written to: %v, %v", saved, err)
	}
	f, ok := j.(*File)
	if !ok {
		t.Fatalf("a %T", j)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func receipt() flows.Receipt {
	return flows.Receipt{
		Schema: flows.ReceiptSchema, Plan: "0123456789abcdef", At: noon.Add(time.Minute), By: "admin@contoso.example",
		Tenant: flows.ReceiptTenant{Domain: "contoso.example"},
		Lines:  []flows.ReceiptLine{{Title: "a", At: noon, Outcome: "seen"}, {Title: "b", At: noon.Add(time.Minute)}, {Title: "c"}},
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := OpenReceipts(dir)
	if err != nil {
		t.Fatal(err)
	}
	first := receipt()
	name, err := r.Save(t.Context(), first)
	if err != nil || name != "20261120-120000-contoso.example-0123456789abcdef.json" {
		t.Fatalf("saved as %q, %v", name, err)
	}
	first.Done, first.At = true, noon.Add(time.Hour)
	if again, err := r.Save(t.Context(), first); err != nil || again != name {
		t.Errorf("the same application saved as %q, %v", again, err)
	}
	later := receipt()
	for i := range later.Lines {
		later.Lines[i].At = noon.Add(24 * time.Hour)
	}
	later.At = noon.Add(24 * time.Hour)
	other, err := r.Save(t.Context(), later)
	if err != nil || other == name {
		t.Errorf("the same plan on another day saved as %q, %v", other, err)
	}
	twin := receipt() // another plan, of the same lines, in the same second
	twin.Plan, twin.Digest = "fedcba9876543210", string(first.Plan)
	if second, err := r.Save(t.Context(), twin); err != nil || second == name {
		t.Errorf("an equal plan in the same second saved as %q, %v", second, err)
	}
	evil := receipt()
	evil.Tenant.Domain, evil.Plan = "../../"+strings.Repeat("ü/", 100), "../../etc"
	odd, err := r.Save(t.Context(), evil)
	if err != nil || strings.ContainsAny(odd, "/\\") || len(odd) > 120 {
		t.Errorf("an odd tenant's saved as %q, %v", odd, err)
	}
	names, err := r.List()
	if err != nil || len(names) != 4 || names[0] != other {
		t.Errorf("listed: %v, %v", names, err)
	}
	got, err := r.Read(name)
	if err != nil || !got.Done || got.By != first.By || len(got.Lines) != 3 {
		t.Errorf("read: %+v, %v", got, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	for say, text := range map[string]string{
		"invalid character":       "hello",
		"it is no":                `{"schema":"onboard/receipt/99"}`,
		"larger than any receipt": strings.Repeat(" ", maxReceipt+1),
		"unexpected end of JSON":  `{"schema":`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(name); err == nil || !strings.Contains(err.Error(), say) || !strings.Contains(err.Error(), name) {
			t.Errorf("a broken receipt: %v, want %q", err, say)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Save(ctx, first); !errors.Is(err, context.Canceled) {
		t.Errorf("saving after the context ended: %v", err)
	}
}
