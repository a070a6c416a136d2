package aadsts

import (
	"slices"
	"strconv"
	"strings"
)

// sign is one thing in a text that says what happened.
type sign struct {
	verdict
	classWords
	why  string
	rank int
	code int
}

// codeMisconfigured is the code for an API that the app did not register, and for
// one that the tenant does not have [ED:application-sign-in-unexpected-user-consent-error].
const codeMisconfigured = 65005

// Ranks of the kinds of sign; the weight of the class is added. A plain code
// outranks the words of a page unless it is one of those that logs are full of.
const (
	rankElsewhere = 135 // above every wall
	rankCode      = 100
	rankWall      = 90
	rankGraph     = 85
	rankSub       = 70
	rankLoose     = 60
	rankForeign   = 50
	rankError     = 40
	rankSuccess   = 30
	rankWeak      = 5
)

// judge weighs the signs and fills the answer's first half.
func (f *facts) judge(w *seen) {
	signs := f.signs(w)
	if f.answer.Empty {
		signs = append(signs, sign{verdict: verdict{Unknown, WhoUnknown, None, NoPath, nil}, classWords: classWords{whatEmpty, doUnknown, ""}, why: whyNothing})
	}
	// Even the words of a page do not stand in for the meaning of a code that
	// nobody explained: they are offered as possible, and no more.
	if f.onlyUnknownCodes() {
		f.unknownCode(signs)
		return
	}
	if len(signs) == 0 {
		signs = append(signs, sign{verdict: verdict{Unknown, WhoUnknown, None, NoPath, nil}, classWords: wordsOf(Unknown), why: whyNothing})
	}
	if f.tooMany() {
		signs = slices.Insert(signs, 0, sign{
			verdict: verdict{Ambiguous, WhoUnknown, Low, NoPath, nil}, classWords: classWords{whatMany, doMany, wordsOf(Ambiguous).skip}, why: whySeveral, rank: 2 * rankCode,
		})
	}
	best := 0
	for i := range signs {
		if signs[i].rank > signs[best].rank {
			best = i
		}
	}
	f.refine(&signs[best], w)
	f.decide(signs, best, w)
}

// why is a code as what an answer rests on.
func (c sighting) why() string {
	switch {
	case c.guess:
		return spelt(c.number) + whyGuess
	case c.bare:
		return whyNumber + strconv.Itoa(c.number)
	}
	return spelt(c.number) + whyCode
}

// signs collects everything that says something, in the order of the text
// within each kind.
func (f *facts) signs(w *seen) []sign {
	var out []sign
	for _, c := range f.codes {
		e, ok := Lookup(c.number)
		if !ok || e.Class == Unknown {
			continue
		}
		s := sign{verdict{e.Class, e.Who, e.Sure, e.Path, e.Also}, classWords{e.What, e.Do, e.Skip}, c.why(), rankCode + weight(e.Class), c.number}
		if c.number == codeMisconfigured && w.has(wallService) {
			// One code for two mistakes, of which the message tells this one.
			s.verdict, s.classWords = walls[wallService], wordsOf(ServiceMissing)
			s.sure, s.rank = High, rankCode+weight(ServiceMissing)
		}
		// Other programs count their errors, too.
		if c.guess || c.bare && !w.has(wallMicrosoft) {
			s.sure, s.rank = Medium, s.rank-1
		}
		out = append(out, s)
	}
	for _, code := range w.codes {
		e, ok := Lookup(code)
		if !ok || e.Class == UserDeclined && f.cancel {
			continue // what came with a cancel tells no more than the cancel
		}
		// The code did not stand in the text, so that it is not named either.
		out = append(out, sign{verdict{e.Class, e.Who, Medium, e.Path, e.Also}, classWords{e.What, e.Do, e.Skip}, whyWords, rankWall + weight(e.Class) + 1, 0})
	}
	out = append(out, f.wallSigns(w)...)
	out = append(out, f.protocolSigns(w)...)
	return out
}

