package flows

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	"maragu.dev/gomponents/html"

	"onboard.example/checks"
)

// Markdown is the report as Markdown. Text from outside cannot become markup.
func (r Report) Markdown() string {
	d := r.doc()
	var b strings.Builder
	b.WriteString("# " + escapeMarkdown(d.title) + "\n")
	for _, s := range d.sections {
		if s.title != "" {
			b.WriteString("\n## " + escapeMarkdown(s.title) + "\n")
		}
		for _, l := range s.lines {
			b.WriteString("\n" + l.markdown() + "\n")
		}
		if len(s.items) > 0 {
			b.WriteString("\n")
		}
		for _, it := range s.items {
			b.WriteString("- " + it.line.markdown() + "\n")
			for _, sub := range it.subs {
				b.WriteString("    - " + sub.markdown() + "\n")
			}
		}
	}
	return b.String()
}

func (l line) markdown() string {
	var b strings.Builder
	for _, s := range l {
		switch s.kind {
		case plainSpan:
			// A span's own edges are kept: cleaning trims them.
			lead, text, trail := edges(s.text)
			b.WriteString(lead + escapeMarkdown(text) + trail)
		case strongSpan:
			b.WriteString("**" + escapeMarkdown(s.text) + "**")
		case codeSpan:
			b.WriteString("`" + inCode(s.text) + "`")
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// edges splits off the blanks around a text, one of each at most.
func edges(text string) (lead, middle, trail string) {
	middle = strings.Trim(text, " ")
	if middle == "" {
		return "", "", text[:min(len(text), 1)]
	}
	if strings.HasPrefix(text, " ") {
		lead = " "
	}
	if strings.HasSuffix(text, " ") {
		trail = " "
	}
	return lead, middle, trail
}

// markdownMarks are the characters that could begin markup inside a line.
const markdownMarks = "\\`*_{}[]<>#|~!&"

// escapeMarkdown makes a text mean itself in Markdown, on one line.
func escapeMarkdown(v string) string {
	v = checks.Line(v, mostString)
	if !strings.ContainsAny(v, markdownMarks) {
		return v
	}
	var b strings.Builder
	for _, c := range v {
		if strings.ContainsRune(markdownMarks, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// inCode makes a text stay inside backticks.
func inCode(v string) string { return strings.ReplaceAll(checks.Line(v, mostString), "`", "'") }

// reportStyle is the page's own: it fetches nothing.
const reportStyle = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
code{font-size:.9em;overflow-wrap:anywhere}li{margin:.3rem 0}
@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}}`

// HTML is the report as a page of its own, with everything escaped. It holds no
// script, no form and no address that a browser would ask.
func (r Report) HTML() (string, error) {
	d := r.doc()
	title := checks.Line(d.title, mostString)
	page := html.Doctype(html.HTML(html.Lang("en"),
		html.Head(
			html.Meta(html.Charset("utf-8")),
			html.Meta(html.Name("viewport"), html.Content("width=device-width, initial-scale=1")),
			html.TitleEl(g.Text(title)),
			html.StyleEl(g.Raw(reportStyle)),
		),
		html.Body(html.H1(g.Text(title)), g.Map(d.sections, sectionNode)),
	))
	var b strings.Builder
	if err := page.Render(&b); err != nil {
		return "", fmt.Errorf("writing the report: %w", err)
	}
	return b.String(), nil
}

func sectionNode(s section) g.Node {
	return g.Group{
		g.If(s.title != "", html.H2(g.Text(s.title))),
		g.Map(s.lines, func(l line) g.Node { return html.P(l.node()) }),
		g.If(len(s.items) > 0, html.Ul(g.Map(s.items, func(it item) g.Node {
			return html.Li(it.line.node(), g.If(len(it.subs) > 0, html.Ul(g.Map(it.subs, func(l line) g.Node { return html.Li(l.node()) }))))
		}))),
	}
}

func (l line) node() g.Node {
	return g.Map(l, func(s span) g.Node {
		lead, text, trail := edges(s.text)
		text = checks.Line(text, mostString)
		switch s.kind {
		case strongSpan:
			return html.Strong(g.Text(text))
		case codeSpan:
			return html.Code(g.Text(text))
		case plainSpan:
		}
		return g.Text(lead + text + trail)
	})
}
