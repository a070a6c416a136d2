package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

const (
	tenantID = "11111111-1111-1111-1111-111111111111"
	newAppID = "22222222-2222-2222-2222-222222222222"
	graphSP  = "33333333-3333-3333-3333-333333333333"
)

// world is a tenant, and every hand that reaches it.
type world struct {
	mu     sync.Mutex
	t      testing.TB
	app    *flows.AppFact
	grants []flows.GrantFact
	looks  []Ask
	writes []Request
	asks   []SignInAsk
	tenant string // id of the one that the domain has; empty: tenantID
	outs   []string
	saved  []flows.Receipt
	// earlier are the receipts that other runs left; unread are those of them that
	// cannot be read.
	earlier []flows.Receipt
	unread  error
	// locked are the tenants that were kept from others, each with an empty one after
	// it once it was let go of.
	locked []string
	onLock func() error

	crowd func(*flows.Facts) // adds people to what is read

	// Where set, these stand in for what the hand would do.
	onLook   func(ctx context.Context, n int, ask Ask) error
	onChange func(ctx context.Context, n int, r Request) (Answer, error, bool)
	onSignIn func(ctx context.Context, ask SignInAsk, show func(Prompt)) (flows.Account, error)
	changer  func() error
	onSave   func() error
}

func (w *world) hands() Hands { return Hands{Look: w, SignIn: w, Change: w} }

// Look sees the tenant as it is.
func (w *world) Look(ctx context.Context, ask Ask, found func(checks.Finding)) (flows.Facts, error) {
	w.mu.Lock()
	w.looks = append(w.looks, ask)
	n, on := len(w.looks), w.onLook
	w.mu.Unlock()
	if on != nil {
		if err := on(ctx, n, ask); err != nil {
			return flows.Facts{}, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ask.Checks {
		found(w.finding(id, ask))
	}
	return w.facts(), nil
}

func (w *world) facts() flows.Facts {
	f := flows.Facts{
		Tenants: []flows.TenantFact{{Cloud: checks.CloudPublic, ID: cmp.Or(w.tenant, tenantID)}}, AppRead: true, App: w.app,
		GrantsRead: true, Grants: slices.Clone(w.grants), ResRead: true, RolesRead: true, AssignedRead: true, At: time.Now(),
		Resources: []flows.ResourceFact{{ID: graphSP, AppID: checks.MicrosoftGraph}},
	}
	if w.crowd != nil {
		w.crowd(&f)
	}
	return f
}

func (w *world) finding(id checks.ID, ask Ask) checks.Finding {
	f := checks.Finding{Check: id, Verdict: checks.Pass, Grade: checks.Verified, Summary: "fine", At: time.Now(), Seen: []checks.Evidence{
		{Source: "graph", Request: "GET /" + string(id), At: time.Now(), Value: "v", RequestID: fmt.Sprint(len(w.looks))},
	}}
	switch id {
	case checks.AppPresent:
		if w.app == nil {
			f.Verdict, f.Summary = checks.Fail, "no enterprise app"
		}
	case checks.AppGrant, checks.ConsentPredict:
		missing := 0
		for _, p := range ask.App.Needs {
			if !slices.ContainsFunc(w.grants, func(g flows.GrantFact) bool { return slices.Contains(g.Scopes, p.Scope) }) {
				missing++
			}
		}
		if missing > 0 {
			f.Verdict, f.Summary = checks.Fail, fmt.Sprint(missing, " missing")
		}
	default:
	}
	return f
}

// Changer gives the hand that writes.
func (w *world) Changer(context.Context, flows.Plan) (Changer, error) {
	if w.changer != nil {
		if err := w.changer(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Change does what Graph would do.
func (w *world) Change(ctx context.Context, r Request) (Answer, error) {
	w.mu.Lock()
	w.writes = append(w.writes, r)
	n, on := len(w.writes), w.onChange
	w.mu.Unlock()
	if on != nil {
		if a, err, done := on(ctx, n, r); done {
			return a, err
		}
	}
	return w.do(r), nil
}

func (w *world) do(r Request) Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b struct{ AppID, ResourceID, ClientID, Scope string }
	if err := json.Unmarshal([]byte(r.Body), &b); err != nil && r.Method != "DELETE" {
		w.t.Errorf("a write with a broken body: %s", r.Body)
	}
	switch {
	case r.Method == "POST" && r.Path == "/servicePrincipals":
		w.app = &flows.AppFact{ID: newAppID, AppID: b.AppID, Enabled: true}
		return Answer{Status: 201, ObjectID: newAppID, RequestID: "req-app"}
	case r.Method == "POST" && r.Path == "/oauth2PermissionGrants":
		if b.ClientID != newAppID {
			w.t.Errorf("a grant for %q", b.ClientID)
		}
		w.grants = append(w.grants, flows.GrantFact{ID: "g", ResourceID: b.ResourceID, Scopes: strings.Fields(b.Scope)})
		return Answer{Status: 201, ObjectID: "g", RequestID: "req-grant"}
	}
	if r.Method == "DELETE" && r.Path == "/oauth2PermissionGrants/g" {
		w.grants = nil
		return Answer{Status: 204}
	}
	if r.Method == "DELETE" && r.Path == "/servicePrincipals/"+newAppID && len(w.grants) == 0 {
		w.app = nil
		return Answer{Status: 204}
	}
	w.t.Errorf("an unexpected write: %+v", r)
	return Answer{}
}

// SignIn signs the admin in with whatever is asked.
func (w *world) SignIn(ctx context.Context, ask SignInAsk, show func(Prompt)) (flows.Account, error) {
	w.mu.Lock()
	w.asks = append(w.asks, ask)
	on := w.onSignIn
	w.mu.Unlock()
	if on != nil {
		return on(ctx, ask, show)
	}
	return flows.Account{UPN: "admin@contoso.example", TenantID: tenantID, Scopes: ask.Scopes, Way: ask.Way}, nil
}

// SignOut counts: there is no token.
func (w *world) SignOut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outs = append(w.outs, fmt.Sprintf("after %d looks and %d sign-ins", len(w.looks), len(w.asks)))
}

// out is what was going on each time the account was put away.
func (w *world) out() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.outs)
}

// Lock keeps other runs from writing.
func (w *world) Lock(tenant string) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.onLock != nil {
		if err := w.onLock(); err != nil {
			return nil, err
		}
	}
	w.locked = append(w.locked, tenant)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.locked = append(w.locked, "")
	}, nil
}

