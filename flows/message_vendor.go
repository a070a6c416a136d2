package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// support writes what the vendor's support asks for, filled in as far as it may be.
func (m *messenger) support() Message {
	s, w := m.State, m.words
	out := Message{Form: m.Form, Lang: m.Lang, Subject: messageLine(m.fill(w.vendorSubject)), Fields: []MessageField{}}
	lead := m.lead()
	lead.lines[0] = sentences(m.fill(w.vendorIntro), m.stopped())
	known := passage{head: w.vendorKnown}
	add := func(say, v string) {
		if v = messageLine(v); v != "" {
			known.items = append(known.items, fmt.Sprintf(say, v))
		}
	}
	add(w.vendorDomain, s.Domain)
	add(w.vendorTenant, s.TenantID())
	add(w.vendorClient, m.clientID())
	parts := []passage{{lines: []string{w.hello}}, lead}
	if len(known.items) > 0 {
		parts = append(parts, known)
	}
	if p := s.Profile; p != nil {
		asked := passage{head: w.vendorWants}
		for _, want := range p.Support.Wants {
			value := m.vendorValue(want)
			asked.items = append(asked.items, vendorLine(want)+": "+value)
			out.Fields = append(out.Fields, MessageField{vendorLine(want), value})
		}
		if len(asked.items) > 0 {
			parts = append(parts, asked)
		}
		out.To = messageLine(p.Support.Email)
	}
	parts = append(parts, m.person()...)
	out.Body = m.writePassages(MessageEmail, append(parts, passage{lines: []string{w.bye}}))
	switch {
	case out.To != "":
		out.setURL(out.To, out.Body, m.writePassages(MessageEmail, parts[1:min(len(parts), 3)]))
	case s.Profile != nil:
		out.URL = messageLine(s.Profile.Support.URL)
	}
	return out
}

// clientID is the one that the sign-in page's address carries, as far as the text
// has it; else that of the app's description.
func (m *messenger) clientID() string { return cmp.Or(m.Why.App.ID, m.State.App.ClientID) }

// vendorValue is what is known of something that support asks for, found by the
// words of it; else a place to fill in.
func (m *messenger) vendorValue(want string) string {
	s, w := m.State, m.words
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(one string) bool { return strings.Contains(strings.ToLower(want), one) })
	}
	value := ""
	switch {
	case is("screenshot", "screen shot"):
		return w.vendorShot
	case is("tenant id", "tenant's id", "directory id"):
		value = s.TenantID()
	case is("client id", "app id", "application id"):
		value = m.clientID()
	case is("domain"):
		value = s.Domain
	case is("error"):
		if c, _ := m.Why.Named(); c > 0 {
			value = fmt.Sprintf("AADSTS%d", c)
			if !m.Why.At.IsZero() {
				value += " " + m.Why.At.UTC().Format(time.RFC3339)
			}
		}
	case is("address", "e-mail", "email"):
		if m.Personal {
			value = m.Person
		}
		if value == "" {
			return w.vendorAddress
		}
	}
	if value = messageLine(value); value != "" {
		return value
	}
	return w.vendorYours
}
