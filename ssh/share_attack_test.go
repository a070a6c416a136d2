package ssh

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
)

const (
	rawHello = `{"hello":{"share":1}}`
	rawStart = `{"n":1,"by":"person","kind":"started","event":{"version":"1","domain":"contoso.example","canWrite":true}}`
)

// TestForgedLinesAreRefused has clients of their own say what they like on the channel:
// each is ended with a word, and what it forged is in no case.
func TestForgedLinesAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	rec := func(n int, by, kind, event string) string {
		return fmt.Sprintf(`{"n":%d,"by":%q,"kind":%q,"event":%s}`, n, by, kind, event)
	}
	begun := rawHello + "\n" + rawStart + "\n"
	for name, lines := range map[string]string{
		"garbage":                 "GET / HTTP/1.1\n",
		"no greeting":             rawStart + "\n",
		"another version":         `{"hello":{"share":2}}` + "\n",
		"two greetings":           rawHello + "\n" + rawHello + "\n",
		"unknown fields":          `{"hello":{"share":1},"case":"7KQ-M2X"}` + "\n",
		"two things on a line":    rawHello + rawHello + "\n",
		"a line without an end":   rawHello + "\n" + strings.Repeat("x", mostUp+1),
		"a list":                  rawHello + "\n[1]\n",
		"not begun by a start":    rawHello + "\n" + rec(1, "person", "noted", `{"text":"x"}`) + "\n",
		"a second start":          begun + rec(2, "person", "started", `{"version":"2"}`) + "\n",
		"without a number":        begun + rec(0, "person", "noted", `{"text":"x"}`) + "\n",
		"a guide's marker":        begun + rec(2, "guide", "pointed", `{"at":"app/grant","visit":"v"}`) + "\n",
		"a marker of the person":  begun + rec(2, "person", "pointed", `{"at":"app/grant","visit":"v"}`) + "\n",
		"a guide's note":          begun + rec(2, "guide", "noted", `{"text":"x","visit":"v"}`) + "\n",
		"a question":              begun + rec(2, "server", "asked-to-watch", `{"visit":"v","guide":"Eve","org":"E","lasts":1}`) + "\n",
		"a question by itself":    begun + rec(2, "person", "asked-to-watch", `{"visit":"v","guide":"Eve","org":"E","lasts":1}`) + "\n",
		"an end of the server's":  begun + rec(2, "server", "watched", `{"visit":"v","why":"left"}`) + "\n",
		"a yes of the program's":  begun + rec(2, "driver", "watched", `{"visit":"v","here":true}`) + "\n",
		"nobody's":                begun + rec(2, "", "noted", `{"text":"x"}`) + "\n",
		"an unknown kind":         begun + rec(2, "person", "escalated", `{}`) + "\n",
		"a private answer":        begun + rec(2, "person", "answered", `{"question":"confirm","value":"contoso.example"}`) + "\n",
		"an event that is none":   begun + rec(2, "person", "noted", `"text"`) + "\n",
		"a writer and a sequence": begun + `{"n":2,"seq":1,"writer":"guide-v","by":"guide","kind":"noted","event":{"text":"x"}}` + "\n",
		"no code":                 `{"hello":{"share":1,"code":"nonsense"}}` + "\n",
		"a code of nobody's":      `{"hello":{"share":1,"code":"WBH3-1RFE-CDDC-SA51-WBBP-ESK3-YCGY"}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := s.shares(t)
			go func() { _, _ = io.WriteString(c.in, lines) }() // which may be more than is read
			c.reads(`{"end":"`)
			if end := c.bytes(); name != "a code of nobody's" && !strings.Contains(end, `{"end":"refused"}`) {
				t.Errorf("it hears %s", end)
			}
			if code := c.ends(); code != codeFailed {
				t.Errorf("it ends with %d", code)
			}
			if number := numberIn(c.bytes()); number != "" {
				rs := s.records(t, number)
				if len(rs) != 1 || rs[0].By != flows.ByPerson || rs[0].Writer != homeWriter || rs[0].Event.Kind() != flows.KindStarted {
					t.Errorf("the case has %+v", rs)
				}
			}
		})
	}
}

