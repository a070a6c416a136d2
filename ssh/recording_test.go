package ssh

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
)

const keyTape = "\x14" // ctrl+t

// asksToRecord asks the customer whose case is watched, from the key to the question.
func (c *client) asksToRecord(customer *client, name string) {
	c.t.Helper()
	c.presses(keyTape, "whether the rest of this watching may be recorded")
	c.types("y")
	customer.sees(name + " of Example Support asks to record")
}

// recorded has a case recorded that a guide watches.
func recorded(customer, guide *client, name string) {
	customer.t.Helper()
	guide.asksToRecord(customer, name)
	customer.answers(keyAllow, "● Recorded")
	guide.sees("● Recorded")
}

// tapesIn are the recordings of a case.
func tapesIn(t *testing.T, s *site, number string) []flows.Tape {
	t.Helper()
	return flows.Tapes(recordsOf(t, s, number))
}

// comes runs a command as a user.
func (s *site) comes(t *testing.T, user, line string) (out, errs string, code int) {
	t.Helper()
	c := opens(t, s.dial(t, user, nil), 0, 0, func(x *gossh.Session) error { return x.Start(line) })
	code = c.ends()
	return c.bytes(), c.errors(), code
}

// played is what an asciicast shows, frame by frame.
func played(t *testing.T, file string) (frames []string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(file))
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	var head struct{ Version, Width, Height int }
	if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.Version != 2 {
		t.Fatalf("no asciicast: %v\n%.200s", err, file)
	}
	emu := vt.NewEmulator(head.Width, head.Height)
	for lines.Scan() {
		var at float64
		var kind, data string
		if err := json.Unmarshal(lines.Bytes(), &[]any{&at, &kind, &data}); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		if kind == "o" {
			if _, err := emu.Write([]byte(data)); err != nil {
				t.Fatal(err)
			}
			frames = append(frames, emu.String())
		}
	}
	return frames
}

