package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

func tenantChecks() []Check {
	return []Check{
		{ID: TenantFound, Title: titleTenantFound, Reads: []Part{PartDiscovery}, Run: tenantFound},
		{ID: TenantCloud, Title: titleTenantCloud, Needs: []ID{TenantFound}, Reads: []Part{PartDiscovery, PartAccount}, Run: tenantCloud},
		{ID: TenantRealm, Title: titleTenantRealm, Needs: []ID{TenantFound}, Reads: []Part{PartRealm}, Run: tenantRealm},
		{
			ID: TenantMatch, Title: titleTenantMatch, Needs: []ID{TenantFound},
			Reads:  []Part{PartDiscovery, PartAccount, PartOrganization},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartOrganization)}, Run: tenantMatch,
		},
	}
}

// tenantFound asks Microsoft's public discovery for the domain. That is
// Microsoft's own answer about what exists, so it counts as verified.
func tenantFound(_ context.Context, s Subject) (Finding, error) {
	if s.Domain == "" {
		return Finding{Summary: sayNoDomain, Fix: &Fix{Do: doDomain, Why: whyDomain, Who: WhoUser}}, nil
	}
	if err := s.must(PartDiscovery); err != nil {
		return Finding{}, err
	}
	d := s.Look.Discovery.Value
	own := s.candidates()
	f := Finding{Grade: Verified, Verdict: Pass, Seen: s.seen(PartDiscovery, foundValue(d))}
	missed := missedClouds(d, s.Cloud)
	switch {
	case len(own) == 0 && len(missed) > 0:
		return Finding{}, &unreadError{part: PartDiscovery, failure: d.Missed[missed[0]], seen: s.seen(PartDiscovery, "")}
	case len(d.Found) == 0:
		f.Verdict = Fail
		f.Summary = fmt.Sprintf(sayDomainUnknown, s.Domain)
		f.Fix = &Fix{Do: doCheckDomain, Why: whyDomainUnknown, Who: WhoUser}
	case len(own) == 0:
		f, _ = s.otherCloud()
	case len(own) > 1:
		f.Summary = fmt.Sprintf(sayInClouds, s.Domain, len(own))
	default:
		f.Summary = fmt.Sprintf(sayFound, s.Domain, own[0].TenantID)
	}
	if f.Verdict == Pass && len(missed) > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf(sayCloudsMissed, titlesOf(missed)))
	}
	return f, nil
}

// otherCloud is the finding for a tenant that is there, only not where it was
// looked for: about it nothing is known yet, good or bad. ok is false where
// that is not so.
func (s Subject) otherCloud() (f Finding, ok bool) {
	d := s.Look.Discovery
	if !d.Read || len(d.Value.Found) == 0 || len(s.candidates()) > 0 {
		return Finding{}, false
	}
	return Finding{
		Summary: fmt.Sprintf(sayOtherCloud, s.Domain, cloudTitle(s.Cloud), cloudTitles(d.Value.Found)),
		Fix:     &Fix{Do: fmt.Sprintf(doCloud, cloudFlags(d.Value.Found)), Why: whyOtherCloud, Who: WhoUser},
		Seen:    s.seen(PartDiscovery, foundValue(d.Value)),
	}, true
}

// foundValue is what discovery said, cloud by cloud.
func foundValue(d Discovery) string {
	var out []string
	for _, t := range d.Found {
		out = append(out, string(t.Cloud)+" "+t.TenantID)
	}
	if len(out) == 0 {
		return sayNoTenant
	}
	return strings.Join(out, ", ")
}

// missedClouds lists the clouds that matter and could not be asked, in the
// order of Clouds.
func missedClouds(d Discovery, chosen Cloud) []Cloud {
	var out []Cloud
	for _, e := range Clouds() {
		if f := d.Missed[e.Cloud]; f != nil && (chosen == "" || sameHouse(chosen, e.Cloud)) {
			out = append(out, e.Cloud)
		}
	}
	return out
}

func cloudTitle(c Cloud) string {
	if e, ok := EndpointsOf(c); ok {
		return e.Title
	}
	return string(c)
}

func titlesOf(cs []Cloud) string {
	var out []string
	for _, c := range cs {
		out = append(out, cloudTitle(c))
	}
	return strings.Join(out, ", ")
}

func cloudTitles(found []CloudTenant) string {
	var cs []Cloud
	for _, t := range found {
		cs = append(cs, t.Cloud)
	}
	return titlesOf(cs)
}

func cloudFlags(found []CloudTenant) string {
	var out []string
	for _, t := range found {
		out = append(out, "--cloud "+string(t.Cloud))
	}
	return strings.Join(out, sayOr)
}

