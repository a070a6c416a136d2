package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func accessChecks() []Check {
	return []Check{
		{
			ID: AccessConditional, Title: titleAccessConditional, Needs: []ID{TenantMatch}, Reads: []Part{PartConditional, PartUser},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartConditional)}, Patience: replication, Run: conditionalAccess,
		},
		{
			ID: AccessDefaults, Title: titleAccessDefaults, Needs: []ID{TenantMatch}, Reads: []Part{PartDefaults},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartDefaults)}, Run: securityDefaults,
		},
		{
			ID: AccessSignIns, Title: titleAccessSignIns, Needs: []ID{TenantMatch},
			// The grants tell a wall of before the approval from one of today.
			Reads:  []Part{PartSignIns, PartApp, PartGrants, PartResources},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartSignIns)}, Run: signIns,
		},
		{
			ID: AccessAudit, Title: titleAccessAudit, Needs: []ID{TenantMatch}, Reads: []Part{PartAudit, PartApp, PartGrants, PartResources},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartAudit)}, Run: audit,
		},
	}
}

// securityDefaults is told because it changes what people meet when they sign
// in; it neither blocks an app nor opens one.
func securityDefaults(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartDefaults); err != nil {
		return Finding{}, err
	}
	on := s.Look.Defaults.Value
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayDefaultsOff, Seen: s.seen(PartDefaults, "isEnabled="+boolText(&on))}
	if on {
		f.Summary = sayDefaultsOn
		f.Detail = []string{sayDefaultsMean}
	}
	return f, nil
}

// demand is what a policy wants of a sign-in.
type demand uint8

const (
	demandNothing demand = iota // what happens after the sign-in alone
	demandProof                 // people can give it there and then, such as a second factor
	demandDevice                // some have it and some have not, such as a managed device
	demandBlock                 // nothing helps
)

// proofs are the controls that a person can meet at the sign-in itself; the
// names are Graph's, or the reader's for what is no built-in control
// (entra-facts §8).
var proofs = map[string]bool{
	"mfa": true, "authenticationstrength": true, "passwordchange": true, "termsofuse": true,
	"customauthenticationfactor": true, "riskremediation": true,
}

// wants is the least that meets a policy. A control that nobody knows counts as
// one that not everybody can meet.
func (p PolicyEffect) wants() demand {
	least, most := demandBlock, demandNothing
	for _, c := range p.Controls {
		d := demandDevice
		switch c = strings.ToLower(c); {
		case c == "block":
			return demandBlock
		case proofs[c]:
			d = demandProof
		}
		least, most = min(least, d), max(most, d)
	}
	if p.All || len(p.Controls) == 0 {
		return most
	}
	return least
}

// certain are Graph's reasons for which a policy does not apply to the sign-in
// that was asked about, however the rest of it goes (whatIfAnalysisReasons
// [MM]). The others hang on what nothing was said of.
var certain = map[string]bool{
	"users": true, "workloadidentities": true, "application": true, "useractions": true, "authenticationcontext": true,
	"deviceplatform": true, "clientapps": true, "signinrisk": true, "userrisk": true, "insiderrisk": true, "emptypolicy": true,
	"invalidpolicy": true, "policynotenabled": true, "authenticationflow": true, "agentidrisk": true, "agentidentities": true,
}

// sure says whether a policy applies whatever the place, device and time are.
func (p PolicyEffect) sure() bool { return p.Applies && len(p.Open) == 0 }

// hangs says whether a policy may or may not apply, by what was not said.
func (p PolicyEffect) hangs() bool {
	if p.Applies {
		return len(p.Open) > 0
	}
	return len(p.Reasons) > 0 && !slices.ContainsFunc(p.Reasons, func(r string) bool { return certain[strings.ToLower(r)] })
}

// forOthers says whether a policy does not apply for whom it is asked about, and
// as far as Graph says for no other reason that is certain.
func (p PolicyEffect) forOthers() bool {
	users := false
	for _, r := range p.Reasons {
		if strings.EqualFold(r, "users") {
			users = true
		} else if certain[strings.ToLower(r)] {
			return false
		}
	}
	return users && !p.Applies
}

// tally is what the answers about several people come to.
type tally struct {
	asked, stopped     int      // people, and those of them that a policy stops for certain
	stops, hang, spare []string // policies that stop, that may, and that spare the signed-in person and may stop others
	perhaps            []string // that Graph says do not apply, for a reason that hangs on what was not said
	device, proof      []string
	others             []string // that mean none of those asked about, and may mean somebody else
	proxied            []string
}

