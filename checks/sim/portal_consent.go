package sim

import (
	"net/http"
	"slices"
	"strings"
)

// An app's Permissions, and User consent settings.

type portalPermissionsView struct {
	portalFrame
	Users    bool // the User consent tab
	Query    string
	Everyone []portalGrantRow
	Own      []portalGrantRow
}

type portalGrantRow struct {
	permissionRow
	Grant string
	Users []string // who gave it for themselves
}

// portalPermissions is an app's Permissions: what is granted for everyone, and
// what users gave for themselves.
func (s *Sim) portalPermissions(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsPermissions)
	if !ok {
		return s.noSuchApp(c, who)
	}
	f.lock(who, grantingRoles, wordsNeedGranter)
	v := portalPermissionsView{
		portalFrame: f, Users: c.get("tab") == "user", Query: strings.TrimSpace(clip(c.get("q"))),
	}
	for _, g := range who.tenant.Grants {
		api := who.tenant.serviceByID(g.Resource)
		if g.ClientID != sp.ID || api == nil {
			continue
		}
		for value := range strings.FieldsSeq(g.Scope) {
			row := portalGrantRow{permissionRow: s.permission(AskedScope{Resource: api.AppID, Value: value}), Grant: g.ID}
			if g.Principal == "" {
				v.Everyone = append(v.Everyone, row)
				continue
			}
			v.addOwn(row, nameOf(who.tenant, g.Principal))
		}
	}
	for _, g := range sp.RoleGrants {
		if api := who.tenant.serviceByID(g.Resource); api != nil {
			row := s.permission(AskedScope{Resource: api.AppID, Value: g.RoleID, Role: true})
			v.Everyone = append(v.Everyone, portalGrantRow{permissionRow: row})
		}
	}
	v.Everyone, v.Own = matching(v.Everyone, v.Query), matching(v.Own, v.Query)
	return s.page(c, http.StatusOK, "portal-permissions", v)
}

// addOwn puts a user's own grant with those of others on the same permission.
func (v *portalPermissionsView) addOwn(row portalGrantRow, upn string) {
	i := slices.IndexFunc(v.Own, func(o portalGrantRow) bool { return o.API == row.API && o.Value == row.Value })
	if i < 0 {
		row.Users = []string{upn}
		v.Own = append(v.Own, row)
		return
	}
	v.Own[i].Users = append(v.Own[i].Users, upn)
}

func matching(rows []portalGrantRow, query string) []portalGrantRow {
	q := strings.ToLower(query)
	return slices.DeleteFunc(rows, func(r portalGrantRow) bool {
		return !strings.Contains(strings.ToLower(r.API+" "+r.Value+" "+r.Title), q)
	})
}

// nameOf is a user's name in lists, or the id of one who is gone.
func nameOf(t *Tenant, id string) string {
	if u := t.userByID(id); u != nil {
		return u.UPN
	}
	return id
}

// portalGrant is the button "Grant admin consent for …": the admin consent page,
// for everything the app is registered with, and back.
func (s *Sim) portalGrant(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsPermissions)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !f.App.Registered:
		return s.portalNote(c, who, statusPage, sp.Name, wordsNoRegistration)
	}
	reg := s.world.registration(sp.AppID)
	return s.askAdminConsent(c, who, reg, scopeSet{list: s.registeredFor(reg), all: true}, "/apps/"+sp.ID+"/permissions")
}

// askAdminConsent shows the admin consent page to somebody in the portal, who
// comes back to then.
func (s *Sim) askAdminConsent(c *visit, who account, reg *Registration, asked scopeSet, then string) answer {
	a := s.begin(c, &attempt{kind: forAdminV1, tenant: who.tenant, pinned: true, reg: reg, then: then})
	a.req.noReply = true
	a.asked = asked
	return s.signedIn(c, a, who)
}

// portalRevoke takes one permission that was granted for everyone back.
func (s *Sim) portalRevoke(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, wordsPermissions)
	switch {
	case !ok:
		return s.noSuchApp(c, who)
	case !who.user.hasRole(grantingRoles...):
		return s.noAccess(c, who, wordsNeedGranter)
	}
	g := who.tenant.grantByID(c.body.Get("grant"))
	switch {
	case g == nil || g.ClientID != sp.ID:
		return s.portalNote(c, who, statusPage, sp.Name, wordsNoGrant)
	case g.Principal != "":
		return s.portalNote(c, who, statusPage, sp.Name, wordsUsersGrant)
	}
	had := strings.Fields(g.Scope)
	left := without(had, []string{c.body.Get("scope")})
	switch {
	case len(left) == len(had):
		return s.portalNote(c, who, statusPage, sp.Name, wordsNoGrant)
	case len(left) == 0:
		s.removeGrant(who.tenant, g)
	default:
		s.world.setScope(g, strings.Join(left, " "))
	}
	s.audit(who, "Remove delegated permission grant", "Unassign", AuditTarget{
		ID: sp.ID, Name: sp.Name, Kind: "ServicePrincipal",
		Changes: []AuditChange{changed("DelegatedPermissionGrant.Scope", strings.Join(had, " "), strings.Join(left, " "))},
	})
	return portalTo(c, "/apps/"+sp.ID+"/permissions", "revoked")
}

type portalReviewView struct {
	portalFrame
	Why     string
	Script  []string
	Granted bool
}

