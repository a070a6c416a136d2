package sim

import (
	"slices"
	"strings"
)

// $search as the directory has it: "property:word" clauses joined by AND, OR
// and NOT, in advanced queries alone.

// searchClause is one "property:word", perhaps negated.
type searchClause struct {
	prop, word string
	not        bool
}

// searched narrows a list to what $search finds.
func (c *graphCall) searched(e *entity, items []obj) ([]obj, error) {
	text, ok := option(c.query, "search")
	if !ok || len(e.search) == 0 {
		return items, nil
	}
	if !strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual") {
		return nil, unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	either, err := parseSearch(e, text)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(items, func(o obj) bool {
		return !slices.ContainsFunc(either, func(all []searchClause) bool {
			return !slices.ContainsFunc(all, func(one searchClause) bool { return one.in(o) == one.not })
		})
	}), nil
}

// parseSearch reads clauses: alternatives of clauses that must all hold.
func parseSearch(e *entity, text string) ([][]searchClause, error) {
	bad := badRequest("Syntax error in $search: write \"property:word\" in double quotes, joined by AND, OR or NOT.")
	if len(text) > maxFilter {
		return nil, bad
	}
	alternatives := [][]searchClause{{}}
	rest, not, wanted := strings.TrimSpace(text), false, true
	for rest != "" {
		word, after, _ := strings.Cut(rest, " ")
		switch {
		case word == "NOT" && wanted:
			not, rest = true, strings.TrimSpace(after)
			continue
		case word == "AND" && !wanted:
			wanted, rest = true, strings.TrimSpace(after)
			continue
		case word == "OR" && !wanted:
			alternatives, wanted, rest = append(alternatives, []searchClause{}), true, strings.TrimSpace(after)
			continue
		case rest[0] != '"' || !wanted:
			return nil, bad
		}
		inner, after, ok := strings.Cut(rest[1:], `"`)
		prop, value, named := strings.Cut(inner, ":")
		if !ok || !named || value == "" {
			return nil, bad
		}
		at := slices.IndexFunc(e.search, func(n string) bool { return strings.EqualFold(n, prop) })
		if at < 0 {
			return nil, unsupported("Unsupported property '%s' in $search.", strings.ToValidUTF8(prop, "?"))
		}
		last := len(alternatives) - 1
		alternatives[last] = append(alternatives[last], searchClause{e.search[at], strings.ToLower(value), not})
		rest, not, wanted = strings.TrimSpace(after), false, false
	}
	if wanted {
		return nil, bad
	}
	return alternatives, nil
}

// in says whether the clause's word begins a word of the property, or is in the
// whole of it.
func (s searchClause) in(o obj) bool {
	text, _ := o[s.prop].(string)
	text = strings.ToLower(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -_.@'", r) })
	return strings.Contains(s.word, " ") && strings.Contains(text, s.word) || strings.HasPrefix(text, s.word) ||
		slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, s.word) })
}