// protocolSigns are the signs of what programs returned.
func (f *facts) protocolSigns(w *seen) []sign {
	var out []sign
	a := f.answer
	if v, ok := graphErrors[f.graph]; ok {
		out = append(out, sign{verdict: v, classWords: wordsOf(v.class), why: whyGraph, rank: rankGraph + weight(v.class)})
	}
	if v, ok := suberrors[a.Suberror]; ok && !f.cancel {
		out = append(out, sign{verdict: v, classWords: wordsOf(v.class), why: whyError, rank: rankSub + weight(v.class)})
	}
	if v, ok := oauthErrors[a.Error]; ok {
		out = append(out, f.errorSign(v, w))
	} else if a.Error == "" && f.cancel {
		out = append(out, f.errorSign(suberrors["cancel"], w))
	}
	out = append(out, f.elsewhereSigns(w)...)
	// An error outranks whatever else the same address says: a consent redirect
	// that failed says admin_consent=True, too.
	switch {
	case a.Error != "" || f.failed:
	case a.AdminConsent:
		out = append(out, sign{verdict{NoneSuccess, Nobody, Medium, AfterApproval, nil}, classWords{whatClaimed, doClaimed, wordsOf(NoneSuccess).skip}, whyRedirect, rankSuccess + 2, 0})
	case f.state && a.Request.Kind == "":
		out = append(out, sign{verdict{NoneSuccess, Nobody, Medium, NoPath, nil}, classWords{whatSignedIn, doSignedIn, wordsOf(NoneSuccess).skip}, whyRedirect, rankSuccess, 0})
	case a.Request.Kind == "authorize" || a.Request.Kind == "adminconsent":
		out = append(out, sign{verdict{Unknown, WhoUnknown, None, NoPath, nil}, classWords{whatRequest, doRequest, ""}, whyRedirect, rankWeak, 0})
	}
	return out
}

// errorSign is the sign of OAuth's error. Leaving the wall returns
// access_denied just as a cancel on the permission page does, so that neither
// can be told from the other.
func (f *facts) errorSign(v verdict, w *seen) sign {
	s := sign{verdict: v, classWords: wordsOf(v.class), why: whyError, rank: rankError + 1}
	if f.deniedElsewhere(w) {
		v := walls[wallElsewhere]
		v.sure, v.also = Low, []Class{AdminConsentNeeded, UserDeclined}
		return sign{verdict: v, classWords: wordsOf(v.class), why: whyForeign, rank: rankError + 1}
	}
	if v.class == Ambiguous {
		s.classWords = classWords{whatCancel, doCancel, skipCancel}
		if !w.has(wallMicrosoft) && !f.cancel {
			s.also = append(slices.Clone(s.also), NotEntra)
		}
	}
	return s
}

// refine adjusts the deciding sign by what else the text says.
func (f *facts) refine(s *sign, w *seen) {
	personal := w.has(wallPersonal) || w.has(tagConsumer) || slices.ContainsFunc(f.answer.Personal.Addresses, consumer)
	switch {
	// Microsoft uses the same codes for accounts of another organisation and
	// for personal ones; only the text tells which.
	case s.class == WrongTenant && s.who != AppVendor && personal:
		s.class, s.who, s.also = PersonalAccount, User, []Class{WrongTenant}
		s.classWords = wordsOf(PersonalAccount)
	// The redirect of an admin's page carries admin_consent=True even where it
	// was left with Cancel [ED:v2-admin-consent]: the admin is the one to go back.
	case s.class == UserDeclined && f.answer.AdminConsent:
		s.who, s.do = TenantAdmin, doAdminCancel
		s.path = DirectLink
	case s.class == Ambiguous && f.answer.AdminConsent && s.code == 0 && s.rank < rankCode:
		s.who, s.do, s.path = TenantAdmin, doAdminCancel, DirectLink
		s.class, s.also = UserDeclined, []Class{AdminConsentNeeded}
		s.classWords = classWords{wordsOf(UserDeclined).what, doAdminCancel, wordsOf(UserDeclined).skip}
	case s.class == AdminConsentNeeded || s.class == UserConsentOff || s.class == PermissionsNeedAdmin:
		also := slices.Clone(s.also)
		if w.has(tagUnverified) || w.has(wallUnverified) {
			also = slices.Insert(also, 0, UnverifiedPublisher)
		}
		if w.has(wallRisky) {
			also = slices.Insert(also, 0, RiskyApp)
		}
		s.also = also
	}
}

