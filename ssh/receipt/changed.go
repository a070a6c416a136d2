package receipt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"onboard.example/checks"
)

// Change is one thing that a receipt says otherwise than the journal does now.
type Change struct {
	What    string `json:"what" jsonschema_description:"Its name in the receipt, such as journal.sha256."`
	Receipt string `json:"receipt,omitempty"` // left out: it says nothing of it
	Journal string `json:"journal,omitempty"`
}

// mostChanges bounds what Changed lists.
const mostChanges = 40

// Changed is what of a session, as a receipt says it, is not what its journal gives now:
// nothing, where it is the same in every word. The first of them are listed.
func (s Session) Changed(now Session) ([]Change, error) {
	was, err := plain(s)
	if err != nil {
		return nil, err
	}
	is, err := plain(now)
	if err != nil {
		return nil, err
	}
	return changes(nil, "", was, is), nil
}

// plain is a session as its JSON says it.
func plain(s Session) (out any, err error) {
	text, err := json.Marshal(s)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		err = d.Decode(&out)
	}
	if err != nil {
		return nil, fmt.Errorf("comparing a session: %w", err)
	}
	return out, nil
}

// changes adds those between two values of JSON.
func changes(to []Change, at string, was, is any) []Change {
	if len(to) == mostChanges {
		return to
	}
	a, named := was.(map[string]any)
	b, too := is.(map[string]any)
	x, listed := was.([]any)
	y, both := is.([]any)
	switch {
	case named && too:
		names := maps.Clone(a)
		maps.Copy(names, b)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			under := name
			if at != "" {
				under = at + "." + name
			}
			to = changes(to, under, a[name], b[name])
		}
	case listed && both:
		for i := range max(len(x), len(y)) {
			to = changes(to, fmt.Sprintf("%s[%d]", at, i+1), nth(x, i), nth(y, i))
		}
	default:
		if one, other := said(was), said(is); one != other {
			to = append(to, Change{at, checks.Line(one, mostText), checks.Line(other, mostText)})
		}
	}
	return to
}

func nth(of []any, i int) any {
	if i < len(of) {
		return of[i]
	}
	return nil
}

// said is a value as people read it; empty: there is none.
func said(v any) string {
	if v == nil {
		return ""
	}
	if text, is := v.(string); is {
		return text
	}
	text, err := json.Marshal(v)
	if err != nil { // it came from JSON
		return fmt.Sprint(v)
	}
	return string(text)
}
