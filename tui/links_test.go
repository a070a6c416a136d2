package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"rsc.io/qr"

	"onboard.example/flows"
)

func TestPrintedLinkIsWholeAndOnOneLine(t *testing.T) {
	t.Parallel()
	url := "https://login.microsoftonline.com/" + strings.Repeat("a", 600)
	var out bytes.Buffer
	p := &printer{ctx: t.Context(), text: "Admin consent page\n\n" + url + "\n"}
	p.SetStdin(strings.NewReader("\n"))
	p.SetStdout(&out)
	p.SetStderr(io.Discard)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\r\n"+url+"\r\n") {
		t.Errorf("printed %q", out.String())
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("there are looks around the link")
	}
}

func TestWaitEnterEndsWithTheRunAndWithItsInput(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	go func() { _ = w.Close() }()
	if err := waitEnter(ctx, r); !errors.Is(err, errStopped) {
		t.Errorf("got %v", err)
	}
	for in, want := range map[string]error{"": errStopped, "abc": errStopped, "abc\r": nil, "\n": nil, "a\x03b\n": errStopped} {
		if err := waitEnter(t.Context(), strings.NewReader(in)); !errors.Is(err, want) {
			t.Errorf("after %q: %v, want %v", in, err, want)
		}
	}
	if err := waitEnter(t.Context(), nil); !errors.Is(err, errStopped) {
		t.Errorf("without input: %v", err)
	}
}

func TestCtrlCAtAPrintedLinkLeaves(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atLink(t), still(t, 80, 24))
	_, cmd := m.Update(linkPrintedMsg{stopped: true})
	if cmd == nil || !m.stopped {
		t.Error("the wizard goes on")
	}
}

func TestConsentLinksAreNeverACode(t *testing.T) {
	t.Parallel()
	for _, at := range []func(testing.TB) *fakeDriver{atLink, atApprove} {
		m := New(t.Context(), at(t), still(t, 120, 60))
		press(m, "Q")
		if _, ok := m.topSheet().(*codeSheet); ok {
			t.Fatal("a consent link is shown as a code")
		}
		m.open(&linksSheet{})
		press(m, "Q")
		if _, ok := m.topSheet().(*codeSheet); ok {
			t.Fatal("a consent link is shown as a code")
		}
		if !strings.Contains(m.notice.text, whyNoConsentCode) {
			t.Errorf("notice %q", m.notice.text)
		}
	}
}

func TestDevicePageIsACode(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atDevice(t), still(t, 80, 40))
	press(m, "Q")
	if _, ok := m.topSheet().(*codeSheet); !ok {
		t.Fatalf("no code: %q", m.notice.text)
	}
	if c := plainText(m.View().Content); !strings.Contains(c, "█") {
		t.Errorf("screen:\n%s", c)
	}
	m = New(t.Context(), atDevice(t), still(t, 80, 12))
	press(m, "Q")
	if !strings.Contains(m.notice.text, whyCodeTooLarge) {
		t.Errorf("notice %q", m.notice.text)
	}
}

func TestCodeHasAQuietZoneAndFits(t *testing.T) {
	t.Parallel()
	rows := qrRows("https://microsoft.com/devicelogin", 80, 30, false)
	if len(rows) == 0 {
		t.Fatal("no code")
	}
	w := rows[0].width()
	for _, r := range rows {
		if r.width() != w {
			t.Errorf("a ragged code: %d and %d cells", r.width(), w)
		}
	}
	if first := rows[0].text(); first != strings.Repeat("█", w) {
		t.Errorf("no quiet zone: %q", first)
	}
	for _, bad := range [][]row{qrRows("x", 5, 5, false), qrRows("x", 80, 30, true), qrRows(strings.Repeat("x", 9000), 500, 200, false)} {
		if bad != nil {
			t.Error("a code that cannot be drawn was drawn")
		}
	}
}

