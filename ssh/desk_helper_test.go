package ssh

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/ssh/cases"
)

// Keys of the customer's and of a guide's.
const (
	keyAllow = "\x19" // ctrl+y
	keyStop  = "\x18" // ctrl+x
	keyDown  = "\x1b[B"
)

// guideScreen opens the console on a terminal of a size, with a key.
func (s *site) guideScreen(t *testing.T, key gossh.Signer, w, h int) *client {
	t.Helper()
	g := s.desk(t, key, w, h)
	g.sees("support console")
	return g
}

// asksToWatch asks from the queue for the case under the cursor, and gives its number.
func (c *client) asksToWatch() (number string) {
	c.t.Helper()
	await(c.t, "a case", func() bool { return rowOf(c.screen()) != "" }, c.screen)
	number = rowOf(c.screen())
	c.presses("\r", "Ask the customer of case "+number)
	c.types("y")
	return number
}

// answers presses the key that answers the guide whose question is seen, once, for the
// next question may be another's, and after the pause from which on it counts.
func (c *client) answers(key, until string) {
	c.t.Helper()
	const grace = 1200 * time.Millisecond
	since, typed := time.Now(), false
	await(c.t, fmt.Sprintf("%q", until), func() bool {
		if !typed && time.Since(since) > grace {
			typed = true
			c.types(key)
		}
		return typed && strings.Contains(c.screen(), until)
	}, c.screen)
}

// once presses a key that means something else on the screen that it opens: a single
// time, and when another, which means nothing, was taken.
func (c *client) once(key, until string) {
	c.t.Helper()
	c.presses("ö", "ö does nothing here")
	c.types(key)
	c.sees(until)
}

// letIn lets a guide watch a customer's case: from the question to the customer's yes.
func letIn(t *testing.T, customer, guide *client, name string) (number string) {
	t.Helper()
	number = guide.asksToWatch()
	guide.sees("Until they say yes")
	customer.sees(name + " of Example Support asks to watch this run.")
	customer.answers(keyAllow, "Watched by "+name)
	guide.sees(number + "  › ")
	return number
}

// deeds are the entries of the audit about a case, and those about none, in order; the
// chain is checked. Left out is that a tenant stood in somebody's queue, which comes
// beside whatever else happens.
func deeds(t *testing.T, store *cases.Store) (out []string) {
	t.Helper()
	if _, err := store.CheckAudit(t.Context(), cases.AuditHead{}); err != nil {
		t.Error(err)
	}
	es, _, err := store.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if e.Did == didShow {
			continue
		}
		name, rest, _ := strings.Cut(e.Who, ",")
		if org, _, _ := strings.Cut(rest, " ("); e.Role != operator && e.Role != "customer" && (e.Organisation == "" || e.Organisation != strings.TrimSpace(org)) {
			t.Errorf("entry %d, of %s, is of the organisation %q", e.Seq, e.Who, e.Organisation)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", name, e.Case, e.Did, e.More)))
	}
	return out
}

// did waits until the audit ends with some deeds.
func did(t *testing.T, store *cases.Store, want ...string) {
	t.Helper()
	var got []string
	await(t, fmt.Sprintf("the deeds %q", want), func() bool {
		got = deeds(t, store)
		return len(got) >= len(want) && slices.Equal(got[len(got)-len(want):], want)
	}, func() string { return strings.Join(got, "\n") })
}

// revoked is the office's list of who is no guide any more.
func (o *office) revoked() string { return o.file + ".revoked" }

// consoles are the sessions of guides.
func (s *site) consoles() (out []*session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		if one.user == userConsole {
			out = append(out, one)
		}
	}
	return out
}

// endGuides ends every console for a reason.
func (s *site) endGuides(why error) {
	for _, one := range s.consoles() {
		one.cancel(why)
	}
}

// breakGuides has something in every console panic.
func (s *site) breakGuides() {
	for _, one := range s.consoles() {
		func() {
			defer one.caught()
			panic("a test")
		}()
	}
}