// Save keeps a receipt, and none for who has left.
func (w *world) Save(ctx context.Context, r flows.Receipt) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if w.onSave != nil {
		if err := w.onSave(); err != nil {
			return "", err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.saved = append(w.saved, r)
	return "receipt-1", nil
}

// All are the receipts as they were saved last, and those of other runs.
func (w *world) All(context.Context) ([]flows.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.earlier)
	for i, r := range w.saved {
		if !slices.ContainsFunc(w.saved[i+1:], func(o flows.Receipt) bool { return o.Plan == r.Plan }) {
			out = append(out, r)
		}
	}
	return out, w.unread
}

func (w *world) count() (looks, writes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.looks), len(w.writes)
}

// rig is a driver at work in a bubble of time.
type rig struct {
	*Driver
	t    *testing.T
	w    *world
	j    flows.Journal
	stop func() error // leaves the run and waits for it
}

// bubble runs a test with a clock of its own, in which every wait is instant.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// drive starts a driver over a journal, to be stopped at the test's end.
func drive(t *testing.T, w *world, j flows.Journal, o Options) *rig {
	t.Helper()
	w.t = t
	if o.Writer == "" {
		o.Writer = "w1"
	}
	o.CanWrite, o.Receipts = true, w
	o.Ways = []flows.WayOffer{{Way: flows.WayBrowser}}
	d, err := New(t.Context(), w.hands(), j, o)
	if err != nil {
		t.Fatal(err)
	}
	return work(t, d, w, j)
}

// work runs a driver until the test ends.
func work(t *testing.T, d *Driver, w *world, j flows.Journal) *rig {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	stopped := false
	r := &rig{Driver: d, t: t, w: w, j: j}
	var end error
	r.stop = func() error {
		if !stopped {
			stopped = true
			cancel()
			end = <-done
		}
		return end
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the run ended with %v", err)
		}
	})
	return r
}

// begin starts a run for the first built-in app with a link, and waits until
// nothing moves.
func (r *rig) begin() {
	r.t.Helper()
	all, err := flows.Builtin()
	if err != nil {
		r.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p flows.Profile) bool { return p.ID == "hetk" })
	r.do(flows.Started{Version: "1", Domain: "contoso.example", Profile: &all[i], CanWrite: true, Ways: []flows.WayOffer{{Way: flows.WayBrowser}}})
}

// do puts events in, one after the other, each when nothing moves any more.
func (r *rig) do(es ...flows.Event) {
	r.t.Helper()
	for _, e := range es {
		if err := r.Do(r.t.Context(), e); err != nil {
			r.t.Fatalf("%s: %v", e.Kind(), err)
		}
		synctest.Wait()
	}
}

// toPlan walks to the plan of the Graph way.
func (r *rig) toPlan() {
	r.t.Helper()
	r.begin()
	r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{},
		flows.Chose{Path: flows.EntraGrant}, flows.Answered{Question: flows.AskHow, Value: flows.HowGraph}, flows.Advanced{})
	if s := r.State(); s.Place.Step != flows.GrantPlan || s.Plan == nil {
		r.t.Fatalf("at %+v with plan %+v; missing %q", s.Place, s.Plan, flows.Missing(s))
	}
}

// confirm types the domain under the plan and waits until the plan has come to
// an end.
func (r *rig) confirm() flows.State {
	r.t.Helper()
	r.do(flows.Confirmed{Plan: r.State().Plan.ID, Typed: "contoso.example"})
	for range 200 {
		if s := r.State(); s.Stop != nil || s.Carried() && len(s.Receipts) > 0 {
			break
		}
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
	}
	return r.State()
}

// kinds are the kinds of the events in a journal.
func kinds(t *testing.T, j flows.Journal) []flows.Kind {
	t.Helper()
	rs, err := j.Since(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []flows.Kind
	for _, r := range rs {
		out = append(out, r.Event.Kind())
	}
	return out
}

// counted is how often a kind is in a journal.
func counted(t *testing.T, j flows.Journal, k flows.Kind) int {
	t.Helper()
	n := 0
	for _, have := range kinds(t, j) {
		if have == k {
			n++
		}
	}
	return n
}

// shaky is a journal that can fail.
type shaky struct {
	*journal.Memory
	mu   sync.Mutex
	fail func(n int, r []flows.Record) (before, after error)
	n    int
}

// Append fails before or after it has stored.
func (j *shaky) Append(ctx context.Context, after uint64, r ...flows.Record) (uint64, error) {
	j.mu.Lock()
	j.n++
	n, fail := j.n, j.fail
	j.mu.Unlock()
	var before, late error
	if fail != nil {
		before, late = fail(n, r)
	}
	if before != nil {
		return 0, before
	}
	last, err := j.Memory.Append(ctx, after, r...)
	if err == nil && late != nil {
		return 0, late
	}
	return last, err
}

func (j *shaky) set(fail func(n int, r []flows.Record) (before, after error)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fail = fail
}
