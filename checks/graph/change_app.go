package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

const selectBrief = "$select=id,appId,accountEnabled"

// CreateServicePrincipal makes the app known in this tenant, which grants
// nothing by itself (entra-facts §1). An app that is there already is left as
// it is. The receipt's Object is the service principal's id.
func (ch *Changer) CreateServicePrincipal(ctx context.Context, appID string) (Receipt, error) {
	return ch.do(ctx, "create the enterprise app", needAppWrite, func(x *change) error {
		path, ok := byAppID(strings.TrimSpace(appID), "")
		if !ok {
			return &checks.Failure{Kind: checks.FailRequest, Message: wordBadClientID}
		}
		there := func() (bool, error) {
			sp, err := x.brief(path)
			if absent(err) {
				return false, nil
			}
			if err != nil {
				return false, err
			}
			x.receipt.Object, x.receipt.After = text(sp.GetId()), stateOf(sp)
			return x.receipt.Object != "", nil
		}
		found, err := there()
		if err != nil {
			return err
		}
		if found {
			x.receipt.Before = x.receipt.After
			return nil
		}
		x.receipt.Before = sayAbsent
		err = x.write(http.MethodPost, "servicePrincipals", map[string]any{"appId": strings.ToLower(strings.TrimSpace(appID))}, needAppWrite)
		if err != nil && !openEnded(err) && !conflict(err) {
			return x.explainNoBacking(err)
		}
		if conflict(err) {
			err = nil // somebody else made it: reading again must show it
		}
		if err := x.settle(waitApp, err, there); err != nil {
			return err
		}
		ch.made[strings.ToLower(x.receipt.Object)] = true
		return nil
	})
}

// noBacking is Graph's inner code for an app id that no tenant may use
// (entra-facts §1).
const noBacking = "NoBackingApplicationObject"

func (x *change) explainNoBacking(err error) error {
	var f *checks.Failure
	if !errors.As(err, &f) || f.Status != http.StatusBadRequest {
		return err
	}
	if f.Code == noBacking || slices.Contains(x.details, noBacking) || strings.Contains(f.Message, noBacking) ||
		strings.Contains(f.Message, "does not reference a valid application object") {
		c := *f
		c.Code, c.Message = noBacking, join(wordNoBacking, f.Message)
		return &c
	}
	return err
}

// EnableServicePrincipal switches an enterprise app on again. One that is on
// is left as it is.
func (ch *Changer) EnableServicePrincipal(ctx context.Context, id string) (Receipt, error) {
	return ch.do(ctx, "enable the enterprise app", needAppWrite, func(x *change) error {
		if !isGUID(id) {
			return &checks.Failure{Kind: checks.FailRequest, Message: wordBadObjectID}
		}
		x.receipt.Object = id
		path := "servicePrincipals/" + id
		on := func() (bool, error) {
			sp, err := x.brief(path)
			if absent(err) && ch.made[strings.ToLower(id)] {
				return false, nil // made a moment ago
			}
			if err != nil {
				return false, err
			}
			x.receipt.After = stateOf(sp)
			return yes(sp.GetAccountEnabled()), nil
		}
		is, err := on()
		x.receipt.Before = x.receipt.After
		if is || err != nil {
			return err
		}
		err = x.write(http.MethodPatch, path, map[string]any{"accountEnabled": true}, needAppWrite)
		if err != nil && !openEnded(err) {
			return err
		}
		return x.settle(waitEnabled, err, on)
	})
}

func (x *change) brief(path string) (models.ServicePrincipalable, error) {
	sp, err := one[models.ServicePrincipalable](x.trail, ask{path: path, query: selectBrief, need: needApps}, models.CreateServicePrincipalFromDiscriminatorValue)
	if err != nil {
		return nil, err
	}
	x.saw("%s", stateOf(sp))
	return sp, nil
}

func stateOf(sp models.ServicePrincipalable) string {
	return "accountEnabled " + told(sp.GetAccountEnabled())
}

// write sends one write and keeps it for the receipt. What the answer holds is
// not looked at beyond its being one: reading again decides.
func (x *change) write(method, path string, body map[string]any, n need) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return fmt.Errorf("write the body of %s: %w", path, err)
		}
	}
	_, err := x.send(ask{method: method, path: path, body: raw, need: n}, serialization.CreateUntypedNodeFromDiscriminatorValue)
	x.wrote()
	return err
}
