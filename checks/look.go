package checks

import (
	"time"

	"onboard.example/checks/consent"
)

// seeing is what is known of one part, whatever its type.
type seeing struct {
	read    bool
	failure *Failure
	seen    []Evidence
	at      time.Time
}

// settled reports whether the part was looked at, with or without success.
func (v seeing) settled() bool { return v.read || v.failure != nil }

// lens reaches one part of a snapshot without knowing its type.
type lens struct {
	see   func(*Snapshot) seeing
	fail  func(*Snapshot, *Failure)
	copy  func(to, from *Snapshot)
	strip func(*Snapshot) // of personal data
}

func lensOf[T any](field func(*Snapshot) *Look[T]) lens {
	return lens{
		see: func(s *Snapshot) seeing {
			l := field(s)
			return seeing{read: l.Read, failure: l.Failure, seen: l.Seen, at: l.At}
		},
		fail:  func(s *Snapshot, f *Failure) { *field(s) = Look[T]{Failure: f} },
		copy:  func(to, from *Snapshot) { *field(to) = *field(from) },
		strip: func(s *Snapshot) { stripLook(field(s)) },
	}
}

// lenses has one for every part.
var lenses = map[Part]lens{
	PartDiscovery:     lensOf(func(s *Snapshot) *Look[Discovery] { return &s.Discovery }),
	PartRealm:         lensOf(func(s *Snapshot) *Look[Realm] { return &s.Realm }),
	PartAccount:       lensOf(func(s *Snapshot) *Look[Account] { return &s.Account }),
	PartMe:            lensOf(func(s *Snapshot) *Look[Person] { return &s.Me }),
	PartRoles:         lensOf(func(s *Snapshot) *Look[[]Role] { return &s.Roles }),
	PartEligible:      lensOf(func(s *Snapshot) *Look[[]Role] { return &s.Eligible }),
	PartOrganization:  lensOf(func(s *Snapshot) *Look[Organization] { return &s.Organization }),
	PartApp:           lensOf(func(s *Snapshot) *Look[*ServicePrincipal] { return &s.App }),
	PartNamed:         lensOf(func(s *Snapshot) *Look[Named] { return &s.Named }),
	PartGrants:        lensOf(func(s *Snapshot) *Look[[]Grant] { return &s.Grants }),
	PartAssignments:   lensOf(func(s *Snapshot) *Look[[]Assignment] { return &s.Assignments }),
	PartAppRoles:      lensOf(func(s *Snapshot) *Look[[]Assignment] { return &s.AppRoles }),
	PartResources:     lensOf(func(s *Snapshot) *Look[[]ServicePrincipal] { return &s.Resources }),
	PartClassified:    lensOf(func(s *Snapshot) *Look[map[string]consent.Level] { return &s.Classified }),
	PartAuthorization: lensOf(func(s *Snapshot) *Look[Authorization] { return &s.Authorization }),
	PartPolicies:      lensOf(func(s *Snapshot) *Look[[]consent.Policy] { return &s.Policies }),
	PartWorkflow:      lensOf(func(s *Snapshot) *Look[Workflow] { return &s.Workflow }),
	PartRequests:      lensOf(func(s *Snapshot) *Look[[]ConsentRequest] { return &s.Requests }),
	PartDefaults:      lensOf(func(s *Snapshot) *Look[bool] { return &s.Defaults }),
	PartUser:          lensOf(func(s *Snapshot) *Look[*Person] { return &s.User }),
	PartUserGroups:    lensOf(func(s *Snapshot) *Look[[]string] { return &s.UserGroups }),
	PartUserRoles:     lensOf(func(s *Snapshot) *Look[[]Role] { return &s.UserRoles }),
	PartWho:           lensOf(func(s *Snapshot) *Look[*Principal] { return &s.Who }),
	PartDeleted:       lensOf(func(s *Snapshot) *Look[*DeletedApp] { return &s.Deleted }),
	PartReviewers:     lensOf(func(s *Snapshot) *Look[[]Reviewer] { return &s.Reviewers }),
	PartConditional:   lensOf(func(s *Snapshot) *Look[Conditional] { return &s.Conditional }),
	PartSignIns:       lensOf(func(s *Snapshot) *Look[SignInLog] { return &s.SignIns }),
	PartAudit:         lensOf(func(s *Snapshot) *Look[AuditLog] { return &s.Audit }),
	PartDNSPolicy:     lensOf(func(s *Snapshot) *Look[DNSPublished] { return &s.DNSPolicy }),
	PartDNSMail:       lensOf(func(s *Snapshot) *Look[DNSMail] { return &s.DNSMail }),
	PartProbe:         lensOf(func(s *Snapshot) *Look[Probe] { return &s.Probe }),
	PartCallback:      lensOf(func(s *Snapshot) *Look[Callback] { return &s.Callback }),
}

