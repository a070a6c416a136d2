package signin

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"onboard.example/checks"
)

// maxDomainInput bounds what ParseDomain looks at: the longest address with the
// longest URL around it that anybody pastes on purpose.
const maxDomainInput = 2048

// personalDomains are domains of personal mail, whose accounts live in no
// organisation's tenant. General knowledge, exact names only and few of them: a
// company's domain must never be turned away here, discovery tells the rest.
var personalDomains = []string{
	"aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.fr",
	"icloud.com", "live.com", "mac.com", "me.com", "msn.com", "outlook.com", "outlook.de", "outlook.fr",
	"proton.me", "protonmail.com", "qq.com", "web.de", "yahoo.co.uk", "yahoo.com", "ymail.com",
}

// ParseDomain makes a tenant's domain out of what a person types or pastes: a
// domain, an address, a URL; in any script. It returns the ASCII form in lower
// case. The error is an *InputError that says what to type; Personal is set
// where the domain is one of personal mail.
func ParseDomain(input string) (string, error) {
	text := strings.TrimSpace(input)
	switch {
	case text == "":
		return "", &InputError{Field: FieldDomain, Say: wordsDomainEmpty, Do: wordsDomainDo}
	case len(text) > maxDomainInput:
		return "", badDomain(text, wordsDomainLong)
	case checks.IsGUID(strings.Trim(text, "{}")):
		return "", &InputError{Field: FieldDomain, Say: wordsDomainGUID, Do: wordsDomainDo}
	}
	host := strings.TrimSuffix(hostIn(text), ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return "", badDomain(text, wordsDomainAddress)
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err == nil { // what is no text turns into a name that is none
		_, err = idna.Lookup.ToASCII(ascii)
	}
	if err != nil {
		return "", badDomain(text, wordsDomainShape)
	}
	// Full-width dots turn into dots only here.
	ascii = strings.TrimSuffix(ascii, ".")
	if bare, ok := strings.CutPrefix(ascii, "www."); ok && strings.Contains(bare, ".") {
		ascii = bare // nobody's tenant is named after a web server
	}
	if problem := shapeProblem(ascii); problem != "" {
		return "", badDomain(text, problem)
	}
	if isMicrosoftLogin(ascii) {
		return "", badDomain(text, wordsDomainLogin)
	}
	if slices.Contains(personalDomains, ascii) {
		return "", &InputError{Field: FieldDomain, Say: fmt.Sprintf(wordsDomainPersonal, ascii), Do: wordsDomainPersonalDo, Personal: true}
	}
	return ascii, nil
}

func badDomain(input, problem string) error {
	return &InputError{Field: FieldDomain, Say: fmt.Sprintf(wordsDomainBad, shown(input), problem), Do: wordsDomainDo}
}

// hostIn finds the part that should be a domain: behind the @ of an address,
// the host of a URL, else the whole.
func hostIn(text string) string {
	text = strings.Trim(text, "\"'`<>()[]{},;")
	if _, in, ok := strings.Cut(text, "<"); ok { // A person <user@contoso.com>
		text, _, _ = strings.Cut(in, ">")
	}
	if len(text) >= 7 && strings.EqualFold(text[:7], "mailto:") {
		text, _, _ = strings.Cut(text[7:], "?")
	}
	if strings.Contains(text, "://") {
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			return u.Hostname()
		}
	}
	if i := strings.LastIndexAny(text, "@＠"); i >= 0 {
		text = strings.TrimLeft(text[i:], "@＠")
	}
	text, _, _ = strings.Cut(text, "/")
	if host, port, ok := strings.Cut(text, ":"); ok && isDigits(port) {
		text = host
	}
	return strings.TrimSpace(text)
}

func isDigits(s string) bool {
	return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

// shapeProblem says why an ASCII name can not be a tenant's domain.
func shapeProblem(name string) string {
	if len(name) > 253 {
		return wordsDomainLong
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return wordsDomainDot
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return wordsDomainShape
		}
	}
	if isDigits(labels[len(labels)-1]) {
		return wordsDomainAddress
	}
	return ""
}
