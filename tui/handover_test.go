package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// office hands cases over for tests.
type office struct {
	mu    sync.Mutex
	here  Handing
	list  error // of looking who is there
	bad   error // of everything else
	moves []string
}

func (o *office) Colleagues(context.Context, string) (Handing, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.here, o.list
}

func (o *office) HandOver(_ context.Context, number string, to Colleague) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.moves = append(o.moves, number+" to "+to.Key)
	return o.bad
}

func (o *office) TakeBack(_ context.Context, number string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.moves = append(o.moves, number+" back")
	return o.bad
}

// staffed are colleagues, of whom two have the same name and one a hostile one.
func staffed(now *Handed) Handing {
	return Handing{Time: 30 * time.Minute, Now: now, All: []Colleague{
		{Key: "SHA256:" + strings.Repeat("B", 43), Name: "Bea Blau", Role: "guide", Since: noon.Add(-time.Hour)},
		{Key: "SHA256:" + strings.Repeat("C", 43), Name: "Cem Can", Role: "guide, lead", Since: noon},
		{Key: "SHA256:" + strings.Repeat("D", 43), Name: "Cem Can", Role: "guide", Since: noon},
		{Key: "SHA256:" + strings.Repeat("E", 43), Name: "Eve\x1b[2J\u202e\nEvil", Role: "gu\u009b2Jide", Since: noon},
	}}
}

// handedRows is the queue with hand-overs of every kind.
func handedRows() []QueueRow {
	rows := busy()
	rows[1].Handed = &Handed{By: "Lea\x1b[2J Lind\u202e", At: noon.Add(-5 * time.Minute)}
	rows[0].Handed = &Handed{To: "Bea Blau", At: noon.Add(-2 * time.Minute)}
	rows[2].Handed = &Handed{To: "Bea Blau", At: noon.Add(-40 * time.Minute), End: HandedRefused}
	rows[4].Handed = &Handed{To: "Cem Can", At: noon.Add(-40 * time.Minute), End: HandedExpired}
	return rows
}

// handing is a lead at the queue.
func handing(t testing.TB, o Options, h HandOvers, rows []QueueRow, seat Seat) *Model {
	t.Helper()
	o.Served = true
	o.Console = &Console{Queue: quietQueue{&fakeQueue{rows: rows}}, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", HandOvers: h, Ask: (&reception{seat: seat}).ask}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	return m
}

// handsOver presses keys, and lets what they ask for be done.
func handsOver(m *Model, keys ...string) {
	for _, k := range keys {
		m.deaf = time.Time{}
		if cmd := m.key(pressed(k)); cmd != nil {
			hand1(m, cmd)
		}
	}
}

func hand1(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			hand1(m, c)
		}
	case handingMsg, handedMsg, queuedMsg, visitedMsg, viewedMsg:
		_, next := m.Update(msg)
		hand1(m, next)
	}
}

func TestHandOverScreens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o    *office
		rows []QueueRow
		keys []string
	}{
		"queue":     {&office{}, handedRows(), nil},
		"taking":    {&office{}, handedRows(), []string{"home", "enter"}},
		"help":      {&office{}, busy(), []string{"?"}},
		"list":      {&office{here: staffed(nil)}, busy(), []string{"o"}},
		"nobody":    {&office{here: Handing{Time: 30 * time.Minute}}, busy(), []string{"o"}},
		"handed":    {&office{here: staffed(&Handed{To: "Bea Blau", At: noon})}, busy(), []string{"o", "down"}},
		"only-back": {&office{here: Handing{Time: 30 * time.Minute, Now: &Handed{To: "Bea\x1b[2J Blau", At: noon}}}, busy(), []string{"o"}},
		"refused":   {&office{here: staffed(&Handed{To: "Bea Blau", At: noon, End: HandedRefused})}, busy(), []string{"o"}},
		"sure":      {&office{here: staffed(nil)}, busy(), []string{"o", "down", "enter"}},
		"unread":    {&office{list: errors.New("the cases cannot be\x1b[2J reached")}, busy(), []string{"o"}},
		"failed":    {&office{here: staffed(nil), bad: errors.New("that guide is at no console any more")}, busy(), []string{"o", "enter", "y"}},
		"done":      {&office{here: staffed(nil)}, busy(), []string{"o", "enter", "y"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := handing(t, o, c.o, c.rows, &fakeSeat{})
				handsOver(m, c.keys...)
				return m
			}))
		})
	}
}

