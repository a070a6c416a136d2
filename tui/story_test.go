package tui

import (
	"context"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// noon is the clock of the stories: a fixed moment in UTC.
var noon = time.Date(2026, time.March, 3, 14, 2, 10, 0, time.UTC)

// fakeDriver is a driver whose world is a list of events: it folds what it is
// told and does nothing else.
type fakeDriver struct {
	mu     sync.Mutex
	state  flows.State
	seq    uint64
	at     time.Time
	hands  run.Hands
	prompt *run.Prompt
	saved  run.Saved
	refuse error
	told   []flows.Event
	rs     []flows.Record // its journal
	wakes  []chan struct{}
}

func newFake(events ...flows.Event) *fakeDriver {
	d := &fakeDriver{at: noon}
	d.happen(events...)
	return d
}

// happen folds events as the driver's own, or the server's.
func (d *fakeDriver) happen(events ...flows.Event) {
	for _, e := range events {
		by := flows.ByDriver
		if e.Kind() == flows.KindAskedToWatch || e.Kind() == flows.KindAskedRecord {
			by = flows.ByServer
		}
		d.happenBy(by, e)
	}
}

// happenBy folds events of an author.
func (d *fakeDriver) happenBy(by flows.Author, events ...flows.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		if l, ok := e.(flows.Learned); ok { // what is read now is of this round
			l.Round = d.state.Round
			e = l
		}
		d.seq++
		r := flows.Record{Seq: d.seq, At: d.at, By: by, Event: e}
		d.state, d.rs = flows.Fold(d.state, r), append(d.rs, r)
	}
	for _, w := range d.wakes {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (d *fakeDriver) State() flows.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

func (d *fakeDriver) Do(_ context.Context, e flows.Event) error {
	if d.refuse != nil {
		return d.refuse
	}
	d.happenBy(flows.ByPerson, e)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, e)
	return nil
}

func (d *fakeDriver) Watch(ctx context.Context) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := make(chan struct{}, 1)
	d.wakes = append(d.wakes, c)
	return c
}

func (d *fakeDriver) Saved() run.Saved { return d.saved }

func (d *fakeDriver) Prompt() (run.Prompt, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.prompt == nil {
		return run.Prompt{}, false
	}
	return *d.prompt, true
}

func (d *fakeDriver) Hands() run.Hands { return d.hands }

// fakeHost is a machine with a browser and a clipboard that remember.
type fakeHost struct {
	mu     sync.Mutex
	opened []string
	copied []string
	err    error
}

func (h *fakeHost) Open(_ context.Context, url string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened = append(h.opened, url)
	return h.err
}

func (h *fakeHost) Copy(_ context.Context, text string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.copied = append(h.copied, text)
	return h.err
}

// fakePlay is an admin in a rehearsed tenant with one move.
type fakePlay struct{ made []string }

func (p *fakePlay) Moves(s flows.State) []run.Move {
	if s.Place.Stage != flows.StageSteps {
		return nil
	}
	return []run.Move{{ID: "accept", Key: "A", Title: "accept as admin@contoso.example in the simulated portal"}}
}

func (p *fakePlay) Make(_ context.Context, id string) error {
	p.made = append(p.made, id)
	return nil
}

// The events that the stories are made of.
func started(t testing.TB) flows.Started {
	t.Helper()
	return flows.Started{
		Nonce:   "n",
		Version: "test", CanWrite: true,
		Ways: []flows.WayOffer{{Way: flows.WayBrowser}, {Way: flows.WayAz, Why: "az is not installed"}, {Way: flows.WayDevice}},
	}
}

// builtin parses the profiles once for all tests.
var builtin = sync.OnceValues(flows.Builtin)

