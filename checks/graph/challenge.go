package graph

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// maxChallenge bounds a WWW-Authenticate header that is looked at.
const maxChallenge = 16 << 10

// claimsChallenge is the decoded claims of a continuous access evaluation
// challenge (entra-facts §15): WWW-Authenticate: Bearer …,
// error="insufficient_claims", claims="<base64 of a JSON object>". It is empty
// where there is none that can be read.
func claimsChallenge(h http.Header) string {
	for _, v := range h.Values("WWW-Authenticate") {
		if len(v) > maxChallenge {
			continue
		}
		for _, p := range parseChallenge(v) {
			if !strings.EqualFold(p.name, "claims") {
				continue
			}
			if c := decodeClaims(p.value); c != "" {
				return c
			}
		}
	}
	return ""
}

// decodeClaims accepts both alphabets of base64, padded or not, and only a
// JSON object inside.
func decodeClaims(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || len(object) == 0 {
		return ""
	}
	return string(raw)
}

// param is one parameter of a challenge.
type param struct{ name, value string }

// parseChallenge reads the parameters of all challenges in one header value
// (RFC 9110 §11.6.1), whatever their schemes. It is total: what does not parse
// is passed over.
func parseChallenge(s string) []param {
	var out []param
	for s != "" {
		s = strings.TrimLeft(s, " \t,")
		word := s[:tokenLen(s)]
		s = s[len(word):]
		if word == "" {
			if s != "" {
				s = s[1:] // not a token: step over it
			}
			continue
		}
		rest := strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(rest, "=") {
			continue // a scheme, such as Bearer
		}
		var value string
		value, s = challengeValue(strings.TrimLeft(rest[1:], " \t"))
		out = append(out, param{name: word, value: value})
	}
	return out
}

// challengeValue reads a quoted string or a bare word, and gives what follows.
func challengeValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:]
		case '\\':
			i++
			if i >= len(s) {
				return b.String(), ""
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), "" // the quote never ends
}

// tokenLen is the length of the token (RFC 9110 §5.6.2) that s begins with.
func tokenLen(s string) int {
	i := strings.IndexFunc(s, func(r rune) bool { return !alnum(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r) })
	if i < 0 {
		return len(s)
	}
	return i
}

func alnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
