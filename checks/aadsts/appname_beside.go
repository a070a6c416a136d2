package aadsts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Behind a label, and in a sentence, a person stands beside the app as often as
// not, and nothing but marks and words tells them apart. A name that is cut too
// short, or none, does no harm; somebody's name in a mail's subject does.

// numbered reports whether a text has a number that is somebody's and no app's,
// such as a telephone's, however its digits stand apart: longNumber of them
// without a letter in between, or a plus before one.
func numbered(s string) bool {
	run, before := 0, ' '
	for i, r := range s {
		switch {
		case unicode.IsLetter(r):
			run = 0
		case unicode.IsDigit(r):
			if run++; run == longNumber {
				return true
			}
		case r == '+' && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			if next, _ := utf8.DecodeRuneInString(s[i+1:]); unicode.IsDigit(next) {
				return true
			}
		}
		before = r
	}
	return false
}

// besideMark are marks that end a name wherever they stand, and looseMark those
// that do with a blank beside them.
const (
	besideMark = "()[]{}<>\"/|;=~*·"
	looseMark  = "-'’.!?#…&"
)

// alone is what of a line is the app's name and of nobody beside it: it ends at
// the first mark, or word, that something else may follow.
func alone(v string) string {
	v = strings.TrimLeft(v, " '\"([")
	before := 'x'
	for i, r := range v {
		rest := v[i+utf8.RuneLen(r):]
		next, _ := utf8.DecodeRuneInString(rest)
		switch {
		case r == '+' && unicode.IsSpace(next):
			return withoutPerson(v[:i])
		case r == ',':
			return withoutPerson(v[:i]) + legalForm(rest)
		case strings.ContainsRune(looseMark, r):
			if unicode.IsSpace(before) || unicode.IsSpace(next) || before == '.' && r == '.' {
				return withoutPerson(v[:i])
			}
		case r == '\\': // before it stands where somebody signs in
			return withoutPerson(v[:strings.LastIndexByte(v[:i], ' ')+1])
		case strings.ContainsRune(besideMark, r), r >= utf8.RuneSelf && (unicode.IsPunct(r) || unicode.Is(unicode.Sm, r)):
			return withoutPerson(v[:i])
		}
		before = r
	}
	return withoutPerson(v)
}

// legalForm is the form of a company that a name goes on with behind a comma; ""
// for none.
func legalForm(rest string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if word = strings.TrimRight(word, ","); slices.Contains(legalForms, strings.ToLower(word)) {
		return ", " + word
	}
	return ""
}

var legalForms = []string{"inc", "inc.", "llc", "ltd", "ltd.", "corp", "corp.", "gmbh"}

// withoutPerson is the words of a name up to the first that a person, or a
// sentence, comes with.
func withoutPerson(v string) string {
	words := strings.Fields(v)
	for i, word := range words {
		plain := letters(word)
		switch {
		case personWords[plain], word == plain && sentenceWords[plain], i > 0 && ofLogin(word):
			return strings.Join(words[:i], " ")
		case forWords[plain] && i > 0:
			end := i + 1
			for end < len(words) && products[letters(words[end])] {
				end++
			}
			if end == i+1 {
				end = i
			}
			return strings.Join(words[:end], " ")
		case numberWords[plain] && i+1 < len(words) && strings.ContainsFunc(words[i+1], unicode.IsDigit):
			return strings.Join(words[:i], " ")
		}
	}
	return strings.Join(words, " ")
}

// ofLogin reports whether a word may be what somebody signs in with: parts with
// a dot or a line between them, and no address of the web.
func ofLogin(word string) bool {
	if strings.Contains(word, "_") {
		return true
	}
	at := strings.LastIndexByte(word, '.')
	return at > 0 && at < len(word)-1 && strings.ContainsFunc(word[at+1:], unicode.IsLetter) &&
		!slices.Contains(webEnds, strings.ToLower(word[at+1:]))
}

var webEnds = []string{"com", "net", "org", "io", "ai", "js", "app", "dev", "cloud", "example", "test"}

// personWords are words that a person follows, whatever the letters' case [K].
var personWords = wordSet(`user username usuario utilisateur gebruiker usuário utente användare użytkownik benutzer benutzername nutzer anwender
	ext tel dw durchwahl caller anrufer requester requestor reporter contact ansprechpartner kontakt demandeur appelant solicitante richiedente melder beller
	reported requested submitted raised opened assigned gemeldet beantragt angefragt signalé demandé reportado solicitado segnalato richiesto gemeld aangevraagd
	mr mrs ms herr frau madame monsieur señor señora signor signora`)

// sentenceWords are words, in small letters, that no name of an app has and that
// a sentence goes on with [K].
var sentenceWords = wordSet(`is was has had wants needs says said asks asked called calls call phone please pls since when my our your his her their i we he she they it who
	of and und et de by from von vom par por door av przez cc attn thanks regards via ist war hat bitte ruft will`)

// forWords are words that a product follows in an app's name as well as a person
// in a sentence.
var forWords = wordSet(`for für pour para voor per dla för`)

// products are what an app is made for.
var products = wordSet(`outlook teams office microsoft windows mac macos ios ipad iphone android exchange sharepoint onedrive onenote excel word powerpoint planner dynamics azure entra
	google gmail workspace calendar chrome edge safari firefox slack zoom salesforce jira confluence web desktop mobile business enterprise education schools mail email 365`)

// numberWords are words that somebody's number follows.
var numberWords = wordSet(`extension telephone telefon phone mobile handy fax call room raum zimmer desk poste anschluss`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// pointing are words that a sentence begins with instead of a name, or before it.
var pointing = wordSet(`this the that these my our your his her its their it a an dear hi hello hey from to re fw fwd`)

// sentenceAlone is a name that a sentence begins with and that is said once; ""
// where another may stand before it.
func sentenceAlone(words []string) string {
	n := strings.Join(words, " ")
	if len(words) == 0 || len(words) > maxWords || pointing[strings.ToLower(words[0])] || alone(n) != n {
		return ""
	}
	return appName(n)
}

// behindCode reports whether a text ends with a code of Microsoft's and its
// colon, so that what follows is the message.
func behindCode(s string) bool {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " "), ":")
	rest := strings.TrimRight(s, "0123456789")
	return ok && len(rest) < len(s) && len(rest) >= len("AADSTS") && strings.EqualFold(rest[len(rest)-len("AADSTS"):], "AADSTS")
}

// aboveIt reports whether a line that says no more than a name stands between a
// wall's heading and the end of a text.
func aboveIt(s, name string) bool {
	s = s[max(0, len(s)-maxWall):]
	at, end := lastHeading(s)
	if at < 0 || name == "" {
		return false
	}
	for l := range strings.SplitSeq(s[end:], "\n") {
		if strings.Join(strings.Fields(l), " ") == name {
			return true
		}
	}
	return false
}
