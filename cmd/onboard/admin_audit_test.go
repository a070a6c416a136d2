package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/ssh"
	"onboard.example/ssh/cases"
)

// auditDocument is what `admin audit --json` prints.
type auditDocument struct {
	Schema  string
	Entries []struct {
		Seq         uint64
		Hash, Entry string
	}
	Head          cases.AuditHead
	Whole         bool
	Tampered, Cut string
}

// auditRig is an operator's door with the audit of a store behind it.
func auditRig(t *testing.T) (s *cases.Store, file, socket string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "cases.db")
	s, err := cases.Open(t.Context(), file, cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, file, doorTo(t, s, nil)
}

// doorTo is an operator's door to a store, and a server if there is one, until the test ends.
func doorTo(t *testing.T, s *cases.Store, server *ssh.Server) (socket string) {
	t.Helper()
	return doorOf(t, s.Entries, server)
}

// doorOf is one to an audit that is read so.
func doorOf(t *testing.T, read func(ctx context.Context, after uint64) ([]cases.Logged, bool, error), server *ssh.Server) (socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "s")
	bans, err := ssh.OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	door, err := openAdmin(t.Context(), socket, server, bans, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	door.audit = read
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		door.serve()
	}()
	t.Cleanup(func() {
		_ = door.Close()
		<-ended
	})
	return socket
}

