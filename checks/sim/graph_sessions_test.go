package sim

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Sessions end by Graph as they do by an admin's hand.
func TestRevokeSignInSessions(t *testing.T) {
	t.Parallel()
	r := newRig(t, "guest-user")
	tenant := r.world.tenants[0]
	someone, guest := tenant.userByUPN(user), find(tenant.Users, func(u *User) bool { return u.Guest })
	capable := func(upn string) string {
		t.Helper()
		k, err := r.verify(r.token(upn, "User.Read", "Directory.ReadWrite.All"))
		if err != nil {
			t.Fatal(err)
		}
		k.XmsCC = []string{"cp1"}
		return r.mint(k)
	}
	const mine, ask = "/v1.0/me/revokeSignInSessions", "?$select=signInSessionsValidFromDateTime"
	old := capable(user)
	if p := r.do("GET", "/v1.0/users/"+someone.ID+ask, r.token(admin), ""); p.text("signInSessionsValidFromDateTime") != peopleSince {
		t.Errorf("at first: %s", p.raw)
	}
	r.pass(time.Minute)
	p := r.do("POST", mine, old, "")
	if p.status != http.StatusOK || p.body["value"] != true || !strings.HasSuffix(p.text("@odata.context"), "/v1.0/$metadata#Edm.Boolean") {
		t.Fatalf("%d %s", p.status, p.raw)
	}
	if p := r.do("GET", "/v1.0/me", old, ""); p.status != http.StatusUnauthorized || !strings.Contains(p.header.Get("WWW-Authenticate"), "insufficient_claims") {
		t.Errorf("a token of before: %d %s", p.status, p.raw)
	}
	if p := r.do("GET", "/v1.0/users/"+someone.ID+ask, r.token(admin), ""); p.text("signInSessionsValidFromDateTime") != r.time().Format(time.RFC3339) {
		t.Errorf("revoked: %s", p.raw)
	}
	if logs := tenant.Audits; logs[len(logs)-1].Targets[0].UPN != user || logs[len(logs)-1].ByUser != someone.ID {
		t.Errorf("audit: %+v", logs[len(logs)-1])
	}
	r.pass(time.Minute)
	fresh := capable(user)
	if p := r.do("GET", "/v1.0/me", fresh, ""); p.status != http.StatusOK {
		t.Errorf("a token of after: %d %s", p.status, p.raw)
	}
	refusedAs(t, "by another without a role", r.do("POST", "/v1.0/users/"+admin+"/revokeSignInSessions", fresh, ""), 403, "Authorization_RequestDenied")
	refusedAs(t, "without the scope", r.do("POST", mine, r.token(user, "User.Read"), ""), 403, "Authorization_RequestDenied")
	refusedAs(t, "of nobody", r.do("POST", "/v1.0/users/nobody@contoso.example/revokeSignInSessions", r.token(admin), ""), 404, "Request_ResourceNotFound")
	refusedAs(t, "read", r.do("GET", mine, r.token(admin), ""), 405, "Request_BadRequest")
	r.pass(time.Minute)
	for _, u := range []*User{someone, guest} {
		if p := r.do("POST", "/v1.0/users/"+u.ID+"/revokeSignInSessions", capable(admin), ""); p.status != http.StatusOK {
			t.Errorf("%s: %d %s", u.UPN, p.status, p.raw)
		}
	}
	if !someone.SessionsFrom.Equal(r.time()) || !guest.SessionsFrom.IsZero() {
		t.Errorf("user %v, guest %v", someone.SessionsFrom, guest.SessionsFrom)
	}
}

// A page of any origin may ask Graph, faults and refusals included, and its
// browser may ask beforehand without a token.
func TestGraphCrossOrigin(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved", func(o *Options) { o.Faults = []string{"throttle=1"} })
	p := r.do("OPTIONS", "/v1.0/me", "", "", "Origin", "https://spa.example", "Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "Authorization,consistencylevel")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PATCH", "Access-Control-Allow-Headers": "authorization,consistencylevel",
	} {
		if p.status != http.StatusOK || p.header.Get(name) != want {
			t.Errorf("%d, %s: %q", p.status, name, p.header.Get(name))
		}
	}
	for _, want := range []int{http.StatusTooManyRequests, http.StatusOK, http.StatusUnauthorized} {
		token := r.token(admin)
		if want == http.StatusUnauthorized {
			token = ""
		}
		p := r.do("GET", "/v1.0/me", token, "", "Origin", "https://spa.example")
		if p.status != want || p.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(p.header.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("%d, want %d: %v", p.status, want, p.header)
		}
	}
	if p := r.do("GET", "/v1.0/me", r.token(admin), ""); p.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("told to one who is of no origin")
	}
	if p := r.do("OPTIONS", "/v1.0/me", r.token(admin), ""); p.status == http.StatusOK {
		t.Errorf("a plain OPTIONS: %d", p.status)
	}
}

// Each cloud's Graph has a name of its own, which its tokens must be for.
func TestAudienceOfTheCloud(t *testing.T) {
	t.Parallel()
	r := newRig(t, "two-clouds")
	tokenFor := func(aud string) string {
		k, err := r.verify(r.token(admin))
		if err != nil {
			t.Fatal(err)
		}
		k.Aud = aud
		return r.mint(k)
	}
	for aud, ok := range map[string]bool{
		"https://graph.microsoft.com": true, "https://graph.microsoft.com/": true, graphAppID: true,
		"https://microsoftgraph.chinacloudapi.cn": false, "https://graph.microsoft.us": false, "https://outlook.office.com": false,
	} {
		if p := r.do("GET", "/v1.0/me", tokenFor(aud), ""); (p.status == http.StatusOK) != ok || !ok && p.code() != "InvalidAuthenticationToken" {
			t.Errorf("%s: %d %s", aud, p.status, p.raw)
		}
	}
}

// From now on: nothing but a link, which tells what comes after it.
func TestDeltaFromNowOn(t *testing.T) {
	t.Parallel()
	r := wholeRig(t)
	token, hetk := r.token(admin), r.world.tenants[0].serviceByAppID(hetkAppID)
	for _, set := range []string{"servicePrincipals", "oauth2PermissionGrants"} {
		p := r.do("GET", "/v1.0/"+set+"/delta?$deltatoken=latest", token, "")
		link := strings.TrimPrefix(p.text("@odata.deltaLink"), "https://graph.microsoft.com")
		if p.status != http.StatusOK || len(p.values()) != 0 || link == "" {
			t.Fatalf("%s: %d %s", set, p.status, p.raw)
		}
		if set != "servicePrincipals" {
			continue
		}
		r.do("PATCH", "/v1.0/servicePrincipals/"+hetk.ID, token, `{"accountEnabled":false}`)
		if v := r.do("GET", link, token, "").values(); len(v) != 1 || v[0]["id"] != hetk.ID {
			t.Errorf("after a change: %v", v)
		}
	}
	refusedAs(t, "made up", r.do("GET", "/v1.0/servicePrincipals/delta?$deltatoken=later", token, ""), http.StatusGone, "syncStateNotFound")
}
