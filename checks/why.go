package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks/aadsts"
)

// WhyAsked is everything that is known when somebody asks why they are blocked.
type WhyAsked struct {
	// Text is what the page, address or message says that they were shown.
	Text aadsts.Answer
	// Subject is what was looked at beyond it. An empty Domain means that
	// nothing was; Person stays empty, for a name would get into what is said.
	Subject  Subject
	Findings []Finding
	Mail     *DNSMailReport // nil: the DNS was not asked
	// Personal is the domain that was given where it is one of personal mail.
	Personal string
	// What they say themselves: a colleague of theirs gets in; it worked before.
	Colleague, Before bool
}

// Why is the answer: what the text says, narrowed down by what is known of the
// tenant, the app and the account. Every string is fit to be shown on one line.
type Why struct {
	aadsts.Answer

	// Grade is how the deciding sign is known. What a text says is Inferred.
	Grade Grade `json:"grade"`
	// Text is the class that the text alone would have.
	Text aadsts.Class `json:"textClass"`
	// Reasons are what else was seen, those that decided first; never nil.
	Reasons []WhyReason `json:"reasons"`
	// Self says that whoever signed in may approve the app themselves.
	Self      bool   `json:"selfApproval"`
	Colleague string `json:"colleague,omitempty"` // why a colleague may get in all the same
	Before    string `json:"before,omitempty"`    // why it may have worked before
	// Asked is the domain that was asked about, or that somebody typed; empty: the
	// text's word for it is all there is.
	Asked string `json:"-"`
	// LeftOut are the fields of which something is left out, because it may name a
	// person: of Plain alone.
	LeftOut []string `json:"leftOut,omitempty"`
	// Unnamed is how many permissions of the text Plain left out: whoever is asked to
	// approve the others is told that there are more.
	Unnamed int `json:"-"`
}

// WhyReason is one thing that was seen beyond the text, with how sure it is.
type WhyReason struct {
	Says  string `json:"says"`
	Grade Grade  `json:"grade"`
	Check ID     `json:"check,omitempty"` // that saw it; empty: none did

	plain string // what is said of it where the text's words are not repeated; empty: the same
}

// mostReasons bounds what an answer gives as reasons.
const mostReasons = 16

// WhyChecks are the checks whose findings Explain uses. All of them can be read
// with User.Read alone, or without any sign-in; what consent/predict reads
// beyond that is left unread, and then taken as Microsoft's default has it.
func WhyChecks() []ID {
	return []ID{TenantFound, TenantCloud, TenantRealm, TenantMatch, AccountWork, AccountRole, ConsentPredict}
}

// WhyParts are the parts of a snapshot that Explain has a use for: none needs
// more than User.Read (partScopes).
func WhyParts() []Part {
	return []Part{PartDiscovery, PartRealm, PartAccount, PartMe, PartRoles, PartOrganization}
}

// Explain narrows a text's answer down by what else is known. It is pure. What
// Microsoft's text says clearly stands, unless something that was seen says that
// it is about another place than the one asked about; what the text leaves open
// is settled by what was seen, if anything does.
func Explain(in WhyAsked) Why {
	if in.Subject.Look == nil {
		in.Subject.Look = &Snapshot{}
	}
	w := &narrowed{in: in, Why: Why{Answer: in.Text, Text: in.Text.Class, Asked: in.Subject.Domain, Grade: Inferred, Reasons: []WhyReason{}}}
	if host := in.codesAt(); host != "" {
		w.Answer = w.LookupAt(host)
	}
	w.Also = append([]aadsts.Class{}, in.Text.Also...)
	w.Scopes, w.Codes = append([]string{}, in.Text.Scopes...), append([]aadsts.Code{}, w.Codes...)
	if w.Sure == aadsts.None {
		w.Grade = GradeUnknown
	}
	for _, rule := range whyRules {
		if rule(w) {
			break
		}
	}
	w.notes()
	w.said()
	if len(w.Reasons) > mostReasons {
		w.Reasons = w.Reasons[:mostReasons]
	}
	return w.Why
}

// Typed is the answer for somebody whose domain is known from themselves, where
// none was asked about.
func (w Why) Typed(domain string) Why {
	w.Asked = cmp.Or(w.Asked, domain)
	return w
}

// codesAt is the sign-in host at which codes are looked up: that of the cloud that
// is asked about, or of the only tenant that was found; empty where the text
// names its own.
func (in WhyAsked) codesAt() string {
	cloud := in.Subject.Cloud
	if found := in.Subject.candidates(); cloud == "" && len(found) == 1 {
		cloud = found[0].Cloud
	}
	e, ok := EndpointsOf(cloud)
	if !ok || in.Text.Request.Host != "" || strings.Contains(in.Text.Lookup, "://") && !strings.HasPrefix(in.Text.Lookup, aadsts.LookupURL(in.Text.Code)) {
		return ""
	}
	return strings.TrimPrefix(e.Login, "https://")
}

// narrowed is an answer while it is being made.
type narrowed struct {
	Why

	in WhyAsked
}

// whyRules are what may settle or turn an answer, surest first. The first that
// does is the last that is asked.
var whyRules = []func(*narrowed) bool{
	(*narrowed).personalSignedIn, (*narrowed).personalTenant, (*narrowed).personalServices, (*narrowed).personalDomain,
	(*narrowed).signedInElsewhere, (*narrowed).guestSignedIn, (*narrowed).noTenant, (*narrowed).stoppedElsewhere,
	(*narrowed).namedElsewhere, (*narrowed).otherClouds, (*narrowed).seenInTenant,
	(*narrowed).mayApprove, (*narrowed).byDefault,
}

