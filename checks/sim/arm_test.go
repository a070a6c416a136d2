package sim

import (
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// armAudience is how the Azure CLI names the API; the scope has two slashes.
const armAudience = "https://management.core.windows.net/"

// azureLogin signs in as `az login` does, and gives its tokens from then on.
func azureLogin(t *testing.T, s *Sim, upn string) func(scope string) (string, error) {
	t.Helper()
	p, err := public.New(azureCLIAppID, public.WithAuthority(s.LoginURL()+"/organizations"), public.WithHTTPClient(trusting(t, s)), public.WithInstanceDiscovery(false))
	if err != nil {
		t.Fatal(err)
	}
	res, err := p.AcquireTokenInteractive(t.Context(), []string{armAudience + "/.default"}, public.WithOpenURL(play(t, s, upn)))
	if err != nil {
		t.Fatal(errText(err))
	}
	return func(scope string) (string, error) {
		next, err := p.AcquireTokenSilent(t.Context(), []string{scope}, public.WithSilentAccount(res.Account))
		return next.AccessToken, err
	}
}

// TestAzureCLI: an ordinary user signs in to Azure with no consent, even where
// users may consent to nothing, and goes on to Graph with what Microsoft gave the
// app; more it cannot have.
func TestAzureCLI(t *testing.T) {
	t.Parallel()
	s := startSim(t, "admins-only")
	token := azureLogin(t, s, userUPN)
	arm, err := token(armAudience + "/.default")
	if err != nil {
		t.Fatal(errText(err))
	}
	if k, err := s.verify(arm); err != nil || k.Aud != armAudience || k.Scp != "user_impersonation" || k.AppID != azureCLIAppID {
		t.Errorf("claims %+v %v", k, err)
	}
	graph, err := token("https://graph.microsoft.com/.default")
	if err != nil {
		t.Fatal(errText(err))
	}
	k, err := s.verify(graph)
	if err != nil || !slices.Equal(k.scopes(), []string{
		"openid", "profile", "email", "AuditLog.Read.All", "Directory.AccessAsUser.All", "Group.ReadWrite.All", "User.ReadWrite.All",
	}) {
		t.Errorf("claims %+v %v", k, err)
	}
	for _, scope := range []string{"https://graph.microsoft.com/Mail.Read", "https://outlook.office365.com/.default"} {
		if _, err := token(scope); !strings.Contains(errText(err), "AADSTS65002") {
			t.Errorf("%s: %v", scope, errText(err))
		}
	}
	ask := []string{"client_id", azureCLIAppID, "redirect_uri", "http://localhost:1/", "scope", "https://graph.microsoft.com/Mail.Read"}
	newRobot(t, s).open(authorizeURL("contoso.example", ask...)).signIn(adminUPN).sees("AADSTS65002", "preauthorization")
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	if g := s.world.tenants[0].Grants; len(g) != 0 {
		t.Errorf("granted: %+v", g[0])
	}
}

// TestDirectoryAsUser: the Azure CLI's scope reads the directory as its user may,
// and nothing beside it.
func TestDirectoryAsUser(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	for path, want := range map[string]int{
		"/v1.0/me": 200, "/v1.0/organization": 200, "/v1.0/servicePrincipals": 200, "/v1.0/oauth2PermissionGrants": 200, "/v1.0/users": 200,
		"/v1.0/policies/authorizationPolicy": 403, "/v1.0/policies/adminConsentRequestPolicy": 403,
	} {
		if p := r.do("GET", path, r.token(user, "Directory.AccessAsUser.All"), ""); p.status != want {
			t.Errorf("%s: %d %.200s, want %d", path, p.status, p.raw, want)
		}
	}
	cl, err := r.verify(r.token(admin))
	if err != nil {
		t.Fatal(err)
	}
	// No user, no such scope.
	cl.IDType, cl.Scp, cl.Oid, cl.Roles = "app", "", r.spID(hetkAppID), []string{"Directory.AccessAsUser.All"}
	if p := r.do("GET", "/v1.0/users", r.mint(cl), ""); p.status != http.StatusForbidden {
		t.Errorf("an app: %d %s", p.status, p.raw)
	}
}

// TestResourceManager: what az asks after it has signed in.
func TestResourceManager(t *testing.T) {
	t.Parallel()
	s := startSim(t, "approved")
	token, err := azureLogin(t, s, userUPN)(armAudience + "/.default")
	if err != nil {
		t.Fatal(errText(err))
	}
	graph, err := s.Token(userUPN)
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.verify(token)
	if err != nil {
		t.Fatal(err)
	}
	k.Exp = time.Now().Add(-time.Minute).Unix()
	const version = "?api-version=2019-11-01"
	ask := func(path, token string) (*robot, map[string]any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.LoginURL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		r := newRobot(t, s).send(req)
		return r, r.json()
	}
	if r, m := ask("/tenants"+version, token); r.status != 200 || !strings.Contains(r.body, `"tenantId":"`+k.Tid+`"`) || !strings.Contains(r.body, `"defaultDomain":"contoso.example"`) {
		t.Errorf("tenants: %v", m)
	}
	if r, _ := ask("/subscriptions"+version, token); r.status != 200 || r.body != `{"value":[]}` {
		t.Errorf("subscriptions: %d %s", r.status, r.body)
	}
	for _, path := range []string{"/tenants", "/subscriptions"} {
		for _, tt := range []struct {
			name, query, token, code string
			status                   int
		}{
			{"no token", version, "", "AuthenticationFailed", 401},
			{"no JWT", version, "x", "InvalidAuthenticationToken", 401},
			{"Graph's token", version, graph, "InvalidAuthenticationTokenAudience", 401},
			{"expired", version, s.mint(k), "ExpiredAuthenticationToken", 401},
			{"no version", "", token, "MissingApiVersionParameter", 400},
		} {
			r, m := ask(path+tt.query, tt.token)
			if e, _ := m["error"].(map[string]any); r.status != tt.status || str(e, "code") != tt.code || str(e, "message") == "" {
				t.Errorf("%s, %s: %d %v", path, tt.name, r.status, m)
			}
		}
	}
}

// TestResourceManagerNames: every name of the API is the API, in a scope and on
// the certificate.
func TestResourceManagerNames(t *testing.T) {
	t.Parallel()
	s := startSim(t, "managed-default", withOwnClient)
	for name := range strings.FieldsSeq(armNames) {
		m := appToken(t, s, ownClient, "own-secret", name+"/.default")
		if k, err := s.verify(str(m, "access_token")); err != nil || k.Aud != name {
			t.Errorf("%s: %v %+v", name, m, k)
		}
	}
	leaf, err := x509.ParseCertificate(s.ca.leaf.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for host, cloud := range map[string]Cloud{
		"management.azure.com": CloudPublic, "management.usgovcloudapi.net": CloudGCCHigh, "management.chinacloudapi.cn": CloudChina,
	} {
		if err := leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
		if !slices.Contains(cloudsOf(host), cloud) {
			t.Errorf("%s is in %v", host, cloudsOf(host))
		}
	}
}
