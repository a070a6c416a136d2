package graph

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

const (
	tenantID   = "8a2b1f60-0000-4000-8000-000000000001"
	clientID   = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	clientSP   = "5b8e7a10-0000-4000-8000-000000000010"
	deletedSP  = "5b8e7a10-0000-4000-8000-000000000011"
	deletedAt  = "/v1.0/directory/deletedItems/" + deletedSP
	resourceSP = "7c9d4e20-0000-4000-8000-000000000020"
	userID     = "1f0c2d30-0000-4000-8000-000000000030"
	otherID    = "aaaaaaaa-0000-4000-8000-00000000000a"
	groupID    = "aaaaaaaa-0000-4000-8000-00000000000b"
	calendars  = "1ec239c2-d7c9-4623-a91a-a9775856bb36"
	globalID   = "62e90394-69f5-4237-9190-012177145e10"
	memberWid  = "b79fbf4d-3ef9-4689-8143-76b194e85509"
	appPrefix  = "/v1.0/servicePrincipals(appId='" + clientID + "')"
	resPrefix  = "/v1.0/servicePrincipals(appId='" + checks.MicrosoftGraph + "')"
	policyList = "/v1.0/policies/permissionGrantPolicies"
	requestsAt = "/v1.0/identityGovernance/appConsent/appConsentRequests"
	evaluateAt = "/v1.0/" + evaluatePath
	signInsAt  = "/v1.0/auditLogs/signIns"
	auditAt    = "/v1.0/auditLogs/directoryAudits"
	reviewerAt = "/v1.0/users/" + userID
)

// allScopes is a token that may read everything.
const allScopes = "User.Read Application.Read.All Directory.Read.All Policy.Read.All Policy.Read.PermissionGrant ConsentRequest.Read.All RoleEligibilitySchedule.Read.Directory AuditLog.Read.All"

// blockPolicy blocks everywhere but in the office, and spares one person.
const blockPolicy = `{"id":"p1","displayName":"Office only","state":"enabled","policyApplies":false,"analysisReasons":"users, location","conditions":{"locations":{"includeLocations":["All"]},"users":{"includeUsers":["All"],"excludeUsers":["` + userID + `"]}},"grantControls":{"operator":"OR","builtInControls":["block"]}}`

// jwt makes an unsigned token: nobody here checks signatures.
func jwt(t testing.TB, claims map[string]any) string {
	t.Helper()
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(b) + ".c2ln"
}

func userToken(t testing.TB, scp string, wids ...string) string {
	t.Helper()
	return jwt(t, map[string]any{"tid": tenantID, "oid": userID, "scp": scp, "wids": append([]string{memberWid}, wids...)})
}

func fixed(token string) TokenSource {
	return TokenFunc(func(context.Context, []string) (string, error) { return token, nil })
}

