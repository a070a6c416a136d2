package tui

import (
	"strconv"
	"strings"
	"time"

	"onboard.example/flows"
)

// fill puts values in the places {name} of a template, names and values in
// turn. A value is never looked into, so it cannot bring places of its own.
func fill(tmpl string, pairs ...string) string {
	if len(pairs) == 0 {
		return tmpl
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(tmpl, '{')
		end := strings.IndexByte(tmpl[max(at, 0):], '}') + max(at, 0)
		if at < 0 || end <= at {
			b.WriteString(tmpl)
			return b.String()
		}
		b.WriteString(tmpl[:at])
		name, value, found := tmpl[at+1:end], "", false
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				value, found = pairs[i+1], true
			}
		}
		if !found {
			value = tmpl[at : end+1]
		}
		b.WriteString(value)
		tmpl = tmpl[end+1:]
	}
}

// number writes an integer.
func number(n int) string { return strconv.Itoa(n) }

// clock writes a time of day as screens show it, in the zone of the clock that
// the screen goes by; the zero time is a dash.
func (m *Model) clock(t time.Time) string {
	if t.IsZero() {
		return wordNoTime
	}
	return t.In(m.now().Location()).Format("15:04:05")
}

// ago writes a span of time in words: whole seconds below a minute, else minutes.
func ago(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fill(wordSeconds, "n", number(int(d/time.Second)))
	case d < time.Hour:
		return fill(wordMinutes, "n", number(int(d/time.Minute)))
	case d < 48*time.Hour:
		return fill(wordHours, "n", number(int(d/time.Hour)))
	default:
		return fill(wordDays, "n", number(int(d/(24*time.Hour))))
	}
}

// appName and domain are the names that sentences use.
func (m *Model) appName() string {
	if m.state.Profile == nil {
		return wordTheApp
	}
	return clean(m.state.Profile.Name)
}

func (m *Model) domain() string {
	if m.state.Domain == "" {
		return wordTheTenant
	}
	return clean(m.state.Domain)
}

// words fills in the places of a text of flows, and cleans what comes out.
func (m *Model) words(text string) string { return clean(flows.Words(m.state, text)) }
