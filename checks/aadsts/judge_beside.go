package aadsts

import (
	"slices"
	"strings"
)

// elsewhereSigns are the signs of other services and of networks.
func (f *facts) elsewhereSigns(w *seen) []sign {
	var out []sign
	if w.has(wallElsewhere) {
		v := walls[wallElsewhere]
		s := sign{verdict: v, classWords: wordsOf(v.class), why: whyForeign, rank: rankForeign}
		switch {
		case w.has(wallMicrosoft) || w.has(tagOwn):
			s.sure, s.why, s.rank = Low, whyBoth, rankError-1
		case !f.ofMicrosoft(w):
			// Every service that knows admins has walls, in the same words: those
			// of one that is named, beside nothing of Microsoft's, are its own.
			s.rank = rankElsewhere
		default:
			s.sure, s.why = Low, whyBoth
		}
		out = append(out, s)
	}
	if w.has(wallForeign) {
		v := walls[wallForeign]
		s := sign{verdict: v, classWords: wordsOf(v.class), why: whyNetwork, rank: rankForeign}
		if w.has(wallMicrosoft) {
			s.rank = rankError - 1
		}
		out = append(out, s)
	}
	return out
}

// namesOther reports whether a text names another service, and nothing of
// Microsoft's sign-in beside it.
func (f *facts) namesOther(w *seen) bool {
	return w.has(tagElsewhere) && !w.has(wallMicrosoft) && !w.has(tagOwn) && !f.ofMicrosoft(w)
}

// deniedElsewhere reports whether the refusal in a text, which is in the same
// word at every service [RFC 6749], is that of another that is named. The name
// in a mail address is none.
func (f *facts) deniedElsewhere(w *seen) bool {
	return f.answer.Error == "access_denied" && f.namesOther(w) && !f.answer.AdminConsent && !slices.ContainsFunc(f.answer.Personal.Addresses, consumer)
}

// ofMicrosoft reports whether a text has, beside its words, what Microsoft's
// sign-in alone returns.
func (f *facts) ofMicrosoft(w *seen) bool {
	_, sub := suberrors[f.answer.Suberror]
	return len(w.codes) > 0 || f.graph != "" || f.cancel || sub || slices.ContainsFunc(f.codes, func(c sighting) bool { return known(c.number) })
}

// beside lowers how sure an answer is that has others as strong beside it, and
// says why it is the one.
func (f *facts) beside(s *sign, others []*sign) {
	a := f.answer
	if len(others) == 0 || s.code == 0 || a.Sure == None {
		return
	}
	if a.Sure == High {
		a.Sure = Medium
	}
	said := []string{}
	for _, o := range others {
		if c := spelt(o.code); o.code != 0 && len(said) < maxAlso && !slices.Contains(said, c) {
			said = append(said, c)
		}
	}
	if len(said) > 0 {
		a.Why += whyFirst + strings.Join(said, ", ")
	}
}

// consents reports whether a class is one that an approval of the app clears.
func consents(c Class) bool {
	switch c {
	case AdminConsentNeeded, UserConsentOff, PermissionsNeedAdmin, UnverifiedPublisher, RiskyApp, RequestPending, ConsentMissing:
		return true
	default:
		return false
	}
}
