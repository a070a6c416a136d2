package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/aadsts"
)

// personalSignedIn: the account that signed in is a personal one.
func (w *narrowed) personalSignedIn() bool {
	f, ok := w.finding(AccountWork)
	if !ok || f.Verdict != Fail || !w.silent() && !tenantHolds(w.Class) && w.Class != aadsts.WrongTenant && w.Class != aadsts.PersonalAccount {
		return false
	}
	return w.decide(turn{class: aadsts.PersonalAccount, who: aadsts.User, sure: sureOf(f.Grade), grade: f.Grade, reason: reasonOf(f)})
}

// personalTenant: the text names the tenant that all personal accounts are in.
func (w *narrowed) personalTenant() bool {
	if !strings.EqualFold(w.Tenant.ID, PersonalTenant) || !w.silent() && !tenantHolds(w.Class) && w.Class != aadsts.WrongTenant {
		return false
	}
	return w.decide(turn{
		class: aadsts.PersonalAccount, who: aadsts.User, sure: aadsts.Medium, grade: Inferred,
		reason: WhyReason{Says: sayWhyPersonalTenant, Grade: Inferred},
	})
}

// personalDomain: the domain that was given belongs to personal mail. Such an
// account never meets an organisation's wall, so a wall in the text was another's.
func (w *narrowed) personalDomain() bool {
	d := Line(w.in.Personal, 253)
	switch {
	case d == "":
		return false
	case w.silent() || w.Class == aadsts.WrongTenant || w.Class == aadsts.PersonalAccount:
		return w.decide(turn{
			class: aadsts.PersonalAccount, who: aadsts.User, sure: aadsts.Medium, grade: Inferred,
			reason: WhyReason{Says: fmt.Sprintf(sayWhyPersonalDomain, d), Grade: Inferred},
		})
	case tenantHolds(w.Class):
		w.maybe(aadsts.PersonalAccount)
		return w.because(WhyReason{Says: fmt.Sprintf(sayWhyPersonalWall, d), Grade: Inferred}, false)
	}
	return false
}

// signedInElsewhere: whoever signed in did so in another tenant than the
// domain's. What a text says clearly is turned by that only where the text names
// the same tenant: one may sign in here with another account than before.
func (w *narrowed) signedInElsewhere() bool {
	f, ok := w.finding(TenantMatch)
	if !ok || f.Verdict != Fail {
		return false
	}
	acc := w.in.Subject.Look.Account.Value.TenantID
	if !w.silent() && (!tenantHolds(w.Class) || w.Tenant.ID == "" || !strings.EqualFold(acc, w.Tenant.ID)) {
		if tenantHolds(w.Class) {
			w.maybe(aadsts.WrongTenant)
		}
		return w.because(reasonOf(f), false)
	}
	return w.decide(turn{
		class: aadsts.WrongTenant, who: aadsts.User, sure: aadsts.Medium, grade: min(f.Grade, Asserted),
		what: w.sayDo(whatWhyElsewhere), do: w.sayDo(doWhyElsewhere), reason: reasonOf(f),
	})
}

// noTenant: Microsoft knows no tenant of the domain. That is its own answer; what
// it means for the account is inferred.
func (w *narrowed) noTenant() bool {
	f, ok := w.finding(TenantFound)
	if !ok || f.Verdict != Fail {
		return false
	}
	switch {
	case w.silent():
		do := w.sayDo(doWhyNoTenant)
		if w.mailAt(MailGoogle) {
			do = w.sayDo(doWhyGoogle)
		}
		w.maybe(aadsts.PersonalAccount, aadsts.WrongTenant)
		return w.decide(turn{
			class: aadsts.NotEntra, who: aadsts.User, sure: aadsts.Medium, grade: f.Grade,
			what: w.sayDo(whatWhyNoTenant), do: do, reason: reasonOf(f),
		})
	case tenantHolds(w.Class):
		w.maybe(aadsts.WrongTenant)
		w.because(reasonOf(f), false)
		return w.because(WhyReason{Says: w.sayDo(sayWhyOtherDomain), Grade: Inferred}, false)
	}
	return w.because(reasonOf(f), false)
}

