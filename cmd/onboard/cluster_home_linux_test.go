package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// sharedHome is an admin at home, whose run a guide watches at a node other than the one
// that it is shared at; what leads to the nodes is a balancer with one address.
type sharedHome struct {
	*walk

	c      *clustered
	env    []string
	wire   *wire
	number string
	guide  *guest
	sent   []string // notes that the guide was told are sent, and the admin saw
}

// The nodes of a run that is shared from home, the one that it goes to next, and its guide.
const homeAt, homeNext, homeGuideAt, homeGuide = 0, 2, 1, 3

// sharesAtHome has an admin share a run, and a guide watch it by their yes.
func (c *clustered) sharesAtHome() *sharedHome {
	c.t.Helper()
	h := &sharedHome{c: c, wire: newWire(c.t, c.nodes[homeAt].addr)}
	h.env = homeOf(c.t, knownhosts.Line([]string{h.wire.at}, c.key)+"\n")
	args := append([]string{"--share", h.wire.at, "--domain", "contoso.example"}, wizardAt(c.t, c.world)...)
	h.walk = &walk{session: startScreen(c.t, h.env, pty.Winsize{Rows: 50, Cols: 100}, args...), t: c.t}
	shared := regexp.MustCompile(`Shared at ` + regexp.QuoteMeta(h.wire.at) + ` as case (\S+)\.`)
	h.sees("that it is shared", func(seen string) bool { return shared.MatchString(seen) })
	h.number = shared.FindStringSubmatch(h.shown())[1]
	h.waits("enter go on")
	ctx := c.t.Context()
	var err error
	if h.guide, err = c.asks(ctx, homeGuideAt, homeGuide, h.number); err != nil {
		c.t.Fatal(err)
	}
	h.sees("the question", func(seen string) bool {
		return strings.Contains(seen, fmt.Sprintf("Guide %d of Example Support asks to watch this run.", homeGuide))
	})
	if h.guide.wasSent("contoso") || h.guide.wasSent("Hetk") {
		c.t.Fatalf("before the yes the guide was sent something of the run:\n%s", h.guide.sees())
	}
	watched := func(seen string) bool { return strings.Contains(seen, fmt.Sprintf("Watched by Guide %d", homeGuide)) }
	for end := time.Now().Add(guestWait); !watched(h.shown()) && time.Now().Before(end); {
		h.types(c.t, sayYes) // as in saysYes
		h.within(c.t, 1300*time.Millisecond, watched)
	}
	h.guideSees("contoso.example")
	h.key("\r", "Sign in to look?")
	h.works("at-first")
	return h
}

// sees waits until the admin's screen is so, as long as a guest does.
func (h *sharedHome) sees(what string, so func(string) bool) {
	h.c.t.Helper()
	if !h.within(h.c.t, guestWait, so) {
		h.c.t.Fatalf("no %s:\n%s", what, h.shown())
	}
}

func (h *sharedHome) has(text string) {
	h.c.t.Helper()
	h.sees(text, func(seen string) bool { return strings.Contains(seen, text) })
}

func (h *sharedHome) guideSees(text string) {
	h.c.t.Helper()
	if err := h.guide.until(h.c.t.Context(), text, func(seen string) bool { return strings.Contains(seen, text) }); err != nil {
		h.c.t.Fatal(err)
	}
}

// stage is where the admin is.
func (h *sharedHome) stage() string {
	var at string
	h.sees("a stage", func(seen string) bool {
		at = stageIn.FindString(seen)
		return at != ""
	})
	return at
}

// notes has the guide write a note, which is stored when they are told that it is sent.
func (h *sharedHome) notes(word string) {
	h.c.t.Helper()
	ctx := h.c.t.Context()
	err := h.guide.calm(ctx)
	if err == nil {
		err = h.guide.press(ctx, "n", "A note to the customer")
	}
	if err == nil {
		err = h.guide.press(ctx, word+"\r", "Sent.")
	}
	if err != nil {
		h.c.t.Fatal(err)
	}
	h.sent = append(h.sent, word)
}

// works holds that each of the two sees what the other does.
func (h *sharedHome) works(word string) {
	h.c.t.Helper()
	h.guideSees(h.stage())
	h.notes("home-" + word)
	h.reads("home-" + word)
}

// reads has the admin read the guide's notes, for the line with the newest stands behind
// what else is told.
func (h *sharedHome) reads(note string) {
	h.c.t.Helper()
	h.key("\x07", "A note to the guides.") // ctrl+g
	h.has(note)
	h.types(h.c.t, "\x1b")
	h.sees("the run again", func(seen string) bool { return !strings.Contains(seen, "A note to the guides.") })
}

