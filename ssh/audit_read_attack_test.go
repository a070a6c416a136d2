package ssh

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
)

// TestAuditIsForAuditorsAloneRegression holds that nobody but an auditor reads a word of
// the audit, that each is told what others are told at the console, that nothing which
// names a file or an address is taken, and that none of it stands in the audit as read.
func TestAuditIsForAuditorsAloneRegression(t *testing.T) {
	t.Parallel()
	s, ours, _ := twoOffices(t, nil)
	mixed(t, s.o.Cases)
	_, secret, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code := secret.Reveal()
	aud := ours.auditor("Aud Itor")
	as := func(name string, roles ...string) gossh.Signer {
		return ours.certify(newSigner(t), func(c *gossh.Certificate) { c.KeyId, c.ValidPrincipals = name, roles })
	}
	hash := strings.Repeat("0", 64)
	for name, x := range map[string]struct {
		user, line string
		key        gossh.Signer
		says       string
		code       int
	}{
		"a guide":                   {userConsole, "audit", as("G", "guide"), sayNotYours, codeFailed},
		"a lead":                    {userConsole, "audit --json", as("L", "lead", "guide"), sayNotYours, codeFailed},
		"a guide, of the verdict":   {userConsole, "audit --verify", as("G", "guide"), sayNotYours, codeFailed},
		"a customer":                {code, "audit", nil, "by their key: ssh console@onboard.example audit", codeUsage},
		"a customer, of the JSON":   {code, "audit --json --verify", nil, "by their key", codeUsage},
		"anybody":                   {"anybody", "audit", nil, "by their key", codeUsage},
		"an auditor's key, as any":  {"anybody", "audit", aud, "by their key", codeUsage},
		"an auditor's key, by code": {code, "audit", aud, "by their key", codeUsage},
		"a file":                    {userConsole, "audit /etc/passwd", aud, "one word too many", codeUsage},
		"a configuration":           {userConsole, "audit --config /etc/onboard/serve.yaml", aud, "is no flag", codeUsage},
		"a socket":                  {userConsole, "audit --socket=/run/onboard/admin", aud, "is no flag", codeUsage},
		"an address":                {userConsole, "audit --database postgres://x.example/y", aud, "is no flag", codeUsage},
		"a place to write":          {userConsole, "audit --json=/tmp/x", aud, "takes no value", codeUsage},
		"a short flag":              {userConsole, "audit -v", aud, "is no flag", codeUsage},
		"another's":                 {userConsole, "audit --organisation Example", aud, "is no flag", codeUsage},
		"nothing kept":              {userConsole, "audit --kept", aud, "needs a value", codeUsage},
		"an empty one":              {userConsole, "audit --kept=", aud, "needs a value", codeUsage},
		"no head":                   {userConsole, "audit --kept ../../etc/passwd", aud, "is no head of an audit", codeUsage},
		"a huge one":                {userConsole, "audit --kept " + strings.Repeat("9", 800) + ":" + hash, aud, "is no head of an audit", codeUsage},
		"entry 0":                   {userConsole, "audit --kept 0:" + hash, aud, "is no head of an audit", codeUsage},
		"two":                       {userConsole, "audit --kept 1:" + hash + " --kept 2:" + hash, aud, "given twice", codeUsage},
		"signs":                     {userConsole, "audit \x1b]0;x\a", aud, sayCommandSigns, codeUsage},
		"another sign":              {userConsole, "audit --kept \u202e1:" + hash, aud, "is no head of an audit", codeUsage},
	} {
		var keys []gossh.Signer
		if x.key != nil {
			keys = append(keys, x.key)
		}
		out, errs, exit := s.asksAs(t, x.user, x.line, keys...)
		if out != "" || exit != x.code || !strings.Contains(errs, x.says) || len(errs) > 1000 || strings.ContainsAny(errs, "\x1b\a\u202e") {
			t.Errorf("%s: %d, %q, %.1000q", name, exit, out, errs)
		}
	}
	run := as("Out Dated", "auditor").PublicKey()
	old, ok := run.(*gossh.Certificate)
	if !ok {
		t.Fatal("no certificate")
	}
	for name, key := range map[string]gossh.Signer{
		"no key": nil, "a stranger's key": newSigner(t), "the authority's own": ours.ca,
		"another authority's": signedBy(t, newSigner(t), newSigner(t), func(c *gossh.Certificate) { c.ValidPrincipals = []string{"auditor"} }),
		"no role":             as("N", "auditors"),
		"run out": ours.certify(newSigner(t), func(c *gossh.Certificate) {
			c.ValidPrincipals, c.ValidAfter, c.ValidBefore = []string{"auditor"}, old.ValidAfter-7200, old.ValidAfter-3600
		}),
	} {
		conn, err := s.try(userConsole, func(c *gossh.ClientConfig) {
			if key != nil {
				c.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(key)}, c.Auth...)
			}
		})
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s logs in", name)
		}
	}
	if got := s.auditOf(t, "", didReadAudit); len(got) != 0 {
		t.Errorf("it was read: %+v", got)
	}
	// Who was revoked since they logged in is told so, as is who has no console here.
	late := s.dial(t, userConsole, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(aud)} })
	put(t, ours.revoked(), printOf(aud.PublicKey())+"\n")
	c := opens(t, late, 0, 0, func(x *gossh.Session) error { return x.Start("audit") })
	if exit := c.ends(); exit != codeUsage || c.bytes() != "" || !strings.Contains(c.errors(), sayNotGuide) {
		t.Errorf("revoked: %d, %q, %q", exit, c.bytes(), c.errors())
	}
	none := serve(t, nil)
	if out, errs, exit := none.asksAs(t, userConsole, "audit"); out != "" || exit != codeUsage || !strings.Contains(errs, sayNoConsole) {
		t.Errorf("without a console: %d, %q, %q", exit, out, errs)
	}
}