// stoppedElsewhere: the tenant that the text names is not the domain's. An admin
// of the domain's tenant would approve the app in vain.
func (w *narrowed) stoppedElsewhere() bool {
	other, known := w.elsewhere()
	switch {
	case !known:
		return false
	case !other:
		return w.because(WhyReason{Says: w.sayDo(sayWhyThisTenant), Grade: Inferred, Check: TenantFound}, false)
	case !w.silent() && !tenantHolds(w.Class):
		return w.because(WhyReason{Says: fmt.Sprintf(sayWhyOtherTenant, w.Tenant.ID, w.domain()), Grade: Inferred, Check: TenantFound}, false)
	}
	return w.decide(turn{
		class: aadsts.WrongTenant, who: aadsts.User, sure: aadsts.Medium, grade: Inferred,
		what: w.sayDo(whatWhyElsewhere), do: w.sayDo(doWhyElsewhere),
		reason: WhyReason{Says: fmt.Sprintf(sayWhyOtherTenant, w.Tenant.ID, w.domain()), Grade: Inferred, Check: TenantFound},
	})
}

// mayApprove: whoever signed in holds a role that approves the app.
func (w *narrowed) mayApprove() bool {
	f, ok := w.finding(AccountRole)
	if !ok || !wantsConsent(w.Class) && !w.silent() {
		return false
	}
	switch {
	case f.Verdict == Pass && wantsConsent(w.Class):
		w.Who, w.Self, w.Do = aadsts.User, true, doWhySelf
		return w.because(reasonOf(f), true)
	case f.Verdict == Pass:
		w.Self = true
		return w.because(reasonOf(f), false)
	case OnlyEligible(f) && wantsConsent(w.Class):
		w.Do = doWhyActivate
		return w.because(reasonOf(f), false)
	}
	return false
}

// byDefault: by Microsoft's default for tenants that never chose, an ordinary
// user may not agree to what this app asks for.
func (w *narrowed) byDefault() bool {
	f, ok := w.finding(ConsentPredict)
	if !ok {
		return false
	}
	reasons := func() {
		w.because(reasonOf(f), false)
		w.forYou(f)
		for _, d := range f.Detail {
			w.because(WhyReason{Says: d, Grade: f.Grade, Check: f.Check}, false)
		}
	}
	switch {
	case f.Verdict == Fail && w.silent():
		sure := aadsts.Low
		if slices.Contains(w.Also, aadsts.AdminConsentNeeded) {
			sure = aadsts.Medium // two signs that say the same
		}
		what, do, who := w.sayDo(whatWhyDefault), "", aadsts.TenantAdmin
		if f.Grade == Verified { // the tenant's own setting was read
			what = w.sayDo(whatWhyRead)
		}
		if w.Self {
			do, who = doWhySelf, aadsts.User
		}
		w.decide(turn{class: aadsts.AdminConsentNeeded, who: who, sure: sure, grade: f.Grade, path: aadsts.DirectLink, what: what, do: do})
		reasons()
		return true
	case f.Verdict == Fail && wantsConsent(w.Class):
		reasons()
		return true
	case f.Verdict == Pass && wantsConsent(w.Class):
		w.maybe(aadsts.UserConsentOff)
		w.because(WhyReason{Says: w.sayDo(sayWhyNotDefault), Grade: f.Grade, Check: f.Check}, false)
		w.forYou(f)
	case f.Verdict == Pass && w.silent() && !w.in.Subject.App.NeedsUnstated && f.Grade != Verified:
		w.maybe(append(w.Also, aadsts.AssignmentRequired, aadsts.CAPolicy, aadsts.UserConsentOff)...)
		w.because(WhyReason{Says: sayWhyAllowed, Grade: f.Grade, Check: f.Check}, false)
		w.forYou(f)
	}
	return false
}

