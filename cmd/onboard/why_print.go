package main

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/flows"
)

// whyPage is text for people while it is being made.
type whyPage struct{ bytes.Buffer }

// line puts a text behind its heading; nothing, where there is none.
func (p *whyPage) line(head, text string) {
	if text != "" {
		_, _ = fmt.Fprintf(p, "%-14s %s\n", head, text)
	}
}

// lines is the answer for people: five lines, what must not be missed, and the
// details for those who asked for them.
func (l *whyLook) lines(f whyFlags) []byte {
	var p whyPage
	w := l.why
	p.line(sayWhyWhat, w.What)
	p.line(sayWhyWho, string(w.Who))
	p.line(sayWhyDo, w.ToDo())
	p.line(sayWhySure, w.HowSure())
	p.line(sayWhyNext, l.next())
	p.WriteByte('\n')
	p.line(sayWhyColleague, w.Colleague)
	p.line(sayWhyBefore, w.Before)
	if w.AdminConsent {
		p.line("", sayWhyClaim)
	}
	if w.Secret {
		p.line("", sayWhySecret)
	}
	if w.Cut {
		p.line("", fmt.Sprintf(sayWhyCut, aadsts.MaxBytes>>20))
	}
	if f.details {
		l.details(&p)
	}
	if f.developer {
		developerLines(&p, w.Developer())
	}
	if !f.details && !f.developer {
		more := sayWhyMore
		if !l.asked {
			more += sayWhyNarrow
		}
		p.line("", more)
	}
	return append(bytes.TrimSpace(p.Bytes()), '\n')
}

// next is the next best thing: the message, and what else it may be.
func (l *whyLook) next() string {
	say := ""
	switch it, vendor := l.why.WritesTo(); {
	case it:
		say = sayWhyWrite
	case vendor:
		say = sayWhyWriteVendor
	}
	return cmp.Or(says(say, l.why.OrElse()), sayWhyNothingElse)
}

// details is everything that was read and seen.
func (l *whyLook) details(p *whyPage) {
	w := l.why
	p.line(sayWhySkip, w.Skip)
	head := sayWhySeen
	for _, r := range w.Reasons {
		p.line(head, r.Says+" ("+r.Grade.String()+")")
		head = ""
	}
	head = sayWhyCodes
	for _, c := range w.Codes {
		text := fmt.Sprintf("AADSTS%d", c.Number)
		if c.Name != "" {
			text += " " + c.Name
		}
		if c.Guess {
			text += sayWhyGuess
		}
		if !c.Known {
			text += sayWhyUnlisted
		}
		p.line(head, text+"  "+c.Lookup)
		head = ""
	}
	p.line(sayWhyApp, says(w.App.Name, w.App.ID))
	p.line(sayWhyTenant, says(w.Tenant.Name, w.Tenant.ID))
	p.line(sayWhyScopes, strings.Join(w.Scopes, " "))
	if !w.At.IsZero() {
		p.line(sayWhyAt, w.At.UTC().Format(time.RFC3339))
	}
	p.line(sayWhyAs, l.as)
	p.line(sayWhyPeople, strings.Join(w.Personal.Addresses, " "))
	p.line(sayWhyTrace, says(w.Personal.Trace, w.Personal.Correlation, w.Personal.RequestID))
	if link, err := flows.ConsentLink(l.state); err == nil && w.Ask() == checks.AskConsent {
		p.line(sayWhyLink, link.URL)
		if l.strange() {
			p.line("", fmt.Sprintf(sayWhyStranger, l.state.App.ClientID))
		}
	}
	if code := flows.HandoffOf(l.state, w).String(); code != "" {
		p.line(sayWhyCase, "onboard --case "+code)
	}
	if !l.asked {
		p.line("", sayWhyAskToo)
	}
}

// developerLines is the answer to the developer whose app it is.
func developerLines(p *whyPage, d checks.WhyDeveloper) {
	p.line(sayDevMeans, d.Means)
	list := func(head string, items []string) {
		for _, it := range items {
			p.line(head, it)
			head = ""
		}
	}
	list(sayDevYours, d.Yours)
	list(sayDevTenant, d.Tenant)
	var params []string
	for _, q := range d.Parameters {
		text := q.Name
		if q.Value != "" {
			text += "=" + q.Value
		}
		if q.Cause {
			text += sayDevCause
		}
		params = append(params, text+": "+q.Says)
	}
	list(sayDevParams, params)
	var rehearse []string
	for _, sc := range d.Rehearse {
		rehearse = append(rehearse, checks.RehearsalCommand(sc))
	}
	list(sayDevRehearse, rehearse)
}

