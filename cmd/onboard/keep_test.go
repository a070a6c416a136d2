package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks/sim"
)

// keepAsked is a session bus with an unlocked keyring of its own, and in it
// four runs: the person is asked, is not, signs out, and is asked again.
const keepAsked = `
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 9
onboard "$@" >1.out 2>1.err; echo $? >1.rc
onboard "$@" >2.out 2>2.err; echo $? >2.rc
onboard sign-out >3.out 2>3.err; echo $? >3.rc
onboard "$@" >4.out 2>4.err; echo $? >4.rc
`

const toolClient = "5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b"

// keepEnv is the environment of a person with a home and a bus of their own.
func keepEnv(t *testing.T, bus string) []string {
	t.Helper()
	home := t.TempDir()
	env := []string{"HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_RUNTIME_DIR=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	if bus != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+bus)
	}
	return env
}

// keepArgs are those of a check that signs in by device code and keeps it.
func keepArgs(t *testing.T, o sim.Options) []string {
	t.Helper()
	o.Register, o.AutoApprove = []string{toolClient}, "admin@contoso.example"
	s := simulate(t, o)
	return []string{
		"check", "--app", "hetk", "--domain", "contoso.example", "--sign-in", "device", "--keep-sign-in", "--client-id", toolClient,
		"--login-url", s.LoginURL(), "--graph-url", s.LoginURL(), "--ca-file", s.Ready().CA,
	}
}

func TestKeepSignInInARealKeyring(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED, AND SO THE KEYCHAIN IS UNTESTED HERE: %v (.ci/run installs it)", err)
		}
	}
	args := append([]string{"--", "sh", "-c", keepAsked, "sh"}, keepArgs(t, sim.Options{})...)
	cmd := command(t, keepEnv(t, ""), "dbus-run-session", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, tc := range []struct {
		run, rc     string
		asked       bool
		out, notErr string
	}{
		{"1", "1", true, "blocked", ""},
		{"2", "1", false, "blocked", ""},
		{"3", "0", false, saySignedOut, ""},
		{"4", "1", true, "blocked", ""},
	} {
		out, errs, rc := slurp(t, cmd.Dir, tc.run+".out"), slurp(t, cmd.Dir, tc.run+".err"), slurp(t, cmd.Dir, tc.run+".rc")
		asked := strings.Contains(errs, "Never type a code that somebody sent you")
		if strings.TrimSpace(rc) != tc.rc || asked != tc.asked || !strings.Contains(out, tc.out) {
			t.Errorf("run %s: exit %s, person asked: %v\n%s\n%s", tc.run, rc, asked, out, errs)
		}
		if tc.run != "3" && !strings.Contains(errs, "Signed in as admin@contoso.example.") {
			t.Errorf("run %s does not say who is signed in: %s", tc.run, errs)
		}
	}
}

func slurp(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNoKeychain(t *testing.T) {
	t.Parallel()
	check := keepArgs(t, sim.Options{})
	for _, args := range [][]string{check, {"sign-out"}, {"--keep-sign-in"}} {
		cmd := command(t, keepEnv(t, "unix:path=/nonexistent/bus"), "onboard", args...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != codeUsage {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		}
		do := "leave out --keep-sign-in"
		if args[0] == "sign-out" {
			do = sayNoSignOut
		}
		for _, want := range []string{"a sign-in cannot be kept on this machine: ", do} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s does not say %q:\n%s", args[0], want, out)
			}
		}
	}
}
