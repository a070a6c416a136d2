package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// explain says in words why somebody could not look, and what to do about it.
// Each kind has another remedy; a kind nobody foresaw says so.
func explain(s Subject, c Check, f *Failure) (string, *Fix) {
	missing := strings.Join(f.Missing, sayOr)
	switch f.Kind {
	case FailScope:
		missing = leastToRead(slices.Concat(f.Missing, c.Access.AnyScope))
		if slices.ContainsFunc(c.Reads, Part.optional) {
			return fmt.Sprintf(sayNoScope, cmp.Or(missing, saySomeScope)),
				&Fix{Do: fmt.Sprintf(doNotAsked, cmp.Or(missing, saySomeScope)), Why: whyScope, Who: WhoNobody}
		}
		return fmt.Sprintf(sayNoScope, cmp.Or(missing, saySomeScope)),
			&Fix{Do: fmt.Sprintf(doSignInScope, cmp.Or(missing, saySomeScope)), Why: whyScope, Who: WhoAdmin}
	case FailRole:
		return fmt.Sprintf(sayNoRole, cmp.Or(missing, saySomeRole)),
			&Fix{Do: fmt.Sprintf(doRole, cmp.Or(missing, saySomeRole)), Why: whyRole, URL: s.portal(bladeRoles), Who: WhoAdmin}
	case FailLicence:
		return fmt.Sprintf(sayNoLicence, cmp.Or(missing, sayPremium)), &Fix{Do: doLicence, Why: whyLicence, Who: WhoAdmin}
	case FailSignIn:
		if f.Claims != "" {
			return sayChallenge, &Fix{Do: doChallenge, Why: whyChallenge, Who: WhoUser}
		}
		return saySignInOver, &Fix{Do: doSignInAgain, Why: whySignInOver, Who: WhoUser}
	case FailDenied:
		return sayDenied, &Fix{Do: doDenied, Why: whyDenied, Who: WhoAdmin}
	case FailNoAccess, FailInput:
		return sayNoSignIn, &Fix{Do: doSignIn, Why: whySignIn, Who: WhoUser}
	case FailNoClientID:
		return sayNoClientID, &Fix{Do: doClientID, Why: whyClientID, Who: WhoVendor}
	case FailWrongTenant:
		return sayElsewhere, &Fix{Do: doSignInHere(s.Domain), Why: whyElsewhere, Who: WhoUser}
	case FailCredential:
		return sayProbeCredential, &Fix{Do: doProbeCredential, Why: whyProbeCred, Who: WhoVendor}
	case FailCancelled:
		return sayCancelled, nil
	case FailNotAsked:
		return sayNotAsked, nil
	default:
		return explainNetwork(f)
	}
}

// leastToRead picks from scopes, which come least first and of which one is
// enough: one that a sign-in of ours asks for anyway, so that no more is asked
// for than before; else the first that reads and does not write. Where there is
// none it is the first.
func leastToRead(scopes []string) string {
	asked := ReadScopes()
	for _, fits := range []func(string) bool{
		func(s string) bool { return slices.Contains(asked, s) },
		func(s string) bool { return !strings.Contains(s, "ReadWrite") },
	} {
		if at := slices.IndexFunc(scopes, fits); at >= 0 {
			return scopes[at]
		}
	}
	if len(scopes) > 0 {
		return scopes[0]
	}
	return ""
}

