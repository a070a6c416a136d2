package aadsts

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The name of an app is shown, sent on and printed without being asked for. What
// stands beside it on a page is not: whose account it is, their telephone, the
// ids. Where a page was copied as one line nothing but words says where the name
// ends, so that a name is taken only where both of its ends are known.

// appName is what an app is called; "" where v holds what no app's name does and
// a person's particulars do.
func appName(v string) string {
	n := name(withoutCode(v))
	if strings.ContainsAny(n, ":|") || strings.HasSuffix(n, "…") {
		return ""
	}
	if numbered(n) {
		return ""
	}
	for i := range len(n) {
		if n[i] == '-' && guidAt(n, i-8) {
			return ""
		}
	}
	for word := range strings.FieldsSeq(n) {
		if _, err := netip.ParseAddr(strings.Trim(word, ",;()")); err == nil {
			return ""
		}
	}
	return n
}

// withoutCode is a text up to a code of Microsoft's in it.
func withoutCode(v string) string {
	for i := 0; i+len("AADSTS") <= len(v); i++ {
		if lower(v[i]) == 'a' && strings.EqualFold(v[i:i+len("AADSTS")], "AADSTS") {
			return strings.TrimRight(v[:i], " ,;|-(")
		}
	}
	return v
}

// longNumber is from how many digits on a number is somebody's and not an app's.
const longNumber = 5

// labelName is the app's name behind a label, where more labels may follow on
// the same line: up to the next of them, or to what may be a person's. Of a label that is not known nobody can
// say where it begins, and so not where the name ends.
func labelName(v string) string {
	v = withoutCode(strings.TrimSpace(v))
	if at := strings.IndexAny(v, ";|\n"); at >= 0 {
		v = v[:at]
	}
	before, _, more := strings.Cut(v, ":")
	if !more {
		return appName(alone(v))
	}
	words := strings.Fields(before)
	for n := min(len(words), 3); n > 0; n-- {
		label := letters(strings.Join(words[len(words)-n:], ""))
		if _, ok := keys[label]; ok || personLabels[label] {
			return appName(alone(strings.TrimRight(strings.Join(words[:len(words)-n], " "), " ,-(")))
		}
	}
	return ""
}

// labelEnds settles where a name ends that stood behind a label. A wall's own name
// for the app is surer; without one the next of the labels that Microsoft's pages
// have, or a quote, has to follow. Else nobody can tell a last word of the app's
// from somebody's name, and the answer says so. A label that follows tells where
// what stands there ends, and not that all of it is the app's: what programs are
// given rests on no such sign (checks.Why.Plain).
func (f *facts) labelEnds(s string) {
	a := f.answer
	if f.label == "" || f.label != a.App.Name || !strings.Contains(a.App.Name, " ") {
		return
	}
	s = s[:min(len(s), maxPage)]
	if n := wallName(s); n != "" {
		a.App.Name = n
		return
	}
	_, rest, ok := strings.Cut(s, a.App.Name)
	if next, _ := utf8.DecodeRuneInString(rest); ok && strings.ContainsRune("\"'”’“»", next) {
		return
	}
	rest = strings.TrimLeft(rest, " \n")
	next, _, ok := strings.Cut(rest[:min(len(rest), maxKey)], ":")
	key, known := keys[letters(next)]
	a.Doubtful = !ok || !known || key == "" || personLabels[letters(next)]
}

// letters is the letters and digits of a label, small.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// personLabels are labels that stand beside an app's on pages, in tickets and in
// mails, and that nothing is read from [K].
var personLabels = map[string]bool{
	"user": true, "username": true, "signedinuser": true, "account": true, "accountname": true, "phone": true, "phonenumber": true, "telephone": true, "tel": true, "mobile": true,
	"email": true, "emailaddress": true, "mail": true, "upn": true, "userprincipalname": true, "login": true, "requester": true, "requestedby": true, "reportedby": true,
	"publisher": true, "status": true, "message": true, "description": true, "details": true, "version": true, "device": true, "browser": true, "location": true, "permissions": true,
	"benutzer": true, "benutzername": true, "konto": true, "telefon": true, "herausgeber": true, "utilisateur": true, "compte": true, "usuario": true, "cuenta": true,
	"gebruiker": true, "usuário": true, "conta": true, "utente": true, "użytkownik": true, "användare": true, "ユーザー": true, "ユーザー名": true,
}
