package ssh

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestAReplayIsNamedBeforeItIsShown holds that a recording which comes while others are
// replayed has an entry of its own before any of it is given, and that while the audit
// cannot have that the others go on and it stays away.
func TestAReplayIsNamedBeforeItIsShown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cases.db")
	s, o := desked(t, func(so *Options) { so.Cases = openedWith(t, file, cases.Options{}) })
	key := o.named("Anna Berg")
	rs := longRun(3)
	asked, _ := rs[1].Event.(flows.AskedToWatch)
	asked.Print, asked.Server = printOf(key.PublicKey()), "onboard.example"
	rs[1].Event = asked
	c, _ := keeps(t, s.o.Cases, rs)
	d := &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: key.PublicKey(), ctx: t.Context()}}
	var err error
	if d.who, err = s.o.Guides.who(key.PublicKey(), loopback); err != nil {
		t.Fatal(err)
	}
	r, err := d.replay(t.Context(), string(c.Number()))
	if err != nil {
		t.Fatal(err)
	}
	gives := func(want, entries int) {
		t.Helper()
		if tapes, err := r.Tapes(t.Context()); err != nil || len(tapes) != want {
			t.Errorf("%d recordings, want %d, %v", len(tapes), want, err)
		}
		all := s.auditOf(t, c.Number(), didReplay)
		if len(all) != entries || all[entries-1].More != "Anna Berg" {
			t.Errorf("the audit has %+v, want %d", all, entries)
		}
	}
	gives(1, 1)
	last := rs[len(rs)-1]
	var more []flows.Record
	for i, e := range []flows.Event{
		flows.AskedToRecord{Visit: asked.Visit, Ask: "again", Until: last.At.Add(time.Minute)},
		flows.Recorded{Visit: asked.Visit, Ask: "again", On: true},
		flows.Noted{Text: "the second"},
	} {
		by := flows.ByPerson
		if i == 0 {
			by = flows.ByServer
		}
		more = append(more, flows.Record{Writer: "more", N: uint64(i) + 1, At: last.At, By: by, Event: e})
	}
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	change := func(stmt string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Append(t.Context(), last.Seq, more...); err != nil {
		t.Fatal(err)
	}
	change(`CREATE TRIGGER audit_mute BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'a test'); END`)
	gives(1, 1)
	change(`DROP TRIGGER audit_mute`)
	gives(2, 2)
	gives(2, 2)
}

// TestEntriesNameAllWhoAreReplayed holds that no name of a replay is cut off: what does not
// go into one entry goes into the next.
func TestEntriesNameAllWhoAreReplayed(t *testing.T) {
	t.Parallel()
	var rs []flows.Record
	add := func(by flows.Author, e flows.Event) {
		n := uint64(len(rs) + 1)
		rs = append(rs, flows.Record{Seq: n, Writer: "w", N: n, At: time.Unix(int64(n), 0), By: by, Event: e})
	}
	add(flows.ByDriver, flows.Started{Version: "test", Domain: "contoso.example"})
	var want []string
	for i := range 7 {
		name, visit := strings.Repeat("n", 40)+strconv.Itoa(i), flows.VisitID(strconv.Itoa(i))
		until := time.Unix(60, 0)
		add(flows.ByServer, flows.AskedToWatch{Visit: visit, Guide: name, Org: "Example Support", Until: until, Lasts: flows.WatchMost})
		add(flows.ByPerson, flows.Watched{Visit: visit, Here: true})
		add(flows.ByServer, flows.AskedToRecord{Visit: visit, Until: until})
		add(flows.ByPerson, flows.Recorded{Visit: visit, On: true})
		add(flows.ByPerson, flows.Watched{Visit: visit, Why: flows.WatchStopped})
		want = append(want, name)
	}
	tapes := flows.Tapes(rs)
	if len(tapes) != len(want) {
		t.Fatalf("%d recordings", len(tapes))
	}
	var got []string
	for len(tapes) > 0 {
		some, more := oneEntry(tapes)
		if len(some) == 0 || shortened(more) != more {
			t.Fatalf("%d recordings in %q", len(some), more)
		}
		got, tapes = append(got, strings.Split(more, ", ")...), tapes[len(some):]
	}
	if !slices.Equal(got, want) {
		t.Errorf("named are %q", got)
	}
}
