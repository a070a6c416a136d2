package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"onboard.example/checks"
)

// Changer sends the writes of one confirmed plan and no others: each as it was
// agreed to, in that order, and once. What is read before and after, and how long
// replicas are waited for, is its caller's. It may be used by several goroutines
// at once; of those that send the same write at once, one does.
type Changer struct {
	c         *client
	confirmed Confirmed
	progress  progress
}

// NewChanger makes a changer for what was confirmed. Nothing is asked yet. An
// error means wrong options, or that nothing was confirmed.
func NewChanger(o Options, confirmed Confirmed) (*Changer, error) {
	if confirmed.Tenant == "" {
		return nil, errors.New("make a changer: nothing was confirmed")
	}
	c, err := newClient(o, http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete)
	if err != nil {
		return nil, err
	}
	return &Changer{c: c, confirmed: confirmed}, nil
}

// Close lets go of idle connections. A changer may be used again after it.
func (ch *Changer) Close() { ch.c.close() }

// Answered is what Graph answered to a write. It proves nothing: only reading
// again does.
type Answered struct {
	Status int // HTTP status of a write that was accepted; 0: it was not
	// ObjectID is the id of the object in the answer, which only those to POST
	// carry: of the service principal, grant, assignment, classification, policy
	// or condition set. Empty: there was none.
	ObjectID  string
	RequestID string // empty: the write was not sent, or no answer came
}

// Send sends the next write of the confirmed plan, once. It is refused before
// anything is asked where it is not that write, member by member; an id that
// stands open in what was agreed to must be the one that Microsoft gave to what
// the plan made, which is asked where its answer did not say. A write that
// Microsoft did not take may be sent again; one that may have landed never is,
// and the one after it is next.
//
// It never repeats one by itself but where Graph said that it was not taken
// (429). The error is a *checks.Failure where Graph refused, where it is not what
// was agreed to, or where the confirmation does not cover it; after any other, and
// after one of kind FailUnreachable, FailTLS, FailNotJSON, FailCut, FailService or
// FailCancelled, the write may have landed all the same: read again.
func (ch *Changer) Send(ctx context.Context, w Write) (a Answered, err error) {
	f, ok := formOf(w)
	if !ok {
		return Answered{}, &checks.Failure{Kind: checks.FailRequest, Message: wordNotWritable}
	}
	given, err := ch.take(w)
	if err != nil {
		return Answered{}, fmt.Errorf("%s %s: %w", w.Method, w.Path, err)
	}
	err = guarded(func() (err error) { a, err = ch.send(ctx, w, f, given); return err })
	ch.settle(w, a, err)
	if err != nil {
		return a, fmt.Errorf("%s %s: %w", w.Method, w.Path, err)
	}
	return a, nil
}

func (ch *Changer) send(ctx context.Context, w Write, f form, given string) (a Answered, err error) {
	c, err := ch.covering(ctx, f.need)
	if err == nil && given != "" {
		err = ch.asked(ctx, c, given)
	}
	if err != nil {
		return Answered{}, unsent(err)
	}
	t := &trail{call: c, ctx: ctx}
	q := ask{method: w.Method, path: strings.TrimPrefix(w.Path, "/"), need: f.need}
	if w.Body != "" {
		q.body = []byte(w.Body)
	}
	b, err := t.send(q)
	if n := len(t.seen); n > 0 {
		a.RequestID = t.seen[n-1].RequestID
	}
	if err != nil {
		return a, t.explainNoBacking(err)
	}
	a.Status = t.status
	if f.made && b != nil {
		o, err := decoded[struct {
			ID *string `json:"id"`
		}](t, b)
		if err != nil {
			return a, err
		}
		a.ObjectID = checks.Line(text(o.ID), 128)
	}
	return a, nil
}

// covering begins a write: the confirmation must cover it, and the token must
// be of the tenant that was confirmed.
func (ch *Changer) covering(ctx context.Context, n need) (*call, error) {
	confirmed := ch.confirmed
	if lacking := n.lacking(confirmed.Scopes); lacking != nil {
		return nil, &checks.Failure{Kind: checks.FailScope, Message: wordNotConfirmed, Missing: lacking}
	}
	c, f := ch.c.begin(ctx, confirmed.Scopes)
	if f != nil {
		return nil, f
	}
	tenant, err := tenantOf(&trail{call: c, ctx: ctx})
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(tenant, confirmed.Tenant) {
		return nil, &checks.Failure{Kind: checks.FailWrongTenant, Message: wordAnother}
	}
	return c, nil
}

// tenantOf is the id of the tenant that the token is of. Where the token does
// not say, the directory does.
func tenantOf(t *trail) (string, error) {
	if t.claims.tenant != "" {
		return t.claims.tenant, nil
	}
	found, err := list[organizationRead](t,
		ask{path: "organization", query: "$select=id", need: needTenant})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return text(found[0].ID), nil
}

// noBacking is Graph's inner code for an app id that no tenant may use
// (entra-facts §1).
const noBacking = "NoBackingApplicationObject"

// explainNoBacking says what that code means; other errors stay as they are.
func (t *trail) explainNoBacking(err error) error {
	var f *checks.Failure
	if !errors.As(err, &f) || f.Status != http.StatusBadRequest {
		return err
	}
	if f.Code == noBacking || slices.Contains(t.details, noBacking) || strings.Contains(f.Message, noBacking) ||
		strings.Contains(f.Message, "does not reference a valid application object") {
		c := *f
		c.Code, c.Message = noBacking, join(wordNoBacking, f.Message)
		return &c
	}
	return err
}
