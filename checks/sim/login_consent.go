package sim

import (
	"errors"
	"net/http"
)

// Consent: the page, the two walls, and what pressing their buttons does.

// errMayNot is what accept says to somebody whose roles and policies do not
// allow what they pressed.
var errMayNot = errors.New("this account may not consent to that")

// errNameTaken is what it says while the service principal that consent would
// make is half there.
var errNameTaken = errors.New("the app's service principal is still being made, or unmade, in this tenant")

// proceed goes on with a known account in a sign-in to an app: to the code, the
// consent page, a wall, or a refusal.
func (s *Sim) proceed(c *visit, a *attempt) answer {
	if !s.usable(a.reg, a.tenant) {
		return s.halt(c, a, refuse(700016, a.reg.AppID, a.tenant.Name))
	}
	if f := s.resourceOff(a.tenant, a.asked.resource); f != nil {
		return s.halt(c, a, f)
	}
	if f := s.lacksService(a.tenant, a.asked.list); f != nil {
		return s.halt(c, a, f)
	}
	if a.kind == forApp || a.kind == forDevice {
		if r, shut := s.world.shut(a.tenant, a.user, a.reg); !shut || r.Kind != RulingAppDisabled {
			if page, ok := s.checkAccess(c, a); !ok {
				return page
			}
		}
	}
	r := s.world.decide(a.tenant, a.user, a.reg, a.asked.list)
	if a.req.prompt == "consent" {
		// The page is forced even where nothing is missing, and the tenant's rules
		// then apply to all of it (corrections.md, UNCERTAIN there).
		r = s.world.rule(a.tenant, a.user, a.reg, a.asked.list)
	}
	switch r.Kind {
	case RulingAppDisabled:
		return s.halt(c, a, refuse(7000112, a.reg.AppID, a.reg.Name))
	case RulingNotAssigned:
		return s.halt(c, a, refuse(50105, a.reg.Name, a.reg.AppID, a.user.UPN))
	case RulingGranted:
		return s.pass(c, a)
	case RulingUserMay, RulingAdminMay, RulingNeedsAdmin, RulingRisky:
		return s.wantConsent(c, a, r)
	}
	return answer{status: http.StatusInternalServerError}
}

// wantConsent goes on where something has not been consented to: on the consent
// page, or at a wall.
func (s *Sim) wantConsent(c *visit, a *attempt, r Ruling) answer {
	f := s.beyondPreauthorized(a.reg, s.world.missing(a.tenant, a.user, a.reg, a.asked.list)...)
	switch {
	case f != nil:
		return s.halt(c, a, f)
	case r.Kind == RulingNeedsAdmin, r.Kind == RulingRisky:
		return s.wall(c, a, r)
	case a.req.admin:
		return s.askForEveryone(c, a, r)
	}
	return s.askConsent(c, a, r)
}

// resourceOff refuses an API that the tenant has switched off.
func (s *Sim) resourceOff(t *Tenant, resource string) *refusal {
	if sp := t.serviceByAppID(resource); sp != nil && sp.off() {
		return refuse(500014, resource)
	}
	return nil
}

// halt ends an attempt with a refusal: on a page where somebody looks, for only
// they can do something about it; to the app where the sign-in was silent.
func (s *Sim) halt(c *visit, a *attempt, f *refusal) answer {
	s.note(c, a, f)
	if a.req.prompt == "none" {
		return s.finish(c, a, f.as(oauthInteraction, f.sub))
	}
	if a.kind == forDevice {
		return s.endDevice(c, a, f)
	}
	a.stage = atEnd
	return s.asPage(c, f)
}

// pass lets the app have what it asked for.
func (s *Sim) pass(c *visit, a *attempt) answer {
	if a.kind == forDevice {
		return s.confirmDevice(c, a)
	}
	a.stage = atEnd
	s.note(c, a, nil)
	return s.grantCode(c, a)
}

// askConsent shows the consent page, or answers it for --auto-approve.
func (s *Sim) askConsent(c *visit, a *attempt, r Ruling) answer {
	if a.req.prompt == "none" {
		return s.finish(c, a, refuse(65001, a.reg.AppID, a.reg.Name).as(oauthInteraction, ""))
	}
	if a.auto {
		return s.accepted(c, a, false)
	}
	s.note(c, a, refuse(65001, a.reg.AppID, a.reg.Name))
	a.stage = atConsent
	v := s.consentView(a, a.asked.list)
	v.MayTick = r.Kind == RulingAdminMay
	return s.page(c, http.StatusOK, "consent", v)
}

// askForEveryone is prompt=admin_consent: consent for everyone, or nothing.
func (s *Sim) askForEveryone(c *visit, a *attempt, r Ruling) answer {
	if !s.world.mayGrantForAll(a.user, a.asked.list) {
		return s.wall(c, a, Ruling{Kind: RulingNeedsAdmin, Missing: r.Missing})
	}
	s.note(c, a, refuse(65001, a.reg.AppID, a.reg.Name))
	a.stage = atConsent
	v := s.consentView(a, a.asked.list)
	v.Admin = true
	return s.page(c, http.StatusOK, "consent", v)
}

