package sim

import (
	"net/http"
	"net/url"
	"strings"
)

// What anybody may ask without signing in (entra-facts §10).

// consumersID is the tenant id of personal accounts [K].
const consumersID = "9188040d-6c67-4c5b-b112-36a304b66dad"

// tenantAt finds the tenant that a path's first segment names, among those the
// address can see. For common, organizations and consumers the tenant is nil
// without a refusal: it follows from who signs in.
func (s *Sim) tenantAt(p place, key string) (*Tenant, *refusal) {
	if manyTenants(key) || strings.EqualFold(key, consumersID) {
		return nil, nil
	}
	for _, t := range s.world.tenantsFor(key) {
		if p.sees(t.Cloud) {
			return t, nil
		}
	}
	if !isGUID(key) && !looksLikeDomain(key) {
		return nil, refuse(900023, clip(key))
	}
	return nil, refuse(90002, clip(strings.ToLower(key)))
}

func looksLikeDomain(s string) bool {
	return len(s) <= 253 && strings.Contains(s, ".") && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(`"'<>\/@:`, r)
	})
}

// clip keeps what is repeated in a message short.
func clip(s string) string { return clipTo(s, 200) }

func clipTo(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// openIDConfig is the discovery document, both shapes.
type openIDConfig struct {
	Token         string   `json:"token_endpoint"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
	Keys          string   `json:"jwks_uri"`
	Modes         []string `json:"response_modes_supported"`
	Subjects      []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	Scopes        []string `json:"scopes_supported"`
	Issuer        string   `json:"issuer"`
	RequestURI    bool     `json:"request_uri_parameter_supported"`
	Authorization string   `json:"authorization_endpoint"`
	Device        string   `json:"device_authorization_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	LogoutHTTP    bool     `json:"http_logout_supported"`
	Claims        []string `json:"claims_supported"`
	Region        *string  `json:"tenant_region_scope"`
	SubScope      string   `json:"tenant_region_sub_scope,omitempty"`
	Instance      string   `json:"cloud_instance_name"`
	GraphHost     string   `json:"cloud_graph_host_name"`
	MSGraphHost   string   `json:"msgraph_host"`
}

func (s *Sim) openIDv2(c *visit) answer { return s.openID(c, "/v2.0") }
func (s *Sim) openIDv1(c *visit) answer { return s.openID(c, "") }

// openID is the discovery document of a tenant. Every URL in it is spelled with
// the address the request came to.
func (s *Sim) openID(c *visit, version string) answer {
	key := c.vars[0]
	t, refused := s.tenantAt(c.at, key)
	if refused != nil {
		return refused.asJSON(c)
	}
	facts, region := cloudTable[c.at.cloud()], (*string)(nil)
	segment, issuer := strings.ToLower(key), "{tenantid}"
	switch {
	case t != nil:
		facts = cloudTable[t.Cloud]
		segment, issuer, region = t.ID, t.ID, &facts.region
	case strings.EqualFold(key, "consumers"), strings.EqualFold(key, consumersID):
		issuer = consumersID
	}
	root := c.at.base() + "/" + segment
	// The second version's issuer is an address; the first one's is a name, and the
	// same under every address, as in the tokens.
	iss := c.at.base() + "/" + issuer + version
	if version == "" {
		iss = facts.issuer + issuer + "/"
	}
	return asJSON(http.StatusOK, openIDConfig{
		Token:         root + "/oauth2" + version + "/token",
		TokenAuth:     []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		Keys:          root + "/discovery" + version + "/keys",
		Modes:         []string{modeQuery, modeFragment, modeForm},
		Subjects:      []string{"pairwise"},
		Algorithms:    []string{"RS256"},
		ResponseTypes: []string{"code", "id_token", "code id_token"},
		Scopes:        []string{"openid", "profile", "email", "offline_access"},
		Issuer:        iss,
		Authorization: root + "/oauth2" + version + "/authorize",
		Device:        root + "/oauth2" + version + "/devicecode",
		EndSession:    root + "/oauth2" + version + "/logout",
		UserInfo:      c.at.base() + "/oidc/userinfo",
		LogoutHTTP:    true,
		Claims: []string{
			"sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "oid",
		},
		Region: region, SubScope: facts.subScope, Instance: facts.instance,
		GraphHost: facts.graphHost, MSGraphHost: facts.msHost,
	}).with("Access-Control-Allow-Origin", "*")
}

// cloud is the one that an address speaks for when no tenant is named.
func (p place) cloud() Cloud {
	if len(p.clouds) > 0 {
		return p.clouds[0]
	}
	return CloudPublic
}

// keys is the public half of the signing key.
func (s *Sim) keys(c *visit) answer {
	if _, refused := s.tenantAt(c.at, c.vars[0]); refused != nil {
		return refused.asJSON(c)
	}
	return asJSON(http.StatusOK, s.login.sign.public(c.at.base()+"/{tenantid}/v2.0", cloudTable[c.at.cloud()].instance)).
		with("Access-Control-Allow-Origin", "*")
}

// instance is one group of names of a cloud's sign-in service.
type instance struct {
	Network string   `json:"preferred_network"`
	Cache   string   `json:"preferred_cache"`
	Aliases []string `json:"aliases"`
}

// instanceDiscovery tells a client that an authority's host is genuine. The
// address of the request is: a client that got here trusts our certificate.
func (s *Sim) instanceDiscovery(c *visit) answer {
	asked := c.get("authorization_endpoint")
	if asked == "" {
		return refuse(900144, "authorization_endpoint").asJSON(c)
	}
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "https" || !strings.EqualFold(u.Host, c.at.host) && cloudsOf(u.Host) == nil && !isLoopback(u.Hostname()) {
		return refuse(50049).asJSON(c)
	}
	// The path is /{tenant}/oauth2/…, behind a cloud's prefix or not.
	path := strings.TrimPrefix(u.EscapedPath(), c.at.prefix)
	key, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	metadata := []instance{
		{"login.microsoftonline.com", "login.windows.net", []string{
			"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
		}},
		{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{
			"login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
		}},
		{"login.microsoftonline.us", "login.microsoftonline.us", []string{
			"login.microsoftonline.us", "login.usgovcloudapi.net",
		}},
	}
	if cloudsOf(c.at.host) == nil {
		metadata = append(metadata, instance{c.at.host, c.at.host, []string{c.at.host}})
	}
	return asJSON(http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": c.at.base() + "/" + url.PathEscape(clip(key)) + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata":                  metadata,
	}).with("Access-Control-Allow-Origin", "*")
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// realmOf is the tenant behind an account name, among those the address sees.
func (s *Sim) realmOf(p place, login string) (domain string, t *Tenant) {
	i := strings.LastIndexByte(login, '@')
	domain = strings.ToLower(login[i+1:])
	for _, t := range s.world.tenantsFor(domain) {
		if p.sees(t.Cloud) {
			return domain, t
		}
	}
	return domain, nil
}

// userRealmSrf is getuserrealm.srf (entra-facts §10 [K]).
func (s *Sim) userRealmSrf(c *visit) answer {
	login := c.get("login")
	if login == "" {
		return refuse(900144, "login").asJSON(c)
	}
	return asJSON(http.StatusOK, s.realm(c, login))
}

// userRealm is /common/userrealm/{upn}: version 1.0, which the clients ask for,
// in its own members; any later one as getuserrealm.srf.
func (s *Sim) userRealm(c *visit) answer {
	login := clip(c.vars[0])
	if c.get("api-version") != "1.0" {
		return asJSON(http.StatusOK, s.realm(c, login))
	}
	domain, t := s.realmOf(c.at, login)
	out := map[string]string{"ver": "1.0", "account_type": "Unknown", "domain_name": domain}
	if t != nil {
		out["account_type"] = t.realm()
		out["cloud_instance_name"] = cloudTable[t.Cloud].instance
		out["cloud_audience_urn"] = "urn:federation:MicrosoftOnline"
		if t.realm() == "Federated" {
			out["federation_protocol"] = "WSTrust"
			out["federation_metadata_url"] = "https://sts." + domain + "/adfs/services/trust/mex"
			out["federation_active_auth_url"] = "https://sts." + domain + "/adfs/services/trust/2005/usernamemixed"
		}
	}
	return asJSON(http.StatusOK, out)
}

func (s *Sim) realm(c *visit, login string) map[string]any {
	domain, t := s.realmOf(c.at, login)
	out := map[string]any{"State": 4, "UserState": 1, "Login": clip(login), "NameSpaceType": "Unknown"}
	if t == nil {
		return out
	}
	out["DomainName"] = domain
	out["NameSpaceType"] = t.realm()
	out["FederationBrandName"] = t.Name
	out["CloudInstanceName"] = cloudTable[t.Cloud].instance
	out["CloudInstanceIssuerUri"] = "urn:federation:MicrosoftOnline"
	if t.realm() == "Federated" {
		out["State"] = 3
		out["UserState"] = 2
		out["AuthURL"] = "https://sts." + domain + "/adfs/ls/?username=" + url.QueryEscape(login) + "&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline"
	}
	return out
}

// realm is Managed unless the scenario says otherwise.
func (t *Tenant) realm() string {
	if t.Realm == "" {
		return "Managed"
	}
	return t.Realm
}
