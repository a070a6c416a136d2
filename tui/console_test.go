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
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
)

// fakeQueue is a queue that a test changes.
type fakeQueue struct {
	mu    sync.Mutex
	rows  []QueueRow
	more  bool
	err   error
	wakes []chan struct{}
}

func (q *fakeQueue) List(context.Context) ([]QueueRow, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.rows), q.more, q.err
}

func (q *fakeQueue) Watch(ctx context.Context) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := make(chan struct{}, 1)
	q.wakes = append(q.wakes, c)
	return c
}

// becomes changes the queue, and wakes.
func (q *fakeQueue) becomes(err error, rows ...QueueRow) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.rows, q.err = rows, err
	for _, c := range q.wakes {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// waitingRow is a case in which somebody has waited for some minutes; 0: nobody does.
func waitingRow(number, step string, age, waits int, here bool) QueueRow {
	r := QueueRow{Number: number, Step: step, Began: noon.Add(-time.Duration(age) * time.Minute), Present: here}
	if waits > 0 {
		r.Waits = noon.Add(-time.Duration(waits) * time.Minute)
	}
	return r
}

// busy is a queue in no order.
func busy() []QueueRow {
	agreed := waitingRow("9TT-4RB", "Proof", 90, 12, true)
	agreed.Shown = &Shown{Tenant: "contoso.example", Blocks: "users may not consent for themselves"}
	return []QueueRow{
		waitingRow("7KQ-M2X", "Tenant", 2, 0, true),
		waitingRow("3AB-C4D", "Steps, 2 of 3", 4000, 3900, false),
		waitingRow("5XY-Z6W", "Diagnosis", 30, 25, true),
		agreed,
		waitingRow("1PQ-R2S", "App", 600, 0, false),
	}
}

// console is a console over a queue, listed once.
func console(t testing.TB, q *fakeQueue, w, h int, change func(*Options)) *Model {
	t.Helper()
	o := still(t, w, h)
	o.Served = true
	o.Console = &Console{Queue: q, Name: "Anna Berg", Organisation: "Example Support", Role: "guide"}
	if change != nil {
		change(&o)
	}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	return m
}

// relisted has a console list its queue.
func relisted(t testing.TB, m *Model) {
	t.Helper()
	cmd := m.list()
	if cmd == nil {
		t.Fatal("nothing is listed")
	}
	m.Update(cmd())
}

// consoleMoments are what a guide sees.
func consoleMoments() map[string]struct {
	q    *fakeQueue
	open []string
} {
	type moment = struct {
		q    *fakeQueue
		open []string
	}
	hostile := waitingRow("7KQ\x1b[2J-M2X", "Steps\u202e\x07, 2 of 3 "+strings.Repeat("and on ", 40), 2, 1, true)
	hostile.Shown = &Shown{Tenant: "contoso\u009b2J.example", Blocks: "a\nb"}
	var many []QueueRow
	for i := range 60 {
		many = append(many, waitingRow(fmt.Sprintf("%03d-XYZ", i), "Diagnosis", 200, 100-i, i%2 == 0))
	}
	return map[string]moment{
		"busy":      {&fakeQueue{rows: busy()}, nil},
		"moved":     {&fakeQueue{rows: busy()}, []string{"down", "j"}},
		"waiting":   {&fakeQueue{rows: busy()}, []string{"w"}},
		"here":      {&fakeQueue{rows: busy()}, []string{"w", "p"}},
		"search":    {&fakeQueue{rows: busy()}, []string{"/", "5", "x", "y"}},
		"no-match":  {&fakeQueue{rows: busy()}, []string{"/", "z", "z"}},
		"empty":     {&fakeQueue{}, nil},
		"none-fits": {&fakeQueue{rows: busy()[:1]}, []string{"w"}},
		"unread":    {&fakeQueue{err: errors.New("the database is away")}, nil},
		"help":      {&fakeQueue{rows: busy()}, []string{"?"}},
		"hostile":   {&fakeQueue{rows: []QueueRow{hostile}}, nil},
		"many":      {&fakeQueue{rows: many}, []string{"end"}},
	}
}

// TestConsoleScreens holds the console as it settles, at three sizes, and its looks.
func TestConsoleScreens(t *testing.T) {
	t.Parallel()
	for name, mo := range consoleMoments() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, z := range [][2]int{{40, 12}, {80, 24}, {200, 60}} {
				m := console(t, mo.q, z[0], z[1], nil)
				press(m, mo.open...)
				fmt.Fprintf(&b, "== %d×%d\n%s", z[0], z[1], strings.TrimRight(screenText(t, m.View().Content, z[0], z[1]), "\n")+"\n")
			}
			for _, look := range []struct {
				name   string
				ground Ground
				plain  bool
			}{{"dark", GroundDark, false}, {"light", GroundLight, false}, {"no colour", GroundDark, true}} {
				m := console(t, mo.q, 80, 24, func(o *Options) { o.Ground, o.Look.NoColor = look.ground, look.plain })
				press(m, mo.open...)
				buf := uv.NewScreenBuffer(80, 24)
				uv.NewStyledString(m.View().Content).Draw(buf, buf.Bounds())
				fmt.Fprintf(&b, "== 80×24 %s\n%s\n", look.name, strings.ReplaceAll(buf.Render(), "\r\n", "\n"))
			}
			golden.RequireEqual(t, b.String())
		})
	}
}

