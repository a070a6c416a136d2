package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onboard.example/checks/consent"
)

// replication is how long a new enterprise app or grant may stay invisible to
// reads: seconds as a rule, up to about two minutes (entra-facts §15).
const replication = 2 * time.Minute

func appChecks() []Check {
	read := Access{SignIn: true, AnyScope: ScopesFor(PartApp)}
	return []Check{
		{
			ID: AppPresent, Title: titleAppPresent, Needs: []ID{TenantMatch}, Reads: []Part{PartApp, PartDeleted},
			Access: read, Patience: replication, Run: appPresent,
		},
		{
			ID: AppEnabled, Title: titleAppEnabled, Needs: []ID{AppPresent}, Reads: []Part{PartApp},
			Access: read, Patience: replication, Run: appEnabled,
		},
		{ID: AppPublisher, Title: titleAppPublisher, Needs: []ID{AppPresent}, Reads: []Part{PartApp}, Access: read, Run: appPublisher},
		{
			ID: AppAssignment, Title: titleAppAssignment, Needs: []ID{AppPresent}, Reads: []Part{PartApp, PartAssignments, PartUser, PartUserGroups, PartWho},
			Access: read, Patience: replication, Run: appAssignment,
		},
		{
			ID: AppResource, Title: titleAppResource, Needs: []ID{TenantMatch}, Reads: []Part{PartResources},
			Access: Access{SignIn: true, AnyScope: ScopesFor(PartResources)}, Run: appResource,
		},
	}
}

// wantApp is must for the enterprise app, with the one reason more that there
// is for not having asked: no client id.
func (s Subject) wantApp(parts ...Part) error {
	if s.App.ClientID == "" && !s.Look.App.Read {
		return &unreadError{part: PartApp, failure: &Failure{Kind: FailNoClientID}}
	}
	if err := s.otherApp(); err != nil {
		return err
	}
	return s.must(append([]Part{PartApp}, parts...)...)
}

// otherApp is an error where the answer is about an app that was not asked
// for. Nothing of it may count.
func (s Subject) otherApp() error {
	sp := s.Look.App.Value
	if sp == nil || s.App.ClientID == "" || strings.EqualFold(sp.AppID, s.App.ClientID) {
		return nil
	}
	return &unreadError{part: PartApp, seen: s.seen(PartApp, "appId "+sp.AppID), failure: &Failure{Kind: FailRequest, Message: sayOtherApp}}
}

func appPresent(_ context.Context, s Subject) (Finding, error) {
	if err := s.wantApp(); err != nil {
		return Finding{}, err
	}
	sp := s.Look.App.Value
	if sp == nil {
		return Finding{
			Verdict: Fail, Grade: Verified, Summary: sayAbsent, Detail: append([]string{sayAbsentIsNormal}, s.App.idNote()...), Seen: s.seen(PartApp, sayAbsentValue),
			Fix: s.approveFix(whyAbsent),
		}, nil
	}
	f := Finding{
		Verdict: Pass, Grade: Verified, Summary: fmt.Sprintf(sayPresent, nameOf(sp)),
		Detail: append([]string{fmt.Sprintf(sayAppIDs, sp.AppID, sp.OwnerTenant)}, s.App.idNote()...), Seen: s.seen(PartApp, "appId "+sp.AppID),
	}
	if s.App.IDFrom != IDOfProfile && !s.App.called(sp.Name) {
		f.Verdict, f.Summary, f.Fix = Warn, fmt.Sprintf(sayCalledElse, nameOf(sp), Line(s.App.Name, maxNamed)), s.App.askWhose()
	}
	return f, nil
}

func nameOf(sp *ServicePrincipal) string {
	if sp.Name != "" {
		return sp.Name
	}
	return sp.AppID
}

// enabled is whether nothing switches the app off: an admin's block, the
// owner's deactivation, or Microsoft (entra-facts §1). Any word of Microsoft's
// that is not known to be harmless counts as switched off.
func (sp *ServicePrincipal) enabled() consent.Tri {
	switch {
	case sp.Enabled != nil && !*sp.Enabled, sp.Deactivated != nil && *sp.Deactivated, sp.stopped():
		return consent.No
	case sp.Enabled == nil:
		return consent.Unread
	default:
		return consent.Yes
	}
}

// stopped reports whether Microsoft disabled the app.
func (sp *ServicePrincipal) stopped() bool {
	return sp.DisabledByMS != "" && !strings.EqualFold(sp.DisabledByMS, "NotDisabled")
}

