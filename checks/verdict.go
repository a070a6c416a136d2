package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Decide gives the verdict over findings: whether people of the tenant can
// start using the app, what stops them, and whose move it is. It rests on the
// findings and on what s.App needs; the order of findings never matters, and
// of two findings of one check the worse counts.
//
// Open and Verified takes what was seen in Graph, in the right tenant, of an
// app that is enabled and open to all: either every scope and app role granted
// tenant-wide on the right API, or a prediction from policies that were read.
// Whatever lacks of that makes the verdict unknown or less sure, never open.
// Conditional Access can only take an opening back, by what was seen of it:
// where it was not looked at, that is said and the verdict stays.
func Decide(findings []Finding, s Subject) Overall {
	b := newBench(findings, s)
	for _, rule := range []func(*bench) (Overall, bool){
		(*bench).wrongPlace, (*bench).nameless, (*bench).heldBack, (*bench).byGrant, (*bench).byPolicy, (*bench).walled,
	} {
		if o, ok := rule(b); ok {
			if o.State == StateOpen {
				o = b.turnedAway(o)
			}
			if o.State == StateOpen {
				o = b.saidWhose(o)
			}
			o.NotLooked, o.MayStop = b.notLooked(o)
			return o
		}
	}
	o := b.cannotTell()
	o.NotLooked, o.MayStop = b.notLooked(o)
	return o
}

// bench is where the findings lie to be weighed, one for each check.
type bench struct {
	s  Subject
	on map[ID]Finding
}

func newBench(findings []Finding, s Subject) *bench {
	b := &bench{s: s, on: make(map[ID]Finding, len(findings))}
	for _, f := range findings {
		if f.Verdict > Skipped {
			f.Verdict = Unknown
		}
		if f.Grade > Verified {
			f.Grade = GradeUnknown
		}
		if have, ok := b.on[f.Check]; !ok || worse(f, have) {
			b.on[f.Check] = f
		}
	}
	return b
}

// weight orders verdicts by how much they speak against an opening.
func weight(v Verdict) int {
	switch v {
	case Pass:
		return 0
	case Warn:
		return 1
	case Skipped:
		return 2
	case Pending:
		return 3
	case Unknown:
		return 4
	default:
		return 5
	}
}

// worse reports whether f counts more than g, in a strict order that does not
// depend on which came first.
func worse(f, g Finding) bool {
	return cmp.Or(
		cmp.Compare(weight(g.Verdict), weight(f.Verdict)),
		cmp.Compare(f.Grade, g.Grade),
		strings.Compare(f.Summary, g.Summary),
		strings.Compare(string(whose(f)), string(whose(g))),
	) < 0
}

func whose(f Finding) Who {
	if f.Fix == nil {
		return WhoUnknown
	}
	return f.Fix.Who
}

// is reports whether a check gave a verdict; a check that did not run gave none.
func (b *bench) is(id ID, v Verdict) bool {
	f, ok := b.on[id]
	return ok && f.Verdict == v
}

// grade is the least grade among checks that must all have passed; ok is false
// where one did not.
func (b *bench) grade(ids ...ID) (g Grade, ok bool) {
	g = Verified
	for _, id := range ids {
		f, ok := b.on[id]
		if !ok || !f.Holds() {
			return GradeUnknown, false
		}
		g = min(g, f.Grade)
	}
	return g, true
}

// say makes the verdict that a finding leads to.
func (b *bench) say(state State, g Grade, id ID, more ...ID) Overall {
	f := b.on[id]
	return Overall{State: state, Grade: g, Reason: f.Summary, Whose: whose(f), Because: append([]ID{id}, more...)}
}

