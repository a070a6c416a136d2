package signin

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onboard.example/checks"
)

// refusal is the error body of a sign-in endpoint (entra-facts §13).
type refusal struct {
	OAuth       string `json:"error"`
	Sub         string `json:"suberror"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Trace       string `json:"trace_id"`
	Challenge   string `json:"claims"`
}

// aadsts finds Microsoft's codes in text (entra-facts §13).
var aadsts = regexp.MustCompile(`AADSTS(\d{4,8})`)

// number is the code of a refusal, 0 where it has none. The text names the code
// that matters; error_codes may list others beside it.
func (r refusal) number() int {
	if m := aadsts.FindStringSubmatch(r.Description); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	if len(r.Codes) > 0 {
		return r.Codes[0]
	}
	return 0
}

// unknownTenant reports whether the refusal says that there is no such tenant,
// which is an answer and no failure (entra-facts §10).
func (r refusal) unknownTenant() bool {
	return r.OAuth == "invalid_tenant" || r.number() == 90002 || slices.Contains(r.Codes, 90002)
}

// failure is the refusal of a request that carried no sign-in.
func (r refusal) failure(g got) *checks.Failure {
	f := &checks.Failure{Kind: checks.FailRequest, Status: g.status, RequestID: g.requestID, After: g.after}
	r.fill(f)
	if f.Message == "" {
		f.Message = wordsRefused + strconv.Itoa(g.status)
	}
	return f
}

// fill puts code, text and trace into f, cleaned.
func (r refusal) fill(f *checks.Failure) {
	if n := r.number(); n > 0 {
		f.Code = "AADSTS" + strconv.Itoa(n)
	} else {
		f.Code = checks.Line(r.OAuth, 60)
	}
	text, trace := tidy(r.Description)
	f.Message = text
	f.RequestID = cmp.Or(f.RequestID, trace, checks.Line(r.Trace, 64))
	if len(r.Challenge) <= maxClaims {
		f.Claims = r.Challenge
	}
}

// cause is what the refusal means for a sign-in.
func (r refusal) cause() Cause {
	n := r.number()
	if c, ok := causes[n]; ok {
		return c
	}
	if c, ok := oauthCauses[r.OAuth]; ok && n == 0 {
		return c
	}
	return CauseOther
}

// The lines that Microsoft adds to its texts, for its support.
var (
	traceTail = regexp.MustCompile(`(?i)\s*Trace ID:\s*([0-9a-f-]{36})`)
	mailTail  = regexp.MustCompile(`(?i)\s*(Trace ID|Correlation ID|Timestamp):`)
)

// tidy makes one clean line of a description: without Microsoft's trailing
// lines, without anything that looks like a secret. It gives the trace id apart.
func tidy(s string) (text, trace string) {
	s = html.UnescapeString(s)
	if m := traceTail.FindStringSubmatch(s); m != nil {
		trace = m[1]
	}
	if i := mailTail.FindStringIndex(s); i != nil {
		s = s[:i[0]]
	}
	return checks.Line(strings.TrimSpace(redact(s)), 400), trace
}

// What a token, a code or a verifier looks like in somebody else's error text.
var (
	jwtLike    = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}`)
	namedValue = regexp.MustCompile(`(?i)\b((?:access_|refresh_|id_)?token|code|code_verifier|device_code|client_secret|client_assertion|assertion|password|state)("\s*:\s*"|\s*=\s*["']?)[^\s"'&,;}]+`)
	longRun    = regexp.MustCompile(`[A-Za-z0-9_.~+=-]{64,}`)
)

// redact masks what may be a secret. Texts are built without secrets in the
// first place; this is for those that other programs made.
func redact(s string) string {
	s = jwtLike.ReplaceAllString(s, mask)
	s = namedValue.ReplaceAllString(s, "${1}${2}"+mask)
	return longRun.ReplaceAllString(s, mask)
}