// filed is a server whose store is in a file that a test can reach.
func filed(t *testing.T, change func(*Options)) (s *site, o *office, store *cases.Store, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "cases.db")
	store, err := cases.Open(t.Context(), file, cases.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // a test may have
	s, o = desked(t, func(so *Options) {
		so.Cases = store
		if change != nil {
			change(so)
		}
	})
	return s, o, store, file
}

// forges does to the audit what somebody does who can write to the database.
func forges(t *testing.T, file, stmt string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, drop := range []string{`DROP TRIGGER IF EXISTS audit_stays`, `DROP TRIGGER IF EXISTS audit_keeps`} {
		if _, err := db.ExecContext(t.Context(), drop); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), stmt, args...); err != nil {
		t.Fatal(err)
	}
}

// TestTamperedAuditSaysSo holds that an audit which is not what was written gives the
// verdict and the code of that, also where the entry is of others, and that what somebody
// put into it acts on no terminal.
func TestTamperedAuditSaysSo(t *testing.T) {
	t.Parallel()
	s, o, store, file := filed(t, nil)
	aud := o.auditor("Aud Itor")
	for range 3 {
		writes(t, store, by("Anna Berg", "Example Support", "pointed"))
		writes(t, store, by("Eve Canary", "Example Partner", "pointed"))
	}
	forges(t, file, `UPDATE audit SET entry = ? WHERE seq = 4`, []byte(`{"seq":4,"who":"Eve\u001b[2J`+"\u009b2J\u202e"+` Canary","did":"x","organisation":"Example Support"}`))
	for _, line := range []string{"audit", "audit --verify", "audit --json", "audit --json --verify"} {
		out, errs, code := s.asksAs(t, userConsole, line, aud)
		if code != codeFailed || !strings.Contains(errs, "entry 4 was changed") || !strings.Contains(errs, "Tell whoever runs this service") || strings.ContainsAny(out+errs, "\x1b\u009b\u202e") || strings.Contains(out, "is whole") {
			t.Errorf("%s: %d, %q, %q", line, code, out, errs)
		}
		if strings.Contains(line, "json") {
			if r := readAudit(t, out); *r.Whole || !strings.Contains(r.Tampered, "entry 4 was changed") || r.Head.Seq != 3 || r.Cut != "" {
				t.Errorf("%s: %s", line, out)
			}
		}
	}
	if log := s.log.String(); !strings.Contains(log, "the audit is not what was written") || !strings.Contains(log, `guide="Aud Itor"`) {
		t.Errorf("the operator does not hear of it, or not whose reading it was:\n%s", log)
	}
}