// TestAdminAudit holds that the audit is shown and checked over the operator's
// socket, that its lines can be checked with nothing of ours, and that what the
// chain cannot show by itself is found with a head that was kept.
func TestAdminAudit(t *testing.T) {
	t.Parallel()
	s, file, socket := auditRig(t)
	audit := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append([]string{"admin", "--socket", socket, "audit"}, args...)...)
	}
	if a := audit("--verify"); a.code != codeOpen || !strings.Contains(a.out, "The audit is empty") {
		t.Errorf("%+v", a)
	}
	const many = 1003 // more than one answer holds
	var head cases.AuditHead
	for i := range many {
		var err error
		if head, err = s.Audit(t.Context(), cases.Entry{Who: "Ada, Fabrikam", Role: "guide", Did: "watched", Case: "7KQ-M2X", More: fmt.Sprint("no ", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	kept := fmt.Sprintf("%d:%s", head.Seq, head.Hash)
	if a := audit("--verify"); a.code != codeOpen || !strings.Contains(a.out, "whole: its last entry is 1003,") || !strings.Contains(a.out, "--kept "+kept) || strings.Contains(a.out, "Ada") {
		t.Errorf("%+v", a)
	}
	if a := audit("--kept", kept); a.code != codeOpen || strings.Count(a.out, "Ada, Fabrikam  guide  watched  7KQ-M2X  no ") != many {
		t.Errorf("it exits %d with %d bytes", a.code, len(a.out))
	}
	for _, bad := range []string{"", "x", "0:" + head.Hash, "1:abc", "1003", kept + "0", strings.ToUpper(kept)} {
		refused(t, audit("--kept", bad), "is no head of an audit", "a number, a colon")
	}
	a := audit("--json")
	var r auditDocument
	if err := json.Unmarshal([]byte(a.out), &r); err != nil || a.code != codeOpen || len(r.Entries) != many || !r.Whole || r.Head != head || r.Schema != adminAuditSchema {
		t.Fatalf("%d entries, %+v, %v", len(r.Entries), r.Head, err)
	}
	prev := ""
	for i, l := range r.Entries {
		sum := sha256.Sum256([]byte(l.Entry))
		if hex.EncodeToString(sum[:]) != l.Hash || i > 0 && !strings.Contains(l.Entry, `"prev":"`+prev+`"`) {
			t.Fatalf("entry %d cannot be checked by hand: %+v", i+1, l)
		}
		prev = l.Hash
	}
	if a := audit("--after", "1001:"+r.Entries[1000].Hash); a.code != codeOpen || strings.Count(a.out, "watched") != 2 || !strings.Contains(a.out, "Nothing before entry 1001 was checked") || !strings.Contains(a.out, "onboard admin --socket '"+socket+"' audit --verify --after "+kept) {
		t.Errorf("after: %+v", a)
	}
	for _, bad := range []string{"", "0:" + head.Hash, "-1:" + head.Hash, strings.ToUpper(kept)} {
		refused(t, audit("--after", bad), "is no head of an audit", "a number, a colon")
	}
	refused(t, audit("--after", kept, "--after", kept), "--after is given twice")
	refused(t, audit("--kept", kept, "--kept", kept), "--kept is given twice")
	refused(t, audit("--after", kept, "--kept", "7:"+head.Hash), "before entry 1003 of --after")
	refused(t, audit("--after", kept, "--kept", "1003:"+strings.Repeat("0", 64)), "name entry 1003 with two hashes")
	if a := audit("--after", "7:"+head.Hash); a.code != codeFailed || !strings.Contains(a.err, "entry 7 is another") || !strings.Contains(a.err, sayAuditTampered) {
		t.Errorf("another: %+v", a)
	}
	tamper(t, file, `DELETE FROM audit WHERE seq = 1003`)
	if a := audit("--verify"); a.code != codeOpen {
		t.Errorf("a chain shows that its end was cut off? %+v", a)
	}
	if a := audit("--verify", "--kept", kept); a.code != codeFailed || !strings.Contains(a.err, "entry 1003 is missing") {
		t.Errorf("cut off: %+v", a)
	}
	tamper(t, file, `UPDATE audit SET entry = replace(CAST(entry AS TEXT), 'Ada', 'Eve') WHERE seq = 700`)
	if a := audit("--verify"); a.code != codeFailed || !strings.Contains(a.err, "entry 700 was changed") || !strings.Contains(a.err, "Keep a copy of the database") {
		t.Errorf("changed: %+v", a)
	}
	a = audit("--json", "--verify")
	if err := json.Unmarshal([]byte(a.out), &r); err != nil || a.code != codeFailed || r.Whole || !strings.Contains(r.Tampered, "entry 700") || r.Head.Seq != 699 {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestTamperingFoundBeforeTheServerStops holds that what was found is the verdict and the
// code, whatever ended the reading of the rest, and that this is said, too.
func TestTamperingFoundBeforeTheServerStops(t *testing.T) {
	t.Parallel()
	s, file, _ := auditRig(t)
	for range 1003 {
		if _, err := s.Audit(t.Context(), cases.Entry{Who: "Ada, Fabrikam", Role: "guide", Did: "watched"}); err != nil {
			t.Fatal(err)
		}
	}
	socket := doorOf(t, func(ctx context.Context, after uint64) ([]cases.Logged, bool, error) {
		if after > 0 {
			return nil, false, errors.New("it stops")
		}
		return s.Entries(ctx, after)
	}, nil)
	audit := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append([]string{"admin", "--socket", socket, "audit"}, args...)...)
	}
	if a := audit(); a.code != codeFailed || !strings.Contains(a.err, "it stops") || strings.Contains(a.out+a.err, "not what was written") || !strings.Contains(a.err, "onboard admin --socket '"+socket+"' audit --after 1000:") {
		t.Errorf("untouched: %d, %q", a.code, a.err)
	}
	tamper(t, file, `UPDATE audit SET hash = 'x' WHERE seq = 5`)
	for _, args := range [][]string{nil, {"--verify"}, {"--json"}, {"--json", "--verify"}} {
		a := audit(args...)
		if a.code != codeFailed || !strings.Contains(a.err, "entry 5 was changed") || !strings.Contains(a.err, "it stops") || !strings.Contains(a.err, sayAuditTampered) || strings.Contains(a.out, "is whole") {
			t.Errorf("%v: %d, %q", args, a.code, a.err)
		}
		if len(args) == 0 || args[0] != "--json" {
			continue
		}
		var r auditDocument
		if err := json.Unmarshal([]byte(a.out), &r); err != nil || r.Whole || !strings.Contains(r.Tampered, "entry 5 was changed") || r.Cut != sayAuditCut {
			t.Errorf("%v: %v, %+v, %q, %q", args, err, r.Head, r.Tampered, r.Cut)
		}
	}
}

// tamper does to the audit what somebody does who can write to the database.
func tamper(t *testing.T, file, stmt string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_busy_timeout=2000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, stmt := range []string{`DROP TRIGGER IF EXISTS audit_stays`, `DROP TRIGGER IF EXISTS audit_keeps`, stmt} {
		if _, err := db.ExecContext(t.Context(), stmt); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
}

// TestServeSaysWhereCasesAre holds that where cases are kept is checked and told, and
// no password with it.
func TestServeSaysWhereCasesAre(t *testing.T) {
	t.Parallel()
	check := func(at string) answer {
		t.Helper()
		return ask(t, nil, "serve", "--config", keep(t, "serve.yaml", "state: "+filepath.Join(t.TempDir(), "state")+"\ncases: \""+at+"\"\n"), "--check-config")
	}
	if a := check(""); a.code != codeOpen || strings.Contains(a.out, "Cases are kept") {
		t.Errorf("%+v", a)
	}
	if a := check("/var/lib/other/cases.db"); a.code != codeOpen || !strings.Contains(a.out, "Cases are kept in /var/lib/other/cases.db.") || strings.Contains(a.out, sayConfigNamed) {
		t.Errorf("%+v", a)
	}
	a := check("postgres://onboard:s3cr3t@db.example:5433/onboard?sslmode=require")
	if a.code != codeOpen || !strings.Contains(a.out, "Cases are kept in postgres://onboard@db.example:5433/onboard.") || !strings.Contains(a.out, sayConfigNamed) || strings.Contains(a.out+a.err, "s3cr3t") {
		t.Errorf("%+v", a)
	}
	for at, says := range map[string]string{
		"cases.db":                                                 "neither the absolute path of a file nor a URL",
		"mysql://u:s3cr3t@h/x":                                     "neither the absolute path of a file nor a URL",
		"postgres://u:s3cr3t@h:x/y":                                "this is no address of a PostgreSQL database",
		"postgres://u:s3cr3t@h/y?sslmode=s3cr3t":                   "this is no address of a PostgreSQL database",
		"postgres://u:s3cr3t@h/y?sslmode=maybe":                    "sslmode",
		"postgres://u:s3cr3t@h/y?sslmode=verify-ca&sslrootcert=/n": "this is no address of a PostgreSQL database",
	} {
		a := check(at)
		refused(t, a, says, "onboard serve --print-config")
		if strings.Contains(a.out+a.err, "s3cr3t") {
			t.Errorf("%s: it tells the password: %+v", at, a)
		}
	}
}
