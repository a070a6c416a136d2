package checks_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

func TestTableIsSound(t *testing.T) {
	t.Parallel()
	table := checks.Table()
	place := map[checks.ID]int{}
	for i, c := range table {
		if _, twice := place[c.ID]; twice {
			t.Errorf("%s is in the table twice", c.ID)
		}
		place[c.ID] = i
		if c.Title == "" || c.Run == nil || len(c.Reads) == 0 {
			t.Errorf("%s has no title, or reads or does nothing", c.ID)
		}
		if got, ok := checks.ByID(c.ID); !ok || got.ID != c.ID {
			t.Errorf("ByID(%s) does not find it", c.ID)
		}
		if gives[c.ID] == nil {
			t.Errorf("%s has no list of verdicts in these tests", c.ID)
		}
	}
	if _, ok := checks.ByID("no/such"); ok {
		t.Error("ByID finds what is not there")
	}
	for id := range gives {
		if _, ok := place[id]; !ok {
			t.Errorf("%s is tested and not in the table", id)
		}
	}
	for _, c := range table {
		for _, n := range c.Needs {
			if _, ok := place[n]; !ok {
				t.Errorf("%s needs %s, which is not in the table", c.ID, n)
			}
		}
		for _, p := range c.Reads {
			if !slices.Contains(checks.Parts(), p) {
				t.Errorf("%s reads %s, which is no part", c.ID, p)
			}
		}
	}
}

func TestNeedsHaveNoCycle(t *testing.T) {
	t.Parallel()
	needs := map[checks.ID][]checks.ID{}
	for _, c := range checks.Table() {
		needs[c.ID] = c.Needs
	}
	var walk func(id checks.ID, way []checks.ID)
	walk = func(id checks.ID, way []checks.ID) {
		if slices.Contains(way, id) {
			t.Fatalf("a cycle of needs: %v, %s", way, id)
		}
		for _, n := range needs[id] {
			walk(n, append(slices.Clone(way), id))
		}
	}
	for id := range needs {
		walk(id, nil)
	}
}

func TestPartsAreTheSnapshotsFields(t *testing.T) {
	t.Parallel()
	if want, got := reflect.TypeFor[checks.Snapshot]().NumField(), len(checks.Parts()); want != got {
		t.Errorf("a snapshot has %d fields, there are %d parts", want, got)
	}
	read := map[checks.Part]bool{}
	for _, c := range checks.Table() {
		for _, p := range c.Reads {
			read[p] = true
		}
	}
	for _, p := range checks.Parts() {
		if !read[p] {
			t.Errorf("no check reads %s", p)
		}
	}
}

func TestJudgeAnswersForStrangeIDs(t *testing.T) {
	t.Parallel()
	fs := checks.Judge(subject(), []checks.ID{checks.AppGrant, "no/such\x1b[31m"})
	if len(fs) != 2 || fs[0].Check != checks.AppGrant || fs[1].Verdict != unknown || fs[1].Check != "no/such" {
		t.Errorf("judged %+v", fs)
	}
}

func TestJudgeWithoutAnySnapshot(t *testing.T) {
	t.Parallel()
	for _, f := range checks.Judge(checks.Subject{Now: noon}, nil) {
		if f.Verdict == pass && f.Grade == checks.Verified {
			t.Errorf("%s passes on nothing", f.Check)
		}
		wellMade(t, f)
	}
}

// A finding depends on the parts that its check and its needs name, and on
// nothing else in the snapshot.
func TestFindingsDependOnTheirPartsAlone(t *testing.T) {
	t.Parallel()
	whole := subject(approved())
	for _, c := range checks.Table() {
		bare := subject(approved())
		keep := partsOf(c.ID)
		for _, p := range checks.Parts() {
			if !keep[p] {
				drop(bare.Look, p)
			}
		}
		if a, b := one(whole, c.ID), one(bare, c.ID); !reflect.DeepEqual(a, b) {
			t.Errorf("%s changes with parts it does not name:\n%+v\n%+v", c.ID, a, b)
		}
	}
}