// TestNothingIsReadWithoutAnEntry holds that while the audit cannot be written nothing of
// it is shown, and that it is said.
func TestNothingIsReadWithoutAnEntry(t *testing.T) {
	t.Parallel()
	s, o, store, file := filed(t, nil)
	aud := o.auditor("Aud Itor")
	writes(t, store, by("Anna Berg", "Example Support", "pointed"))
	forges(t, file, `CREATE TRIGGER nothing_new BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END`)
	for _, line := range []string{"audit", "audit --json", "audit --verify"} {
		if out, errs, code := s.asksAs(t, userConsole, line, aud); out != "" || code != codeUnknown || !strings.Contains(errs, sayUnaudited) {
			t.Errorf("%s: %d, %q, %q", line, code, out, errs)
		}
	}
	forges(t, file, `DROP TRIGGER nothing_new`)
	if out := s.fetches(t, userConsole, "audit", aud); !strings.Contains(out, "Anna Berg") {
		t.Error(out)
	}
}

// reading is an auditor who reads through a pipe, of an audit of many parts.
type reading struct {
	s    *session
	desk *desk
	from *io.PipeReader
	errs bytes.Buffer
	code chan int
}

const manyEntries = 2500 // three answers of the store, and many parts

// readsSlowly is one on a server.
func (s *site) readsSlowly(t *testing.T, o *office, store *cases.Store) *reading {
	t.Helper()
	for i := range manyEntries {
		writes(t, store, by("Anna Berg", "Example Support", fmt.Sprint("deed-", i)))
	}
	r := &reading{code: make(chan int, 1)}
	r.s, r.from = piped(t, s.Server)
	t.Cleanup(func() { _ = r.from.Close() })
	r.s.user, r.s.proven = userConsole, o.auditor("Aud Itor").PublicKey()
	who, err := s.o.Guides.who(r.s.proven, loopback)
	if err != nil {
		t.Fatal(err)
	}
	r.desk = &desk{s: r.s, who: who}
	return r
}

// first is what comes first, once more waits behind it.
func (r *reading) first(t *testing.T) []byte {
	t.Helper()
	part := make([]byte, 1000)
	if _, err := io.ReadFull(r.from, part); err != nil {
		t.Fatal(err)
	}
	return part
}

// rest is all that comes then, and the code.
func (r *reading) rest(t *testing.T) ([]byte, int) {
	t.Helper()
	var all bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&all, r.from) // until it is closed
	}()
	select {
	case code := <-r.code:
		<-r.s.out.empty()
		_ = r.from.Close()
		<-read
		return all.Bytes(), code
	case <-time.After(patience):
		t.Fatal("it does not end")
		return nil, 0
	}
}

// TestAuditEndsForWhoIsRevokedRegression holds that who is revoked while they read gets
// no part more than what was on its way, and hears why.
func TestAuditEndsForWhoIsRevokedRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	opts := o.options()
	opts.Revoked = o.revoked()
	put(t, opts.Revoked, "")
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	r := s.readsSlowly(t, o, s.o.Cases)
	go func() { r.code <- r.s.audit([]string{"--json"}, &r.errs) }()
	text := r.first(t)
	put(t, opts.Revoked, "id: Aud Itor\n")
	more, code := r.rest(t)
	if text = append(text, more...); len(text) > 2*mostAtOnce || code != codeFailed || !strings.Contains(r.errs.String(), sayGuideNow) {
		t.Errorf("%d bytes, %d, %q", len(text), code, &r.errs)
	}
}