// tenantCloud says which of Microsoft's clouds it is; a domain in two of them
// must be told apart by a person (entra-facts §10).
func tenantCloud(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartDiscovery); err != nil {
		return Finding{}, err
	}
	if f, ok := s.otherCloud(); ok {
		return f, nil
	}
	own := s.candidates()
	if len(own) == 0 {
		return Finding{Summary: sayNoDomain}, nil
	}
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartDiscovery, foundValue(s.Look.Discovery.Value))}
	if len(own) > 1 {
		f.Verdict = Warn
		f.Summary = fmt.Sprintf(sayTwoClouds, s.Domain, cloudTitles(own))
		f.Fix = &Fix{Do: fmt.Sprintf(doCloud, cloudFlags(own)), Why: whyTwoClouds, Who: WhoUser}
		for _, t := range own {
			f.Detail = append(f.Detail, fmt.Sprintf(sayCloudTenant, cloudTitle(t.Cloud), t.TenantID))
		}
		return f, nil
	}
	f.Summary = fmt.Sprintf(sayCloud, cloudTitle(own[0].Cloud))
	if !sameHouse(own[0].Cloud, CloudPublic) {
		f.Detail = append(f.Detail, sayNationalCloud)
	}
	return f, nil
}

// tenantRealm says where people type their password. What the endpoint
// answers is described nowhere, so the finding is an inference (entra-facts
// §10, general knowledge).
func tenantRealm(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartRealm); err != nil {
		return Finding{}, err
	}
	r := s.Look.Realm.Value
	f := Finding{Verdict: Pass, Grade: Inferred, Seen: s.seen(PartRealm, r.Type)}
	switch {
	case strings.EqualFold(r.Type, "Managed"):
		f.Summary = sayManagedRealm
	case strings.EqualFold(r.Type, "Federated") && r.Host != "":
		f.Summary = fmt.Sprintf(sayFederatedAt, r.Host)
	case strings.EqualFold(r.Type, "Federated"):
		f.Summary = sayFederated
	default:
		f.Verdict = Warn
		f.Summary = sayRealmUnknown
		f.Fix = &Fix{Do: doCheckDomain, Why: whyRealmUnknown, Who: WhoUser}
	}
	return f, nil
}

// tenantMatch compares where somebody signed in with where the domain lives.
// Everything that Graph says afterwards is about the first of the two.
func tenantMatch(_ context.Context, s Subject) (Finding, error) {
	acc, org := s.Look.Account, s.Look.Organization
	if !acc.Read && !org.Read {
		return Finding{}, s.unread(PartAccount)
	}
	ids := signedInAt(acc, org)
	if len(ids) == 0 {
		return Finding{Summary: sayOpaque, Fix: &Fix{Do: doSignInAgain, Why: whyOpaque, Who: WhoUser}}, nil
	}
	if s.Domain == "" {
		return Finding{Summary: sayNoDomain, Fix: &Fix{Do: doDomain, Why: whyDomain, Who: WhoUser}}, nil
	}
	if f, ok := s.otherCloud(); ok {
		f.Verdict, f.Grade = Fail, Asserted // wherever that is, it is not there
		return f, nil
	}
	f := Finding{Verdict: Pass, Grade: Asserted}
	if acc.Read {
		f.Seen = s.seen(PartAccount, acc.Value.TenantID)
	}
	if org.Read && org.Value.ID != "" {
		f.Grade = Verified
		f.Seen = append(f.Seen, s.seen(PartOrganization, org.Value.ID)...)
	}
	same, err := s.livesAt(ids)
	if err != nil {
		return Finding{}, err
	}
	if same {
		f.Summary = fmt.Sprintf(sayMatch, s.Domain)
		return f, nil
	}
	f.Verdict = Fail
	f.Summary = fmt.Sprintf(sayMismatch, whereSignedIn(acc.Value, org.Value), s.Domain)
	f.Fix = &Fix{Do: doSignInHere(s.Domain), Why: whyMismatch, Who: WhoUser}
	return f, nil
}

// signedInAt lists the tenant ids that the sign-in is known by.
func signedInAt(acc Look[Account], org Look[Organization]) []string {
	var ids []string
	if acc.Read && acc.Value.TenantID != "" {
		ids = append(ids, acc.Value.TenantID)
	}
	if org.Read && org.Value.ID != "" {
		ids = append(ids, org.Value.ID)
	}
	return ids
}

// livesAt reports whether the domain's tenant is the one known by every one of
// ids. Where discovery could not be asked, the tenant's own list of verified
// domains answers.
func (s Subject) livesAt(ids []string) (bool, error) {
	org := s.Look.Organization
	if err := s.unread(PartDiscovery); err != nil {
		if org.Read && slices.ContainsFunc(org.Value.Domains, func(d string) bool { return strings.EqualFold(d, s.Domain) }) {
			return allSame(ids), nil
		}
		return false, err
	}
	for _, id := range ids {
		known := slices.ContainsFunc(s.candidates(), func(t CloudTenant) bool { return strings.EqualFold(t.TenantID, id) })
		if !known {
			return false, nil
		}
	}
	return allSame(ids), nil
}

func allSame(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !strings.EqualFold(id, ids[0]) })
}

// whereSignedIn names the tenant of the sign-in as people know it.
func whereSignedIn(acc Account, org Organization) string {
	if len(org.Domains) > 0 {
		return org.Domains[0]
	}
	if _, host, ok := strings.Cut(acc.UPN, "@"); ok && host != "" {
		return host
	}
	if org.Name != "" {
		return org.Name
	}
	if acc.TenantID != "" {
		return acc.TenantID
	}
	return org.ID
}
