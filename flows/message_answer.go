package flows

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"onboard.example/checks"
)

// AnswerAbout is an answer to "why am I blocked" with what people are told
// besides. It has one layout, which every surface prints.
type AnswerAbout struct {
	State State      // a run about the same app and tenant
	Why   checks.Why // the answer
	As    string     // who signed in, where that may be told
	// ToIT and ToVendor say how a message is written from here.
	ToIT, ToVendor string
	// Strange says that no description of an app has the client id.
	Strange bool
}

// First are the five lines: what happened, whose move it is, what to do, how sure
// that is, and what is next best. None is empty.
func (a AnswerAbout) First() []Fact {
	return []Fact{
		{Head: sayAnswerWhat, Text: a.Why.What},
		{Head: sayAnswerWho, Text: a.Why.Whose()},
		{Head: sayAnswerDo, Text: a.Why.ToDo()},
		{Head: sayAnswerSure, Text: a.Why.HowSure()},
		{Head: AnswerNext, Text: a.next()},
	}
}

// next is the next best thing: the message, and what else it may be. Who does not
// know whose move it is can ask their IT, too.
func (a AnswerAbout) next() string {
	say := ""
	switch it, vendor := a.Why.WritesTo(); {
	case it:
		say = a.ToIT
	case vendor:
		say = a.ToVendor
	case a.Why.Who == "unknown", a.Why.Who == "somebody else":
		say = sayAnswerStuck + " " + a.ToIT
	}
	return cmp.Or(strings.TrimSpace(say+" "+a.Why.OrElse()), sayAnswerNone)
}

// Notes are what follows from what people say themselves, and what must not be
// missed.
func (a AnswerAbout) Notes() []Fact {
	w := a.Why
	out := facts(Fact{Head: sayAnswerColleague, Text: w.Colleague}, Fact{Head: sayAnswerBefore, Text: w.Before})
	warn := func(is bool, text string) {
		if is {
			out = append(out, Fact{Text: text, Warn: true})
		}
	}
	warn(w.AdminConsent, sayAnswerClaim)
	warn(w.Secret, sayAnswerSecret)
	warn(w.Cut, fmt.Sprintf(sayAnswerCut, checks.WhyMostText>>20))
	warn(a.otherApp() != "", a.otherApp())
	return out
}

// OtherApp reports whether the text is about another app than the run.
func (a AnswerAbout) OtherApp() bool { return a.otherApp() != "" }

// otherApp says that the text is about another app than the run; empty: it is not.
func (a AnswerAbout) otherApp() string {
	app := a.State.App
	if a.Why.App.ID == "" || app.ClientID == "" || strings.EqualFold(a.Why.App.ID, app.ClientID) {
		return ""
	}
	return fmt.Sprintf(sayAnswerOtherApp, checks.Line(app.Name, 120), checks.Line(a.Why.App.ID, 60))
}

// More is everything else that was read and seen.
func (a AnswerAbout) More() []Fact {
	w := a.Why
	out := facts(Fact{Head: sayAnswerSkip, Text: w.Skip})
	head := sayAnswerSeen
	for _, r := range w.Reasons {
		out = append(out, Fact{Head: head, Text: r.Says + " (" + r.Grade.String() + ")"})
		head = ""
	}
	head = sayAnswerCodes
	for _, c := range w.Codes {
		text := strings.TrimSpace(fmt.Sprintf("AADSTS%d %s", c.Number, c.Name))
		if c.Guess {
			text += sayAnswerGuess
		}
		if !c.Known {
			text += sayAnswerUnlisted
		}
		out = append(out, Fact{Head: head, Text: text + " " + c.Lookup})
		head = ""
	}
	at := ""
	if !w.At.IsZero() {
		at = w.At.UTC().Format(time.RFC3339)
	}
	out = append(out, facts(
		Fact{Head: sayAnswerApp, Text: joined(a.app()...)}, Fact{Head: sayAnswerTenant, Text: joined(a.tenant()...)},
		Fact{Head: sayAnswerScopes, Text: strings.Join(w.Scopes, " ")}, Fact{Head: sayAnswerAt, Text: at}, Fact{Head: sayAnswerAs, Text: a.As},
		Fact{Head: sayAnswerPeople, Text: joined(w.Personal.Addresses...)},
		Fact{Head: sayAnswerTrace, Text: joined(w.Personal.Trace, w.Personal.Correlation, w.Personal.RequestID)},
	)...)
	if link, err := ConsentLink(a.State); err == nil && w.Ask() == checks.AskConsent {
		out = append(out, Fact{Head: sayAnswerLink, Text: link.URL})
		if a.Strange {
			out = append(out, Fact{Text: fmt.Sprintf(sayAnswerStrange, a.State.App.ClientID), Warn: true})
		}
	}
	if code := SentHandoff(a.State, w).String(); code != "" {
		out = append(out, Fact{Head: sayAnswerCase, Text: "onboard --case " + code})
	}
	return out
}

// app is what the text names, else what the run is about.
func (a AnswerAbout) app() []string {
	if a.Why.Doubtful && a.Why.App.Name != "" {
		return []string{a.Why.App.Name, a.Why.App.ID, sayAnswerUnclear}
	}
	if a.Why.App.Name+a.Why.App.ID != "" || a.State.Profile == nil {
		return []string{a.Why.App.Name, a.Why.App.ID}
	}
	return []string{a.State.App.Name, a.State.App.ClientID}
}

func (a AnswerAbout) tenant() []string {
	if a.Why.Tenant.Name+a.Why.Tenant.ID != "" {
		return []string{a.Why.Tenant.Name, a.Why.Tenant.ID}
	}
	return []string{a.State.Domain, a.State.TenantID()}
}

// BeforeSending is what to know before a message is sent, in sentences.
func (a AnswerAbout) BeforeSending(form MessageForm) []string {
	var out []string
	if form != MessageSupport {
		switch a.Why.Who {
		case "user":
			out = append(out, fmt.Sprintf(sayAnswerYours, a.Why.Do))
		case "app vendor":
			out = append(out, fmt.Sprintf(sayAnswerVendors, a.Why.Do))
		case "Microsoft", "nobody":
			out = append(out, fmt.Sprintf(sayAnswerNobodys, a.Why.Do))
		default:
		}
	}
	if a.Why.Secret {
		out = append(out, sayAnswerSecret)
	}
	if p := a.State.Profile; a.Why.Doubtful && a.Why.App.Name != "" && (p == nil || p.ID == UnlistedID) {
		out = append(out, fmt.Sprintf(sayAnswerDoubtful, checks.Line(a.Why.App.Name, 120)))
	}
	if other := a.otherApp(); other != "" {
		out = append(out, other)
	}
	if a.Strange {
		out = append(out, fmt.Sprintf(sayAnswerStrange, a.State.App.ClientID)+" "+sayAnswerStrangeSaid)
	}
	return out
}

// facts are those that have a text.
func facts(all ...Fact) []Fact {
	var out []Fact
	for _, f := range all {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

// joined are texts with a space between those that there are.
func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}