// portalReview is Review permissions: what to do about an app, by the reason for
// looking.
func (s *Sim) portalReview(c *visit, who account) answer {
	sp, f, ok := s.appFrame(c, who, wordsReview)
	if !ok {
		return s.noSuchApp(c, who)
	}
	f.Tab = wordsPermissions
	f.Crumbs = append(f.Crumbs, crumb{"/portal/apps/" + sp.ID + "/permissions", wordsPermissions})
	v := portalReviewView{portalFrame: f, Why: oneOf(c.get("why"), "", "control", "less", "suspicious", "malicious")}
	v.Script = reviewScript(v.Why, sp.ID)
	v.Granted = slices.ContainsFunc(who.tenant.Grants, func(g *Grant) bool { return g.ClientID == sp.ID })
	return s.page(c, http.StatusOK, "portal-review", v)
}

// reviewScript is what the page offers to run by hand: Microsoft Graph
// PowerShell, over the paths of entra-facts §1 and §2.
func reviewScript(why, id string) []string {
	connect := `Connect-MgGraph -Scopes "Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"`
	sp := `$sp = Get-MgServicePrincipal -ServicePrincipalId "` + id + `"`
	grants := `Get-MgServicePrincipalOauth2PermissionGrant -ServicePrincipalId $sp.Id -All |`
	drop := `  ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id }`
	switch why {
	case "control":
		return []string{connect, sp, `Update-MgServicePrincipal -ServicePrincipalId $sp.Id -AppRoleAssignmentRequired:$true`}
	case "less":
		return []string{connect, sp, grants, `  Where-Object ConsentType -eq "Principal" |`, drop}
	case "suspicious":
		return []string{connect, sp, `Update-MgServicePrincipal -ServicePrincipalId $sp.Id -AccountEnabled:$false`}
	case "malicious":
		return []string{connect, sp, `Update-MgServicePrincipal -ServicePrincipalId $sp.Id -AccountEnabled:$false`, grants, drop}
	}
	return nil
}

// chosen is the choice a tenant is on; empty for a custom one.
func (t *Tenant) chosen() string {
	var self []string
	for _, e := range t.Assigned {
		if isSelf(e) {
			self = append(self, strings.ToLower(e[len(selfPrefix):]))
		}
	}
	switch {
	case len(self) == 0:
		return "none"
	case slices.Contains(self, "microsoft-user-default-recommended"):
		return "managed"
	case len(self) == 1 && self[0] == "microsoft-user-default-low":
		return "low"
	case len(self) == 1 && self[0] == "microsoft-user-default-legacy":
		return "all"
	}
	return ""
}

// isSelf tells an entry for users' own consent from those for resources they own.
func isSelf(entry string) bool {
	return len(entry) > len(selfPrefix) && strings.EqualFold(entry[:len(selfPrefix)], selfPrefix)
}

// mailPolicy is the policy that the managed choice has beside it while "popular
// mail clients" is ticked (entra-facts §3).
const mailPolicy = selfPrefix + "microsoft-user-default-allow-consent-apps"

func (t *Tenant) mailClients() bool {
	return slices.ContainsFunc(t.Assigned, func(e string) bool { return strings.EqualFold(e, mailPolicy) })
}

type portalConsentView struct {
	portalFrame
	Choices []portalChoice
	Mail    bool // user consent for popular mail clients
	Low     int  // permissions classified as low impact
	Custom  bool
}

type portalChoice struct {
	Word, Title, About string
	Chosen             bool
}

// portalConsent is Consent and permissions → User consent settings.
func (s *Sim) portalConsent(c *visit, who account) answer {
	return s.consentPage(c, who, http.StatusOK, "")
}

func (s *Sim) consentPage(c *visit, who account, status int, problem string) answer {
	f := s.frame(c, who, bladeConsent, wordsConsentPage, wordsUserConsent)
	f.lock(who, []string{roleGlobalAdmin}, wordsNeedGlobal)
	f.Problem = problem
	now := who.tenant.chosen()
	v := portalConsentView{portalFrame: f, Mail: now != "managed" || who.tenant.mailClients(), Custom: now == ""}
	for _, ch := range consentWords {
		ch.Chosen = ch.Word == now
		v.Choices = append(v.Choices, ch)
	}
	for _, one := range who.tenant.Classifications {
		if one.Level == "low" {
			v.Low++
		}
	}
	return s.page(c, status, "portal-consent", v)
}

// portalSaveConsent saves the choice. Unlike Graph's PATCH it works while
// Microsoft manages the setting; entries for owned resources stay.
func (s *Sim) portalSaveConsent(c *visit, who account) answer {
	word := c.body.Get("choice")
	entries, err := consentChoice(word)
	switch {
	case !who.user.hasRole(roleGlobalAdmin):
		return s.noAccess(c, who, wordsNeedGlobal)
	case err != nil:
		return s.consentPage(c, who, statusPage, wordsNoChoice)
	}
	t := who.tenant
	after := slices.DeleteFunc(slices.Clone([]string(entries)), func(e string) bool {
		return !isSelf(e) || strings.EqualFold(e, mailPolicy) && c.body.Get("mail") != "yes"
	})
	for _, e := range t.Assigned {
		if !isSelf(e) {
			after = append(after, e)
		}
	}
	s.audit(who, "Update authorization policy", "Update", AuditTarget{
		Name: "Authorization Policy", Kind: "Policy", Changes: []AuditChange{changed("PermissionGrantPolicyIdsAssignedToDefaultUserRole", t.Assigned, after)},
	})
	t.Assigned, t.Managed = after, word == "managed"
	return portalTo(c, "/consent", "saved")
}
