package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// rig is a simulated tenant behind a gate that counts writes, and a machine on
// which onboard runs.
type rig struct {
	s        *sim.Sim
	base, ca string
	env      []string
	client   *http.Client
	token    string
	app      string // of the case
	domain   string
	more     []string     // flags of the case
	next     http.Handler // what stands behind the gate

	mu     sync.Mutex
	writes []string
	// meets sees each request before it gets anywhere, and says whether it has
	// answered it; nil: nobody does.
	meets func(http.ResponseWriter, *http.Request) bool
}

// met has every request from here on met by somebody; nil: by nobody.
func (g *rig) met(by func(http.ResponseWriter, *http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.meets = by
}

// newRig starts a scenario and signs its admin in.
func newRig(t *testing.T, o sim.Options, as string) *rig {
	t.Helper()
	return newRigBetween(t, o, as, nil)
}

// newRigBetween is newRig with somebody who meets the writes on their way, and
// says whether they answered them.
func newRigBetween(t *testing.T, o sim.Options, as string, meet func(http.ResponseWriter, *http.Request, http.Handler) bool) *rig {
	t.Helper()
	g := &rig{env: []string{"XDG_STATE_HOME=" + t.TempDir()}}
	g.s = simulate(t, o)
	g.base, g.ca = serveBetween(t, g.s, func(next http.Handler) http.Handler {
		g.next = next
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			g.mu.Lock()
			meets := g.meets
			g.mu.Unlock()
			if meets != nil && meets(w, r) {
				return
			}
			if isWrite(r) {
				g.mu.Lock()
				g.writes = append(g.writes, r.Method+" "+r.URL.Path)
				g.mu.Unlock()
				if meet != nil && meet(w, r, next) {
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	r := g.s.Ready()
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(r.CA), "tokens", as))
	if err != nil {
		t.Fatal(err)
	}
	g.token, g.domain = strings.TrimSpace(string(raw)), r.Tenants[0].Domain
	g.client = trusting(t, g.ca)
	g.more = against(r) // and then through the gate
	for i, f := range g.more {
		switch f {
		case "--login-url", "--graph-url":
			g.more[i+1] = g.base
		case "--ca-file":
			g.more[i+1] = g.ca
		}
	}
	g.more = append(g.more, "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", as))
	return g
}

// isWrite says whether a request changes something at Graph.
func isWrite(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/v1.0/") && r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/conditionalAccess/evaluate")
}

// about says which app and domain the commands are about.
func (g *rig) about(want sim.Expect) *rig {
	g.app, g.domain = want.App, cmp.Or(want.Domain, g.domain)
	g.more = append(g.more, "--app", g.app, "--domain", g.domain)
	if want.ClientID != "" {
		g.more = append(g.more, "--app-id", want.ClientID)
	}
	return g
}

// do runs onboard on the rig's machine.
func (g *rig) do(t *testing.T, in io.Reader, args ...string) answer {
	t.Helper()
	return g.doIn(t.Context(), t, in, args...)
}

// doIn is do for as long as somebody wants it.
func (g *rig) doIn(ctx context.Context, t *testing.T, in io.Reader, args ...string) answer {
	t.Helper()
	var out, errs bytes.Buffer
	code := execute(ctx, world{args: args, in: in, out: &out, err: &errs, env: g.env, patience: 3 * time.Second})
	harmless(t, out.String())
	harmless(t, errs.String())
	return answer{out.String(), errs.String(), code}
}

// with runs onboard with the flags of the case.
func (g *rig) with(t *testing.T, args ...string) answer {
	t.Helper()
	return g.do(t, nil, append(args, g.more...)...)
}

// wrote are the writes that reached Graph since the last time.
func (g *rig) wrote() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.writes
	g.writes = nil
	return out
}

// trusting is a client that trusts a file of certificates.
func trusting(t *testing.T, ca string) *http.Client {
	t.Helper()
	c, err := newClients(&options{caFile: ca, dnsPort: 53})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return &http.Client{Transport: c.transport}
}

// state is what Graph says of everything that plans can change, as text to
// compare.
func (g *rig) state(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	services := g.get(t, "/servicePrincipals?$top=999&$select=id,appId,displayName,accountEnabled,appRoleAssignmentRequired,isDisabled")
	list, _ := services["value"].([]any)
	fmt.Fprintf(&b, "%s\n", sorted(t, list))
	for _, path := range []string{
		"/oauth2PermissionGrants?$top=999", "/policies/authorizationPolicy", "/policies/permissionGrantPolicies",
		"/policies/adminConsentRequestPolicy",
	} {
		got := g.get(t, path)
		delete(got, "version") // of the workflow: it counts changes
		if list, ok := got["value"].([]any); ok {
			fmt.Fprintf(&b, "%s %s\n", path, sorted(t, list))
			continue
		}
		text, _ := json.Marshal(got)
		fmt.Fprintf(&b, "%s %s\n", path, text)
	}
	idOf := func(one any) string {
		sp, _ := one.(map[string]any)
		id, _ := sp["id"].(string)
		return id
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(idOf(a), idOf(b)) }) // one that was restored is listed last
	for _, one := range list {
		sp, _ := one.(map[string]any)
		id := idOf(one)
		if api := fmt.Sprint(sp["appId"]); strings.HasPrefix(api, "0000000") && api != checks.MicrosoftGraph && api != checks.ExchangeOnline {
			continue // one of Microsoft's that no app here needs
		}
		for _, sub := range []string{"appRoleAssignedTo", "appRoleAssignments", "delegatedPermissionClassifications"} {
			got, _ := g.get(t, "/servicePrincipals/"+id+"/"+sub)["value"].([]any)
			for _, a := range got { // made again, they are others, as at Microsoft
				if o, ok := a.(map[string]any); ok {
					delete(o, "id")
					delete(o, "createdDateTime")
				}
			}
			fmt.Fprintf(&b, "%s %s %s\n", id, sub, sorted(t, got))
		}
	}
	return b.String()
}

// sorted is a list as text, whatever its order.
func sorted(t *testing.T, list []any) string {
	t.Helper()
	var out []string
	for _, v := range list {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func (g *rig) get(t *testing.T, path string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.base+"/v1.0"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	resp, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v %v", path, resp.Status, out, err)
	}
	delete(out, "@odata.context")
	return out
}

// undo takes back a receipt, by its name alone.
func (g *rig) undo(t *testing.T, receipt string) answer {
	t.Helper()
	return g.do(t, nil, append([]string{"undo", receipt, "--json", "--yes-i-mean", g.domain}, g.signedIn()...)...)
}

// signedIn are the flags of the rig without those that a receipt says itself.
func (g *rig) signedIn() (flags []string) {
	for i := 0; i+1 < len(g.more); i += 2 {
		if f := g.more[i]; f != "--app" && f != "--domain" {
			flags = append(flags, f, g.more[i+1])
		}
	}
	return flags
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "was " + x[i] + "\nis  " + y[i]
		}
	}
	return fmt.Sprintf("%d lines, and %d", len(x), len(y))
}
