package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// pair is a customer at a node, and the guide who watches them from another.
type pair struct {
	*kept

	c     *clustered
	who   int // of the guides
	here  int // node of the customer
	there int // and of the guide
	guide *guest
	asked int      // how often the guide asked
	let   int      // how often the customer said yes
	lost  int      // how often the guide's node died
	sent  []string // notes that the guide was told are sent, and the customer saw

	tapes int // how often both said yes to a recording
	since int // place in heard of where they were at the first of these
	notes int // and in sent of the note after it
}

// pairNumber is the place in a crowd of who is on a screen at the first step of a path.
const pairNumber = 30

// The keys of a customer who is asked, or watched.
const sayYes, endWatch = "\x19", "\x18" // ctrl+y, ctrl+x

// pairs has somebody watched at each node, by a guide at the next.
func (c *clustered) pairs(asking chan struct{}) []*pair {
	c.t.Helper()
	all := make([]*pair, nodes)
	each(c.t, nodes, func(i int) error {
		k, err := c.nodes[i].arrives(c.t.Context(), pairNumber, asking)
		if err != nil {
			return err
		}
		p := &pair{kept: k, c: c, who: i, here: i}
		all[i] = p
		if err := k.learns(c.t.Context()); err != nil {
			return err
		}
		return p.isWatchedFrom(c.t.Context(), (i+1)%nodes)
	})
	return all
}

// isWatchedFrom has the pair's guide come to a node and ask, and the customer say yes:
// before that the guide is sent nothing of the run.
func (p *pair) isWatchedFrom(ctx context.Context, node int) error {
	g, err := p.c.asks(ctx, node, p.who, p.number)
	if err != nil {
		return err
	}
	p.guide, p.there = g, node
	p.asked++
	if err := p.until(ctx, "the question", func(seen string) bool { return strings.Contains(seen, "asks to watch this run.") }); err != nil {
		return err
	}
	for _, word := range []string{"contoso", "Hetk", p.code} {
		if g.wasSent(word) {
			return fmt.Errorf("before the yes the guide was sent %q", word)
		}
	}
	if err := p.saysYes(ctx, "the bar", p.watched); err != nil {
		return err
	}
	p.let++
	return g.until(ctx, "the customer's screen", func(seen string) bool {
		return strings.Contains(seen, "Their screen") && strings.Contains(seen, "contoso.example")
	})
}

