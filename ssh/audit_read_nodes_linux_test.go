package ssh

import (
	"strings"
	"syscall"
	"testing"

	"onboard.example/ssh/cases"
)

// TestAuditIsReadAtEveryNode holds that with PostgreSQL an auditor reads the same chain at
// every node, whoever wrote it; and that while the database is away nothing is shown.
func TestAuditIsReadAtEveryNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o, theirs := newOffice(t), newOffice(t)
	opts := o.options()
	opts.Authorities = append(opts.Authorities, Authority{Organisation: "Example Partner", File: theirs.file})
	node := func(name string) *site {
		return serve(t, func(so *Options) {
			so.Cases, so.Guides = shared(t, d, cases.Options{Node: name}), guides(t, opts)
		})
	}
	a, b := node("a"), node("b")
	shown := mixed(t, a.o.Cases)
	for range 1200 { // more than one answer of the store
		writes(t, b.o.Cases, by("Eve Canary", "Example Partner", "pointed"))
	}
	writes(t, b.o.Cases, by("Anna Berg", "Example Support", "pointed"))
	aud := o.auditor("Aud Itor")
	first := readAudit(t, a.fetches(t, userConsole, "audit --json", aud))
	text := b.fetches(t, userConsole, "audit --json", aud)
	second := readAudit(t, text)
	n := len(shown) + 1202
	got := follows(t, second)
	if len(first.Entries) != n || len(second.Entries) != n+1 || !*second.Whole || strings.Contains(strings.ToLower(text), "canary") {
		t.Fatalf("%d and %d entries", len(first.Entries), len(second.Entries))
	}
	for i, l := range first.Entries {
		if l != second.Entries[i] {
			t.Errorf("entry %d is another", i+1)
		}
	}
	if len(got) != len(follows(t, first))+1 || got[uint64(n)].Did != didReadAudit || got[uint64(n+1)].Did != didReadAudit || got[uint64(n-1)].Who == "" {
		t.Errorf("%d are shown", len(got))
	}
	if out := a.fetches(t, userConsole, "audit", aud); !strings.Contains(out, "not shown: 1201 entries of others") || !strings.Contains(out, "The audit is whole") {
		t.Errorf("%s", out)
	}
	if err := d.Stop(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := a.asksAs(t, userConsole, "audit", aud); out != "" || code != codeUnknown || !strings.Contains(errs, sayUnaudited) {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
}
