package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"onboard.example/checks"
)

// A report is laid out once, and written as Markdown or as a page.
type (
	reportDoc struct {
		title    string
		sections []section // the first has no title
	}
	section struct {
		title string
		lines []line // paragraphs, before the items
		items []item
	}
	item struct {
		line line
		subs []line
	}
	// line is one line of spans.
	line []span
	span struct {
		kind spanKind
		text string // as it came: escaping is the writer's
	}
	spanKind uint8
)

const (
	plainSpan spanKind = iota
	strongSpan
	codeSpan
)

// say makes a line of plain and other spans.
func say(parts ...any) line {
	var out line
	for _, p := range parts {
		switch p := p.(type) {
		case span:
			out = append(out, p)
		case line:
			out = append(out, p...)
		case string:
			out = append(out, span{plainSpan, p})
		}
	}
	return out
}

func strong(text string) span { return span{strongSpan, text} }
func code(text string) span   { return span{codeSpan, text} }

// doc lays the report out.
func (r Report) doc() reportDoc {
	d := reportDoc{title: r.App.Name + " for " + r.Tenant.Domain}
	d.sections = append(d.sections, r.headSection(), r.seenSection())
	d.sections = append(d.sections, r.changedSections()...)
	if r.Path != nil && r.done() {
		d.sections = append(d.sections, section{title: words.reportUndo, lines: []line{say(r.Path.Undo)}})
	}
	if len(r.Notes) > 0 {
		notes := section{title: words.reportNotes}
		for _, n := range r.Notes {
			from := ""
			if n.From != "" {
				from = n.From + ": "
			}
			notes.items = append(notes.items, item{line: say(from + n.Text)})
		}
		d.sections = append(d.sections, notes)
	}
	return d
}

// done says whether there is anything to take back, as far as is known.
func (r Report) done() bool {
	return len(r.Receipts) > 0 || len(r.Filed) > 0 || len(r.Claims) > 0 || r.Verdict.State == checks.StateOpen
}

func (r Report) headSection() section {
	head := say(strong(r.Headline()))
	if r.Reached == nil || !r.Reached.Done { // else the verdict is about another thing
		head = say(head, " "+r.Verdict.Reason)
	}
	s := section{lines: []line{head}}
	if note := checks.ServiceNote(r.Service); note != "" { // before anything that it might be taken for
		s.lines = []line{say(strong(note)), head}
	}
	add := func(parts ...any) { s.items = append(s.items, item{line: say(parts...)}) }
	if r.Reached != nil {
		for _, n := range r.Reached.Notes {
			add(n)
		}
	}
	add("Grade: " + r.Verdict.Grade.String())
	if m := r.Move(); m != "" {
		add("Whose move: " + m)
	}
	add("App: "+r.App.Name+", client id ", code(r.App.ClientID))
	if r.Whose != "" {
		add(r.Whose)
	}
	tenant := say("Tenant: " + r.Tenant.Domain)
	if r.Tenant.ID != "" {
		tenant = say(tenant, ", ", code(r.Tenant.ID))
	}
	if c := r.Cloud(); c != "" {
		tenant = say(tenant, ", "+c)
	}
	add(tenant)
	if r.Account != nil {
		add("Signed in: " + r.Account.UPN)
	}
	add("State of: " + when(r.At))
	for _, n := range r.MayStop {
		add("May still stop people: " + n)
	}
	for _, n := range r.NotLooked {
		add("Not looked at: " + n)
	}
	for _, c := range r.Claims {
		add("Said to be done, not proof: " + c)
	}
	return s
}