// wrongPlace is for findings about no tenant, about another one, or about
// nobody that was meant. A domain
// without a tenant stops people for certain, but nobody looked at their side
// of it, so that is inferred.
func (b *bench) wrongPlace() (Overall, bool) {
	nobody := b.on[ConsentPredict]
	switch {
	case b.is(TenantFound, Fail):
		return b.say(StateBlocked, Inferred, TenantFound), true
	case b.is(AccountWork, Fail):
		return b.say(StateUnknown, GradeUnknown, AccountWork), true
	case b.is(TenantMatch, Fail):
		return b.say(StateUnknown, GradeUnknown, TenantMatch), true
	case b.is(TenantCloud, Warn) && !b.is(TenantMatch, Pass):
		return b.say(StateUnknown, GradeUnknown, TenantCloud), true
	case nobody.Verdict == Unknown && nobody.Fix != nil && nobody.Fix.Do == doUserName:
		return b.say(StateUnknown, GradeUnknown, ConsentPredict), true
	default:
		return Overall{}, false
	}
}

// heldBack is for what stops people although all is approved: the app or an API
// of its is off, or the app is only for those assigned.
func (b *bench) heldBack() (Overall, bool) {
	if b.is(AppEnabled, Fail) {
		return b.say(StateBlocked, b.on[AppEnabled].Grade, AppEnabled), true
	}
	if b.probed(doProbeOff) && !b.is(AppEnabled, Pass) { // Graph has the last word
		return b.say(StateBlocked, b.on[VendorProbe].Grade, VendorProbe), true
	}
	if b.is(AppResource, Fail) {
		return b.say(StateBlocked, b.on[AppResource].Grade, AppResource), true
	}
	if b.is(AppAssignment, Fail) && !b.is(AppGrant, Fail) {
		return b.say(StateBlocked, b.on[AppAssignment].Grade, AppAssignment), true
	}
	if b.is(AppRoles, Fail) && b.is(AppGrant, Pass) {
		return b.say(StateBlocked, b.on[AppRoles].Grade, AppRoles), true
	}
	return Overall{}, false
}

// probed reports a vendor's probe that found what do mends.
func (b *bench) probed(do string) bool {
	f := b.on[VendorProbe]
	return f.Verdict == Fail && f.Fix != nil && f.Fix.Do == do
}

// needed lists the grant checks that the app's needs make count.
func (b *bench) needed() []ID {
	var out []ID
	if len(b.s.App.scopes()) > 0 {
		out = append(out, AppGrant)
	}
	if len(b.s.App.roles()) > 0 {
		out = append(out, AppRoles)
	}
	return out
}

// here reports whether the findings are about the right tenant. The token's
// word is enough for that: Graph answered to the same token.
func (b *bench) here() bool {
	f := b.on[TenantMatch]
	return f.Verdict == Pass && f.Grade >= Asserted && (b.is(TenantFound, Pass) || f.Grade == Verified)
}

// byGrant is the first way to an opening: everything is granted to everyone.
// Where nobody says what the app needs, that can not be seen.
func (b *bench) byGrant() (Overall, bool) {
	grants := b.needed()
	if len(grants) == 0 || b.s.App.NeedsUnstated || !b.here() || b.is(ConsentPredict, Fail) {
		return Overall{}, false
	}
	must := append(slices.Clone(grants), AppPresent, AppEnabled, AppAssignment)
	if b.s.Person != "" { // granted to everyone, and who asks may not be among them
		must = append(must, ConsentPredict)
	}
	g, ok := b.grade(must...)
	if !ok || g < Asserted {
		return Overall{}, false
	}
	return Overall{
		State: StateOpen, Grade: g, Whose: WhoNobody, Because: grants,
		Reason: fmt.Sprintf(sayOpen, b.where()),
	}, true
}