// mailAt reports whether the domain's mail is seen at a place.
func (w *narrowed) mailAt(places ...DNSMailPlace) bool {
	return w.in.Mail != nil && slices.Contains(places, w.in.Mail.Place)
}

// notes adds what is worth knowing whatever decided: who signed in, where mail
// is, whose app the text is about, which cloud.
func (w *narrowed) notes() {
	for _, id := range []ID{AccountWork, TenantMatch} { // who and where whoever signed in is
		if f, ok := w.finding(id); ok {
			w.because(reasonOf(f), false)
		}
	}
	if f, ok := w.finding(AccountRole); ok && wantsConsent(w.Class) {
		w.because(reasonOf(f), false)
	}
	w.realm()
	if api := strings.TrimSpace(w.API.Name + " " + w.API.ID); api != "" && w.Class == aadsts.ServiceMissing {
		plain := cmp.Or(strings.TrimSpace(listed(apiNames, w.API.Name)+" "+plainAPI(w.API.ID)), sayWhyUnnamed)
		w.because(WhyReason{Says: fmt.Sprintf(sayWhyService, Line(api, 200)), Grade: Inferred, plain: fmt.Sprintf(sayWhyService, plain)}, false)
	}
	app := w.in.Subject.App
	if app.ClientID != "" && w.App.ID != "" && !strings.EqualFold(app.ClientID, w.App.ID) {
		w.because(WhyReason{Says: fmt.Sprintf(sayWhyOtherApp, w.App.ID, Line(app.Name, 120), app.ClientID), Grade: Inferred}, false)
	}
	if f, ok := w.finding(TenantCloud); ok && (f.Verdict == Warn || len(f.Detail) > 0) {
		w.because(reasonOf(f), false)
		for _, d := range f.Detail {
			w.because(WhyReason{Says: d, Grade: f.Grade, Check: f.Check}, false)
		}
	}
	if w.mailAt(MailGoogle, MailElsewhere, MailHybrid, MailNone) && app.wantsMailbox() {
		w.because(WhyReason{Says: w.in.Mail.Summary, Grade: Inferred}, false)
		if w.mailAt(MailGoogle, MailElsewhere) {
			w.because(WhyReason{Says: sayWhyMailbox, Grade: Inferred}, false)
			if w.Class != aadsts.NotEntra && w.Class != aadsts.PersonalAccount && len(w.Also) < mostAlso {
				w.Also = append(w.Also, aadsts.ServiceMissing)
				w.tidy()
			}
		}
	}
}

// wantsMailbox reports whether the app asks for calendars, mail or contacts, or
// for nothing that is known.
func (a App) wantsMailbox() bool {
	if a.NeedsUnstated {
		return true
	}
	return slices.ContainsFunc(a.Needs, func(p Permission) bool {
		name := strings.ToLower(p.Scope + p.Role)
		return slices.ContainsFunc([]string{"calendars.", "mail.", "mailbox", "contacts.", "ews.", "imap.", "pop.", "smtp.", "eas."}, func(head string) bool {
			return strings.HasPrefix(name, head)
		})
	})
}

// said adds what follows from what they say themselves.
func (w *narrowed) said() {
	if w.in.Colleague {
		w.Colleague = colleagueWhy(w.Class)
		if since := w.since(); since != "" {
			w.Colleague = fmt.Sprintf(sayWhyColleague, since)
		}
		if w.silent() {
			w.Also = slices.Concat(w.Also, []aadsts.Class{aadsts.AssignmentRequired, aadsts.CAPolicy})
		}
	}
	if w.in.Before {
		w.Before = beforeWhy(w.Class)
		if w.silent() {
			w.Also = slices.Concat(w.Also, []aadsts.Class{aadsts.ExpiredToken, aadsts.AppDisabled})
		}
	}
	w.tidy()
}
