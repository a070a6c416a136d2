package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

// Write is one write exactly as a plan showed it. Path is relative to the root
// of Graph v1.0 and begins with a slash; Body is JSON, or empty.
type Write struct {
	Method, Path, Body string
}

// Answered is what Graph answered to a write. It proves nothing: only reading
// again does.
type Answered struct {
	ObjectID  string // of the object in the answer; empty: there was none
	RequestID string
}

// writable says whether a plan may hold a write, and what it needs. Nothing
// else is ever sent. The forms are few, so no regular expressions are compiled
// for them when the program starts.
func writable(w Write) (n need, factory serialization.ParsableFactory, ok bool) {
	app, isApp := strings.CutPrefix(w.Path, "/servicePrincipals/")
	grant, isGrant := strings.CutPrefix(w.Path, "/oauth2PermissionGrants/")
	if isGrant {
		_, err := grantPath(grant)
		isGrant = err == nil
	}
	switch {
	case w.Method == http.MethodPost && w.Path == "/servicePrincipals":
		return needAppWrite, models.CreateServicePrincipalFromDiscriminatorValue, true
	case w.Method == http.MethodPost && w.Path == "/oauth2PermissionGrants":
		return needGrantWrite, models.CreateOAuth2PermissionGrantFromDiscriminatorValue, true
	case w.Method == http.MethodPatch && isApp && isGUID(app):
		return needAppWrite, serialization.CreateUntypedNodeFromDiscriminatorValue, true
	case isGrant && (w.Method == http.MethodPatch || w.Method == http.MethodDelete):
		return needGrantWrite, serialization.CreateUntypedNodeFromDiscriminatorValue, true
	}
	return need{}, nil, false
}

// Send sends one write of the confirmed plan, once. It never repeats one but
// where Graph said that it was not taken (429). The error is a *checks.Failure
// where Graph refused or the confirmation does not cover the write; after any
// other, and after one of kind FailUnreachable, FailNotJSON or FailService, the
// write may have landed all the same: read again.
func (ch *Changer) Send(ctx context.Context, w Write) (Answered, error) {
	n, factory, ok := writable(w)
	if !ok || w.Body != "" && !json.Valid([]byte(w.Body)) {
		return Answered{}, &checks.Failure{Kind: checks.FailRequest, Message: wordNotWritable}
	}
	return ch.send(ctx, w, n, factory)
}

func (ch *Changer) send(ctx context.Context, w Write, n need, factory serialization.ParsableFactory) (a Answered, err error) {
	receipt, err := ch.do(ctx, "write", n, func(x *change) error {
		q := ask{method: w.Method, path: strings.TrimPrefix(w.Path, "/"), need: n}
		if w.Body != "" {
			q.body = []byte(w.Body)
		}
		p, err := x.send(q, factory)
		x.wrote()
		if err != nil {
			return x.explainNoBacking(err)
		}
		if o, ok := p.(interface{ GetId() *string }); ok {
			a.ObjectID = checks.Line(text(o.GetId()), 128)
		}
		return nil
	})
	a.RequestID = receipt.RequestID
	if err != nil {
		return a, fmt.Errorf("%s %s: %w", w.Method, w.Path, err)
	}
	return a, nil
}
