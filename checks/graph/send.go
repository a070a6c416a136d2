package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
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

// writable are the writes that a plan may hold, with what each needs. Nothing
// else is ever sent.
var writable = []struct {
	method  string
	path    *regexp.Regexp
	need    need
	factory serialization.ParsableFactory
}{
	{http.MethodPost, regexp.MustCompile(`^/servicePrincipals$`), needAppWrite, models.CreateServicePrincipalFromDiscriminatorValue},
	{http.MethodPatch, regexp.MustCompile(`^/servicePrincipals/[0-9a-fA-F-]{36}$`), needAppWrite, serialization.CreateUntypedNodeFromDiscriminatorValue},
	{http.MethodPost, regexp.MustCompile(`^/oauth2PermissionGrants$`), needGrantWrite, models.CreateOAuth2PermissionGrantFromDiscriminatorValue},
	{http.MethodPatch, regexp.MustCompile(`^/oauth2PermissionGrants/[A-Za-z0-9_-]{1,128}$`), needGrantWrite, serialization.CreateUntypedNodeFromDiscriminatorValue},
	{http.MethodDelete, regexp.MustCompile(`^/oauth2PermissionGrants/[A-Za-z0-9_-]{1,128}$`), needGrantWrite, serialization.CreateUntypedNodeFromDiscriminatorValue},
}

// Send sends one write of the confirmed plan, once. It never repeats one but
// where Graph said that it was not taken (429). The error is a *checks.Failure
// where Graph refused or the confirmation does not cover the write; after any
// other, and after one of kind FailUnreachable, FailNotJSON or FailService, the
// write may have landed all the same: read again.
func (ch *Changer) Send(ctx context.Context, w Write) (Answered, error) {
	for _, may := range writable {
		if may.method != w.Method || !may.path.MatchString(w.Path) {
			continue
		}
		if w.Body != "" && !json.Valid([]byte(w.Body)) {
			break
		}
		return ch.send(ctx, w, may.need, may.factory)
	}
	return Answered{}, &checks.Failure{Kind: checks.FailRequest, Message: wordNotWritable}
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
