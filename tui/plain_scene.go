package tui

import (
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// scene says what line mode shows and asks in the state as it is.
func (p *plain) scene() scene {
	if len(p.earlier) > 0 && p.m.reopen != nil {
		return p.resumeScene()
	}
	if p.door != nil {
		return p.doorScene()
	}
	if sc, ok := p.guideScene(); ok {
		return sc
	}
	sc := p.stageScene()
	sc.guarded = p.m.state.SignIn.Busy || p.m.applying() || sc.q.ID == flows.AskSignIn || sc.q.ID == flows.AskConfirm ||
		sc.q.ID == flows.AskFoundYes
	if sc.open {
		p.common(&sc)
	}
	return sc
}

// stageScene is the scene of where the run is.
func (p *plain) stageScene() (sc scene) {
	switch p.m.state.Place.Stage {
	case flows.StageApp:
		sc = p.appScene()
	case flows.StageTenant:
		sc = p.tenantScene()
	case flows.StageKnown:
		sc = p.knownScene()
	case flows.StageSignIn:
		sc = p.signInScene()
	case flows.StageDiagnosis:
		sc = p.diagnosisScene()
	case flows.StagePaths:
		sc = p.pathsScene()
	case flows.StageSteps:
		sc = p.stepScene()
	case flows.StageProof:
		sc = p.proofScene()
	}
	sc.key = strings.Join([]string{number(int(p.m.state.Place.Stage)), string(p.m.state.Place.Step), sc.key}, "|")
	return sc
}

// common adds the choices of every scene: back and leave.
func (p *plain) common(sc *scene) {
	switch why := p.m.noBack(); {
	case why == "":
		sc.choices = append(sc.choices, choice{key: "b", label: plainBack, do: func() { p.m.back() }})
	case p.m.applying():
		why = sentence(fill(wordCannot, "why", why))
		sc.choices = append(sc.choices, choice{key: "b", label: plainBack + " " + why, aside: true, do: func() { p.out.line(why) }})
	}
	sc.choices = append(sc.choices, p.guideChoices()...)
	sc.choices = append(sc.choices, choice{key: "q", label: plainLeave, do: p.leave})
}

func (p *plain) resumeScene() scene {
	sheet := resumeSheet{earlier: p.earlier}
	sc := scene{key: "resume", lines: []string{wordResumeTitle, resumeHelp(p.m.state)}, open: true}
	for i := range len(p.earlier) + 1 {
		label := sheet.title(i) + "."
		if i < len(p.earlier) {
			e := p.earlier[i]
			label += " " + sentence(fill(wordResumeAt, "where", clean(e.Where), "ago", ago(p.m.now().Sub(e.Left))))
		}
		sc.choices = append(sc.choices, choice{key: number(i + 1), label: label, do: func() { p.resume(i) }})
	}
	sc.choices = append(sc.choices, choice{key: "q", label: plainLeave, do: func() { p.over = true }})
	return sc
}

// resume goes on with an earlier run, or begins the new one.
func (p *plain) resume(i int) {
	earlier := p.earlier
	if i >= len(earlier) {
		p.earlier = nil
		return
	}
	drv, err := p.m.reopen(p.m.ctx, earlier[i].ID)
	if err != nil {
		p.out.line(fill(wordNotReopened, "why", clean(err.Error())))
		return
	}
	p.earlier = nil
	p.m.drive(drv)
	p.out.line(reopened(p.m.state))
}

func (p *plain) appScene() scene {
	s := p.m.state
	q := p.m.appQuestion()
	if qs := flows.Asks(s); len(qs) > 0 && (s.App.ClientID == "" || p.m.editID) && !p.m.pickAgain {
		q = qs[0]
	}
	sc := p.ask(q)
	sc.auto = func() { p.autoAnswer(q) }
	if in := q.Instead; in != nil {
		label := sentence(clean(in.Title)) + " " + sentence(clean(in.Help))
		sc.choices = append(sc.choices, choice{key: "f", label: label, do: func() { p.m.tellAndGo(flows.Answered{Question: q.ID, Value: in.ID}) }})
	}
	if q.ID == flows.AskClientID {
		sc.choices = append(sc.choices, choice{key: "a", label: sentence(wordOtherApp), do: func() { p.m.pickAgain = true }})
	}
	if q.ID == flows.AskApp && !p.auto {
		sc.choices = append(sc.choices, p.doorChoice())
	}
	return sc
}

// ask is a scene that puts a question.
func (p *plain) ask(q flows.Question) scene {
	sc := scene{key: string(q.ID), q: q, open: true}
	if q.Title != "" {
		sc.lines = append(sc.lines, clean(q.Title))
	}
	if q.Help != "" {
		sc.lines = append(sc.lines, clean(q.Help))
	}
	sc.lines = append(sc.lines, factLines(q.Facts)...)
	if q.Example != "" {
		sc.lines = append(sc.lines, sentence(fill(wordSuchAs, "example", clean(q.Example))))
	}
	return sc
}

// autoAnswer takes the first option that can be taken; a line of text cannot
// be made up, so without one the walk ends and says what to give.
func (p *plain) autoAnswer(q flows.Question) {
	for _, o := range q.Options {
		if o.Why == "" {
			p.took(o.Title)
			p.answer(scene{q: q}, o.ID)
			return
		}
	}
	if q.Answer != "" {
		p.answer(scene{q: q}, q.Answer)
		return
	}
	p.out.line(fill(plainAutoStuck, "question", clean(q.Title)))
	p.over = true
}

func (p *plain) tenantScene() scene {
	qs := flows.Asks(p.m.state)
	if len(qs) == 0 {
		return scene{}
	}
	sc := p.ask(qs[0])
	sc.auto = func() { p.autoAnswer(qs[0]) }
	return sc
}

func (p *plain) knownScene() scene {
	why := flows.Missing(p.m.state)
	switch qs := flows.Asks(p.m.state); {
	case why != "" && p.m.decidingNow():
		return scene{key: "looking", lines: []string{fill(wordLookingAt, "domain", p.m.domain())}}
	case len(qs) > 0 && p.m.state.Cloud() == "":
		sc := p.ask(qs[0])
		sc.auto = func() { p.autoAnswer(qs[0]) }
		return sc
	case why != "":
		sc := scene{key: "stuck", lines: []string{sentence(why)}, open: true, auto: p.leave}
		sc.choices = append(sc.choices, p.again())
		return sc
	}
	return p.goOn("known", append(p.adviceLines(), wordKnownHelp)...)
}

// adviceLines are what a hand-off code says of the block.
func (p *plain) adviceLines() []string {
	facts := flows.HandoffAdvice(p.m.state)
	if len(facts) == 0 {
		return nil
	}
	return append(factLines(facts), wordKnownAdvice)
}

// goOn is a scene from which the one way leads on.
func (p *plain) goOn(key string, lines ...string) scene {
	next := func() { p.m.put(flows.Advanced{}) }
	return scene{key: key, lines: lines, open: true, auto: next, choices: []choice{{key: "1", label: plainGoOn, do: next}}}
}

func (p *plain) again() choice {
	return choice{key: "r", label: plainAgain, do: func() { p.m.put(flows.AskedAgain{}) }}
}

func (p *plain) signInScene() scene {
	s := p.m.state
	if s.SignIn.Busy {
		return p.signingIn()
	}
	qs := flows.Asks(s)
	if len(qs) == 0 {
		return scene{key: "seeking", lines: texts(p.m.seeking(maxWidth))}
	}
	sc := p.ask(qs[0])
	if qs[0].ID != flows.AskSignIn {
		sc.key += "|" + number(int(s.Round))
		sc.choices = append(sc.choices, p.again())
		sc.auto = func() { p.autoAnswer(qs[0]) }
		return sc
	}
	if why := texts(p.m.seeking(maxWidth)); len(why) > 0 {
		sc.key += "|nothing " + number(int(s.Round))
		sc.lines = append(why, sc.lines...)
		if s.Account != nil {
			sc.choices = append(sc.choices, p.again())
		}
	}
	if f := s.SignIn.Failed; f != nil {
		sc.key += "|failed " + number(int(f.Attempt))
		sc.lines = append(texts(p.m.signInFailure(*f, maxWidth)), sc.lines...)
	}
	if a := s.Account; a != nil {
		sc.key += "|as " + a.UPN
		sc.lines = append([]string{fill(wordSignedInAs, "who", clean(a.UPN))}, sc.lines...)
		if _, ok := flows.Next(s); ok {
			sc.choices = append(sc.choices, choice{key: "f", label: fill(plainGoOnAs, "who", clean(a.UPN)), do: func() { p.m.put(flows.Advanced{}) }})
		}
	}
	sc.auto = func() { p.autoSignIn(qs[0]) }
	return sc
}

func (p *plain) autoSignIn(q flows.Question) {
	way := string(p.autoWay())
	for _, o := range q.Options {
		if o.ID == way {
			p.took(o.Title)
		}
	}
	p.answer(scene{q: q}, way)
}

// autoWay is the first way to sign in that needs nobody's hands, and none at
// all once one has failed.
func (p *plain) autoWay() flows.Way {
	s := p.m.state
	if s.SignIn.Failed == nil {
		for _, o := range s.Offers() {
			if o.Why == "" && o.Way != flows.WayDevice && o.Way != flows.WayLink {
				return o.Way
			}
		}
	}
	return flows.WayNone
}

// signingIn shows the sign-in that is going on, its links whole.
func (p *plain) signingIn() scene {
	if prompt, ok := p.m.linkPrompt(); ok {
		return p.linkScene(prompt)
	}
	prompt, shown := p.m.drv.Prompt()
	sc := scene{key: "busy " + prompt.Code + " " + prompt.URL, open: true}
	sc.lines = texts(p.m.signInProgress(maxWidth))
	if shown && prompt.URL != "" && prompt.Code == "" {
		sc.lines = append(sc.lines, wordLinkSignIn+":", safeURL(prompt.URL))
	}
	sc.choices = append(sc.choices, choice{key: "s", label: sentence(wordStopSignIn), do: p.stopSignIn})
	return sc
}

func (p *plain) diagnosisScene() scene {
	if p.m.decidingNow() {
		return scene{key: "looking", lines: []string{fill(wordLookingAt, "domain", p.m.domain())}}
	}
	sc := p.goOn("answer", p.verdict()...)
	sc.key += string(p.m.overall.State) + p.m.overall.Reason
	if to, ok := flows.Next(p.m.state); ok {
		sc.choices[0].label = plainToPaths
		if to.Stage == flows.StageProof {
			sc.choices[0].label = plainToProof
		}
	}
	switch {
	case p.m.state.OpenForOne():
		sc.choices = append(sc.choices, p.others(plainToPaths))
	case p.m.leadsToProof():
		sc.choices = append(sc.choices, p.others(plainToOther))
	}
	sc.choices = append(append(sc.choices, p.again(), p.evidence()), p.signInAnew()...)
	return sc
}

// others leads to the list of paths from where people get in already.
func (p *plain) others(label string) choice {
	return choice{key: "w", label: label, do: func() { p.m.put(flows.Advanced{To: flows.StagePaths}) }}
}

// signInAnew puts the account in hand away, and asks who signs in; where nobody can,
// it is no choice.
func (p *plain) signInAnew() []choice {
	if p.m.nobodySignsIn() {
		return nil
	}
	label := plainSignIn
	if p.m.state.Account == nil {
		label = plainSignInNow
	}
	return []choice{{key: "s", label: label, do: func() { p.m.signInAnew() }}}
}

// evidence prints what every finding rests on, links whole.
func (p *plain) evidence() choice {
	return choice{key: "e", label: plainEvidence, aside: true, do: func() {
		for _, e := range p.m.entries(nil) {
			if e.found {
				p.out.line(strings.TrimRight(p.m.evidenceText(e.id), "\n"))
				p.out.line("")
			}
		}
	}}
}

func (p *plain) pathsScene() scene {
	can := p.m.paths.takable(p.m)
	sc := scene{key: "paths " + number(len(can)), lines: []string{p.m.pathsTitle(p.m.ways(can))}, open: true}
	for i, r := range can {
		take := func() { p.m.put(flows.Chose{Path: r.Path.ID}) }
		text := fill(plainPath, "title", clean(r.Path.Title), "cost", pathCost(r), "gains", p.m.words(r.Path.Gains), "undo", p.m.words(r.Path.Undo))
		sc.choices = append(sc.choices, choice{key: number(i + 1), label: text, do: take})
		if i == 0 {
			sc.auto = func() {
				p.took(r.Path.Title)
				take()
			}
		}
	}
	sc.lines = append(sc.lines, p.m.passedOver()...)
	if len(can) == 0 {
		sc.auto = p.leave
	}
	if p.m.paths.hides(p.m) {
		sc.choices = append(sc.choices, choice{key: "a", label: plainShowAll, do: func() { p.m.paths.all = true }})
	}
	sc.choices = append(append(append(sc.choices, p.takeBack()...), p.again()), p.signInAnew()...)
	return sc
}

// takeBack is the choice to take back what was changed, where anything was.
func (p *plain) takeBack() []choice {
	if _, ok := flows.TakeBack(p.m.state); !ok {
		return nil
	}
	return []choice{{key: "u", label: plainTakeBack, do: func() { p.m.takeBack() }}}
}

// passedOver says why paths are not offered, those with one reason together.
func (m *Model) passedOver() []string {
	var lines []string
	var titles []string
	for i, r := range m.ranked {
		word := plainUnfit
		switch {
		case r.Fits && (r.Advised || m.paths.all):
			continue
		case r.Fits:
			word = plainNotAdvised
		}
		titles = append(titles, clean(r.Path.Title))
		if i+1 < len(m.ranked) && !m.ranked[i+1].Fits && !r.Fits && m.ranked[i+1].Why == r.Why {
			continue
		}
		lines = append(lines, fill(word, "path", strings.Join(titles, "; "), "why", clean(r.Why)))
		titles = nil
	}
	return lines
}

func (p *plain) proofScene() scene {
	if p.m.decidingNow() {
		return scene{key: "looking", lines: []string{fill(wordLookingAt, "domain", p.m.domain())}}
	}
	said := p.verdict()
	got, reached := p.m.state.Reached()
	if reached {
		said = texts(p.m.reached(got, maxWidth))
	}
	sure, o := p.m.howSure(p.m.overall)
	lines := append(said, sure+".")
	for _, n := range o.MayStop {
		lines = append(lines, sentence(fill(wordMayStopPart, "what", clean(n))))
	}
	for _, n := range o.NotLooked {
		lines = append(lines, notLooked(n))
	}
	if p.m.tellsToConnect() {
		lines = append(lines, wordStartAgain)
		lines = append(lines, texts(p.m.connectRows(maxWidth))...)
	}
	for _, f := range p.m.state.Receipts {
		lines = append(lines, fill(wordReceipt, "name", clean(f.Name)))
	}
	for _, l := range p.m.undoLines() {
		lines = append(lines, fill(plainUndo, "how", l))
	}
	sc := scene{key: "proof" + string(o.State) + o.Reason + got.Head, lines: lines, open: true, auto: p.leave}
	sc.choices = append(sc.choices,
		choice{key: "r", label: plainReport, aside: true, do: func() { p.out.line(reportText(p.m.state)) }},
		choice{key: "m", label: plainTell, aside: true, do: func() { p.out.line(messageText(p.m.state)) }}, p.evidence(),
		choice{key: "a", label: plainAgain, do: func() { p.m.put(flows.AskedAgain{}) }},
		choice{key: "n", label: plainNextApp, do: func() { p.m.nextApp() }}, p.others(plainToOther))
	sc.choices = append(sc.choices, p.takeBack()...)
	if p.m.keepReport != nil {
		sc.choices = append(sc.choices, choice{key: "s", label: plainSave, aside: true, do: p.saveReport})
	}
	return sc
}

// saveReport writes the report to disk, and says where.
func (p *plain) saveReport() {
	if msg, ok := p.m.saveReport()().(keptMsg); ok {
		p.m.kept(msg)
		p.out.line(p.m.notice.text)
		p.m.notice = span{}
	}
}

// verdict is the answer, its state said in a word.
func (p *plain) verdict() []string {
	lines := texts(p.m.answer(maxWidth))
	if len(lines) > 0 {
		lines[0] = stateWord(p.m.overall.State) + ". " + lines[0]
	}
	return lines
}

// texts are rows without their looks and marks: a word says the same, and can
// be read out.
func texts(rows []row) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		t := strings.TrimSpace(r.text())
		for _, mark := range []string{"✓ ", "✗ ", "… ", "! ", "? ", "– "} {
			t = strings.TrimPrefix(t, mark)
		}
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// stateWord is the verdict in a word.
func stateWord(s checks.State) string {
	switch s {
	case checks.StateOpen:
		return wordOpen
	case checks.StateBlocked:
		return wordBlocked
	case checks.StateUnknown:
	}
	return wordCannotTell
}
