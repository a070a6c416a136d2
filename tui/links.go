package tui

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/muesli/cancelreader"

	"onboard.example/flows"
)

// links are the addresses of the place where the person is: those of the step,
// and the page of a sign-in that is going on.
func (m *Model) links() []flows.Link {
	var out []flows.Link
	if p, ok := m.drv.Prompt(); ok && p.URL != "" {
		l := flows.Link{ID: linkPrompt(p.Code != ""), Title: wordLinkSignIn, URL: p.URL}
		if p.Paste != nil {
			l.ID, l.Note = linkAnywhere, wordLinkNote
		}
		out = append(out, l)
	}
	out = append(out, flows.Links(m.state)...)
	for i := range out {
		out[i].Title, out[i].Note = clean(out[i].Title), clean(out[i].Note)
		if !out[i].Own {
			out[i].URL = safeURL(out[i].URL)
		}
	}
	return out
}

// Ids of the links that sign-ins bring. The page of a browser sign-in returns
// to this machine and is useless on another; that of a code is made for one, and that
// of a sign-in by link does on any.
const (
	linkDevice   flows.LinkID = "device"
	linkBrowser  flows.LinkID = "browser"
	linkAnywhere flows.LinkID = "anywhere"
)

func linkPrompt(code bool) flows.LinkID {
	if code {
		return linkDevice
	}
	return linkBrowser
}

// safeURL drops what cannot be part of an address and could act on a terminal.
func safeURL(u string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, u)
}

func (m *Model) noLinks() string {
	if len(m.links()) == 0 {
		return whyNoLinks
	}
	return ""
}

// firstLink is the link that o, c and Q mean; the zero link where there is none.
func (m *Model) firstLink() flows.Link {
	if ls := m.links(); len(ls) > 0 {
		return ls[0]
	}
	return flows.Link{}
}

// mainLink is its address.
func (m *Model) mainLink() string { return m.firstLink().URL }

// openLinks prints the only link at once, or asks which.
func (m *Model) openLinks() tea.Cmd {
	ls := m.links()
	if len(ls) == 1 {
		return m.print(ls[0])
	}
	m.open(&linksSheet{})
	return nil
}

// linksSheet lists the links where there are several.
type linksSheet struct{ at int }

func (s *linksSheet) chosen(m *Model) flows.Link {
	ls := m.links()
	if len(ls) == 0 {
		return flows.Link{}
	}
	s.at = max(min(s.at, len(ls)-1), 0)
	return ls[s.at]
}

func (s *linksSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	b.put(say(RoleStrong, wordLinksTitle))
	b.gap()
	chosen := s.chosen(m)
	for i, l := range m.links() {
		head, role := say(RoleText, "  "), RoleText
		if l.ID == chosen.ID && i == s.at {
			head, role = say(RoleFocus, "› "), RoleStrong
		}
		b.put(hanging(head, role, l.Title, w)...)
		b.put(row{}.add(RoleText, "  ").with(m.linkSpan(l.URL, w-2)))
		if l.Note != "" {
			b.put(linkless(RoleWarn, l.Note, 2, w)...)
		}
	}
	return b
}

func (s *linksSheet) typing(*Model) *field { return nil }

func (s *linksSheet) offers(m *Model) []offer {
	l := s.chosen(m)
	none := m.noLinks()
	return append([]offer{
		{act: actTake, word: wordShowWhole, why: none},
		{act: actMove, why: none},
		{act: actOpen, why: m.cannotOpen(l.URL)},
		{act: actCopy, why: none},
		{act: actCode, why: m.noCodeFor(l)},
	}, closing(actLinks)...)
}

func (s *linksSheet) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	l := s.chosen(m)
	switch {
	case o.act == actMove:
		s.at = stepBy(s.at, len(m.links()), k)
	case o.act == actTake && o.word == wordShowWhole:
		return m.print(l)
	case o.act == actOpen:
		return m.openURL(l.URL)
	case o.act == actCopy:
		return m.copy(l.URL)
	case o.act == actCode:
		m.open(&codeSheet{link: l})
	default:
		m.close()
	}
	return nil
}

