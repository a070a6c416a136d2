package sim

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Conditional Access: which policies a sign-in meets and what they come to
// (entra-facts §8). The caller holds w.mu.

// AccessPolicy is a conditionalAccessPolicy. What it says stays as Graph spells
// it, so that it reads back as it was written.
type AccessPolicy struct {
	ID         string
	CreatedAt  time.Time
	ModifiedAt *time.Time
	Doc        map[string]any // displayName, state, conditions, grantControls, sessionControls
}

// NamedLocation is an ipNamedLocation or a countryNamedLocation.
type NamedLocation struct {
	ID        string
	Name      string
	Trusted   bool
	Ranges    []string // CIDR; of an IP location
	Countries []string // two letters; of a country location
	CreatedAt time.Time
}

// accessAsk is a sign-in as Conditional Access sees it.
type accessAsk struct {
	user *User
	// service is an app that signs in by itself, in place of a user; single says
	// that it is the tenant's own and for no other: policies reach those alone.
	service *ServicePrincipal
	single  bool
	// apps are the app ids that count as the target: the API, and the client
	// where it is itself signed in to.
	apps       []string
	userAction string // urn:user:registersecurityinfo …; instead of apps
	client     string // browser, mobileAppsAndDesktopClients, exchangeActiveSync, other
	platform   string // android, iOS, windows, windowsPhone, macOS, linux
	flow       string // deviceCodeFlow, authenticationTransfer; empty: neither
	address    string
	country    string
	signInRisk string
	userRisk   string
}

// accessResult is what one policy says about a sign-in. why is a value of
// whatIfAnalysisReasons.
type accessResult struct {
	policy  *AccessPolicy
	applies bool
	why     string
}

// conditional asks every policy of the tenant about a sign-in.
func (w *World) conditional(t *Tenant, ask accessAsk) []accessResult {
	out := make([]accessResult, 0, len(t.Access))
	for _, p := range t.Access {
		why := p.skips(t, ask)
		out = append(out, accessResult{policy: p, applies: why == "notSet", why: why})
	}
	return out
}

// accessVerdict is what all enforced policies together want of a sign-in.
type accessVerdict struct {
	blockedBy *AccessPolicy   // a policy that blocks; nil if none does
	controls  []string        // mfa, compliantDevice …: each must be met by some means
	wantedBy  []*AccessPolicy // the policies that want controls
	results   []accessResult
}

// accessVerdict weighs a sign-in. Report-only policies never block
// (entra-facts §8). Of controls joined by OR the first is taken as the one to
// meet.
func (w *World) accessVerdict(t *Tenant, ask accessAsk) accessVerdict {
	v := accessVerdict{results: w.conditional(t, ask)}
	for _, r := range v.results {
		if !r.applies || r.policy.state() != "enabled" {
			continue
		}
		controls := r.policy.controls()
		if ask.service != nil { // an app meets no control, so block is the only one there is
			controls = slices.DeleteFunc(slices.Clone(controls), func(control string) bool { return control != "block" })
		}
		if slices.Contains(controls, "block") {
			if v.blockedBy == nil {
				v.blockedBy = r.policy
			}
			continue
		}
		if grant := within(r.policy.Doc, "grantControls"); grant["operator"] == "OR" && len(controls) > 1 {
			controls = controls[:1]
		}
		if len(controls) > 0 {
			v.controls, v.wantedBy = union(v.controls, controls), append(v.wantedBy, r.policy)
		}
	}
	return v
}

// applied words the verdict for the sign-in log; met are the controls that the
// sign-in satisfied.
func (v accessVerdict) applied(met ...string) []AppliedAccess {
	out := make([]AppliedAccess, 0, len(v.results))
	for _, r := range v.results {
		one := AppliedAccess{PolicyID: r.policy.ID, Name: r.policy.name(), Controls: r.policy.controlNames(), Result: "notApplied"}
		failed := slices.ContainsFunc(r.policy.controls(), func(c string) bool { return c == "block" || !slices.Contains(met, c) })
		switch state := r.policy.state(); {
		case state == "disabled":
			one.Result = "notEnabled"
		case state == "enabledForReportingButNotEnforced" && !r.applies:
			one.Result = "reportOnlyNotApplied"
		case state == "enabledForReportingButNotEnforced" && failed:
			one.Result = "reportOnlyFailure"
		case state == "enabledForReportingButNotEnforced":
			one.Result = "reportOnlySuccess"
		case r.applies && failed:
			one.Result = "failure"
		case r.applies:
			one.Result = "success"
		}
		out = append(out, one)
	}
	return out
}

func (p *AccessPolicy) name() string {
	s, _ := p.Doc["displayName"].(string)
	return s
}

func (p *AccessPolicy) state() string {
	s, _ := p.Doc["state"].(string)
	return s
}

// controls are the grant controls of the policy.
func (p *AccessPolicy) controls() []string {
	return texts(within(p.Doc, "grantControls")["builtInControls"])
}

// controlNames are the controls as the sign-in log words them.
func (p *AccessPolicy) controlNames() []string {
	names := map[string]string{
		"block": "Block", "mfa": "Mfa", "compliantDevice": "RequireCompliantDevice", "domainJoinedDevice": "RequireDomainJoinedDevice",
		"approvedApplication": "RequireApprovedApp", "compliantApplication": "RequireCompliantApp", "passwordChange": "RequirePasswordChange",
	}
	out := []string{}
	for _, c := range p.controls() {
		if n, ok := names[c]; ok {
			c = n
		}
		out = append(out, c)
	}
	return out
}

