package ssh

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/ssh/cases"
)

// TestAChangeThatTheStoreNeverTakes holds that it is given up and said, and does not
// hold up what comes after it.
func TestAChangeThatTheStoreNeverTakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	log := new(logged)
	store := openedWith(t, filepath.Join(dir, "cases.db"), cases.Options{})
	if err := b.Share(t.Context(), store, slog.New(slog.NewTextHandler(log, nil))); err != nil {
		t.Fatal(err)
	}
	bad := Ban{Kind: BanClient, Value: "SSH-2.0-\x01", Reason: "x", Made: time.Now(), mark: "one"}
	b.shared.todo = []change{
		{Ban: bad},
		{Ban: Ban{Kind: BanClient, Value: "SSH-2.0-Long", Reason: "x", mark: strings.Repeat("m", 49)}}, // ErrBadBan of its mark
		{Ban: Ban{mark: strings.Repeat("m", 70)}, Lift: true},                                          // ErrBadEntry
	}
	if _, err := b.Add(Ban{Kind: BanClient, Value: aClient, Reason: "no scanners"}); !errors.Is(err, cases.ErrBadBan) && !errors.Is(err, cases.ErrBadEntry) {
		t.Errorf("nobody is told: %v", err)
	}
	if _, banned := b.OfClient(aClient); !banned || len(b.List()) != 1 || len(b.shared.todo) != 0 {
		t.Errorf("%+v, still to be brought: %d", b.List(), len(b.shared.todo))
	}
	if kept, _, err := store.Bans(t.Context()); err != nil || len(kept) != 1 || kept[0].Value != aClient {
		t.Errorf("the store has %+v, %v", kept, err)
	}
	if said := log.String(); strings.Count(said, "it is given up") != 3 {
		t.Errorf("the log says %q", said)
	}
}

// TestBansThatNoStoreTakes holds that what the store would not take is refused where the
// file is read.
func TestBansThatNoStoreTakes(t *testing.T) {
	t.Parallel()
	aKey := "SHA256:" + strings.Repeat("a", 43)
	for name, c := range map[string]struct {
		value, mark string
		fits        bool
	}{
		"fine":           {aKey, "one", true},
		"a control sign": {`SHA256:\u0001` + strings.Repeat("a", 42), "", false},
		"a line break":   {`SHA256:\n` + strings.Repeat("a", 42), "", false},
		"no base64":      {"SHA256:" + strings.Repeat("!", 43), "", false},
		"a long mark":    {aKey, strings.Repeat("m", 49), false},
		"an odd mark":    {aKey, `a\u0001`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "bans.json")
			text := fmt.Sprintf(`[{"kind":"key","value":"%s","mark":"%s","reason":"x","made":"2026-01-01T00:00:00Z","until":"0001-01-01T00:00:00Z"}]`, c.value, c.mark)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b, err := OpenBans(file, nil)
			if !c.fits {
				if err == nil || !strings.Contains(err.Error(), "ban 1") {
					t.Errorf("it was taken: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Share(t.Context(), openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{}), slog.New(slog.DiscardHandler)); err != nil || len(b.List()) != 1 || len(b.shared.todo) != 0 {
				t.Errorf("%v, %+v", err, b.List())
			}
		})
	}
}
