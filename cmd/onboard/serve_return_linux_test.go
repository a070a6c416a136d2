package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestConsentComesBackToAnyServer goes the whole way with two servers over one database:
// the terminal is at one, and the browser comes to the other, while the database is
// there, while it is away, and while nobody is at the terminal, who comes back to the other.
func TestConsentComesBackToAnyServer(t *testing.T) {
	t.Parallel()
	db := startPostgres(t)
	s, dir := redirecting(t), t.TempDir()
	pass := keep(t, "pgpass", "*:*:*:onboard:"+strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(db.Word)+"\n")
	if err := os.Chmod(pass, 0o600); err != nil {
		t.Fatal(err)
	}
	cert, key, trust := paper(t)
	start := func(name string) *webbed {
		w := &webbed{served: servesFrom(t, []string{"PGPASSFILE=" + pass}, s, filepath.Join(dir, name), fmt.Sprintf(
			"web: {listen: \"127.0.0.1:0\", name: %s, port: 443, cert: %s, key: %s, redirects: [hetk]}\ncases: postgres://onboard@/postgres?sslmode=disable&host=%s\n", webName, cert, key, db.Dir))}
		w.web = w.shows(`msg="serving pages" listen=(\S+)`)
		w.browser = browserAt(t, w.web, trust)
		return w
	}
	a, b := start("a"), start("b")
	c := a.atLink("Hetk").waits("leads back to this service")
	code := c.code()
	c.key("\x1b", "Step 1 of 3")
	first := c.consent()
	no := pressed(t, s, first, "Cancel")
	b.sees(no, http.StatusOK, "access_denied AADSTS65004")
	c.waits("The consent page came back with an error: access_denied AADSTS65004")
	for _, w := range []*webbed{a, b} {
		w.sees(no, http.StatusGone, "used already")
	}
	c.waits("leads back to this service") // by a new link
	second := c.consent()
	if second.Query().Get("state") == first.Query().Get("state") {
		t.Fatal("a link counts twice")
	}
	yes := pressed(t, s, second, "Accept")
	if err := db.Stop(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	b.sees(yes, http.StatusServiceUnavailable, "Load this page again in a minute")
	if err := db.Again(); err != nil {
		t.Fatal(err)
	}
	if err := a.cmd.Process.Kill(); err != nil { // as kill -9 does, with the terminal at it
		t.Fatal(err)
	}
	<-a.done
	b.sees(yes, http.StatusAccepted, "Your answer is kept")
	a = start("c") // which has no key of its own
	c = a.terminal(code).waits("Step 1 of 3")
	c.waits("Microsoft's consent page came back and says that consent was given")
	c.key("\r", "Step 2 of 3").key("\r", "Step 3 of 3").waits("Asserted")
	b.sees(yes, http.StatusGone, "used already")
	for _, log := range []string{a.printed(), b.printed()} {
		for _, no := range []string{first.Query().Get("state"), second.Query().Get("state"), code, db.Word} {
			if strings.Contains(log, no) {
				t.Errorf("the log holds %s", no)
			}
		}
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := os.Lstat(filepath.Join(dir, name, "keys", "consent_state")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s has a key of its own: %v", name, err)
		}
	}
}
