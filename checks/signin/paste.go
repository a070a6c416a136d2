package signin

import (
	"crypto/subtle"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"onboard.example/checks"
)

// How the address is read that a person copies from their browser at the end of a
// sign-in. It comes as people and terminals hand things over: quoted, in brackets,
// broken over lines, with words around it, its beginning or end left out. What
// counts is the answer in it, and that it is this sign-in's; the address around it,
// the tenant it may name and everything else are not believed and not used.

// MaxPaste is the longest paste that is read, in bytes. Microsoft's codes have some
// 1500.
const MaxPaste = 8 << 10

// mostCode bounds a code, in bytes.
const mostCode = 4 << 10

// readPaste reads what was pasted: the answer to the sign-in of that state, or an
// *InputError. base is the sign-in host's own address, to know its pages.
func readPaste(text, state, base string) (answer, error) {
	switch {
	case len(text) > MaxPaste:
		return answer{}, oddPaste(wordsPasteLarge, wordsPasteDo)
	case strings.TrimSpace(text) == "":
		return answer{}, oddPaste(wordsPasteEmpty, wordsPasteDo)
	}
	var first *InputError
	for _, one := range pasted(text) {
		a, odd := readReturn(one, state, base)
		if odd == nil {
			return a, nil
		}
		if first == nil {
			first = odd
		}
	}
	page := refusal{Description: text}
	if n := page.number(); n > 0 && first.Say == wordsPasteNothing { // Microsoft's error page, as text
		w := wordsFor(page.cause())
		return answer{}, oddPaste(wordsPasteError+strconv.Itoa(n)+": "+w.say, w.do)
	}
	return answer{}, first
}

// pasted are the ways to read a text as one address: what breaks it left out, and
// else each of its words.
func pasted(text string) []string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.Is(unicode.C, r): // what nobody sees
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	words := strings.Fields(strings.ReplaceAll(text, "&amp;", "&"))
	all := []string{unwrapped(strings.Join(words, ""))}
	if len(words) == 1 {
		return all
	}
	for _, w := range words {
		if strings.ContainsRune(w, '=') {
			all = append(all, unwrapped(w))
		}
	}
	return all
}

// unwrapped takes away what people and programs put around an address.
func unwrapped(s string) string { return strings.Trim(s, "<>()[]{}\"'`“”‘’„«»,;") }

// readReturn reads one address, or the query of one.
func readReturn(address, state, base string) (answer, *InputError) {
	query := address
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		query = address[i+1:]
	}
	query, _, _ = strings.Cut(query, "#")
	q, _ := url.ParseQuery(query) // what of it can be read is enough: see below
	switch {
	case q.Has("code_challenge"), q.Has("response_type"):
		return answer{}, oddPaste(wordsPasteLink, wordsPasteLinkDo)
	case !q.Has("code") && !q.Has("error"):
		if onPage(address, base) {
			return answer{}, oddPaste(wordsPastePage, wordsPastePageDo)
		}
		return answer{}, oddPaste(wordsPasteNothing, wordsPasteDo)
	case len(q["code"]) > 1, len(q["state"]) > 1, len(q["error"]) > 1:
		return answer{}, oddPaste(wordsPasteSeveral, wordsPasteDo)
	}
	its := strings.TrimRightFunc(q.Get("state"), func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
	ours := subtle.ConstantTimeCompare([]byte(its), []byte(state)) == 1
	if q.Has("error") { // read before all else: there may be a code beside it
		no := refusal{OAuth: q.Get("error"), Sub: q.Get("error_subcode"), Description: q.Get("error_description")}
		switch {
		case ours:
			return answer{refused: &no}, nil
		case strings.HasPrefix(state, its): // of none or half a state: it may be an old one, and ends nothing
			w := wordsFor(no.cause())
			return answer{}, oddPaste(wordsPasteRefusal+w.say, wordsPasteRefusalDo+w.do)
		}
		return answer{}, oddPaste(wordsPasteOther, wordsPasteOtherDo)
	}
	code := q.Get("code")
	switch {
	case its == "":
		return answer{}, oddPaste(wordsPasteHalf, wordsPasteDo)
	case !ours && strings.HasPrefix(state, its):
		return answer{}, oddPaste(wordsPasteHalf, wordsPasteDo)
	case !ours:
		return answer{}, oddPaste(wordsPasteOther, wordsPasteOtherDo)
	case code == "" || len(code) > mostCode || strings.ContainsFunc(code, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return answer{}, oddPaste(wordsPasteNoCode, wordsPasteDo)
	}
	return answer{code: NewSecret(code)}, nil
}

// onPage says whether an address is one of the sign-in host's own pages.
func onPage(address, base string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	b, err := url.Parse(base)
	return err == nil && strings.EqualFold(u.Host, b.Host) || checks.IsMicrosoftLogin(u.Hostname())
}

// oddPaste is a paste that cannot be used.
func oddPaste(say, do string) *InputError { return &InputError{Field: FieldPaste, Say: say, Do: do} }