// numberIn is the case that a client was told of; empty: none.
func numberIn(said string) string {
	_, rest, _ := strings.Cut(said, `"number":"`)
	number, _, _ := strings.Cut(rest, `"`)
	return number
}

// codeIn is the code that it was told.
func codeIn(said string) string {
	_, rest, _ := strings.Cut(said, `"code":"`)
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// TestSharedRecordsAreTheServersOwn holds that what comes is stored under the server's
// numbers, writer and time, once, and without what never leaves; and that what breaks
// nothing in the reading of one case reaches no other.
func TestSharedRecordsAreTheServersOwn(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	c := s.shares(t)
	c.types(rawHello + "\n" + rawStart + "\n")
	c.reads(`"number":"`)
	number := numberIn(c.bytes())
	before := time.Now()
	c.types(`{"n":7,"ago":-5000,"by":"person","kind":"noted","event":{"text":"a\u001b[2J\u202eb","visit":"v","from":"Eve"}}` + "\n")
	c.reads(`{"ack":7}`)
	c.types(`{"n":7,"by":"person","kind":"noted","event":{"text":"again"}}` + "\n" + `{"n":3,"by":"person","kind":"noted","event":{"text":"late"}}` + "\n")
	c.types(`{"n":8,"ago":9223372036854775807,"by":"driver","kind":"troubled","event":{"what":"host","text":"` + canary + `"}}` + "\n")
	c.types(`{"n":9,"by":"driver","kind":"started-not","event":{}}` + "\n")
	c.reads(`{"end":"refused"}`)
	rs := s.records(t, number)
	if len(rs) != 3 {
		t.Fatalf("%+v", rs)
	}
	note, ok := rs[1].Event.(flows.Noted)
	if !ok || rs[1].Seq != 2 || rs[1].Writer != homeWriter || rs[1].N != 7 || note.From != "" || note.Visit != "" || strings.ContainsAny(note.Text, "\x1b\u202e") {
		t.Errorf("%+v", rs[1])
	}
	if now := time.Now(); rs[1].At.Before(before.Add(-time.Minute)) || rs[1].At.After(now) || rs[2].At.Before(rs[1].At) || rs[2].At.After(now) {
		t.Errorf("at %v and %v", rs[1].At, rs[2].At)
	}
	if e, is := rs[2].Event.(flows.Troubled); !is || e.Text != "" {
		t.Errorf("%+v", rs[2])
	}
}

// TestSharingReachesNoOtherCase holds that a code opens the run that was shared with it,
// and that of a session here, or of another run, lets nothing be added to that.
func TestSharingReachesNoOtherCase(t *testing.T) {
	t.Parallel()
	s, _ := desked(t, nil)
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	var served string
	await(t, "a case", func() bool {
		some, _, _, err := s.o.Cases.Queue(t.Context(), cases.Filter{}, cases.Cursor{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 1 {
			served = string(some[0].Number)
		}
		return served != ""
	}, customer.screen)
	n := len(s.records(t, served))
	c := s.shares(t)
	c.types(`{"hello":{"share":1,"code":"` + s.code(t, served) + `"}}` + "\n")
	c.reads(`{"end":"refused"}`)
	customer.goesOn() // the session there goes on
	for _, r := range s.records(t, served)[n:] {
		if r.Writer == homeWriter {
			t.Errorf("it has %+v", r)
		}
	}
	one := s.shares(t)
	one.types(rawHello + "\n" + rawStart + "\n")
	one.reads(`{"ack":1}`)
	again := s.shares(t) // the same run, from elsewhere
	again.types(`{"hello":{"share":1,"code":"` + codeIn(one.bytes()) + `"}}` + "\n")
	again.reads(`"have":1`)
	one.reads(`{"end":"taken"}`)
}

// TestSharingIsBounded holds the limits: of lines in a second, of bytes, of cases from
// one address, and of the time in which nothing comes.
func TestSharingIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(o *Options) { o.Limits.Bytes, o.Limits.BytesBurst = 1<<10, 4<<10 })
		c := s.shares(t)
		go func() { _, _ = io.WriteString(c.in, rawHello+"\n"+rawStart+"\n"+strings.Repeat("x", 64<<10)) }()
		c.reads(`{"end":"flood"}`)
	})
	t.Run("silence", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(o *Options) { o.Limits.Idle, o.Limits.Warning = 200*time.Millisecond, 100*time.Millisecond })
		c := s.shares(t)
		_, _ = io.WriteString(c.in, rawHello+"\n") // it may be over
		c.reads(`{"end":"idle"}`)
	})
	t.Run("no greeting", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(o *Options) { o.Limits.Unused = 5 * time.Second }) // within which the session begins
		s.shares(t).reads(`{"end":"refused"}`)
	})
	t.Run("cases", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(o *Options) { o.Limits.CasesPerSource = 1 })
		for _, want := range []string{`"number":"`, `{"end":"many"}`} {
			c := s.shares(t)
			c.types(rawHello + "\n" + rawStart + "\n")
			c.reads(want)
		}
	})
	t.Run("a terminal", func(t *testing.T) {
		t.Parallel()
		s := serve(t, nil)
		c := opens(t, s.dial(t, "anybody", nil), 0, 0, func(x *gossh.Session) error { return x.Start(userShare) })
		c.reads("onboard --share onboard.example")
		if code := c.ends(); code != codeUsage {
			t.Errorf("it ends with %d", code)
		}
		c = s.shell(t, userShare, 80, 24)
		c.reads("onboard --share onboard.example")
	})
}

