package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"

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

// send asks and decodes the answer with an SDK model; nil where the answer has
// no body. Whatever goes wrong, panics of the model included, is a
// *checks.Failure.
func (t *trail) send(a ask, factory serialization.ParsableFactory) (serialization.Parsable, error) {
	u, err := t.url(a)
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	return t.sendTo(u, a, factory)
}

func (t *trail) sendTo(u *url.URL, a ask, factory serialization.ParsableFactory) (p serialization.Parsable, err error) {
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
			p, err = nil, &checks.Failure{Kind: checks.FailNotJSON, Message: wordOdd}
		}
		t.seen = append(t.seen, ex.seen...)
		t.details, t.status = ex.details, ex.status
		err = failureOf(err, ex)
	}()
	return t.adapter.Send(context.WithValue(t.ctx, exchangeKey{}, ex), info, factory, nil)
}

// guarded runs fn, and makes a panic inside an SDK model a failure.
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
func one[T serialization.Parsable](t *trail, a ask, factory serialization.ParsableFactory) (T, error) {
	var none T
	p, err := t.send(a, factory)
	if err != nil {
		return none, err
	}
	v, ok := p.(T)
	if !ok {
		return none, t.lacks(wordEmptyObject)
	}
	return v, nil
}

// page is what every list of the SDK's models can do.
type page[T any] interface {
	GetValue() []T
	GetOdataNextLink() *string
}

// list asks for a list, whole or not at all: a list that breaks off halfway
// must not be taken for a short one.
func list[T any, P page[T]](t *trail, a ask, factory serialization.ParsableFactory) ([]T, error) {
	u, err := t.url(a)
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	out, been := []T{}, map[string]bool{}
	for range t.o.Limits.Pages {
		been[u.String()] = true
		p, err := t.sendTo(u, a, factory)
		if err != nil {
			return nil, err
		}
		v, ok := p.(P)
		if !ok || v.GetValue() == nil {
			return nil, t.lacks("value")
		}
		for _, item := range v.GetValue() {
			if any(item) == nil {
				return nil, t.lacks("an item of value")
			}
			out = append(out, item)
		}
		next := v.GetOdataNextLink()
		if next == nil || *next == "" {
			return out, nil
		}
		if u, err = t.next(*next, been); err != nil {
			return nil, err
		}
	}
	return nil, t.failure(checks.FailRequest, wordTooMany(t.o.Limits.Pages))
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
