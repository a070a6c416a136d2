//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onboard.example/checks/sim"
	"onboard.example/tui"
)

// TestNoPlaceForReceipts says so before anybody can agree to a change, and then
// sends nothing: what is changed has a receipt.
func TestNoPlaceForReceipts(t *testing.T) {
	t.Parallel()
	g, flags := gated(t, nil)
	env := home(t)
	must(t, os.MkdirAll(filepath.Join(stateOf(env), "onboard"), 0o700))
	must(t, os.WriteFile(filepath.Join(stateOf(env), "onboard", "receipts"), nil, 0o600))
	s := startPlain(t, env, flags...)
	s.sees(t, "No receipt of changes can be written, by which they could be taken back. Keeping the receipt: ")
	toThePlan(t, s)
	if got := g.seen(); len(got) != 0 {
		t.Errorf("sent %q", got)
	}
	s.answers(t, "Type contoso.example to apply", "contoso.example")
	s.sees(t, "What is about to be written is stored first, and that failed")
	if got := g.seen(); len(got) != 0 {
		t.Errorf("sent %q without a receipt", got)
	}
}

// TestDiskFullUnderACheck costs the file of --save, and not the answer.
func TestDiskFullUnderACheck(t *testing.T) {
	t.Parallel()
	env, flags := home(t), wizardAt(t, simulate(t, sim.Options{}))
	sh, err := exec.LookPath("sh")
	must(t, err)
	file := filepath.Join(t.TempDir(), "kept.json")
	args := append([]string{"-c", `ulimit -f 4; exec onboard check "$@"`, "sh", "--domain", "contoso.example", "--save", file}, flags...)
	s := startAs(t, env, sh, args...)
	if code := s.ends(t); code != codeFailed {
		t.Errorf("exit %d", code)
	}
	holds(t, s.shown(), "blocked, verified", "file too large", "The answer above stands")
	lacks(t, s.shown(), "Saved in", "--help")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file was left: %v", err)
	}
}

// TestKeptReport writes reports as the proof screen does: each form under one
// name that nothing had before, for its owner alone, and all of them or none.
func TestKeptReport(t *testing.T) { //nolint:paralleltest // the folder is the process's
	t.Chdir(t.TempDir())
	w := &wizard{c: &clients{now: func() time.Time { return time.Date(2026, 11, 21, 8, 4, 5, 0, time.UTC) }}}
	forms := []tui.ReportForm{{Ext: "md", Text: "# Report\n"}, {Ext: "html", Text: "<p>"}, {Ext: "json", Text: "{}"}}
	for _, want := range []string{"onboard-report-20261121-080405", "onboard-report-20261121-080405-2"} {
		got, err := w.keepReport(t.Context(), forms)
		if err != nil || got != want+".md, "+want+".html, "+want+".json" {
			t.Fatalf("%s, %v", got, err)
		}
		for _, f := range forms {
			b, err := os.ReadFile(want + "." + f.Ext)
			must(t, err)
			info, err := os.Stat(want + "." + f.Ext)
			must(t, err)
			if string(b) != f.Text || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %q, %v", info.Name(), b, info.Mode())
			}
		}
	}
	must(t, os.Remove("onboard-report-20261121-080405-2.md")) // the next name is taken in part
	got, err := w.keepReport(t.Context(), forms)
	if want := "onboard-report-20261121-080405-3"; err != nil || !strings.HasPrefix(got, want+".md") {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := os.Stat("onboard-report-20261121-080405-2.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("half a report was left")
	}
	gone := filepath.Join(t.TempDir(), "gone")
	must(t, os.Mkdir(gone, 0o700))
	t.Chdir(gone)
	must(t, os.Remove(gone))
	if got, err := w.keepReport(t.Context(), forms); err == nil || got != "" {
		t.Errorf("wrote %s where nothing can be written", got)
	}
}
