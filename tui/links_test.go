package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

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
