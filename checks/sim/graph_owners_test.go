package sim

import (
	"net/http"
	"strings"
	"testing"
)

// The way of terraform's provider: it finds that the app is not there, makes it
// with itself as owner and a description of its own, waits for it by changing
// that, and ceases to be an owner.
func TestOwnersComeAndGo(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	token, tenant := r.token(admin), r.world.tenants[0]
	me, other, api := tenant.userByUPN(admin).ID, tenant.userByUPN(user).ID, tenant.serviceByAppID(graphAppID).ID
	app := vendorKeys["nylas"]
	const full = "application/json; charset=utf-8; IEEE754Compatible=false; odata.metadata=full"
	if p := r.do("GET", "/v1.0/servicePrincipals?$filter=appId%20eq%20'"+app+"'", token, "", "Accept", full); p.status != http.StatusOK || len(p.values()) != 0 {
		t.Fatalf("before: %d %s", p.status, p.raw)
	}
	ref := func(kind, id string) string { return "https://graph.microsoft.com/v1.0/" + kind + "/" + id }
	bind := func(refs ...string) string {
		return `{"appId":"` + app + `","accountEnabled":true,"alternativeNames":[],"appRoleAssignmentRequired":false,"description":"TERRAFORM_UPDATE_x",
			"loginUrl":null,"notes":null,"notificationEmailAddresses":[],"preferredSingleSignOnMode":null,"samlSingleSignOnSettings":{"relayState":""},"tags":[],"owners@odata.bind":["` + strings.Join(refs, `","`) + `"]}`
	}
	for _, bad := range []string{"x", "http://graph.microsoft.com/v1.0/directoryObjects/" + me, ref("groups", me), ref("directoryObjects", ""), "https://graph.microsoft.com/v1.0"} {
		refusedAs(t, bad, r.do("POST", "/v1.0/servicePrincipals", token, bind(bad)), 400, "Request_BadRequest")
	}
	refusedAs(t, "nobody", r.do("POST", "/v1.0/servicePrincipals", token, bind(ref("directoryObjects", hetkAppID))), 404, "Request_ResourceNotFound")
	refusedAs(t, "no list", r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+app+`","owners@odata.bind":"x"}`), 400, "Request_BadRequest")
	p := r.do("POST", "/v1.0/servicePrincipals", token, bind(ref(tenant.ID+"/directoryObjects", me), ref("users", other), ref("directoryObjects", api), ref("users('"+me+"')", "")[:len(ref("users('"+me+"')", ""))-1]))
	if p.status != http.StatusCreated {
		t.Fatalf("made: %d %s", p.status, p.raw)
	}
	for version, want := range map[string]int{"v1.0": http.StatusBadRequest, "beta": http.StatusOK} {
		if got := r.do("GET", "/"+version+"/servicePrincipals/"+p.text("id")+"?$select=samlMetadataUrl", token, ""); got.status != want {
			t.Errorf("%s: %d %s", version, got.status, got.raw)
		}
	}
	owners := "/v1.0/servicePrincipals/" + p.text("id") + "/owners"
	if p := r.do("PATCH", strings.TrimSuffix(owners, "/owners"), token, `{"description":null}`); p.status != http.StatusNoContent {
		t.Errorf("changed: %d %s", p.status, p.raw)
	}
	if list := r.do("GET", owners, token, "").values(); len(list) != 3 || list[2]["@odata.type"] != "#microsoft.graph.servicePrincipal" {
		t.Errorf("owners: %v", list)
	}
	if list := r.do("GET", owners+"/$ref", token, "").values(); len(list) != 3 || list[0]["@odata.id"] != ref("directoryObjects", me) {
		t.Errorf("references: %v", list)
	}
	for _, way := range []string{"/v1.0/me/ownedObjects", "/v1.0/users/" + me + "/ownedObjects", "/v1.0/me/ownedObjects/microsoft.graph.servicePrincipal"} {
		if list := r.do("GET", way, token, "").values(); len(list) != 1 || list[0]["appId"] != app {
			t.Errorf("%s: %v", way, list)
		}
	}
	if p := r.do("GET", owners+"/"+me+"/$ref", token, ""); p.text("@odata.id") != ref("directoryObjects", me) {
		t.Errorf("one reference: %d %s", p.status, p.raw)
	}
	if p := r.do("DELETE", owners+"/"+me+"/$ref", token, ""); p.status != http.StatusNoContent {
		t.Errorf("removed: %d %s", p.status, p.raw)
	}
	refusedAs(t, "removed twice", r.do("DELETE", owners+"/"+me+"/$ref", token, ""), 404, "Request_ResourceNotFound")
	refusedAs(t, "gone", r.do("GET", owners+"/"+me+"/$ref", token, ""), 404, "Request_ResourceNotFound")
	add := `{"@odata.id":"` + ref("directoryObjects", me) + `"}`
	if p := r.do("POST", owners+"/$ref", token, add); p.status != http.StatusNoContent {
		t.Errorf("added: %d %s", p.status, p.raw)
	}
	refusedAs(t, "added twice", r.do("POST", owners+"/$ref", token, add), 400, "Request_BadRequest")
	refusedAs(t, "nothing", r.do("POST", owners+"/$ref", token, `{}`), 400, "Request_BadRequest")
	refusedAs(t, "by a member", r.do("POST", owners+"/$ref", r.token(user), add), 403, "Authorization_RequestDenied")
	last := tenant.Audits[len(tenant.Audits)-1]
	if last.Activity != "Add owner to service principal" || last.Targets[1].UPN != admin {
		t.Errorf("audit: %+v", last)
	}
}

