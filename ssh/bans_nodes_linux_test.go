package ssh

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
	"onboard.example/ssh/cluster"
)

// banning is a server's list of bans, shared in a store, with the clock that it has.
func banning(t *testing.T, store *cases.Store, file string, now func() time.Time) *Bans {
	t.Helper()
	b, err := OpenBans(file, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Share(t.Context(), store, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return b
}

// hears has a list hear of others until the test ends, or deaf is called.
func hears(t *testing.T, b *Bans) (deaf func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Keep(ctx)
	}()
	deaf = func() {
		stop()
		<-done
	}
	t.Cleanup(deaf) // before its store is closed
	return deaf
}

// holds waits until a client is banned, or no more.
func (b *Bans) holds(t *testing.T, client string, want bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		if _, banned := b.OfClient(client); banned == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is banned: %v", client, !want)
		}
		<-time.After(time.Millisecond) // between two looks
	}
}

// decreed is what the audit has, one word for each entry.
func decreed(t *testing.T, s *cases.Store) string {
	t.Helper()
	all, _, err := s.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		if e.Who != operator {
			t.Errorf("%+v", e.Entry)
		}
		what, _, _ := strings.Cut(e.More, " until ")
		out = append(out, e.Did+" "+what)
	}
	return strings.Join(out, ", ")
}

// scanner is a client by a name that is banned.
func scanner(o *gossh.ClientConfig) { o.ClientVersion = "SSH-2.0-Scanner_2" }

const aClient = "SSH-2.0-Scanner"

// TestBansAreOfEveryNode holds, over real SSH, that a ban which is made at one server
// ends what is there at another, and turns new ones away; that it is listed and lifted
// at any; and that the database may go away meanwhile: what was known holds, what is
// made here holds here at once, and elsewhere once it is back. The audit has each once.
func TestBansAreOfEveryNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	start := func(node string) *site {
		return serve(t, func(o *Options) {
			o.Cases = shared(t, d, cases.Options{Node: node})
			o.Bans = banning(t, o.Cases, filepath.Join(t.TempDir(), "bans.json"), nil)
			hears(t, o.Bans)
		})
	}
	a, b := start("a"), start("b")
	there := opens(t, b.dial(t, "anybody", scanner), 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm", 24, 80, nil); err != nil {
			return err
		}
		return x.Shell()
	})
	there.sees("Which app")
	other := b.shell(t, "anybody", 80, 24)
	other.sees("Which app")
	if _, err := a.o.Bans.Add(Ban{Kind: BanClient, Value: aClient, Reason: "no scanners"}); err != nil {
		t.Fatal(err)
	}
	if code := there.ends(); code != codeFailed || !strings.Contains(there.bytes(), "no scanners") {
		t.Errorf("whoever is at the other server ends with %d", code)
	}
	banner := ""
	if _, err := b.try("anybody", func(o *gossh.ClientConfig) {
		scanner(o)
		o.BannerCallback = func(m string) error { banner += m; return nil }
	}); err == nil || !strings.Contains(banner, "no scanners") {
		t.Errorf("%v, told %q", err, banner)
	}
	if all := b.o.Bans.List(); len(all) != 1 || all[0].Reason != "no scanners" || b.Status().Bans != 1 {
		t.Errorf("listed: %+v", all)
	}
	other.types("?")
	other.sees("Keys that work here")

	if err := d.Stop(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	late := (*LateError)(nil)
	if _, err := a.o.Bans.Add(Ban{Kind: BanNet, Value: "127.0.0.1", Reason: "enough"}); !errors.As(err, &late) || !strings.Contains(err.Error(), "it is in force here") {
		t.Errorf("while the database is away: %v", err)
	}
	if was, err := b.o.Bans.Lift("192.0.2.1"); was || err != nil {
		t.Errorf("nobody is banned so: %v, %v", was, err)
	}
	if out, err := a.openssh(t, a.hosts(t), "127.0.0.1"); exitOf(err) != 255 || !strings.Contains(out, "enough") {
		t.Errorf("where it was made: %v: %s", err, out)
	}
	if _, err := b.try("anybody", scanner); err == nil {
		t.Error("a ban of before holds no more")
	}
	other.types("\x1b[27u")
	other.sees("Which app") // nobody there has heard of it
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
	if code := other.ends(); code != codeFailed || !strings.Contains(other.bytes(), "enough") {
		t.Errorf("once it is back: %d", code)
	}
	if was, err := b.o.Bans.Lift("127.0.0.1"); !was || err != nil {
		t.Fatalf("%v, %v", was, err)
	}
	if was, err := b.o.Bans.Lift(aClient); !was || err != nil {
		t.Fatalf("%v, %v", was, err)
	}
	a.o.Bans.holds(t, aClient, false)
	again := a.shell(t, "anybody", 80, 24)
	again.sees("Which app")
	again.types("\x03")
	if got := decreed(t, a.o.Cases); got != "banned client "+aClient+", banned net 127.0.0.1/32, ban-lifted net 127.0.0.1/32, ban-lifted client "+aClient {
		t.Errorf("the audit: %s", got)
	}
}

