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
		"customer":            {func(b *book) { b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped}) }, byCustomer, false, 3},
		"guide":               {func(b *book) { server(b, flows.WatchLeft) }, byGuide, false, 3},
		"connection":          {func(b *book) { server(b, flows.WatchLost) }, byConnection, false, 3},
		"run":                 {func(b *book) { b.person(flows.Ended{Why: flows.EndLeft}) }, byRun, false, 3},
		"run, at home":        {func(b *book) { server(b, flows.WatchRun) }, byRun, false, 3},
		"run, shared no more": {func(b *book) { server(b, flows.WatchUnshared) }, byRun, false, 3},
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
	b.guide("v5", flows.Noted{Text: "forged", Visit: "v4"}) // v4's in name: a handle cannot make it, and it counts as v4's, and against v5
	b.guide("v4", flows.Answered{Question: flows.AskDomain, Value: "x"})
	all := b.sessions(t)
	if len(all) != 2 || all[0].N != 2 || all[0].Guide.Name != "Cy Clark" || all[1].N != 3 || all[0].Over() || all[1].Over() {
		t.Fatalf("there are %+v", all)
	}
	if all[0].Did.Notes != 1 || all[0].Did.Other != 1 || all[1].Did.Notes != 1 || all[1].Did.Other != 1 {
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

// TestNothingOfAGuideIsAnothers holds that what came by a guide's handle is the guide's,
// whoever it says that it is of: it counts against the guide, before the yes and behind
// the end, too, and as nothing that the customer did; and that what the handle does write,
// and what others do, does not.
func TestNothingOfAGuideIsAnothers(t *testing.T) {
	t.Parallel()
	answer := flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"}
	for name, c := range map[string]struct {
		by    flows.Author
		event flows.Event
		other int
	}{
		"an answer of the person's":        {flows.ByPerson, answer, 1},
		"an answer of the driver's":        {flows.ByDriver, answer, 1},
		"an answer of the server's":        {flows.ByServer, answer, 1},
		"an answer of the guide's":         {flows.ByGuide, answer, 1},
		"a confirmation of the person's":   {flows.ByPerson, flows.Confirmed{Plan: "p", Typed: "contoso.example"}, 1},
		"a change of the driver's":         {flows.ByDriver, flows.Applying{Plan: "p"}, 1},
		"a note of the person's":           {flows.ByPerson, flows.Noted{Text: "x", Visit: "v1"}, 1},
		"a yes of the server's":            {flows.ByServer, flows.Watched{Visit: "v1", Here: true}, 1},
		"a no to another":                  {flows.ByServer, flows.Watched{Visit: "v2", Why: flows.WatchRefused}, 1},
		"a yes to be recorded":             {flows.ByServer, flows.Recorded{Visit: "v1", On: true}, 1},
		"a wish to record":                 {flows.ByServer, flows.AskedToRecord{Visit: "v1", Until: noon.Add(time.Minute)}, 0},
		"the end of a recording":           {flows.ByServer, flows.Recorded{Visit: "v1", Why: flows.RecordLeft}, 0},
		"what no server of today knows":    {flows.ByGuide, flows.Foreign{Tag: "later", Data: []byte("{}")}, 1},
		"a note":                           {flows.ByGuide, flows.Noted{Text: "x", Visit: "v1"}, 0},
		"a pointer":                        {flows.ByGuide, flows.Pointed{At: "app/grant", Visit: "v1"}, 0},
		"the server's word that they left": {flows.ByServer, flows.Watched{Visit: "v1", Why: flows.WatchLeft}, 0},
	} {
		for when, at := range map[string]int{"before the yes": 0, "while they watch": 1, "behind the end": 2} {
			b := newBook()
			b.asks("v1", "Anna Berg")
			add := func(n int) {
				if n == at {
					b.add(flows.GuideWriter("v1"), c.by, c.event)
				}
			}
			if _, ends := c.event.(flows.Watched); ends && c.other == 0 && at == 0 {
				continue // then there is no session
			}
			add(0)
			b.lets("v1")
			add(1)
			b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped})
			add(2)
			if s := b.one(t); s.Did.Other != c.other || s.Mean != (Meanwhile{}) {
				t.Errorf("%s, %s: %+v, %+v", name, when, s.Did, s.Mean)
			}
		}
	}
	b := newBook()
	b.asks("v1", "Anna Berg")
	b.lets("v1")
	b.person(answer)
	b.add("driver", flows.ByGuide, answer)  // in whose name is known, and nobody lets it count
	b.add("server", flows.ByServer, answer) // nor this
	if s := b.one(t); s.Mean != (Meanwhile{Answers: 1}) || s.Did.Other != 0 {
		t.Errorf("of others: %+v, %+v", s.Did, s.Mean)
	}
}

// TestAClockAheadHidesNothing holds that a record with a time behind the end of the yes
// is left out by itself: what follows with a sound time counts, in the sum, in what was
// done and meanwhile, and ends the session; and that no clock makes it end before it
// began, or be allowed before it was asked for.
func TestAClockAheadHidesNothing(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.asks("v1", "Anna Berg")
	b.lets("v1")
	ahead := func(add func()) {
		was := b.now
		b.now = was.Add(time.Hour)
		add()
		b.now = was
	}
	ahead(func() { b.guide("v1", flows.Noted{Text: "late", Visit: "v1"}) })
	ahead(func() { b.person(flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}) })
	b.guide("v1", flows.Noted{Text: "in time", Visit: "v1"})
	b.person(flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"})
	b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped})
	if s := b.one(t); s.Did.Notes != 1 || len(s.Did.Deeds) != 1 || s.Mean.Answers != 1 || s.Journal.Records != 5 || s.Journal.To != 8 || s.Ended != (End{b.now, byCustomer}) {
		t.Errorf("%+v, %+v, %+v, %+v", s.Did, s.Mean, s.Journal, s.Ended)
	}
	b = newBook()
	b.asks("v1", "Anna Berg")
	asked := b.now
	b.now = b.now.Add(-time.Minute)
	b.lets("v1")
	yes := b.now
	b.now = b.now.Add(-time.Hour)
	b.person(flows.Watched{Visit: "v1", Why: flows.WatchStopped})
	s := b.one(t)
	if !s.Asked.Equal(yes) || !asked.After(yes) || !s.Allowed.Equal(yes) || s.Ended != (End{yes, byCustomer}) {
		t.Errorf("asked %s, let in %s, ended %+v", s.Asked, s.Allowed, s.Ended)
	}
	if v := Judge(signed(t, key("a"), s), nil); v.State != StateUnknown {
		t.Errorf("it is %+v", v)
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
