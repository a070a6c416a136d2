package flows

import (
	"fmt"
	"strings"
)

// What stands above a script and above each of its lines, for whoever reads it
// before running it.

// head is the comment on top; mark begins its lines, clean makes text fit for them.
func (s script) head(mark string, clean func(string) string, more []string) string {
	w := scriptWords
	var b strings.Builder
	put := func(format string, args ...any) {
		b.WriteString(strings.TrimRight(mark+" "+clean(fmt.Sprintf(format, args...)), " ") + "\n")
	}
	put(w.title, s.title(), s.app.Name)
	put("")
	put(w.app, s.app.Name, s.app.ClientID)
	put(w.tenant, s.Domain, s.Tenant)
	put(w.cloud, s.cloud.Title, s.cloud.Graph)
	put(w.plan, s.Sum(), s.count())
	put(w.role, s.roles())
	put(w.scopes, strings.Join(s.scopes(), " "))
	for _, line := range s.Warnings {
		put(w.warning, line)
	}
	put("")
	for _, line := range more {
		put("%s", line)
	}
	return b.String()
}

// scopes are those that the plan takes, and the way back that is in the script.
func (s script) scopes() []string {
	out := s.WriteScopes()
	for _, l := range s.lines {
		if l.Back == nil {
			continue
		}
		scope, _ := needsOf(l.Back.Kind)
		for one := range strings.FieldsSeq(scope) {
			out = addFold(out, one)
		}
	}
	return out
}

// kept are the lines of a head about scripts that keep what they did.
func (s script) kept() []string {
	return []string{scriptWords.nothing, fmt.Sprintf(scriptWords.ends, s.log()), scriptWords.log}
}

// title is what the plan is for.
func (s script) title() string {
	return PlanTitle(s.Of())
}

// lineHead is the comment above a line.
func (s script) lineHead(mark string, clean func(string) string, l scriptLine) string {
	w := scriptWords
	var b strings.Builder
	for _, row := range []string{
		fmt.Sprintf(w.line, l.n, len(s.lines), l.Title), fmt.Sprintf(w.before, l.Before), fmt.Sprintf(w.after, l.After),
		fmt.Sprintf(w.effect, l.Effect), fmt.Sprintf(w.least, l.Scope, l.Role), fmt.Sprintf(w.undo, l.Undo),
	} {
		b.WriteString(mark + " " + clean(row) + "\n")
	}
	if l.Warning != "" {
		b.WriteString(mark + " " + clean(fmt.Sprintf(w.warning, l.Warning)) + "\n")
	}
	return b.String()
}