// printMessage prints a message ready to send: the text alone goes to standard
// output, what to know about it to standard error.
func (l *whyLook) printMessage(f whyFlags) error {
	m, err := l.message(f)
	if err != nil {
		return err
	}
	for _, say := range l.beforeSending(f) {
		_, _ = fmt.Fprintln(l.o.err, say)
	}
	var p whyPage
	if m.To != "" {
		_, _ = fmt.Fprintf(&p, sayMessageTo, m.To)
	}
	if len(m.Fields) > 0 && m.Form != flows.MessageSupport {
		for _, field := range m.Fields {
			_, _ = fmt.Fprintf(&p, "%s:\n%s\n\n", field.Name, strings.TrimSpace(field.Value))
		}
	} else {
		if m.Form == flows.MessageEmail || m.Form == flows.MessageSupport {
			_, _ = fmt.Fprintf(&p, sayMessageSubject, m.Subject)
		}
		_, _ = fmt.Fprintf(&p, "%s\n", strings.TrimSpace(m.Body))
	}
	if _, err := l.o.out.Write(append(bytes.TrimSpace(p.Bytes()), '\n')); err != nil {
		return err
	}
	if m.URL != "" {
		_, _ = fmt.Fprintf(l.o.err, sayMessageOpen, m.URL)
	}
	return nil
}

// beforeSending is what to know before a message is sent.
func (l *whyLook) beforeSending(f whyFlags) []string {
	var out []string
	if f.message != string(flows.MessageSupport) {
		switch l.why.Who {
		case aadsts.User:
			out = append(out, fmt.Sprintf(sayWhyYourMove, l.why.Do))
		case aadsts.AppVendor:
			out = append(out, fmt.Sprintf(sayWhyVendorMove, l.why.Do))
		case aadsts.Microsoft, aadsts.Nobody:
			out = append(out, fmt.Sprintf(sayWhyNoMove, l.why.Do))
		case aadsts.TenantAdmin, aadsts.SomebodyElse, aadsts.WhoUnknown:
		}
	}
	if l.why.Secret {
		out = append(out, sayWhySecret)
	}
	app := l.state.App
	if l.why.App.ID != "" && app.ClientID != "" && !strings.EqualFold(l.why.App.ID, app.ClientID) {
		out = append(out, fmt.Sprintf(sayWhyOtherApp, l.why.App.ID, checks.Line(app.Name, 120)))
	}
	if l.strange() {
		out = append(out, fmt.Sprintf(sayWhyStranger, app.ClientID)+sayWhyStrangerSaid)
	}
	return out
}

// Where the app's client id is from. The names are stable: JSON uses them.
const (
	idOfProfile = "profile" // the app's description has it
	idTyped     = "typed"   // with --app-id
	idOfText    = "text"    // whoever wrote the text says so
)

// idFrom says where the app's client id is from; empty: there is none.
func (l *whyLook) idFrom() string {
	p := l.state.Profile
	if p == nil || l.state.App.ClientID == "" {
		return ""
	}
	if l.o.app != "" {
		if mine, err := l.o.profile(l.o.app); err == nil && mine.ClientID == "" {
			return idTyped
		}
		return idOfProfile
	}
	switch {
	case p.ID != flows.UnlistedID:
		return idOfProfile
	case l.o.appID != "":
		return idTyped
	}
	return idOfText
}

// strange says that no description of an app has the client id.
func (l *whyLook) strange() bool {
	from := l.idFrom()
	return from == idTyped || from == idOfText
}

func (l *whyLook) message(f whyFlags) (flows.Message, error) {
	return flows.NewMessage(flows.MessageAsked{
		State: l.state, Why: l.why, Form: flows.MessageForm(f.message), Lang: f.lang, Personal: f.personal, Person: l.o.user, Unvouched: l.strange(),
	})
}
