package receipt

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/invopop/jsonschema"

	"onboard.example/flows"
)

// TestSessionSaysWhatTheJournalSays holds a session in which a bit of everything
// happened to what is in its journal, and that nothing private is in it.
func TestSessionSaysWhatTheJournalSays(t *testing.T) {
	t.Parallel()
	b := whole()
	s := b.one(t)
	if s.Server != "onboard.example" || s.Case != "7KQ-M2X" || s.N != 1 || s.Visit != "v1" || s.Guide != (Guide{"Anna Berg", "Example Support", print}) {
		t.Errorf("who and where: %+v", s)
	}
	at := func(n int) time.Time { return b.rs[n-1].At }
	if !s.Asked.Equal(at(2)) || !s.Allowed.Equal(at(3)) || !s.Until.Equal(at(3).Add(15*time.Minute)) || s.Ended != (End{at(12), byCustomer}) {
		t.Errorf("when: asked %s, let in %s until %s, ended %+v", s.Asked, s.Allowed, s.Until, s.Ended)
	}
	if d := s.Did; d.Points != 2 || d.Notes != 1 || d.Suggestions != 1 || d.Looks != 1 || d.Other != 0 || len(d.Deeds) != 5 {
		t.Errorf("the guide did %+v", d)
	}
	var deeds []string
	for _, d := range s.Did.Deeds {
		deeds = append(deeds, d.Did+" "+d.What)
	}
	if got := strings.Join(deeds, ","); got != "pointed app/grant,noted ,suggested entra-grant,asked-again ,pointed " {
		t.Errorf("in order: %s", got)
	}
	if s.Mean != (Meanwhile{Answers: 1}) {
		t.Errorf("meanwhile: %+v", s.Mean)
	}
	sum, state := sha256.New(), flows.Fold(flows.State{}, b.rs[0])
	for _, r := range b.rs[1:] {
		line, err := flows.MarshalRecord(flows.Shared(state, r))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = sum.Write(append(line, '\n'))
		state = flows.Fold(state, r)
	}
	if s.Journal != (JournalSum{2, 12, 11, hex.EncodeToString(sum.Sum(nil))}) {
		t.Errorf("the journal: %+v", s.Journal)
	}
	text := signed(t, key("a"), s)
	for _, private := range []string{"canary", "contoso"} {
		if strings.Contains(string(text), private) {
			t.Errorf("the receipt has %q: %s", private, text)
		}
	}
}

// TestSessionEnds holds each way in which a session ends to its word and its time.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	server := func(b *book, why flows.WatchEnd) {
		b.add("guide-v1", flows.ByServer, flows.Watched{Visit: "v1", Why: why})
	}
	for name, c := range map[string]struct {
		end  func(b *book)
		by   string
		late bool // at the end of the yes
		to   int  // records in the sum
	}{
		"customer":   {func(b *book) { b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped}) }, byCustomer, false, 3},
		"guide":      {func(b *book) { server(b, flows.WatchLeft) }, byGuide, false, 3},
		"connection": {func(b *book) { server(b, flows.WatchLost) }, byConnection, false, 3},
		"run":        {func(b *book) { b.person(flows.Ended{Why: flows.EndLeft}) }, byRun, false, 3},
		"time, by the driver": {func(b *book) {
			b.now = b.now.Add(15 * time.Minute)
			b.add("driver", flows.ByDriver, flows.Watched{Visit: "v1", Why: flows.WatchOver})
		}, byTime, true, 2},
		"time, and the customer came back the next day": {func(b *book) {
			b.now = b.now.Add(24 * time.Hour)
			b.person(flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"})
			b.add("driver", flows.ByDriver, flows.Watched{Visit: "v1", Why: flows.WatchOver})
		}, byTime, true, 2},
		"the guide left, and it was stored the next day": {func(b *book) {
			b.now = b.now.Add(24 * time.Hour)
			server(b, flows.WatchLeft)
		}, byTime, true, 2},
	} {
		b := newBook()
		b.asks("v1", "Anna Berg")
		b.lets("v1")
		c.end(b)
		s := b.one(t)
		at := b.now
		if c.late {
			at = s.Until
		}
		if s.Ended.By != c.by || !s.Ended.At.Equal(at) || s.Journal.Records != c.to || s.Mean.Answers != 0 {
			t.Errorf("%s: %+v, %+v, %+v", name, s.Ended, s.Journal, s.Mean)
		}
	}
}

