package graph

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

// GrantEveryone gives an app delegated scopes of one API for everyone in the
// tenant. clientSP and resourceSP are service principal ids. What is granted
// already stays: the grant becomes the union (entra-facts §2: one grant for
// each client, API and principal; PATCH replaces the whole string).
func (ch *Changer) GrantEveryone(ctx context.Context, clientSP, resourceSP string, scopes []string) (Receipt, error) {
	return ch.do(ctx, "grant for everyone", needGrantWrite, func(x *change) error {
		if !isGUID(clientSP) || !isGUID(resourceSP) {
			return &checks.Failure{Kind: checks.FailRequest, Message: wordBadObjectID}
		}
		if !goodScopes(scopes) {
			return &checks.Failure{Kind: checks.FailRequest, Message: wordBadScopes}
		}
		g := granting{change: x, client: clientSP, resource: resourceSP, scopes: scopes}
		found, err := g.find()
		if err != nil {
			return err
		}
		if !found {
			done, err := g.create()
			if done || err != nil {
				return err
			}
		} else {
			x.receipt.Before = g.now.Raw
		}
		return g.widen()
	})
}

// goodScopes refuses what would not be scopes in a space-separated list.
func goodScopes(scopes []string) bool {
	return len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s string) bool {
		return s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
	})
}

// granting is a grant for everyone in the making.
type granting struct {
	*change
	client, resource string
	scopes           []string
	now              checks.Grant // as last read
}

