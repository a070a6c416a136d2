package aadsts

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Of an admin, an approval and a need near each other a wall is put together
// (walls.go). "The admin has approved the app. You need to restart." has all three
// and is none. So where a wall was put together the text is read once more, without
// the clauses that say that an admin did approve; what asks for no approval then is
// no wall, unless it says that the wall still comes. What does ask for one is a wall
// without any admin, too: who that is was said in the clause that is gone, and new
// permissions after an approval are the most usual reason for this wall.

// news reads a short text once more where its wall was put together.
func (w *seen) news(s string) {
	if !w.loose || w.long || len(s) > maxPage {
		return
	}
	rest, good := withoutGoodNews(s)
	if !good || stillStopped(rest) {
		return
	}
	if again := readParts(rest); !again.has(wallAdmin) && !again.asks {
		w.at[wallAdmin], w.lang[wallAdmin], w.loose = 0, 0, false
	}
}

// withoutGoodNews is a text without the clauses that say that somebody approved;
// good says that there was one.
func withoutGoodNews(s string) (rest string, good bool) {
	var out strings.Builder
	for _, c := range clauses(s) {
		if approved(c) {
			good = true
			out.WriteString("\n")
			continue
		}
		out.WriteString(c)
	}
	return out.String(), good
}

// clauses are a text cut behind the marks that end a clause, and before the words
// that turn what was said.
func clauses(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if strings.ContainsRune("!?;:,\n。！？、—–", r) || r == '.' && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n') {
			end := i + len(string(r))
			out, start = append(out, s[start:end]), end
		}
	}
	out = append(out, s[start:])
	var cut []string
	for _, c := range out {
		cut = append(cut, atTurns(c)...)
	}
	return cut
}

// atTurns is a clause cut before the words that turn what was said.
func atTurns(c string) []string {
	low := strings.ToLower(c)
	if len(low) != len(c) {
		return []string{c}
	}
	var out []string
	start := 0
	for i := 1; i < len(low); i++ {
		if low[i] != ' ' && low[i] < utf8.RuneSelf { // none of turns begins so
			continue
		}
		if slices.ContainsFunc(turns, func(w string) bool { return strings.HasPrefix(low[i:], w) }) {
			out, start = append(out, c[start:i]), i
		}
	}
	return append(out, c[start:])
}

// approved reports whether a clause says, in one of the languages, that somebody
// approved: not that they did not, may, have to, or will, and no question.
func approved(clause string) bool {
	if strings.ContainsAny(clause, "?？") {
		return false
	}
	if slices.ContainsFunc(doneJapanese, func(d string) bool {
		_, behind, ok := strings.Cut(clause, d)
		return ok && !strings.HasPrefix(behind, "か") && !strings.HasPrefix(behind, "ら")
	}) {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(clause), func(r rune) bool { return !unicode.IsLetter(r) })
	for lang := range newsWords {
		if goodIn(lang, words) {
			return true
		}
	}
	return false
}

// news are the words of one language by which a clause is known for good news.
type news struct {
	done  string // said with one of aux before it
	alone string // past by itself, where an admin, or one of aux, stands before it
	given string // the same of a giving, where one of what stands in the clause
	what  string
	aux   string
	never string // anywhere before it, these say that it is not so, or not yet
	to    string // right before it, these say that it is still to be done
	after string // right behind it, so do these
}

// The lists of news, as bits.
const (
	ofDone uint8 = 1 << iota
	ofAlone
	ofGiven
	ofWhat
	ofAux
	ofNever
	ofTo
	ofAfter
)

// newsRoles are the words of newsWords with their lists, by language.
var newsRoles = sync.OnceValue(func() []map[string]uint8 {
	out := make([]map[string]uint8, len(newsWords))
	for i, n := range newsWords {
		out[i] = map[string]uint8{}
		for k, list := range []string{n.done, n.alone, n.given, n.what, n.aux, n.never, n.to, n.after} {
			for w := range strings.FieldsSeq(list) {
				out[i][w] |= 1 << k
			}
		}
	}
	return out
})

// within is how many words before what was done one of news.to stands.
const within = 4

// goodIn reports whether the words of a clause are good news in a language. It
// looks at each word once.
func goodIn(lang int, words []string) bool {
	list := newsRoles()[lang]
	what := slices.ContainsFunc(words, func(w string) bool { return list[w]&ofWhat != 0 })
	before, to := uint8(0), -within-1 // what stands before, and where the last of news.to
	for i, w := range words {
		roles := list[w]
		byAdmin := slices.ContainsFunc(words[max(0, i-2):i], func(w string) bool {
			return slices.ContainsFunc(adminStems, func(stem string) bool { return strings.HasPrefix(w, stem) })
		})
		is := roles&ofDone != 0 && before&ofAux != 0 || roles&ofAlone != 0 && (byAdmin || before&ofAux != 0) || roles&ofGiven != 0 && what
		if is && before&ofNever == 0 && i-to >= within+1 && (i+1 == len(words) || list[words[i+1]]&ofAfter == 0) {
			return true
		}
		before |= roles
		if roles&ofTo != 0 {
			to = i
		}
	}
	return false
}

// stillStopped reports whether a text says that what stopped somebody still does.
func stillStopped(s string) bool {
	low := strings.ToLower(s)
	hit := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(low, w) })
	}
	return hit(stillWords) && hit(stopWords)
}