// Users and groups can be assigned from their own side, too.
func TestAssignedFromTheirSide(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, tenant := r.token(admin), r.world.tenants[0]
	group, someone, app := tenant.Groups[0], tenant.userByUPN(admin), tenant.serviceByAppID(hetkAppID)
	app.Assigned = nil
	for _, c := range []struct{ at, id, kind string }{
		{"/v1.0/users/" + someone.UPN, someone.ID, "User"}, {"/v1.0/groups/" + group.ID, group.ID, "Group"},
	} {
		list := c.at + "/appRoleAssignments"
		body := `{"principalId":"` + c.id + `","resourceId":"` + app.ID + `","appRoleId":"` + noRole + `"}`
		p := r.do("POST", list, token, body)
		if p.status != http.StatusCreated || p.text("principalType") != c.kind || !strings.Contains(p.header.Get("Location"), "/appRoleAssignments/") {
			t.Fatalf("%s: %d %s", c.kind, p.status, p.raw)
		}
		if got := r.do("GET", list, token, "").values(); len(got) != 1 || got[0]["id"] != p.text("id") {
			t.Errorf("%s: %v", c.kind, got)
		}
		one := list + "/" + p.text("id")
		if got := r.do("GET", one, token, ""); got.text("resourceId") != app.ID {
			t.Errorf("%s: %d %s", one, got.status, got.raw)
		}
		refusedAs(t, "of another", r.do("POST", list, token, strings.Replace(body, c.id, hetkAppID, 1)), 400, "Request_BadRequest")
		refusedAs(t, "by a member", r.do("POST", list, r.token(user), body), 403, "Authorization_RequestDenied")
		if got := r.do("DELETE", one, token, ""); got.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", one, got.status, got.raw)
		}
		refusedAs(t, "deleted twice", r.do("DELETE", one, token, ""), 404, "Request_ResourceNotFound")
		if last := tenant.Audits[len(tenant.Audits)-1]; last.Activity != "Remove app role assignment from "+strings.ToLower(c.kind) {
			t.Errorf("audit: %+v", last)
		}
	}
	refusedAs(t, "nobody's", r.do("GET", "/v1.0/groups/"+hetkAppID+"/appRoleAssignments", token, ""), 404, "Request_ResourceNotFound")
}

