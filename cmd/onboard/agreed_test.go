package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// TestHandsSendThePlanAlone holds that the hand made for a plan, and for one
// that takes another back, sends its lines and refuses everything else before
// anything leaves: more scopes, another app, a line whose turn it is not, and
// writes of other plans.
func TestHandsSendThePlanAlone(t *testing.T) {
	t.Parallel()
	const app, sp, api = "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "5b8e7a10-0000-4000-8000-000000000010", "7c9d4e20-0000-4000-8000-000000000020"
	grant := func(client, scope string) string {
		return `{"clientId":"` + client + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + api + `","scope":"` + scope + `"}`
	}
	write := func(method, path, body string) run.Request {
		return run.Request{Method: method, Path: path, Body: body}
	}
	line := func(r run.Request, scope string) flows.Change {
		return flows.Change{Method: r.Method, Path: r.Path, Body: r.Body, Scope: scope}
	}
	const apps, grants = "Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"
	for name, plan := range map[string]flows.Plan{
		"a plan": {Path: flows.EntraGrant, Lines: []flows.Change{
			line(write(http.MethodPost, "/servicePrincipals", `{"appId":"`+app+`"}`), apps),
			line(write(http.MethodPost, "/oauth2PermissionGrants", grant(flows.NewAppRef, "User.Read")), grants),
		}},
		"its undo": {Path: flows.Undo, Undoes: "p", Lines: []flows.Change{
			line(write(http.MethodDelete, "/oauth2PermissionGrants/g", ""), grants), line(write(http.MethodDelete, "/servicePrincipals/"+sp, ""), apps),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := watch(t, boss, sim.Options{})
			c, s, in, shown := g.hands(t)
			in.Scopes = append(in.Scopes, apps, grants)
			signInBy(t, s, in, shown)
			var left atomic.Int32
			g.meet = func(w http.ResponseWriter, r *http.Request) bool {
				left.Add(1)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusCreated)
				_, _ = w.Write([]byte(`{"id":"` + sp + `"}`))
				return true
			}
			plan.Tenant = in.Tenant
			ch, err := changers{c}.Changer(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range plan.Lines {
				l, _ = l.Bind(sp)
				before := left.Load()
				for _, odd := range []run.Request{
					write(http.MethodPost, "/oauth2PermissionGrants", grant(sp, "User.Read Mail.ReadWrite")),
					write(http.MethodPost, "/oauth2PermissionGrants", grant(api, "User.Read")),
					write(http.MethodDelete, "/oauth2PermissionGrants/other", ""),
					write(http.MethodDelete, "/servicePrincipals/"+api, ""),
					write(http.MethodPatch, "/servicePrincipals/"+sp, `{"accountEnabled":true}`),
					write(plan.Lines[1-i].Method, plan.Lines[1-i].Path, strings.ReplaceAll(plan.Lines[1-i].Body, flows.NewAppRef, sp)),
				} {
					if _, err := ch.Change(t.Context(), odd); err == nil || signin.FailureOf(err).Kind != checks.FailRequest {
						t.Errorf("line %d: %+v: %v", i, odd, err)
					}
				}
				if left.Load() != before {
					t.Errorf("line %d: something left", i)
				}
				if _, err := ch.Change(t.Context(), write(l.Method, l.Path, l.Body)); err != nil || left.Load() == before {
					t.Errorf("line %d: %v", i, err)
				}
			}
		})
	}
	if _, err := (changers{&clients{}}).Changer(t.Context(), flows.Plan{}); err == nil {
		t.Error("nobody is signed in")
	}
}