// hostileServer accepts one client of the channel after the other, and says lines to
// each, whatever it hears.
func hostileServer(t *testing.T, says ...string) ShareOptions {
	t.Helper()
	return serverOf(t, func(raw net.Conn, config *gossh.ServerConfig) { hostile(raw, config, says) })
}

// serverOf is a server that serves each client as it likes.
func serverOf(t *testing.T, serves func(raw net.Conn, config *gossh.ServerConfig)) ShareOptions {
	t.Helper()
	key := newSigner(t)
	config := &gossh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(key)
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			go serves(raw, config)
		}
	}()
	file := t.TempDir() + "/known_hosts"
	put(t, file, knownhosts.Line([]string{l.Addr().String()}, key.PublicKey())+"\n")
	return ShareOptions{Address: l.Addr().String(), KnownHosts: []string{file}, Again: 5 * time.Millisecond}
}

// hostile speaks to one client.
func hostile(raw net.Conn, config *gossh.ServerConfig, says []string) {
	defer func() { _ = raw.Close() }()
	conn, channels, requests, err := gossh.NewServerConn(raw, config)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	go gossh.DiscardRequests(requests)
	for offered := range channels {
		ch, asks, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for req := range asks {
				_ = req.Reply(true, nil)
			}
		}()
		go func() { _, _ = io.Copy(io.Discard, ch) }()
		for _, line := range says {
			if _, err := io.WriteString(ch, line+"\n"); err != nil {
				return
			}
		}
	}
}

const rawCase = `{"case":{"number":"7KQ-M2X","code":"WBH3-1RFE-CDDC-SA51-WBBP-ESK3-YCGY"}}`

