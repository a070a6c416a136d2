package tui

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/vt"

	"onboard.example/checks"
	"onboard.example/flows"
)

// tapesOf are two recordings of a run: one of some steps with a long pause and things
// that come at once, and one that still goes on.
func tapesOf(t testing.TB) []flows.Tape {
	t.Helper()
	d := taped(t, atDiagnosis(t), "v1", "Ann Lee")
	then := func(wait time.Duration, by flows.Author, e flows.Event) {
		d.at = d.at.Add(wait)
		d.happenBy(by, e)
	}
	then(time.Second, flows.ByGuide, flows.Pointed{At: string(checks.AppGrant), Visit: "v1"})
	then(5*time.Millisecond, flows.ByGuide, flows.Noted{Text: "Look <here> & there", Visit: "v1"})
	then(4*time.Minute, flows.ByPerson, flows.Advanced{})
	then(time.Second, flows.ByGuide, flows.Suggested{Path: flows.EntraGrant, Visit: "v1"})
	then(time.Second, flows.ByPerson, flows.WentBack{})
	then(time.Second, flows.ByPerson, flows.Recorded{Visit: "v1", Why: flows.RecordStopped})
	then(time.Second, flows.ByPerson, flows.Noted{Text: "afterwards"})
	then(time.Second, flows.ByServer, flows.AskedToRecord{Visit: "v1", Until: d.at.Add(flows.AskWait)})
	then(time.Second, flows.ByPerson, flows.Recorded{Visit: "v1", On: true})
	then(time.Second, flows.ByPerson, flows.Noted{Text: "and this again"})
	tapes := flows.Tapes(d.rs)
	if len(tapes) != 2 || len(tapes[0].Records()) != 5 || len(tapes[1].Records()) != 1 {
		t.Fatalf("%d tapes", len(tapes))
	}
	return tapes
}

// TestCastIsWhatWasSeen reads a cast as the published format says, plays it on a
// terminal emulator, and finds after each frame the screen that the model draws of that
// moment, and at the end why the recording ended.
func TestCastIsWhatWasSeen(t *testing.T) {
	t.Parallel()
	for _, z := range [][2]int{{0, 0}, {40, 10}, {80, 24}, {200, 60}} {
		tapes := tapesOf(t)
		var file bytes.Buffer
		if err := Cast(t.Context(), &file, tapes, CastOptions{Width: z[0], Height: z[1], Case: "4G2-7QX"}); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(&file)
		lines.Buffer(nil, 1<<20)
		lines.Scan()
		var head struct {
			Version, Width, Height int
			Timestamp              int64
			Duration               float64
			IdleTimeLimit          float64 `json:"idle_time_limit"`
			Title                  string
			Env                    map[string]string
		}
		if err := json.Unmarshal(lines.Bytes(), &head); err != nil {
			t.Fatal(err)
		}
		w, h := head.Width, head.Height
		if z[0] == 0 {
			z = [2]int{DefaultCastWidth, DefaultCastHeight}
		}
		if head.Version != 2 || w != z[0] || h != z[1] || head.Timestamp != tapes[0].Recording().Since.Unix() || head.IdleTimeLimit != 2 || !strings.Contains(head.Title, "4G2-7QX") || head.Env["TERM"] == "" {
			t.Fatalf("the header is %+v", head)
		}
		emu := vt.NewEmulator(w, h)
		last, frames, marks := -1.0, 0, 0
		var films []*film
		over := false
		for lines.Scan() {
			if !utf8.Valid(lines.Bytes()) {
				t.Fatalf("a line is no UTF-8: %q", lines.Bytes())
			}
			var at float64
			var kind, data string
			if err := json.Unmarshal(lines.Bytes(), &[]any{&at, &kind, &data}); err != nil {
				t.Fatalf("%s: %v", lines.Bytes(), err)
			}
			if at < last {
				t.Errorf("time runs backwards: %s", lines.Bytes())
			}
			last = at
			if kind == "m" {
				films, marks = append(films, newFilm(t.Context(), tapes[marks], filmOptions{size: sizeOf(w, h), in: time.UTC})), marks+1
				continue
			}
			if kind != "o" {
				t.Fatalf("%q is no kind of event", kind)
			}
			if _, err := emu.Write([]byte(data)); err != nil {
				t.Fatal(err)
			}
			frames++
			over = data == "\x1b[0m\x1b[?25h"
			seen := screenOf(emu, h)
			f := films[len(films)-1]
			if strings.HasPrefix(seen[barAt(h)], " ● The recording") {
				continue // no moment of the run
			}
			// The moment that is shown is the last that was there then.
			from := at - fromOf(tapes, marks-1)
			n := 0
			for i, when := range f.times {
				if seconds(when.Sub(f.times[0])) <= from+1e-6 {
					n = i
				}
			}
			f.seek(n)
			f.m.guide.alone = true
			f.m.guide.reel = func(w int) row { return f.castBar(w) }
			want := strings.Split(screenText(t, f.m.paint(f.rows(sizeOf(w, h), nil), w), w, h), "\n")
			for i := range h - 1 { // the last line is the file's own
				if seen[i] != want[i] {
					t.Fatalf("%d×%d at %v, row %d: it shows\n%s\nand the model draws\n%s", w, h, at, i, strings.Join(seen, "\n"), strings.Join(want, "\n"))
				}
			}
		}
		if frames < 7 || marks != 2 {
			t.Errorf("%d frames, %d markers", frames, marks)
		}
		if total := seconds(lengthOf(tapes[0])+lengthOf(tapes[1])) + 2; last != total || head.Duration != total || total < 240 {
			t.Errorf("it ends at %v of %v, and lasts %v", last, total, head.Duration)
		}
		if !over {
			t.Error("the terminal does not get its cursor back")
		}
		if end := strings.Join(screenOf(emu, h), "\n"); !strings.Contains(end, "● The recording still goes on") {
			t.Errorf("at the end it shows\n%s", end)
		}
	}
}

