package aadsts

import (
	"strings"
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
	if p.loose && strings.ContainsAny(v, " \n") {
		return false
	}
	if p.key != "password" {
		return len(v) >= 16
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return len(v) >= 6 && strings.Trim(v, v[:1]) != "" && (strings.Trim(v, letters) != "" || !p.loose && len(v) >= 8)
}
