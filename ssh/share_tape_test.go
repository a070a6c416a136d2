package ssh

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
)

// asksToTape has a guide ask to record the run at home, until it is heard there and the
// guide sees that it was asked.
func (h *atHome) asksToTape(guide *client) {
	h.t.Helper()
	guide.once(keyTape, "may be recorded?")
	guide.types("y")
	guide.sees("The customer is asked whether it may be recorded.")
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
	h.do(h.State().TapeAsk.Yes())
	guide.sees("● Recorded")
	h.do(flows.Noted{Text: "said while it ran"})
	guide.sees("said while it ran")
	h.wires.cut(true)
	h.hears(ShareLost)
	h.do(flows.Noted{Text: "said in an outage"})
	h.do(h.State().Recording.Ends(flows.RecordStopped))
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
	h.do(h.State().TapeAsk.Yes())
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
// away, or ask again, and the person say yes to it there: nothing is recorded, and the
// person is told. The yes is to no other question than the one that they read.
func TestYesAtHomeComesLate(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"taken back": false, "asked again": true} {
		t.Run(name, func(t *testing.T) {
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
			if again {
				guide.once(keyTape, "may be recorded?")
				guide.types("y")
				guide.sees("The customer is asked whether it may be recorded.")
			}
			read := *h.State().TapeAsk
			h.do(read.Yes())
			h.do(flows.Noted{Text: "said in an outage"})
			h.wires.cut(false)
			h.hears(ShareBack)
			h.same(s, number)
			h.until("the end of it", func(s flows.State) bool { return s.Recording != nil && !s.Recording.Over.IsZero() })
			h.until("what is asked now", func(s flows.State) bool {
				a, asks := s.AsksToRecord(s.At)
				return asks == again && (!asks || !a.Same(read))
			})
			if got := tapesIn(t, s, number); len(got) != 0 {
				t.Errorf("there are %d recordings", len(got))
			}
			if again { // the new question is answered like any other
				h.do(h.State().TapeAsk.Yes())
				guide.sees("● Recorded")
			}
		})
	}
}

// TestUntoldIsTold holds that what a server had to say of a yes that came too late is
// said by the next one, where it ended before, and once.
func TestUntoldIsTold(t *testing.T) {
	t.Parallel()
	at := time.Now()
	yes, tape := flows.Watched{Visit: "v", Here: true}, flows.Recorded{Visit: "v", Ask: "a", On: true}
	late := []flows.Event{flows.Watched{Visit: "v", Why: flows.WatchOver}, flows.Recorded{Visit: "v", Ask: "a", Why: flows.RecordLate}}
	records := func(by flows.WriterID, all ...flows.Event) (rs []flows.Record) {
		for i, e := range all {
			who := flows.ByPerson
			if _, ok := e.(flows.AskedToWatch); ok {
				who = flows.ByServer
			}
			rs = append(rs, flows.Record{Seq: uint64(i) + 1, Writer: by, N: uint64(i) + 1, At: at, By: who, Event: e})
		}
		return rs
	}
	ask := flows.AskedToWatch{Visit: "v", Guide: "Anna", Org: "O", Until: at.Add(time.Minute), Lasts: time.Minute}
	lead := flows.AskedToWatch{Visit: "lead", Guide: "Lea", Org: "O", Until: at.Add(time.Minute), Lasts: time.Minute}
	handed := flows.AskedToWatch{Visit: "v", Guide: "Anna", Org: "O", Until: at.Add(time.Minute), Lasts: time.Minute, From: "Lea", FromOrg: "O", Over: "lead"}
	watches, back, left := flows.Watched{Visit: "lead", Here: true}, flows.Watched{Visit: "v", Why: flows.WatchBack}, flows.Watched{Visit: "lead", Why: flows.WatchLeft}
	stopped := flows.Watched{Visit: "lead", Why: flows.WatchStopped}
	told := append(records(homeWriter, yes, tape), flows.Record{Seq: 3, Writer: "s", N: 1, At: at, By: flows.ByServer, Event: late[0]}, flows.Record{Seq: 4, Writer: "s", N: 2, At: at, By: flows.ByServer, Event: late[1]})
	for name, c := range map[string]struct {
		rs   []flows.Record
		want []flows.Event
	}{
		"untold":                {records(homeWriter, yes, tape), late},
		"told":                  {told, nil},
		"in time":               {records(homeWriter, ask, yes), nil},
		"of a session":          {records("ABCDEF", yes, tape), nil},
		"of a hand-over":        {records(homeWriter, lead, watches, handed, back, yes), []flows.Event{late[0], stopped}},
		"of one that was told":  {records(homeWriter, lead, watches, handed, back, yes, late[0], stopped), nil},
		"of one half told":      {records(homeWriter, lead, watches, handed, back, yes, late[0]), []flows.Event{stopped}},
		"of one, and they left": {records(homeWriter, lead, watches, handed, back, left, yes), late[:1]},
		"of one in time":        {records(homeWriter, lead, watches, handed, yes), nil},
		"ended":                 {records(homeWriter, yes, tape, flows.Started{}, flows.Ended{}), nil},
	} {
		if got := untold(c.rs); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