// TestWhoHasNoReceipt holds that nobody has one who was not let in, or whose key the
// journal does not know; that one that goes on is not over; and that two guides at a
// time have each their own.
func TestWhoHasNoReceipt(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.asks("v1", "Anna Berg")
	b.person(flows.Watched{Visit: "v1", Why: flows.WatchRefused})
	b.asks("v2", "Bob Blau")
	b.add("guide-v2", flows.ByServer, flows.Watched{Visit: "v2", Why: flows.WatchLeft})
	b.add("guide-v3", flows.ByServer, flows.AskedToWatch{Visit: "v3", Guide: "Old One", Org: "Example Support", Until: b.now.Add(time.Minute), Lasts: time.Minute})
	b.lets("v3")
	b.person(flows.Watched{Visit: "v3", Why: flows.WatchStopped})
	if all := b.sessions(t); len(all) != 0 {
		t.Fatalf("there are %+v", all)
	}
	b.asks("v4", "Cy Clark")
	b.lets("v4")
	b.asks("v5", "Dee Dow")
	b.lets("v5")
	b.guide("v5", flows.Noted{Text: "x", Visit: "v5"})
	b.guide("v5", flows.Noted{Text: "forged", Visit: "v4"}) // v4's in name: a handle cannot make it, and it counts as v4's
	b.guide("v4", flows.Answered{Question: flows.AskDomain, Value: "x"})
	all := b.sessions(t)
	if len(all) != 2 || all[0].N != 2 || all[0].Guide.Name != "Cy Clark" || all[1].N != 3 || all[0].Over() || all[1].Over() {
		t.Fatalf("there are %+v", all)
	}
	if all[0].Did.Notes != 1 || all[0].Did.Other != 1 || all[1].Did.Notes != 1 || all[1].Did.Other != 0 {
		t.Errorf("they did %+v and %+v", all[0].Did, all[1].Did)
	}
	if _, err := Sign(key("a"), all[0]); err == nil {
		t.Error("a session that goes on was signed")
	}
	b.person(flows.Ended{Why: flows.EndDone})
	for _, s := range b.sessions(t) {
		if s.Ended.By != byRun || !s.Ended.At.Equal(b.now) {
			t.Errorf("%s: ended %+v", s.Visit, s.Ended)
		}
	}
}

// TestLateDeedsDoNotCount holds that what a guide's server stored behind the end of the
// yes is not in the receipt, as it is not in the run.
func TestLateDeedsDoNotCount(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.asks("v1", "Anna Berg")
	b.lets("v1")
	b.now = b.now.Add(time.Hour)
	b.guide("v1", flows.Noted{Text: "too late", Visit: "v1"})
	b.add("driver", flows.ByDriver, flows.Watched{Visit: "v1", Why: flows.WatchOver})
	if s := b.one(t); s.Did.Notes != 0 || s.Journal.Records != 2 {
		t.Errorf("%+v, %+v", s.Did, s.Journal)
	}
}

// TestEveryStageHasAWord holds the table of words to the stages that there are.
func TestEveryStageHasAWord(t *testing.T) {
	t.Parallel()
	if len(stages) != int(flows.StageProof)+1 {
		t.Fatalf("there are %d words", len(stages))
	}
	seen := map[string]bool{}
	for i, w := range stages {
		if w == "" || seen[w] {
			t.Errorf("stage %d is %q", i, w)
		}
		seen[w] = true
	}
}

// TestSchema holds the schema that is printed to the Go type that it describes.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := (&jsonschema.Reflector{Anonymous: true}).Reflect(&Verdict{})
	s.Title = "onboard verify"
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("verdict.schema.json", want, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(Document()) != string(want) {
		t.Error("verdict.schema.json is of another type; go test -update writes it anew, and then it is to be read")
	}
}
