package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	kiota "github.com/microsoft/kiota-abstractions-go"

	"onboard.example/checks"
)

// ask is one request in our words.
type ask struct {
	method string // default GET
	path   string // below the version, escaped
	query  string // escaped, without the question mark
	need   need
	body   []byte
	// index asks the eventually consistent index, which casts want
	// (entra-facts §9, §15).
	index bool
}

// call is what requests of one Read or one write have in common.
type call struct {
	*client
	token  bearer
	claims claims
}

// begin gets the token once: all requests that belong together carry the same.
func (c *client) begin(ctx context.Context, scopes []string) (*call, *checks.Failure) {
	t, f := c.token(ctx, scopes)
	if f != nil {
		return nil, f
	}
	return &call{client: c, token: t, claims: readClaims(t)}, nil
}

// trail is a call with the evidence that it gathers, for one part or write.
// It is not for several goroutines: each takes its own and they are joined.
type trail struct {
	*call
	ctx     context.Context // a trail lives as long as one part's reading
	seen    []checks.Evidence
	details []string          // inner codes of the last refusal
	ids     map[string]string // for the look's IDs
	status  int               // HTTP status of the last answer that was taken; 0: there was none
}

// saw gives the last evidence its value: what was seen, short.
func (t *trail) saw(format string, args ...any) {
	if n := len(t.seen); n > 0 {
		t.seen[n-1].Value = checks.Line(fmt.Sprintf(format, args...), maxValue)
	}
}

// url is the address of an ask.
func (c *client) url(a ask) (*url.URL, error) {
	s := c.root.String() + a.path
	if a.query != "" {
		s += "?" + a.query
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("make the address of %s: %w", a.path, err)
	}
	return u, nil
}

// send asks; nil where the answer has no body. Whatever goes wrong, panics of the
// SDK included, is a *checks.Failure.
func (t *trail) send(a ask) ([]byte, error) {
	u, err := t.url(a)
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	return t.sendTo(u, a)
}

func (t *trail) sendTo(u *url.URL, a ask) (body []byte, err error) {
	info := kiota.NewRequestInformation()
	info.Method = methodOf(a.method)
	info.SetUri(*u)
	if a.index {
		info.Headers.Add("ConsistencyLevel", "eventual")
	}
	if a.body != nil {
		info.SetStreamContentAndContentType(a.body, "application/json")
	}
	ex := &exchange{token: t.token, claims: t.claims, need: a.need}
	defer func() {
		if r := recover(); r != nil {
			body, err = nil, &checks.Failure{Kind: checks.FailNotJSON, Message: wordOdd}
		}
		t.seen = append(t.seen, ex.seen...)
		t.details, t.status = ex.details, ex.status
		err = failureOf(err, ex)
	}()
	got, err := t.adapter.SendPrimitive(context.WithValue(t.ctx, exchangeKey{}, ex), info, "[]byte", nil)
	body, _ = got.([]byte) // nil: there is none
	return body, err
}

// guarded runs fn, and makes a panic a failure.
func guarded(fn func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &checks.Failure{Kind: checks.FailNotJSON, Message: wordOdd}
		}
	}()
	return fn()
}

// failureOf makes what Kiota returned a failure, with the id of the request
// that it belongs to.
func failureOf(err error, ex *exchange) error {
	if err == nil {
		return nil
	}
	var f *checks.Failure
	if !errors.As(err, &f) {
		f = &checks.Failure{Kind: checks.FailNotJSON, Status: http.StatusOK, Message: join(wordOdd, err.Error())}
	}
	if n := len(ex.seen); n > 0 && f.RequestID == "" {
		own := *f // requests that could not connect share one failure
		own.RequestID = ex.seen[n-1].RequestID
		f = &own
	}
	return f
}

func methodOf(m string) kiota.HttpMethod {
	switch m {
	case http.MethodPost:
		return kiota.POST
	case http.MethodPut:
		return kiota.PUT
	case http.MethodPatch:
		return kiota.PATCH
	case http.MethodDelete:
		return kiota.DELETE
	}
	return kiota.GET
}

// one asks for a single object.
func one[T any](t *trail, a ask) (*T, error) {
	b, err := t.send(a)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, t.lacks(wordEmptyObject)
	}
	return decoded[T](t, b)
}

// page is a page of a list.
type page[T any] struct {
	Value *[]*T   `json:"value"`
	Next  *string `json:"@odata.nextLink"`
}

// pageAt asks for one page; next is the address of the one after it, empty: there
// is none.
func pageAt[T any](t *trail, u *url.URL, a ask) (items []T, next string, err error) {
	b, err := t.sendTo(u, a)
	if err != nil {
		return nil, "", err
	}
	p := &page[T]{}
	if b != nil {
		if p, err = decoded[page[T]](t, b); err != nil {
			return nil, "", err
		}
	}
	if p.Value == nil {
		return nil, "", t.lacks("value")
	}
	items = []T{}
	for _, v := range *p.Value {
		if v == nil {
			return nil, "", t.lacks("an item of value")
		}
		items = append(items, *v)
	}
	return items, deref(p.Next), nil
}

// list asks for a list, whole or not at all: a list that breaks off halfway
// must not be taken for a short one.
func list[T any](t *trail, a ask) ([]T, error) {
	u, err := t.url(a)
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	out, been := []T{}, map[string]bool{}
	for range t.o.Limits.Pages {
		been[u.String()] = true
		items, next, err := pageAt[T](t, u, a)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
		if next == "" {
			return out, nil
		}
		if u, err = t.next(next, been); err != nil {
			return nil, err
		}
	}
	return nil, t.failure(checks.FailRequest, wordTooMany(t.o.Limits.Pages))
}

// onePage asks for a list and takes its first page alone; more says that there
// are others.
func onePage[T any](t *trail, a ask) (items []T, more bool, err error) {
	u, err := t.url(a)
	if err != nil {
		return nil, false, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	items, next, err := pageAt[T](t, u, a)
	return items, next != "", err
}

// next checks the address of the next page: the token goes there.
func (t *trail) next(link string, been map[string]bool) (*url.URL, error) {
	u, err := url.Parse(link)
	switch {
	case err != nil || !t.wire.ours(u):
		return nil, t.failure(checks.FailNotJSON, wordElsewhere)
	case been[u.String()]:
		return nil, t.failure(checks.FailNotJSON, wordLoop)
	}
	return u, nil
}

// lacks is the failure of an answer that has the right form and not what must
// be in it.
func (t *trail) lacks(what string) *checks.Failure {
	return t.failure(checks.FailNotJSON, wordLacks(what))
}

func (t *trail) failure(kind checks.FailureKind, message string) *checks.Failure {
	f := &checks.Failure{Kind: kind, Message: message}
	if n := len(t.seen); n > 0 {
		f.RequestID = t.seen[n-1].RequestID
	}
	return f
}

// byAppID is the path of a service principal by its app id, which needs no
// lookup of the object id first. Only GUIDs get into a path.
func byAppID(appID, rest string) (string, bool) {
	if !checks.IsGUID(appID) {
		return "", false
	}
	return "servicePrincipals(appId='" + strings.ToLower(appID) + "')" + rest, true
}

// escaped makes a query value of an OData expression: spaces as %20, which is
// read alike everywhere.
func escaped(expression string) string {
	return strings.ReplaceAll(url.QueryEscape(expression), "+", "%20")
}

// quoted is a text as an OData literal.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