// TestCodeIsTheMatrix reads the drawn code back, module by module: what a
// camera sees is what was encoded, light on dark, with two light modules of
// quiet zone around it.
func TestCodeIsTheMatrix(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"https://microsoft.com/devicelogin", "https://login.microsoftonline.com/" + strings.Repeat("a1B2-", 30)} {
		code, err := qr.Encode(link, qr.L)
		if err != nil {
			t.Fatal(err)
		}
		rows := qrRows(link, 200, 100, false)
		if want := (code.Size + 4 + 1) / 2; len(rows) != want {
			t.Fatalf("%d rows, want %d", len(rows), want)
		}
		for y, r := range rows {
			for x, sign := range []rune(r.text()) {
				up, down := sign == '█' || sign == '▀', sign == '█' || sign == '▄'
				if up == code.Black(x-2, 2*y-2) {
					t.Fatalf("module %d,%d of %s is wrong", x-2, 2*y-2, link)
				}
				if 2*y+1 < code.Size+4 && down == code.Black(x-2, 2*y-1) {
					t.Fatalf("module %d,%d of %s is wrong", x-2, 2*y-1, link)
				}
			}
		}
	}
}

// TestWholeLinksCanBeClicked holds that whole addresses are marked as
// hyperlinks where the terminal takes them, that nothing else is, and that the
// text is the same with and without.
func TestWholeLinksCanBeClicked(t *testing.T) {
	t.Parallel()
	o := still(t, 120, 40)
	bare := New(t.Context(), atDevice(t), o).View().Content
	if strings.Contains(bare, "\x1b]8") {
		t.Error("a hyperlink that nobody asked for")
	}
	o.Look.Links = true
	marked := New(t.Context(), atDevice(t), o).View().Content
	const on, off = "\x1b]8;;https://microsoft.com/devicelogin\a", "\x1b]8;;\a"
	if strings.Count(marked, on) != 1 || strings.ReplaceAll(strings.ReplaceAll(marked, on, ""), off, "") != bare {
		t.Errorf("got %q", marked)
	}
	if screenText(t, marked, 120, 40) != screenText(t, bare, 120, 40) {
		t.Error("the mark changes what is seen")
	}
	o.Look.NoColor = true
	if got := New(t.Context(), atDevice(t), o).View().Content; strings.Contains(got, "\x1b]8") {
		t.Error("a hyperlink with NO_COLOR")
	}
	for text, want := range map[string]bool{
		"https://contoso.example/a": true, "https://contoso.example/a b": false, "see https://contoso.example": false,
		"https://contoso.example/\x1b]0;x\a": false, "https://contoso.example/\u009c": false, "javascript:alert(1)": false,
	} {
		if isAddress(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestLooksThatTakeLinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  string
		want bool
	}{
		{"TERM=xterm-256color", true}, {"TERM=tmux-256color", true}, {"TERM=dumb", false}, {"TERM=vt100", false}, {"TERM=linux", false}, {"TERM=", false},
	} {
		if got := LookOf([]string{c.env}).Links; got != c.want {
			t.Errorf("%s: %v", c.env, got)
		}
	}
	if LookOf([]string{"TERM=xterm-256color", "NO_COLOR=0"}).Links {
		t.Error("hyperlinks with NO_COLOR")
	}
}

func TestLinkSpansAreWholeOrNamed(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atLink(t), still(t, 80, 24))
	u := "https://login.microsoftonline.com/tenant/adminconsent?client_id=x"
	if got := m.linkSpan(u, 200).text; got != u {
		t.Errorf("got %q", got)
	}
	if got := m.linkSpan(u, 40).text; got != "login.microsoftonline.com/…" {
		t.Errorf("got %q", got)
	}
}

func TestSafeURL(t *testing.T) {
	t.Parallel()
	if got := safeURL("https://a.example/\x1b[2J\r\n é?x=1"); got != "https://a.example/[2J?x=1" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "javascript:alert(1)", "file:///etc/passwd", "ftp://x.example"} {
		d := atLink(t)
		d.hands.Host = &fakeHost{}
		m := New(t.Context(), d, still(t, 80, 24))
		if m.cannotOpen(bad) == "" {
			t.Errorf("%q would be opened", bad)
		}
	}
}

func TestSeveralLinksAreAskedAbout(t *testing.T) {
	t.Parallel()
	d := atHow(t)
	d.happen(flows.Answered{Question: flows.AskHow, Value: flows.HowPortal}, flows.Advanced{})
	m := New(t.Context(), d, still(t, 80, 24))
	if n := len(m.links()); n < 2 {
		t.Fatalf("%d links", n)
	}
	press(m, "l")
	if _, ok := m.topSheet().(*linksSheet); !ok {
		t.Fatal("the links are not asked about")
	}
	press(m, "down", "l")
	if m.topSheet() != nil {
		t.Error("l does not close what l opened")
	}
}
