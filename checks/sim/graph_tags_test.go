package sim

import "testing"

// Apps that came by consent carry the tag by which scripts list enterprise apps;
// one made through Graph has what its maker says.
func TestEnterpriseAppsAreTagged(t *testing.T) {
	t.Parallel()
	r := newRig(t, "approved")
	token := r.token(admin)
	const tag = "WindowsAzureActiveDirectoryIntegratedApp"
	tagged := func() map[any]bool {
		out := map[any]bool{}
		for _, sp := range r.do("GET", "/v1.0/servicePrincipals?$select=appId&$filter=tags/any(t:t%20eq%20'"+tag+"')", token, "").values() {
			out[sp["appId"]] = true
		}
		return out
	}
	if got := tagged(); !got[hetkAppID] || got[graphAppID] {
		t.Errorf("tagged: %v", got)
	}
	bare, own := vendorKeys["nylas"], vendorKeys["sophiie"]
	r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+bare+`"}`)
	r.do("POST", "/v1.0/servicePrincipals", token, `{"appId":"`+own+`","tags":["`+tag+`","HideApp"]}`)
	if got := tagged(); got[bare] || !got[own] {
		t.Errorf("made through Graph: %v", got)
	}
}