// TestHostileServerCanOnlyAsk has a server say what it likes to a run at home. The most
// that comes of it is a question with names that hide nothing: no answer, no yes, no
// confirmation, and no text of its own.
func TestHostileServerCanOnlyAsk(t *testing.T) {
	t.Parallel()
	ask := `{"say":{"n":1,"what":"ask","visit":"v1","name":"A\u001b[2J\u202eEve\nBerg","org":"O\u0007rg","wait":9223372036854775807,"lasts":9223372036854775807}}`
	h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 100)}
	share, err := OpenShare(t.Context(), hostileServer(t, rawCase, ask,
		`{"say":{"n":2,"what":"point","visit":"v1","at":"app/grant"}}`,
		`{"say":{"n":3,"what":"note","visit":"v1","text":"type contoso.example"}}`,
		`{"say":{"n":4,"what":"suggest","visit":"v1","path":"allow-all"}}`,
		`{"say":{"n":5,"what":"again","visit":"v1"}}`,
		`{"say":{"n":5,"what":"gone","visit":"v1","why":"left"}}`, // an old number
		`{"say":{"n":6,"what":"ask","visit":"v2","name":"","org":""}}`,
		`{"say":{"n":7,"what":"ask","visit":"v3","name":"Bob Blau","org":"O","wait":60000000000,"lasts":60000000000}}`))
	if err != nil {
		t.Fatal(err)
	}
	h.begins(share, eyes{})
	h.hears(ShareBegan)
	written := func() (n int) {
		rs, err := h.j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if r.Writer == "caller-7KQ-M2X" {
				n++
				if r.By != flows.ByGuide && r.By != flows.ByServer || !flows.MayAppend(r.By, r.Event) {
					t.Errorf("it wrote %+v", r)
				}
			}
		}
		return n
	}
	h.until("the last that it says", func(s flows.State) bool { return len(s.Asking) == 2 })
	if n := written(); n != 2 { // what changes nothing takes no room either
		t.Errorf("it wrote %d records", n)
	}
	st := h.State()
	g := st.Asking[0]
	if strings.ContainsAny(g.Name+g.Org, "\x1b\u202e\a\n") || g.Lasts > flows.WatchMost || g.Until.After(time.Now().Add(flows.AskWait)) {
		t.Errorf("who asks: %+v", g)
	}
	if len(st.Guides)+len(st.Pointers)+len(st.Notes)+len(st.Hints) != 0 || st.WishedAgain() {
		t.Errorf("without a yes: %+v %+v %+v %+v", st.Guides, st.Pointers, st.Notes, st.Hints)
	}
	h.leave()
	if st := h.State(); len(st.Asking) != 0 {
		// The driver has stopped; the journal says it.
		rs, err := h.j.Since(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if st := flows.Fold(flows.State{}, rs...); len(st.Asking) != 0 {
			t.Errorf("after the sharing somebody still asks: %+v", st.Asking)
		}
	}
}

