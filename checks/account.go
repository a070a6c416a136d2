package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// PersonalTenant is the id of the tenant that every personal Microsoft account
// is in (learn.microsoft.com: id token claims, tid).
const PersonalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

func accountChecks() []Check {
	return []Check{
		{
			ID: AccountWork, Title: titleAccountWork, Reads: []Part{PartAccount, PartMe},
			Access: Access{SignIn: true}, Run: accountWork,
		},
		{
			ID: AccountRole, Title: titleAccountRole, Needs: []ID{AccountWork, TenantMatch},
			Reads:  []Part{PartAccount, PartRoles, PartEligible},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartRoles)}, Run: accountRole,
		},
		{
			ID: AccountScope, Title: titleAccountScopes, Needs: []ID{AccountWork}, Reads: []Part{PartAccount},
			Access: Access{SignIn: true}, Run: accountScopes,
		},
	}
}

func accountWork(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartAccount); err != nil {
		return Finding{}, err
	}
	a, me := s.Look.Account.Value, s.Look.Me
	f := Finding{Verdict: Pass, Grade: Asserted, Seen: s.seen(PartAccount, a.UPN)}
	if me.Read {
		f.Grade = Verified
		f.Seen = append(f.Seen, s.seen(PartMe, me.Value.UPN)...)
	}
	switch {
	case a.Personal || strings.EqualFold(a.TenantID, PersonalTenant):
		f.Verdict, f.Summary = Fail, sayPersonal
		f.Fix = &Fix{Do: doWorkAccount, Why: whyPersonal, Who: WhoUser}
	case a.AppOnly:
		f.Summary = sayAppOnly
	case a.Opaque && !me.Read:
		return Finding{Summary: sayOpaque, Fix: &Fix{Do: doSignInAgain, Why: whyOpaque, Who: WhoUser}}, nil
	case strings.EqualFold(me.Value.Type, "Guest"):
		f.Verdict, f.Summary = Warn, sayGuest
		f.Fix = &Fix{Do: doSignInHere(s.Domain), Why: whyGuest, Who: WhoUser}
	default:
		f.Summary = sayWork
	}
	return f, nil
}

// reach is what a role lets its holder approve for everyone.
type reach uint8

const (
	reachNothing reach = iota
	reachUnsure        // sources differ
	reachScopes        // all but Microsoft Graph's app roles
	reachAll
)

// grantRole is a directory role that may approve apps.
type grantRole struct {
	id, name string
	reach    reach
}

// grantRoles are the built-in roles that may grant tenant-wide. Source:
// [ED:grant-admin-consent], entra-facts §9; the last is on the current page
// by a secondary source only.
var grantRoles = []grantRole{
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator", reachAll},
	{"e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator", reachAll},
	{"158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator", reachScopes},
	{"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator", reachScopes},
	{"d2562ede-74db-457e-a7b6-544e236ebb61", "AI Administrator", reachUnsure},
}

// holding is the best of the roles somebody has.
type holding struct {
	reach reach
	name  string
	other []string // names of roles that approve nothing
}

// take adds a role by its template id.
func (h *holding) take(id, name string) {
	i := slices.IndexFunc(grantRoles, func(r grantRole) bool { return strings.EqualFold(r.id, id) })
	if i < 0 {
		if name != "" {
			h.other = append(h.other, name)
		}
		return
	}
	if r := grantRoles[i]; r.reach > h.reach {
		h.reach, h.name = r.reach, r.name
	}
}

// held sums up roles. A role over one administrative unit only does not reach
// apps, which belong to the whole tenant.
func held(roles []Role) holding {
	var h holding
	for _, r := range roles {
		if r.Scope == "" || r.Scope == "/" {
			h.take(r.TemplateID, r.Name)
		}
	}
	return h
}

// graphRoles reports whether the app needs app roles of Microsoft Graph, which
// fewer admins may approve.
func (a App) graphRoles() bool {
	return slices.ContainsFunc(a.Needs, func(p Permission) bool {
		return p.Role != "" && strings.EqualFold(p.Resource, MicrosoftGraph)
	})
}

// accountRole says whether the account may approve this app for everyone. It
// is no block for users: somebody else may approve.
func accountRole(_ context.Context, s Subject) (Finding, error) {
	acc, roles, eligible := s.Look.Account, s.Look.Roles, s.Look.Eligible
	f := Finding{Grade: Verified}
	var have holding
	switch {
	case acc.Read && acc.Value.AppOnly:
		return Finding{Summary: sayNobodyHolds, Fix: &Fix{Do: doSignIn, Why: whyNobodyHolds, Who: WhoUser}}, nil
	case roles.Read:
		have = held(roles.Value)
		f.Seen = s.seen(PartRoles, roleNames(roles.Value))
	case acc.Read && acc.Value.RoleIDs != nil:
		for _, id := range acc.Value.RoleIDs {
			have.take(id, "")
		}
		f.Grade = Asserted
		f.Seen = s.seen(PartAccount, strings.Join(acc.Value.RoleIDs, " "))
	default:
		return Finding{}, s.unread(PartRoles)
	}
	wants := reachScopes
	if s.App.graphRoles() {
		wants = reachAll
	}
	if have.reach >= wants {
		f.Verdict, f.Summary = Pass, fmt.Sprintf(sayMayApprove, have.name)
		return f, nil
	}
	if eligible.Read {
		if could := held(eligible.Value); could.reach >= wants {
			f.Verdict, f.Summary = Warn, fmt.Sprintf(sayEligible, could.name)
			f.Fix = &Fix{Do: doActivate, Why: whyEligible, URL: s.portal(bladeMyRoles), Who: WhoAdmin}
			f.Seen = append(f.Seen, s.seen(PartEligible, roleNames(eligible.Value))...)
			return f, nil
		}
	}
	s.cannotApprove(&f, have)
	if !eligible.Read {
		f.Detail = append(f.Detail, sayEligibleUnread)
	}
	return f, nil
}