func (r Report) seenSection() section {
	s := section{title: words.reportSeen}
	for _, f := range r.Findings {
		seen := f.Grade.String() + ", " + when(f.At)
		if slices.Contains(r.Old, f.Check) {
			seen += "; " + words.reportOld
		}
		it := item{line: say(strong(f.Verdict.String()), " ", code(string(f.Check)), " "+f.Summary+" ("+seen+")")}
		for _, d := range f.Detail {
			it.subs = append(it.subs, say(d))
		}
		for _, e := range f.Seen {
			l := say(e.Source+": ", code(e.Request))
			if e.Value != "" {
				l = say(l, " → "+e.Value)
			}
			if e.RequestID != "" {
				l = say(l, " (request id ", code(e.RequestID), ")")
			}
			it.subs = append(it.subs, l)
		}
		s.items = append(s.items, it)
	}
	if len(s.items) == 0 {
		s.items = []item{{line: say(words.reportNothing)}}
	}
	return s
}

// changedSections say what was sent, line by line, and where it is filed.
// Nothing that was sent is ever denied.
func (r Report) changedSections() []section {
	if len(r.Receipts) == 0 && len(r.Filed) == 0 {
		return []section{{lines: []line{say(words.reportNoChange)}}}
	}
	var out []section
	for _, receipt := range r.Receipts {
		s := section{title: words.reportChanged + " in " + receipt.Tenant.Domain}
		for _, l := range receipt.Lines {
			it := item{line: say(strong(l.Outcome), " "+l.Title+": ", code(l.Method+" "+l.Path))}
			it.subs = []line{say("before: " + l.Before), say("after: " + l.After), say("to undo: " + l.Undo)}
			if l.RequestID != "" {
				it.subs = append(it.subs, say("request id: ", code(l.RequestID)))
			}
			s.items = append(s.items, it)
		}
		out = append(out, s)
	}
	if len(r.Filed) > 0 {
		s := section{lines: []line{say(words.reportFiled)}}
		for _, name := range r.Filed {
			s.items = append(s.items, item{line: say(code(name))})
		}
		out = append(out, s)
	}
	return out
}

// UserMessage is what to tell the people who were blocked, as an e-mail with
// its subject in the first line: that it is open, once that was seen in Graph,
// and that it is being worked on until then. Where one person was asked about,
// it is for them.
func UserMessage(s State) string {
	r := ReportOf(s)
	app, domain := checks.Line(r.App.Name, mostString), checks.Line(r.Tenant.Domain, mostString)
	put := func(text string) string { return strings.NewReplacer("{app}", app, "{domain}", domain).Replace(text) }
	var b strings.Builder
	if r.Reached != nil && r.Reached.Done && r.Reached.Goal == GoalRevoked {
		return put(reachedWords.revokedMessage) + reachedWords.revokedKeeps + reachedWords.revokedAdvice
	}
	pilot := r.Reached != nil && r.Reached.Done && r.Reached.Goal != GoalUndone
	if !pilot && (r.Verdict.State != checks.StateOpen || r.Verdict.Grade != checks.Verified) {
		// What stops people at the sign-in names the tenant's policies, which are
		// not everybody's business.
		if r.Verdict.State != checks.StateBlocked || r.Verdict.TurnedAway() {
			return put(words.untoldMessage) + words.untoldAdvice
		}
		b.WriteString(put(words.laterMessage))
		b.WriteString(checks.Line(r.Verdict.Reason, mostString) + "\n\n")
		b.WriteString(words.laterAdvice)
		return b.String()
	}
	if r.ForOne || pilot {
		b.WriteString(put(words.openOneMessage))
	} else {
		b.WriteString(put(words.openMessage))
	}
	for i, c := range r.Connect {
		if i == 0 {
			b.WriteString(words.openHow)
		}
		b.WriteString(strconv.Itoa(i+1) + ". " + checks.Line(c, mostString) + "\n")
	}
	if len(r.Connect) == 0 {
		b.WriteString(put(words.openAgain))
	}
	b.WriteString(put(words.openAdvice))
	if len(r.NotLooked)+len(r.MayStop) > 0 {
		b.WriteString(words.openStill)
	}
	return b.String()
}

// when writes a time as reports do; a zero one is a dash.
func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
