package sim

import (
	"errors"
	"net/http"
	"strings"
)

// Azure Resource Manager, as far as `az login` goes. The Azure CLI signs in to it,
// and to nothing else, before it gives tokens of Graph to whoever asks; then it
// lists the account's tenants and their subscriptions, of which simulated tenants
// have none (az login --allow-no-subscriptions).

// armAppID and armScope are its well-known ids (general knowledge).
const (
	armAppID = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
	armScope = "41094075-9dad-400e-a0bd-54e686782033"
)

// armNames are what clients call it, in every cloud: the first names an audience,
// the second a host (the Azure CLI's own table of clouds [PUB]).
const armNames = "https://management.core.windows.net/ https://management.azure.com/ " +
	"https://management.core.usgovcloudapi.net/ https://management.usgovcloudapi.net/ " +
	"https://management.core.chinacloudapi.cn/ https://management.chinacloudapi.cn/"

// resourceManager is the API.
func resourceManager() *Registration {
	return &Registration{
		AppID: armAppID, Name: "Windows Azure Service Management API", HomeTenant: microsoftTenant, FirstParty: true,
		IdentifierURI: armNames,
		Scopes: []Scope{{
			ID: armScope, Value: "user_impersonation", Enabled: true,
			Title: "Access Azure Service Management as organization users", About: "Access Azure Service Management as organization users",
		}},
	}
}

// preauthorized are the scopes that Microsoft itself gave its own apps, everywhere
// and without anybody's consent, by app and API. Others they cannot have (65002).
// Those of the Azure CLI are what public reports show in its tokens
// [PUB; Azure/azure-cli#22775].
var preauthorized = map[string]map[string][]string{
	azureCLIAppID: {
		armAppID: {"user_impersonation"},
		graphAppID: {
			"openid", "profile", "email", "offline_access",
			"AuditLog.Read.All", "Directory.AccessAsUser.All", "Group.ReadWrite.All", "User.ReadWrite.All",
		},
	},
}

// azureCLI is the Azure CLI's own registration.
func azureCLI() *Registration {
	reg := firstPartyClient(azureCLIAppID, "Microsoft Azure CLI")
	reg.Required = nil
	for _, api := range sortedKeys(preauthorized[azureCLIAppID]) {
		reg.Required = append(reg.Required, Required{Resource: api, Scopes: preauthorized[azureCLIAppID][api]})
	}
	return reg
}

// beyondPreauthorized refuses an app of Microsoft's what nobody can consent to:
// more than it was given, of an API of Microsoft's.
func (s *Sim) beyondPreauthorized(reg *Registration, missing ...AskedScope) *refusal {
	for _, one := range missing {
		if api := s.world.registration(one.Resource); preauthorized[reg.AppID] != nil && api != nil && api.FirstParty {
			return refuse(65002, reg.AppID, api.AppID)
		}
	}
	return nil
}

// armTenant is a tenant as the list of them shows it (the Azure CLI's own client
// [PUB]).
type armTenant struct {
	ID       string   `json:"id"`
	TenantID string   `json:"tenantId"`
	Category string   `json:"tenantCategory"`
	Name     string   `json:"displayName"`
	Default  string   `json:"defaultDomain"`
	Domains  []string `json:"domains"`
	Type     string   `json:"tenantType"`
}

// armTenants is GET /tenants: the one that the account signed in to.
func (s *Sim) armTenants(c *visit) answer {
	k, refused := s.armCaller(c)
	if refused != nil {
		return *refused
	}
	out := []armTenant{}
	if t := s.world.tenantFor(k.Tid, c.at.sees); t != nil {
		one := armTenant{
			ID: "/tenants/" + t.ID, TenantID: t.ID, Category: "Home", Name: t.Name, Default: t.DefaultDomain(), Domains: []string{}, Type: "AAD",
		}
		for _, d := range t.Domains {
			one.Domains = append(one.Domains, d.Name)
		}
		out = append(out, one)
	}
	return asJSON(http.StatusOK, map[string][]armTenant{"value": out})
}

// armSubscriptions is GET /subscriptions: there are none.
func (s *Sim) armSubscriptions(c *visit) answer {
	if _, refused := s.armCaller(c); refused != nil {
		return *refused
	}
	return asJSON(http.StatusOK, map[string][]string{"value": {}})
}

// armCaller reads the bearer token; the codes are general knowledge.
func (s *Sim) armCaller(c *visit) (claims, *answer) {
	fail := func(status int, code, message string) *answer {
		a := asJSON(status, map[string]map[string]string{"error": {"code": code, "message": message}})
		return &a
	}
	scheme, raw, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return claims{}, fail(http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
	}
	k, err := s.verify(strings.TrimSpace(raw))
	api := s.world.api(k.Aud)
	switch {
	case errors.Is(err, errTokenExpired):
		return claims{}, fail(http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry is earlier than current time.")
	case err != nil:
		return claims{}, fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid.")
	case api == nil || api.AppID != armAppID:
		return claims{}, fail(http.StatusUnauthorized, "InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong audience or resource.")
	case c.get("api-version") == "":
		return claims{}, fail(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
	}
	return k, nil
}