// find reads the grant for everyone of this pair. It lists the app's own
// grants, not a filtered view, which may lag (entra-facts §15).
func (g *granting) find() (bool, error) {
	found := false
	_, err := g.until(waitApp, func() (bool, error) {
		grants, err := list[models.OAuth2PermissionGrantable, models.OAuth2PermissionGrantCollectionResponseable](g.trail, ask{
			path: "servicePrincipals/" + g.client + "/oauth2PermissionGrants", query: "$top=999", need: needGrants,
		}, models.CreateOAuth2PermissionGrantCollectionResponseFromDiscriminatorValue)
		if absent(err) && g.by.made[strings.ToLower(g.client)] {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		for _, item := range grants {
			grant, err := grantOf(g.trail, item)
			if err != nil {
				return false, err
			}
			if grant.Everyone && strings.EqualFold(grant.ResourceID, g.resource) {
				found, g.now = true, grant
				g.receipt.Object, g.receipt.After = grant.ID, grant.Raw
			}
		}
		g.saw("%s", counted(len(grants), "grant"))
		return true, nil
	})
	return found, err
}

// create makes the grant. It is done, or there was one already after all,
// which is then in now and wants widening.
func (g *granting) create() (done bool, err error) {
	body := map[string]any{
		"clientId": g.client, "consentType": "AllPrincipals", "principalId": nil,
		"resourceId": g.resource, "scope": strings.Join(g.scopes, " "),
	}
	var refused error
	sent, err := g.until(waitApp, func() (bool, error) {
		refused = g.write(http.MethodPost, "oauth2PermissionGrants", body, needGrantWrite)
		if g.tooYoung(refused) {
			return false, nil // refused, so nothing was done: asking again repeats nothing
		}
		return true, nil
	})
	if err != nil {
		return false, err
	}
	if !sent || refused != nil && !openEnded(refused) && !conflict(refused) {
		return false, refused
	}
	if conflict(refused) {
		// Somebody granted in between. Their scopes stay, ours are added.
		found, err := g.until(waitGrant, g.find)
		if err != nil {
			return false, err
		}
		if !found {
			return false, refused
		}
		g.receipt.Before = g.now.Raw
		return false, nil
	}
	full := false
	err = g.settle(waitGrant, refused, func() (bool, error) {
		found, err := g.find()
		full = found && covers(g.now.Scopes, g.scopes)
		return found, err
	})
	return full, err
}

// tooYoung says whether Graph refused because a service principal that was
// just made is not known everywhere yet: 404, or 400 (entra-facts §15).
func (g *granting) tooYoung(err error) bool {
	young := g.by.made[strings.ToLower(g.client)] || g.by.made[strings.ToLower(g.resource)]
	return young && (absent(err) || statusOf(err) == http.StatusBadRequest)
}

// widen adds the scopes that the grant lacks.
func (g *granting) widen() error {
	if covers(g.now.Scopes, g.scopes) {
		return nil
	}
	path := "oauth2PermissionGrants/" + url.PathEscape(g.now.ID)
	err := g.write(http.MethodPatch, path, map[string]any{"scope": union(g.now.Scopes, g.scopes)}, needGrantWrite)
	if err != nil && !openEnded(err) {
		return err
	}
	return g.settle(waitGrant, err, func() (bool, error) {
		now, err := g.readGrant(path)
		return err == nil && covers(now.Scopes, g.scopes), err
	})
}

// readGrant reads one grant by id, which shows writes soonest.
func (x *change) readGrant(path string) (checks.Grant, error) {
	found, err := one[models.OAuth2PermissionGrantable](x.trail, ask{path: path, need: needGrants}, models.CreateOAuth2PermissionGrantFromDiscriminatorValue)
	if err != nil {
		return checks.Grant{}, err
	}
	grant, err := grantOf(x.trail, found)
	if err != nil {
		return checks.Grant{}, err
	}
	x.receipt.Object, x.receipt.After = grant.ID, grant.Raw
	x.saw("scope: %s", grant.Raw)
	return grant, nil
}

// RevokeGrant deletes a grant. One that is gone already is no error.
func (ch *Changer) RevokeGrant(ctx context.Context, id string) (Receipt, error) {
	return ch.do(ctx, "revoke the grant", needGrantWrite, func(x *change) error {
		path, err := grantPath(id)
		if err != nil {
			return err
		}
		gone := func() (bool, error) {
			_, err := x.readGrant(path)
			if absent(err) {
				x.receipt.After = sayAbsent
				return true, nil
			}
			return false, err
		}
		is, err := gone()
		x.receipt.Object, x.receipt.Before = id, x.receipt.After
		if is || err != nil {
			return err
		}
		err = x.write(http.MethodDelete, path, nil, needGrantWrite)
		if err != nil && !openEnded(err) && !absent(err) {
			return err
		}
		if absent(err) {
			err = nil
		}
		return x.settle(waitGone, err, gone)
	})
}

// RestoreGrant puts a grant's scope string back to what it was. left is the
// string as our own change left it: where the grant holds anything else by
// now, somebody changed it, and ErrMoved comes back.
func (ch *Changer) RestoreGrant(ctx context.Context, id, left, restore string) (Receipt, error) {
	return ch.do(ctx, "restore the grant", needGrantWrite, func(x *change) error {
		path, err := grantPath(id)
		if err != nil {
			return err
		}
		want := strings.Fields(restore)
		if !goodScopes(want) {
			return &checks.Failure{Kind: checks.FailRequest, Message: wordBadScopes}
		}
		now, err := x.readGrant(path)
		if absent(err) {
			return ErrMoved
		}
		if err != nil {
			return err
		}
		x.receipt.Before = now.Raw
		switch {
		case same(now.Scopes, want):
			return nil
		case !same(now.Scopes, strings.Fields(left)):
			return ErrMoved
		}
		err = x.write(http.MethodPatch, path, map[string]any{"scope": strings.Join(want, " ")}, needGrantWrite)
		if err != nil && !openEnded(err) {
			return err
		}
		return x.settle(waitGrant, err, func() (bool, error) {
			now, err := x.readGrant(path)
			return err == nil && same(now.Scopes, want), err
		})
	})
}

// grantPath refuses ids that no grant has: they are base64url.
func grantPath(id string) (string, error) {
	odd := func(r rune) bool { return !alnum(r) && !strings.ContainsRune("-_=.", r) }
	if id == "" || len(id) > maxName || strings.ContainsFunc(id, odd) || strings.Trim(id, ".") == "" {
		return "", &checks.Failure{Kind: checks.FailRequest, Message: wordBadObjectID}
	}
	return "oauth2PermissionGrants/" + url.PathEscape(id), nil
}

// covers says whether have holds every one of want; scopes are compared
// without regard to case (entra-facts §2).
func covers(have, want []string) bool {
	return !slices.ContainsFunc(want, func(s string) bool { return !containsFold(have, s) })
}

// union keeps what is there, in its order and spelling, and adds the rest.
func union(have, add []string) string {
	out := slices.Clone(have)
	for _, s := range add {
		if !containsFold(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func same(a, b []string) bool { return covers(a, b) && covers(b, a) }
