package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
)

// planScreen shows what would be changed, line by line, and asks for the typed
// domain; while the plan is carried out it shows how far each line has come.
type planScreen struct{ ask asker }

func (s *planScreen) question(m *Model) flows.Question {
	for _, q := range flows.Asks(m.state) {
		if q.ID == flows.AskConfirm {
			s.ask.set(q)
			return q
		}
	}
	s.ask.id = ""
	return flows.Question{}
}

func (s *planScreen) body(m *Model) body {
	var b body
	w := m.size.text()
	step, _ := m.state.Step()
	b.put(m.stepTitle(step, w)...)
	p := m.state.Plan
	if p == nil || flows.Remaking(m.state) {
		m.putStop(&b, w)
		b.gap()
		if why := flows.WhyNoPlan(m.state); why != "" {
			b.put(hanging(say(RoleWarn, "! "), RoleText, sentence(clean(why)), w)...)
		} else {
			b.put(para(RoleInfo, "… "+wordMakingPlan, 0, w)...)
		}
		return b
	}
	m.putStop(&b, w)
	b.put(para(RoleText, s.headline(m, step), 0, w)...)
	if !m.size.tight() {
		b.gap()
	}
	for i, line := range p.Lines {
		var st flows.LineState
		if i < len(m.state.Lines) {
			st = m.state.Lines[i]
		}
		b.put(changeRows(line, st, step.Apply || m.state.Confirmed != "", m.size.tight(), w)...)
	}
	if wait := flows.Waiting(m.state); wait != "" {
		b.put(hanging(say(RoleInfo, "… "), RoleInfo, clean(wait), w)...)
	}
	for _, t := range p.Warnings {
		if slices.ContainsFunc(p.Lines, func(c flows.Change) bool { return c.Warning == t }) {
			continue // its line says so
		}
		b.put(hanging(say(RoleWarn, "! "), RoleWarn, clean(t), w)...)
	}
	if m.state.SignIn.Busy {
		b.gap()
		b.put(m.signInProgress(w)...)
	} else if f := m.state.SignIn.Failed; f != nil {
		b.gap()
		b.put(m.signInFailure(*f, w)...)
	}
	for _, f := range m.state.Receipts {
		b.put(para(RoleInfo, fill(wordReceipt, "name", clean(f.Name)), 0, w)...)
	}
	if q := s.question(m); q.ID != "" && step.Plan {
		var foot body
		if m.size.tight() { // the lines need the room
			q.Help = ""
		}
		s.ask.put(&foot, q, w, true)
		b.foot, b.cursor = foot.rows, foot.cursor
	}
	m.putPasting(&b, w)
	return b
}

// putStop says why the plan before was not carried further.
func (m *Model) putStop(b *body, w int) {
	stop := m.state.Stop
	if stop == nil {
		return
	}
	b.put(hanging(say(RoleBad, "✗ "), RoleBad, clean(flows.StopWords(m.state)), w)...)
	if stop.Text != "" {
		b.put(linkless(RoleSubtle, clean(stop.Text), 2, w)...)
	}
}

// headline says what the lines below are.
func (s *planScreen) headline(m *Model, step flows.Step) string {
	n := len(m.state.Plan.Lines)
	switch {
	case n == 0 && m.state.Path != flows.EntraGrant:
		return wordPlanNone
	case n == 0:
		return wordPlanEmpty
	case m.state.Carried():
		return fill(wordPlanDone, "domain", clean(m.state.Plan.Domain))
	case step.Apply, m.state.Confirmed != "": // gone back to, while its lines are sent
		return wordPlanApplying
	}
	things := fill(wordThings, "n", number(n))
	if n == 1 {
		things = wordOneThing
	}
	if m.state.Stop != nil {
		return fill(wordPlanAgain, "things", things, "domain", clean(m.state.Plan.Domain))
	}
	return fill(wordPlanTitle, "things", things, "domain", clean(m.state.Plan.Domain))
}