func appEnabled(_ context.Context, s Subject) (Finding, error) {
	if err := s.wantApp(); err != nil {
		return Finding{}, err
	}
	sp := s.Look.App.Value
	if sp == nil {
		return Finding{Verdict: Skipped, Summary: sayAbsent}, nil
	}
	f := Finding{Verdict: Fail, Grade: Verified, Seen: s.seen(PartApp, enabledValue(sp))}
	switch {
	case sp.stopped():
		f.Summary = fmt.Sprintf(sayStopped, sp.DisabledByMS)
		f.Fix = &Fix{Do: doAskVendor, Why: whyStopped, Who: WhoVendor}
	case sp.Deactivated != nil && *sp.Deactivated:
		f.Summary = sayDeactivated
		f.Fix = &Fix{Do: doReactivate, Why: whyDeactivated, Who: WhoVendor}
		if id := s.tenantID(); id != "" && strings.EqualFold(sp.OwnerTenant, id) {
			f.Fix.Do, f.Fix.Who = doReactivateOwn, WhoAdmin
		}
	case sp.Enabled == nil:
		return Finding{Summary: fmt.Sprintf(sayNoProperty, "accountEnabled"), Seen: f.Seen}, nil
	case !*sp.Enabled:
		f.Summary = sayDisabled
		f.Fix = &Fix{Do: doEnable, Why: whyDisabled, URL: s.appPortal(bladeProperties), Who: WhoAdmin}
	default:
		f.Verdict, f.Summary = Pass, sayEnabled
	}
	return f, nil
}

// enabledValue is the three properties that decide, as printed.
func enabledValue(sp *ServicePrincipal) string {
	status := sp.DisabledByMS
	if status == "" {
		status = "null"
	}
	return fmt.Sprintf("accountEnabled=%s isDisabled=%s disabledByMicrosoftStatus=%s", boolText(sp.Enabled), boolText(sp.Deactivated), status)
}

func boolText(b *bool) string {
	if b == nil {
		return "null"
	}
	return fmt.Sprint(*b)
}

func appPublisher(_ context.Context, s Subject) (Finding, error) {
	if err := s.wantApp(); err != nil {
		return Finding{}, err
	}
	sp := s.Look.App.Value
	switch {
	case sp == nil:
		return Finding{Verdict: Skipped, Summary: sayAbsent}, nil
	case sp.Publisher == nil:
		return Finding{Summary: fmt.Sprintf(sayNoProperty, "verifiedPublisher"), Seen: s.seen(PartApp, "")}, nil
	case sp.Publisher.ID == "":
		return Finding{
			Verdict: Warn, Grade: Verified, Summary: sayUnverified, Detail: append([]string{sayUnverifiedMeans}, s.App.idNote()...),
			Seen: s.seen(PartApp, "verifiedPublisherId=null"),
			Fix:  &Fix{Do: doVerify, Why: whyUnverified, Who: WhoVendor},
		}, nil
	}
	f := Finding{
		Verdict: Pass, Grade: Verified, Summary: fmt.Sprintf(sayVerified, sp.Publisher.Name),
		Detail: append([]string{sayVerifiedMeans}, s.App.idNote()...), Seen: s.seen(PartApp, "verifiedPublisherId="+sp.Publisher.ID),
	}
	switch other, named := s.App.otherPublisher(*sp.Publisher); {
	case other:
		f.Verdict, f.Fix = Warn, s.App.askWhose()
		f.Summary = fmt.Sprintf(sayOtherPublisher, Line(sp.Publisher.Name, maxNamed), named)
	case s.App.Publisher != "" && !s.App.Undescribed && !sameName(s.App.Publisher, sp.Publisher.Name):
		f.Detail = append(f.Detail, fmt.Sprintf(sayPublisherNamed, s.App.Publisher))
	}
	return f, nil
}

// appAssignment fails wherever assignment is required: whoever is not assigned
// is blocked, approval or not (entra-facts §1).
func appAssignment(_ context.Context, s Subject) (Finding, error) {
	f, err := s.assignment()
	if err == nil {
		f.Detail = append(f.Detail, s.aboutWho()...)
	}
	return f, err
}

func (s Subject) assignment() (Finding, error) {
	if err := s.wantApp(); err != nil {
		return Finding{}, err
	}
	sp := s.Look.App.Value
	switch {
	case sp == nil:
		return Finding{Verdict: Skipped, Summary: sayAbsent}, nil
	case sp.AssignmentRequired == nil:
		return Finding{Summary: fmt.Sprintf(sayNoProperty, "appRoleAssignmentRequired"), Seen: s.seen(PartApp, "")}, nil
	}
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayOpenToAll, Seen: s.seen(PartApp, "appRoleAssignmentRequired="+boolText(sp.AssignmentRequired))}
	if !*sp.AssignmentRequired {
		return f, nil
	}
	if s.Person != "" && s.asked(PartUser) {
		if gone, stop := s.noSuchUser(); stop {
			return gone, nil
		}
		if err := s.must(PartAssignments, PartUser, PartUserGroups); err != nil {
			return Finding{}, err
		}
		f.Seen = append(f.Seen, s.seen(PartUserGroups, fmt.Sprintf("%d groups", len(s.Look.UserGroups.Value)))...)
		f.Summary = fmt.Sprintf(sayUserAssigned, s.Person)
		if !s.userAssigned() {
			f.Verdict, f.Summary = Fail, fmt.Sprintf(sayUserNotAssigned, s.Person)
			f.Fix = &Fix{Do: doAssign, Why: whyAssignment, URL: s.appPortal(bladeUsers), Who: WhoAdmin}
		}
		return f, nil
	}
	f.Verdict = Fail
	f.Fix = &Fix{Do: doAssign, Why: whyAssignment, URL: s.appPortal(bladeUsers), Who: WhoAdmin}
	who := s.Look.Assignments
	if !who.Read {
		f.Summary, f.Detail = sayAssignedOnly, []string{sayAssignedUnread}
		return f, nil
	}
	users, groups := assigned(who.Value)
	f.Summary = fmt.Sprintf(sayAssigned, counted(users, "person", "people"), counted(groups, "group", "groups"))
	if users+groups == 0 {
		f.Summary = sayAssignedNobody
	}
	f.Seen = append(f.Seen, s.seen(PartAssignments, fmt.Sprintf("%d User, %d Group", users, groups))...)
	return f, nil
}

