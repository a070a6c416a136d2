package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// refusal is an answer of the sign-in service that says no.
type refusal struct {
	code  int
	oauth string
	text  string
	sub   string
	// claims are what a client that asks again should send (Conditional Access).
	claims string
	state  int // status for a token endpoint
}

// refuse builds the refusal of a code; args fill its words.
func refuse(code int, args ...any) *refusal {
	t, ok := refusalTexts[code]
	if !ok {
		t = refusalTexts[90013]
	}
	text := t.text
	if len(args) > 0 {
		text = fmt.Sprintf(text, args...)
	}
	return &refusal{code: code, oauth: t.oauth, text: text, state: t.status}
}

// as changes the OAuth error where one code comes with several.
func (f *refusal) as(oauth, sub string) *refusal {
	f.oauth, f.sub = oauth, sub
	return f
}

// Error is the words with the code in front, as Microsoft starts every
// error_description.
func (f *refusal) Error() string {
	if f.code == 0 {
		return f.text
	}
	return fmt.Sprintf("AADSTS%d: %s", f.code, f.text)
}

// describe is the error_description: the words, then the ids a support case
// asks for.
func (f *refusal) describe(c *visit) string {
	return fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s",
		f.Error(), c.trace, c.correlation, c.stamp())
}

// stamp is the call's time as the error bodies spell it.
func (c *visit) stamp() string { return c.now.UTC().Format("2006-01-02 15:04:05Z") }

// errorBody is the JSON of a refusal; members as seen (entra-facts §10, §13).
type errorBody struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	URI         string `json:"error_uri,omitempty"`
	Sub         string `json:"suberror,omitempty"`
	Claims      string `json:"claims,omitempty"`
}

// asJSON answers a program.
func (f *refusal) asJSON(c *visit) answer {
	b := errorBody{
		Error: f.oauth, Description: f.describe(c), Codes: []int{}, Timestamp: c.stamp(),
		Trace: c.trace, Correlation: c.correlation, Sub: f.sub, Claims: f.claims,
	}
	if f.code != 0 {
		b.Codes = []int{f.code}
		b.URI = c.at.base() + "/error?code=" + strconv.Itoa(f.code)
	}
	return asJSON(f.state, b)
}

// asJSON is an answer in JSON. The bodies are our own structs and maps, which
// always can be written.
func asJSON(status int, v any) answer {
	b, err := json.Marshal(v)
	if err != nil {
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status: status, body: b}.with("Content-Type", "application/json; charset=utf-8")
}

// asPage shows a person the refusal.
func (s *Sim) asPage(c *visit, f *refusal) answer {
	return s.page(c, statusPage, "error", errorView{
		Code: f.code, Text: f.Error(), Request: c.trace, Correlation: c.correlation, Stamp: c.stamp(),
	})
}

// params turns a refusal into what goes back to the app's redirect.
func (f *refusal) params(c *visit, state string) url.Values {
	v := url.Values{"error": {f.oauth}}
	if f.code != 0 {
		v.Set("error_description", f.describe(c))
		v.Set("error_uri", c.at.base()+"/error?code="+strconv.Itoa(f.code))
	}
	switch {
	case f.claims != "":
		v.Set("suberror", f.sub)
		v.Set("claims", f.claims)
	case f.sub != "":
		v.Set("error_subcode", f.sub)
	}
	if state != "" {
		v.Set("state", state)
	}
	return v
}