// byPolicy is the second: people may consent for themselves. An app that is
// not there yet can not be off, nor want assignment.
func (b *bench) byPolicy() (Overall, bool) {
	if !b.is(ConsentPredict, Pass) {
		return Overall{}, false
	}
	f := b.on[ConsentPredict]
	if f.Grade == Inferred || b.s.App.NeedsUnstated {
		o := b.say(StateUnknown, Inferred, ConsentPredict)
		o.Reason, o.Whose = fmt.Sprintf(sayMaybeOpen, f.Summary), b.whoMayTell()
		return o, true
	}
	if len(b.s.App.Needs) == 0 || !b.here() {
		return Overall{}, false
	}
	g, ok := b.grade(ConsentPredict, AppPresent, AppEnabled, AppAssignment)
	if absent := b.on[AppPresent]; absent.Verdict == Fail && absent.Grade == Verified {
		if b.is(AppGrant, Pass) {
			return Overall{}, false // granted, and not there: somebody is wrong
		}
		g, ok = f.Grade, true
	}
	if len(b.s.App.roles()) > 0 && !b.is(AppRoles, Pass) {
		ok = false
	}
	if !ok || g < Asserted {
		return Overall{}, false
	}
	return Overall{
		State: StateOpen, Grade: g, Whose: WhoNobody, Because: []ID{ConsentPredict},
		Reason: b.openTo(),
	}, true
}

// turnedAway is for consent that is in place and opens nothing, since the
// tenant's own rules stop people at the sign-in. Graph's what-if of today counts
// before the log of what was.
func (b *bench) turnedAway(o Overall) Overall {
	f := b.on[AccessConditional]
	refused := b.is(AccessSignIns, Fail)
	back := func(state State, g Grade, say string, id ID, more ...ID) Overall {
		out := b.say(state, g, id, append(more, o.Because...)...)
		out.Reason = fmt.Sprintf(say, out.Reason)
		return out
	}
	switch {
	case f.Verdict == Fail:
		return back(StateBlocked, min(f.Grade, o.Grade), sayOpenButStopped, AccessConditional)
	case f.Verdict == Warn && f.Grade <= Inferred && refused:
		// Two sources agree: a policy that stops some, and nobody who got in
		// last. Whom it would let in nobody has seen.
		out := back(StateBlocked, Inferred, sayOpenButStopped, AccessSignIns, AccessConditional)
		out.Reason += " " + f.Summary
		return out
	case f.Verdict == Warn && f.Grade <= Inferred:
		return back(StateUnknown, Inferred, sayOpenButMay, AccessConditional)
	case refused && f.Verdict != Pass:
		return back(StateUnknown, Inferred, sayOpenButRefused, AccessSignIns)
	case f.Verdict == Warn: // open to those who have what is asked for: said in the same breath
		o.Reason += " " + f.Summary
		o.Because = append(slices.Clone(o.Because), AccessConditional)
	}
	return o
}

// TurnedAway reports a verdict that consent is in place and the tenant's rules
// about signing in keep people out, or may. Nobody's word that the app was
// approved adds anything to it.
func (o Overall) TurnedAway() bool {
	return len(o.Because) > 0 && (o.Because[0] == AccessConditional || o.Because[0] == AccessSignIns)
}

// openTo says to whom the second way leads: to the person asked about alone
// where somebody was.
func (b *bench) openTo() string {
	if b.s.Person != "" {
		return fmt.Sprintf(sayOpenForUser, b.s.Person)
	}
	return fmt.Sprintf(sayOpenByUsers, b.where())
}

// walled is for a prediction that people are stopped. Where it is inferred and
// nobody saw that the approval lacks, there may be one; an app that is not in
// the tenant has none.
func (b *bench) walled() (Overall, bool) {
	if !b.is(ConsentPredict, Fail) {
		return Overall{}, false
	}
	f := b.on[ConsentPredict]
	because := []ID{}
	for _, id := range []ID{AppGrant, AppRoles, AppAssignment, ConsentManaged, ConsentPolicy, ConsentClassified, ConsentRisk} {
		if b.is(id, Fail) || id == ConsentRisk && b.is(id, Warn) {
			because = append(because, id)
		}
	}
	_, why, _ := strings.Cut(f.Summary, ": ")
	why = strings.TrimSuffix(cmp.Or(why, f.Summary), ".")
	absent := b.probed(doProbeAbsent) && !b.on[AppPresent].Holds()
	if absent {
		because = append(because, VendorProbe)
	}
	if f.Grade <= Inferred && !b.is(AppGrant, Fail) && !absent {
		o := b.say(StateUnknown, Inferred, ConsentPredict, because...)
		o.Reason, o.Whose = fmt.Sprintf(sayMaybeBlocked, why), b.whoMayTell()
		if b.s.Person != "" {
			o.Reason = fmt.Sprintf(sayMaybeUser, f.Summary)
		}
		return o, true
	}
	o := b.say(StateBlocked, f.Grade, ConsentPredict, because...)
	o.Reason = fmt.Sprintf(sayBlocked, why)
	if f.Grade <= Inferred {
		o.Reason = fmt.Sprintf(sayMaybeBlocked, why)
	}
	if b.s.Person != "" {
		o.Reason = f.Summary
	}
	return o, true
}