// changeRows is a line of a plan: what, the exact request, before and after,
// and how to take it back; while it is applied, how far it has come.
func changeRows(c flows.Change, st flows.LineState, applying, tight bool, w int) []row {
	mark := row{}.add(RoleText, "  ").add(RoleAccent, c.Kind.Mark()+"  ")
	if applying {
		sign, word, role := lineLook(st.Status)
		mark = row{}.add(RoleText, "  ").add(role, sign+" "+fixed(word, 9))
	}
	rows := hanging(mark, RoleStrong, clean(c.Title), w)
	rows = append(rows, detail(wordRequest, clean(c.Method+" "+shortPath(c.Path)), w)...)
	if !tight {
		rows = append(rows, detail(wordBefore, orDash(clean(c.Before)), w)...)
	}
	rows = append(rows, detail(wordAfter, orDash(clean(c.After)), w)...)
	if !applying {
		rows = append(rows, detail(wordEffect, clean(c.Effect), w)...)
	}
	if st.Applied.Message != "" {
		rows = append(rows, detail(wordSaid, clean(st.Applied.Message), w)...)
	}
	if st.Applied.RequestID != "" {
		rows = append(rows, detail(wordRequestID, clean(st.Applied.RequestID), w)...)
	}
	if applying || tight {
		return rows
	}
	rows = append(rows, detail(wordNeeds, strings.Join(nonEmpty(clean(c.Scope), clean(c.Role)), " · "), w)...)
	rows = append(rows, detail(wordUndo, clean(c.Undo), w)...)
	rows = append(rows, detail(wordBenchmarks, orDash(clean(c.Benchmark)), w)...)
	if c.Warning != "" {
		rows = append(rows, hanging(row{}.add(RoleText, "     ").add(RoleWarn, "! "), RoleWarn, clean(c.Warning), w)...)
	}
	return rows
}

// detail is a labelled value under a line.
func detail(label, value string, w int) []row {
	if value == "" {
		return nil
	}
	return hanging(row{}.add(RoleText, "     ").add(RoleSubtle, fixed(label, 11)), RoleText, value, w)
}

func orDash(s string) string {
	if s == "" {
		return wordNoTime
	}
	return s
}

func nonEmpty(words ...string) []string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// shortPath gives a request's path without a leading slash twice.
func shortPath(p string) string { return "/" + strings.TrimLeft(p, "/") }

// lineLook is how far a line has come. Only what was read again is green.
func lineLook(s flows.LineStatus) (mark, word string, role Role) {
	switch s {
	case flows.LineSending:
		return "…", wordLineSending, RoleInfo
	case flows.LineWritten:
		return "…", wordLineWritten, RoleInfo
	case flows.LineSeen:
		return "✓", wordLineSeen, RoleOK
	case flows.LineUnseen:
		return "✗", wordLineUnseen, RoleBad
	case flows.LineRefused:
		return "✗", wordLineRefused, RoleBad
	case flows.LineUnclear:
		return "?", wordLineUnclear, RoleWarn
	case flows.LineWaiting:
	}
	return "–", wordLineWaiting, RoleSubtle
}

func (s *planScreen) typing(m *Model) *field {
	if f := m.linkField(); f != nil {
		return f
	}
	return s.ask.typing(s.question(m))
}

func (s *planScreen) offers(m *Model) []offer {
	script := ""
	if m.state.Plan == nil || len(m.state.Plan.Lines) == 0 || flows.Remaking(m.state) {
		script = whyNoPlan
	}
	sheet := offer{act: actScript, why: script}
	if q := s.question(m); q.ID != "" {
		return []offer{{act: actTake, word: wordApply}, sheet}
	}
	if m.linking() {
		if m.link().open {
			return m.linkOffers()
		}
		return append(m.linkOffers(), sheet)
	}
	if m.state.SignIn.Busy {
		return []offer{
			{act: actOpen, why: m.cannotOpen(m.promptLink())},
			{act: actLinks, why: m.noLinks()},
			{act: actCopy, word: wordCopyCode, why: m.noCode()},
			{act: actTake, word: wordStopSignIn},
			sheet,
		}
	}
	return []offer{{act: actTake, word: wordGoOn, why: flows.Missing(m.state)}, sheet, {act: actAgain}}
}

