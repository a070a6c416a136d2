package ssh

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// takesBack takes back what the lead handed over, from wherever they are.
func (c *client) takesBack(number, name string) {
	c.t.Helper()
	c.presses("o", "Hand case "+number+" over")
	c.sees("It is handed to " + name + ", since ")
	c.types("x")
	c.sees("Case " + number + " is handed to nobody any more.")
}

// asksByHandOver has a colleague ask who was handed the case, and gives the visit: the
// person at home reads who handed it over, and whose watch a yes ends.
func (h *atHome) asksByHandOver(colleague *client, name string, lead flows.VisitID) flows.VisitID {
	h.t.Helper()
	colleague.sees("handed to you by Lea Lind")
	colleague.asksToWatch()
	colleague.sees("Until they say yes")
	h.until(name+" asks", func(s flows.State) bool { return len(s.Asking) == 1 && s.Asking[0].Name == name })
	g := h.State().Asking[0]
	if g.From != "Lea Lind (Example Support)" || g.Over != lead {
		h.t.Errorf("the person is asked by %+v; the lead watches as %s", g, lead)
	}
	if said := colleague.bytes(); strings.Contains(said, "contoso") || strings.Contains(said, "Hetk") {
		h.t.Fatalf("before the yes %s was sent\n%s", name, said)
	}
	return g.Visit
}

// handedIn are the records of a journal by which somebody came in a lead's place: who
// watched before each, and who after it. A visit that ended by itself is there, too.
func handedIn(rs []flows.Record, lead, colleague flows.VisitID) (out []string) {
	var s flows.State
	for _, r := range rs {
		before := watchers(s)
		s = flows.Fold(s, r)
		e, is := r.Event.(flows.Watched)
		if is && (e.Visit == colleague || e.Visit == lead && !e.Here) {
			out = append(out, fmt.Sprintf("%v to %v by %s", before, watchers(s), r.By))
		}
	}
	return out
}

func watchers(s flows.State) []string {
	out := []string{}
	for _, g := range s.Guides {
		out = append(out, g.Name)
	}
	return out
}