func partsOf(id checks.ID) map[checks.Part]bool {
	c, _ := checks.ByID(id)
	out := map[checks.Part]bool{}
	for _, p := range c.Reads {
		out[p] = true
	}
	for _, n := range c.Needs {
		for p := range partsOf(n) {
			out[p] = true
		}
	}
	return out
}

// drop empties the field of a part; Parts and fields are in the same order.
func drop(l *checks.Snapshot, p checks.Part) {
	f := reflect.ValueOf(l).Elem().Field(slices.Index(checks.Parts(), p))
	f.SetZero()
}

func TestFindingsAreCleaned(t *testing.T) {
	t.Parallel()
	evil := "\x1b]0;evil\x07\u009b2J\u202egood\r\n" + strings.Repeat("x", 5000)
	s := subject(app(func(sp *checks.ServicePrincipal) {
		sp.Name, sp.DisabledByMS, sp.OwnerTenant, sp.Publisher = evil, evil, evil, &checks.Publisher{ID: evil, Name: evil}
	}), granted(graphSP, "", evil), policies(evil), roles(role(globalReader, evil)), look(func(l *checks.Snapshot) {
		l.Realm.Value = checks.Realm{Type: "Federated", Host: evil}
		l.Requests.Value = []checks.ConsentRequest{{AppID: clientID, Status: "InProgress", Scopes: []string{evil}}}
		l.Workflow.Value.Reviewers = []string{evil}
		l.Defaults = failed[bool](checks.Failure{Kind: checks.FailService, Message: evil, Missing: []string{evil}, RequestID: evil})
	}))
	for _, f := range checks.Judge(s, nil) {
		wellMade(t, f)
		for _, text := range append([]string{f.Summary}, f.Detail...) {
			if len([]rune(text)) > 300 {
				t.Errorf("%s says too much: %d characters", f.Check, len(text))
			}
		}
	}
}

func TestFailuresHaveTheirOwnWords(t *testing.T) {
	t.Parallel()
	kinds := []checks.FailureKind{
		checks.FailScope, checks.FailRole, checks.FailLicence, checks.FailSignIn, checks.FailDenied, checks.FailThrottled, checks.FailService,
		checks.FailNotJSON, checks.FailUnreachable, checks.FailTLS, checks.FailRequest, checks.FailNotFound, checks.FailNoAccess,
		checks.FailNoClientID, checks.FailNotAsked, checks.FailCancelled, checks.FailWrongTenant, "something new",
	}
	said := map[string]checks.FailureKind{}
	for _, kind := range kinds {
		s := subject(look(func(l *checks.Snapshot) {
			l.Defaults = failed[bool](checks.Failure{Kind: kind, After: 3 * time.Second})
		}))
		f := one(s, checks.AccessDefaults)
		if f.Verdict != unknown {
			t.Errorf("%s: verdict is %v, want unknown", kind, f.Verdict)
		}
		if other, ok := said[f.Summary]; ok {
			t.Errorf("%s and %s have the same words: %s", kind, other, f.Summary)
		}
		said[f.Summary] = kind
		wellMade(t, f)
	}
	s := subject(look(func(l *checks.Snapshot) {
		l.Defaults = failed[bool](checks.Failure{Kind: checks.FailSignIn, Claims: "{}", Status: 401, Code: "InvalidAuthenticationToken", RequestID: "r1", Message: "said so"})
	}))
	f := one(s, checks.AccessDefaults)
	if !strings.Contains(f.Summary, "more proof") || f.Seen[0].RequestID != "r1" || f.Seen[0].Value != "401 InvalidAuthenticationToken" || !strings.Contains(f.Detail[0], "said so") {
		t.Errorf("a challenge is told as %+v", f)
	}
}

