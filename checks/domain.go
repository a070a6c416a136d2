package checks

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Script writes names of other scripts than ASCII as the DNS has them, and the other
// way round, by UTS #46; an error is of what can be no name. golang.org/x/net/idna's
// Lookup is one. It comes in from outside because this room rests on the standard
// library alone.
type Script interface {
	ToASCII(name string) (string, error)
	ToUnicode(name string) (string, error)
}

// Domain is a domain that a person typed, in the forms that are needed.
type Domain struct {
	ASCII   string // lower case, xn-- where needed, no dot at the end
	Unicode string // for people
}

// DomainError says why what was typed is no domain that can be used. Say tells what is
// wrong, Do what to type instead; both are one line and cleaned.
type DomainError struct {
	Say, Do string
	// Personal is set for a domain of personal accounts, which is well formed but
	// never a tenant.
	Personal bool
}

// Error gives Say.
func (e *DomainError) Error() string { return e.Say }

// mostDomainInput bounds what ParseDomain looks at: the longest address with the
// longest URL around it that anybody pastes on purpose.
const mostDomainInput = 2048

// personalDomains are domains of personal mail, whose accounts live in no
// organisation's tenant. General knowledge, exact names only and few of them: a
// company's domain must never be turned away here, discovery tells the rest.
var personalDomains = []string{
	"aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.fr",
	"icloud.com", "live.com", "mac.com", "me.com", "msn.com", "outlook.com", "outlook.de", "outlook.fr",
	"proton.me", "protonmail.com", "qq.com", "web.de", "yahoo.co.uk", "yahoo.com", "ymail.com",
}

// microsoftLogins are the names of Microsoft's own sign-in hosts (entra-facts
// §10; MSAL Go v1.10.1's list of trusted hosts, of which the clouds that
// closed are left out).
var microsoftLogins = []string{
	"login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net",
	"login.microsoftonline.us", "login.usgovcloudapi.net",
	"login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
}

// IsMicrosoftLogin reports whether a host is one of Microsoft's own sign-in hosts.
func IsMicrosoftLogin(host string) bool {
	return slices.Contains(microsoftLogins, strings.ToLower(host))
}

// IsPersonalDomain reports whether a domain, in ASCII form, is one of personal mail.
func IsPersonalDomain(ascii string) bool {
	return slices.Contains(personalDomains, strings.ToLower(ascii))
}

// ParseDomain makes a domain out of what a person types or pastes: a domain, an
// address, a URL; in any script. Whoever asks for a domain asks by this law. More than
// one are refused: nobody is asked about a domain that somebody did not mean. The
// error is a *DomainError.
func ParseDomain(typed string, script Script) (Domain, error) {
	text := strings.TrimSpace(typed)
	switch {
	case text == "":
		return Domain{}, &DomainError{Say: sayDomainEmpty, Do: doTypeDomain}
	case len(text) > mostDomainInput:
		return Domain{}, badDomain(text, sayDomainLong)
	case IsGUID(strings.Trim(text, "{}")):
		return Domain{}, &DomainError{Say: sayDomainGUID, Do: doTypeDomain}
	}
	in, many := hostIn(text)
	if many {
		return Domain{}, badDomain(text, sayDomainMany)
	}
	host := strings.TrimSuffix(in, ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return Domain{}, badDomain(text, sayDomainAddress)
	}
	ascii, err := script.ToASCII(host)
	if err == nil { // what is no text turns into a name that is none
		_, err = script.ToASCII(ascii)
	}
	if err != nil {
		return Domain{}, badDomain(text, sayDomainShape)
	}
	// Full-width dots turn into dots only here.
	ascii = strings.TrimSuffix(ascii, ".")
	if bare, ok := strings.CutPrefix(ascii, "www."); ok && strings.Contains(bare, ".") {
		ascii = bare // nobody's tenant is named after a web server
	}
	if problem := shapeProblem(ascii); problem != "" {
		return Domain{}, badDomain(text, problem)
	}
	if IsMicrosoftLogin(ascii) {
		return Domain{}, badDomain(text, sayDomainLogin)
	}
	if IsPersonalDomain(ascii) {
		return Domain{}, &DomainError{Say: fmt.Sprintf(sayDomainPersonal, ascii), Do: doDomainPersonal, Personal: true}
	}
	shown, err := script.ToUnicode(ascii)
	if err != nil {
		shown = ascii
	}
	return Domain{ASCII: ascii, Unicode: shown}, nil
}

func badDomain(typed, problem string) error {
	return &DomainError{Say: fmt.Sprintf(sayDomainBad, Line(strings.TrimSpace(typed), 80), problem), Do: doTypeDomain}
}

// hostIn finds the part that should be a domain: behind the @ of an address,
// the host of a URL, else the whole. It says where there are several.
func hostIn(text string) (host string, many bool) {
	text = strings.Trim(text, "\"'`<>()[]{},; ")
	if strings.Count(text, "<") > 1 {
		return "", true
	}
	if _, in, ok := strings.Cut(text, "<"); ok { // A person <user@contoso.com>
		text, _, _ = strings.Cut(in, ">")
	}
	if len(text) >= 7 && strings.EqualFold(text[:7], "mailto:") {
		text, _, _ = strings.Cut(text[7:], "?")
	}
	if strings.Contains(text, "://") {
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			return u.Hostname(), false
		}
	}
	if severalDomains(text) {
		return "", true
	}
	if i := strings.LastIndexAny(text, "@＠"); i >= 0 {
		text = strings.TrimLeft(text[i:], "@＠")
	}
	text, _, _ = strings.Cut(text, "/")
	if host, port, ok := strings.Cut(text, ":"); ok && isDigits(port) {
		text = host
	}
	return strings.TrimSpace(text), false
}

// severalDomains reports whether a text that is no URL holds more than one: in a
// list, or one before a path that has an address in it.
func severalDomains(text string) bool {
	addresses, names := 0, 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;，、；|", r) }) {
		switch {
		case strings.ContainsAny(part, "@＠"):
			addresses++
		case strings.Contains(strings.Trim(part, "."), "."):
			names++
		}
	}
	before, path, _ := strings.Cut(text, "/")
	return addresses > 1 || addresses == 0 && names > 1 ||
		strings.Contains(before, ".") && !strings.ContainsAny(before, "@＠") && strings.ContainsAny(path, "@＠")
}

func isDigits(s string) bool {
	return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

// shapeProblem says why an ASCII name can not be a tenant's domain.
func shapeProblem(name string) string {
	if len(name) > 253 {
		return sayDomainLong
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return sayDomainDot
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return sayDomainShape
		}
	}
	if isDigits(labels[len(labels)-1]) {
		return sayDomainAddress
	}
	return ""
}
