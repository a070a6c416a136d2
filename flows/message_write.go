package flows

import (
	"net/url"
	"strings"
	"unicode"
)

// writePassages puts a message into the form of where it goes: plain text, the
// Markdown that Teams takes, or Slack's own. A Jira of one's own reads wiki
// markup, that in the cloud Markdown, and many fields neither: it gets plain text
// in which nothing is markup of any.
func (m *messenger) writePassages(form MessageForm, ps []passage) string {
	var b strings.Builder
	for _, p := range ps {
		if p.head != "" && form != MessageTeams && form != MessageSlack { // nothing else makes it a heading
			p.head += m.words.colon
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		writePassage(&b, form, p)
	}
	return b.String()
}

func writePassage(b *strings.Builder, form MessageForm, p passage) {
	line := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
		b.WriteByte('\n')
	}
	text := func(s string) string { return escapeFor(form, s) }
	if p.head != "" {
		switch form {
		case MessageTeams:
			line("**", text(p.head), "**")
			if len(p.lines)+len(p.items)+len(p.code) > 0 {
				b.WriteByte('\n')
			}
		case MessageSlack:
			line("*", text(p.head), "*")
		default:
			line(p.head)
		}
	}
	for i, l := range p.lines {
		if i > 0 && form == MessageTeams {
			b.WriteByte('\n') // a line of its own
		}
		line(text(l))
	}
	for _, it := range p.items {
		if form == MessageSlack {
			line("• ", text(it))
		} else {
			line("- ", text(it))
		}
	}
	if p.link != "" {
		b.WriteByte('\n')
		line(p.link) // bare: every form makes a link of it
	}
	if p.code != "" {
		if form == MessageEmail || form == MessageJira {
			line(p.code)
		} else {
			line("`", inCode(p.code), "`")
		}
	}
	if p.foot != "" {
		if p.link != "" || form == MessageTeams {
			b.WriteByte('\n')
		}
		line(text(p.foot))
	}
}

// escapeFor makes a line mean itself in a form.
func escapeFor(form MessageForm, s string) string {
	switch form {
	case MessageTeams:
		// A stroke before a mark would stand in what is pasted without being read as
		// Markdown: what could become markup becomes its look-alike here, too.
		s = strings.NewReplacer(
			"*", "∗", "~", "∼", "`", "'", "<", "‹", ">", "›", "|", "¦", "\\", "＼", "](", "] (", "][", "] [",
		).Replace(unclosed(s))
		if strings.HasPrefix(s, "#") {
			s = "＃" + s[1:]
		}
		return s
	case MessageJira:
		return strings.NewReplacer(
			"*", "∗", "{", "(", "}", ")", "[", "(", "]", ")", "|", "¦", "~", "∼", "^", "ˆ", "`", "'", "<", "‹",
		).Replace(unclosed(s))
	case MessageSlack:
		// People paste it, so that entities would stand there as they are: what
		// Slack takes for markup or for calling everybody becomes its look-alike.
		return strings.NewReplacer(
			"*", "∗", "~", "∼", "`", "'", "<", "‹", ">", "›", "@channel", "＠channel", "@here", "＠here", "@everyone", "＠everyone",
		).Replace(unclosed(s))
	default:
		return s
	}
}

// unclosed is a text whose low lines put nothing into italics: one at the end of
// a word, which would close such a part, becomes its look-alike. Names such as
// offline_access and _hetk stay as they are, to be copied.
func unclosed(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		if r == '_' && (i+1 == len(runes) || runes[i+1] != '_' && !unicode.IsLetter(runes[i+1]) && !unicode.IsDigit(runes[i+1])) {
			runes[i] = '＿'
		}
	}
	return string(runes)
}

// mostMailto bounds a mailto address, in bytes: Windows starts programs with
// 2,083 at most [K].
const mostMailto = 2000

// mailto is the address that opens a mail program with a message, with the first
// of bodies that fits into one, and which of them that is. It is empty where none
// fits: a mail without a word helps nobody.
func mailto(to, subject string, bodies ...string) (address string, which int) {
	head := "mailto:" + url.PathEscape(to) + "?subject=" + mailPart(subject)
	for i, b := range bodies {
		if b == "" {
			continue
		}
		if u := head + "&body=" + mailPart(b); len(u) <= mostMailto {
			return u, i
		}
	}
	return "", 0
}

// mailPart writes a text into a mailto address: lines end in CRLF (RFC 6068 §5).
func mailPart(s string) string {
	return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
}
