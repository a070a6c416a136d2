package aadsts

import (
	"bytes"
	"net/netip"
	"slices"
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
	run := 0
	for i := range len(n) {
		if n[i] < '0' || n[i] > '9' {
			run = 0
		} else if run++; run == longNumber {
			return ""
		}
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
// the same line: up to the next of them. Of a label that is not known nobody can
// say where it begins, and so not where the name ends.
func labelName(v string) string {
	v = withoutCode(strings.TrimSpace(v))
	if at := strings.IndexAny(v, ";|\n"); at >= 0 {
		v = v[:at]
	}
	before, _, more := strings.Cut(v, ":")
	if !more {
		return appName(v)
	}
	words := strings.Fields(before)
	for n := min(len(words), 3); n > 0; n-- {
		label := letters(strings.Join(words[len(words)-n:], ""))
		if _, ok := keys[label]; ok || personLabels[label] {
			return appName(strings.TrimRight(strings.Join(words[:len(words)-n], " "), " ,-("))
		}
	}
	return ""
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

// wallHeadings are what the walls are headed with, before the name of the app.
// All but the English ones are of wordings.
var wallHeadings = []string{
	"need admin approval", "needs admin approval", "approval required", "admin approval required",
	"Administratorgenehmigung erforderlich", "Administratorzustimmung erforderlich", "Genehmigung durch Administrator erforderlich", "Genehmigung erforderlich",
	"Approbation administrateur requise", "Approbation de l'administrateur requise", "Approbation d'un administrateur requise", "Nécessite l'approbation de l'administrateur", "Approbation requise",
	"Se necesita la aprobación del administrador", "Necesita la aprobación del administrador", "Se requiere la aprobación del administrador", "Aprobación necesaria", "Se requiere aprobación",
	"Goedkeuring van beheerder vereist", "Goedkeuring van beheerder nodig", "Goedkeuring van de beheerder vereist", "Goedkeuring vereist",
	"管理者の承認が必要です", "管理者の承認が必要", "承認が必要です",
	"Precisa de aprovação do administrador", "Precisa da aprovação do administrador", "É necessária a aprovação do administrador", "Aprovação do administrador necessária", "Aprovação necessária",
	"È necessaria l'approvazione dell'amministratore", "Approvazione amministratore richiesta", "Approvazione dell'amministratore necessaria", "Approvazione richiesta", "Approvazione necessaria",
	"Wymagana zgoda administratora", "Wymagane zatwierdzenie administratora", "Wymagane zatwierdzenie przez administratora", "Wymagane zatwierdzenie",
	"Administratörsgodkännande krävs", "Godkännande från administratör krävs", "Administratörens godkännande krävs", "Godkännande krävs",
}

// wallSentences are what the walls say behind the name of the app [K but for the
// English ones; the Spanish, Japanese and Italian of the first kind: PUB].
var wallSentences = squeezed(
	"needs permission to access resources", "that only an admin can grant", "requires your admin's approval",
	"die nur ein Administrator erteilen kann", "die nur ein Administrator gewähren kann", "erfordert die Genehmigung Ihres Administrators",
	"que seul un administrateur peut accorder", "nécessite l'approbation de votre administrateur",
	"que solo un administrador puede conceder", "que solo puede conceder un administrador", "requiere la aprobación de su administrador", "requiere la aprobación del administrador",
	"die alleen een beheerder kan verlenen", "vereist goedkeuring van uw beheerder", "vereist de goedkeuring van uw beheerder",
	"管理者のみが付与できる", "管理者だけが許可できる", "管理者のみが許可できる", "管理者の承認が必要です",
	"que somente um administrador pode conceder", "que apenas um administrador pode conceder", "requer a aprovação do administrador", "requer a aprovação do seu administrador",
	"che solo un amministratore può concedere", "richiede l'approvazione dell'amministratore",
	"które może przyznać tylko administrator", "których może udzielić tylko administrator", "wymaga zatwierdzenia przez administratora",
	"som bara en administratör kan bevilja", "som endast en administratör kan bevilja", "kräver administratörens godkännande", "kräver godkännande från din administratör",
)

func squeezed(texts ...string) [][]byte {
	out := make([][]byte, 0, len(texts))
	for _, t := range texts {
		out = append(out, squeeze(t))
	}
	return out
}

const (
	maxPage   = 16 << 10 // how much of a text is taken for a page with a wall on it
	maxWall   = 600      // how far behind the heading of a wall its sentence ends
	maxBeside = 80       // how much may stand between the name and the sentence that begins with it: the publisher
)

// wallName is the app that a wall names: what stands behind the heading and
// again where the sentence of the wall begins, or on a line of its own between
// the two. It needs no heading where the English sentence begins a line.
func wallName(s string) string {
	s = s[:min(len(s), maxPage)]
	if at := strings.Index(s, " needs permission to access resources"); at > 0 {
		return sentenceName(s[:at])
	}
	at, end := lastHeading(s)
	if at < 0 {
		return ""
	}
	behind := s[end:min(len(s), end+maxWall)]
	page := strings.TrimLeft(behind, " .。!:、")
	if rest, ok := strings.CutPrefix(page, "です"); ok {
		page = strings.TrimLeft(rest, " .。")
	}
	if title, rest, ok := strings.Cut(strings.TrimLeft(page, "\n "), "\n"); ok && strings.HasPrefix(page, "\n") && len(title) <= maxName {
		title = strings.TrimSpace(title)
		if n := appName(title); n == title && n != "" && saidOf(n, rest) {
			return n
		}
		return ""
	}
	return twice(page)
}

// sentenceName is the name that an English wall's sentence begins with, out of
// what stands before the sentence's verb.
func sentenceName(head string) string {
	start := strings.LastIndexByte(head, '\n') + 1
	for _, end := range []string{": ", ". ", "! "} {
		if at := strings.LastIndex(head, end); at >= start {
			start = at + len(end)
		}
	}
	line := head[start:]
	if len(line) > 3*maxName {
		line = strings.ToValidUTF8(line[len(line)-3*maxName:], "")
	}
	if at, end := lastHeading(line); at >= 0 {
		line = strings.TrimSpace(line[end:])
		if n := around(strings.Fields(line)); n != "" {
			return appName(n)
		}
	} else if len(line) > maxName {
		return ""
	}
	words := strings.Fields(line)
	for n := len(words) / 2; n > 0; n-- {
		last := words[len(words)-n:]
		before := words[:len(words)-n]
		if k := len(before); k > n && strings.EqualFold(before[k-1], "unverified") {
			before = before[:k-1]
		}
		if k := len(before); k >= n && slices.Equal(before[k-n:], last) {
			return appName(strings.Join(last, " "))
		}
	}
	// What stands in one line with more than a name has is no name.
	if len(words) > maxWords {
		return ""
	}
	return appName(strings.Join(words, " "))
}

// maxWords is how many words a name has that is not said twice.
const maxWords = 6

// around is the words that a list both begins and ends with: as many as there
// are; "" where it does not.
func around(words []string) string {
	for n := min(len(words)/2, 8); n > 0; n-- {
		if x := strings.Join(words[:n], " "); x == strings.Join(words[len(words)-n:], " ") {
			return x
		}
	}
	return ""
}

// lastHeading is where the last of the walls' headings stands, and ends; -1 for
// none.
func lastHeading(s string) (at, end int) {
	at = -1
	for _, h := range wallHeadings {
		for i := len(s) - len(h); i >= 0 && i >= at; i-- {
			if foldedEqual(s[i], h[0]) && strings.EqualFold(s[i:i+len(h)], h) && (i > at || i+len(h) > end) {
				at, end = i, i+len(h)
				break
			}
		}
	}
	return at, end
}

// foldedEqual is a quick look at first bytes: it never says no where two letters
// are equal but for their case.
func foldedEqual(a, b byte) bool {
	return lower(a) == lower(b) || a >= utf8.RuneSelf && b >= utf8.RuneSelf
}

// saidOf reports whether a page that goes on so speaks of the app of this name:
// the wall's sentence begins with the name or follows it at once.
func saidOf(name, rest string) bool {
	at := repeats(name, rest)
	text := squeeze(rest[:min(len(rest), 2*maxBeside)])
	for _, w := range wallSentences {
		if i := bytes.Index(text, w); i >= 0 && i <= maxBeside {
			return true
		}
	}
	return at >= 0 && says(rest[at:])
}

// says reports whether a text is the sentence of a wall.
func says(s string) bool {
	if at := strings.IndexAny(s, "\n"); at >= 0 {
		s = s[:at]
	}
	text := squeeze(s)
	for _, w := range wallSentences {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}

// repeats is where in s, and not far, a name stands by itself; -1 where it does
// not.
func repeats(name, s string) int {
	at := strings.Index(s[:min(len(s), len(name)+maxBeside)], name)
	if at < 0 || at > 0 && s[at-1] != ' ' && s[at-1] != '\n' {
		return -1
	}
	if end := at + len(name); end < len(s) && isWord(s[end]) {
		return -1
	}
	return at
}

// twice is the words that a wall copied as one line begins with behind its
// heading, and that its sentence begins with again; "" where there are none.
func twice(page string) string {
	page, _, _ = strings.Cut(page, "\n")
	words := strings.Fields(page)
	for n := min(len(words)-1, 8); n > 0; n-- {
		x := strings.Join(words[:n], " ")
		rest := strings.Join(words[n:], " ")
		if at := repeats(x, rest); at >= 0 && says(rest[at:]) {
			return appName(x)
		}
	}
	return ""
}
