package aadsts

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const guidLen = 36

// guid is the GUID that v begins with, behind quotes, in small letters; "" for
// none.
func guid(v string) string {
	v = strings.TrimLeft(v, " '\"\\{(\n")
	if len(v) < guidLen || !guidAt(v, 0) {
		return ""
	}
	return strings.ToLower(v[:guidLen])
}

// guidAt reports whether a GUID stands at i, and nothing longer.
func guidAt(s string, i int) bool {
	if i < 0 || i+guidLen > len(s) || s[i+8] != '-' || s[i+13] != '-' || s[i+18] != '-' || s[i+23] != '-' {
		return false
	}
	for k := range guidLen {
		if hexDigit(s[i+k]) < 0 && k != 8 && k != 13 && k != 18 && k != 23 {
			return false
		}
	}
	return i+guidLen == len(s) || hexDigit(s[i+guidLen]) < 0
}

// maxIDs is how many GUIDs of a text are looked at.
const maxIDs = 64

// readIDs sorts the GUIDs of a text by the words before them, for texts that
// are sentences and not pairs.
func (f *facts) readIDs(s string) {
	seen := 0
	for i := 0; seen < maxIDs; {
		at := strings.IndexByte(s[i:], '-')
		if at < 0 {
			return
		}
		start := i + at - 8
		if !guidAt(s, start) || start > 0 && hexDigit(s[start-1]) >= 0 { // digits before it are of somebody's number
			i += at + 1
			continue
		}
		seen++
		f.placeID(s, start)
		i = start + guidLen
	}
}

// idWords are what stands before an id, and says of what it is.
var idWords = []struct {
	word string
	of   byte
}{
	{"correl", 'c'},
	{"korrel", 'c'},
	{"corrél", 'c'},
	{"関連付け", 'c'},
	{"相関", 'c'},
	{"trace", 't'},
	{"ablaufverfolg", 't'},
	{"request id", 'r'},
	{"request-id", 'r'},
	{"requestid", 'r'},
	{"anforderungs", 'r'},
	{"要求 id", 'r'},
	{"application", 'a'},
	{"client", 'a'},
	{"appid", 'a'},
	{"app id", 'a'},
	{"app '", 'a'},
	{"anwendung", 'a'},
	{"aplicaci", 'a'},
	{"toepassing", 'a'},
	{"applicazione", 'a'},
	{"アプリ", 'a'},
	{"tenant", 'n'},
	{"directory", 'n'},
	{"verzeichnis", 'n'},
	{"テナント", 'n'},
	{"sts.windows.net", 'n'},
	{"resource", 's'},
	{"service", 's'},
	{"device", 'd'},
	{"object id", 'u'},
	{"objectid", 'u'},
	{"oid", 'u'},
}

const idContext = 56

// placeID puts the GUID at i where the nearest of idWords before it says.
func (f *facts) placeID(s string, i int) {
	before := strings.ToLower(strings.ToValidUTF8(s[max(0, i-idContext):i], ""))
	best, of := -1, byte(0)
	for _, w := range idWords {
		if at := strings.LastIndex(before, w.word); at > best {
			best, of = at, w.of
		}
	}
	a, id := f.answer, strings.ToLower(s[i:i+guidLen])
	switch of {
	case 'c':
		set(&a.Personal.Correlation, id)
	case 't':
		set(&a.Personal.Trace, id)
	case 'r':
		set(&a.Personal.RequestID, id)
	case 'd':
		set(&a.Personal.Device, id)
	case 'u':
		set(&a.Personal.UserID, id)
	case 'n':
		set(&a.Tenant.ID, id)
	case 's':
		if a.API.ID == "" {
			a.API = Named{ID: id, Name: appName(nameBehind(s[i+guidLen:]))}
		}
	case 'a':
		if a.App.ID == "" || a.App.ID == id {
			a.App.ID = id
			set(&a.App.Name, appName(nameBehind(s[i+guidLen:])))
			set(&a.App.Name, nameBefore(s[:i]))
		}
	}
}

const maxName = 120

// nameBehind reads a name that follows an id: "'(Name)" or "' named 'Name'".
func nameBehind(s string) string {
	s = strings.TrimLeft(s[:min(len(s), maxName)], "'\"\\ ")
	if rest, ok := strings.CutPrefix(s, "("); ok {
		return upTo(rest, ")\n")
	}
	if rest, ok := strings.CutPrefix(s, "named '"); ok {
		return upTo(rest, "'\n")
	}
	return ""
}

// nameBefore reads a name that an id follows in brackets: "application Name ('".
func nameBefore(s string) string {
	s = s[max(0, len(s)-maxName):]
	head, ok := strings.CutSuffix(strings.TrimRight(s, "'\""), "(")
	if !ok {
		return ""
	}
	at := strings.LastIndex(head, "application ")
	if at < 0 || strings.Contains(head[at:], "\n") {
		return ""
	}
	return appName(alone(strings.ToValidUTF8(head[at+len("application "):], "")))
}