func TestSnapshotsAreJudgedTheSameElsewhere(t *testing.T) {
	t.Parallel()
	for _, s := range []checks.Subject{subject(), subject(approved()), subject(outside()), subject(absent()), subject(classified(allFive...), policies(consent.PolicyLow))} {
		b, err := json.Marshal(s.Look)
		if err != nil {
			t.Fatal(err)
		}
		there := s
		there.Look = &checks.Snapshot{}
		if err := json.Unmarshal(b, there.Look); err != nil {
			t.Fatal(err)
		}
		if a, b := checks.Judge(s, nil), checks.Judge(there, nil); !reflect.DeepEqual(a, b) {
			t.Errorf("judged differently after a trip through JSON:\n%+v\n%+v", a, b)
		}
	}
}

// randomSubject makes up a tenant in which anything may be read, unread or
// odd, with a bias to what decides.
func randomSubject(r *rand.Rand) checks.Subject {
	s := subject()
	l := s.Look
	maybe := func(f func()) {
		if r.IntN(3) == 0 {
			f()
		}
	}
	some := func() []string {
		var out []string
		for _, sc := range allFive {
			if r.IntN(4) > 0 {
				out = append(out, sc)
			}
		}
		return out
	}
	yes := func() *bool { return []*bool{nil, new(true), new(false), new(true)}[r.IntN(4)] }
	sp := *l.App.Value
	sp.Enabled, sp.AssignmentRequired, sp.Deactivated = yes(), yes(), []*bool{nil, nil, new(false), new(true)}[r.IntN(4)]
	maybe(func() {
		sp.DisabledByMS = []string{"NotDisabled", "DisabledDueToViolationOfServicesAgreement"}[r.IntN(2)]
	})
	maybe(func() { sp.Publisher = []*checks.Publisher{nil, {}}[r.IntN(2)] })
	l.App.Value = &sp
	for range r.IntN(4) {
		granted([]string{graphSP, exchangeSP}[r.IntN(2)], []string{"", "", "u1"}[r.IntN(3)], some()...)(&s)
	}
	maybe(func() { l.App.Value = nil })
	var ids []string
	for _, id := range []string{consent.PolicyLow, consent.PolicyLegacy, consent.PolicyRecommended, "mine"} {
		maybe(func() { ids = append(ids, id) })
	}
	policies(ids...)(&s)
	maybe(func() { classified(some()...)(&s) })
	maybe(func() { elsewhere()(&s) })
	maybe(func() { l.Discovery.Value.Found = nil })
	maybe(func() {
		alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})(&s)
		maybe(func() { l.AppRoles.Value = []checks.Assignment{{RoleID: "role-cal", ResourceID: graphSP}} })
	})
	maybe(func() { s.App.Needs = s.App.Needs[:r.IntN(len(s.App.Needs)+1)] })
	maybe(func() { l.Account.Value.Opaque = true })
	maybe(func() {
		p := rule("p", []string{"block", "block", "mfa", "compliantDevice"}[r.IntN(4)])
		maybe(func() { p = placed(p) })
		maybe(func() { p = idle(p, []string{"location", "users"}[r.IntN(2)]) })
		asked([]checks.Whose{checks.WhoseAll, checks.WhoseMine, checks.WhoseSample}[r.IntN(3)], []checks.PolicyEffect{p})(&s)
	})
	maybe(func() {
		signedIn(entered(1, "u1", []int{0, 53003, 90094}[r.IntN(3)]), entered(2, "u2", []int{0, 53003}[r.IntN(2)]))(&s)
	})
	maybe(func() {
		consents(checks.ConsentEvent{At: looked, Result: []string{"success", "failure"}[r.IntN(2)], Targets: []string{appSP}})(&s)
	})
	l.Probe.Value.Answer = []checks.ProbeAnswer{
		checks.ProbeThere, checks.ProbeAbsent, checks.ProbeOff, checks.ProbeHeld, checks.ProbeStrange, checks.ProbeNoTenant, "else",
	}[r.IntN(7)]
	maybe(func() { l.Probe.Value.Roles = []string{"Calendars.Read"} })
	l.Callback.Value = checks.Callback{Consented: r.IntN(2) == 0, Ours: r.IntN(3) > 0, Tenant: []string{"", contosoID, fabrikamID}[r.IntN(3)]}
	maybe(func() {
		l.Reviewers.Value = []checks.Reviewer{{Kind: checks.ReviewerUser, Found: true, RolesKnown: true}}
	})
	for _, p := range checks.Parts() {
		if r.IntN(12) == 0 {
			drop(l, p)
		}
	}
	return s
}