// assigned counts the people and the groups among assignments, each once.
func assigned(list []Assignment) (users, groups int) {
	have := map[string]bool{}
	for _, a := range list {
		if have[a.PrincipalID] {
			continue
		}
		have[a.PrincipalID] = true
		switch {
		case strings.EqualFold(a.PrincipalType, "User"):
			users++
		case strings.EqualFold(a.PrincipalType, "Group"):
			groups++
		}
	}
	return users, groups
}

// ews is the delegated scope of Exchange Web Services, an API that Microsoft
// is taking out of Exchange Online; when, in a given tenant, its own notices
// say. How far this has gone is not known here, so the finding is inferred.
const ews = "EWS.AccessAsUser.All"

// appResource looks at the APIs behind the scopes: whether they are there at
// all, switched on, and whether they will stay.
func appResource(_ context.Context, s Subject) (Finding, error) {
	f := Finding{Verdict: Pass, Grade: Inferred, Summary: sayResources, Seen: s.fromProfile()}
	res := s.Look.Resources
	if res.Read {
		f.Seen = append(f.Seen, s.seen(PartResources, "")...)
		f.Grade = Verified
		s.absentAPIs(&f)
		s.disabledAPIs(&f)
	} else if s.asked(PartResources) {
		return Finding{}, s.unread(PartResources)
	} else {
		f.Detail = append(f.Detail, sayResourcesUnread)
	}
	if f.Verdict != Fail && slices.ContainsFunc(s.App.Needs, func(p Permission) bool {
		return strings.EqualFold(p.Scope, ews) && strings.EqualFold(p.Resource, ExchangeOnline)
	}) {
		f.Verdict, f.Grade, f.Summary = Warn, Inferred, sayRetiring
		f.Detail = append(f.Detail, sayRetiringMore)
		f.Fix = &Fix{Do: doRetiring, Why: whyRetiring, Who: WhoAdmin}
	}
	return f, nil
}

// absentAPIs warns of APIs that the tenant does not have: consent to them may
// end in AADSTS650052.
func (s Subject) absentAPIs(f *Finding) {
	seen := map[string]bool{}
	for _, p := range s.App.Needs {
		id := strings.ToLower(p.Resource)
		if seen[id] || s.resource(p.Resource) != nil {
			continue
		}
		seen[id] = true
		f.Verdict = Warn
		f.Summary = fmt.Sprintf(sayNoAPI, resourceName(p.Resource))
		f.Fix = &Fix{Do: doService, Why: whyNoAPI, Who: WhoAdmin}
	}
}

// disabledAPIs fails where an API is switched off in the tenant: no token is
// issued for it then, whatever is granted (AADSTS500014).
func (s Subject) disabledAPIs(f *Finding) {
	for _, p := range s.App.Needs {
		api := s.resource(p.Resource)
		if api == nil || api.enabled() != consent.No {
			continue
		}
		f.Verdict, f.Summary = Fail, fmt.Sprintf(sayAPIOff, resourceName(p.Resource))
		f.Seen = append(s.fromProfile(), s.seen(PartResources, "accountEnabled="+boolText(api.Enabled))...)
		f.Fix = &Fix{Do: doAPIOn, Why: whyAPIOff, Who: WhoAdmin}
		return
	}
}

func resourceList(a App) string {
	var out []string
	for _, p := range a.Needs {
		if name := resourceName(p.Resource); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// resource finds the tenant's copy of an API by its appId, or nil.
func (s Subject) resource(appID string) *ServicePrincipal {
	for i := range s.Look.Resources.Value {
		if r := &s.Look.Resources.Value[i]; strings.EqualFold(r.AppID, appID) {
			return r
		}
	}
	return nil
}

// resourceName is what people call an API.
func resourceName(appID string) string {
	switch strings.ToLower(appID) {
	case MicrosoftGraph:
		return "Microsoft Graph"
	case ExchangeOnline:
		return "Office 365 Exchange Online"
	default:
		return appID
	}
}