// TestHandedOverByItsKeys holds that a case goes to who was chosen by one key and
// confirmed by another, by the key of theirs; that it can be taken back; and that of the
// hostile and the nameless nothing acts.
func TestHandedOverByItsKeys(t *testing.T) {
	t.Parallel()
	o := &office{here: staffed(nil)}
	m := handing(t, still(t, 80, 24), o, busy(), &fakeSeat{})
	handsOver(m, "o", "y", "x", "enter", "x", "n", "esc", "y", "esc", "y")
	if len(o.moves) > 0 || len(m.sheets) > 0 {
		t.Fatalf("%q, %d sheets", o.moves, len(m.sheets))
	}
	handsOver(m, "o", "down", "down", "enter", "y")
	if !strings.Contains(m.notice.text, "Case 5XY-Z6W is handed to Cem Can, key DDDDDDDDDDD…") || len(m.sheets) > 0 {
		t.Errorf("notice %q", m.notice.text)
	}
	o.here.Now = &Handed{To: "Cem Can", At: noon}
	handsOver(m, "o", "x")
	if !strings.Contains(m.notice.text, "Case 5XY-Z6W is handed to nobody any more.") {
		t.Errorf("notice %q", m.notice.text)
	}
	o.bad = errors.New("no")
	handsOver(m, "o", "x")
	if c := plainText(m.View().Content); !strings.Contains(c, "Not taken back, as far as is known: No.") {
		t.Errorf("it says\n%s", c)
	}
	if want := []string{"5XY-Z6W to SHA256:" + strings.Repeat("D", 43), "5XY-Z6W back", "5XY-Z6W back"}; !slices.Equal(o.moves, want) {
		t.Errorf("%q", o.moves)
	}
	handsOver(m, "down", "up", "r")
	o.here.All = o.here.All[2:]
	handsOver(m, "down", "down", "r")
	if s, ok := m.topSheet().(*handOverSheet); !ok || s.all.All[s.at].Key != "SHA256:"+strings.Repeat("D", 43) {
		t.Error("the cursor moved to another")
	}

	m = console(t, &fakeQueue{rows: busy()}, 80, 24, nil)
	if press(m, "o"); !strings.Contains(m.notice.text, whyOnlyLead) || len(m.sheets) > 0 {
		t.Errorf("notice %q", m.notice.text)
	}
}

// TestHandOverWhileWatching holds that the sheet opens over a case that is watched, stays
// while the customer goes on, goes when the yes ends, and that it is said who has it then.
func TestHandOverWhileWatching(t *testing.T) {
	t.Parallel()
	d := atPaths(t)
	seat := seated(t, d)
	o := &office{here: staffed(nil)}
	m := handing(t, still(t, 100, 30), o, busy(), seat)
	handsOver(m, "enter", "y", "o")
	if c := plainText(m.View().Content); !strings.Contains(c, "Hand case 5XY-Z6W over") {
		t.Fatalf("no sheet:\n%s", c)
	}
	handsOver(m, "enter", "y")
	if want := []string{"5XY-Z6W to SHA256:" + strings.Repeat("B", 43)}; !slices.Equal(o.moves, want) || m.guide == nil {
		t.Errorf("%q", o.moves)
	}
	handsOver(m, "o")
	seat.mu.Lock()
	seat.view = run.View{Standing: run.StandOver, Why: flows.WatchHanded, To: "Bea\x1b[2J Blau (Example Support)"}
	seat.mu.Unlock()
	hand1(m, m.lookOn())
	if c := plainText(m.View().Content); !strings.Contains(c, "handed over to Bea Blau (Example Support), to whom the customer said yes.") || strings.Contains(c, "contoso") || len(m.sheets) > 0 {
		t.Errorf("it says\n%s", c)
	}
}

