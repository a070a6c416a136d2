package ssh

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// guidedBy adds a guided session to a journal: asked for, let in and ended by the customer,
// with an answer in it.
func guidedBy(t *testing.T, c *cases.Case, visit flows.VisitID, print string, at time.Time) {
	t.Helper()
	rs, err := c.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(len(rs))
	w := flows.WriterID("person of " + string(visit))
	add := func(r flows.Record) {
		t.Helper()
		if last, err = c.Append(t.Context(), last, r); err != nil {
			t.Fatal(err)
		}
	}
	add(flows.Record{Writer: flows.GuideWriter(visit), N: 1, At: at, By: flows.ByServer, Event: flows.AskedToWatch{
		Visit: visit, Guide: "Anna Berg", Org: "Example Support", Until: at.Add(time.Minute), Lasts: time.Hour, Print: print, Server: "onboard.example",
	}})
	add(flows.Record{Writer: w, N: 1, At: at.Add(time.Second), By: flows.ByPerson, Event: flows.Watched{Visit: visit, Here: true}})
	add(flows.Record{Writer: w, N: 2, At: at.Add(2 * time.Second), By: flows.ByPerson, Event: flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}})
	add(flows.Record{Writer: w, N: 3, At: at.Add(3 * time.Second), By: flows.ByPerson, Event: flows.Watched{Visit: visit, Why: flows.WatchStopped}})
}