// TestAuditIsReadToItsEndOfThen holds that what is added while somebody reads is not read:
// who reads slowly comes to the end.
func TestAuditIsReadToItsEndOfThen(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	r := s.readsSlowly(t, o, s.o.Cases)
	go func() { r.code <- r.s.audit([]string{"--json"}, &r.errs) }()
	text := r.first(t)
	for range 5 {
		writes(t, s.o.Cases, by("Anna Berg", "Example Support", "later"))
	}
	more, code := r.rest(t)
	doc := readAudit(t, string(append(text, more...)))
	if follows(t, doc); code != codeDone || !*doc.Whole || doc.Head.Seq != manyEntries+1 || len(doc.Entries) != manyEntries+1 || r.errs.Len() > 0 {
		t.Errorf("%d, %+v, %q", code, doc.Head, &r.errs)
	}
}

// TestACutAuditSaysSo holds what is read of an audit that cannot be read to its end, for
// the store is away, or the time is over: a whole document without the verdict, why on
// standard error, and the code of what is not known, or of what was changed before.
func TestACutAuditSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut  func(t *testing.T, store *cases.Store, file string, over func())
		says string
		code int
	}{
		"away": {func(t *testing.T, store *cases.Store, _ string, _ func()) {
			t.Helper()
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		}, sayAuditAway, codeUnknown},
		"over": {func(_ *testing.T, _ *cases.Store, _ string, over func()) { over() }, "not read to its end within 45s", codeUnknown},
		"changed": {func(t *testing.T, _ *cases.Store, _ string, over func()) {
			t.Helper()
			over()
		}, "entry 9 was changed", codeFailed},
	} {
		for _, ask := range []auditAsk{{json: true}, {}} {
			t.Run(fmt.Sprint(name, ask.json), func(t *testing.T) {
				t.Parallel()
				s, o, store, file := filed(t, nil)
				r := s.readsSlowly(t, o, store)
				if name == "changed" {
					forges(t, file, `UPDATE audit SET hash = 'x' WHERE seq = 9`)
				}
				ctx, over := context.WithCancel(t.Context())
				defer over()
				go func() { r.code <- r.desk.showAudit(ctx, ask, &r.errs) }()
				text := r.first(t)
				c.cut(t, store, file, over)
				more, code := r.rest(t)
				text = append(text, more...)
				if code != c.code || !strings.Contains(r.errs.String(), c.says) || strings.Contains(string(text), "is whole") || !bytes.HasSuffix(text, []byte("\n")) {
					t.Errorf("%d, %q, %.200s", code, &r.errs, text)
				}
				if strings.Contains(r.errs.String(), "--after ") != (name != "changed") {
					t.Errorf("where to go on: %q", &r.errs)
				}
				if !ask.json {
					return
				}
				doc := readAudit(t, string(text))
				if on := fmt.Sprintf("audit --json --after %d:%s", doc.Head.Seq, doc.Head.Hash); name != "changed" && !strings.Contains(r.errs.String(), on) {
					t.Errorf("it goes on with %q, want %q", &r.errs, on)
				}
				n := len(doc.Entries)
				if *doc.Whole || doc.Cut == "" || n == 0 || n >= manyEntries || (doc.Tampered != "") != (name == "changed") || name != "changed" && doc.Head.Seq != uint64(n) {
					t.Errorf("%d entries, %+v, %q, %q", n, doc.Head, doc.Cut, doc.Tampered)
				}
			})
		}
	}
}

