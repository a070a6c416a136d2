package aadsts

import "slices"

// Texts are all own texts of the tables, for tests of what else is made of an
// answer.
func Texts() []string {
	var out []string
	for _, group := range [][]textCase{messages, pages, foreignPages, redirects, bodies, markup, scans, several, nothing, elsewhere, unseen, blocks, adversarial, second, denied} {
		for _, c := range group {
			out = append(out, c.text)
		}
	}
	for _, c := range slices.Concat(names, beside) {
		out = append(out, c.text)
	}
	for _, c := range newsTexts {
		out = append(out, c.text)
	}
	return out
}

// Watched says that the build watches for races, and is slow.
const Watched = watched
