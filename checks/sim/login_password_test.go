package sim

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// typed is what an app posts that has a user's password.
func typed(client string, change ...string) url.Values {
	v := url.Values{
		"grant_type": {grantPassword}, "client_id": {client}, "username": {userUPN}, "password": {defaultPassword},
		"scope": {"openid offline_access User.Read"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

// TestPassword: what gets in by a password, and what does not [ED:v2-oauth-ropc].
func TestPassword(t *testing.T) {
	t.Parallel()
	const organizations = "/organizations/oauth2/v2.0/token"
	s := startSim(t, "guest-user", withOwnClient)
	s.world.mu.Lock()
	tenant := s.world.tenants[0]
	tenant.Users = append(
		tenant.Users,
		&User{ID: stableID("user", "spaced"), UPN: "spaced@contoso.example", Name: "Spaced", Password: " x "},
		&User{ID: stableID("user", "gone"), UPN: "gone@contoso.example", Name: "Gone", Password: "x", Disabled: true},
		&User{ID: stableID("user", "personal"), UPN: "somebody@outlook.com", Name: "Somebody", Password: "x", Guest: true},
	)
	s.world.mu.Unlock()
	for _, tt := range []struct {
		name, path, err, code string
		form                  url.Values
	}{
		{"public", tokenPath, "", "", typed(ownClient)},
		{"any organisation", organizations, "", "", typed(ownClient)},
		{"no scope", tokenPath, "", "", typed(ownClient, "scope", "")},
		{"confidential", tokenPath, "", "", typed(hetkAppID, "client_secret", hetkSecret)},
		{"a guest with a work account", tokenPath, "", "", typed(ownClient, "username", "visitor@fabrikam.example")},
		{"confidential, no secret", tokenPath, "invalid_client", "AADSTS7000218", typed(hetkAppID)},
		{"confidential, wrong secret", tokenPath, "invalid_client", "AADSTS7000215", typed(hetkAppID, "client_secret", "x")},
		{"common", "/common/oauth2/v2.0/token", "invalid_request", "AADSTS9001023", typed(ownClient)},
		{"consumers", "/consumers/oauth2/v2.0/token", "invalid_request", "AADSTS9001023", typed(ownClient)},
		{"consumers by id", "/" + consumersID + "/oauth2/v2.0/token", "invalid_request", "AADSTS9001023", typed(ownClient)},
		{"unknown app", tokenPath, "unauthorized_client", "AADSTS700016", typed("99999999-2222-3333-4444-555555555555", "password", "x")},
		{"no name", tokenPath, "invalid_request", "AADSTS900144", typed(ownClient, "username", "")},
		{"no password", tokenPath, "invalid_request", "AADSTS900144", typed(ownClient, "password", "")},
		{"wrong password", tokenPath, "invalid_grant", "AADSTS50126", typed(ownClient, "password", "x")},
		{"spaces around it", tokenPath, "invalid_grant", "AADSTS50126", typed(ownClient, "username", "spaced@contoso.example", "password", " x ")},
		{"nobody", tokenPath, "invalid_grant", "AADSTS50034", typed(ownClient, "username", "nobody@contoso.example")},
		{"nobody's domain", organizations, "invalid_grant", "AADSTS50034", typed(ownClient, "username", "user@nowhere.example")},
		{"no domain", organizations, "unauthorized_client", "AADSTS50059", typed(ownClient, "username", "user")},
		{"a personal guest", tokenPath, "invalid_grant", "AADSTS50034", typed(ownClient, "username", "somebody@outlook.com", "password", "x")},
		{"disabled", tokenPath, "invalid_grant", "AADSTS50057", typed(ownClient, "username", "gone@contoso.example", "password", "x")},
		{"not consented", tokenPath, "invalid_grant", "AADSTS65001", typed(hetkAppID, "client_secret", hetkSecret, "scope", "Mail.Read")},
		{"unknown scope", tokenPath, "invalid_client", "AADSTS650053", typed(ownClient, "scope", "User.Dance")},
	} {
		r := newRobot(t, s).post(tt.path, tt.form)
		m := r.json()
		if str(m, "error") != tt.err || !strings.HasPrefix(str(m, "error_description"), tt.code) || (tt.err == "") != (str(m, "access_token") != "") {
			t.Errorf("%s: %d %v", tt.name, r.status, m)
		}
		if tt.name == "not consented" && str(m, "suberror") != "consent_required" {
			t.Errorf("%s: %v", tt.name, m)
		}
	}
	first := newRobot(t, s).post("/contoso.example/oauth2/token", typed(ownClient, "scope", "", "resource", "https://graph.microsoft.com")).json()
	if str(first, "resource") != "https://graph.microsoft.com" || str(first, "access_token") == "" {
		t.Errorf("first version: %v", first)
	}
}

// TestPasswordLog: a password is a sign-in of the person, and a wrong one is
// noted too.
func TestPasswordLog(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	newRobot(t, s).post(tokenPath, typed(ownClient, "password", "x"))
	good := newRobot(t, s).post(tokenPath, typed(ownClient)).json()
	newRobot(t, s).post(tokenPath, url.Values{"grant_type": {grantRefresh}, "client_id": {ownClient}, "refresh_token": {str(good, "refresh_token")}})
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	var got []string
	for _, l := range s.world.tenants[0].SignIns {
		got = append(got, l.UPN+" "+l.Client+" "+map[bool]string{true: "silent", false: "asked"}[l.Silent]+" "+strings.TrimPrefix(l.Reason, "Error validating credentials "))
	}
	const in = userUPN + " Mobile Apps and Desktop clients "
	if want := []string{in + "asked due to invalid username or password.", in + "asked ", in + "silent "}; !slices.Equal(got, want) {
		t.Errorf("log %q", got)
	}
}

// TestPasswordLocks: ten wrong ones in a row lock the account.
func TestPasswordLocks(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	for range triesAllowed {
		newRobot(t, s).post(tokenPath, typed(ownClient, "password", "x"))
	}
	if m := newRobot(t, s).post(tokenPath, typed(ownClient)).json(); !strings.HasPrefix(str(m, "error_description"), "AADSTS50053") {
		t.Errorf("%v", m)
	}
}

// TestPasswordFederated: the password is known at the organisation's own server
// alone.
func TestPasswordFederated(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	s.world.mu.Lock()
	s.world.tenants[0].Realm = "Federated"
	s.world.mu.Unlock()
	if m := newRobot(t, s).post(tokenPath, typed(ownClient)).json(); !strings.HasPrefix(str(m, "error_description"), "AADSTS50126") {
		t.Errorf("%v", m)
	}
}

// TestMSALPassword: through the client library, whose first question is whose
// the account is.
func TestMSALPassword(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved", withOwnClient)
	p := publicClient(t, s, ownClient, "/organizations")
	ask := func(scope, upn, password string) (public.AuthResult, error) {
		return p.AcquireTokenByUsernamePassword(t.Context(), []string{scope}, upn, password) //nolint:staticcheck // deprecated, and in use
	}
	res, err := ask("User.Read", userUPN, defaultPassword)
	if err != nil {
		t.Fatal(errText(err))
	}
	if k, err := s.verify(res.AccessToken); err != nil || k.UPN != userUPN || !slices.Equal(k.AMR, []string{"pwd"}) || res.Account.PreferredUsername != userUPN {
		t.Errorf("claims %+v %v", k, err)
	}
	if _, err := p.AcquireTokenSilent(t.Context(), []string{"User.Read"}, public.WithSilentAccount(res.Account)); err != nil {
		t.Errorf("silent: %v", errText(err))
	}
	if _, err := ask("User.Read", userUPN, "x"); !strings.Contains(errText(err), "AADSTS50126") {
		t.Errorf("wrong password: %v", errText(err))
	}
	if _, err := ask("User.Read", "user@nowhere.example", "x"); err == nil {
		t.Error("an account of nobody's domain got in")
	}
	policed(s, "enabled", nil, "mfa")
	if _, err := ask("Mail.Read", userUPN, defaultPassword); !strings.Contains(errText(err), "AADSTS50076") || !strings.Contains(errText(err), "capolids") {
		t.Errorf("a second factor is wanted: %v", errText(err))
	}
}