func (s *planScreen) act(m *Model, o offer, k tea.KeyPressMsg) tea.Cmd {
	if cmd, done := m.actLink(o); done {
		return cmd
	}
	switch o.act {
	case actScript:
		m.open(&scriptSheet{})
		return nil
	case actAgain:
		return m.tell(flows.AskedAgain{})
	case actOpen:
		return m.openURL(m.promptLink())
	case actLinks:
		return m.openLinks()
	case actCopy:
		p, _ := m.drv.Prompt()
		return m.copy(p.Code)
	default: // no other is offered here
	}
	q := s.question(m)
	switch {
	case m.state.SignIn.Busy:
		return m.tell(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)})
	case q.ID == "":
		return m.tell(flows.Advanced{})
	}
	e, _ := s.ask.act(q, o, k)
	a, ok := e.(flows.Answered)
	if !ok {
		return nil
	}
	s.ask = asker{}
	return m.confirm(flows.Confirmed{Plan: m.state.Plan.ID, Typed: a.Value})
}

// scriptSheet shows the plan for somebody who would rather do it by hand: as the
// requests that it sends, and in each form of script that flows writes.
type scriptSheet struct {
	form int // 0: the requests; then the forms of flows.ScriptForms
}

// text is the whole of it, for the screen and for copying. The error says why
// there is no such script.
func (s *scriptSheet) text(m *Model) (string, error) {
	switch {
	case m.state.Plan == nil:
		return "", flows.ErrNothing
	case s.form == 0:
		return requestsOf(m.state), nil
	}
	return flows.Script(*m.state.Plan, flows.ScriptForms()[s.form-1], flows.ScriptOptions{App: m.state.App, Cloud: m.state.Cloud()})
}

// requestsOf is a plan as the requests that anybody can send.
func requestsOf(s flows.State) string {
	root := ""
	if e, ok := checks.EndpointsOf(s.Cloud()); ok {
		root = e.Graph
	}
	var b strings.Builder
	for i, c := range s.Plan.Lines {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("# " + clean(c.Title) + "\n" + clean(c.Method) + " " + root + "/v1.0" + clean(shortPath(c.Path)) + "\n")
		if c.Body != "" {
			b.WriteString("Content-Type: application/json\n\n" + cleanBlock(c.Body) + "\n")
		}
		if c.Undo != "" {
			b.WriteString("# " + fill(wordScriptUndo, "undo", clean(c.Undo)) + "\n")
		}
	}
	return b.String()
}

// title names the form, and help says what is in it.
func (s *scriptSheet) title() (title, help string) {
	if s.form == 0 {
		return fill(wordScriptTitle, "form", wordScriptRequests), wordScriptHelp
	}
	form := flows.ScriptForms()[s.form-1]
	if form == flows.FormTicket {
		return fill(wordScriptTitle, "form", scriptTitles[form]), wordScriptTicket
	}
	return fill(wordScriptTitle, "form", scriptTitles[form]), wordScriptGuards
}

func (s *scriptSheet) body(m *Model) body {
	var b body
	w := m.size.text()
	title, help := s.title()
	b.put(para(RoleStrong, title, 0, w)...)
	b.put(para(RoleSubtle, help, 0, w)...)
	b.gap()
	text, err := s.text(m)
	if err != nil {
		b.put(para(RoleWarn, sentence(clean(err.Error())), 0, w)...)
		return b
	}
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		role := RoleText
		if strings.HasPrefix(l, "#") {
			role = RoleSubtle
		}
		if l == "" {
			b.gap()
			continue
		}
		b.put(linkless(role, clean(l), 0, w)...)
	}
	return b
}

func (s *scriptSheet) typing(*Model) *field { return nil }

func (s *scriptSheet) offers(m *Model) []offer {
	_, err := s.text(m)
	why := ""
	if err != nil {
		why = clean(err.Error())
	}
	return append([]offer{
		{act: actFilter, key: "f", word: wordScriptForm}, {act: actCopy, why: why}, {act: actLinks, word: wordShowWhole, why: why},
	}, closing(actScript)...)
}

func (s *scriptSheet) act(m *Model, o offer, _ tea.KeyPressMsg) tea.Cmd {
	text, _ := s.text(m) // what is not there is not offered
	switch o.act {
	case actFilter:
		s.form, m.scroll = (s.form+1)%(1+len(flows.ScriptForms())), 0
		return nil
	case actCopy:
		return m.copy(text)
	case actLinks:
		return m.printText(text)
	default: // no other is offered here
	}
	m.close()
	return nil
}
