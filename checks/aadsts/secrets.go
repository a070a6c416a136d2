package aadsts

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// holdsSecret reports whether a text has, outside of any key, what looks like a
// token, an authorization code or an app's secret. A warning costs nothing, and a
// leak does. It looks at every run of a token's letters once.
//
// The forms are general knowledge [K; RFC 7519, RFC 6750]: JSON Web Tokens begin
// with the coded "{" of their head, Entra's refresh tokens and codes with "0.A",
// "1.A" or "AQAB" behind two letters, those of personal accounts with "M.C" or
// "EwB", and Entra's app secrets have "Q~" at a place of their own.
func holdsSecret(s string) bool {
	for i := 0; i < len(s); {
		if !tokenBytes[s[i]] {
			i++
			continue
		}
		end := i + 1
		for end < len(s) && tokenBytes[s[end]] {
			end++
		}
		if end-i >= minToken && isToken(s[max(0, i-len("bearer ")):i], s[i:end]) {
			return true
		}
		i = end
	}
	return false
}

// minToken is the shortest run that is taken for a token, longToken the shortest
// of those that have little else to be known by.
const (
	minToken  = 20
	longToken = 64
)

// isToken reports whether a run of a token's letters is one, by its form and by
// what stands before it.
func isToken(before, run string) bool {
	if strings.EqualFold(before, "bearer ") {
		return true
	}
	if at := strings.Index(run, "eyJ"); at >= 0 && strings.Count(run[at:], ".") >= 2 {
		return true
	}
	if at := strings.Index(run, "Q~"); at >= 4 && run[at-1] >= '0' && run[at-1] <= '9' && len(run)-at >= 33 {
		return true
	}
	if len(run) < longToken {
		return false
	}
	for _, head := range []string{"0.A", "1.A", "M.C", "M.R", "EwB", "OAQAB", "AQAB"} {
		if strings.HasPrefix(run, head) {
			return true
		}
	}
	return false
}

// tokenBytes are the letters of tokens: those of base64 for addresses, the dots
// between parts, and "~".
var tokenBytes = func() (is [256]bool) {
	for b := range 256 {
		c := byte(b)
		is[b] = isWord(c) || c == '-' || c == '.' || c == '~'
	}
	return is
}()

// isSecret reports whether the value of a key that secrets go by is one, and not
// a sentence about it.
func isSecret(p pair) bool {
	v := strings.Trim(plainValue(p), `"'\`)
	switch p.key {
	case "password":
		return isPassword(v, p.loose)
	case "authorization":
		return isBasic(v)
	case "sessionstate":
		if len(v) == guidLen && guidAt(v, 0) {
			return false // the name of a session, which opens nothing
		}
	}
	if p.loose && strings.ContainsAny(v, " \n") {
		return false
	}
	// A claims challenge asks about a token, and holds none.
	return len(v) >= 16 && v[0] != '{' && v[0] != '['
}

// isPassword reports whether a value is a password: behind a label its first
// word, where that is no word of a language and no code.
func isPassword(v string, loose bool) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if loose {
		word, _, more := strings.Cut(strings.ReplaceAll(v, "\n", " "), " ")
		if more && (!strings.ContainsAny(word, "0123456789") || strings.Trim(word, "0123456789-./:,") == "" || withoutCode(word) != word) {
			return false
		}
		v = word
	}
	return len(v) >= 6 && strings.Trim(v, v[:1]) != "" && (strings.Trim(v, letters) != "" || !loose && len(v) >= 8)
}

// isBasic reports whether a value is a name and a password as HTTP carries them
// (RFC 7617).
func isBasic(v string) bool {
	if len(v) < len("basic ") || !strings.EqualFold(v[:len("basic ")], "basic ") {
		return false
	}
	v = v[len("basic "):]
	end := strings.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf || !isWord(byte(r)) && !strings.ContainsRune("+/-", r) })
	if end >= 0 {
		v = v[:end]
	}
	plain, err := base64.RawStdEncoding.DecodeString(v)
	if err != nil {
		plain, err = base64.RawURLEncoding.DecodeString(v)
	}
	return err == nil && bytes.IndexByte(plain, ':') > 0
}

// passwordLabels are labels that keys cannot be, because they are not all ASCII.
var passwordLabels = []string{"contraseña:", "hasło:", "lösenord:", "パスワード:", "Contraseña:", "Hasło:", "Lösenord:"}

// holdsPassword reports whether a password stands behind one of those labels.
func holdsPassword(s string) bool {
	for _, label := range passwordLabels {
		if at := strings.Index(s, label); at >= 0 {
			rest := strings.TrimLeft(s[at+len(label):min(len(s), at+256)], " \n")
			rest, _, _ = strings.Cut(rest, "\n")
			if isPassword(strings.ToValidUTF8(rest, ""), true) {
				return true
			}
		}
	}
	return false
}