// TestConsoleFitsTheWindow lays it out at many sizes.
func TestConsoleFitsTheWindow(t *testing.T) {
	t.Parallel()
	for name, mo := range consoleMoments() {
		m := console(t, mo.q, 80, 24, nil)
		press(m, mo.open...)
		for w := 1; w <= 200; w += 1 + w/60 {
			for _, h := range []int{1, 9, 10, 12, 17, 18, 24, 40, 60} {
				m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				checkFrame(t, m.View().Content, w, h, nil)
				if n := strings.Count(m.View().Content, "\n") + 1; w >= 40 && h >= 10 && n != h {
					t.Fatalf("%s at %d×%d: %d rows", name, w, h, n)
				}
			}
		}
	}
}

// TestConsoleKeys holds that every key of it has a word, means one thing and does it,
// and that none opens a case.
func TestConsoleKeys(t *testing.T) {
	t.Parallel()
	for name, mo := range consoleMoments() {
		m := console(t, mo.q, 80, 24, nil)
		press(m, mo.open...)
		typing := m.current().typing(m) != nil
		by := map[string]string{}
		for _, o := range m.offers() {
			if o.act == actTake && name != "help" {
				t.Errorf("%s: a case can be chosen, and leads nowhere", name)
			}
			for _, k := range o.keys(typing) {
				if by[k] != "" && by[k] != o.title() {
					t.Errorf("%s: %q is both %q and %q", name, k, by[k], o.title())
				}
				by[k] = o.title()
			}
			if o.title() == "" {
				t.Errorf("%s: an offer without a word: %+v", name, o)
			}
			if o.why != "" {
				m.key(pressed(o.keys(typing)[0]))
				if !strings.Contains(m.notice.text, o.why) {
					t.Errorf("%s: %s is off and says %q", name, o.title(), m.notice.text)
				}
			}
		}
	}
	// Keys of the wizard, and pastes, change nothing.
	m := console(t, &fakeQueue{rows: busy()}, 80, 24, nil)
	before := m.View().Content
	for _, k := range []string{"enter", "n", "f", "b", "u", "A", "1", "s", "e", "v", "c", "o"} {
		m.Update(pressed(k))
		m.notice = span{}
		if m.View().Content != before {
			t.Errorf("%s does something", k)
		}
	}
	m.Update(tea.PasteMsg{Content: "https://login.microsoftonline.com/?admin_consent=True&tenant=x"})
	m.notice = span{}
	if m.View().Content != before || m.state.Seq != 0 {
		t.Error("a paste does something")
	}
}

