package tui

import (
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// plainDoor is the second door in line mode: a text is taken line by line, then
// answered, then written about.
type plainDoor struct {
	text   strings.Builder
	answer *whyAnswer
	msg    *whyMessage
	domain bool       // a domain is being asked for
	start  *doorStart // whether to go on with what the text says
}

// doorChoice opens the door.
func (p *plain) doorChoice() choice {
	return choice{key: "w", label: plainDoorKey, do: func() { p.door = &plainDoor{} }}
}

// doorScene is what the door shows and asks.
func (p *plain) doorScene() scene {
	d := p.door
	if d.answer == nil && p.ended && d.text.Len() > 0 { // the end of the input ends the text, too
		p.doorAnswer()
	}
	switch {
	case d.answer == nil:
		sc := scene{key: "door", q: flows.Question{Kind: flows.Text}, lines: []string{plainDoorHelp}, open: true, lineTo: p.doorLine}
		sc.choices = append(sc.choices, p.doorBack(), choice{key: "q", label: plainLeave, do: p.leave})
		return sc
	case d.msg != nil:
		return p.doorMessage()
	case d.domain:
		return p.doorDomain()
	case d.start != nil:
		return p.doorStart()
	}
	return p.doorAnswered()
}

// doorAnswered is the answer with what can be done about it.
func (p *plain) doorAnswered() scene {
	d, a := p.door, p.door.answer
	key := strings.Join([]string{"door answer", number(d.text.Len()), a.why.Colleague, a.why.Before, a.asked, a.failed}, " ")
	sc := scene{key: key, lines: append([]string{clean(a.why.What)}, d.lines(p.m)...), open: true}
	sc.choices = []choice{
		{key: "m", label: d.writes(a.writes()), do: func() { d.msg = a.writes() }},
		{key: "d", label: plainDoorDetails, aside: true, do: func() {
			for l := range strings.SplitSeq(strings.TrimSpace(a.text(p.m)), "\n") {
				p.out.line(clean(l))
			}
		}},
		{key: keyColleague, label: plainDoorColleague, do: func() { a.said(keyColleague) }},
		{key: keyBefore, label: plainDoorBefore, do: func() { a.said(keyBefore) }},
		{key: "n", label: plainDoorAnother, do: func() { p.door = &plainDoor{} }},
		p.doorBack(),
		{key: "q", label: plainLeave, do: p.leave},
	}
	if p.m.askWhy != nil {
		sc.choices = slices.Insert(sc.choices, 2, choice{key: "t", label: plainDoorAsk, do: func() { d.domain = true }})
	}
	if a.run.Profile != nil && !a.about().OtherApp() {
		label := plainDoorLook
		if a.why.Ask() == checks.AskConsent {
			label = plainDoorStart
		}
		sc.choices = slices.Insert(sc.choices, 1, choice{key: "a", label: label, do: func() { p.doorGoOn(a) }})
	}
	return sc
}

// doorDomain asks for the domain that is to be asked about, and waits for what
// comes of it: line mode shows one thing at a time.
func (p *plain) doorDomain() scene {
	d := p.door
	sc := scene{key: "door domain", q: flows.Question{Kind: flows.Text}, lines: []string{wordDoorAskTitle, wordDoorAskHelp}, open: true}
	sc.choices = []choice{{key: "b", label: plainBack, do: func() { d.domain = false }}, {key: "q", label: plainLeave, do: p.leave}}
	sc.lineTo = func(sc scene, l lineRead) {
		line := strings.TrimSpace(l.text)
		switch {
		case line == "":
			p.reprompt(sc, sentence(whyNoDomain))
		case len(line) == 1 && p.take(sc, func(c choice) bool { return strings.EqualFold(c.key, line) }):
		default:
			d.domain = false
			p.out.line(fill(wordDoorAsking, "domain", clean(line)))
			if msg, ok := d.answer.ask(p.m, line)().(whyAskedMsg); ok {
				p.m.whyAsked(msg)
			}
		}
	}
	return sc
}

// doorGoOn goes on with a run that has its app, and asks first where the app or
// the tenant is the text's.
func (p *plain) doorGoOn(a *whyAnswer) {
	if a.own(p.m) {
		p.door = nil
		p.m.goOnWith(*a.run.Profile, "")
		return
	}
	p.door.start = newDoorStart(p.m, a)
}

// doorStart asks whether to go on with what the text says.
func (p *plain) doorStart() scene {
	d := p.door
	sc := p.ask(d.start.question())
	sc.key = "door start"
	sc.q = flows.Question{}
	sc.choices = []choice{
		{key: "1", label: sentence(d.start.question().Options[0].Title), do: func() {
			p.door = nil
			p.m.goOnWith(*d.start.handed.Profile, d.start.domain)
		}},
		{key: "2", label: sentence(d.start.question().Options[1].Title), do: func() { d.start = nil }},
		{key: "q", label: plainLeave, do: p.leave},
	}
	return sc
}

// lines are the answer's, each with its heading.
func (d *plainDoor) lines(m *Model) []string {
	var out []string
	for _, f := range d.answer.facts(false) {
		if f.Head == flows.AnswerNext { // the choice says so itself
			for _, say := range []string{wordDoorWrite, wordDoorWriteVendor} {
				f.Text = strings.TrimSpace(strings.TrimPrefix(f.Text, say))
			}
		}
		if f.Text != "" {
			out = append(out, factLines([]flows.Fact{f})...)
		}
	}
	_, looked := d.answer.looked(m)
	return append(out, strings.TrimSpace(strings.TrimSuffix(looked, wordDoorAskHint)))
}

func (d *plainDoor) writes(m *whyMessage) string {
	return fill(plainDoorMessage, "form", formTitles[string(flows.MessageForms()[m.form])], "lang", langTitles[flows.MessageLanguages()[m.lang]])
}

func (p *plain) doorBack() choice {
	return choice{key: "b", label: plainDoorBack, do: func() { p.door = nil }}
}

// doorMessage reads the message out whole, its links unbroken.
func (p *plain) doorMessage() scene {
	d := p.door
	form, lang := (d.msg.form+1)%len(flows.MessageForms()), (d.msg.lang+1)%len(flows.MessageLanguages())
	sc := scene{key: "door message " + number(d.msg.form) + " " + number(d.msg.lang), open: true}
	for _, l := range d.msg.about.BeforeSending(flows.MessageForms()[d.msg.form]) {
		sc.lines = append(sc.lines, clean(l))
	}
	for l := range strings.SplitSeq(strings.TrimRight(d.msg.text(), "\n"), "\n") {
		sc.lines = append(sc.lines, clean(l))
	}
	if page := d.msg.page(); page != "" {
		sc.lines = append(sc.lines, fill(wordMessageAt, "url", clean(page)))
	}
	sc.choices = []choice{
		{key: "f", label: fill(plainDoorForm, "form", formTitles[string(flows.MessageForms()[form])]), do: func() { d.msg.form = form }},
		{key: "g", label: fill(plainDoorLang, "lang", langTitles[flows.MessageLanguages()[lang]]), do: func() { d.msg.lang = lang }},
		{key: "b", label: plainBack, do: func() { d.msg = nil }},
		{key: "q", label: plainLeave, do: p.leave},
	}
	return sc
}

// ownOr is what is said on the person's own machine, or in a served run.
func (m *Model) ownOr(own, served string) string {
	if m.served {
		return served
	}
	return own
}

// doorLine takes a line of the text. One with a dot alone ends it; before the
// first, a letter of a choice is that choice.
func (p *plain) doorLine(sc scene, l lineRead) {
	d := p.door
	line := strings.TrimRight(l.text, "\r\n")
	switch {
	case l.long:
		p.reprompt(sc, fill(p.m.ownOr(plainDoorLong, plainDoorLongServed), "n", number(lineLimit)))
		return
	case d.text.Len() == 0 && len(strings.TrimSpace(line)) == 1 && p.take(sc, func(c choice) bool { return strings.EqualFold(c.key, strings.TrimSpace(line)) }):
		return
	case d.text.Len()+len(line) >= checks.WhyMostText:
		p.out.line(p.m.ownOr(plainDoorMuch, plainDoorMuchServed))
		p.door, p.shown = &plainDoor{}, ""
		return
	case strings.TrimSpace(line) == "." || strings.TrimSpace(line) == "" && d.text.Len() == 0:
		if d.text.Len() == 0 {
			p.reprompt(sc, sentence(whyNothingHere))
			return
		}
		p.doorAnswer()
		return
	}
	d.text.WriteString(line + "\n")
	p.pending = true // the text goes on: it is not asked for again
}

func (p *plain) doorAnswer() {
	p.door.answer = newWhyAnswer(p.m, checks.WhyOf(p.door.text.String(), false))
}