// losesItsNode is what happens at home when the node was killed that the run is shared at:
// the admin is told so and goes on, the guide, who is at another, writes; and once the
// balancer leads elsewhere each of them has what the other did.
func (h *sharedHome) losesItsNode() {
	h.c.t.Helper()
	h.has("is gone. The run goes on here")
	h.key("\r", "● Diagnosis")
	h.has("p the ways out")
	h.notes("home-without-a-node")
	h.wire.leads(h.c.nodes[homeNext].addr)
	h.has("is back: the run is shared again.")
	h.reads("home-without-a-node")
	h.guideSees("● Diagnosis")
	h.works("after-a-node")
}

// goesOnAlone has the admin take a step while the database is away, which holds up nothing
// at home.
func (h *sharedHome) goesOnAlone() {
	h.c.t.Helper()
	if h.stage() == "● Diagnosis" {
		h.key("p", "● Path")
		return
	}
	h.key(stepBack, "● Diagnosis")
}

// ends has the admin end the watching and then the run.
func (h *sharedHome) ends() {
	h.c.t.Helper()
	h.types(h.c.t, endWatch)
	h.guideSees("You watch no more: the customer ended it.")
	if strings.Contains(h.guide.sees(), "contoso") {
		h.c.t.Errorf("the guide still sees\n%s", h.guide.sees())
	}
	h.types(h.c.t, "q")
	if code := h.walk.ends(h.c.t); code != codeBlocked {
		h.c.t.Errorf("it ends with %d:\n%s", code, h.shown())
	}
}

// wasKept holds the case against the run as it is kept at home: each record that is to
// leave is in it, as it left and once, and each thing that the guide did is in both, once.
func (h *sharedHome) wasKept(store *cases.Store) {
	t := h.c.t
	t.Helper()
	there, err := store.Case(t.Context(), cases.Number(h.number))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := there.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	here := h.records()
	var sent, came []string
	var s flows.State
	for _, r := range here {
		if data, ok := flows.Offered(s, r); ok {
			e, err := flows.ReadOffered(s, r.By, r.Event.Kind(), data)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, told(r.Seq, e))
		}
		s = flows.Fold(s, r)
	}
	var is flows.State
	last := map[flows.WriterID]uint64{}
	for i, r := range stored {
		if r.Seq != uint64(i)+1 || r.N <= last[r.Writer] {
			t.Errorf("record %d is number %d, %d of its writer after %d", i+1, r.Seq, r.N, last[r.Writer])
		}
		last[r.Writer] = r.N
		if r.Writer == "home" {
			came = append(came, told(r.N, r.Event))
		}
		is = flows.Fold(is, r)
	}
	if len(sent) < 10 || !slices.Equal(sent, came) {
		t.Errorf("%d records were to leave home\n%s\nand in the case are %d:\n%s", len(sent), strings.Join(sent, "\n"), len(came), strings.Join(came, "\n"))
	}
	if tui.Where(is) != tui.Where(s) {
		t.Errorf("the run is at %q, and the case at %q", tui.Where(s), tui.Where(is))
	}
	for where, rs := range map[string][]flows.Record{"at home": here, "in the case": stored} {
		var notes []string
		asked, let := 0, 0
		for _, r := range rs {
			switch e := r.Event.(type) {
			case flows.Noted:
				notes = append(notes, e.Text)
			case flows.AskedToWatch:
				asked++
			case flows.Watched:
				if e.Here {
					let++
				}
			}
		}
		if !slices.Equal(notes, h.sent) || asked != 1 || let != 1 {
			t.Errorf("%s are the notes %q, %d questions and %d yeses, and %q were sent after one of each", where, notes, asked, let, h.sent)
		}
	}
	t.Logf("%d records of a run at home are in its case, and %d notes in both", len(came), len(h.sent))
}

// told is an event under its number.
func told(n uint64, e flows.Event) string {
	data, err := json.Marshal(e)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s %s", n, e.Kind(), data)
}

// records are the run as it is kept at home.
func (h *sharedHome) records() []flows.Record {
	t := h.c.t
	t.Helper()
	dir, err := journal.OpenDir(filepath.Join(stateOf(h.env), "onboard", "runs"), nil)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := dir.List(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	j, err := dir.Open(runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}()
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}
