package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"
)

// canaries are secrets by where they went in, as they are looked for. Each is a text that
// comes from nowhere else.
type canaries map[string]string

// of makes a canary of a place that looks like what belongs there, behind a head. What is
// looked for is without the head, which is no secret.
func (c canaries) of(where, head string) string {
	c[where] = fmt.Sprintf("CANARY%08xYRANAC", crc32.ChecksumIEEE([]byte(where)))
	return head + c[where]
}

// carried takes what a link carries for canaries: each of its keys must have something
// that no chance makes.
func (c canaries) carried(t *testing.T, what, link string, keys ...string) {
	t.Helper()
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		value := at.Query().Get(key)
		if len(value) < 16 {
			t.Fatalf("%s has the %s %q", what, key, value)
		}
		c["the "+key+" of "+what] = value
	}
}

// in gives the places whose canaries a text has.
func (c canaries) in(text string) (found []string) {
	for where, canary := range c {
		if strings.Contains(text, canary) {
			found = append(found, where)
		}
	}
	return found
}

// What a secret may be wrapped in.
var (
	jsonText   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	base64Text = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}`)
	betweenIt  = regexp.MustCompile(`[\s│┃|╭╮╰╯─]+`)
)

// forms are a text and what it says to who reads it otherwise: without a terminal's
// sequences, over the ends of lines and beside the edges of boxes, and without the escapes
// of JSON, of addresses and of pages, and what stands in base64 wherever it begins.
func forms(text string) string {
	bare := ansi.Strip(text)
	out := []string{text, bare, betweenIt.ReplaceAllString(bare, "")}
	for _, quoted := range jsonText.FindAllString(text, -1) {
		var said string
		if json.Unmarshal([]byte(quoted), &said) == nil && strings.Contains(quoted, `\`) {
			out = append(out, said, betweenIt.ReplaceAllString(ansi.Strip(said), ""))
		}
	}
	for _, one := range out[:len(out):len(out)] {
		if plain, err := url.QueryUnescape(one); err == nil {
			out = append(out, plain)
		}
		out = append(out, html.UnescapeString(one))
		for _, code := range base64Text.FindAllString(one, -1) {
			code = strings.NewReplacer("-", "+", "_", "/").Replace(code)
			for from := range 4 { // it may stand behind what is none
				part := code[from:]
				if len(part)%4 == 1 {
					part = part[:len(part)-1]
				}
				if plain, err := base64.RawStdEncoding.DecodeString(part); err == nil {
					out = append(out, string(plain))
				}
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestCanariesAreFoundInEveryForm holds that a secret is found however it is wrapped up:
// without that no place would say anything by having none.
func TestCanariesAreFoundInEveryForm(t *testing.T) {
	t.Parallel()
	all := canaries{}
	secret := all.of("somewhere", "Bearer ")
	core := all["somewhere"]
	twice, err := json.Marshal(map[string]string{"x": "\x1b[1m" + core[:9] + "\x1b[0m" + core[9:]})
	if err != nil {
		t.Fatal(err)
	}
	var escaped, spelled strings.Builder
	for _, c := range core {
		_, _ = fmt.Fprintf(&escaped, "%%%02X", c)
		_, _ = fmt.Fprintf(&spelled, `\u%04x`, c)
	}
	for name, text := range map[string]string{
		"as it is": secret, "over two lines": "│ " + core[:7] + "   │\r\n│ " + core[7:] + " │", "in a frame of a cast": string(twice),
		"as JSON spells it": `["` + spelled.String() + `"]`, "in an address": "https://x.example/?a=" + escaped.String(), "in colours": core[:4] + "\x1b[38;5;1m" + core[4:],
		"in base64": base64.StdEncoding.EncodeToString([]byte("x" + secret)), "in that of addresses": "key=abc" + base64.RawURLEncoding.EncodeToString([]byte(">>>"+secret+"???")),
	} {
		if len(all.in(forms(text))) != 1 {
			t.Errorf("%s it is not found: %q", name, text)
		}
	}
	if found := all.in(forms("CANARY and YRANAC, " + core[:10] + " " + core[11:])); len(found) > 0 {
		t.Errorf("found in what is none: %q", found)
	}
}

// consented is what the customer sees at the end of the walk.
const consented = "Done: this is seen in Microsoft Graph."

// keyTape asks for a recording, and ends one.
const keyTape = "\x14" // ctrl+t

// records has both sides say yes to a recording.
func (p *guideSide) records(t *testing.T, customer *walk) {
	t.Helper()
	if err := p.calm(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.press(t, keyTape, "whether the rest of this watching may be recorded")
	p.press(t, "y", "The customer is asked whether it may be recorded.")
	customer.waits("asks to record")
	recorded := func(seen string) bool { return strings.Contains(seen, "● Recorded") }
	for end := time.Now().Add(guestWait); !recorded(customer.shown()); {
		if time.Now().After(end) {
			t.Fatalf("it is not recorded:\n%s", customer.shown())
		}
		customer.types(t, sayYes) // as to being watched
		customer.within(t, 1300*time.Millisecond, recorded)
	}
	p.sees(t, "● Recorded")
}

// unsent types into what is sent only by Enter, and takes it away again: a note to the
// guide, and a domain.
func (w *walk) unsent(t *testing.T, all canaries) {
	t.Helper()
	note := all.of("a customer's note that was not sent", "")
	w.key("\x07", "Guides")
	w.types(t, note)
	w.waits(note)
	w.types(t, "\x15\x1b")
	w.until(t, "the end of the notes", func(seen string) bool {
		return !strings.Contains(seen, "Guides") && strings.Contains(seen, "enter go on")
	})
	w.key("\x1b[1;3D", "Which tenant?")
	domain := all.of("a domain that was not sent", "")
	w.types(t, domain)
	w.waits(domain)
	w.types(t, "\x15\x1b[1;3C")
	w.settled("enter go on")
}

// settled waits until a screen takes keys on which a text is seen: by one that means
// nothing, and is taken then.
func (w *walk) settled(text string) {
	w.t.Helper()
	taken := func(seen string) bool {
		return strings.Contains(seen, "ö does nothing here") && strings.Contains(seen, text)
	}
	for end := time.Now().Add(30 * time.Second); !taken(w.shown()); {
		if time.Now().After(end) {
			w.t.Fatalf("no key is taken with %q:\n%s", text, w.shown())
		}
		w.types(w.t, "ö")
		w.within(w.t, time.Second, taken)
	}
}

// hidden types an address at the end of a sign-in where that is not shown, and takes it
// away again.
func (w *walk) hidden(t *testing.T, all canaries) {
	t.Helper()
	w.key("p", "paste the address here")
	w.types(t, "http://localhost/?code="+all.of("a hidden field that was not sent", "0.B"))
	w.waits("characters, not shown")
	if found := all.in(forms(w.shown())); len(found) > 0 {
		t.Errorf("the customer's own screen has %q:\n%s", found, w.shown())
	}
	w.types(t, "\x15")
	w.waits("paste the address here")
}

// fetches ends the recording and the watching, and gets whatever is got of them, by whom
// it is for: the recording in two sizes, each of its frames as a terminal draws it, what
// the guide's console tells of it on lines, and the receipt for each side. The guide
// replays it in their own window besides, moment by moment and in every view.
func (v *webbed) fetches(t *testing.T, code string, customer *walk, p *guideSide) map[string][2]string {
	t.Helper()
	customer.types(t, keyTape)
	customer.waits("The recording ended.")
	p.sees(t, "The customer ended the recording.")
	customer.types(t, endWatch)
	p.sees(t, "You watch no more: the customer ended it.")
	got := map[string][2]string{}
	for name, line := range map[string]string{"the recording": "recording", "the wide recording": "recording --size=200x60"} {
		file, exit := v.runs(code, line, "")
		frames := played(t, file)
		if exit != codeOpen || len(frames) < 10 {
			t.Fatalf("%s: %d, %d frames:\n%.300s", name, exit, len(frames), file)
		}
		got[name] = [2]string{file, "contoso.example"}
		got["the screens of "+name] = [2]string{strings.Join(frames, "\f"), consented}
	}
	receipt, exit := v.runs(code, "receipt", "")
	if exit != codeOpen {
		t.Fatalf("the receipt: %d, %s", exit, receipt)
	}
	got["the customer's receipt"] = [2]string{receipt, p.number}
	own, err := p.conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Close() }()
	out, err := own.Output("receipt " + p.number)
	if err != nil || string(out) != receipt {
		t.Errorf("the guide's receipt is another: %v\n%s\n%s", err, out, receipt)
	}
	got["the guide's receipt"] = [2]string{string(out), p.number}
	got["the replay in a window"] = [2]string{p.replays(t), consented}
	told, err := replayed(t.Context(), p.conn, p.number)
	if err != nil {
		t.Fatal(err)
	}
	got["the replay on lines"] = [2]string{told, consented}
	return got
}

// moment is how far a replay has come.
var moment = regexp.MustCompile(`▸ Replay .*?(\d+) of (\d+) · paused`)

// replays has the guide replay the recording in their own window: moment by moment as they
// saw it, and tenth by tenth in every other view. It gives all that they saw of it.
func (p *guideSide) replays(t *testing.T) string {
	t.Helper()
	p.mu.Lock()
	before := p.screens
	p.screens = map[string]bool{}
	p.mu.Unlock()
	p.settled(t)
	p.sends(t, "\r")
	p.sees(t, "esc end search")
	for searching, end := true, time.Now().Add(guestWait); searching && time.Now().Before(end); {
		p.sends(t, "\x1b") // one too many does nothing
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		searching = p.until(short, "the queue", func(seen string) bool { return !strings.Contains(seen, "esc end search") }) != nil
		cancel()
	}
	p.settled(t)
	p.sends(t, "v")
	p.sees(t, "Which case's recordings?")
	p.sends(t, strings.Repeat("\x7f", 12)+p.number+"\r")
	p.sees(t, "▸ Replay")
	p.settled(t)
	p.sends(t, "\x1b[D")
	p.sees(t, "· paused")
	all := p.jumps(t, "0", func(int) int { return 1 })
	for i := 2; i <= all; i++ {
		p.jumps(t, "\x1b[C", func(int) int { return i })
	}
	p.sees(t, consented)
	for _, view := range []string{"Findings", "Plan", "Timeline", "Notes"} {
		p.sends(t, "\t")
		p.sees(t, "› "+view)
		for i := range 10 {
			p.jumps(t, fmt.Sprint(i), func(all int) int { return (all-1)*i/10 + 1 })
		}
	}
	p.sends(t, "q")
	p.sees(t, "cases: ")
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := slices.Collect(maps.Keys(p.screens))
	maps.Copy(p.screens, before)
	return strings.Join(seen, "\f")
}

// jumps types a key in a replay that is paused, and waits until that is at a moment of so
// many as there are.
func (p *guideSide) jumps(t *testing.T, key string, to func(all int) int) (all int) {
	t.Helper()
	p.sends(t, key)
	err := p.until(t.Context(), fmt.Sprintf("the moment that %q leads to", key), func(seen string) bool {
		m := moment.FindStringSubmatch(seen)
		if m == nil {
			return false
		}
		i, bad := strconv.Atoi(m[1])
		all, _ = strconv.Atoi(m[2])
		return bad == nil && i == to(all)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// settled waits until keys are taken.
func (p *guideSide) settled(t *testing.T) {
	t.Helper()
	if err := p.calm(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// sends sends keys, once.
func (p *guideSide) sends(t *testing.T, keys string) {
	t.Helper()
	if err := p.types(keys); err != nil {
		t.Fatal(err)
	}
}

// replayed is what a guide's console tells on plain lines of the recordings of a case, to
// their end, or why there is nothing to tell.
func replayed(ctx context.Context, conn *gossh.Client, number string) (string, error) {
	g, err := guestOver(conn, false)
	if err != nil {
		return "", err
	}
	defer func() { _ = g.s.Close() }()
	if err := g.until(ctx, "the queue", func(seen string) bool { return strings.Contains(seen, "replay what was recorded there") }); err != nil {
		return "", err
	}
	if err := g.types("v " + number + "\n"); err != nil {
		return "", err
	}
	const on = "Enter: go on. 0 to 9"
	over := func(seen string) bool {
		return strings.Contains(seen, "The replay is over.") || strings.Contains(seen, nothingToReplay)
	}
	for asked := 0; !over(g.sees()); asked++ {
		if err := g.until(ctx, "the end of the replay", func(seen string) bool { return over(seen) || strings.Count(seen, on) > asked }); err != nil {
			return "", err
		}
		if over(g.sees()) {
			break
		}
		if err := g.types("\n"); err != nil {
			return "", err
		}
	}
	return g.sees(), nil
}

// nothingToReplay is all that a guide reads of a case of which they may replay nothing.
const nothingToReplay = "There is nothing in that case that you may replay"

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

// all is everything that the guide was sent, as it came and as it was seen.
func (p *guideSide) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out strings.Builder
	out.Write(p.came.Bytes())
	for screen := range p.screens {
		out.WriteString("\f" + screen)
	}
	return out.String()
}