// noCodeFor says why a link gets no code for a phone. Consent links never do:
// what approves for a whole company is opened where one sees the address.
func (m *Model) noCodeFor(l flows.Link) string {
	switch {
	case l.URL == "":
		return whyNoLinks
	case l.ID == flows.LinkConsent || l.ID == flows.LinkPermissions:
		return whyNoConsentCode
	case l.ID == linkBrowser:
		return whyNoBrowserCode
	case m.look.ASCII:
		return whyNoASCIICode
	case qrRows(l.URL, m.size.text(), m.height()-2, false) == nil:
		return whyCodeTooLarge
	}
	return ""
}

// codeSheet shows a link for a phone's camera.
type codeSheet struct{ link flows.Link }

func (s *codeSheet) body(m *Model) body {
	var b body
	b.put(say(RoleStrong, s.link.Title))
	rows := qrRows(s.link.URL, m.size.text(), m.height()-2, m.look.ASCII)
	if rows == nil {
		b.put(para(RoleWarn, whyCodeTooLarge, 0, m.size.text())...)
	}
	b.put(rows...)
	return b
}

func (s *codeSheet) typing(*Model) *field { return nil }

func (s *codeSheet) offers(*Model) []offer { return closing(actCode) }

func (s *codeSheet) act(m *Model, _ offer, _ tea.KeyPressMsg) tea.Cmd {
	m.close()
	return nil
}

// linkSpan is an address in running text: whole where it fits, else its host
// and how to get it whole. It is never cut or broken.
func (m *Model) linkSpan(u string, w int) span {
	if cells(u) <= w {
		return span{u, RoleInfo}
	}
	return span{cut(shortLink(u), w, false), RoleInfo}
}

// shortLink names an address by its host.
func shortLink(u string) string {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		rest = u
	}
	host, _, _ := strings.Cut(rest, "/")
	return fill(wordShortLink, "host", host)
}

// print shows a link whole, on one line that nothing breaks, in the normal
// screen, so that any terminal can select it; Enter returns.
func (m *Model) print(l flows.Link) tea.Cmd {
	if l.URL == "" {
		return nil
	}
	text := l.Title + "\n\n" + l.URL + "\n"
	if l.Note != "" {
		text += "\n" + strings.Join(wrap(l.Note, m.size.text()), "\n") + "\n"
	}
	return m.printText(text)
}

// printText shows text in the normal screen, its lines unbroken.
func (m *Model) printText(text string) tea.Cmd {
	if m.shown != nil {
		return m.shown(text)
	}
	p := &printer{ctx: m.ctx, text: text, before: m.pause, after: m.resume}
	return tea.Exec(p, func(err error) tea.Msg { return linkPrintedMsg{stopped: errors.Is(err, errStopped)} })
}

// linkPrintedMsg says that the person came back from a printed link.
type linkPrintedMsg struct{ stopped bool }

// errStopped says that Ctrl-C was pressed, or that the run ended, while a link
// was shown in the normal screen.
var errStopped = errors.New("stopped")

// printer writes a link to the normal screen and waits for Enter. The terminal
// is in its normal mode then, so that Ctrl-C is a signal, which nobody else
// listens to meanwhile.
type printer struct {
	ctx  context.Context //nolint:containedctx // the interface of tea.Exec has no other way
	text string
	in   io.Reader
	out  io.Writer
	// before and after give the terminal over; nil: it is ready.
	before, after func()
}

func (p *printer) SetStdin(r io.Reader)  { p.in = r }
func (p *printer) SetStdout(w io.Writer) { p.out = w }
func (p *printer) SetStderr(io.Writer)   {}

// Run prints and waits for Enter.
func (p *printer) Run() error {
	ctx, stop := signal.NotifyContext(p.ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if p.before != nil {
		p.before()
		defer p.after()
	}
	text := strings.ReplaceAll("\n"+p.text+"\n"+wordEnterReturns+"\n", "\n", "\r\n")
	if _, err := io.WriteString(p.out, text); err != nil {
		return err
	}
	return waitEnter(ctx, p.in)
}

// waitEnter reads up to a line's end. It gives errStopped when ctx ends first
// or the input does.
func waitEnter(ctx context.Context, in io.Reader) error {
	if in == nil {
		return errStopped
	}
	r, err := cancelreader.NewReader(in)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	defer context.AfterFunc(ctx, func() { r.Cancel() })()
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		switch {
		case n > 0 && (one[0] == '\n' || one[0] == '\r'):
			return nil
		case n > 0 && one[0] == 0x03 || err != nil:
			return errStopped
		}
	}
}