// atHomeNow are the records at home.
func (h *atHome) atHomeNow() []flows.Record {
	h.t.Helper()
	rs, err := h.j.Since(h.t.Context(), 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return rs
}

// TestSharedRunIsHandedOver walks a hand-over of a run on its person's own machine over real
// connections: with the person's no to the colleague the lead watches on; what is taken back
// asks them no more, and a yes to it is none; and with their yes the lead's watch ends in the
// same record, at home and at the server, and the colleague sees the case.
func TestSharedRunIsHandedOver(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	h.hears(ShareBegan)
	lead := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
	lead.sees("on their own machine")
	number := lead.asksToWatch()
	h.allows("Lea Lind")
	lead.sees("contoso.example")
	leads := h.State().Guides[0].Visit

	// The person says no to the first.
	bea := s.guideScreen(t, o.named("Bea Blau"), 100, 30)
	bea.sees("on their own machine")
	lead.handsOver(number, "Bea Blau")
	visit := h.asksByHandOver(bea, "Bea Blau", leads)
	h.do(flows.Watched{Visit: visit, Why: flows.WatchRefused})
	bea.sees("You watch no more: the customer said no.")
	did(t, s.o.Cases, "Bea Blau "+number+" "+didAsk, "Bea Blau "+number+" "+didRefuse+" refused", "Bea Blau "+number+" "+didHandNo+" from "+s.who("Lea Lind"))
	if w := watchers(h.State()); !slices.Equal(w, []string{"Lea Lind"}) {
		t.Errorf("after the no %v watch", w)
	}
	bea.once("\r", "cases: 1")
	bea.once("q", "The console is closed.")
	bea.ends()

	// The second is taken back while they ask.
	cem := s.guideScreen(t, o.named("Cem Can"), 100, 30)
	cem.sees("on their own machine")
	lead.handsOver(number, "Cem Can")
	visit = h.asksByHandOver(cem, "Cem Can", leads)
	lead.takesBack(number, "Cem Can")
	h.until("the end of the question", func(s flows.State) bool {
		return len(s.Asking) == 0 && s.Parted != nil && s.Parted.Guide.Visit == visit && s.Parted.Why == flows.WatchBack
	})
	cem.sees("You watch no more: the case is handed to you no more.")
	h.same(s, number)
	if here, there := watchers(h.State()), watchers(flows.Fold(flows.State{}, s.records(t, number)...)); !slices.Equal(here, []string{"Lea Lind"}) || !slices.Equal(there, here) {
		t.Errorf("after it was taken back %v watch, by the server %v", here, there)
	}
	if strings.Contains(cem.bytes(), "contoso") {
		t.Errorf("who was not let in was sent\n%s", cem.bytes())
	}
	cem.once("\r", "cases: 1")

	// Handed over again, they say yes.
	lead.handsOver(number, "Cem Can")
	visit = h.asksByHandOver(cem, "Cem Can", leads)
	h.allows("Cem Can")
	lead.sees("You watch no more: handed over to Cem Can (Example Support)")
	cem.sees("contoso.example")
	h.same(s, number)
	want := []string{"[Lea Lind] to [Cem Can] by person"}
	for where, rs := range map[string][]flows.Record{"home": h.atHomeNow(), "the server": s.records(t, number)} {
		if got := handedIn(rs, leads, visit); !slices.Equal(got, want) {
			t.Errorf("at %s it is handed over by %q", where, got)
		}
	}
	if p := h.State().Parted; p == nil || p.Guide.Visit != leads || p.Why != flows.WatchHanded || p.To != "Cem Can (Example Support)" || !p.Let {
		t.Errorf("the person is told %+v", p)
	}
	await(t, "the audit", func() bool {
		all := strings.Join(deeds(t, s.o.Cases), "\n")
		return strings.Contains(all, "Lea Lind "+number+" "+didEnd+" handed") && strings.Contains(all, "Cem Can "+number+" "+didHandTake+" from "+s.who("Lea Lind"))
	}, func() string { return strings.Join(deeds(t, s.o.Cases), "\n") })

	// What the colleague does gets home; what happens there the lead is not sent any more.
	cem.once("n", "A note to the customer")
	cem.types("I am here now.\r")
	h.until("the note", func(s flows.State) bool {
		return len(s.Notes) == 1 && s.Notes[0].Text == "I am here now." && s.Notes[0].From == "Cem Can (Example Support)"
	})
	h.do(flows.Noted{Text: "for-the-colleague-alone"})
	cem.sees("for-the-colleague-alone")
	if strings.Contains(lead.bytes(), "for-the-colleague-alone") {
		t.Error("the lead is sent what was said after their watch")
	}
	h.do(flows.Watched{Visit: visit, Why: flows.WatchStopped})
	cem.sees("You watch no more: the customer ended it.")
	if all := lead.bytes() + cem.bytes() + bea.bytes() + s.log.String(); strings.Contains(all, canary) {
		t.Error("what is private is on a guide's screen or in the log")
	}
}

// TestYesAtHomeToAHandOverThatIsNoMore holds that the lead watches no more, at home and at
// the server, once the person at home said yes to the colleague: also where that yes gets
// to the server when the hand-over was taken back, so that the colleague is let in nowhere.
// Else somebody would watch whom no bar at home shows.
func TestYesAtHomeToAHandOverThatIsNoMore(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]bool{"said while the server was away": true, "said at last": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, o := desked(t, nil)
			h := s.home(t)
			h.hears(ShareBegan)
			lead := s.guideScreen(t, o.lead("Lea Lind"), 100, 30)
			number := lead.asksToWatch()
			h.allows("Lea Lind")
			lead.sees("contoso.example")
			leads := h.State().Guides[0].Visit
			bea := s.guideScreen(t, o.named("Bea Blau"), 100, 30)
			bea.sees("on their own machine")
			lead.handsOver(number, "Bea Blau")
			visit := h.asksByHandOver(bea, "Bea Blau", leads)
			if away {
				h.wires.cut(true)
				h.hears(ShareLost)
				h.allows("Bea Blau") // who has it still, as far as anybody at home can know
				if w := watchers(h.State()); !slices.Equal(w, []string{"Bea Blau"}) {
					t.Fatalf("at home %v watch", w)
				}
			}
			lead.takesBack(number, "Bea Blau")
			bea.sees("You watch no more: the case is handed to you no more.")
			if away {
				h.wires.cut(false)
				h.hears(ShareBack)
			} else {
				h.until("the end of the question", func(s flows.State) bool { return len(s.Asking) == 0 })
				h.do(flows.Watched{Visit: visit, Here: true})
			}
			lead.sees("You watch no more: the customer ended it.")
			h.until("nobody", func(s flows.State) bool { return len(s.Guides) == 0 })
			h.same(s, number)
			if w := watchers(flows.Fold(flows.State{}, s.records(t, number)...)); len(w) != 0 {
				t.Errorf("by the server %v watch", w)
			}
			did(t, s.o.Cases, "Lea Lind "+number+" "+didEnd+" stopped")
			if got := s.auditOf(t, cases.Number(number), didHandTake); len(got) != 0 || strings.Contains(bea.bytes(), "contoso") {
				t.Errorf("who was let in nowhere has the case: %+v", got)
			}
			receipt := opens(t, s.dial(t, h.code, nil), 0, 0, func(x *gossh.Session) error { return x.Start(commandReceipt) })
			receipt.reads(`\"by\":\"customer\"`)
			if code := receipt.ends(); code != codeDone {
				t.Errorf("the receipt of the lead's session: %d\n%s%s", code, receipt.bytes(), receipt.errors())
			}
			h.do(flows.Noted{Text: "for-nobody"})
			h.same(s, number)
			if strings.Contains(lead.bytes(), "for-nobody") {
				t.Error("the lead is sent what is said when they watch no more")
			}
		})
	}
}