// OnlyEligible reports whether a finding says that the account may approve once
// it has activated a role that it is eligible for.
func OnlyEligible(f Finding) bool {
	return f.Check == AccountRole && f.Verdict == Warn && f.Fix != nil && f.Fix.Do == doActivate
}

// cannotApprove words the finding for somebody whose roles do not suffice.
func (s Subject) cannotApprove(f *Finding, have holding) {
	f.Detail = append(f.Detail, sayRolesThatMay)
	if s.App.graphRoles() {
		f.Detail = append(f.Detail, sayRolesForGraph)
	}
	f.Fix = &Fix{Do: doAskAdmin, Why: whyNoGrantRole, Who: WhoAdmin}
	switch have.reach {
	case reachScopes:
		f.Verdict, f.Summary = Fail, fmt.Sprintf(sayNotGraphRoles, have.name)
	case reachUnsure:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayMaybeApprove, have.name)
	case reachNothing, reachAll:
		// Custom roles (managePermissionGrantsForAll, entra-facts §9) are not
		// among what is read.
		f.Verdict, f.Summary = Fail, sayMayNotApprove
		f.Detail = append(f.Detail, sayCustomRole)
		if len(have.other) > 0 {
			f.Detail = append(f.Detail, fmt.Sprintf(sayOtherRoles, strings.Join(have.other, ", ")))
		}
	}
}

// roleNames lists roles as they are called, for evidence.
func roleNames(roles []Role) string {
	var out []string
	for _, r := range roles {
		name := r.Name
		if name == "" {
			name = r.TemplateID
		}
		out = append(out, name)
	}
	if len(out) == 0 {
		return sayNone
	}
	return strings.Join(out, ", ")
}

// accountScopes compares what the token may read with what the checks read.
func accountScopes(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartAccount); err != nil {
		return Finding{}, err
	}
	a := s.Look.Account.Value
	if a.Opaque {
		return Finding{Summary: sayOpaque, Fix: &Fix{Do: doSignInAgain, Why: whyOpaque, Who: WhoUser}}, nil
	}
	f := Finding{Verdict: Pass, Grade: Asserted, Summary: sayScopesAll, Seen: s.seen(PartAccount, strings.Join(a.Scopes, " "))}
	var missing []string
	for _, p := range Parts() {
		any := partScopes[p]
		if len(any) == 0 || slices.ContainsFunc(any, a.may) || s.ofNobody(p) {
			continue
		}
		if p.optional() {
			f.Detail = append(f.Detail, fmt.Sprintf(sayNotAskedFor, partTitle(p), strings.Join(any, sayOr)))
			continue
		}
		f.Detail = append(f.Detail, fmt.Sprintf(sayCanNotRead, partTitle(p), strings.Join(any, sayOr)))
		if least := leastToRead(any); !slices.Contains(missing, least) {
			missing = append(missing, least)
		}
	}
	if len(missing) > 0 {
		f.Verdict = Warn
		f.Summary = fmt.Sprintf(sayScopesMissing, counted(len(missing), "permission", "permissions"))
		f.Fix = &Fix{Do: fmt.Sprintf(doSignInScope, strings.Join(missing, " ")), Why: whyScopes, Who: WhoAdmin}
	}
	return f, nil
}

// may reports whether the token carries a Graph scope.
func (a Account) may(scope string) bool { return Carries(a.Scopes, scope) }

// Carries reports whether a token's delegated scopes of Microsoft Graph hold one,
// or one that reads the same and more. Tokens name scopes bare or as URLs of the
// API.
func Carries(held []string, scope string) bool {
	return slices.ContainsFunc(held, func(have string) bool {
		have = have[strings.LastIndexByte(have, '/')+1:]
		return strings.EqualFold(have, scope) || slices.ContainsFunc(widerScopes[scope], func(w string) bool { return strings.EqualFold(have, w) })
	})
}

// widerScopes are the scopes that read what another one reads, and more.
// Directory.AccessAsUser.All is "the same access to information in the directory
// as the signed-in user" [PERM]; the pages of single operations do not list it any
// more, and the Azure CLI, whose token has no other scope for it, lists service
// principals and grants with it [PUB; Azure/azure-cli#22775]. The ReadWrite ones
// are in the pages of the operations (serviceprincipal-list, user-get).
var widerScopes = map[string][]string{
	"Directory.Read.All": {"Directory.ReadWrite.All", "Directory.AccessAsUser.All"},
	"User.Read.All":      {"User.ReadWrite.All"},
	"User.Read":          {"User.ReadWrite"},
}