// barAt is the row of the bar in a window of a height.
func barAt(h int) int {
	if sizeOf(80, h).tight() {
		return 1
	}
	return 2
}

// fromOf is where a tape begins in the file.
func fromOf(tapes []flows.Tape, k int) (at float64) {
	for _, t := range tapes[:k] {
		at += seconds(lengthOf(t) + castGap)
	}
	return at
}

// screenOf is what an emulator shows, row by row.
func screenOf(emu *vt.Emulator, h int) []string {
	rows := strings.Split(plainText(strings.ReplaceAll(emu.Render(), "\r\n", "\n")), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return append(rows, make([]string, max(h-len(rows), 0))...)
}

// TestCastOfNothing holds that nothing is written where nothing was recorded, and that
// a reader who is gone ends it.
func TestCastOfNothing(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := Cast(t.Context(), &file, nil, CastOptions{}); !errors.Is(err, ErrNoTape) || file.Len() != 0 {
		t.Errorf("of nothing it writes %q: %v", file.String(), err)
	}
	gone := errors.New("gone")
	if err := Cast(t.Context(), &brokenPipe{left: 3, err: gone}, tapesOf(t), CastOptions{}); !errors.Is(err, gone) {
		t.Errorf("to nobody it says %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := Cast(ended, &file, tapesOf(t), CastOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("when it is to end it says %v", err)
	}
	for size, fits := range map[[2]int]bool{{40, 10}: true, {200, 60}: true, {39, 10}: false, {40, 9}: false, {201, 60}: false, {200, 61}: false, {-1, -1}: false} {
		if CastFits(size[0], size[1]) != fits {
			t.Errorf("%v fits: %v", size, !fits)
		}
	}
}

// brokenPipe takes some writes.
type brokenPipe struct {
	left int
	err  error
}

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.left--; p.left < 0 {
		return 0, p.err
	}
	return len(b), nil
}

// TestCastShowsNothingOfTheGuidesOwn holds that a cast is the customer's screen: no key
// and no view of the guide's is in it.
func TestCastShowsNothingOfTheGuidesOwn(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := Cast(t.Context(), &file, tapesOf(t), CastOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{wordGuideTimeline, keyPanel, "ctrl+t", wordGuideTheirs, "\\u003c"} {
		if strings.Contains(file.String(), no) {
			t.Errorf("in the file stands %q", no)
		}
	}
	if !strings.Contains(file.String(), fmt.Sprintf("%q", "m")) {
		t.Error("no marker")
	}
}
