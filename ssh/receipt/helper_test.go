package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"flag"
	"testing"
	"time"

	"onboard.example/flows"
)

var update = flag.Bool("update", false, "write the schema anew")

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// print is the fingerprint of a guide's key.
const print = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// book is a journal that a test writes.
type book struct {
	rs  []flows.Record
	now time.Time
}

func newBook() *book {
	b := &book{now: noon}
	b.add("driver", flows.ByDriver, flows.Started{Version: "test", Domain: "contoso.example", Nonce: "canary-nonce"})
	return b
}

// add adds a record, a second later than the one before.
func (b *book) add(w flows.WriterID, by flows.Author, e flows.Event) {
	b.now = b.now.Add(time.Second)
	n := uint64(len(b.rs) + 1)
	b.rs = append(b.rs, flows.Record{Seq: n, Writer: w, N: n, At: b.now, By: by, Event: e})
}

// asks has a guide ask to watch for a quarter of an hour.
func (b *book) asks(v flows.VisitID, name string) {
	b.add("guide-"+flows.WriterID(v), flows.ByServer, flows.AskedToWatch{
		Visit: v, Guide: name, Org: "Example Support", Until: b.now.Add(5 * time.Minute), Lasts: 15 * time.Minute, Print: print, Server: "onboard.example",
	})
}

// lets has the customer say yes.
func (b *book) lets(v flows.VisitID) { b.person(flows.Watched{Visit: v, Here: true}) }

func (b *book) person(e flows.Event) { b.add("driver", flows.ByPerson, e) }

func (b *book) guide(v flows.VisitID, e flows.Event) {
	b.add("guide-"+flows.WriterID(v), flows.ByGuide, e)
}

// sessions are what the journal says of guided sessions.
func (b *book) sessions(t testing.TB) []Session {
	t.Helper()
	all, err := Sessions(t.Context(), "7KQ-M2X", b.rs)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// one is the only one of them.
func (b *book) one(t testing.TB) Session {
	t.Helper()
	all := b.sessions(t)
	if len(all) != 1 {
		t.Fatalf("there are %d sessions", len(all))
	}
	return all[0]
}

// whole is a journal with a session in which a bit of everything happened.
func whole() *book {
	b := newBook()
	b.asks("v1", "Anna Berg")
	b.lets("v1")
	b.guide("v1", flows.Pointed{At: "app/grant", Visit: "v1"})
	b.guide("v1", flows.Noted{Text: "canary-note", Visit: "v1"})
	b.guide("v1", flows.Suggested{Path: flows.EntraGrant, Visit: "v1"})
	b.guide("v1", flows.AskedAgain{Visit: "v1"})
	b.guide("v1", flows.Pointed{Visit: "v1"})
	b.person(flows.Answered{Question: flows.AskDomain, Value: "canary-answer.example"})
	b.person(flows.Noted{Text: "canary-reply"})
	b.add("driver", flows.ByDriver, flows.Listening{At: "https://onboard.example/consent", State: "canary-state"}) // which no guide is shown
	b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped})
	return b
}

// seeded is a key that is the same in each run.
type seeded struct{ ed25519.PrivateKey }

func key(of string) seeded {
	seed := sha256.Sum256([]byte(of))
	return seeded{ed25519.NewKeyFromSeed(seed[:])}
}

func (s seeded) Public() ed25519.PublicKey {
	return ed25519.PublicKey(bytes.Clone(s.PrivateKey[ed25519.SeedSize:]))
}

func (s seeded) Sign(message []byte) []byte { return ed25519.Sign(s.PrivateKey, message) }

// trusted is the key as somebody trusts it.
func (s seeded) trusted(t testing.TB, server string, from, until time.Time) Key {
	t.Helper()
	k, err := KeyOf(server, s.Public(), from, until)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is the receipt of a session.
func signed(t testing.TB, k Signer, s Session) []byte {
	t.Helper()
	text, err := Sign(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