func profiles(t testing.TB) []flows.Profile {
	t.Helper()
	ps, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func profile(t testing.TB, id string) flows.Profile {
	t.Helper()
	for _, p := range profiles(t) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no profile %q", id)
	return flows.Profile{}
}

const (
	tenantID = "11111111-2222-3333-4444-555555555555"
	graphURL = "GET https://graph.microsoft.com/v1.0/"
)

func finding(id checks.ID, v checks.Verdict, g checks.Grade, summary string, more ...func(*checks.Finding)) flows.Found {
	f := checks.Finding{
		Check: id, Verdict: v, Grade: g, Summary: summary, At: noon,
		Seen: []checks.Evidence{{
			Source: "graph", Request: graphURL + "servicePrincipals(appId='8dd90edb-c881-459a-ac84-2a1fee8c5c94')?$select=id,appId,displayName,accountEnabled",
			At: noon, Value: summary, RequestID: "6f2c1d4e-0000-4000-8000-00000000000a",
		}},
	}
	for _, fn := range more {
		fn(&f)
	}
	return flows.Found{Finding: f}
}

func detailed(lines ...string) func(*checks.Finding) {
	return func(f *checks.Finding) { f.Detail = lines }
}

func fixed2(do, why string, who checks.Who) func(*checks.Finding) {
	return func(f *checks.Finding) { f.Fix = &checks.Fix{Do: do, Why: why, Who: who} }
}

// rounded sets the round of findings to the one of the state they land in.
func rounded(d *fakeDriver, events ...flows.Found) {
	for _, e := range events {
		e.Round = d.State().Round
		d.happen(e)
	}
}

func publicFindings() []flows.Found {
	return []flows.Found{
		finding(checks.TenantFound, checks.Pass, checks.Verified, "contoso.example is a tenant of Microsoft 365"),
		finding(checks.TenantCloud, checks.Pass, checks.Verified, "It is in the public cloud"),
		finding(checks.TenantRealm, checks.Pass, checks.Inferred, "People sign in at Microsoft, with passwords kept there"),
		finding(checks.CheckDNSMail, checks.Pass, checks.Inferred, "Mail of contoso.example is in Microsoft 365, as its MX records say"),
	}
}

func tenantFindings() []flows.Found {
	return append(publicFindings(),
		finding(checks.TenantMatch, checks.Pass, checks.Verified, "You are signed in to contoso.example"),
		finding(checks.AccountWork, checks.Pass, checks.Verified, "A work account"),
		finding(checks.AccountRole, checks.Pass, checks.Verified, "Cloud Application Administrator, active"),
		finding(checks.AccountScope, checks.Pass, checks.Verified, "All that is needed to look was given"),
		finding(checks.AppPresent, checks.Pass, checks.Verified, "The enterprise app exists here"),
		finding(checks.AppEnabled, checks.Pass, checks.Verified, "Its sign-in is on"),
		finding(checks.AppPublisher, checks.Pass, checks.Verified, "Hetk is a verified publisher (who, not how safe)"),
		finding(checks.AppAssignment, checks.Pass, checks.Verified, "No assignment is needed"),
		finding(checks.AppGrant, checks.Fail, checks.Verified, "0 of 5 scopes granted tenant-wide"),
		finding(checks.AppUserGrants, checks.Warn, checks.Verified, "3 people consented for themselves"),
		finding(checks.AppResource, checks.Pass, checks.Verified, "No API is being retired"),
		finding(checks.ConsentPredict, checks.Fail, checks.Verified, "An ordinary user may not consent to this app",
			detailed("Calendars.ReadWrite has been on Microsoft's list since November 2025 (MC1163922).",
				"Colleagues who connected earlier keep working; that is why it differs."),
			fixed2("Approve this app once for everybody.", "Users cannot do it themselves here.", checks.WhoAdmin)),
		finding(checks.ConsentPolicy, checks.Pass, checks.Verified, "Microsoft's managed consent policy"),
		finding(checks.ConsentManaged, checks.Warn, checks.Verified, "Calendars.ReadWrite is among what users may not allow"),
		finding(checks.ConsentWorkflow, checks.Warn, checks.Verified, "Users cannot ask: requests are off"),
		finding(checks.ConsentReviewers, checks.Skipped, checks.GradeUnknown, "Requests are off"),
		finding(checks.ConsentClassified, checks.Unknown, checks.GradeUnknown, "Policy.Read.PermissionGrant was not given"),
		finding(checks.AccessConditional, checks.Pass, checks.Verified, "No policy of Conditional Access stops an ordinary sign-in to the app"),
		finding(checks.AccessDefaults, checks.Pass, checks.Verified, "Security defaults are on"),
		finding(checks.AccessSignIns, checks.Unknown, checks.GradeUnknown, "AuditLog.Read.All was not given"),
		finding(checks.AccessAudit, checks.Unknown, checks.GradeUnknown, "AuditLog.Read.All was not given"),
	)
}

func facts(granted bool) flows.Learned {
	f := flows.Facts{
		Tenants: []flows.TenantFact{{Cloud: checks.CloudPublic, ID: tenantID}}, Name: "Contoso", Domains: []string{"contoso.example"},
		AppRead: true, App: &flows.AppFact{ID: "aaaaaaaa-0000-4000-8000-000000000001", AppID: "8dd90edb-c881-459a-ac84-2a1fee8c5c94", Name: "Hetk Calendar Sync", Enabled: true, Publisher: "Hetk"},
		GrantsRead: true, ResRead: true,
		Resources: []flows.ResourceFact{{ID: "aaaaaaaa-0000-4000-8000-000000000002", AppID: checks.MicrosoftGraph, Name: "Microsoft Graph"}}, At: noon,
	}
	if granted {
		f.Grants = []flows.GrantFact{{ID: "g-1", ResourceID: "aaaaaaaa-0000-4000-8000-000000000002", Scopes: []string{"Calendars.ReadWrite", "User.Read", "openid", "profile", "offline_access"}}}
	}
	return flows.Learned{Facts: f}
}

func signedIn() flows.SignedIn {
	return flows.SignedIn{Account: flows.Account{
		UPN: "admin@contoso.example", TenantID: tenantID, Roles: []string{"Cloud Application Administrator"},
		Scopes: checks.ReadScopes(), Way: flows.WayBrowser,
	}}
}

// moment is a place of the flow, made of events.
type moment struct {
	name string
	make func(t testing.TB) *fakeDriver
	// open is what to press there before the screen is looked at.
	open []string
}

func atApp(t testing.TB) *fakeDriver { t.Helper(); return newFake(started(t)) }

func atTenant(t testing.TB) *fakeDriver {
	t.Helper()
	d := atApp(t)
	d.happen(flows.Picked{Profile: profile(t, "hetk")}, flows.Advanced{})
	return d
}

func atKnown(t testing.TB) *fakeDriver {
	t.Helper()
	d := atTenant(t)
	d.happen(flows.Answered{Question: flows.AskDomain, Value: "contoso.example"}, flows.Advanced{})
	return d
}

func atSignIn(t testing.TB) *fakeDriver {
	t.Helper()
	d := atKnown(t)
	d.happen(facts(false))
	rounded(d, publicFindings()...)
	d.happen(flows.Advanced{})
	return d
}

func atDevice(t testing.TB) *fakeDriver {
	t.Helper()
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayDevice)})
	d.prompt = &run.Prompt{Way: flows.WayDevice, URL: "https://microsoft.com/devicelogin", Code: "F7QK2LMNP", Started: noon, Until: noon.Add(15 * time.Minute)}
	return d
}