// TestTamperingIsSaidHoweverItEndsRegression holds that an entry that was changed is in the
// log once, and is the verdict and the code of whoever stalls behind it or whose session
// ends, and that who is revoked meanwhile is told nothing of it.
func TestTamperingIsSaidHoweverItEndsRegression(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut   func(t *testing.T, r *reading, revoked string, over func())
		stall time.Duration
		says  []string
	}{
		"stalled": {func(t *testing.T, r *reading, _ string, _ func()) {
			t.Helper()
			select {
			case code := <-r.code: // before anything more is read
				r.code <- code
			case <-time.After(patience):
				t.Fatal("it does not end")
			}
		}, time.Second, []string{"nothing of the audit was read for 1s", "entry 9 was changed", "Tell whoever runs"}},
		"gone": {func(_ *testing.T, _ *reading, _ string, over func()) { over() }, patience, []string{sayAuditAway, "entry 9 was changed", "Tell whoever runs"}},
		"revoked": {func(t *testing.T, _ *reading, revoked string, _ func()) {
			t.Helper()
			put(t, revoked, "id: Aud Itor\n")
		}, patience, []string{sayGuideNow}},
	} {
		for _, line := range [][]string{{"--json"}, nil} {
			t.Run(fmt.Sprint(name, line), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				opts := o.options()
				opts.Revoked = o.revoked()
				put(t, opts.Revoked, "")
				s, _, store, file := filed(t, func(so *Options) { so.Guides, so.Limits.Stall = guides(t, opts), c.stall })
				r := s.readsSlowly(t, o, store)
				forges(t, file, `UPDATE audit SET hash = 'x' WHERE seq = 9`)
				var over func()
				r.s.ctx, over = context.WithCancel(t.Context())
				defer over()
				go func() { r.code <- r.s.audit(line, &r.errs) }()
				text := r.first(t)
				c.cut(t, r, opts.Revoked, over)
				more, code := r.rest(t)
				if text = append(text, more...); code != codeFailed || strings.Contains(string(text), "is whole") {
					t.Errorf("%d, %q, %.200s", code, &r.errs, text)
				}
				for _, says := range c.says {
					if !strings.Contains(r.errs.String(), says) {
						t.Errorf("it lacks %q: %q", says, &r.errs)
					}
				}
				if strings.Contains(r.errs.String(), "was changed") != (name != "revoked") {
					t.Errorf("it says %q", &r.errs)
				}
				if log := s.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "entry 9 was changed") {
					t.Errorf("the operator hears %s", log)
				}
			})
		}
	}
}

// TestAnAuditorWhoReadsNothing holds that who reads nothing of the audit is cut off after a
// while, gives the room of a command back, and is not told to go on behind what did not come.
func TestAnAuditorWhoReadsNothing(t *testing.T) {
	t.Parallel()
	s, o := desked(t, func(so *Options) { so.Limits.Stall = time.Second })
	r := s.readsSlowly(t, o, s.o.Cases)
	if code := r.s.audit(nil, &r.errs); code != codeUnknown || len(s.commands) != 0 || !strings.Contains(r.errs.String(), "nothing of the audit was read for 1s") {
		t.Errorf("%d, %q; the room is taken by %d", code, &r.errs, len(s.commands))
	}
	if strings.Contains(r.errs.String(), "Go on from there") {
		t.Errorf("they would go on behind entries that they did not see: %q", &r.errs)
	}
}

// TestManyAuditorsAtOnce holds that who reads the audit has the room of a command, that the
// next is told so meanwhile, and that one who goes gives it back at once.
func TestManyAuditorsAtOnce(t *testing.T) {
	t.Parallel()
	s, o := desked(t, func(so *Options) {
		so.Limits.Commands, so.Limits.CommandsPerSource = 1, 1
		so.Limits.Stall = patience
	})
	r := s.readsSlowly(t, o, s.o.Cases)
	var over func()
	r.s.ctx, over = context.WithCancel(t.Context())
	defer over()
	go func() { r.code <- r.s.audit(nil, &r.errs) }()
	await(t, "the room is taken", func() bool { return len(s.commands) == 1 }, func() string { return "it is not" })
	if out, errs, code := s.asksAs(t, userConsole, "audit", o.auditor("Second")); out != "" || code != codeUnknown || !strings.Contains(errs, sayManyOfYours) {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	over()
	if code := <-r.code; code != codeUnknown || len(s.commands) != 0 || !strings.Contains(r.errs.String(), sayAuditAway) {
		t.Errorf("%d, %q; the room is taken by %d", code, &r.errs, len(s.commands))
	}
	gone, cancel := context.WithCancel(t.Context())
	again, from := piped(t, s.Server)
	defer func() { _ = from.Close() }()
	again.user, again.proven, again.ctx = r.s.user, r.s.proven, gone
	r.errs.Reset()
	go func() { r.code <- again.audit([]string{"--json"}, &r.errs) }()
	if _, err := io.ReadFull(from, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if code := <-r.code; code != codeUnknown || len(s.commands) != 0 || !strings.Contains(r.errs.String(), sayAuditAway) {
		t.Errorf("%d, %q; the room is taken by %d", code, &r.errs, len(s.commands))
	}
}
