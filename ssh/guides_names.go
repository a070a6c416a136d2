package ssh

import (
	"fmt"
	"iter"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"onboard.example/checks"
	"onboard.example/flows"
)

// mostName is the longest name of a guide, an organisation or a principal, in
// characters: customers read a name whole.
const mostName = flows.MostName

// GuideName says whether a name of a guide, an organisation or a principal can be
// shown as it is: customers say yes to it.
func GuideName(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && checks.Line(name, mostName) == name
}

// organisations are those whose guides may come, as often as they are named.
func (g *Guides) organisations() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, a := range g.o.Authorities {
			if !yield(a.Organisation) {
				return
			}
		}
		for _, k := range g.o.Keys {
			if !yield(k.Organisation) {
				return
			}
		}
	}
}

// shared says whether guides of several organisations may come.
func (g *Guides) shared() bool {
	first := ""
	for one := range g.organisations() {
		if first == "" {
			first = one
		}
		if one != first {
			return true
		}
	}
	return false
}

// alike is an error where the names of two organisations differ as one does that was typed
// twice: what a role may do ends at the name, sign by sign, and customers say yes to it.
// Signs of different alphabets that look alike are not noticed.
func (g *Guides) alike() error {
	known := map[string]string{}
	for one := range g.organisations() {
		key := seenAs(one)
		if other, taken := known[key]; taken && other != one {
			return fmt.Errorf(sayOrganisationsAlike, checks.Line(other, mostName), checks.Line(one, mostName))
		}
		known[key] = one
	}
	return nil
}

// seenAs is a name without what the eye passes over: capitals, the form of a sign (Unicode's
// compatibility form, NFKC), and spaces.
func seenAs(name string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(name))), "")
}