// whoMayTell is whose move would make an inference sure.
func (b *bench) whoMayTell() Who {
	if b.s.App.NeedsUnstated && b.is(ConsentPredict, Pass) {
		return WhoVendor
	}
	for _, id := range []ID{TenantMatch, AppPresent, AppGrant, ConsentPolicy} {
		if b.is(id, Unknown) {
			return whose(b.on[id])
		}
	}
	return WhoUnknown
}

// cannotTell says what is missing to know.
func (b *bench) cannotTell() Overall {
	if b.is(AppGrant, Fail) {
		o := b.say(StateUnknown, GradeUnknown, AppGrant)
		o.Reason = sayNotApproved
		if f, ok := b.on[ConsentPredict]; ok {
			o.Reason = fmt.Sprintf(sayNotApprovedAnd, f.Summary)
			o.Because = append(o.Because, ConsentPredict)
			o.Whose = whose(f)
		}
		return o
	}
	for _, id := range []ID{TenantFound, TenantMatch, AppGrant, AppRoles, AppPresent, AppEnabled, AppAssignment, ConsentPredict} {
		if f, ok := b.on[id]; ok && !f.Holds() && (id != AppRoles || len(b.s.App.roles()) > 0) {
			return b.say(StateUnknown, GradeUnknown, id)
		}
	}
	return Overall{State: StateUnknown, Reason: sayNothingLooked, Whose: WhoUnknown}
}

// where names the tenant for a sentence.
func (b *bench) where() string { return cmp.Or(b.s.Domain, sayThisTenant) }

// mayStop reports checks whose warning is of something that may still stop
// people.
func mayStop(id ID) bool { return id == AppResource || id == AccessConditional }

// notLooked lists what nobody looked at and may still stop people, and what was
// seen that may: Conditional Access first. The logs are not in it: they only
// explain; what the verdict rests on is not repeated. One cause often keeps many
// checks from looking; it is said once.
func (b *bench) notLooked(o Overall) (out, may []string) {
	out = []string{}
	if f, ok := b.on[AccessConditional]; !ok || f.Verdict == Unknown || f.Verdict == Skipped {
		out = append(out, sayNoConditional)
	}
	at, more := map[string]int{}, map[string]int{}
	for _, c := range ordered() {
		f, ok := b.on[c.ID]
		if c.ID == AccessConditional && slices.Contains(o.Because, c.ID) {
			continue
		}
		if !ok || c.ID == AccessSignIns || c.ID == AccessAudit || c.DNS() || c.Vendor() || f.Verdict != Unknown && (!mayStop(c.ID) || f.Verdict != Warn) {
			continue
		}
		if f.Verdict == Warn { // looked at, and not in everybody's way
			may = append(may, fmt.Sprintf(sayUnlooked, c.ID, f.Summary))
			continue
		}
		i, again := at[f.Summary]
		if !again {
			at[f.Summary] = len(out)
			out = append(out, fmt.Sprintf(sayUnlooked, c.ID, f.Summary))
			continue
		}
		more[f.Summary]++
		first, _, _ := strings.Cut(out[i], " ")
		out[i] = fmt.Sprintf(sayUnlookedMore, strings.TrimSuffix(first, ":"), more[f.Summary], f.Summary)
	}
	return out, may
}
