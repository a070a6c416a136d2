package sim

import (
	"net/http"
	"slices"
	"strings"
)

// The portal's pages about consent.

// portalPermissions is an app's Permissions: what is granted for everyone, and
// what users gave for themselves.
func (s *Sim) portalPermissions(c *visit, who account) answer {
	sp, v, ok := s.appFrame(c, who, "permissions")
	if !ok {
		return s.noSuchApp(c)
	}
	if !who.user.hasRole(grantingRoles...) {
		v.Locked = wordsNeedGranter
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
			row.User = g.Principal
			if u := who.tenant.userByID(g.Principal); u != nil {
				row.User = u.UPN
			}
			v.Own = append(v.Own, row)
		}
	}
	for _, g := range sp.RoleGrants {
		if api := who.tenant.serviceByID(g.Resource); api != nil {
			v.Roles = append(v.Roles, s.permission(AskedScope{Resource: api.AppID, Value: g.RoleID, Role: true}))
		}
	}
	return s.page(c, http.StatusOK, "portal-permissions", v)
}

// portalGrant is the button "Grant admin consent for …": the admin consent page,
// for everything the app is registered with, and back.
func (s *Sim) portalGrant(c *visit, who account) answer {
	sp, v, ok := s.appFrame(c, who, "permissions")
	switch {
	case !ok:
		return s.noSuchApp(c)
	case !v.AppRegistered:
		return s.page(c, statusPage, "note", noteView{Title: sp.Name, Text: wordsNoRegistration})
	}
	reg := s.world.registration(sp.AppID)
	a := s.begin(c, &attempt{
		kind: forAdminV1, tenant: who.tenant, pinned: true, reg: reg,
		then: "/apps/" + sp.ID + "/permissions",
	})
	a.req.noReply = true
	a.asked = scopeSet{list: s.registeredFor(reg), all: true}
	return s.signedIn(c, a, who)
}

// portalRevoke takes one permission, or all of a grant, back.
func (s *Sim) portalRevoke(c *visit, who account) answer {
	sp, _, ok := s.appFrame(c, who, "permissions")
	switch {
	case !ok:
		return s.noSuchApp(c)
	case !who.user.hasRole(grantingRoles...):
		return s.forbidden(c, wordsNeedGranter)
	}
	g := who.tenant.grantByID(c.body.Get("grant"))
	if g == nil || g.ClientID != sp.ID {
		return s.page(c, statusPage, "note", noteView{Title: sp.Name, Text: wordsNoGrant})
	}
	left := []string(nil)
	if one := c.body.Get("scope"); one != "" {
		left = without(strings.Fields(g.Scope), []string{one})
	}
	if len(left) == 0 {
		s.removeGrant(who.tenant, g)
	} else {
		s.world.setScope(g, strings.Join(left, " "))
	}
	return seeOther(c, c.at.base()+"/portal/apps/"+sp.ID+"/permissions?done=revoked")
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

// portalConsent is Consent and permissions → User consent settings.
func (s *Sim) portalConsent(c *visit, who account) answer {
	v := s.frame(c, who, "consent", wordsConsentPage)
	if !who.user.hasRole(roleGlobalAdmin) {
		v.Locked = wordsNeedGlobal
	}
	now := who.tenant.chosen()
	for _, ch := range consentWords {
		ch.Chosen = ch.Word == now
		v.Choices = append(v.Choices, ch)
	}
	if now == "" {
		v.Done = strings.TrimSpace(v.Done + " " + wordsCustom)
	}
	return s.page(c, http.StatusOK, "portal-consent", v)
}

// portalSaveConsent saves the choice. Unlike Graph's PATCH it works while
// Microsoft manages the setting; entries for owned resources stay.
func (s *Sim) portalSaveConsent(c *visit, who account) answer {
	word := c.body.Get("choice")
	entries, err := consentChoice(word)
	switch {
	case !who.user.hasRole(roleGlobalAdmin):
		return s.forbidden(c, wordsNeedGlobal)
	case err != nil:
		return s.page(c, statusPage, "note", noteView{Title: wordsConsentPage, Text: wordsNoChoice})
	}
	t := who.tenant
	if word == t.chosen() {
		return seeOther(c, c.at.base()+"/portal/consent?done=saved")
	}
	var after []string
	for _, e := range entries {
		if isSelf(e) {
			after = append(after, e)
		}
	}
	for _, e := range t.Assigned {
		if !isSelf(e) {
			after = append(after, e)
		}
	}
	t.Assigned, t.Managed = after, word == "managed"
	return seeOther(c, c.at.base()+"/portal/consent?done=saved")
}