func (t *tally) add(w WhatIf) {
	t.asked++
	put := func(list *[]string, p PolicyEffect) {
		if n := policyName(p); !slices.Contains(*list, n) {
			*list = append(*list, n)
		}
	}
	stopped := false
	for _, p := range w.Policies {
		wants := p.wants()
		switch {
		case wants == demandBlock && p.sure():
			stopped = true
			put(&t.stops, p)
		case wants == demandBlock && p.Applies:
			put(&t.hang, p)
		case wants == demandBlock && p.hangs():
			put(&t.perhaps, p)
		case wants == demandBlock && w.Whose == WhoseMine && p.forOthers():
			put(&t.spare, p)
		case wants == demandBlock && w.Whose == WhoseSample && p.forOthers():
			put(&t.others, p)
		case wants == demandDevice && p.Applies:
			put(&t.device, p)
		case wants == demandProof && p.Applies:
			put(&t.proof, p)
		}
		if p.Proxied && p.Applies {
			put(&t.proxied, p)
		}
	}
	if stopped {
		t.stopped++
	}
}

func policyName(p PolicyEffect) string {
	if p.Name == "" {
		return p.ID
	}
	return p.Name
}

// conditionalAccess says what the tenant's policies do to a sign-in to the app.
// It fails where Graph says that the person asked about, or everybody, is
// stopped; a few people picked from many are a sample, and infer. A warning
// that is only inferred is about a stop that hangs on what was not said, or on
// who somebody is; any other warning stops nobody who has what is asked for.
func conditionalAccess(_ context.Context, s Subject) (Finding, error) {
	if f, stop := s.noSuchUser(); stop {
		return Finding{Verdict: Skipped, Summary: f.Summary}, nil
	}
	if err := s.must(PartConditional); err != nil {
		return Finding{}, err
	}
	var t tally
	whose := WhoseNamed
	for _, w := range s.Look.Conditional.Value.Asked {
		whose = w.Whose
		t.add(w)
	}
	if t.asked == 0 {
		return Finding{}, &unreadError{part: PartConditional, failure: &Failure{Kind: FailNotFound}, seen: s.Look.Conditional.Seen}
	}
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayAccessFree, Seen: s.seen(PartConditional, "")}
	f.Detail = t.details(whose)
	fix := &Fix{Do: doAccess, Why: whyAccess, URL: s.portal(bladeAccess), Who: WhoAdmin}
	switch {
	case t.stopped == t.asked && whose != WhoseMine && whose != WhoseSample:
		f.Verdict, f.Summary, f.Fix = Fail, fmt.Sprintf(sayAccessStops, s.whom(whose), quotedList(t.stops)), fix
	case len(t.stops) > 0:
		f.Verdict, f.Grade, f.Summary, f.Fix = Warn, Inferred, fmt.Sprintf(sayAccessSome, quotedList(t.stops)), fix
	case len(t.hang) > 0:
		f.Verdict, f.Grade, f.Summary, f.Fix = Warn, Inferred, fmt.Sprintf(sayAccessHangs, quotedList(t.hang)), fix
	case len(t.spare) > 0:
		f.Verdict, f.Grade, f.Summary, f.Fix = Warn, Inferred, fmt.Sprintf(sayAccessSpares, quotedList(t.spare)), fix
	case len(t.perhaps) > 0:
		f.Verdict, f.Summary, f.Fix = Warn, fmt.Sprintf(sayAccessPerhaps, quotedList(t.perhaps)), fix
	case len(t.device) > 0:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayAccessDevice, quotedList(t.device))
		f.Fix = &Fix{Do: doAccessDevice, Why: whyAccess, URL: s.portal(bladeAccess), Who: WhoAdmin}
	case len(t.proxied) > 0:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayAccessProxied, quotedList(t.proxied))
		f.Fix = &Fix{Do: doAccessProxied, Why: whyAccessProxied, URL: s.portal(bladeAccess), Who: WhoAdmin}
	case len(t.others) > 0:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayAccessOthers, quotedList(t.others))
	}
	return f, nil
}

// details says about whom it was asked, and what else applies.
func (t *tally) details(whose Whose) []string {
	var out []string
	switch whose {
	case WhoseSample:
		out = append(out, fmt.Sprintf(sayAccessSampled, counted(t.asked, sayPersonHere, sayPeopleHere)))
	case WhoseMine:
		out = append(out, sayAccessMine)
	case WhoseAll, WhoseNamed:
	}
	for _, more := range []struct {
		say  string
		list []string
	}{
		{sayAccessAlsoHangs, t.hang},
		{sayAccessAlsoHangs, t.perhaps},
		{sayAccessAlsoDevice, t.device},
		{sayAccessAlsoProof, t.proof},
		{sayAccessAlsoProxied, t.proxied},
	} {
		if len(more.list) > 0 {
			out = append(out, fmt.Sprintf(more.say, quotedList(more.list)))
		}
	}
	return append(out, sayAccessAsked)
}

// whom names those whom a what-if was about, inside a sentence.
func (s Subject) whom(whose Whose) string {
	switch whose {
	case WhoseNamed:
		return s.who()
	case WhoseAll:
		return sayEverybody
	case WhoseSample, WhoseMine:
	}
	return sayOrdinaryPeople
}

// quotedList lists names that others gave, each in quotes.
func quotedList(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, `"`+Line(n, 60)+`"`)
	}
	return strings.Join(out, ", ")
}