// mayBeGreen is the product's rule for green, written down a second time from
// the snapshot and not from findings.
func mayBeGreen(s checks.Subject) bool {
	l := s.Look
	if !l.Discovery.Read && !l.Organization.Read || !l.Account.Read && !l.Organization.Read || len(s.App.Needs) == 0 || !l.App.Read {
		return false
	}
	for _, id := range []string{l.Account.Value.TenantID, l.Organization.Value.ID} {
		if id != "" && id != contosoID {
			return false
		}
	}
	sp := l.App.Value
	if sp != nil {
		if sp.Enabled == nil || !*sp.Enabled || sp.Deactivated != nil && *sp.Deactivated ||
			sp.DisabledByMS != "" && sp.DisabledByMS != "NotDisabled" || sp.AssignmentRequired == nil || *sp.AssignmentRequired {
			return false
		}
	}
	for _, w := range l.Conditional.Value.Asked {
		for _, p := range w.Policies {
			if l.Conditional.Read && p.Applies && p.Controls[0] == "block" {
				return false
			}
		}
	}
	covered, roles := sp != nil && l.Grants.Read && l.Resources.Read, false
	for _, n := range s.App.Needs {
		if n.Role != "" {
			roles = true
			continue
		}
		has := slices.ContainsFunc(l.Grants.Value, func(g checks.Grant) bool {
			return g.Everyone && g.ResourceID == graphSP && slices.Contains(g.Scopes, n.Scope)
		})
		covered = covered && has
	}
	if roles && (sp == nil || !l.AppRoles.Read || !l.Resources.Read || len(l.AppRoles.Value) == 0) {
		return false
	}
	return covered || l.Authorization.Read && l.Policies.Read
}

// holdsUp judges a made-up tenant and tests what must hold of every one.
func holdsUp(t *testing.T, seed uint64) checks.Overall {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	s := randomSubject(r)
	findings := checks.Judge(s, nil)
	for _, f := range findings {
		wellMade(t, f)
		if !slices.Contains(gives[f.Check], f.Verdict) {
			t.Errorf("seed %d: %s gives %v", seed, f.Check, f.Verdict)
		}
	}
	if !reflect.DeepEqual(findings, checks.Judge(s, nil)) {
		t.Errorf("seed %d: judged twice, differently", seed)
	}
	o := checks.Decide(findings, s)
	if o.State == checks.StateOpen && o.Grade == checks.Verified && !mayBeGreen(s) {
		t.Errorf("seed %d: a false green: %+v", seed, o)
	}
	r.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
	if again := checks.Decide(findings, s); !reflect.DeepEqual(o, again) {
		t.Errorf("seed %d: order matters: %+v, %+v", seed, o, again)
	}
	if o.Reason == "" || o.Whose == "" || o.State == "" {
		t.Errorf("seed %d: half a verdict: %+v", seed, o)
	}
	return o
}

