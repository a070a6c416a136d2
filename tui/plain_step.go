package tui

import (
	"context"
	"strings"

	"onboard.example/flows"
)

// stepScene is a step of the path, with its links whole and the moves that
// can be made.
func (p *plain) stepScene() scene {
	step, _ := p.m.state.Step()
	if step.Plan || step.Apply {
		return p.planScene(step)
	}
	s := p.m.state
	if s.SignIn.Busy {
		return p.signingIn()
	}
	_, ready := flows.Next(s)
	proven := s.Proven(step)
	sc := scene{open: true, key: strings.Join([]string{boolWord(ready), boolWord(proven), boolWord(s.Account != nil), s.Answer(flows.AskHow)}, " ")}
	sc.lines = p.stepLines(step, proven)
	if qs := flows.Asks(s); len(qs) > 0 && !proven {
		asked := p.ask(qs[0])
		sc.q, sc.lines = asked.q, append(sc.lines, asked.lines...)
		sc.auto = func() { p.autoAnswer(qs[0]) }
	} else if ready {
		next := p.goOn("")
		sc.choices, sc.auto = next.choices, next.auto
	}
	if step.Claim && !s.HasClaimed(step.ID) && !proven {
		sc.choices = append(sc.choices, choice{key: "i", label: plainClaim, do: func() {
			p.m.tellAndGo(flows.Claimed{Step: step.ID})
			p.out.line(wordClaimedNote)
		}})
	}
	sc.choices = append(sc.choices, choice{key: "w", label: plainWhy, aside: true, do: func() {
		for i, c := range p.m.causes() {
			p.out.line(number(i+1) + ". " + p.m.words(c))
		}
	}}, p.again(), p.evidence())
	p.addMoves(&sc)
	if p.auto && sc.auto == nil && step.Actor == flows.ActorVendor && len(p.m.playable()) == 0 { // whom no rehearsal plays
		sc.lines, sc.auto = append(sc.lines, plainVendorsMove), p.leave
	}
	return sc
}

// stepLines is the text of a step, its links on lines of their own.
func (p *plain) stepLines(step flows.Step, proven bool) []string {
	if proven {
		if step.Gone {
			return []string{plainStepGone}
		}
		if provenByDNS(step) {
			return []string{plainStepInDNS}
		}
		return []string{plainStepDone}
	}
	lines := append(texts(p.m.stepTitle(step, maxWidth)), p.m.whoseStep(step)...)
	for i, l := range flows.StepLines(p.m.state, step) {
		text := clean(l.Text)
		if step.Claim {
			text = number(i+1) + ". " + text
		}
		lines = append(lines, text)
		if l.Lists {
			lines = append(lines, texts(p.m.permissions(0, maxWidth))...)
		}
	}
	for _, l := range p.m.links() {
		lines = append(lines, l.Title+":", l.URL)
		if l.Note != "" {
			lines = append(lines, sentence(l.Note))
		}
	}
	if hint := flows.ReturnHint(p.m.state); hint != "" {
		lines = append(lines, hint)
	}
	lines = append(lines, texts(p.m.servers(maxWidth))...)
	if p.m.state.Account == nil && !needsNobody(step) {
		return append(lines, wordCannotLook)
	}
	if len(flows.Asks(p.m.state)) > 0 { // an answer is waited for, and nothing else
		return lines
	}
	return append(lines, p.m.looksAgain())
}

// addMoves offers what the rehearsed admin can do; Auto makes each move once
// at a place.
func (p *plain) addMoves(sc *scene) {
	for _, v := range p.m.playable() {
		sc.choices = append(sc.choices, choice{key: clean(v.Key), label: sentence(clean(v.Title)), do: func() { p.play(v) }})
		at := string(p.m.state.Place.Step) + " " + v.ID
		if sc.auto == nil && !p.made[at] {
			sc.auto = func() {
				p.made[at] = true
				p.play(v)
			}
		}
	}
}

// planScene shows the plan, or how far it has come.
func (p *plain) planScene(step flows.Step) scene {
	s := p.m.state
	if s.SignIn.Busy {
		return p.signingIn()
	}
	if why := flows.WhyNoPlan(s); (s.Plan == nil || flows.Remaking(s)) && why != "" {
		return scene{key: "none", lines: []string{sentence(clean(why))}, open: true, auto: p.leave, choices: []choice{p.again()}}
	}
	if s.Plan == nil || flows.Remaking(s) {
		sc := scene{key: "making", lines: []string{sentence(wordMakingPlan)}}
		if s.Stop != nil {
			sc.lines = append([]string{clean(flows.StopWords(s))}, sc.lines...)
		}
		return sc
	}
	_, ready := flows.Next(s)
	sc := scene{open: true, key: strings.Join([]string{"plan", string(s.Plan.ID), string(s.Confirmed), boolWord(ready), boolWord(s.Stop != nil)}, " ")}
	sc.lines = append(sc.lines, texts(p.m.stepTitle(step, maxWidth))...)
	if s.Stop != nil {
		sc.lines = append(sc.lines, clean(flows.WhyStopped(s)))
	}
	sc.lines = append(sc.lines, p.m.plan.headline(p.m, step))
	for i, c := range s.Plan.Lines {
		var st flows.LineState
		if i < len(s.Lines) {
			st = s.Lines[i]
			sc.key += " " + number(int(st.Status))
		}
		sc.lines = append(sc.lines, texts(changeRows(c, st, step.Apply, false, maxWidth))...)
	}
	if wait := flows.Waiting(s); wait != "" {
		sc.key += " waits"
		sc.lines = append(sc.lines, clean(wait))
	}
	for _, w := range s.Plan.Warnings {
		sc.lines = append(sc.lines, clean(w))
	}
	if qs := flows.Asks(s); step.Plan && len(qs) > 0 {
		asked := p.ask(qs[0])
		sc.q, sc.lines = asked.q, append(sc.lines, asked.lines...)
		sc.auto = func() { p.autoConfirm(qs[0]) }
	} else if ready {
		next := p.goOn("")
		sc.choices, sc.auto = next.choices, next.auto
	}
	return sc
}

// autoConfirm gives the yes in a rehearsal alone: nothing real is ever changed
// without a person who typed the domain.
func (p *plain) autoConfirm(q flows.Question) {
	if p.m.drv.Hands().Play == nil {
		p.out.line(plainAutoNoYes)
		p.over = true
		return
	}
	p.confirm(p.m.ctx, scene{q: q}, q.Want)
	if p.m.refresh(); p.m.state.Confirmed == "" && context.Cause(p.m.ctx) == nil && p.m.state.Stop != nil {
		p.over = true
	}
}

func boolWord(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
