package main

import (
	"bytes"
	"fmt"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// whyHead is the column of headings, in cells.
const whyHead = 15

// whyPage is an answer to why something is blocked, while it is being made.
type whyPage struct{ page }

// line puts a text behind its heading; nothing, where there is none.
func (p *whyPage) line(head, text string) {
	if strings.HasPrefix(text, "onboard ") { // a command is copied whole
		p.whole(head, whyHead, text)
		return
	}
	p.beside(head, whyHead, text)
}

// facts puts lines behind their headings.
func (p *whyPage) facts(all []flows.Fact) {
	for _, f := range all {
		p.line(f.Head, f.Text)
	}
}

// about is the answer as it is laid out on every surface.
func (l *whyLook) about() flows.AnswerAbout {
	return flows.AnswerAbout{State: l.state, Why: l.why, As: l.as, ToIT: sayWhyWrite, ToVendor: sayWhyWriteVendor, Strange: l.strange()}
}

// lines is the answer for people: five lines, what must not be missed, and the
// details for those who asked for them.
func (l *whyLook) lines(f whyFlags) []byte {
	p := whyPage{page{width: l.o.columns()}}
	about := l.about()
	p.facts(about.First())
	p.WriteByte('\n')
	p.facts(about.Notes())
	if l.domain != "" && !l.heard {
		p.line("", fmt.Sprintf(sayWhyUnheard, l.domain))
	}
	if f.details {
		p.facts(about.More())
		if l.domain == "" {
			p.line("", sayWhyAskToo)
		}
	}
	if f.developer {
		developerLines(&p, l.why.Developer())
	}
	if !f.details && !f.developer {
		more := sayWhyMore
		if l.domain == "" {
			more += sayWhyNarrow
		}
		p.line("", more)
	}
	return append(bytes.TrimSpace(p.Bytes()), '\n')
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
	for _, say := range l.about().BeforeSending(m.Form) {
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
	open := sayMessageOpen
	if m.Shortened {
		open = sayMessageShort
	}
	if m.URL != "" {
		_, _ = fmt.Fprintf(l.o.err, open, m.URL)
	}
	return nil
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
