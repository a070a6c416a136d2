package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	ourPolicy  = "onboard-hetk-8dd90edb"
	forSelfLow = "ManagePermissionGrantsForSelf.microsoft-user-default-low"
)

// The writes that plans hold.
func createWrite() Write {
	return Write{http.MethodPost, "/servicePrincipals", `{"appId":"` + clientID + `"}`}
}

func enableWrite(id string) Write {
	return Write{http.MethodPatch, "/servicePrincipals/" + id, `{"accountEnabled":true}`}
}

func requireWrite(id string) Write {
	return Write{http.MethodPatch, "/servicePrincipals/" + id, `{"appRoleAssignmentRequired":true}`}
}

func deleteAppWrite(id string) Write {
	return Write{http.MethodDelete, "/servicePrincipals/" + id, ""}
}

func grantWrite(client, resource, scope string) Write {
	return Write{http.MethodPost, "/oauth2PermissionGrants", fmt.Sprintf(
		`{"clientId":%q,"consentType":"AllPrincipals","principalId":null,"resourceId":%q,"scope":%q}`, client, resource, scope)}
}

func grantOneWrite(client, user, resource, scope string) Write {
	return Write{http.MethodPost, "/oauth2PermissionGrants", fmt.Sprintf(
		`{"clientId":%q,"consentType":"Principal","principalId":%q,"resourceId":%q,"scope":%q}`, client, user, resource, scope)}
}

func scopeWrite(id, scope string) Write {
	return Write{http.MethodPatch, "/oauth2PermissionGrants/" + id, fmt.Sprintf(`{"scope":%q}`, scope)}
}

func deleteWrite(id string) Write {
	return Write{http.MethodDelete, "/oauth2PermissionGrants/" + id, ""}
}

func assignWrite(resource, principal, role string) Write {
	return Write{http.MethodPost, "/servicePrincipals/" + resource + "/appRoleAssignedTo", fmt.Sprintf(
		`{"principalId":%q,"resourceId":%q,"appRoleId":%q}`, principal, resource, role)}
}

func unassignWrite(resource, id string) Write {
	return Write{http.MethodDelete, "/servicePrincipals/" + resource + "/appRoleAssignedTo/" + id, ""}
}

func classifyWrite(resource, id, scope string) Write {
	return Write{http.MethodPost, "/servicePrincipals/" + resource + "/delegatedPermissionClassifications", fmt.Sprintf(
		`{"permissionId":%q,"permissionName":%q,"classification":"low"}`, id, scope)}
}

func unclassifyWrite(resource, id string) Write {
	return Write{http.MethodDelete, "/servicePrincipals/" + resource + "/delegatedPermissionClassifications/" + id, ""}
}

func consentWrite(assigned ...string) Write {
	return Write{
		http.MethodPatch, "/policies/authorizationPolicy",
		`{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[` + joined(assigned) + `]}}`,
	}
}

func workflowWrite(on bool, days int, queries ...string) Write {
	var reviewers []string
	for _, q := range queries {
		reviewers = append(reviewers, `{"query":`+joined([]string{q})+`,"queryType":"MicrosoftGraph","queryRoot":null}`)
	}
	return Write{http.MethodPut, "/policies/adminConsentRequestPolicy", fmt.Sprintf(
		`{"isEnabled":%t,"notifyReviewers":true,"remindersEnabled":true,"requestDurationInDays":%d,"reviewers":[%s]}`, on, days, strings.Join(reviewers, ","))}
}

func policyWrite(id, name string) Write {
	return Write{http.MethodPost, "/policies/permissionGrantPolicies", fmt.Sprintf(`{"id":%q,"displayName":%q,"description":"One app."}`, id, name)}
}

func ruleWrite(policy, client string, permissions ...string) Write {
	return Write{http.MethodPost, "/policies/permissionGrantPolicies/" + policy + "/includes", fmt.Sprintf(
		`{"permissionType":"delegated","resourceApplication":"00000003-0000-0000-c000-000000000000","permissions":[%s],"clientApplicationIds":[%q]}`,
		joined(permissions), client)}
}