// TestRecording walks a recording over real connections: off by default, on by both
// yeses, marked on both screens, ended by one key; downloaded by the customer's code as
// what was seen, and nothing of before or after it, nor what was secret; replayed by the
// guide, with each time in the audit; and erased by the code, without the rest.
func TestRecording(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	code := customer.shownCode()
	customer.closesHelp()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	if c := customer.screen() + guide.screen(); strings.Contains(c, "Recorded") {
		t.Fatalf("it is recorded before anybody was asked:\n%s", c)
	}
	guide.once("n", "A note to the customer")
	guide.types("said before\r")
	guide.sees("Sent.")
	if out, errs, exit := s.comes(t, code, "recording"); exit != codeFailed || out != "" || !strings.Contains(errs, "has no recording") {
		t.Errorf("without a yes: %d, %q, %q", exit, out, errs)
	}
	recorded(customer, guide, "Anna Berg")
	guide.once("n", "A note to the customer")
	guide.types("said while it ran\r")
	customer.sees("said while it ran")
	customer.once("\r", "● Diagnosis")
	guide.sees("● Diagnosis")
	const canary = "https://localhost/?code=canary-4711&state=canary-state&admin_consent=True"
	customer.types("\x1b[200~" + canary + "\x1b[201~") // nothing takes it
	customer.once("\x1bOP", "Keys that work here")     // with the code, on the customer's screen alone
	customer.presses("ö", "ö does nothing here")
	customer.types("\x1b")
	await(t, "the help closes", func() bool { return !strings.Contains(customer.screen(), "Keys that work here") }, customer.screen)
	customer.types(keyTape)
	customer.sees("The recording ended.")
	guide.sees("The customer ended the recording.")
	await(t, "the marks go", func() bool { return !strings.Contains(customer.screen()+guide.screen(), "● Recorded") }, customer.screen)
	guide.once("n", "A note to the customer")
	guide.types("said afterwards\r")
	await(t, "the note", func() bool { return strings.Contains(fmt.Sprintf("%#v", recordsOf(t, s, number)), "said afterwards") }, guide.screen)

	file, errs, exit := s.comes(t, code, "recording")
	frames := played(t, file)
	if exit != codeDone || errs != "" || len(frames) < 3 {
		t.Fatalf("%d, %q, %d frames", exit, errs, len(frames))
	}
	first, last := frames[0], frames[len(frames)-1]
	if !strings.Contains(first, "contoso.example") || !strings.Contains(first, "● Recorded with Anna Berg") || !strings.Contains(last, "the customer ended it") {
		t.Errorf("first\n%s\nlast\n%s\nin\n%s", first, last, file)
	}
	if all := strings.Join(frames, "\n"); !strings.Contains(all, "Anna Berg: said while it ran") {
		t.Errorf("what was said is not in it:\n%s", last)
	}
	for _, no := range []string{"said afterwards", "canary", code, code[:len(code)/2], "asks to watch"} {
		if strings.Contains(file, no) || strings.Contains(strings.Join(frames, "\n"), no) {
			t.Errorf("in the recording stands %q", no)
		}
	}
	for _, no := range []string{"canary", code} {
		if journal := fmt.Sprintf("%#v", recordsOf(t, s, number)); strings.Contains(journal, no) || strings.Contains(s.log.String(), no) {
			t.Errorf("the journal, or the log, has %q", no)
		}
	}

	// The guide replays it, once they have left the case.
	guide.once("q", "You left case "+number)
	guide.once("v", "Which case's recordings?")
	guide.types(strings.Repeat("\x7f", 12) + number + "\r")
	guide.sees("▸ Replay")
	guide.sees("contoso.example")
	guide.presses(" ", "paused") // or it is at its end
	guide.presses("0", " · moment 1 of")
	guide.presses("\t", "› Timeline")
	guide.presses("\x1b[C", "wrote")
	mine := "Anna Berg " + number + " "
	did(t, s.o.Cases, mine+didAskTape, mine+didTape, mine+didNote, mine+didTapeEnd+" stopped", mine+didNote, mine+didLeave, mine+didReplay+" Anna Berg")

	// The customer takes it back: it is gone wherever it is seen, and nothing else is.
	out, errs, exit := s.comes(t, code, "recording --erase")
	if exit != codeDone || errs != "" || !strings.Contains(out, "The recordings of case "+number+" are erased") {
		t.Fatalf("%d, %q, %q", exit, out, errs)
	}
	guide.sees("Nothing of it is kept here.")
	if c := guide.screen(); strings.Contains(c, "contoso") {
		t.Errorf("the guide still sees\n%s", c)
	}
	if out, _, exit := s.comes(t, code, "recording --erase"); exit != codeDone || !strings.Contains(out, "are erased") {
		t.Errorf("erased again: %d, %q", exit, out)
	}
	if out, _, exit := s.asks(t, "recording "+code); exit != codeFailed || out != "" {
		t.Errorf("what was erased is written: %d, %.80q", exit, out)
	}
	guide.types("q")
	guide.sees("cases: 1")
	guide.once("v", "Which case's recordings?")
	guide.types(strings.Repeat("\x7f", 12) + number + "\r")
	guide.sees("There is nothing in that case that you may replay")
	did(t, s.o.Cases, mine+didNotPlay)
	if st, _, exit := s.asks(t, "status "+code); exit != codeDone || !strings.Contains(st, number) {
		t.Errorf("the case itself is gone: %d, %q", exit, st)
	}
	// And with the case goes everything.
	if _, _, exit := s.asks(t, "erase "+code); exit != codeDone {
		t.Fatal("the case cannot be erased")
	}
	if out, errs, exit := s.comes(t, code, "recording"); exit != codeUsage || out != "" || !strings.Contains(errs, "There is no such case") {
		t.Errorf("of an erased case: %d, %q, %q", exit, out, errs)
	}
}

// TestRecordingEnds holds that a recording ends with whatever ends it, that the mark
// goes with it, and that what it holds is there until then.
func TestRecordingEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(t *testing.T, s *site, customer, guide *client)
		why  flows.RecordEnd
		said string
	}{
		"the customer":      {func(_ *testing.T, _ *site, customer, _ *client) { customer.types(keyTape) }, flows.RecordStopped, "The recording ended."},
		"the guide":         {func(_ *testing.T, _ *site, _, guide *client) { guide.types(keyTape) }, flows.RecordLeft, "The recording ended: Anna Berg ended it."},
		"the watching":      {func(_ *testing.T, _ *site, customer, _ *client) { customer.types(keyStop) }, flows.RecordWatch, "The watching ended."},
		"the guide leaves":  {func(_ *testing.T, _ *site, _, guide *client) { guide.types("q") }, flows.RecordWatch, "Anna Berg left."},
		"the guide is lost": {func(_ *testing.T, _ *site, _, guide *client) { _ = guide.conn.Close() }, flows.RecordWatch, "the connection went."},
		"the guide breaks":  {func(_ *testing.T, s *site, _, _ *client) { s.breakGuides() }, flows.RecordWatch, "the connection went."},
		"it is erased": {func(t *testing.T, s *site, customer, _ *client) {
			t.Helper()
			var code string
			for _, one := range s.customers() {
				_, code = one.caseNumber(), one.code
			}
			if _, errs, exit := s.comes(t, code, "recording --erase"); exit != codeDone {
				t.Fatalf("%d: %s", exit, errs)
			}
			customer.sees("The recording is erased")
		}, flows.RecordErased, "The recording is erased"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, o := desked(t, nil)
			customer := s.shell(t, "anybody", 100, 30)
			customer.chooses()
			guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
			number := letIn(t, customer, guide, "Anna Berg")
			recorded(customer, guide, "Anna Berg")
			c.end(t, s, customer, guide)
			customer.sees(c.said)
			await(t, "the mark goes", func() bool { return !strings.Contains(customer.screen(), "● Recorded") }, customer.screen)
			if c.why == flows.RecordErased {
				if tapes := tapesIn(t, s, number); len(tapes) != 0 {
					t.Error("what was erased is there")
				}
				return
			}
			var tapes []flows.Tape
			await(t, "the end in the journal", func() bool {
				tapes = tapesIn(t, s, number)
				return len(tapes) == 1 && tapes[0].Recording().Why != ""
			}, customer.screen)
			if r := tapes[0].Recording(); r.Why != c.why || r.Guide.Called() != "Anna Berg (Example Support)" {
				t.Errorf("it ended by %q, with %s", r.Why, r.Guide.Called())
			}
		})
	}
}

