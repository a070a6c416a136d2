package cases

import (
	"fmt"
	"testing"
	"time"
)

// A node finds what another one left that died, once its lease is over and not before, and
// nothing of one that says again that it is there.
func TestAnotherNodeFindsWhatIsLeft(t *testing.T) {
	t.Parallel()
	db := postgres(t)
	now := atNoon()
	s := open(t, db.URL(db.name(t)), Options{Now: now.time})
	when := noon
	says := func() { // the other node is there
		raw(t, s, fmt.Sprintf(`INSERT INTO nodes VALUES ('other', 'other', %[1]d) ON CONFLICT (id) DO UPDATE SET until_at = %[1]d`, when.Add(leaseTime).UnixMilli()))
	}
	says()
	raw(t, s, `INSERT INTO consoles VALUES ('word', 'other', 'p', 'Lea Lind', 'Example Support', 'lead', 0)`)
	for _, id := range []string{"v", "w"} {
		v := visitOf(id)
		raw(t, s, fmt.Sprintf(`INSERT INTO visits VALUES ('%s', '%s', 'word', '%s', '%s', '%s')`, v.ID, v.Case, v.Who, v.Role, v.Organisation))
	}
	later := func(d time.Duration) (ids string) {
		for end := when.Add(d); when.Before(end); {
			when = when.Add(VisitsEvery)
			now.set(when)
			ids += left(t, s)
		}
		return ids
	}
	if got := later(leaseTime - VisitsEvery); got != "" {
		t.Errorf("while the lease goes on left are %q", got)
	}
	says()
	if got := later(leaseTime - VisitsEvery); got != "" {
		t.Errorf("while the next lease goes on left are %q", got)
	}
	if got := later(VisitsEvery); got != "vw" {
		t.Errorf("after it left are %q", got)
	}
	s.looked.fails() // the database was away, and everybody's lease ran out meanwhile
	if got := later(looksSure); got != "" {
		t.Errorf("at once left are %q", got)
	}
	says()
	if got := later(leaseTime - VisitsEvery); got != "" {
		t.Errorf("once it said again that it is there left are %q", got)
	}
}

// A node knows when others may hold it for gone.
func TestLapsing(t *testing.T) {
	t.Parallel()
	db := postgres(t)
	s := open(t, db.URL(db.name(t)), Options{})
	begins(t, comes(t, s, lea), "v")
	if s.Lapsing() {
		t.Error("it lapses at once")
	}
	s.leased.mu.Lock()
	s.leased.until = s.leased.until.Add(-leaseTime + leaseEvery)
	s.leased.mu.Unlock()
	if !s.Lapsing() {
		t.Error("it does not know")
	}
	if alone := fresh(t, Options{}); alone.Lapsing() {
		t.Error("there are no others")
	}
}