func atRefused(t testing.TB) *fakeDriver {
	t.Helper()
	d := atDevice(t)
	d.happen(flows.SignInFailed{Attempt: d.State().SignIn.Attempt, Reason: checks.FailDenied, Code: "53003", Message: "Access has been blocked by Conditional Access policies."})
	return d
}

func atLooking(t testing.TB) *fakeDriver {
	t.Helper()
	d := atSignIn(t)
	d.happen(flows.Answered{Question: flows.AskSignIn, Value: string(flows.WayBrowser)}, signedIn(), flows.Advanced{})
	return d
}

func atDiagnosis(t testing.TB) *fakeDriver {
	t.Helper()
	d := atLooking(t)
	d.happen(facts(false))
	rounded(d, tenantFindings()...)
	return d
}

func atPaths(t testing.TB) *fakeDriver {
	t.Helper()
	d := atDiagnosis(t)
	d.happen(flows.Advanced{})
	return d
}

func atLink(t testing.TB) *fakeDriver {
	t.Helper()
	d := atPaths(t)
	d.happen(flows.Chose{Path: flows.DirectLink})
	return d
}

func atApprove(t testing.TB) *fakeDriver {
	t.Helper()
	d := atLink(t)
	d.happen(flows.Advanced{})
	f := finding(checks.AppGrant, checks.Pending, checks.Verified, "3 of 5 scopes seen")
	f.Next, f.Round = noon.Add(3*time.Second), d.State().Round
	d.happen(f)
	return d
}

func atHow(t testing.TB) *fakeDriver {
	t.Helper()
	d := atPaths(t)
	d.happen(flows.Chose{Path: flows.EntraGrant})
	return d
}