// TestRecordingOutlivesAConnection holds that a recording goes on where the customer
// comes back to a case that is watched on: the mark is there from the first screen on.
func TestRecordingOutlivesAConnection(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	code := customer.shownCode()
	customer.closesHelp()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	recorded(customer, guide, "Anna Berg")
	_ = customer.conn.Close()
	back := s.shell(t, code, 100, 30)
	back.sees("● Recorded")
	guide.sees("● Recorded")
	back.types(keyTape)
	back.sees("The recording ended.")
	guide.sees("The customer ended the recording.")
	tapes := tapesIn(t, s, number) // what the guide is shown is stored
	if len(tapes) != 1 || tapes[0].Recording().Why != flows.RecordStopped {
		t.Fatalf("%d tapes", len(tapes))
	}
	resumed := false
	for _, r := range tapes[0].Records() {
		resumed = resumed || r.Event.Kind() == flows.KindResumed
	}
	if !resumed {
		t.Error("the recording ends where the customer came back")
	}
}

// TestNobodyReplaysWithoutAYesRegression holds that a guide gets nothing of a case that
// was not recorded, whatever was asked and answered, and whoever's it is; and that a
// recording is for the guide of it, by their key, and once it is over for who leads at their organisation alone. All
// that they are told is one sentence.
func TestNobodyReplaysWithoutAYesRegression(t *testing.T) {
	t.Parallel()
	s, o := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	hers, his := newSigner(t), newSigner(t)
	guide := s.guideScreen(t, o.certify(hers, func(c *gossh.Certificate) { c.KeyId = "Anna Berg" }), 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	of := func(key gossh.Signer, name, organisation, role string) *desk {
		t.Helper()
		signer := o.certify(key, func(cert *gossh.Certificate) { cert.KeyId, cert.ValidPrincipals = name, []string{role} })
		who, err := s.o.Guides.who(signer.PublicKey(), loopback)
		if err != nil {
			t.Fatal(err)
		}
		who.organisation = organisation
		return &desk{s: &session{srv: s.Server, conn: &conn{from: loopback}, proven: signer.PublicKey(), ctx: t.Context()}, who: who}
	}
	at := func(name, organisation, role string) *desk {
		t.Helper()
		return of(newSigner(t), name, organisation, role)
	}
	nothing := func(when string, d *desk) {
		t.Helper()
		if r, err := d.replay(t.Context(), number); r != nil || err == nil || err.Error() != sayNoTape && err.Error() != sayNotYours && err.Error() != sayGuideNow {
			t.Errorf("%s: %v, %v", when, r, err)
		}
	}
	mine := of(hers, "Anna Berg", "Example Support", "guide")
	nothing("watched alone", mine)
	guide.asksToRecord(customer, "Anna Berg")
	nothing("asked", mine)
	customer.answers("n", "Watched by Anna Berg")
	guide.sees("Not recorded: the customer said no.")
	nothing("a no", mine)
	did(t, s.o.Cases, "Anna Berg "+number+" "+didNotPlay, "Anna Berg "+number+" "+didNoTape, "Anna Berg "+number+" "+didNotPlay)
	guide.presses(keyTape, "whether the rest of this watching may be recorded")
	guide.types("y")
	guide.sees("Not done")
	if tapes := tapesIn(t, s, number); len(tapes) != 0 {
		t.Fatalf("without a yes there are %d tapes", len(tapes))
	}

	// Another one is, with another guide.
	guide.types("q")
	guide.sees("You left case " + number)
	bob := s.guideScreen(t, o.certify(his, func(c *gossh.Certificate) { c.KeyId = "Bob Blau" }), 100, 30)
	letIn(t, customer, bob, "Bob Blau")
	recorded(customer, bob, "Bob Blau")
	nothing("a lead's while it goes on", at("Lena", "Example Support", "lead"))
	if _, err := of(his, "Bob Blau", "Example Support", "guide").replay(t.Context(), number); err != nil {
		t.Errorf("while it goes on its guide has it not: %v", err)
	}
	customer.types(keyTape)
	customer.sees("The recording ended.")
	nothing("another guide's", mine)
	nothing("of that name by another key", at("Bob Blau", "Example Support", "guide"))
	nothing("by that key elsewhere", of(his, "Bob Blau", "Other Support", "guide"))
	nothing("a lead's of another organisation", at("Eve", "Other Support", "lead"))
	nothing("of that name elsewhere", at("Bob Blau", "Other Support", "guide"))
	nothing("an auditor's", at("Ada", "Example Support", "auditor"))
	for _, d := range []*desk{of(his, "Bob Blau", "Example Support", "guide"), at("Lena", "Example Support", "lead")} {
		r, err := d.replay(t.Context(), number)
		if err != nil {
			t.Fatalf("%s: %v", d.who.name, err)
		}
		if tapes, err := r.Tapes(t.Context()); err != nil || len(tapes) != 1 {
			t.Errorf("%s: %d tapes, %v", d.who.name, len(tapes), err)
		}
		did(t, s.o.Cases, d.who.name+" "+number+" "+didReplay+" Bob Blau")
	}
	for _, no := range []string{"", "000-000", "contoso.example", strings.Repeat("4", 400), "\x1b[2J"} {
		if r, err := mine.replay(t.Context(), no); r != nil || err == nil || err.Error() != sayNoTape {
			t.Errorf("of %q: %v, %v", no, r, err)
		}
	}
}

// TestRecordingRefusals holds what bad input of the command gets: what is wrong with it,
// what to type, and nothing on standard output.
func TestRecordingRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	code := customer.shownCode()
	for _, c := range []struct {
		user, line, want string
		code             int
	}{
		{"anybody", "recording", "Type `ssh", codeUsage},
		{"anybody", "recording nobody", "no resume code", codeUsage},
		{"anybody", "recording " + code[:len(code)-2], "resume code", codeUsage},
		{code, "recording " + code, "named twice", codeUsage},
		{code, "recording --size", "--size needs a value", codeUsage},
		{code, "recording --size=big", `"big" is no size of a window`, codeUsage},
		{code, "recording --size=39x10", "no size of a window", codeUsage},
		{code, "recording --size=10000x10000", "no size of a window", codeUsage},
		{code, "recording --size=100x30 --erase", "--size says nothing with it", codeUsage},
		{code, "recording --erase=yes", "takes no value", codeUsage},
		{code, "recording --file /etc/passwd", "is no flag of `recording`", codeUsage},
		{code, "recording", "has no recording: nobody agreed to one", codeFailed},
	} {
		out, errs, exit := s.comes(t, c.user, c.line)
		if exit != c.code || out != "" || !strings.Contains(errs, c.want) || strings.Contains(errs, code) {
			t.Errorf("%q: %d, %q, %q", c.line, exit, out, errs)
		}
	}
	if out, errs, exit := s.comes(t, "anybody", "recording --help"); exit != codeDone || errs != "" || !strings.Contains(out, "asciicast (version 2)") {
		t.Errorf("--help: %d, %q, %q", exit, out, errs)
	}
	if out, _, exit := s.comes(t, code, "recording --erase"); exit != codeDone || !strings.Contains(out, "are erased") {
		t.Errorf("with nothing to erase: %d, %q", exit, out)
	}
	onTerminal := opens(t, s.dial(t, code, nil), 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm", 24, 80, nil); err != nil {
			return err
		}
		return x.Start("recording")
	})
	if exit := onTerminal.ends(); exit != codeUsage || !strings.Contains(onTerminal.bytes(), "leave out -t") {
		t.Errorf("on a terminal: %d, %q", exit, onTerminal.bytes())
	}
	help, _, _ := s.asks(t, "help")
	if !strings.Contains(help, " recording > FILE.cast") || !strings.Contains(help, " recording --erase") {
		t.Errorf("the help says\n%s", help)
	}
}
