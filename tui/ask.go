package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onboard.example/flows"
)

// asker puts one question: a list to choose from, or a line to type. It is a
// part of screens and no screen of its own.
type asker struct {
	id    flows.QuestionID // of the question it was last set for
	at    int              // of the options that are seen
	field field
	said  string // what is wrong with the last answer
	// filter narrows a list; nil where it was not asked for.
	filter *field
}

// set makes the asker ready for a question. What was typed stays for as long
// as the question is the same.
func (a *asker) set(q flows.Question) {
	if a.id == q.ID {
		return
	}
	*a = asker{id: q.ID}
	if q.Kind == flows.Text {
		a.field.set(q.Answer)
	}
	a.at = max(slices.IndexFunc(q.Options, func(o flows.Option) bool { return o.Why == "" }), 0)
	for i, o := range q.Options {
		if o.ID == q.Answer {
			a.at = i
		}
	}
}

// options are those that pass the filter.
func (a *asker) options(q flows.Question) []flows.Option {
	if a.filter == nil || a.filter.value() == "" {
		return q.Options
	}
	want := strings.ToLower(a.filter.value())
	var out []flows.Option
	for _, o := range q.Options {
		if strings.Contains(strings.ToLower(o.Title+" "+o.Help+" "+o.ID), want) {
			out = append(out, o)
		}
	}
	return out
}

// typing is the field that takes letters.
func (a *asker) typing(q flows.Question) *field {
	switch {
	case q.ID == "":
		return nil
	case q.Kind != flows.Choice:
		return &a.field
	}
	return a.filter
}

// put shows the question in a body.
func (a *asker) put(b *body, q flows.Question, w int, now bool) {
	if q.ID == "" {
		return
	}
	b.put(para(RoleStrong, clean(q.Title), 0, w)...)
	if q.Help != "" {
		b.put(para(RoleSubtle, clean(q.Help), 0, w)...)
	}
	putFacts(b, q.Facts, w)
	if q.Kind == flows.Choice {
		a.putOptions(b, q, w)
	} else {
		if !now {
			b.gap()
		}
		a.putField(b, q, w)
	}
	said := a.said
	if f := a.typing(q); said == "" && f != nil {
		said = f.said
	}
	if said != "" {
		b.put(hanging(say(RoleBad, "✗ "), RoleText, clean(said), w)...)
	}
}

// putFacts shows facts, each on a line of its own; a warning as one.
func putFacts(b *body, facts []flows.Fact, w int) {
	if len(facts) == 0 {
		return
	}
	wide := 0
	for _, f := range facts {
		wide = max(wide, cells(f.Head))
	}
	b.gap()
	for _, f := range facts {
		head := row{}.add(RoleSubtle, fixed(clean(f.Head), wide+2))
		if f.Warn {
			head = say(RoleWarn, "! ")
		}
		b.put(hanging(head, RoleText, clean(f.Text), w)...)
	}
}

// factLines are facts in line mode.
func factLines(facts []flows.Fact) []string {
	var out []string
	for _, f := range facts {
		text := clean(f.Text)
		if f.Head != "" {
			text = strings.ToUpper(f.Head[:1]) + clean(f.Head[1:]) + ": " + text
		}
		out = append(out, sentence(text))
	}
	return out
}

// putField shows the line being typed, with the cursor in it.
func (a *asker) putField(b *body, q flows.Question, w int) {
	putLine(b, &a.field, w)
	if a.field.empty() && q.Example != "" {
		last := len(b.rows) - 1
		b.rows[last] = b.rows[last].add(RoleSubtle, "  "+fill(wordSuchAs, "example", clean(q.Example)))
	}
}

// putLine shows a field behind a prompt.
func putLine(b *body, f *field, w int) {
	text, cursor := f.window(w - 2)
	b.put(row{}.add(RoleFocus, "> ").add(RoleText, text))
	b.cursor = &place{row: len(b.rows) - 1, col: 2 + cursor}
	b.focus, b.focusEnd = len(b.rows)-1, len(b.rows)
}

// putOptions shows a list; the line under an option says what it means, or why
// it cannot be taken.
func (a *asker) putOptions(b *body, q flows.Question, w int) {
	if a.filter != nil {
		putLine(b, a.filter, w)
	}
	b.gap()
	opts := a.options(q)
	a.at = max(min(a.at, len(opts)-1), 0)
	if len(opts) == 0 && a.filter == nil { // there are none here
		return
	}
	if len(opts) == 0 {
		b.put(say(RoleSubtle, fill(wordNoMatch, "text", a.filter.value())))
		return
	}
	for i, o := range opts {
		from := len(b.rows)
		head, role := row{}.add(RoleText, "  ").add(RoleSubtle, number(i+1)+"  "), RoleText
		if i == a.at {
			head, role = row{}.add(RoleFocus, "› "+number(i+1)+"  "), RoleStrong
		}
		if o.Why != "" && i != a.at {
			role = RoleSubtle
		}
		b.put(hanging(head, role, clean(o.Title), w)...)
		switch {
		case o.Why != "":
			b.put(para(RoleWarn, fill(wordCannot, "why", clean(o.Why)), 5, w)...)
		case o.Help != "" && (len(opts) <= 6 || i == a.at):
			b.put(para(RoleSubtle, clean(o.Help), 5, w)...)
		}
		if i == a.at && a.filter == nil {
			b.focus, b.focusEnd = from, len(b.rows)
		}
	}
}

// offers are the asker's keys.
func (a *asker) offers(q flows.Question) []offer {
	switch {
	case q.ID == "":
		return nil
	case q.Kind != flows.Choice:
		return []offer{{act: actTake, word: wordGoOn}}
	}
	why := ""
	if len(a.options(q)) == 0 {
		why = whyNothingChosen
	}
	return []offer{{act: actTake, why: why}, {act: actMove, why: why}}
}

// act takes the asker's keys; taken says whether the key was one of them, and
// the event is the answer, once there is one.
func (a *asker) act(q flows.Question, o offer, k tea.KeyPressMsg) (flows.Event, bool) {
	switch o.act {
	case actMove:
		a.at, a.said = stepBy(a.at, len(a.options(q)), k), ""
		return nil, true
	case actTake:
		return a.answer(q), true
	default: // no other is offered here
	}
	return nil, false
}

// digit chooses an option by its number.
func (a *asker) digit(q flows.Question, k tea.KeyPressMsg) bool {
	if q.Kind != flows.Choice || a.filter != nil || len(k.Text) != 1 || k.Text[0] < '1' || k.Text[0] > '9' {
		return false
	}
	n := int(k.Text[0] - '1')
	if n >= len(a.options(q)) {
		return false
	}
	a.at, a.said = n, ""
	return true
}

// answer checks what was chosen or typed; nil where it is wrong, and then the
// asker says what to do instead.
func (a *asker) answer(q flows.Question) flows.Event {
	value := a.field.value()
	if q.Kind == flows.Choice {
		opts := a.options(q)
		if a.at >= len(opts) {
			return nil
		}
		value = opts[a.at].ID
	}
	e, err := flows.Accept(q, value)
	if err != nil {
		a.said = sentence(err.Error())
		return nil
	}
	a.said = ""
	return e
}

// sentence gives text a capital and a full stop, for errors that people read.
// Names keep their letters: a domain or a flag is not spelled otherwise.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); !strings.ContainsAny(strings.TrimRight(first, ".:,"), "._-@/") {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
