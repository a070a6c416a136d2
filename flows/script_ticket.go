package flows

import (
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// mostTicket bounds a row of a ticket: a request's body may be long.
const mostTicket = 16 << 10

// ticket writes the plan as the text of a request for a change, for whoever
// has to approve it and whoever carries it out.
func (s script) ticket() string {
	w := ticketWords
	var b strings.Builder
	put := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(checks.Line(fmt.Sprintf(format, args...), mostTicket), " ") + "\n")
	}
	head := func(text string) {
		b.WriteString("\n" + text + "\n")
	}
	put(w.title, s.title(), s.app.Name, s.Domain)
	head(w.what)
	put(w.app, s.app.Name, s.app.ClientID)
	put(w.tenant, s.Domain, s.Tenant, s.cloud.Title)
	put(w.plan, s.Sum(), s.count())
	head(w.why)
	why := ""
	if p, ok := PathByID(s.Of()); ok {
		why = p.For
		put("  %s", p.Gains)
	}
	put("  %s", why)
	head(w.who)
	put(w.role, s.roles())
	put(w.scopes, strings.Join(s.scopes(), " "))
	for _, text := range s.Warnings {
		put(w.warning, text)
	}
	head(w.changes)
	for _, l := range s.lines {
		put("  %d. %s", l.n, l.Title)
		put(w.before, l.Before)
		put(w.after, l.After)
		put(w.effect, l.Effect)
		put(w.benchmark, l.Benchmark)
		put(w.least, l.Scope, l.Role)
		put("     %s %s/v1.0%s", l.Method, s.cloud.Graph, l.Path)
		if l.Body != "" {
			put("     %s", l.Body)
		}
		put(w.undo, l.Undo)
	}
	head(w.back)
	for _, l := range slices.Backward(s.lines) {
		if l.Back == nil {
			put("  %d. %s", l.n, l.Undo)
			continue
		}
		put("  %d. %s %s/v1.0%s", l.n, l.Back.Method, s.cloud.Graph, l.Back.Path)
		if l.Back.Body != "" {
			put("     %s", l.Back.Body)
		}
	}
	head(w.verify)
	for _, l := range s.lines {
		put(w.look, l.n, s.cloud.Graph, l.look.path)
		if l.is == "" {
			put("%s", w.gone)
		} else {
			put(w.shows, l.After)
		}
	}
	put(w.check, s.app.ID, s.Domain)
	return b.String()
}
