package aadsts

import (
	"slices"
	"strings"
)

// facts are what a text holds beside its codes.
type facts struct {
	answer *Answer // filled in place
	codes  []sighting
	graph  string // Graph's own error code
	state  bool   // an authorization code came back: the sign-in worked
	cancel bool   // error_subcode=cancel
	failed bool   // there is an error, known or not
	said   bool   // an error_description came with the error
	label  string // the app's name, where it stood behind a label
	host   string // of Microsoft's sign-in, which tells the cloud; "" where the text names none
}

// take puts a pair where it belongs. What came first stays.
func (f *facts) take(p pair) {
	a := f.answer
	switch p.key {
	case "error":
		f.takeError(p)
	case "errordescription":
		f.said = true
	case "errorcodes":
		f.takeCodes(p.value)
	case "errorcode":
		f.takeCode(p.value, false)
	case "code":
		f.takeCodeOrSecret(p)
	case "suberror", "errorsubcode":
		v := identifier(p.value)
		f.cancel = f.cancel || v == "cancel"
		if _, ok := suberrors[v]; ok {
			set(&a.Suberror, v) // whatever else stands there may be a name
		}
	case "claims":
		if a.Claims == "" {
			a.Claims = claims(p.value)
		}
	case "adminconsent":
		a.AdminConsent = a.AdminConsent || strings.EqualFold(identifier(p.value), "true")
	case "traceid":
		set(&a.Personal.Trace, guid(p.value))
	case "correlationid":
		set(&a.Personal.Correlation, guid(p.value))
	case "requestid":
		set(&a.Personal.RequestID, guid(p.value))
	case "deviceid":
		set(&a.Personal.Device, guid(p.value))
	case "userid":
		set(&a.Personal.UserID, guid(p.value))
	case "ipaddress":
		set(&a.Personal.IP, address(p.value))
	case "timestamp":
		if a.At.IsZero() {
			a.At = moment(plainValue(p))
		}
	case "secret", "sessionstate", "password", "authorization":
		a.Secret = a.Secret || isSecret(p)
	default:
		f.takeRequest(p)
	}
}

// takeRequest is take for what an app asked for.
func (f *facts) takeRequest(p pair) {
	a := f.answer
	switch p.key {
	case "clientid":
		set(&a.App.ID, guid(p.value))
	case "appname":
		if v := plainValue(p); p.loose {
			if a.App.Name == "" {
				f.label = labelName(v)
			}
			set(&a.App.Name, f.label)
		} else {
			set(&a.App.Name, appName(v))
		}
	case "tenant":
		f.takeTenant(plainValue(p))
	case "resource":
		v := plainValue(p)
		if id := guid(v); id != "" {
			set(&a.API.ID, id)
		} else {
			set(&a.API.ID, origin(v))
		}
	case "scope":
		if len(a.Scopes) == 0 {
			if v := plainValue(p); p.loose {
				a.Scopes = labelScopes(v)
			} else {
				a.Scopes = scopes(v)
			}
		}
	case "prompt":
		if v := strings.ToLower(identifier(p.value)); slices.Contains(prompts, v) {
			set(&a.Request.Prompt, v)
		}
	case "responsetype":
		words := slices.DeleteFunc(strings.Fields(identifiers(plainValue(p))), func(w string) bool { return !slices.Contains(responseTypes, w) })
		set(&a.Request.ResponseType, strings.Join(words, " "))
	case "redirecturi":
		if whole := bareURL(plainValue(p)); a.Request.RedirectURI == "" && whole != "" {
			a.Request.RedirectURI = discreet(whole)
			if a.Request.RedirectURI != whole {
				a.Personal.RedirectURI = whole
			}
		}
	}
}

// prompts are the values of prompt that there are, the old one of v1 included
// (entra-facts §11).
var prompts = []string{"none", "login", "consent", "select_account", "admin_consent", "create"}

// responseTypes are the words that a response_type is made of (OAuth 2.0 Multiple
// Response Types).
var responseTypes = []string{"code", "id_token", "token", "none"}

func set(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// takeError keeps OAuth's error. A label's is kept only if it is one of those
// that are known: "Error: it did not work" is none.
func (f *facts) takeError(p pair) {
	v := strings.ToLower(identifier(p.value))
	// Errors of OAuth have an underscore; "error=1" and "error=true" are none.
	_, ok := oauthErrors[v]
	if !ok && (p.loose || !strings.Contains(v, "_")) {
		return
	}
	// One that nobody knows is an error as well, and may be a name.
	f.failed = true
	if ok || slices.Contains(otherErrors, v) {
		set(&f.answer.Error, v)
	}
}

// otherErrors are errors of OAuth and OpenID that mean nothing here [RFC 6749,
// RFC 8707, RFC 9101, OpenID Connect].
var otherErrors = []string{
	"invalid_target", "invalid_request_uri", "invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported",
	"unsupported_token_type", "unmet_authentication_requirements", "invalid_dpop_proof", "use_dpop_nonce", "mfa_required", "invalid_resource",
}

// takeCodes reads the numbers of error_codes, which are codes whatever they are.
// What has anything else beside its digits may be a telephone.
func (f *facts) takeCodes(list string) {
	tries := 0
	for v := range strings.FieldsFuncSeq(list[:min(len(list), 256)], func(r rune) bool { return r == ',' || r == '[' || r == ']' || r == '\n' }) {
		if tries++; tries > maxCodes {
			return
		}
		v = strings.Trim(v, " '\"\\")
		if run, end := digits(v, 0); end == len(v) && len(run) >= minDigits && len(run) <= maxDigits {
			f.codes = note(f.codes, sighting{number: value(run)})
		}
	}
}

// takeCode reads a number that is a code if the table knows it: "error code"
// stands before many numbers.
func (f *facts) takeCode(v string, any bool) {
	v = strings.TrimLeft(v, " '\"\\")
	run, end := digits(v, 0)
	if end == 0 || len(run) < minDigits || len(run) > maxDigits || end < len(v) && isWord(v[end]) {
		return
	}
	if any || len(run) > minDigits && known(value(run)) {
		f.codes = note(f.codes, sighting{number: value(run), bare: !any})
	}
}

// takeCodeOrSecret tells apart the three things that are called code: the
// number on Microsoft's own page, Graph's word, and the authorization code,
// which is a secret.
func (f *facts) takeCodeOrSecret(p pair) {
	v := plainValue(p)
	if v == "" {
		return
	}
	if v[0] >= '0' && v[0] <= '9' && len(v) < 10 {
		f.takeCode(v, p.error)
		return
	}
	if _, ok := graphErrors[strings.ToLower(identifier(v))]; ok {
		if f.graph == "" {
			f.graph = strings.ToLower(identifier(v))
		}
		return
	}
	// Whatever else is called code in an address and is as long as one is taken
	// for a secret: the warning costs nothing, and a leak does.
	if p.param && len(v) >= 16 && strings.Trim(v, codeLetters) == "" {
		f.answer.Secret, f.state = true, true
	}
}

// codeLetters are what authorization codes are made of.
const codeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*$/+="

// takeTenant keeps a tenant's id, its domain, or what a page calls it.
func (f *facts) takeTenant(v string) {
	t := &f.answer.Tenant
	if id := guid(v); id != "" {
		set(&t.ID, id)
		return
	}
	if d := tenantDomain(v); d != "" {
		set(&t.Name, d)
	}
}