// console is a guide's connection to a node.
func (c *clustered) console(node, who int) (*gossh.Client, error) {
	conn, err := gossh.Dial("tcp", c.nodes[node].addr, &gossh.ClientConfig{
		User: "console", HostKeyCallback: gossh.FixedHostKey(c.key), Timeout: time.Minute,
		Auth: []gossh.AuthMethod{gossh.PublicKeys(guideSigner(c.t, who))},
	})
	if err != nil {
		return nil, fmt.Errorf("log in at the console: %w", err)
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	return conn, nil
}

// asks has a guide come to a node and ask the customer of a case.
func (c *clustered) asks(ctx context.Context, node, who int, number string) (*guest, error) {
	conn, err := c.console(node, who)
	if err != nil {
		return nil, err
	}
	g, err := guestOver(conn, true)
	if err != nil {
		return nil, err
	}
	if err := g.until(ctx, "the queue", func(seen string) bool { return strings.Contains(seen, "cases: ") }); err != nil {
		return nil, err
	}
	for _, step := range [][2]string{{"/" + number, "› " + number}, {"\r", "Ask the customer of case " + number}} {
		if err := g.press(ctx, step[0], step[1]); err != nil {
			return nil, err
		}
	}
	return g, g.insists(ctx, "y", "that the customer is asked", func(seen string) bool { return strings.Contains(seen, "Until they say yes") })
}

// insists presses a key until something comes of it: what the guide asks for may be on its
// way to the database still, and a yes that may have been typed ahead of the question counts
// for nothing. Once it came the key means nothing.
func (g *guest) insists(ctx context.Context, key, what string, so func(string) bool) error {
	err := errNeverCame
	for end := time.Now().Add(guestWait); errors.Is(err, errNeverCame) && time.Now().Before(end); {
		if bad := g.types(key); bad != nil {
			return bad
		}
		short, cancel := context.WithTimeout(ctx, 1300*time.Millisecond)
		err = g.until(short, what, so)
		cancel()
	}
	return err
}

// saysYes has the customer say yes until it counts.
func (p *pair) saysYes(ctx context.Context, what string, so func(string) bool) error {
	return p.insists(ctx, sayYes, what, so)
}

// watched says whether a customer's screen says that this guide watches.
func (p *pair) watched(seen string) bool {
	return strings.Contains(seen, fmt.Sprintf("atched by Guide %d", p.who)) // with or without a recording
}

// works holds that each of the two sees what the other does.
func (p *pair) works(ctx context.Context, word string) error {
	if err := p.calm(ctx); err != nil {
		return err
	}
	if err := p.turns(ctx); err != nil {
		return err
	}
	if err := p.guide.until(ctx, "the customer at "+p.at.stage, func(seen string) bool { return strings.Contains(seen, "● "+p.at.stage) }); err != nil {
		return err
	}
	if err := p.guide.calm(ctx); err != nil {
		return err
	}
	if err := p.guide.press(ctx, "n", "A note to the customer"); err != nil {
		return err
	}
	if err := p.guide.press(ctx, word+"\r", "Sent."); err != nil {
		return err
	}
	p.sent = append(p.sent, word)
	return p.until(ctx, word, func(seen string) bool { return strings.Contains(seen, word) })
}

// withPairs does something with every pair at once.
func (c *clustered) withPairs(all []*pair, do func(p *pair) error) {
	c.t.Helper()
	each(c.t, len(all), func(i int) error { return do(all[i]) })
}

// afterANode has the pairs go on once node 0 was killed and started again. Who watched
// somebody there still does when they come back, elsewhere; whom somebody there watched
// hears that this is over, and has to be asked anew.
func (c *clustered) afterANode(all []*pair) {
	c.t.Helper()
	c.withPairs(all, func(p *pair) error {
		ctx := c.t.Context()
		switch {
		case p.here == 0:
			<-p.over
			p.here = 3 - p.there // neither the one that was killed nor the guide's
			if err := c.nodes[p.here].goesOn(ctx, p.kept); err != nil {
				return err
			}
			if err := p.until(ctx, "the bar", func(seen string) bool { return p.watched(seen) && isTaped(seen) }); err != nil {
				return err
			}
		case p.there == 0:
			<-p.guide.over
			// Nobody at that node could tell the store: another does, once the lease is over.
			gone := fmt.Sprintf("Guide %d watches no more: the connection went.", p.who)
			if err := p.until(ctx, "that the guide is gone", func(seen string) bool { return !p.watched(seen) && strings.Contains(seen, gone) }); err != nil {
				return err
			}
			p.lost++
			if err := p.isWatchedFrom(ctx, 0); err != nil {
				return err
			}
			if err := p.isRecorded(ctx); err != nil {
				return err
			}
		}
		return p.works(ctx, "after-a-node")
	})
}

// withoutDatabase has every guide wish for a look while the database is away: that is
// not done, and they are told so, or that nothing can be shown them.
func (c *clustered) withoutDatabase(all []*pair) {
	c.t.Helper()
	c.withPairs(all, func(p *pair) error {
		if err := p.guide.types("r"); err != nil {
			return err
		}
		return p.guide.until(c.t.Context(), "that it is not done", func(seen string) bool {
			return strings.Contains(seen, "Not done: ") || strings.Contains(seen, "cannot be read now")
		})
	})
}

// afterTheDatabase has the pairs go on once it is back.
func (c *clustered) afterTheDatabase(all []*pair, word string) {
	c.t.Helper()
	c.withPairs(all, func(p *pair) error {
		ctx := c.t.Context()
		back := func(seen string) bool {
			return strings.Contains(seen, "Their screen") && strings.Contains(seen, "contoso.example")
		}
		if err := p.guide.until(ctx, "the run again", back); err != nil {
			return err
		}
		return p.works(ctx, word)
	})
}

// part ends every watch, each in its own way: then nothing of the run is seen.
func (c *clustered) part(all []*pair) {
	c.t.Helper()
	c.withPairs(all, func(p *pair) error {
		ctx := c.t.Context()
		if p.who == 0 {
			if err := p.guide.press(ctx, "q", "You left case "+p.number); err != nil {
				return err
			}
		} else {
			if err := p.types(endWatch); err != nil {
				return err
			}
			if err := p.guide.until(ctx, "the end", func(seen string) bool { return strings.Contains(seen, "the customer ended it") }); err != nil {
				return err
			}
		}
		if err := p.until(ctx, "no bar", func(seen string) bool { return !p.watched(seen) }); err != nil {
			return err
		}
		return p.guide.until(ctx, "nothing of the run, nor in the queue", func(seen string) bool { return !strings.Contains(seen, "contoso") })
	})
}

// holdsTheWatches holds the journals of the pairs against what the two were told, and
// the audit against the journals: each deed of a guide's stands in both, once.
func holdsTheWatches(t *testing.T, store *cases.Store, all []*pair) {
	t.Helper()
	if _, err := store.CheckAudit(t.Context(), cases.AuditHead{}); err != nil {
		t.Error(err)
	}
	did := map[cases.Number]map[string]int{}
	for after, more := uint64(0), true; more; {
		es, rest, err := store.Entries(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if did[e.Case] == nil {
				did[e.Case] = map[string]int{}
			}
			what := e.Did
			if what == "not-done" || what == "in-doubt" {
				what += " " + e.More
			}
			did[e.Case][what]++
			after = e.Seq
		}
		more = rest
	}
	for _, p := range all {
		if err := p.wasWatched(t.Context(), store, did[cases.Number(p.number)]); err != nil {
			t.Errorf("guide %d: %v", p.who, err)
		}
		if p.guide.wasSent(p.code) {
			t.Errorf("guide %d was sent the code", p.who)
		}
	}
}

// wasWatched holds one journal, and what the audit has of it.
func (p *pair) wasWatched(ctx context.Context, store *cases.Store, did map[string]int) error {
	one, err := store.Resume(ctx, cases.Try{Code: p.code})
	if err != nil {
		return err
	}
	rs, err := one.Since(ctx, 0)
	if err != nil {
		return err
	}
	var notes []string
	asked, let, again := 0, 0, 0
	for _, r := range rs {
		switch e := r.Event.(type) {
		case flows.Noted:
			if notes = append(notes, e.Text); r.By != flows.ByGuide || e.From != fmt.Sprintf("Guide %d", p.who) {
				return fmt.Errorf("the note %q is from %q, by %q", e.Text, e.From, r.By)
			}
		case flows.AskedToWatch:
			asked++
		case flows.AskedAgain:
			again++
		case flows.Watched:
			if e.Here {
				if let++; r.By != flows.ByPerson {
					return fmt.Errorf("the yes is by %q", r.By)
				}
			}
		}
	}
	if err := p.wasTaped(rs); err != nil {
		return err
	}
	if !slices.Equal(notes, p.sent) {
		return fmt.Errorf("the journal has the notes %q, and %q were sent", notes, p.sent)
	}
	if asked != p.asked || let != p.let {
		return fmt.Errorf("the journal has %d questions and %d yeses, and there were %d and %d", asked, let, p.asked, p.let)
	}
	for what, n := range map[string]int{"asked": asked, "admitted": let, "noted": len(notes), "asked-again": again, "asked-to-record": p.tapes, "recorded": p.tapes, "replayed": 1, "replay-refused": 1} {
		if got := did[what] - did["not-done "+what]; got != n {
			return fmt.Errorf("the audit has %q %d times, less what was not done, and the journal has it %d times: %v", what, got, n, did)
		}
	}
	if ends := did["left"] + did["lost"] + did["ended"]; ends != let || did["lost"] != p.lost {
		return fmt.Errorf("the audit has %d ends of %d watches, %d of them by a node that died %d times: %v", ends, let, did["lost"], p.lost, did)
	}
	for what, n := range did {
		if strings.HasPrefix(what, "in-doubt") {
			return fmt.Errorf("%d times the audit is in doubt: %s", n, what)
		}
	}
	return nil
}