// TestServerThatSpeaksOtherwiseIsLeft holds that a server that says anything but what a
// server says is left for good, and that nothing of it comes into the run.
func TestServerThatSpeaksOtherwiseIsLeft(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]string{
		"garbage":                      {"SSH-2.0-hello"},
		"a record":                     {rawCase, `{"n":1,"by":"person","kind":"watched","event":{"visit":"v","here":true}}`},
		"an event":                     {rawCase, `{"say":{"n":1,"what":"confirm","visit":"v","text":"contoso.example"}}`},
		"an event beside":              {rawCase, `{"say":{"n":1,"what":"note","visit":"v","text":"x","event":{"plan":"p"}}}`},
		"an answer":                    {rawCase, `{"say":{"n":1,"what":"answer","visit":"v","at":"domain","text":"evil.example"}}`},
		"two things":                   {rawCase, `{"ack":1,"say":{"n":1,"what":"note","visit":"v","text":"x"}}`},
		"no visit":                     {rawCase, `{"say":{"n":1,"what":"note","text":"x"}}`},
		"no number":                    {rawCase, `{"say":{"what":"note","visit":"v","text":"x"}}`},
		"a guide without a case":       {`{"case":{}}`, `{"say":{"n":1,"what":"ask","visit":"v","name":"Eve","org":"E"}}`},
		"a number that acts":           {`{"case":{"number":"\u001b[2J","code":"x"}}`},
		"a code that is a text":        {`{"case":{"number":"7KQ-M2X","code":"type rm -rf here, please"}}`},
		"a case without a code":        {`{"case":{"number":"7KQ-M2X"}}`},
		"another case":                 {rawCase, `{"case":{"number":"7KQ-M2Y"}}`},
		"an end in words of its own":   {rawCase, `{"end":"call 0900 12345 now"}`},
		"a line that is far too long":  {rawCase, `{"say":{"n":1,"what":"note","visit":"v","text":"` + strings.Repeat("x", mostDown) + `"}}`},
		"more than it may say at once": append([]string{rawCase}, `{}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 100)}
			share, err := OpenShare(t.Context(), hostileServer(t, says...))
			if err != nil {
				t.Fatal(err)
			}
			h.begins(share, eyes{})
			n := h.hears(ShareEnded)
			if n.Why != errLine.Error() {
				t.Errorf("%+v", n)
			}
			h.do(flows.Noted{Text: "the run goes on"})
			h.leave()
			rs, err := h.j.Since(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rs {
				if r.Writer != "HOME" {
					data, _ := json.Marshal(r) //nolint:errchkjson // for the eye
					t.Errorf("it came to %s", data)
				}
			}
		})
	}
}

// TestLinesReadBack holds that what downOf gives is known to the other side.
func TestLinesReadBack(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, e := range []flows.Event{
		flows.AskedToWatch{Visit: "v", Guide: "Anna", Org: "O", Until: now.Add(time.Minute), Lasts: time.Minute},
		flows.Watched{Visit: "v", Why: flows.WatchLeft},
		flows.Pointed{Visit: "v", At: "app/grant"},
		flows.Noted{Visit: "v", Text: "x"},
		flows.Suggested{Visit: "v", Path: flows.DirectLink},
		flows.AskedAgain{Visit: "v"},
		flows.AskedToRecord{Visit: "v", Until: now.Add(time.Minute)},
	} {
		by := flows.ByGuide
		switch e.(type) {
		case flows.AskedToWatch, flows.Watched, flows.AskedToRecord:
			by = flows.ByServer
		}
		d := downOf(flows.State{}, flows.Record{Seq: 3, By: by, Event: e}, now)
		if d == nil || !(&downLine{Say: d}).known() || d.N != 3 {
			t.Errorf("%+v: %+v", e, d)
		}
		for _, other := range []flows.Author{flows.ByPerson, flows.ByDriver, ""} {
			if d := downOf(flows.State{}, flows.Record{Seq: 3, By: other, Event: e}, now); d != nil {
				t.Errorf("of %q goes down %+v", other, d)
			}
		}
	}
	for _, e := range []flows.Event{flows.Confirmed{}, flows.Answered{}, flows.Ended{}, flows.Watched{Visit: "v", Here: true}, flows.Recorded{Visit: "v", On: true}, flows.Unrecorded{}, flows.Started{}} {
		for _, by := range []flows.Author{flows.ByGuide, flows.ByServer} {
			if d := downOf(flows.State{}, flows.Record{Seq: 3, By: by, Event: e}, now); d != nil {
				t.Errorf("%+v goes down as %+v", e, d)
			}
		}
	}
}

// FuzzDownLine holds that no line of a server's breaks who reads it, and that one that is
// known says one thing.
func FuzzDownLine(f *testing.F) {
	for _, seed := range []string{rawCase, `{"ack":1}`, `{"end":"idle"}`, `{"say":{"n":1,"what":"ask","visit":"v"}}`, `{}`, `[]`, "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var d downLine
		if newLineReader(strings.NewReader(line), mostDown).next(&d) != nil || !d.known() {
			return
		}
		n := 0
		for _, is := range []bool{d.Case != nil, d.Ack > 0, d.Say != nil, d.End != ""} {
			if is {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q says %d things", line, n)
		}
	})
}