func atPlan(t testing.TB) *fakeDriver {
	t.Helper()
	d := atHow(t)
	d.happen(flows.Answered{Question: flows.AskHow, Value: flows.HowGraph}, flows.Advanced{})
	rounded(d, tenantFindings()...)
	p, err := flows.MakePlan(d.State())
	if err != nil {
		t.Fatal(err)
	}
	d.happen(flows.Planned{Plan: p})
	return d
}

func atApplying(t testing.TB) *fakeDriver {
	t.Helper()
	d := atPlan(t)
	p := d.State().Plan
	d.happen(flows.Confirmed{Plan: p.ID, Typed: p.Domain})
	a := signedIn()
	a.Account.Scopes = append(a.Account.Scopes, p.WriteScopes()...)
	d.happen(a, flows.Applying{Plan: p.ID, Line: 0, At: noon},
		flows.Applied{Plan: p.ID, Line: 0, Outcome: flows.OutcomeSent, Status: 201, RequestID: "6f2c1d4e-0000-4000-8000-00000000000b", At: noon})
	return d
}

func atStopped(t testing.TB) *fakeDriver {
	t.Helper()
	d := atApplying(t)
	d.happen(flows.Stopped{Plan: d.State().Plan.ID, Why: flows.StopUnseen}, flows.Advanced{})
	// The tenant is read again before the plan can be confirmed again.
	read := facts(false)
	read.Round = d.State().Round
	d.happen(read)
	rounded(d, tenantFindings()...)
	if e, ok := flows.Due(d.State()); ok {
		d.happen(e)
	}
	return d
}

func atProof(t testing.TB) *fakeDriver {
	t.Helper()
	d := atApprove(t)
	d.happen(facts(true))
	ok := tenantFindings()
	for i := range ok {
		if ok[i].Finding.Check == checks.AppGrant {
			ok[i].Finding.Verdict, ok[i].Finding.Summary = checks.Pass, "5 of 5 scopes granted tenant-wide, on 1 of 1 API"
		}
		if ok[i].Finding.Check == checks.ConsentPredict {
			ok[i].Finding.Verdict, ok[i].Finding.Summary, ok[i].Finding.Detail, ok[i].Finding.Fix = checks.Pass, "Nobody is asked any more: it is granted", nil, nil
		}
	}
	rounded(d, ok...)
	d.happen(flows.Advanced{})
	rounded(d, ok...)
	return d
}

// moments are every screen of the wizard, in the order of a run.
func moments() []moment {
	return []moment{
		{name: "app", make: atApp},
		{name: "app-search", make: atApp, open: []string{"/", "c", "a"}},
		{name: "app-own", make: atApp, open: []string{"m"}},
		{name: "tenant", make: atTenant},
		{name: "tenant-bad", make: atTenant, open: []string{"g", "m", "a", "i", "l", ".", "c", "o", "m", "enter"}},
		{name: "known-looking", make: atKnown},
		{name: "signin", make: atSignIn},
		{name: "signin-device", make: atDevice},
		{name: "signin-link", make: atLinked},
		{name: "signin-link-typing", make: atLinked, open: []string{"p", "a", "b", "c"}},
		{name: "signin-link-odd", make: atLinked, open: []string{"p", "x", "enter"}},
		{name: "signin-refused", make: atRefused},
		{name: "diagnosis-looking", make: atLooking},
		{name: "diagnosis", make: atDiagnosis},
		{name: "diagnosis-explain", make: atDiagnosis, open: []string{"enter"}},
		{name: "diagnosis-evidence", make: atDiagnosis, open: []string{"e"}},
		{name: "paths", make: atPaths},
		{name: "step-link", make: atLink},
		{name: "step-approve", make: atApprove},
		{name: "step-links", make: atApprove, open: []string{"?"}},
		{name: "step-how", make: atHow},
		{name: "plan", make: atPlan},
		{name: "plan-script", make: atPlan, open: []string{"ctrl+s"}},
		{name: "plan-script-form", make: atPlan, open: []string{"ctrl+s", "f"}},
		{name: "plan-applying", make: atApplying},
		{name: "plan-stopped", make: atStopped},
		{name: "proof", make: atProof},
		{name: "proof-report", make: atProof, open: []string{"r"}},
	}
}
