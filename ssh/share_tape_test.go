package ssh

import (
	"fmt"
	"strings"
	"testing"

	"onboard.example/flows"
)

// asksToTape has a guide ask to record the run at home, until it is heard there.
func (h *atHome) asksToTape(guide *client) {
	h.t.Helper()
	guide.once(keyTape, "may be recorded?")
	guide.types("y")
	h.until("the question", func(s flows.State) bool { return s.TapeAsk != nil })
}

// TestRunAtHomeIsRecorded records a run on its person's own machine: off until their yes,
// through a lost connection, ended by them; replayed and downloaded as what was seen, and
// nothing of before or after it, nor what is private. What they erase at the server by
// their code ends at home too.
func TestRunAtHomeIsRecorded(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	number := h.hears(ShareBegan).Number
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.asksToWatch()
	h.allows("Anna Berg")
	guide.sees("contoso.example")
	h.do(flows.Noted{Text: "said before"})
	h.asksToTape(guide)
	if a := h.State().TapeAsk; a.Keeps != s.o.Cases.Keeps() || a.Guide.Called() != "Anna Berg (Example Support)" {
		t.Errorf("asked is %+v", a)
	}
	if got := tapesIn(t, s, number); len(got) != 0 {
		t.Fatalf("before the yes there are %d recordings", len(got))
	}
	visit := h.State().TapeAsk.Guide.Visit
	h.do(flows.Recorded{Visit: visit, On: true})
	guide.sees("● Recorded")
	h.do(flows.Noted{Text: "said while it ran"})
	guide.sees("said while it ran")
	h.wires.cut(true)
	h.hears(ShareLost)
	h.do(flows.Noted{Text: "said in an outage"})
	h.do(flows.Recorded{Visit: visit, Why: flows.RecordStopped})
	h.wires.cut(false)
	h.hears(ShareBack)
	guide.sees("The customer ended the recording.")
	h.do(flows.Noted{Text: "said afterwards"})
	h.same(s, number)
	tapes := tapesIn(t, s, number)
	if len(tapes) != 1 {
		t.Fatalf("there are %d recordings", len(tapes))
	}
	kept := fmt.Sprintf("%+v", tapes[0].Records())
	all := strings.Join(played(t, h.downloads(s)), "\n") // two notes at one moment are one frame
	for _, one := range []struct{ in, want string }{{kept, "said while it ran"}, {kept, "said in an outage"}, {all, "said in an outage"}, {all, "the customer ended it"}} {
		if !strings.Contains(one.in, one.want) {
			t.Errorf("%q is not in it:\n%s", one.want, one.in)
		}
	}
	for _, no := range []string{"said before", "said afterwards", canary, h.code} {
		if strings.Contains(all+kept, no) {
			t.Errorf("%q is in it", no)
		}
	}

	h.asksToTape(guide)
	h.do(flows.Recorded{Visit: visit, On: true})
	guide.sees("● Recorded")
	if out, errs, exit := s.comes(t, h.code, "recording --erase"); exit != codeDone {
		t.Fatalf("%d, %q, %q", exit, out, errs)
	}
	h.until("the end of it", func(s flows.State) bool { return s.Recording != nil && s.Recording.Why == flows.RecordErased })
	guide.sees("The customer erased the recording")
	if got := tapesIn(t, s, number); len(got) != 0 {
		t.Errorf("there are %d recordings", len(got))
	}
	if st := h.State(); len(st.Guides) != 1 {
		t.Error("the watch ended with it")
	}
}

// downloads is the recording of the case as its person gets it.
func (h *atHome) downloads(s *site) string {
	h.t.Helper()
	file, errs, exit := s.comes(h.t, h.code, "recording")
	if exit != codeDone || errs != "" {
		h.t.Fatalf("%d, %q", exit, errs)
	}
	return file
}

// TestYesAtHomeComesLate has a guide take the question back while the machine at home is
// away, and the person say yes to it there: nothing is recorded, and they are told.
func TestYesAtHomeComesLate(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	h := s.home(t)
	number := h.hears(ShareBegan).Number
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	guide.asksToWatch()
	h.allows("Anna Berg")
	guide.sees("contoso.example")
	h.asksToTape(guide)
	h.wires.cut(true)
	h.hears(ShareLost)
	guide.types(keyTape)
	guide.sees("The question is taken back.")
	h.do(flows.Recorded{Visit: h.State().TapeAsk.Guide.Visit, On: true})
	h.do(flows.Noted{Text: "said in an outage"})
	h.wires.cut(false)
	h.hears(ShareBack)
	h.same(s, number)
	h.until("the end of it", func(s flows.State) bool { return s.Recording != nil && !s.Recording.Over.IsZero() })
	if got := tapesIn(t, s, number); len(got) != 0 {
		t.Errorf("there are %d recordings", len(got))
	}
}
