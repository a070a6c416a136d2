package flows

import (
	"net/url"
	"strings"
)

// writePassages puts a message into the form of where it goes: plain text, the
// Markdown that Teams and Jira take, or Slack's own.
func writePassages(form MessageForm, ps []passage) string {
	var b strings.Builder
	for _, p := range ps {
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
		case MessageTeams, MessageJira:
			line("**", text(p.head), "**")
			if len(p.lines)+len(p.items)+len(p.code) > 0 {
				b.WriteByte('\n')
			}
		case MessageSlack:
			line("*", text(p.head), "*")
		default:
			line(p.head, ":")
		}
	}
	for i, l := range p.lines {
		if i > 0 && (form == MessageTeams || form == MessageJira) {
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
		if form == MessageEmail {
			line(p.code)
		} else {
			line("`", inCode(p.code), "`")
		}
	}
	if p.foot != "" {
		if p.link != "" || form == MessageTeams || form == MessageJira {
			b.WriteByte('\n')
		}
		line(text(p.foot))
	}
}

// escapeFor makes a line mean itself in a form.
func escapeFor(form MessageForm, s string) string {
	switch form {
	case MessageTeams, MessageJira:
		return escapeMarkdown(s)
	case MessageSlack:
		// People paste it, so that entities would stand there as they are: what
		// Slack takes for markup or for calling everybody becomes its look-alike.
		return strings.NewReplacer(
			"*", "∗", "~", "∼", "`", "'", "<", "‹", ">", "›", "@channel", "＠channel", "@here", "＠here", "@everyone", "＠everyone",
		).Replace(s)
	default:
		return s
	}
}

// mostMailto bounds a mailto address, in bytes: Windows starts programs with
// 2,083 at most [K].
const mostMailto = 2000

// mailto is the address that opens a mail program with a message, with the first
// of bodies that fits into one, or with none.
func mailto(to, subject string, bodies ...string) string {
	head := "mailto:" + url.PathEscape(to) + "?subject=" + mailPart(subject)
	for _, b := range bodies {
		if b == "" {
			continue
		}
		if u := head + "&body=" + mailPart(b); len(u) <= mostMailto {
			return u
		}
	}
	return head
}

// mailPart writes a text into a mailto address: lines end in CRLF (RFC 6068 §5).
func mailPart(s string) string {
	return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
}