// tenant is a whole tenant in the bodies of v1.0, by path.
func tenant() map[string]string {
	return map[string]string{
		"/v1.0/me": `{"@odata.context":"x","id":"` + userID + `","displayName":"Admin","userPrincipalName":"admin@contoso.example","userType":"Member"}`,
		"/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole":                                           `{"@odata.count":1,"value":[{"displayName":"Global Administrator","roleTemplateId":"` + globalID + `"}]}`,
		"/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')": `{"value":[{"roleDefinitionId":"158c047a-c907-4556-b7ef-446551a6b5f7","directoryScopeId":"/"}]}`,
		"/v1.0/users/user@contoso.example":                                                                    `{"id":"` + otherID + `","displayName":"User","userPrincipalName":"user@contoso.example","userType":"Member","accountEnabled":true}`,
		"/v1.0/users/user@contoso.example/memberOf/microsoft.graph.group":                                     `{"@odata.count":1,"value":[{"id":"` + groupID + `"}]}`,
		"/v1.0/users/user@contoso.example/transitiveMemberOf/microsoft.graph.directoryRole":                   `{"@odata.count":0,"value":[]}`,
		"/v1.0/organization":                                       `{"value":[{"id":"` + tenantID + `","displayName":"Contoso","verifiedDomains":[{"name":"contoso.onmicrosoft.com","isDefault":false,"isInitial":true},{"name":"contoso.example","isDefault":true}],"assignedPlans":[{"capabilityStatus":"Enabled","service":"AADPremiumService","servicePlanId":"41781fb2-bc02-4b7c-bd55-b576c07bb09d"},{"capabilityStatus":"Deleted","servicePlanId":"eec0eb4f-6444-4f95-aba0-50c24d67f998"}]}]}`,
		appPrefix:                                                  `{"id":"` + clientSP + `","appId":"` + clientID + `","displayName":"Hetk Calendar Sync","accountEnabled":true,"isDisabled":null,"appRoleAssignmentRequired":false,"disabledByMicrosoftStatus":null,"appOwnerOrganizationId":"9c1e0000-0000-4000-8000-000000000099","signInAudience":"AzureADMultipleOrgs","verifiedPublisher":{"displayName":"Hetk","verifiedPublisherId":"1234567","addedDateTime":"2024-01-02T00:00:00Z"}}`,
		appPrefix + "/oauth2PermissionGrants":                      `{"value":[{"id":"grant-1","clientId":"` + clientSP + `","consentType":"AllPrincipals","principalId":null,"resourceId":"` + resourceSP + `","scope":" openid User.Read  Calendars.ReadWrite"},{"id":"grant-2","clientId":"` + clientSP + `","consentType":"Principal","principalId":"` + userID + `","resourceId":"` + resourceSP + `","scope":"User.Read"}]}`,
		appPrefix + "/appRoleAssignedTo":                           `{"value":[{"id":"a1","appRoleId":"00000000-0000-0000-0000-000000000000","principalId":"` + userID + `","principalType":"User","resourceId":"` + clientSP + `"}]}`,
		appPrefix + "/appRoleAssignments":                          `{"value":[]}`,
		resPrefix:                                                  `{"id":"` + resourceSP + `","appId":"` + checks.MicrosoftGraph + `","displayName":"Microsoft Graph","accountEnabled":true,"oauth2PermissionScopes":[{"id":"` + calendars + `","value":"Calendars.ReadWrite","type":"User","isEnabled":true,"adminConsentDisplayName":"x"}]}`,
		resPrefix + "/delegatedPermissionClassifications":          `{"value":[{"id":"c1","permissionId":"` + strings.ToUpper(calendars) + `","permissionName":"Calendars.ReadWrite","classification":"low"}]}`,
		"/v1.0/policies/authorizationPolicy":                       `{"id":"authorizationPolicy","allowUserConsentForRiskyApps":null,"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"]}}`,
		policyList:                                                 `{"value":[{"id":"microsoft-user-default-recommended","includes":[{"id":"i","permissionType":"delegatedUserConsentable","permissionClassification":"all","resourceApplication":"any","permissions":["all"]}],"excludes":[{"id":"e","permissionType":"delegated","resourceApplication":"` + checks.MicrosoftGraph + `","permissions":["` + calendars + `"]}]}]}`,
		"/v1.0/policies/adminConsentRequestPolicy":                 `{"isEnabled":true,"notifyReviewers":true,"remindersEnabled":false,"requestDurationInDays":30,"reviewers":[{"query":"/users/` + userID + `","queryType":"MicrosoftGraph"}],"version":1}`,
		"/v1.0/policies/identitySecurityDefaultsEnforcementPolicy": `{"isEnabled":true}`,
		appsAt:     `{"value":[{"appId":"` + clientID + `","displayName":"Hetk Calendar Sync","appOwnerOrganizationId":"9c1e0000-0000-4000-8000-000000000099","createdDateTime":"2026-01-02T03:04:05Z","verifiedPublisher":{"displayName":"Hetk","verifiedPublisherId":"1234567"}}]}`,
		requestsAt: `{"value":[{"id":"req-1","appId":"` + strings.ToUpper(clientID) + `","appDisplayName":"Hetk","pendingScopes":[{"displayName":"Calendars.ReadWrite"}],"userConsentRequests":[]},{"id":"req-2","appId":"11111111-1111-4111-8111-111111111111"}]}`,
		evaluateAt: `{"value":[` + blockPolicy + `,{"id":"p2","displayName":"Second factor","state":"enabled","policyApplies":true,"analysisReasons":"notSet","conditions":{"users":{"includeUsers":["All"]}},"grantControls":{"operator":"AND","builtInControls":["mfa","compliantDevice"],"termsOfUse":["t"]},"sessionControls":{"cloudAppSecurity":{"isEnabled":true}}},{"id":"p3","displayName":"Trial","state":"enabledForReportingButNotEnforced","policyApplies":true,"analysisReasons":"notSet"}]}`,
		signInsAt:  `{"value":[{"id":"s1","createdDateTime":"2026-11-01T10:00:00.1234567Z","userId":"` + otherID + `","userPrincipalName":"user@contoso.example","status":{"errorCode":53003,"failureReason":"Blocked."},"appliedConditionalAccessPolicies":[{"displayName":"Office only","result":"failure"},{"displayName":"Other","result":"notApplied"}]},{"createdDateTime":"2026-11-01T09:00:00Z","userId":"` + otherID + `","status":{"errorCode":0,"failureReason":null}}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=x"}`,
		auditAt:    `{"value":[{"activityDateTime":"2026-11-01T08:00:00Z","result":"success","resultReason":"","initiatedBy":{"user":{"userPrincipalName":"admin@contoso.example"}},"targetResources":[{"id":"` + clientSP + `","displayName":"Hetk","modifiedProperties":[{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"True\""}]}],"additionalDetails":[{"key":"AppId","value":"` + clientID + `"}]}]}`,
		deletedAt:  `{"@odata.type":"#microsoft.graph.servicePrincipal","id":"` + deletedSP + `","deletedDateTime":"2026-11-02T09:00:00Z","appId":"` + clientID + `","displayName":"Hetk Calendar Sync"}`,
		reviewerAt: `{"id":"` + userID + `","accountEnabled":true}`,
		reviewerAt + "/transitiveMemberOf/microsoft.graph.directoryRole": `{"value":[{"displayName":"Global Administrator","roleTemplateId":"` + globalID + `"}]}`,
		requestsAt + "/req-1/userConsentRequests":                        `{"value":[{"id":"u1","status":"Completed","createdDateTime":"2026-10-02T00:00:00Z"},{"id":"u2","status":"InProgress","createdDateTime":"2026-10-01T00:00:00Z"}]}`,
	}
}

