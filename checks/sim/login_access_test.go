package sim

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// policed gives the first tenant a Conditional Access policy for everyone and
// every app.
func policed(s *Sim, state string, conditions map[string]any, controls ...any) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	all := map[string]any{
		"applications": map[string]any{"includeApplications": []any{"All"}},
		"users":        map[string]any{"includeUsers": []any{"All"}},
	}
	maps.Copy(all, conditions)
	t := s.world.tenants[0]
	t.Access = append(t.Access, &AccessPolicy{ID: stableID("policy", state), Doc: map[string]any{
		"displayName": "Everyone, everywhere", "state": state, "conditions": all,
		"grantControls": map[string]any{"operator": "OR", "builtInControls": controls},
	}})
}

// logged are the AADSTS numbers of the tenant's sign-in log.
func logged(s *Sim) []int {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	var out []int
	for _, l := range s.world.tenants[0].SignIns {
		out = append(out, l.Code)
	}
	return out
}

// wantsPolicy fails unless claims names the one policy of the tenant.
func wantsPolicy(t *testing.T, claims string) {
	t.Helper()
	var c struct {
		Access struct {
			Policies struct {
				Essential bool     `json:"essential"`
				Values    []string `json:"values"`
			} `json:"capolids"`
		} `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(claims), &c); err != nil || !c.Access.Policies.Essential || !slices.Equal(c.Access.Policies.Values, []string{stableID("policy", "enabled")}) {
		t.Errorf("claims %q: %v", claims, err)
	}
}

func TestConditionalAccessBlocks(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	b := newRobot(t, s)
	first := b.post(tokenPath, exchange(b.open(authorizeURL("contoso.example")).signIn(userUPN).returned().Get("code"))).json()
	policed(s, "enabled", nil, "block")
	b.open(authorizeURL("contoso.example")).sees("AADSTS53003: Access has been blocked by Conditional Access policies.")
	v := b.open(authorizeURL("contoso.example", "prompt", "none")).returned()
	if v.Get("error") != "interaction_required" || v.Get("suberror") != "message_only" || v.Get("state") != "s1" || v.Has("error_subcode") || !strings.HasPrefix(v.Get("error_description"), "AADSTS53003") {
		t.Errorf("silent: %v", v)
	}
	wantsPolicy(t, v.Get("claims"))
	m := b.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {str(first, "refresh_token")}}).json()
	if str(m, "error") != "invalid_grant" || str(m, "suberror") != "message_only" || !strings.HasPrefix(str(m, "error_description"), "AADSTS53003") {
		t.Errorf("refresh: %v", m)
	}
	wantsPolicy(t, str(m, "claims"))
	if got := logged(s); !slices.Equal(got, []int{0, 53003, 53003, 53003}) {
		t.Errorf("sign-in log %v", got)
	}
	last := s.world.tenants[0].SignIns[3]
	if !last.Silent || len(last.Applied) != 1 || last.Applied[0].Result != "failure" || last.Applied[0].Name != "Everyone, everywhere" || last.UPN != userUPN || last.AppID != hetkAppID {
		t.Errorf("last line %+v", last)
	}
}

func TestReportOnlyNeverBlocks(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	policed(s, "enabledForReportingButNotEnforced", nil, "block")
	if codeFor(t, s) == "" {
		t.Error("blocked")
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	before := newRobot(t, s).post(tokenPath, exchange(codeFor(t, s))).json()
	policed(s, "enabled", nil, "mfa")
	b := newRobot(t, s)
	b.open(authorizeURL("contoso.example")).signIn(userUPN).sees("Approve sign in request", userUPN, "enter the number shown").
		press("No, it's not me").sees("AADSTS500121")
	v := b.open(authorizeURL("contoso.example", "prompt", "none")).returned()
	if v.Get("error") != "interaction_required" || !strings.HasPrefix(v.Get("error_description"), "AADSTS50076") {
		t.Errorf("silent before the factor: %v", v)
	}
	wantsPolicy(t, v.Get("claims"))
	code := b.open(authorizeURL("contoso.example")).press("Approve").returned().Get("code")
	m := b.post(tokenPath, exchange(code)).json()
	c, err := s.verify(str(m, "access_token"))
	if err != nil || !slices.Equal(c.AMR, []string{"pwd", "mfa"}) {
		t.Errorf("claims %+v %v", c, err)
	}
	// The session remembers the factor, and so does the refresh token.
	if b.open(authorizeURL("contoso.example", "prompt", "none")).returned().Get("code") == "" {
		t.Error("asked again")
	}
	refresh := func(token string) map[string]any {
		return b.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {token}}).json()
	}
	if m := refresh(str(m, "refresh_token")); str(m, "access_token") == "" {
		t.Errorf("refresh with the factor: %v", m)
	}
	m = refresh(str(before, "refresh_token"))
	if str(m, "error") != "invalid_grant" || str(m, "suberror") != "basic_action" || !strings.HasPrefix(str(m, "error_description"), "AADSTS50076") {
		t.Errorf("refresh without the factor: %v", m)
	}
	wantsPolicy(t, str(m, "claims"))
	// A button of a page that is gone does nothing.
	b.post("/_signin/factor", url.Values{"do": {"approve"}}).sees("stale")
}

func TestDeviceCodePolicy(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	begin := func() string {
		d := newRobot(t, s).post("/contoso.example/oauth2/v2.0/devicecode", url.Values{"client_id": {hetkAppID}, "scope": {"User.Read offline_access"}}).json()
		b := newRobot(t, s).open("/devicelogin?otc=" + str(d, "user_code")).press("Allow access").signIn(userUPN)
		if form, _ := b.find("Continue"); form != nil {
			b.press("Continue")
		} else {
			b.sees("AADSTS53003")
		}
		return str(d, "device_code")
	}
	poll := func(code string) map[string]any {
		return newRobot(t, s).post(tokenPath, url.Values{"grant_type": {grantDevice}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "device_code": {code}}).json()
	}
	good := poll(begin())
	if str(good, "refresh_token") == "" {
		t.Fatalf("before the policy: %v", good)
	}
	policed(s, "enabled", map[string]any{"authenticationFlows": map[string]any{"transferMethods": "deviceCodeFlow"}}, "block")
	if m := poll(begin()); !strings.HasPrefix(str(m, "error_description"), "AADSTS530036") || str(m, "error") != "invalid_grant" {
		t.Errorf("the device is told %v", m)
	}
	m := newRobot(t, s).post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "client_id": {hetkAppID}, "client_secret": {hetkSecret}, "refresh_token": {str(good, "refresh_token")}}).json()
	if !strings.HasPrefix(str(m, "error_description"), "AADSTS530036") {
		t.Errorf("a token that began as a device code: %v", m)
	}
	if codeFor(t, s) == "" {
		t.Error("the policy is about device codes alone")
	}
}

func TestControlsOfDevices(t *testing.T) {
	t.Parallel()
	for control, codes := range map[string][2]int{
		"compliantDevice": {53000, 530033}, "domainJoinedDevice": {53001, 53001}, "approvedApplication": {53002, 53002},
		"compliantApplication": {53009, 53009}, "passwordChange": {50142, 50142}, "mfa": {50076, 50076}, "somethingNew": {0, 0},
	} {
		for i, in := range []signIn{{}, {device: true}} {
			got := 0
			if f := (accessVerdict{controls: []string{control}}).held(in, graphAppID); f != nil {
				got = f.code
			}
			if got != codes[i] {
				t.Errorf("%s, device code %v: %d, want %d", control, in.device, got, codes[i])
			}
		}
	}
	s := startSim(t, "approved")
	policed(s, "enabled", nil, "compliantDevice")
	newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).sees("AADSTS53000: Device is not in required device state")
}

// TestSignInLog: what people do at the door can be read in the logs afterwards.
func TestSignInLog(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default")
	u := newRobot(t, s).open(authorizeURL("contoso.example"))
	u.press("Sign in", "login", userUPN, "passwd", "wrong").signIn(userUPN).sees("Need admin approval")
	a := newRobot(t, s).open(authorizeURL("contoso.example")).signIn(adminUPN)
	a.press("Cancel")
	a.open(authorizeURL("contoso.example")).press("Accept", "everyone", "on")
	u.open(authorizeURL("contoso.example"))
	if got, want := logged(s), []int{50126, 90094, 65001, 65004, 65001, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	tenant := s.world.tenants[0]
	i := slices.IndexFunc(tenant.Audits, func(l *Audit) bool { return l.Activity == "Consent to application" })
	if i < 0 {
		t.Fatal("the consent is not in the audit log")
	}
	l := tenant.Audits[i]
	if l.ByUser != tenant.userByUPN(adminUPN).ID || l.Failed || l.Targets[0].Changes[0].New != "True" || !strings.Contains(l.Targets[0].Changes[3].New, "ConsentType: AllPrincipals, Scope: ") {
		t.Errorf("audit %+v", l)
	}
}

func TestRiskIsAudited(t *testing.T) {
	t.Parallel()
	s := startSim(t, "unverified")
	s.world.mu.Lock()
	tenant := s.world.tenants[0]
	tenant.Assigned = []string{selfPrefix + "microsoft-user-default-legacy"}
	if _, err := s.world.ensureServicePrincipal(tenant, s.world.registration(hetkAppID)); err != nil {
		t.Error(err)
	}
	s.world.mu.Unlock()
	newRobot(t, s).open(authorizeURL("contoso.example")).signIn(userUPN).sees("AADSTS900941")
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	if n := len(tenant.Audits); n != 1 || !tenant.Audits[0].Failed || tenant.Audits[0].Reason != "Risky application detected" {
		t.Errorf("%d lines in the audit log", n)
	}
}
