package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// members are the members of a JSON object by their exact names; each is a
// string, a json.Number, a boolean, nil for null, members, or a []any of these.
type members map[string]any

// only says whether there are no members but those named.
func (m members) only(names ...string) bool {
	for name := range m {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}

// exactly says whether the members are those named, all of them.
func (m members) exactly(names ...string) bool { return len(m) == len(names) && m.only(names...) }

// is says whether the member of that name is a string, and a good one.
func (m members) is(member string, good func(string) bool) bool {
	s, ok := m[member].(string)
	return ok && good(s)
}

// isBool says whether the member of that name is true or false.
func (m members) isBool(member string) bool {
	_, ok := m[member].(bool)
	return ok
}

// areTexts says whether the member of that name is a list of good strings, of a
// length from least to most.
func (m members) areTexts(member string, least, most int, good func(string) bool) bool {
	list, ok := m[member].([]any)
	return ok && len(list) >= least && len(list) <= most && !slices.ContainsFunc(list, func(v any) bool {
		s, ok := v.(string)
		return !ok || !good(s)
	})
}

// maxBody bounds a write's body, in bytes, and maxDeep how objects and lists in
// it may be nested. Graph takes grants of a few thousand characters; the deepest
// form is a list of objects in an object.
const (
	maxBody = 64 << 10
	maxDeep = 3
)

// readMembers reads a body so that no two readers of it can differ: one object,
// nothing behind it, each member once in the object that it is of. encoding/json
// alone would take the last of two and any spelling of a name.
func readMembers(body string) (members, bool) {
	if len(body) > maxBody || !utf8.ValidString(body) || !json.Valid([]byte(body)) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	v, ok := readValue(dec, maxDeep)
	m, isObject := v.(members)
	return m, ok && isObject
}

// readValue reads the next value of a body that is known to be JSON.
func readValue(dec *json.Decoder, deep int) (any, bool) {
	token, err := dec.Token()
	if err != nil {
		return nil, false
	}
	opens, nested := token.(json.Delim)
	switch {
	case !nested:
		return token, true
	case deep == 0:
		return nil, false
	case opens == '{':
		return readObject(dec, deep-1)
	}
	list := []any{}
	for dec.More() {
		v, ok := readValue(dec, deep-1)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	_, err = dec.Token() // the end of the list
	return list, err == nil
}

// readObject reads the rest of an object that was opened.
func readObject(dec *json.Decoder, deep int) (any, bool) {
	out := members{}
	for dec.More() {
		key, err := dec.Token()
		member, ok := key.(string)
		if _, twice := out[member]; err != nil || !ok || twice {
			return nil, false
		}
		if out[member], ok = readValue(dec, deep); !ok {
			return nil, false
		}
	}
	_, err := dec.Token() // the end of the object
	return out, err == nil
}
