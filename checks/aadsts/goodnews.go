package aadsts

import (
	"slices"
	"strings"
	"unicode"
)

// Of an admin, an approval and a need near each other a wall is put together
// (walls.go). "The admin has approved the app. You need to restart." has all three
// and is none. So where a wall was put together the text is read once more, without
// the clauses that say that an admin did approve; what asks for no approval then is
// no wall, unless it says that the wall still comes.

// news reads a short text once more where its wall was put together.
func (w *seen) news(s string) {
	if !w.loose || w.long || len(s) > maxPage {
		return
	}
	rest, good := withoutGoodNews(s)
	if !good || stillStopped(rest) {
		return
	}
	if again := readParts(rest); !again.has(wallAdmin) {
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
		for {
			at := turn(c)
			if at < 0 {
				break
			}
			cut, c = append(cut, c[:at]), c[at:]
		}
		cut = append(cut, c)
	}
	return cut
}

// turn is where a word that turns what was said begins, behind another; -1 for none.
func turn(c string) int {
	low := strings.ToLower(c)
	if len(low) != len(c) {
		return -1
	}
	at := -1
	for _, w := range turns {
		if i := strings.Index(low, w); i > 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
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
	return slices.ContainsFunc(newsWords, func(n news) bool { return n.in(words) })
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

// within is how many words before what was done one of to stands.
const within = 4

// in reports whether the words of a clause are good news.
func (n news) in(words []string) bool {
	has := func(list, w string) bool { return strings.Contains(" "+list+" ", " "+w+" ") }
	one := func(list string, words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return has(list, w) })
	}
	for i, w := range words {
		before, helped := words[:i], one(n.aux, words[:i])
		byAdmin := slices.ContainsFunc(words[max(0, i-2):i], func(w string) bool {
			return slices.ContainsFunc(adminStems, func(stem string) bool { return strings.HasPrefix(w, stem) })
		})
		switch {
		case has(n.done, w) && helped, has(n.alone, w) && (helped || byAdmin), has(n.given, w) && one(n.what, words):
		default:
			continue
		}
		if one(n.never, before) || one(n.to, words[max(0, i-within):i]) || i+1 < len(words) && has(n.after, words[i+1]) {
			continue
		}
		return true
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
