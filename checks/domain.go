package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
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
// address, a URL; in any script. Whoever asks for a domain asks by this law. A text with
// several of them that are not the same is refused: nobody is asked about a domain that
// somebody did not mean. The error is a *DomainError.
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
	in, many := hostIn(text, script)
	if many {
		return Domain{}, badDomain(text, sayDomainMany)
	}
	host := strings.TrimSuffix(in, ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return Domain{}, badDomain(text, sayDomainAddress)
	}
	ascii, err := asciiOf(host, script)
	if err != nil {
		return Domain{}, badDomain(text, sayDomainShape)
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

// asciiOf is a host's name as the DNS has it.
func asciiOf(host string, script Script) (string, error) {
	ascii, err := script.ToASCII(host)
	if err == nil { // what is no text turns into a name that is none
		_, err = script.ToASCII(ascii)
	}
	if err != nil {
		return "", err
	}
	// Full-width dots turn into dots only here.
	ascii = strings.TrimSuffix(ascii, ".")
	if bare, ok := strings.CutPrefix(ascii, "www."); ok && strings.Contains(bare, ".") {
		ascii = bare // nobody's tenant is named after a web server
	}
	return ascii, nil
}

func badDomain(typed, problem string) error {
	return &DomainError{Say: fmt.Sprintf(sayDomainBad, Line(strings.TrimSpace(typed), 80), problem), Do: doTypeDomain}
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