// partScopes lists the delegated Graph scopes that a part can be read with,
// least first; one is enough, and none is needed where the part is missing
// here. Source: [PERM], entra-facts §1 to §9.
var partScopes = map[Part][]string{
	PartMe:            {"User.Read", "User.Read.All", "Directory.Read.All"},
	PartRoles:         {"User.Read", "Directory.Read.All"},
	PartEligible:      {"RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All"},
	PartOrganization:  {"User.Read", "Organization.Read.All", "Directory.Read.All"},
	PartApp:           {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	PartNamed:         {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	PartGrants:        {"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
	PartAssignments:   {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	PartAppRoles:      {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	PartResources:     {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	PartClassified:    {"Application.Read.All", "Directory.Read.All", "Policy.ReadWrite.PermissionGrant"},
	PartAuthorization: {"Policy.Read.All", "Policy.ReadWrite.Authorization"},
	PartPolicies:      {"Policy.Read.PermissionGrant", "Policy.ReadWrite.PermissionGrant"},
	PartWorkflow:      {"Policy.Read.All", "Policy.ReadWrite.ConsentRequest"},
	PartRequests:      {"ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All"},
	PartDefaults:      {"Policy.Read.All", "Policy.ReadWrite.SecurityDefaults"},
	PartUser:          {"User.Read.All", "Directory.Read.All"},
	PartUserGroups:    {"User.Read.All", "Directory.Read.All"},
	PartUserRoles:     {"User.Read.All", "Directory.Read.All"},
	// A person or a group: this one reads both.
	PartWho:     {"Directory.Read.All", "Directory.ReadWrite.All"},
	PartDeleted: {"Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"},
	// Reviewers are people, groups and roles: this one reads them all.
	PartReviewers: {"Directory.Read.All", "Directory.ReadWrite.All"},
	// [GC:conditionalaccessroot-evaluate]; the second is in every sign-in of ours.
	PartConditional: {"Policy.Read.ConditionalAccess", "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"},
	PartSignIns:     {"AuditLog.Read.All"},
	PartAudit:       {"AuditLog.Read.All"},
}

// ScopesFor lists the delegated Graph scopes that a part can be read with,
// least first; one is enough. Parts that need none give nil.
func ScopesFor(p Part) []string {
	return append([]string(nil), partScopes[p]...)
}

// ReadScopes lists the delegated scopes of Microsoft Graph that a whole snapshot
// is read with, and nothing is written by (entra-facts §14). All but User.Read
// need an administrator's consent for the tool's own app. The logs are not among
// them: they explain and decide nothing, so nobody is asked to open them.
func ReadScopes() []string {
	return []string{
		"User.Read",                              // me
		"Application.Read.All",                   // service principals and what is assigned to them (§1)
		"Directory.Read.All",                     // grants and classifications (§2, §5)
		"Policy.Read.All",                        // user consent, workflow, security defaults, what-if of Conditional Access (§3, §6, §8)
		"Policy.Read.PermissionGrant",            // the consent policies' condition sets (§4)
		"ConsentRequest.Read.All",                // who asked for approval (§6)
		"RoleEligibilitySchedule.Read.Directory", // roles that are only eligible (§9)
	}
}

// Parts lists every part, in the order of the Snapshot's fields.
func Parts() []Part {
	return []Part{
		PartDiscovery, PartRealm, PartAccount, PartMe, PartRoles, PartEligible, PartOrganization, PartApp, PartNamed, PartGrants,
		PartAssignments, PartAppRoles, PartResources, PartClassified, PartAuthorization, PartPolicies, PartWorkflow,
		PartRequests, PartDefaults, PartUser, PartUserGroups, PartUserRoles, PartWho, PartDeleted, PartReviewers, PartConditional, PartSignIns, PartAudit,
		PartDNSPolicy, PartDNSMail, PartProbe, PartCallback,
	}
}

// optional reports a part that no sign-in is asked for.
func (p Part) optional() bool { return p == PartSignIns || p == PartAudit }

// ofUser reports a part that belongs to the person asked about.
func (p Part) ofUser() bool { return p == PartUser || p == PartUserGroups || p == PartUserRoles }

// public reports a part that anybody may read, signed in or not.
func (p Part) public() bool { return p == PartDiscovery || p == PartRealm || p.dns() || p.vendor() }

// vendor reports a part of the vendor's own side.
func (p Part) vendor() bool { return p == PartProbe || p == PartCallback }

// dns reports a part that the DNS tells.
func (p Part) dns() bool { return p == PartDNSPolicy || p == PartDNSMail }

// see gives what is known of a part; nothing, for a part there is not.
func (s *Snapshot) see(p Part) seeing {
	if l, ok := lenses[p]; ok {
		return l.see(s)
	}
	return seeing{}
}

// fail records why a part could not be read.
func (s *Snapshot) fail(p Part, f *Failure) {
	if l, ok := lenses[p]; ok {
		l.fail(s, f)
	}
}

// only copies the named parts and nothing else, so that a finding can not
// depend on what happened to be there besides.
func (s *Snapshot) only(parts map[Part]bool) *Snapshot {
	to := &Snapshot{}
	for p := range parts {
		if l, ok := lenses[p]; ok {
			l.copy(to, s)
		}
	}
	return to
}

// unreadError says that a part a check can not do without was not read.
type unreadError struct {
	part    Part
	failure *Failure
	seen    []Evidence
}

func (u *unreadError) Error() string { return "reading " + string(u.part) + ": " + u.failure.Error() }

func (u *unreadError) Unwrap() error { return u.failure }

// must returns an error that names the first of parts that was not read.
func (s Subject) must(parts ...Part) error {
	for _, p := range parts {
		if err := s.unread(p); err != nil {
			return err
		}
	}
	return nil
}

// unread is nil where a part was read, else the reason why not.
func (s Subject) unread(p Part) error {
	v := s.Look.see(p)
	switch {
	case v.read:
		return nil
	case v.failure != nil:
		return &unreadError{part: p, failure: v.failure, seen: v.seen}
	case p.public():
		return &unreadError{part: p, failure: &Failure{Kind: FailNotAsked}}
	default:
		return &unreadError{part: p, failure: &Failure{Kind: FailNoAccess}}
	}
}

// unreached is the reason for which nothing can be said of a tenant's consent,
// not even by what is usual: nobody could ask whether there is such a tenant,
// and nothing was read in it. Nil: something can.
func (s Subject) unreached() error {
	if s.Look.Discovery.Failure == nil || s.asked(PartAuthorization) {
		return nil
	}
	return s.unread(PartDiscovery)
}

// asked reports whether somebody tried to read a part. A part that was left
// alone for want of a sign-in, or of the app's id, was not asked.
func (s Subject) asked(p Part) bool {
	v := s.Look.see(p)
	return v.read || v.failure != nil && v.failure.Kind != FailNoAccess && v.failure.Kind != FailNotAsked &&
		v.failure.Kind != FailNoClientID
}

// seen copies the evidence of a part and puts the value that decided, if one
// is given, on its first piece; the others keep what the reader saw.
func (s Subject) seen(p Part, value string) []Evidence {
	v := s.Look.see(p)
	if len(v.seen) == 0 {
		if !v.settled() {
			return nil
		}
		return []Evidence{{Source: sourceOf(p), Request: string(p), At: v.at, Value: value}}
	}
	out := append([]Evidence(nil), v.seen...)
	if value != "" {
		out[0].Value = value
	}
	return out
}

// sourceOf names where a part comes from.
func sourceOf(p Part) string {
	switch p {
	case PartDiscovery, PartRealm, PartProbe, PartCallback:
		return SourceLogin
	case PartAccount:
		return SourceToken
	case PartDNSPolicy, PartDNSMail:
		return SourceDNS
	default:
		return SourceGraph
	}
}
