package tui

import (
	"strings"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// Hider is an input whose echo can be left out: what is read from it while it is
// hidden does not show on the person's terminal, and a paste over several lines is
// one.
type Hider interface{ Hide(hidden bool) }

// hide leaves the echo out while a scene asks for something secret, where the input
// can do that.
func (p *plain) hide(secret bool) {
	if h, ok := p.in.(Hider); ok {
		h.Hide(secret)
	}
}

// linkScene shows the sign-in by link that is going on, and takes the address that
// the browser ended on. How it comes is the terminal's: over several lines, too.
func (p *plain) linkScene(prompt run.Prompt) scene {
	sc := scene{key: "link " + prompt.URL, open: true, secret: true, lineTo: p.pasted}
	sc.lines = []string{
		signingInWords[flows.WayLink] + ".", "1. " + wordLinkOpen, safeURL(prompt.URL), "2. " + wordLinkEnds, "3. " + wordLinkPaste, wordLinkSafe,
		p.m.waitingSince(prompt),
	}
	if n := p.m.link().taken; n > 0 {
		sc.key += " taken"
		sc.secret, sc.lineTo = false, nil
		sc.lines = []string{fill(wordLinkTaken, "n", number(n))}
	}
	sc.choices = append(sc.choices, choice{key: "s", label: sentence(wordStopSignIn), do: p.stopSignIn})
	return sc
}

// stopSignIn stops the sign-in that is going on.
func (p *plain) stopSignIn() {
	p.m.put(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayNone)})
}

// pasted takes a line as the address, or as the rest of one whose beginning came
// before; a single letter is a choice.
func (p *plain) pasted(sc scene, l lineRead) {
	text := strings.TrimSpace(l.text)
	if len(text) <= 1 && !l.long {
		if text == "" || !p.take(sc, func(c choice) bool { return strings.EqualFold(c.key, text) }) {
			p.reprompt(sc, "")
		}
		return
	}
	if l.long {
		text = strings.Repeat("x", linkPasteLimit+1) // as far too long as it was
	}
	if p.m.pasteLink(text); p.m.link().odd != "" {
		p.reprompt(sc, p.m.link().odd)
	}
}