// TestConsoleByNeed holds the order, whatever the one it comes in.
func TestConsoleByNeed(t *testing.T) {
	t.Parallel()
	want := []string{"5XY-Z6W", "9TT-4RB", "3AB-C4D", "7KQ-M2X", "1PQ-R2S"}
	rows := busy()
	for range len(rows) {
		rows = append(rows[1:], rows[0])
		var q queued
		q.take(rows, false, nil)
		var got []string
		for _, r := range q.rows {
			got = append(got, r.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	var q queued
	q.take(rows, false, nil)
	for text, n := range map[string]int{"": 5, "7kq": 1, "7KQM2X": 1, "steps": 1, "CONTOSO": 1, "consent": 1, "fabrikam": 0} {
		if got := q.fit(text); len(got) != n {
			t.Errorf("%q finds %d, want %d", text, len(got), n)
		}
	}
}

// TestConsoleOfThousands holds that what is seen of a queue of thousands is the same
// as if all of it were laid out, wherever the cursor and the window are, and that it is
// said that there are more.
func TestConsoleOfThousands(t *testing.T) {
	t.Parallel()
	var rows []QueueRow
	for i := range 5000 {
		rows = append(rows, waitingRow(fmt.Sprintf("%04d-XY", i), "Diagnosis", 9000, 6000-i, i%2 == 0))
		if i%1000 == 7 {
			rows[i].Shown = &Shown{Tenant: "contoso.example", Blocks: "nothing"}
		}
	}
	m := console(t, &fakeQueue{rows: rows, more: true}, 80, 24, nil)
	if text := plainText(m.View().Content); !strings.Contains(text, "cases: over 5000 · waiting: 5000 · here: 2500") {
		t.Errorf("it shows\n%s", text)
	}
	inOrder := m.console.queue.rows
	for _, keys := range [][]string{{"down", "down"}, {"end"}, {"up"}, {"pgup"}, {"pgup", "pgup"}, {"home"}, {"pgdown"}, {"pgdown", "pgdown", "pgdown"}, {"down"}, {"end"}, {"pgdown"}} {
		press(m, keys...)
		seen := 0
		for line := range strings.Lines(plainText(m.View().Content)) {
			n := strings.TrimLeft(line, " ›")
			if len(n) < 8 || n[4:7] != "-XY" {
				continue
			}
			if i := slices.IndexFunc(inOrder, func(r QueueRow) bool { return r.Number == n[:7] }); seen > 0 && i != seen {
				t.Errorf("after %v: %q is row %d, not %d", keys, n[:7], i, seen)
			} else {
				seen = i + 1
			}
		}
		if seen == 0 {
			t.Errorf("after %v nothing is seen:\n%s", keys, plainText(m.View().Content))
		}
	}
	press(m, "end", "pgdown")
	if text := strings.Join(strings.Fields(plainText(m.View().Content)), " "); !strings.Contains(text, "There are more.") {
		t.Errorf("its end shows\n%s", text)
	}
}

// BenchmarkConsoleOfThousands draws a queue of five thousand anew after a key.
func BenchmarkConsoleOfThousands(b *testing.B) {
	var rows []QueueRow
	for i := range 5000 {
		rows = append(rows, waitingRow(fmt.Sprintf("%04d-XY", i), "Diagnosis", 9000, 6000-i, i%2 == 0))
	}
	m := console(b, &fakeQueue{rows: rows}, 80, 24, nil)
	for b.Loop() {
		press(m, "down")
		if m.View().Content == "" {
			b.Fatal("nothing")
		}
	}
}

// TestConsoleFollows holds that the cursor stays with its case when others come and go,
// that an error keeps what is known, and that only one list is on its way.
func TestConsoleFollows(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{rows: busy()}
	m := console(t, q, 80, 24, nil)
	press(m, "down", "down")
	at := func() string {
		_, after, _ := strings.Cut(plainText(m.View().Content), "› ")
		return strings.Fields(after)[0]
	}
	if at() != "3AB-C4D" {
		t.Fatalf("the cursor is at %s", at())
	}
	q.becomes(nil, append(busy(), waitingRow("2NE-W00", "Steps, 1 of 3", 50, 40, true))...)
	first := m.list()
	if m.list() != nil {
		t.Error("two lists are on their way")
	}
	if _, again := m.Update(first()); again == nil || at() != "3AB-C4D" {
		t.Errorf("it is not listed again, or the cursor is at %s", at())
	} else {
		m.Update(again())
	}
	q.becomes(errors.New("the\x1b[2J database is away"))
	relisted(t, m)
	if text := strings.Join(strings.Fields(plainText(m.View().Content)), " "); !strings.Contains(text, "just now: the database is away. What stands here may be old.") || at() != "3AB-C4D" {
		t.Errorf("it shows\n%s", text)
	}
	q.becomes(nil, busy()[:2]...)
	relisted(t, m)
	if text := plainText(m.View().Content); strings.Contains(text, "may be old") || at() != "3AB-C4D" {
		t.Errorf("it shows\n%s", text)
	}
	q.becomes(nil, busy()[0])
	relisted(t, m)
	if at() != "7KQ-M2X" {
		t.Errorf("the cursor is at %s", at())
	}
}

// TestShowConsole holds that wake-ups reach a console that is shown, and how it is
// left.
func TestShowConsole(t *testing.T) {
	t.Parallel()
	f, q := newFar(), &fakeQueue{}
	done := make(chan error, 1)
	r := f.remote()
	o := Options{Look: LookOf(r.Environ), Width: 80, Height: 24, Served: true, Console: &Console{Queue: q, Name: "Anna Berg", Organisation: "Example Support", Role: "lead"}}
	go func() { done <- Show(t.Context(), nil, o, r) }()
	f.sees(t, "No case is open")
	q.becomes(nil, QueueRow{Number: "7KQ-M2X", Step: "Tenant", Began: time.Now(), Present: true})
	f.sees(t, "7KQ-M2X")
	q.becomes(nil)
	f.sees(t, "No case is open")
	f.presses("q")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if raw := f.bytes(); !strings.HasSuffix(raw, modesOff+wordByeConsole+"\r\n") {
		t.Errorf("it is left by %q", raw[max(0, len(raw)-120):])
	}
}

// TestPlainConsole holds what is told on plain lines, and what is asked there.
func TestPlainConsole(t *testing.T) {
	t.Parallel()
	q := &fakeQueue{rows: busy()}
	in, type_ := io.Pipe()
	out := new(lockedText)
	done := make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: q, Name: "Anna Berg", Organisation: "Example Support", Role: "guide"}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	out.waits(t, plainConsoleAsk)
	q.becomes(nil, append(busy(), waitingRow("2NE-W00", "Steps, 1 of 3", 50, 40, true))...)
	out.waits(t, "Case 2NE-W00 waits now")
	for _, line := range []struct{ typed, until string }{
		{"/contoso", "users may not consent"},
		{"p", "shown: 4"},
		{"w", "shown: 3"},
		{"/nothing", "No case has \"nothing\" in it."},
		{"dance\x1b[2J", "\"dance\" is nothing"},
		{strings.Repeat("x", 2*lineLimit), "\"~\" is nothing"},
		{"", "1. Case 2NE-W00, waiting 40 min, here, Steps, 1 of 3, 50 min old."},
		{"q", wordByeConsole},
	} {
		if _, err := io.WriteString(type_, line.typed+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, line.until)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("it says %q", out.String())
	}
	golden.RequireEqual(t, out.String())
}

// lockedText is a text that grows.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
	at   int // of what was waited for already
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// waits waits until a text has come, behind the last one that was waited for.
func (l *lockedText) waits(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		all := l.String()
		if i := strings.Index(all[l.at:], text); i >= 0 {
			l.at += i + len(text)
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%q never came:\n%s", text, all)
		}
	}
}
