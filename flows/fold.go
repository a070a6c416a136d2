package flows

import (
	"slices"
	"strings"
)

// hasFold says whether a list holds a word, in any case: scopes compare so
// (entra-facts §2 [K]).
func hasFold(list []string, word string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, word) })
}

// addFold adds a word that the list does not hold yet.
func addFold(list []string, word string) []string {
	if word == "" || hasFold(list, word) {
		return list
	}
	return append(slices.Clip(list), word)
}

// sortedOnce sorts words and drops doubles and empty ones, in place.
func sortedOnce(words []string) []string {
	slices.Sort(words)
	words = slices.Compact(words)
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}