func TestRandomTenants(t *testing.T) {
	t.Parallel()
	have := map[string]int{}
	for seed := range uint64(2500) {
		o := holdsUp(t, seed)
		have[string(o.State)+" "+o.Grade.String()]++
		if t.Failed() {
			return
		}
	}
	for _, want := range []string{"open verified", "blocked verified", "blocked inferred", "unknown unknown"} {
		if have[want] < 10 {
			t.Errorf("the tenants made up hardly test %q: %v", want, have)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, []byte("{}"))
	}
	f.Add(uint64(1), []byte(`{"grants":{"read":true,"value":[{"everyone":true,"raw":" User.Read"}]},"app":{"read":true,"value":{}}}`))
	f.Fuzz(func(t *testing.T, seed uint64, snapshot []byte) {
		holdsUp(t, seed)
		s := subject()
		s.Look = &checks.Snapshot{}
		if json.Unmarshal(snapshot, s.Look) != nil {
			return // no snapshot
		}
		findings := checks.Judge(s, nil)
		for _, found := range findings {
			wellMade(t, found)
		}
		checks.Decide(findings, s)
	})
}

func BenchmarkJudge(b *testing.B) {
	s := subject(approved())
	b.ReportAllocs()
	for b.Loop() {
		checks.Judge(s, nil)
	}
}

func BenchmarkDecide(b *testing.B) {
	s := subject(approved())
	findings := checks.Judge(s, nil)
	b.ReportAllocs()
	for b.Loop() {
		checks.Decide(findings, s)
	}
}

func TestRunOfEachCheckStandsAlone(t *testing.T) {
	t.Parallel()
	for _, c := range checks.Table() {
		f, err := c.Run(t.Context(), subject())
		if err != nil || f.Summary == "" {
			t.Errorf("%s: %v, %+v", c.ID, err, f)
		}
	}
}

// TestLookingAsksForNoWriteScope has reading refused for want of a scope, where
// a wider one that also writes would do as well.
func TestLookingAsksForNoWriteScope(t *testing.T) {
	t.Parallel()
	refused := func(p checks.Part) checks.Failure {
		return noLook(checks.FailScope, append(checks.ScopesFor(p), "Directory.ReadWrite.All")...)
	}
	s := subject(look(func(l *checks.Snapshot) {
		l.App = failed[*checks.ServicePrincipal](refused(checks.PartApp))
		l.Grants = failed[[]checks.Grant](refused(checks.PartGrants))
		l.Authorization = failed[checks.Authorization](refused(checks.PartAuthorization))
		l.Policies = failed[[]consent.Policy](noLook(checks.FailScope))
		l.Workflow = failed[checks.Workflow](refused(checks.PartWorkflow))
		l.Defaults = failed[bool](refused(checks.PartDefaults))
	}))
	told := 0
	for _, f := range checks.Judge(s, nil) {
		if f.Fix == nil || f.Verdict != unknown {
			continue
		}
		if told++; strings.Contains(f.Fix.Do+f.Summary, "ReadWrite") || !strings.Contains(f.Fix.Do, ".Read.") {
			t.Errorf("%s says %q: %q", f.Check, f.Summary, f.Fix.Do)
		}
	}
	if told < 6 {
		t.Errorf("only %d checks were refused", told)
	}
}

// TestAbsentAppIsApprovedByItsLink: the portal does not list an app that is not
// in the tenant, so nobody is sent there.
func TestAbsentAppIsApprovedByItsLink(t *testing.T) {
	t.Parallel()
	for _, id := range []checks.ID{checks.AppPresent, checks.AppGrant, checks.ConsentPredict, checks.ConsentManaged} {
		gone, there := one(subject(absent()), id), one(subject(), id)
		if gone.Fix == nil || !strings.Contains(gone.Fix.Do, "consent link") || !strings.Contains(gone.Fix.URL, "/adminconsent?client_id=") {
			t.Errorf("%s, absent: %+v", id, gone.Fix)
		}
		if id != checks.AppPresent && (there.Fix == nil || !strings.Contains(there.Fix.Do, "Enterprise apps") || strings.Contains(there.Fix.URL, "adminconsent")) {
			t.Errorf("%s, there: %+v", id, there.Fix)
		}
	}
}