// TestBansGoByTheDatabasesTime holds that a server whose clock is wrong holds to bans
// for as long as the others, and that what it makes lasts for as long as it said.
func TestBansGoByTheDatabasesTime(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		clock := new(skewed)
		clock.by.Store(int64(off))
		right := banning(t, shared(t, d, cases.Options{}), "", nil)
		wrong := banning(t, shared(t, d, cases.Options{}), "", clock.now)
		deaf := hears(t, wrong)
		hears(t, right)
		if _, err := right.Add(Ban{Kind: BanClient, Value: "SSH-2.0-Right", Reason: "x", Until: time.Now().Add(30 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		wrong.holds(t, "SSH-2.0-Right", true)
		if _, err := wrong.Add(Ban{Kind: BanClient, Value: "SSH-2.0-Wrong", Reason: "x", Until: clock.now().Add(30 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		right.holds(t, "SSH-2.0-Wrong", true)
		ban, _ := right.OfClient("SSH-2.0-Wrong")
		if left := time.Until(ban.Until); left < 29*time.Minute || left > 31*time.Minute {
			t.Errorf("a clock that is wrong by %s: it holds for %s", off, left)
		}
		deaf()                                // it would ask the database for the time, which does not go on
		clock.by.Add(int64(31 * time.Minute)) // by which time it is over, there too
		wrong.holds(t, "SSH-2.0-Right", false)
		for _, name := range []string{"SSH-2.0-Right", "SSH-2.0-Wrong"} {
			if was, err := right.Lift(name); !was || err != nil {
				t.Errorf("%v, %v", was, err)
			}
		}
	}
}

// TestBansOutliveAServer holds that what a server could not bring to the database is
// brought there when it begins again, once, and that a list of before is taken over:
// the longer of two that are the same stays.
func TestBansOutliveAServer(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	file := filepath.Join(t.TempDir(), "bans.json")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	before := `[{"kind":"client","value":"SSH-2.0-Old","reason":"of before","made":"2026-01-01T00:00:00Z","until":"0001-01-01T00:00:00Z"},
{"kind":"client","value":"SSH-2.0-Short","reason":"shorter","made":"2026-01-01T00:00:00Z","until":"` + until.Format(time.RFC3339) + `"}]`
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	other := banning(t, shared(t, d, cases.Options{}), "", nil)
	hears(t, other)
	if _, err := other.Add(Ban{Kind: BanClient, Value: "SSH-2.0-Short", Reason: "longer"}); err != nil {
		t.Fatal(err)
	}
	first := banning(t, shared(t, d, cases.Options{}), file, nil)
	if text, err := os.ReadFile(file); err != nil || string(text) != "[]\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
	if ban, _ := first.OfClient("SSH-2.0-Short"); ban.Reason != "longer" || len(first.List()) != 2 {
		t.Errorf("%+v", first.List())
	}
	other.holds(t, "SSH-2.0-Old", true)
	if err := d.Stop(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	late := (*LateError)(nil)
	if _, err := first.Add(Ban{Kind: BanClient, Value: "SSH-2.0-New", Reason: "x"}); !errors.As(err, &late) {
		t.Errorf("%v", err)
	}
	if was, err := first.Lift("SSH-2.0-Old"); !was || !errors.As(err, &late) {
		t.Errorf("%v, %v", was, err)
	}
	first.holds(t, "SSH-2.0-Old", false)
	if _, err := OpenBans(file, nil); err != nil { // as --check-config does
		t.Error(err)
	}
	if err := d.Again(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file) // and the server ended
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := os.WriteFile(file, text, 0o600); err != nil { // the second time as if it ended before it could note that
			t.Fatal(err)
		}
		second := banning(t, shared(t, d, cases.Options{}), file, nil)
		second.holds(t, "SSH-2.0-New", true)
		second.holds(t, "SSH-2.0-Old", false)
	}
	other.holds(t, "SSH-2.0-New", true)
	other.holds(t, "SSH-2.0-Old", false)
	if got := decreed(t, shared(t, d, cases.Options{})); got != "banned client SSH-2.0-Short, ban-taken-over client SSH-2.0-Old, ban-taken-over client SSH-2.0-Short, banned client SSH-2.0-New, ban-lifted client SSH-2.0-Old" {
		t.Errorf("the audit: %s", got)
	}
}

// TestBansThatNobodyTold holds that the database is looked at by itself, that a row
// there that is no ban is said, and keeps neither the others from being held to nor the
// server from going on; none starts with one.
func TestBansThatNobodyTold(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	b := banning(t, shared(t, d, cases.Options{}), "", nil)
	b.shared.every = 10 * time.Millisecond
	log := new(logged)
	b.shared.log = slog.New(slog.NewTextHandler(log, nil))
	hears(t, b)
	row(t, d, `INSERT INTO bans VALUES ('client', 'SSH-2.0-Quiet', 'a', 'x', 0, 0)`)
	b.holds(t, "SSH-2.0-Quiet", true)
	row(t, d, `INSERT INTO bans VALUES ('net', 'host.example', 'b', 'x', 1, 0), ('client', 'SSH-2.0-Next', 'c', 'x', 2, 0)`)
	b.holds(t, "SSH-2.0-Next", true)
	if _, banned := b.OfAddr(netip.MustParseAddr("192.0.2.1")); banned || len(b.List()) != 2 {
		t.Errorf("%+v", b.List())
	}
	if said := log.String(); strings.Count(said, "host.example") != 1 {
		t.Errorf("the log says %q", said)
	}
	none, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := none.Share(t.Context(), shared(t, d, cases.Options{}), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "host.example") {
		t.Errorf("a start with a ban that is none: %v", err)
	}
}

// row changes the database as nobody of ours does: no other node is told.
func row(t *testing.T, d *cluster.Postgres, stmt string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), stmt); err != nil {
		t.Fatal(err)
	}
}