// TestAskedByWhoACaseWasHandedTo holds what the customer reads, on both surfaces.
func TestAskedByWhoACaseWasHandedTo(t *testing.T) {
	t.Parallel()
	for over, want := range map[flows.VisitID]string{"v1": "Ann Lee (Hetk support) hands this case over to them, and watches no more with your yes.", "": "Ann Lee (Hetk support) handed this case to them."} {
		d := atDiagnosis(t)
		visited(t, d, "v1", "Ann Lee")
		d.happen(flows.AskedToWatch{Visit: "v2", Guide: "Bo Ek", Org: "Hetk support", Until: noon.Add(flows.AskWait), Lasts: 30 * time.Minute, From: "Ann\x1b[2J Lee", FromOrg: "Hetk support", Over: over})
		for _, z := range [][2]int{{40, 12}, {80, 24}} {
			m := New(t.Context(), d, still(t, z[0], z[1]))
			wake(m)
			if c := strings.Join(strings.Fields(plainText(m.View().Content)), " "); !strings.Contains(c, "Bo Ek of Hetk support asks to watch this run.") || !strings.Contains(c, want) {
				t.Errorf("%v: it does not say %q:\n%s", z, want, c)
			}
		}
		d.happenBy(flows.ByPerson, flows.Watched{Visit: "v2", Here: true})
		m := New(t.Context(), d, still(t, 100, 24))
		m.parted = "" // it was open all the while
		wake(m)
		c := plainText(m.View().Content)
		if told := strings.Contains(c, "Ann Lee watches no more: handed over to Bo Ek (Hetk support)."); told != (over != "") {
			t.Errorf("over %q it says\n%s", over, c)
		}
	}
}

func TestPlainHandOver(t *testing.T) {
	t.Parallel()
	h := &office{here: staffed(nil)}
	q := &fakeQueue{rows: handedRows()}
	in, keys := io.Pipe()
	out, done := new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	r := &reception{seat: wakingSeat{&fakeSeat{view: seated(t, atPaths(t)).view}, make(chan struct{}, 1)}}
	o.Console = &Console{Queue: q, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", HandOvers: h, Ask: r.ask}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	typed := func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}
	becomes := func(now *Handed, all []Colleague) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.here.Now, h.here.All = now, all
	}
	out.waits(t, "1. Case 3AB-C4D")
	out.waits(t, "Handed to you by Lea Lind")
	out.waits(t, plainHandAsk)
	typed("o 99", plainEraseWhich)
	out.waits(t, plainHandAsk)
	typed("o 2\n2\n", plainTooEarly)
	typed("", plainHandLeft)
	out.waits(t, plainHandAsk)
	typed("o 2", "2. Cem Can, key CCCCCCCCCCC")
	out.waits(t, plainHandWho)
	typed("9", plainHandLeft)
	out.waits(t, plainHandAsk)
	typed("o 2", plainHandWho)
	typed("1", "Type hand over to hand it to Bea Blau")
	typed("y", plainHandLeft)
	out.waits(t, plainHandAsk)
	typed("o 2", plainHandWho)
	typed("1", "Type hand over to hand it to Bea Blau")
	typed("hand over", "Case 5XY-Z6W is handed to Bea Blau, who asks the customer.")
	out.waits(t, plainHandAsk)
	becomes(&Handed{To: "Bea Blau", At: noon}, nil)
	typed("o 5xyz6w", plainHandNone)
	typed("back", "Case 5XY-Z6W is handed to nobody any more.")
	out.waits(t, plainHandAsk)
	becomes(nil, nil)
	typed("o 2", "Nobody else of Example Support is at a console now")
	out.waits(t, plainHandAsk)
	becomes(nil, staffed(nil).All)
	rows := busy()
	rows[0].Handed = &Handed{By: "Cem Can", At: noon}
	q.becomes(nil, rows...)
	out.waits(t, "Case 7KQ-M2X is handed to you by Cem Can, Tenant.")
	typed("7kq-m2x", "Cem Can handed it to you.")
	out.waits(t, plainVisitAsk)
	typed("ask", plainHandCase)
	typed("o", plainHandWho)
	typed("3", "Type hand over to hand it to Cem Can, key DDDDDDDDDDD")
	typed("hand over", "Case 7KQ-M2X is handed to Cem Can, key DDDDDDDDDDD")
	typed("q", "You left case 7KQ-M2X.")
	out.waits(t, plainHandAsk)
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
	want := []string{"5XY-Z6W to SHA256:" + strings.Repeat("B", 43), "5XY-Z6W back", "7KQ-M2X to SHA256:" + strings.Repeat("D", 43)}
	if !slices.Equal(h.moves, want) {
		t.Errorf("%q", h.moves)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e\u009b") {
		t.Errorf("it says %q", out.String())
	}

	out2, typed2, _ := plainGuide(t, &reception{})
	out2.waits(t, plainConsoleOpen)
	typed2("o 1", fmt.Sprint(sentence(whyOnlyLead)))
}