// consentView describes the app and what it wants.
func (s *Sim) consentView(a *attempt, list []AskedScope) consentView {
	v := consentView{
		Flow: a.id, App: a.reg.Name, AppID: a.reg.AppID, User: a.user.UPN, Tenant: a.tenant.Name,
		Domain: a.tenant.DefaultDomain(), Publisher: wordsUnverified,
	}
	if p := a.reg.Publisher; p != nil {
		v.Publisher, v.Verified = p.Name, true
	} else if a.reg.FirstParty {
		v.Publisher, v.Verified = "Microsoft Corporation", true
	}
	for _, one := range list {
		v.Permissions = append(v.Permissions, s.permission(one))
	}
	return v
}

// permission is one line of a consent page.
func (s *Sim) permission(one AskedScope) permissionRow {
	row := permissionRow{Value: one.Value, Title: one.Value, Role: one.Role}
	api := s.world.registration(one.Resource)
	if api == nil {
		return row
	}
	row.API = api.Name
	if one.Role {
		if r := api.appRole(one.Value); r != nil {
			row.Title = r.Title
		}
	} else if sc := api.scope(one.Value); sc != nil {
		row.Title, row.Admin = sc.Title, sc.Admin
		if sc.About != sc.Title {
			row.About = sc.About
		}
	}
	return row
}

// answerConsent is the post of a consent page: app, device or admin consent.
func (s *Sim) answerConsent(c *visit) answer {
	a, stale := s.resume(c, atConsent)
	if stale != nil {
		return s.asPage(c, stale)
	}
	switch c.body.Get("do") {
	case "accept":
		if a.kind == forAdminV1 || a.kind == forAdminV2 {
			return s.acceptedAdmin(c, a)
		}
		return s.accepted(c, a, a.req.admin || c.body.Get("everyone") == "on")
	case "switch":
		return s.accountPage(c, a, http.StatusOK, "", "")
	}
	f := refuse(65004).as(oauthDenied, "cancel")
	if a.kind == forApp || a.kind == forDevice {
		s.note(c, a, f)
	}
	return s.finish(c, a, f)
}

// accepted records the consent and goes on.
func (s *Sim) accepted(c *visit, a *attempt, everyone bool) answer {
	err := s.consent(a.tenant, a.user, a.reg, a.asked.list, everyone)
	switch {
	case errors.Is(err, errNameTaken):
		return s.nameTaken(c, a)
	case err != nil:
		return s.halt(c, a, refuse(90094))
	}
	return s.pass(c, a)
}

// nameTaken tells the app, or the device's person, that consent failed for a
// passing reason: trying again in a minute helps (aadsts.csv, 650051).
func (s *Sim) nameTaken(c *visit, a *attempt) answer {
	f := refuse(650051, a.reg.AppID, a.reg.AppID, a.tenant.ID, a.reg.AppID)
	if a.kind == forApp || a.kind == forDevice {
		s.note(c, a, f)
	}
	if a.then != "" { // the portal says it where its reader stands
		a.stage = atEnd
		return s.asPage(c, f)
	}
	return s.finish(c, a, f)
}

// consent is what Accept does, for one user or for everyone. It judges again:
// between the page and the button the tenant may have changed.
func (s *Sim) consent(t *Tenant, u *User, reg *Registration, asked []AskedScope, everyone bool) error {
	if t.settling(reg.AppID, s.now()) {
		return errNameTaken
	}
	scopes := byResource(asked)
	if everyone {
		if !s.world.mayGrantForAll(u, asked) {
			return errMayNot
		}
		if err := s.world.grantEveryone(t, reg, scopes); err != nil {
			return err
		}
		s.auditGrant(t, u, reg, "", scopes)
		s.world.closeRequests(t, reg.AppID, u)
		return nil
	}
	switch r := s.world.rule(t, u, reg, asked); r.Kind {
	case RulingUserMay, RulingAdminMay:
		return s.consentAlone(t, u, reg, scopes)
	case RulingGranted:
		return nil
	case RulingAppDisabled, RulingNotAssigned, RulingNeedsAdmin, RulingRisky:
	}
	if r := s.world.decide(t, u, reg, asked); r.Kind == RulingUserMay {
		return s.consentAlone(t, u, reg, byResource(r.Missing))
	}
	return errMayNot
}

// consentAlone is a user's consent for themselves.
func (s *Sim) consentAlone(t *Tenant, u *User, reg *Registration, scopes map[string][]string) error {
	if err := s.world.grantUser(t, u, reg, scopes); err != nil {
		return err
	}
	s.auditGrant(t, u, reg, u.ID, scopes)
	return nil
}

// byResource sorts delegated permissions by API.
func byResource(asked []AskedScope) map[string][]string {
	out := map[string][]string{}
	for _, one := range asked {
		if !one.Role {
			out[one.Resource] = union(out[one.Resource], []string{one.Value})
		}
	}
	return out
}
