package sim

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
)

// Conditional Access at the door: what a tenant's policies do to a sign-in and
// to the tokens that follow from it. The simulator's devices are unknown to every
// tenant, so what a policy wants of a device is never met.

// clientKind is the kind of client as policies and logs name it; alone says that
// it has no browser: a device, or an app that had the password.
func clientKind(reg *Registration, redirect string, alone bool) (policy, log string) {
	if alone || strings.HasPrefix(redirect, "http://") || redirect == "" && reg != nil && reg.Public {
		return "mobileAppsAndDesktopClients", "Mobile Apps and Desktop clients"
	}
	return "browser", "Browser"
}

// askFor is a sign-in as the policies see it. The API is the target, and the app
// where it is itself what is signed in to (entra-facts §8).
func (c *visit) askFor(u *User, reg *Registration, set scopeSet, redirect string, in signIn) accessAsk {
	kind, _ := clientKind(reg, redirect, in.device || in.typed)
	ask := accessAsk{user: u, apps: []string{set.resource, reg.AppID}, client: kind, platform: platformOf(c.r.UserAgent()), address: c.address()}
	if in.device {
		ask.flow = "deviceCodeFlow"
	}
	return ask
}

// address is the caller's, without its port.
func (c *visit) address() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

// platformOf guesses a device platform as the service does: by the browser's
// own word.
func platformOf(agent string) string {
	for _, p := range [][2]string{
		{"Android", "android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Windows", "windows"}, {"Macintosh", "macOS"}, {"Linux", "linux"},
	} {
		if strings.Contains(agent, p[0]) {
			return p[1]
		}
	}
	return ""
}

// met are the controls that a sign-in satisfies.
func (i signIn) met() []string {
	if i.mfa {
		return []string{"mfa"}
	}
	return nil
}

// held says what keeps a sign-in from its token; nil if nothing does.
func (v accessVerdict) held(in signIn, resource string) *refusal {
	if v.blockedBy != nil {
		code := 53003
		if in.device && v.blockedBy.aboutFlows() {
			code = 530036
		}
		return refuse(code).claiming(v.blockedBy).as(oauthGrant, "message_only")
	}
	for _, control := range v.controls {
		if slices.Contains(in.met(), control) {
			continue
		}
		switch control {
		case "mfa":
			return refuse(50076, resource).claiming(v.wantedBy...).as(oauthGrant, "basic_action")
		case "compliantDevice":
			if in.device {
				return refuse(530033).claiming(v.wantedBy...).as(oauthGrant, "message_only")
			}
			return refuse(53000, "unregistered").claiming(v.wantedBy...).as(oauthGrant, "message_only")
		case "domainJoinedDevice":
			return refuse(53001, "unregistered").claiming(v.wantedBy...).as(oauthGrant, "message_only")
		case "approvedApplication":
			return refuse(53002).claiming(v.wantedBy...).as(oauthGrant, "message_only")
		case "compliantApplication":
			return refuse(53009).claiming(v.wantedBy...).as(oauthGrant, "protection_policy_required")
		case "passwordChange":
			return refuse(50142).claiming(v.wantedBy...).as(oauthGrant, "user_password_expired")
		}
	}
	return nil
}

// aboutFlows says whether the policy is one about authentication flows.
func (p *AccessPolicy) aboutFlows() bool {
	flows, _ := within(within(p.Doc, "conditions"), "authenticationFlows")["transferMethods"].(string)
	return flows != "" && flows != "none"
}

// claiming adds the claims that a client sends along when it asks again: the
// policies that stood in the way.
func (f *refusal) claiming(by ...*AccessPolicy) *refusal {
	ids := make([]string, 0, len(by))
	for _, p := range by {
		ids = append(ids, p.ID)
	}
	b, err := json.Marshal(map[string]any{"access_token": map[string]any{"capolids": map[string]any{"essential": true, "values": ids}}})
	if err == nil {
		f.claims = string(b)
	}
	return f
}

// checkAccess weighs a sign-in before consent. ok is false if it ends here, or
// waits for a second factor.
func (s *Sim) checkAccess(c *visit, a *attempt) (answer, bool) {
	a.verdict = s.world.accessVerdict(a.tenant, c.askFor(a.user, a.reg, a.asked, a.req.redirect, a.signIn))
	f := a.verdict.held(a.signIn, a.asked.resource)
	switch {
	case f == nil:
		return answer{}, true
	case f.code == 50076 && a.auto:
		a.signIn.mfa = true
		return s.checkAccess(c, a)
	case f.code == 50076 && a.req.prompt != "none":
		return s.askFactor(c, a), false
	}
	if a.kind == forDevice && f.code == 530036 {
		// The person is told what any blocked sign-in says; the device learns that it
		// is about its flow.
		s.note(c, a, f)
		told := *f
		a.stage, a.device.refused = atEnd, &told
		return s.asPage(c, refuse(53003)), false
	}
	return s.halt(c, a, f), false
}

// note writes what a sign-in came to into the tenant's log; f is nil for success.
func (s *Sim) note(c *visit, a *attempt, f *refusal) {
	_, client := clientKind(a.reg, a.req.redirect, a.kind == forDevice)
	line := SignIn{
		CorrelationID: c.correlation, Resource: a.asked.resource, Client: client, Address: c.address(),
		Agent: clip(c.r.UserAgent()), Applied: a.verdict.applied(a.signIn.met()...),
	}
	if f != nil {
		line.Code, line.Reason = f.code, f.text
	}
	if a.signIn.mfa {
		line.Detail = wordsFactorMet
	}
	s.world.recordSignIn(a.tenant, a.user, a.reg, line)
}

// noteToken writes a token request without a browser into the log. A password is
// a sign-in of the person; anything else is one that went on by itself.
func (s *Sim) noteToken(c *visit, sub *tokenSubject, set scopeSet, v accessVerdict, f *refusal) {
	_, client := clientKind(sub.reg, "", sub.signIn.device || sub.signIn.typed)
	line := SignIn{
		CorrelationID: c.correlation, Resource: set.resource, Client: client, Address: c.address(),
		Agent: clip(c.r.UserAgent()), Silent: c.body.Get("grant_type") != grantPassword, Applied: v.applied(sub.signIn.met()...),
	}
	if f != nil {
		line.Code, line.Reason = f.code, f.text
	}
	s.world.recordSignIn(sub.tenant, sub.user, sub.reg, line)
}