// silent reports whether the text leaves open what happened. A code that nobody
// has explained is no silence: it is not guessed at, whatever was seen.
func (w *narrowed) silent() bool {
	return w.Class == aadsts.Ambiguous || w.Class == aadsts.Unknown && len(w.Codes) == 0
}

// wantsConsent reports whether a class is cleared by an approval of the app.
func wantsConsent(c aadsts.Class) bool {
	switch c {
	case aadsts.AdminConsentNeeded, aadsts.UserConsentOff, aadsts.PermissionsNeedAdmin, aadsts.UnverifiedPublisher,
		aadsts.RiskyApp, aadsts.RequestPending, aadsts.ConsentMissing:
		return true
	default:
		return false
	}
}

// tenantHolds reports whether a class is something that one tenant has set, so
// that it matters which tenant it was.
func tenantHolds(c aadsts.Class) bool {
	switch c {
	case aadsts.AssignmentRequired, aadsts.AppDisabled, aadsts.AppNotInTenant, aadsts.ServiceMissing, aadsts.TenantBlocked,
		aadsts.CAPolicy, aadsts.DeviceRequired, aadsts.DeviceCodeBlocked, aadsts.GraphPermissionMissing:
		return true
	default:
		return wantsConsent(c)
	}
}

// turn is another answer than the text's, with the reason for it.
type turn struct {
	class  aadsts.Class
	who    aadsts.Who
	sure   aadsts.Sure
	grade  Grade
	path   aadsts.PathID
	what   string // empty: what is said of the class
	do     string
	reason WhyReason
}

// decide takes a turn. What the text said stays as possible.
func (w *narrowed) decide(t turn) bool {
	was := w.Class
	what, do, skip := aadsts.WordsOf(t.class)
	w.Class, w.Who, w.Sure, w.Grade, w.Path = t.class, t.who, t.sure, t.grade, t.path
	w.What, w.Do, w.Skip = what, do, skip
	if t.what != "" {
		w.What = t.what
	}
	if t.do != "" {
		w.Do = t.do
	}
	w.Code, w.Lookup = 0, ""
	if was != aadsts.Unknown && was != aadsts.Ambiguous && was != aadsts.NoneSuccess {
		w.Also = slices.Insert(w.Also, 0, was)
	}
	w.tidy()
	return w.because(t.reason, true)
}

// mostAlso is how many other classes an answer offers (product contract).
const mostAlso = 3

// tidy keeps what else it may be to the contract: each once, never the class.
func (w *narrowed) tidy() {
	var out []aadsts.Class
	for _, c := range w.Also {
		if c != w.Class && c != aadsts.Unknown && !slices.Contains(out, c) && len(out) < mostAlso {
			out = append(out, c)
		}
	}
	w.Also = append([]aadsts.Class{}, out...)
}

// maybe puts a class first among those that it may be as well.
func (w *narrowed) maybe(classes ...aadsts.Class) {
	w.Also = slices.Concat(classes, w.Also)
	w.tidy()
}

// because adds a reason, once, and gives decided back.
func (w *narrowed) because(r WhyReason, decided bool) bool {
	r.Says, r.plain = Line(r.Says, maxDetail), Line(r.plain, maxDetail)
	if r.Says != "" && !slices.ContainsFunc(w.Reasons, func(have WhyReason) bool { return have.Says == r.Says }) {
		w.Reasons = append(w.Reasons, r)
	}
	return decided
}

// finding gives what a check found, with whether it could look.
func (w *narrowed) finding(id ID) (Finding, bool) {
	i := slices.IndexFunc(w.in.Findings, func(f Finding) bool { return f.Check == id })
	if i < 0 || w.in.Findings[i].Verdict == Unknown || w.in.Findings[i].Verdict == Skipped {
		return Finding{}, false
	}
	return w.in.Findings[i], true
}

// reasonOf is a finding as a reason.
func reasonOf(f Finding) WhyReason { return WhyReason{Says: f.Summary, Grade: f.Grade, Check: f.Check} }

// sureOf is how far an answer can be trusted that rests on a grade.
func sureOf(g Grade) aadsts.Sure {
	switch g {
	case Verified:
		return aadsts.High
	case Asserted:
		return aadsts.Medium
	case Inferred:
		return aadsts.Low
	case GradeUnknown:
	}
	return aadsts.None
}

// elsewhere names a domain's tenants other than the text's; ok is false where
// the text names no tenant or discovery none.
func (w *narrowed) elsewhere() (other, ok bool) {
	found := w.in.Subject.candidates()
	if w.Tenant.ID == "" || len(found) == 0 {
		return false, false
	}
	return !slices.ContainsFunc(found, func(t CloudTenant) bool { return strings.EqualFold(t.TenantID, w.Tenant.ID) }), true
}

// domain is the domain that was asked about, as it may be shown.
func (w *narrowed) domain() string { return Line(w.in.Subject.Domain, 253) }

// sayDo puts the domain into a text of ours.
func (w *narrowed) sayDo(text string) string { return fmt.Sprintf(text, w.domain()) }