// What an object is in is told of every kind of object, groups alone or roles too.
func TestMemberships(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, tenant := r.token(admin), r.world.tenants[0]
	group, boss := tenant.Groups[0], tenant.userByUPN(admin)
	group.Members = append(group.Members, boss.ID)
	role := stableID("role", tenant.ID, roleGlobalAdmin)
	ask := func(at, body string) string {
		t.Helper()
		p := r.do("POST", "/v1.0/"+at, token, body)
		list, _ := p.body["value"].([]any)
		if p.status != http.StatusOK || list == nil {
			t.Errorf("%s: %d %s", at, p.status, p.raw)
		}
		out := []string{}
		for _, v := range list {
			s, _ := v.(string)
			out = append(out, s)
		}
		return strings.Join(out, " ")
	}
	only, all := `{"securityEnabledOnly":true}`, `{"securityEnabledOnly":false}`
	for _, who := range []string{"me", "users/" + boss.ID, "users/" + boss.UPN, "directoryObjects/" + boss.ID} {
		for at, want := range map[[2]string]string{
			{"getMemberGroups", only}: group.ID, {"getMemberObjects", only}: group.ID, {"getMemberObjects", all}: group.ID + " " + role,
			{"checkMemberGroups", `{"groupIds":["` + group.ID + `","` + role + `"]}`}: group.ID,
			{"checkMemberObjects", `{"ids":["` + role + `","` + hetkAppID + `"]}`}:    role,
		} {
			if got := ask(who+"/"+at[0], at[1]); got != want {
				t.Errorf("%s %v: %q, want %q", who, at, got, want)
			}
		}
	}
	for _, who := range []string{"servicePrincipals/" + tenant.serviceByAppID(hetkAppID).ID, "groups/" + group.ID} {
		if got := ask(who+"/getMemberGroups", only); got != "" {
			t.Errorf("%s is in %s", who, got)
		}
	}
	for at, body := range map[string]string{
		"me/checkMemberGroups": `{"ids":["` + group.ID + `"]}`, "me/checkMemberObjects": `{"groupIds":["` + group.ID + `"]}`,
		"me/getMemberObjects": `{}`, "users/" + boss.ID + "/checkMemberObjects": `{"ids":["x"]}`,
	} {
		refusedAs(t, at, r.do("POST", "/v1.0/"+at, token, body), 400, "Request_BadRequest")
	}
	refusedAs(t, "nobody", r.do("POST", "/v1.0/directoryObjects/"+hetkAppID+"/getMemberGroups", token, only), 404, "Request_ResourceNotFound")
	refusedAs(t, "another with User.Read", r.do("POST", "/v1.0/users/"+boss.ID+"/getMemberGroups", r.token(user, "User.Read"), only), 403, "Authorization_RequestDenied")
}

// What is printed of a relation says where it is read (appconsentrequest-list).
func TestRelationsSayWhereTheyAre(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token := r.token(admin)
	const policies = "policies/permissionGrantPolicies"
	p := r.do("GET", "/v1.0/"+policies+"/microsoft-user-default-low", token, "")
	for _, side := range []string{"includes", "excludes"} {
		if got := p.text(side + "@odata.context"); !strings.HasSuffix(got, "/v1.0/$metadata#"+policies+"('microsoft-user-default-low')/"+side) {
			t.Errorf("%s: %q", side, got)
		}
	}
	requests := r.do("GET", "/v1.0/identityGovernance/appConsent/appConsentRequests", token, "").values()
	if got, _ := requests[0]["userConsentRequests@odata.context"].(string); !strings.HasSuffix(got, "')/userConsentRequests") {
		t.Errorf("requests: %v", requests[0])
	}
	for _, at := range []string{"?$select=id", ""} {
		p := r.do("GET", "/v1.0/"+policies+"/microsoft-user-default-low"+at, token, "", "Accept", "application/json;odata.metadata=none")
		if strings.Contains(p.raw, "includes@odata") {
			t.Errorf("%q: %s", at, p.raw)
		}
	}
}
