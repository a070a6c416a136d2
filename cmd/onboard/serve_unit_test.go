package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// leastSystemd is the first version whose systemd-analyze looks at a unit's security
// without running it.
const leastSystemd = 250

// analyzes runs systemd-analyze on a unit called onboard.service, and gives the lines
// that are about it: what the machine's own units have wrong is its owner's matter.
func analyzes(t *testing.T, unit string, args ...string) (about []string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "onboard.service")
	if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", append(args, file)...).CombinedOutput()
	return slices.DeleteFunc(strings.Split(string(out), "\n"), func(l string) bool { return !strings.Contains(l, "onboard.service") }), err
}

// TestServeUnit holds the unit to what the program is.
func TestServeUnit(t *testing.T) {
	t.Parallel()
	a := ask(t, nil, "serve", "--print-unit")
	for _, want := range []string{"Type=notify", "serve --config /etc/onboard/serve.yaml", "NoNewPrivileges=yes", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\n", "StateDirectory=onboard\n", "StateDirectoryMode=0700", "MemoryMax=2G\n", "GOMEMLIMIT=1600MiB\n"} {
		if !strings.Contains(a.out, want) {
			t.Errorf("%q is not in the unit", want)
		}
	}
	if want := "/var/lib/onboard"; defaultServe().State != want {
		t.Errorf("the unit's state is %s, and the default %s", want, defaultServe().State)
	}
}

// TestServeUnitHolds holds the unit to what systemd makes of it: it has no word against
// it, and finds little that the service could do.
func TestServeUnitHolds(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "--version").Output()
	if err != nil {
		t.Skipf("NOT VERIFIED: systemd-analyze cannot be run (Debian: systemd): %v", err)
	}
	var version int
	if _, err := fmt.Sscanf(string(out), "systemd %d", &version); err != nil || version < leastSystemd {
		t.Skipf("NOT VERIFIED: systemd-analyze is older than %d: %q, %v", leastSystemd, out, err)
	}
	unit := strings.ReplaceAll(string(serveUnit), "/usr/local/bin/onboard", "/bin/sh") // which is there to be run
	broken := strings.Replace(unit, "NoNewPrivileges=", "NoSuchSetting=", 1)
	if about, err := analyzes(t, broken, "verify", "--recursive-errors=no"); len(about) == 0 {
		t.Skipf("NOT VERIFIED: systemd-analyze finds nothing in a broken unit here: %v", err)
	}
	if about, err := analyzes(t, unit, "verify", "--recursive-errors=no"); len(about) > 0 {
		t.Errorf("%v: %q", err, about)
	}
	about, err := analyzes(t, unit, "security", "--offline=true", "--threshold=20") // in tenths
	if err != nil || !slices.ContainsFunc(about, func(l string) bool { return strings.Contains(l, "Overall exposure level") }) {
		t.Errorf("%v: %q", err, about)
	}
	if _, err := analyzes(t, "[Service]\nExecStart=/bin/sh\n", "security", "--offline=true", "--threshold=20"); err == nil {
		t.Error("a unit without any bound is found as safe")
	}
}
