package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
)

// isRecorded has both say yes to a recording.
func (p *pair) isRecorded(ctx context.Context) error {
	if err := p.guide.calm(ctx); err != nil {
		return err
	}
	for _, step := range [][2]string{{keyTape, "whether the rest of this watching may be recorded"}, {"y", "The customer is asked whether it may be recorded."}} {
		if err := p.guide.press(ctx, step[0], step[1]); err != nil {
			return err
		}
	}
	if err := p.until(ctx, "the question", func(seen string) bool { return strings.Contains(seen, "asks to record") }); err != nil {
		return err
	}
	if err := p.saysYes(ctx, "the mark", isTaped); err != nil {
		return err
	}
	if p.tapes++; p.tapes == 1 {
		p.since, p.notes = len(p.heard)-1, len(p.sent)
	}
	return p.guide.until(ctx, "the mark", isTaped)
}

// isTaped says whether a screen, of either side, says that it is recorded.
func isTaped(seen string) bool { return strings.Contains(seen, "● Recorded") }

// strangerToAll is a guide whom nobody ever said yes to.
const strangerToAll = 9

// nothingWithoutAYes has a guide without a yes, at another node, try for whatever there is
// of the cases that others watch and record: they get nothing, at the console or elsewhere.
func (c *clustered) nothingWithoutAYes(all []*pair, h *sharedHome) {
	c.t.Helper()
	cases := map[string][]string{h.number: {"contoso", "Hetk"}}
	for _, p := range all {
		cases[p.number] = slices.Concat([]string{"contoso", "Hetk", p.code}, p.sent)
	}
	for _, number := range slices.Sorted(maps.Keys(cases)) {
		conn, err := c.console(1, strangerToAll)
		if err != nil {
			c.t.Fatal(err)
		}
		told, err := replayed(c.t.Context(), conn, number)
		if err != nil || !strings.Contains(told, nothingToReplay) {
			c.t.Errorf("a replay of case %s for who has no yes: %v\n%s", number, err, told)
		}
		anybody, err := c.nodes[2].dial("anybody")
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { _ = anybody.Close() })
		for _, line := range []string{"receipt " + number, "receipt " + number + " 1", "recording " + number, "recording " + number + " --erase", "status " + number, "erase " + number} {
			for _, by := range []interface {
				NewSession() (*gossh.Session, error)
			}{conn, anybody} {
				x, err := by.NewSession()
				if err != nil {
					c.t.Fatal(err)
				}
				out, err := x.CombinedOutput(line)
				if told += string(out); err == nil {
					c.t.Errorf("%q is done for who has no yes: %s", line, out)
				}
			}
		}
		for _, no := range cases[number] {
			if strings.Contains(told, no) {
				c.t.Errorf("who has no yes is told %q of case %s:\n%s", no, number, told)
			}
		}
	}
}

// stageIn finds the stage that a frame of a recording shows.
var stageIn = regexp.MustCompile(`● (App|Tenant|Diagnosis|Path|Steps|Proof)\b`)

// replaysAll has every customer fetch what was recorded of them, and every guide replay it,
// from another node than they were at: there stands whatever the two did and were told from
// the yes on, once and in order, though a node and the database were lost in between.
func (c *clustered) replaysAll(all []*pair) {
	c.t.Helper()
	for _, p := range all {
		conn, err := c.nodes[(p.here+1)%nodes].dial(p.code)
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { _ = conn.Close() })
		x, err := conn.NewSession()
		if err != nil {
			c.t.Fatal(err)
		}
		file, err := x.Output("recording")
		if err != nil {
			c.t.Fatalf("the recording of case %s: %v", p.number, err)
		}
		frames := played(c.t, string(file))
		var stages, heard []string
		for _, f := range frames {
			if m := stageIn.FindStringSubmatch(f); m != nil && (len(stages) == 0 || stages[len(stages)-1] != m[1]) {
				stages = append(stages, m[1])
			}
		}
		for _, where := range p.heard[p.since:] {
			stage, _, _ := strings.Cut(where, ",")
			heard = append(heard, stage)
		}
		if !slices.Equal(stages, heard) {
			c.t.Errorf("the recording of case %s goes %q, and its customer heard of %q", p.number, stages, heard)
		}
		guide, err := c.console((p.there+1)%nodes, p.who)
		if err != nil {
			c.t.Fatal(err)
		}
		told, err := replayed(c.t.Context(), guide, p.number)
		if err != nil {
			c.t.Fatal(err)
		}
		seen := strings.Join(frames, "\f")
		for _, note := range p.sent[p.notes:] {
			line := fmt.Sprintf("Guide %d: %s", p.who, note)
			var found bool
			if _, seen, found = strings.Cut(seen, line); !found {
				c.t.Errorf("the recording of case %s does not show %q in its place:\n%s", p.number, line, strings.Join(frames, "\f"))
			}
			if n := strings.Count(told, note); n != 1 {
				c.t.Errorf("the replay of case %s tells %q %d times:\n%s", p.number, note, n, told)
			}
		}
		for _, no := range []string{p.code, p.code[:len(p.code)/2]} {
			if strings.Contains(string(file)+told, no) {
				c.t.Errorf("the recording of case %s has the code", p.number)
			}
		}
	}
}

// wasTaped holds what may be replayed of a journal: as many recordings as there were yeses,
// each ended, in which stands every note from the first of them on, once.
func (p *pair) wasTaped(rs []flows.Record) error {
	tapes := flows.Tapes(rs)
	if len(tapes) != p.tapes {
		return fmt.Errorf("there are %d recordings, and there were %d yeses", len(tapes), p.tapes)
	}
	var notes []string
	for _, t := range tapes {
		if r := t.Recording(); r.Why != flows.RecordWatch || r.Over.IsZero() {
			return fmt.Errorf("a recording ended by %q, and the watching ended it", r.Why)
		}
		for _, r := range t.Records() {
			if e, ok := r.Event.(flows.Noted); ok {
				notes = append(notes, e.Text)
			}
		}
	}
	if !slices.Equal(notes, p.sent[p.notes:]) {
		return fmt.Errorf("the recordings have the notes %q, and %q were sent", notes, p.sent[p.notes:])
	}
	return nil
}