// skips is why the policy does not apply, as a value of whatIfAnalysisReasons;
// notSet if it does. A disabled policy is not weighed at all.
func (p *AccessPolicy) skips(t *Tenant, ask accessAsk) string {
	if p.state() == "disabled" {
		return "policyNotEnabled"
	}
	cond := within(p.Doc, "conditions")
	apps, users, work := within(cond, "applications"), within(cond, "users"), within(cond, "clientApplications")
	switch {
	case ask.service != nil && !coversService(work, ask):
		return "workloadIdentities"
	case ask.service == nil && (len(work) > 0 || !coversUser(t, users, ask.user)):
		return "users"
	case ask.userAction != "" && !hasFold(texts(apps["includeUserActions"]), ask.userAction):
		return "userActions"
	case ask.userAction == "" && !coversApp(apps, ask.apps):
		return "application"
	case ask.service == nil && !coversValue(texts(cond["clientAppTypes"]), nil, ask.client, "all"):
		return "clientApps"
	}
	if pl := within(cond, "platforms"); len(pl) > 0 && !coversValue(texts(pl["includePlatforms"]), texts(pl["excludePlatforms"]), ask.platform, "all") {
		return "devicePlatform"
	}
	if loc := within(cond, "locations"); len(loc) > 0 && !coversPlace(t, loc, ask) {
		return "location"
	}
	if risks := texts(cond["servicePrincipalRiskLevels"]); ask.service != nil && len(risks) > 0 {
		return "signInRisk" // no app here is ever at risk
	}
	if risks := texts(cond["signInRiskLevels"]); len(risks) > 0 && !hasFold(risks, ask.signInRisk) {
		return "signInRisk"
	}
	if risks := texts(cond["userRiskLevels"]); len(risks) > 0 && !hasFold(risks, ask.userRisk) {
		return "userRisk"
	}
	if flows, _ := within(cond, "authenticationFlows")["transferMethods"].(string); flows != "" && flows != "none" {
		if !hasFold(splitFlags(flows), ask.flow) {
			return "authenticationFlow"
		}
	}
	return "notSet"
}

// coversUser weighs include and exclude of users, groups and roles.
func coversUser(t *Tenant, users map[string]any, u *User) bool {
	if u == nil {
		return false
	}
	in := func(side string) bool {
		list := texts(users[side+"Users"])
		if hasFold(list, "All") || hasFold(list, u.ID) || u.Guest && hasFold(list, "GuestsOrExternalUsers") {
			return true
		}
		if u.Guest && len(within(users, side+"GuestsOrExternalUsers")) > 0 {
			return true
		}
		if slices.ContainsFunc(texts(users[side+"Groups"]), func(id string) bool {
			g := t.groupByID(id)
			return g != nil && hasFold(g.Members, u.ID)
		}) {
			return true
		}
		return slices.ContainsFunc(texts(users[side+"Roles"]), func(id string) bool { return hasFold(u.Roles, id) })
	}
	return in("include") && !in("exclude")
}

// officeApps stand behind the group name Office365 (entra-facts §8; which APIs
// belong to it is general knowledge).
var officeApps = []string{graphAppID, exchangeAppID}

func coversApp(apps map[string]any, asked []string) bool {
	in := func(list []string, id string) bool {
		return hasFold(list, "All") || hasFold(list, id) || hasFold(list, "Office365") && hasFold(officeApps, id)
	}
	include, exclude := texts(apps["includeApplications"]), texts(apps["excludeApplications"])
	if slices.ContainsFunc(asked, func(id string) bool { return in(exclude, id) }) {
		return false
	}
	return slices.ContainsFunc(asked, func(id string) bool { return in(include, id) })
}

// coversValue weighs one value; an empty include list holds every value, and a
// value that is not known is in no list but that of all.
func coversValue(include, exclude []string, value, all string) bool {
	if value != "" && hasFold(exclude, value) || hasFold(exclude, all) {
		return false
	}
	return len(include) == 0 || hasFold(include, all) || value != "" && hasFold(include, value)
}

func coversPlace(t *Tenant, loc map[string]any, ask accessAsk) bool {
	at := func(list []string) bool {
		return slices.ContainsFunc(list, func(id string) bool {
			switch {
			case strings.EqualFold(id, "All"):
				return true
			case strings.EqualFold(id, "AllTrusted"):
				return slices.ContainsFunc(t.Locations, func(n *NamedLocation) bool { return n.Trusted && n.holds(ask) })
			}
			n := find(t.Locations, func(n *NamedLocation) bool { return strings.EqualFold(n.ID, id) })
			return n != nil && n.holds(ask)
		})
	}
	return at(texts(loc["includeLocations"])) && !at(texts(loc["excludeLocations"]))
}

func (n *NamedLocation) holds(ask accessAsk) bool {
	if ask.country != "" && hasFold(n.Countries, ask.country) {
		return true
	}
	addr, err := netip.ParseAddr(ask.address)
	return err == nil && slices.ContainsFunc(n.Ranges, func(s string) bool {
		p, err := netip.ParsePrefix(s)
		return err == nil && p.Contains(addr)
	})
}

// within is a member of a document that is itself one; empty if it is not.
func within(doc map[string]any, name string) map[string]any {
	m, _ := doc[name].(map[string]any)
	return m
}

// texts are the strings of a list in a document.
func texts(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func hasFold(list []string, value string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, value) })
}

// splitFlags reads the comma form of several values of a flags enum.
func splitFlags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
