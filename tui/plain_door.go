package tui

import (
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
	}
	sc := scene{key: "door answer " + number(d.text.Len()) + d.answer.why.Colleague + d.answer.why.Before, lines: append([]string{clean(d.answer.why.What)}, d.lines()...), open: true}
	sc.choices = []choice{
		{key: "m", label: d.writes(newWhyMessage(d.answer)), do: func() { d.msg = newWhyMessage(d.answer) }},
		{key: "d", label: plainDoorDetails, aside: true, do: func() {
			for l := range strings.SplitSeq(strings.TrimSpace(d.answer.text()), "\n") {
				p.out.line(clean(l))
			}
		}},
		{key: keyColleague, label: plainDoorColleague, do: func() { d.answer.said(keyColleague) }},
		{key: keyBefore, label: plainDoorBefore, do: func() { d.answer.said(keyBefore) }},
		{key: "n", label: plainDoorAnother, do: func() { p.door = &plainDoor{} }},
		p.doorBack(),
		{key: "q", label: plainLeave, do: p.leave},
	}
	return sc
}

// lines are the answer's, each with its heading.
func (d *plainDoor) lines() []string {
	var out []string
	for _, l := range d.answer.lines(false) {
		text := l[1]
		if l[0] == wordDoorNext {
			text = strings.TrimSpace(strings.TrimPrefix(text, wordDoorWrite)) // the choice says so itself
		}
		if text != "" {
			out = append(out, sentence(clean(strings.ToUpper(l[0][:1])+l[0][1:]+": "+text)))
		}
	}
	return append(out, d.answer.warnings()...)
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
	for l := range strings.SplitSeq(strings.TrimRight(d.msg.text(), "\n"), "\n") {
		sc.lines = append(sc.lines, clean(l))
	}
	sc.choices = []choice{
		{key: "f", label: fill(plainDoorForm, "form", formTitles[string(flows.MessageForms()[form])]), do: func() { d.msg.form = form }},
		{key: "g", label: fill(plainDoorLang, "lang", langTitles[flows.MessageLanguages()[lang]]), do: func() { d.msg.lang = lang }},
		{key: "b", label: plainBack, do: func() { d.msg = nil }},
		{key: "q", label: plainLeave, do: p.leave},
	}
	return sc
}

// doorLine takes a line of the text. One with a dot alone ends it; before the
// first, a letter of a choice is that choice.
func (p *plain) doorLine(sc scene, l lineRead) {
	d := p.door
	line := strings.TrimRight(l.text, "\r\n")
	switch {
	case l.long:
		p.reprompt(sc, fill(plainDoorLong, "n", number(lineLimit)))
		return
	case d.text.Len() == 0 && len(strings.TrimSpace(line)) == 1 && p.take(sc, func(c choice) bool { return strings.EqualFold(c.key, strings.TrimSpace(line)) }):
		return
	case d.text.Len()+len(line) >= checks.WhyMostText:
		p.out.line(plainDoorMuch)
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