// stub is a Graph of canned answers over HTTPS and HTTP/2.
type stub struct {
	*httptest.Server
	mu    sync.Mutex
	lines []string // request targets as they came over the line
	hits  []string // "GET /v1.0/me?$select=…", as they came
	conns int
}

func (s *stub) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hits)
}

func (s *stub) raw() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

// asked lists the paths that were asked, each once, sorted.
func (s *stub) asked() []string {
	var out []string
	for _, h := range s.requests() {
		_, path, _ := strings.Cut(h, " ")
		path, _, _ = strings.Cut(path, "?")
		out = append(out, path)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// serve starts a stub; more overrides the tenant's answers by path.
func serve(t testing.TB, more map[string]http.HandlerFunc) *stub {
	t.Helper()
	s, bodies := &stub{}, tenant()
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.lines = append(s.lines, r.RequestURI)
		s.hits = append(s.hits, r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery)
		s.mu.Unlock()
		w.Header().Set("request-id", "11111111-2222-4333-8444-555555555555")
		if h := more[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		body, ok := bodies[r.URL.Path]
		if !ok {
			graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource does not exist.")(w, r)
			return
		}
		answerJSON(body)(w, r)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // tests break connections on purpose
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.mu.Lock()
			s.conns++
			s.mu.Unlock()
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *stub) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(s.Certificate())
	return p
}

// options reach the stub with a token that may read everything, and a clock
// that waits for nothing.
func (s *stub) options(t testing.TB) Options {
	t.Helper()
	return Options{
		Root: s.URL, RootCAs: s.pool(), Tokens: fixed(userToken(t, allScopes, globalID)),
		Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Jitter: func() float64 { return 0.5 },
		Proxy:  noProxy,
	}
}

func (s *stub) reader(t testing.TB, set ...func(*Options)) *Reader {
	t.Helper()
	o := s.options(t)
	for _, f := range set {
		f(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func answerJSON(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func graphError(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":{"code":%q,"message":%q,"innerError":{"date":"2026-11-01T00:00:00","request-id":"r","client-request-id":"c"}}}`, code, message)
	}
}

// hetk is the app that the tests ask about.
func hetk() checks.Query {
	return checks.Query{Person: "user@contoso.example", Who: "user@contoso.example", Deleted: deletedSP, App: checks.App{ID: "hetk", Name: "Hetk Calendar Sync", ClientID: clientID, Needs: []checks.Permission{
		{Resource: checks.MicrosoftGraph, Scope: "Calendars.ReadWrite"}, {Resource: checks.MicrosoftGraph, Scope: "User.Read"},
	}}}
}

// read reads parts into a snapshot, and checks what Reader promises of land.
func read(t testing.TB, r *Reader, q checks.Query, parts ...checks.Part) *checks.Snapshot {
	t.Helper()
	s, landed := &checks.Snapshot{}, []checks.Part{}
	r.Read(t.Context(), q, parts, func(p checks.Piece) {
		landed = append(landed, p.Part) // the race detector sees two calls at once
		p.Into(s)
	})
	slices.Sort(landed)
	want := slices.Clone(parts)
	slices.Sort(want)
	if !slices.Equal(landed, want) {
		t.Fatalf("landed %v, want %v", landed, want)
	}
	return s
}

// TestMain ends with a look for goroutines of ours that outlived the tests:
// each test closes its servers and clients, so none may be left.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if left := leftovers(5 * time.Second); left != "" {
			fmt.Fprintln(os.Stderr, "goroutines left:\n"+left)
			code = 1
		}
	}
	os.Exit(code)
}

func leftovers(patience time.Duration) string {
	end := time.Now().Add(patience)
	for {
		buf := make([]byte, 4<<20)
		var left []string
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "checks/graph.") && !strings.Contains(g, "graph.leftovers") || strings.Contains(g, "http2ClientConn") || strings.Contains(g, "persistConn") {
				left = append(left, g)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return strings.Join(left, "\n\n")
		}
		runtime.Gosched()
	}
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