// upTo is the name before the first of ends; "" where none comes.
func upTo(s, ends string) string {
	end := strings.IndexAny(s, ends)
	if end < 0 {
		return ""
	}
	n := name(s[:end])
	if guid(n) != "" {
		return ""
	}
	return n
}

// names reads what sentences call the tenant, the app and the API, and Graph's
// errors, which logs print without a key.
func (f *facts) names(s string) {
	a := f.answer
	for _, word := range []string{"ErrorAccessDenied", "Authorization_RequestDenied", "InvalidAuthenticationToken", "MailboxNotEnabledForRESTAPI"} {
		if f.graph == "" && strings.Contains(s, word) {
			f.graph = strings.ToLower(word)
		}
	}
	for _, lead := range []string{"directory '", "tenant '", "organization '", "tenant named "} {
		_, rest, ok := strings.Cut(s, lead)
		if !ok {
			continue
		}
		rest = rest[:min(len(rest), maxName)]
		if id := guid(rest); id != "" {
			set(&a.Tenant.ID, id)
			continue
		}
		ends := "'\n"
		if lead == "tenant named " {
			ends = ".\n"
		}
		set(&a.Tenant.Name, upTo(rest, ends))
	}
	if a.Tenant.Name == "" {
		a.Tenant.Name = saidTenant(s)
	}
	if _, rest, ok := strings.Cut(s, "resource principal named "); ok {
		if id, _, ok := strings.Cut(rest[:min(len(rest), 2*maxName)], " was not found"); ok {
			f.namedAPI(id)
		}
	}
	if _, rest, ok := strings.Cut(s, "service principal for resource '"); ok {
		if id, _, ok := strings.Cut(rest[:min(len(rest), 2*maxName)], "'"); ok {
			f.namedAPI(id)
		}
	}
	set(&a.App.Name, wallName(s))
	f.messageNames(s)
}

// namedAPI keeps the API that a sentence names by its id or address.
func (f *facts) namedAPI(id string) {
	if own := guid(id); own != "" {
		set(&f.answer.API.ID, own)
	} else {
		set(&f.answer.API.ID, origin(id))
	}
}

// bareError finds the first of OAuth's errors that stands in a text without a
// key, as dialogs and logs print it.
func (f *facts) bareError(s string) {
	tries := 0
	for i := 0; i < len(s) && f.answer.Error == "" && tries < 4*maxIDs; {
		at := strings.IndexByte(s[i:], '_')
		if at < 0 {
			return
		}
		at += i
		start, end := at, at+1
		for start > 0 && at-start < 32 && isWord(s[start-1]) {
			start--
		}
		for end < len(s) && end-at < 32 && isWord(s[end]) {
			end++
		}
		tries++
		if _, ok := oauthErrors[strings.ToLower(s[start:end])]; ok {
			f.answer.Error = strings.ToLower(s[start:end])
			rest := strings.ToLower(s[end:min(len(s), end+24)])
			f.cancel = f.cancel || strings.HasPrefix(strings.TrimLeft(rest, " (:,;/-"), "cancel")
		}
		i = end
	}
}

// maxMarks is how many "@" of a text are looked at.
const maxMarks = 1 << 14

// addresses are the mail addresses of a text, each once.
func addresses(s string) []string {
	var out []string
	last := "" // as it stands, so that a text of one address again and again is read fast
	for i, tries := 0, 0; len(out) < maxAddresses && tries < maxMarks; tries++ {
		at := strings.IndexByte(s[i:], '@')
		if at < 0 {
			break
		}
		at += i
		i = at + 1
		start := at
		for start > 0 && at-start < 64 && isLocal(s[start-1]) {
			start--
		}
		end := i
		for end < len(s) && end-i < 253 {
			if b := s[end]; isWord(b) && b != '_' || b == '.' || b == '-' {
				end++
				continue
			}
			r, n := utf8.DecodeRuneInString(s[end:])
			// Letters of other scripts may be the sentence going on, and of one
			// Latin letter the small form is two characters.
			if r < 0xc0 || r > 0x17f || r == '×' || r == '÷' || r == 'İ' {
				break
			}
			end += n
		}
		if start == at || s[start:end] == last || strings.IndexByte(s[i:end], '.') < 0 {
			i = end
			continue
		}
		last = s[start:end]
		local, d := strings.Trim(s[start:at], ".+-'"), domain(strings.ToValidUTF8(s[i:end], ""))
		if local == "" || d == "" || strings.HasPrefix(d, "-") {
			continue
		}
		if found := local + "@" + d; !slices.Contains(out, found) {
			out = append(out, found)
		}
		i = end
	}
	return out
}

func isLocal(b byte) bool { return isWord(b) || strings.IndexByte(".+-#'", b) >= 0 }
