package ssh

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
)

// TestBansOfOthersHoldWhereThereIsNoRoom holds that a server whose changes the database
// has no room for starts, and hears of the bans of others all the same; that its own
// hold there meanwhile; and that the log says what is wrong.
func TestBansOfOthersHoldWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	a := banning(t, shared(t, d, cases.Options{}), "", nil)
	file := filepath.Join(t.TempDir(), "bans.json")
	if err := os.WriteFile(file, []byte(`[{"kind":"client","value":"SSH-2.0-Old","reason":"of before","made":"2026-01-01T00:00:00Z","until":"0001-01-01T00:00:00Z"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	full, err := OpenBans(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	log := new(logged)
	if err := full.Share(t.Context(), shared(t, d, cases.Options{MaxSize: 1}), slog.New(slog.NewTextHandler(log, nil))); err != nil {
		t.Fatalf("it does not start: %v", err)
	}
	hears(t, full)
	full.holds(t, "SSH-2.0-Old", true)
	if _, err := a.Add(Ban{Kind: BanClient, Value: aClient, Reason: "no scanners"}); err != nil {
		t.Fatal(err)
	}
	full.holds(t, aClient, true)
	late := (*LateError)(nil)
	if _, err := full.Add(Ban{Kind: BanClient, Value: "SSH-2.0-Own", Reason: "x"}); !errors.As(err, &late) || !errors.Is(late.Err, journal.ErrDiskFull) {
		t.Errorf("without room: %v", err)
	}
	if was, err := a.Lift(aClient); !was || err != nil {
		t.Fatalf("%v, %v", was, err)
	}
	full.holds(t, aClient, false)
	full.holds(t, "SSH-2.0-Own", true)
	if said := log.String(); strings.Count(said, "bring the bans to the store") != 1 || strings.Contains(said, "the last that were known hold") {
		t.Errorf("the log says %q", said)
	}
}
