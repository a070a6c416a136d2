package checks

import (
	"fmt"
	"strings"

	"onboard.example/checks/aadsts"
	"onboard.example/checks/consent"
)

// servicesTenant is the id of the tenant "Microsoft Services", in which personal
// accounts end up that sign in to what is for work accounts (learn.microsoft.com:
// error-code-AADSTS50020, cause 1; the id is general knowledge).
const servicesTenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

// personalServices: the text names the tenant "Microsoft Services".
func (w *narrowed) personalServices() bool {
	if !strings.EqualFold(w.Tenant.ID, servicesTenant) && !strings.EqualFold(w.Tenant.Name, servicesName) ||
		!w.silent() && w.Class != aadsts.WrongTenant && w.Class != aadsts.PersonalAccount {
		return false
	}
	return w.decide(turn{
		class: aadsts.PersonalAccount, who: aadsts.User, sure: aadsts.Medium, grade: Inferred,
		reason: WhyReason{Says: sayWhyServicesTenant, Grade: Inferred},
	})
}

// guestSignedIn: whoever signed in is a guest where the domain lives.
func (w *narrowed) guestSignedIn() bool {
	f, ok := w.finding(AccountWork)
	if !ok || f.Verdict != Warn || !w.silent() && !tenantHolds(w.Class) {
		return false
	}
	if w.silent() {
		w.maybe(aadsts.WrongTenant)
	}
	w.because(reasonOf(f), false)
	return w.because(WhyReason{Says: w.sayDo(sayWhyGuest), Grade: f.Grade, Check: f.Check}, false)
}

// namedElsewhere: the text names a tenant by a domain that is not the one asked
// about. A tenant may have several, so that this settles nothing.
func (w *narrowed) namedElsewhere() bool {
	ours, named := strings.ToLower(w.domain()), strings.ToLower(Line(w.Tenant.Name, 253))
	switch {
	case ours == "" || w.Tenant.ID != "" || !strings.Contains(named, ".") || strings.ContainsAny(named, " ,"):
		return false
	case named == ours || strings.HasSuffix(named, "."+ours) || strings.HasSuffix(ours, "."+named):
		return false
	case !w.silent() && !tenantHolds(w.Class):
		return false
	}
	w.maybe(aadsts.WrongTenant)
	return w.because(WhyReason{Says: fmt.Sprintf(sayWhyOtherName, named, w.domain()), Grade: Inferred, plain: fmt.Sprintf(sayWhyOtherName, sayWhyAnother, w.domain())}, false)
}

// otherClouds: the sign-in went to one of Microsoft's clouds, and the domain lives
// in others alone.
func (w *narrowed) otherClouds() bool {
	found := w.in.Subject.candidates()
	if len(found) == 0 || w.Request.Host == "" || !w.silent() && !tenantHolds(w.Class) && w.Class != aadsts.WrongTenant {
		return false
	}
	for _, t := range found {
		if e, ok := EndpointsOf(t.Cloud); !ok || strings.TrimPrefix(e.Login, "https://") == publicHost(w.Request.Host) {
			return false
		}
	}
	w.maybe(aadsts.WrongTenant, aadsts.VendorMisconfigured)
	return w.because(WhyReason{Says: fmt.Sprintf(sayWhyOtherCloud, w.domain(), cloudTitles(found), w.Request.Host), Grade: Inferred, Check: TenantCloud}, false)
}

// publicHost is the name that a sign-in host goes by today; the public cloud and
// China's have older ones as well (entra-facts §10).
func publicHost(host string) string {
	switch host {
	case "login.microsoft.com", "login.windows.net", "sts.windows.net":
		return "login.microsoftonline.com"
	case "login.chinacloudapi.cn":
		return "login.partner.microsoftonline.cn"
	}
	return host
}

// forYou says what the prediction for an ordinary user is to whoever signed in
// and holds none of the roles that approve.
func (w *narrowed) forYou(f Finding) {
	role, known := w.finding(AccountRole)
	if !known || role.Verdict != Fail || f.Verdict == Pass && w.in.Subject.App.NeedsUnstated {
		return
	}
	says := sayWhyYouMay
	if f.Verdict == Fail {
		says = sayWhyYouMayNot
	}
	w.because(WhyReason{Says: says, Grade: min(f.Grade, role.Grade), Check: f.Check}, false)
}

// seenInTenant: what was read in the tenant itself, by a run that may read more
// than why does, is surer than any default.
func (w *narrowed) seenInTenant() bool {
	if !w.silent() && !wantsConsent(w.Class) {
		return false
	}
	if f, ok := w.finding(AppEnabled); ok && f.Verdict == Fail && f.Grade == Verified {
		if w.silent() {
			who := aadsts.TenantAdmin
			if f.Fix != nil && f.Fix.Who == WhoVendor {
				who = aadsts.AppVendor
			}
			return w.decide(turn{class: aadsts.AppDisabled, who: who, sure: aadsts.Medium, grade: f.Grade, path: aadsts.AfterApproval, reason: reasonOf(f)})
		}
		w.maybe(aadsts.AppDisabled)
		w.because(reasonOf(f), false)
	}
	if f, ok := w.finding(AppAssignment); ok && f.Verdict == Fail {
		w.maybe(append([]aadsts.Class{aadsts.AssignmentRequired}, w.Also...)...)
		w.because(reasonOf(f), false)
	}
	if f, ok := w.finding(AppGrant); ok && f.Verdict == Pass && f.Grade == Verified {
		w.because(reasonOf(f), false)
		w.because(WhyReason{Says: sayWhyApproved, Grade: f.Grade, Check: f.Check}, false)
		w.maybe(append([]aadsts.Class{aadsts.ExpiredToken}, w.Also...)...)
	}
	return false
}

// realm adds where people of the domain sign in, where that is what failed.
func (w *narrowed) realm() {
	f, ok := w.finding(TenantRealm)
	if !ok || f.Verdict != Pass {
		return
	}
	if w.Class == aadsts.NotEntra || w.Class == aadsts.Transient && w.Who == aadsts.TenantAdmin {
		w.because(reasonOf(f), false)
	}
}

// since is when Microsoft's default began to stop what the app asks for, by the
// first of its permissions: who agreed to all of them did so before. Empty where
// the prediction does not say that it stops, or rests on the tenant's own setting.
func (w *narrowed) since() string {
	f, ok := w.finding(ConsentPredict)
	if !ok || f.Verdict != Fail || f.Grade == Verified || !wantsConsent(w.Class) {
		return ""
	}
	var first consent.Change
	for _, p := range w.in.Subject.App.Needs {
		if c, listed := consent.ManagedExcluded(p.Resource, p.Scope); listed && (first.Effective == "" || c.Effective < first.Effective) {
			first = c
		}
	}
	return first.When()
}