// consumer reports whether an address is of a service that gives accounts to
// anybody. Most such accounts at Microsoft are personal ones.
func consumer(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.Contains(consumerDomains, domain)
}

var consumerDomains = []string{"outlook.com", "hotmail.com", "live.com", "msn.com", "gmail.com", "googlemail.com", "yahoo.com", "icloud.com", "gmx.de", "gmx.net", "web.de", "hotmail.fr", "outlook.fr", "outlook.de", "hotmail.co.uk"}

// decide writes the answer of signs[best]. What the other signs say comes
// before what a class may be in general.
func (f *facts) decide(signs []sign, best int, w *seen) {
	a, s := f.answer, &signs[best]
	a.Class, a.Who, a.Sure, a.Path, a.Why = s.class, s.who, s.sure, s.path, s.why
	a.What, a.Do, a.Skip, a.Code = s.what, s.do, s.skip, s.code
	if s.class == NotEntra && s.sure == Low && s.code == 0 {
		// That another service is likelier does not make it known whose this is.
		a.What, a.Do, a.Skip = whatWhose, doWhose, skipWhose
		switch s.why {
		case whyForeign:
			a.What = whatOther
		case whyBoth:
			a.What = whatEither
		}
	}
	if s.code != 0 {
		a.Lookup = lookupAt(f.host, s.code)
	}
	a.Language = language(w)
	var others []*sign
	least := rankWall + weight(UserDeclined)
	if s.rank == rankElsewhere {
		least = rankForeign + 1 // whatever its words would be at Microsoft
	}
	for i := range signs {
		if o := &signs[i]; i != best && o.rank >= least && o.class != Ambiguous {
			// As strong, and another thing to clear: nobody can be sure which of
			// them is cleared already, and which came last.
			if o.rank >= s.rank-4 && o.class != s.class && (!consents(o.class) || !consents(s.class)) {
				others = append(others, o)
			}
			f.also(o.class)
		}
	}
	f.beside(s, others)
	for _, c := range s.also {
		f.also(c)
	}
}

// also notes another class that it may be.
func (f *facts) also(c Class) {
	a := f.answer
	if c != a.Class && c != Unknown && len(a.Also) < maxAlso && !slices.Contains(a.Also, c) {
		a.Also = append(a.Also, c)
	}
}

// onlyUnknownCodes reports whether the text has a code that was read plainly,
// and none that is in the table.
func (f *facts) onlyUnknownCodes() bool {
	plain := false
	for _, c := range f.codes {
		e, ok := Lookup(c.number)
		if ok && e.Class != Unknown {
			return false
		}
		plain = plain || !c.guess
	}
	return plain
}

// unknownCode answers for a code that nobody has explained: it says so, and
// names what the rest of the text would say as possible only.
func (f *facts) unknownCode(signs []sign) {
	a := f.answer
	a.Class, a.Who, a.Sure, a.Path = Unknown, WhoUnknown, None, NoPath
	why := ""
	for _, c := range f.codes {
		if !c.guess {
			a.Code, why = c.number, c.why()
			break
		}
	}
	a.What, a.Do, a.Skip = whatUnknownCode, doUnknownCode, wordsOf(Unknown).skip
	if e, ok := Lookup(a.Code); ok {
		a.What, a.Do, a.Skip = e.What, e.Do, e.Skip
	}
	a.Why, a.Lookup = why, lookupAt(f.host, a.Code)
	slices.SortStableFunc(signs, func(x, y sign) int { return y.rank - x.rank })
	for i := range signs {
		if signs[i].class != Ambiguous && signs[i].rank > rankForeign {
			f.also(signs[i].class)
		}
	}
}

// manyClasses is from how many different classes on codes are taken for a list
// and not for what happened to somebody.
const manyClasses = 5

func (f *facts) tooMany() bool {
	var classes []Class
	for _, c := range f.answer.Codes {
		if c.Known && !slices.Contains(classes, c.Class) {
			classes = append(classes, c.Class)
		}
	}
	return len(classes) >= manyClasses
}

// language is that of the page's words.
func language(w *seen) string {
	for x := range wallCount {
		if x == wallAdmin && w.loose {
			continue // what was put together fits several languages
		}
		if l := w.lang[x]; w.has(x) && l != anyLang {
			return l.String()
		}
	}
	return w.lang[wallAdmin].String()
}
