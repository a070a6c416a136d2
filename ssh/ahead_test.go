package ssh

import (
	"context"
	"errors"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// began is a case in which something was begun.
func (s *site) began(t *testing.T) (c *cases.Case, code string) {
	t.Helper()
	c, drawn, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(t.Context(), 0, flows.Record{Writer: "driver", N: 1, At: time.Now(), By: flows.ByDriver, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	return c, drawn.Reveal()
}

// kept is the number of the case that a desk has read ahead; empty: there is none.
func (d *desk) kept() cases.Number {
	d.aheads.Lock()
	defer d.aheads.Unlock()
	if d.ahead == nil {
		return ""
	}
	return d.ahead.number
}

// TestReadingAhead holds what becomes of a case that is read because its guide may ask: it
// is asked by what was read, once; turning away, another case, the end of the session and
// the closed desk forget it; who is no guide reads nothing.
func TestReadingAhead(t *testing.T) {
	t.Parallel()
	s, as, o, _, _ := handing(t)
	one, _ := s.began(t)
	other, _ := s.began(t)
	d := as(o.named("Anna Berg"))
	d.readAhead(t.Context(), string(one.Number()))
	if d.ahead.read == nil || d.kept() != one.Number() {
		t.Fatal("it was not read")
	}
	seat, err := d.ask(t.Context(), string(one.Number()))
	if err != nil || d.kept() != "" {
		t.Fatalf("asked: %v, and kept is %q", err, d.kept())
	}
	if err := seat.Leave(t.Context(), flows.WatchLeft); err != nil {
		t.Error(err)
	}
	d.readAhead(t.Context(), string(one.Number()))
	d.readAhead(t.Context(), string(other.Number()))
	if d.kept() != other.Number() {
		t.Errorf("of two cases %q is kept", d.kept())
	}
	for what, number := range map[string]string{"turned away": "", "what is no number": "contoso.example"} {
		d.readAhead(t.Context(), string(one.Number()))
		if d.readAhead(t.Context(), number); d.kept() != "" {
			t.Errorf("%s: %q is kept", what, d.kept())
		}
	}
	if d.readAhead(t.Context(), "000-000"); d.ahead == nil || d.ahead.c != nil || d.ahead.read != nil {
		t.Error("of a case that nobody has something was read")
	}
	ctx, cancel := context.WithCancel(t.Context())
	d.readAhead(ctx, string(one.Number()))
	cancel()
	await(t, "nothing is kept after the session", func() bool { return d.kept() == "" }, func() string { return string(d.kept()) })
	d.readAhead(t.Context(), string(one.Number()))
	if d.close(flows.WatchLeft); d.kept() != "" {
		t.Errorf("a closed desk keeps %q", d.kept())
	}
	lost := as(o.named("Lost Guide"))
	put(t, o.revoked(), "id: Lost Guide\n")
	if lost.readAhead(t.Context(), string(one.Number())); lost.ahead != nil {
		t.Error("who is no guide any more reads ahead")
	}
}

// TestAskingAfterReadingAhead holds that what was read ahead lets nobody ask for what is
// gone since, and that an other case is asked for all the same.
func TestAskingAfterReadingAhead(t *testing.T) {
	t.Parallel()
	s, as, o, _, _ := handing(t)
	one, code := s.began(t)
	other, _ := s.began(t)
	d := as(o.named("Anna Berg"))
	d.readAhead(t.Context(), string(one.Number()))
	if _, err := s.o.Cases.Erase(t.Context(), cases.Try{Code: code}); err != nil {
		t.Fatal(err)
	}
	if seat, err := d.ask(t.Context(), string(one.Number())); seat != nil || !errors.Is(err, errCaseGone) {
		t.Errorf("for a case that is erased: %v, %v", seat, err)
	}
	third, _ := s.began(t)
	d.readAhead(t.Context(), string(third.Number()))
	seat, err := d.ask(t.Context(), string(other.Number()))
	if err != nil {
		t.Fatal(err)
	}
	rs, err := other.Since(t.Context(), 0)
	if err != nil || len(rs) != 2 || rs[1].Event.Kind() != flows.KindAskedToWatch {
		t.Errorf("the case that was asked for has %d records, %v", len(rs), err)
	}
	if rs, err := third.Since(t.Context(), 0); err != nil || len(rs) != 1 {
		t.Errorf("the one that was not has %d, %v", len(rs), err)
	}
	if err := seat.Leave(t.Context(), flows.WatchLeft); err != nil {
		t.Error(err)
	}
	d.close(flows.WatchLeft)
}