// TestAReceiptIsKeptAsItWasGiven holds that a receipt is the same bytes for ever once it
// was given out: where a server of another version would make another of the journal, and
// after new keys. Each session has its own, so that none that was given hides a later one.
func TestAReceiptIsKeptAsItWasGiven(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	anna := o.named("Anna Berg")
	c, secret, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code, began := secret.Reveal(), time.Now().UTC().Add(-time.Hour).Round(0)
	if _, err := c.Append(t.Context(), 0, flows.Record{Writer: "driver", N: 1, At: began, By: flows.ByDriver, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	guidedBy(t, c, "v1", printOf(anna.PublicKey()), began.Add(time.Minute))
	first := s.fetches(t, code, "receipt")
	read := func(text string) receipt.Session {
		t.Helper()
		got, err := receipt.Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return got.Session
	}
	if read(first).N != 1 {
		t.Fatalf("it is of session %d", read(first).N)
	}

	// Another session follows: it has a receipt of its own, which is the one that is meant
	// where none is named, and the first stays what it was.
	guidedBy(t, c, "v2", printOf(anna.PublicKey()), began.Add(10*time.Minute))
	second := s.fetches(t, code, "receipt")
	if got := read(second); got.N != 2 || got.Visit != "v2" || second == first {
		t.Errorf("after another session it is that of session %d", got.N)
	}
	same := func(when string) {
		t.Helper()
		for line, want := range map[string]string{"receipt 1": first, "receipt 2": second, "receipt": second} {
			if got := s.fetches(t, code, line); got != want {
				t.Errorf("%s, %s is\n%s, and was\n%s", when, line, got, want)
			}
		}
		for line, want := range map[string]string{" 1": first, "": second} {
			if got := s.fetches(t, userConsole, "receipt "+string(c.Number())+line, anna); got != want {
				t.Errorf("%s, the guide's%s is\n%s, and was\n%s", when, line, got, want)
			}
		}
	}
	same("at once")
	if _, err := s.NewReceiptKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	same("after a new key")

	// What a server of another version would make of the same session is another text. The
	// one that was given stands, whoever asks.
	other := read(first)
	other.Mean.Answers++
	if text, err := s.signedReceipt(t.Context(), c, other); err != nil || string(text) != strings.TrimSpace(first) {
		t.Errorf("a server that adds it up otherwise gives\n%s, %v; and given was\n%s", text, err, first)
	}
	beside := serve(t, func(so *Options) { so.Cases, so.Version = s.o.Cases, "another" })
	if got := beside.fetches(t, code, "receipt 1"); got != first {
		t.Errorf("another server gives\n%s, and given was\n%s", got, first)
	}

	// It goes with its case.
	if _, errs, exit := s.asks(t, "erase "+code); exit != codeDone {
		t.Fatal(errs)
	}
	if text, err := c.Receipt(t.Context(), "v1"); text != nil || err != nil {
		t.Errorf("of an erased case it is %q, %v", text, err)
	}
}

// TestADisownedReceiptKeyAtAServer holds that once a key is disowned what it signed is refused
// by what the server publishes, at each of its servers; that the same receipt is given anew,
// signed by the key in its place, and stays the same; and that the audit has it. Of what ended
// before the time that was named all stays as it was.
func TestADisownedReceiptKeyAtAServer(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	beside := serve(t, func(so *Options) { so.Cases = s.o.Cases })
	anna := o.named("Anna Berg")
	c, secret, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code, began := secret.Reveal(), time.Now().UTC().Add(-2*time.Hour).Truncate(time.Second)
	if _, err := c.Append(t.Context(), 0, flows.Record{Writer: "driver", N: 1, At: began, By: flows.ByDriver, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	guidedBy(t, c, "v1", printOf(anna.PublicKey()), began)
	guidedBy(t, c, "v2", printOf(anna.PublicKey()), began.Add(time.Hour))
	first, second := s.fetches(t, code, "receipt 1"), s.fetches(t, code, "receipt 2")
	was := s.published(t)
	since := began.Add(30 * time.Minute)
	if _, err := s.DisownReceiptKey(t.Context(), "SHA256:another", since); !errors.Is(err, cases.ErrNoKey) {
		t.Errorf("a key that is none: %v", err)
	}
	if _, err := s.DisownReceiptKey(t.Context(), was[0].Fingerprint, since); err != nil {
		t.Fatal(err)
	}
	did(t, s.o.Cases, "operator  "+didDisown+" "+was[0].Fingerprint+" since "+since.Format(time.RFC3339))
	for name, at := range map[string]*site{"the server": s, "the other": beside} {
		now := at.published(t)
		if v := receipt.Judge([]byte(second), now); v.State != receipt.StateBad || v.Fault != receipt.FaultDisowned {
			t.Errorf("by %s: %+v", name, v)
		}
		if v := receipt.Judge([]byte(second), was); v.State != receipt.StateGood {
			t.Errorf("by the list of before: %+v", v)
		}
		if v := receipt.Judge([]byte(first), now); v.State != receipt.StateGood || v.Disowned == nil {
			t.Errorf("of before, by %s: %+v", name, v)
		}
		if again := at.fetches(t, code, "receipt 1"); again != first {
			t.Errorf("%s gives another receipt of before", name)
		}
		anew := at.fetches(t, code, "receipt 2")
		v := receipt.Judge([]byte(anew), now)
		if v.State != receipt.StateGood || v.Key == was[0].Fingerprint || v.Session.Visit != "v2" || anew != at.fetches(t, code, "receipt 2") {
			t.Errorf("given anew by %s: %+v", name, v)
		}
	}

	// For all its time: nothing of it is left that is good.
	if _, err := s.DisownReceiptKey(t.Context(), was[0].Fingerprint, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if v := receipt.Judge([]byte(first), s.published(t)); v.Fault != receipt.FaultDisowned {
		t.Errorf("%+v", v)
	}
	if v := receipt.Judge([]byte(s.fetches(t, code, "receipt 1")), s.published(t)); v.State != receipt.StateGood || v.Session.Visit != "v1" {
		t.Errorf("%+v", v)
	}
	if _, err := s.DisownReceiptKey(t.Context(), was[0].Fingerprint, time.Time{}); !errors.Is(err, cases.ErrDisowned) {
		t.Errorf("again: %v", err)
	}
	did(t, s.o.Cases, "operator  "+didNot+" "+didDisown)
}