// explainNetwork is explain for what has nothing to do with permissions.
func explainNetwork(f *Failure) (string, *Fix) {
	switch f.Kind {
	case FailThrottled:
		wait := sayAWhile
		if f.After > 0 {
			wait = waiting(f.After)
		}
		return sayThrottled, &Fix{Do: fmt.Sprintf(doWait, wait), Why: whyThrottled, Who: WhoNobody}
	case FailService:
		return fmt.Sprintf(sayService, cmp.Or(failureStatus(f), sayAnError)), &Fix{Do: doLater, Why: whyService, Who: WhoMicrosoft}
	case FailNotJSON:
		return sayNotJSON, &Fix{Do: doNotJSON, Why: whyNotJSON, Who: WhoUser}
	case FailCut:
		return sayCut, &Fix{Do: doCut, Why: whyCut, Who: WhoUser}
	case FailUnreachable:
		return sayUnreachable, &Fix{Do: doNetwork, Why: whyUnreachable, Who: WhoUser}
	case FailTLS:
		return sayTLS, &Fix{Do: doTLS, Why: whyTLS, Who: WhoUser}
	case FailRequest:
		return sayRefused, &Fix{Do: doReport, Why: whyRefused, Who: WhoElse}
	case FailNotFound:
		return sayMissing, &Fix{Do: doLater, Why: whyMissing, Who: WhoNobody}
	default:
		return fmt.Sprintf(sayOtherFailure, string(f.Kind)), &Fix{Do: doReport, Why: whyRefused, Who: WhoElse}
	}
}

// waiting is a pause in words, never shorter than it is.
func waiting(d time.Duration) string {
	if d >= 2*time.Minute {
		return counted(int((d+time.Minute-1)/time.Minute), sayMinute, sayMinutes)
	}
	return counted(int((d+time.Second-1)/time.Second), saySecond, saySeconds)
}

func failureStatus(f *Failure) string {
	if f.Status == 0 {
		return ""
	}
	return fmt.Sprint(f.Status)
}

func fixBroken() *Fix { return &Fix{Do: doReport, Why: whyBroken, Who: WhoElse} }

// tenantID is the tenant's id as far as the parts at hand say.
func (s Subject) tenantID() string {
	l := s.Look
	switch {
	case len(s.candidates()) == 1:
		return s.candidates()[0].TenantID
	case l.Organization.Read && l.Organization.Value.ID != "":
		return l.Organization.Value.ID
	default:
		return l.Account.Value.TenantID
	}
}

// candidates are the tenants that the domain may mean: all that were found, or
// those of the chosen cloud.
func (s Subject) candidates() []CloudTenant {
	found := s.Look.Discovery.Value.Found
	if s.Cloud == "" {
		return found
	}
	var out []CloudTenant
	for _, t := range found {
		if sameHouse(t.Cloud, s.Cloud) {
			out = append(out, t)
		}
	}
	return out
}

// sameHouse reports clouds that are one at the sign-in and at Graph, as the
// public one and the government's GCC are (entra-facts §10).
func sameHouse(a, b Cloud) bool {
	x, ok := EndpointsOf(a)
	y, known := EndpointsOf(b)
	return ok && known && x.Login == y.Login && x.Graph == y.Graph
}

// endpoints are the roots of the tenant's cloud: the chosen one, or the only
// one found, or the public one.
func (s Subject) endpoints() Endpoints {
	c := s.Cloud
	if own := s.candidates(); c == "" && len(own) > 0 && len(own) == len(s.Look.Discovery.Value.Found) {
		c = own[0].Cloud
		id := s.Look.Account.Value.TenantID
		for _, t := range own {
			if id != "" && t.TenantID == id {
				c = t.Cloud
			}
		}
	}
	e, ok := EndpointsOf(c)
	if !ok {
		e, _ = EndpointsOf(CloudPublic)
	}
	e.Login, e.Portal = cmp.Or(s.Login, e.Login), cmp.Or(s.Portal, e.Portal)
	return e
}

// NeedsSignIn reports whether a finding says no more than that nobody signed
// in, so that a list may count such findings instead of repeating them.
func NeedsSignIn(f Finding) bool {
	return f.Verdict == Unknown && f.Summary == sayNoSignIn
}

// WantsSignIn reports whether a finding says that whoever is signed in must do
// so again before it can be seen: Microsoft takes their token no more.
func WantsSignIn(f Finding) bool {
	return f.Verdict == Unknown && f.Fix != nil && (f.Fix.Do == doChallenge || f.Fix.Do == doSignInAgain)
}