func deletePolicyWrite(id string) Write {
	return Write{http.MethodDelete, "/policies/permissionGrantPolicies/" + id, ""}
}

func deleteRuleWrite(policy, id string) Write {
	return Write{http.MethodDelete, "/policies/permissionGrantPolicies/" + policy + "/includes/" + id, ""}
}

// joined writes texts as the elements of a JSON list.
func joined(texts []string) string {
	var out []string
	for _, s := range texts {
		b, err := json.Marshal(s)
		if err != nil {
			panic(err) // no string is refused
		}
		out = append(out, string(b))
	}
	return strings.Join(out, ",")
}

// namedWrites has one write of every form.
func namedWrites() map[string]Write {
	return map[string]Write{
		"create": createWrite(), "enable": enableWrite(clientSP), "require": requireWrite(clientSP), "restore": {http.MethodPost, "/directory/deletedItems/" + deletedSP + "/restore", ""},
		"delete app": deleteAppWrite(clientSP),
		"grant":      grantWrite(clientSP, resourceSP, "openid User.Read"), "grant one": grantOneWrite(clientSP, userID, resourceSP, "openid"),
		"scope": scopeWrite("g", "openid"), "delete": deleteWrite("g"),
		"assign": assignWrite(clientSP, userID, noRole), "app role": assignWrite(resourceSP, clientSP, calendars), "unassign": unassignWrite(clientSP, "a"),
		"classify": classifyWrite(resourceSP, calendars, "Calendars.ReadWrite"), "unclassify": unclassifyWrite(resourceSP, "c"),
		"consent": consentWrite(forSelfLow), "workflow": workflowWrite(true, 30, "/users/"+userID),
		"policy": policyWrite(ourPolicy, "onboard: Hetk"), "rule": ruleWrite(ourPolicy, clientID, calendars), "delete policy": deletePolicyWrite(ourPolicy),
		"delete rule": deleteRuleWrite(ourPolicy, calendars),
	}
}

func allWrites() []Write {
	all := namedWrites()
	var out []Write
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[name])
	}
	return out
}

// FuzzPath: a path that is let through is the address that is asked, and below
// one of four collections: there is nothing in it to be unescaped, resolved or
// cut off on the way.
func FuzzPath(f *testing.F) {
	for _, w := range allWrites() {
		f.Add(w.Method, w.Path)
	}
	for _, at := range []string{
		"/servicePrincipals/" + clientSP + "/..", "/policies/permissionGrantPolicies/onboard-%2e%2e", "/oauth2PermissionGrants/g?$x", "/oauth2PermissionGrants/..;", "//x", "",
	} {
		f.Add(http.MethodDelete, at)
	}
	f.Fuzz(func(t *testing.T, method, at string) {
		for _, like := range allWrites() {
			if _, ok := formOf(Write{method, at, like.Body}); !ok {
				continue
			}
			u, err := url.Parse("https://graph.example/v1.0" + at)
			if err != nil || u.EscapedPath() != "/v1.0"+at || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || path.Clean(at) != at {
				t.Fatalf("%s %q becomes %v: %v", method, at, u, err)
			}
			switch first, _, _ := strings.Cut(at[1:], "/"); first {
			case "servicePrincipals", "oauth2PermissionGrants", "directory":
			case "policies":
				if rest, ours := strings.CutPrefix(at, "/policies/permissionGrantPolicies/"); ours && !strings.HasPrefix(rest, "onboard-") {
					t.Fatalf("%s %q touches a policy that is not ours", method, at)
				}
			default:
				t.Fatalf("%s %q is let through", method, at)
			}
			if !slices.Contains([]string{"POST", "PATCH", "PUT", "DELETE"}, method) {
				t.Fatalf("%q is let through", method)
			}
		}
	})
}
