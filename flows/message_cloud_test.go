package flows

import (
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
)

// TestAboutWhyCloud holds that links go to the cloud that the text is of, and
// that none is made for a cloud that there is no more.
func TestAboutWhyCloud(t *testing.T) {
	t.Parallel()
	const id = "44444444-2222-3333-4444-555555555555"
	for _, c := range []struct {
		host, tenant, link string
		cloud              checks.Cloud
	}{
		{"login.microsoftonline.com", "contoso.example", "https://login.microsoftonline.com/contoso.example/", ""},
		{"login.windows.net", id, "https://login.microsoftonline.com/" + id + "/", checks.CloudPublic},
		{"login.microsoftonline.us", "contoso.example", "https://login.microsoftonline.us/contoso.example/", checks.CloudGCCHigh},
		{"login.microsoftonline.us", id, "https://login.microsoftonline.us/" + id + "/", checks.CloudGCCHigh},
		{"login.partner.microsoftonline.cn", id, "https://login.partner.microsoftonline.cn/" + id + "/", checks.CloudChina},
		{"login.chinacloudapi.cn", "contoso.example", "https://login.partner.microsoftonline.cn/contoso.example/", checks.CloudChina},
		{"login.microsoftonline.de", "contoso.example", "", ""},
		{"login.live.com", id, "", ""},
	} {
		t.Run(c.host+" "+c.tenant, func(t *testing.T) {
			t.Parallel()
			text := "https://" + c.host + "/" + c.tenant + "/oauth2/v2.0/authorize?client_id=22222222-2222-3333-4444-555555555555"
			w := checks.Explain(checks.WhyAsked{Text: aadsts.Parse(text)})
			if w.Request.Host != c.host {
				t.Fatalf("host %q", w.Request.Host)
			}
			s := AboutWhy(State{}, w, nil)
			link, err := ConsentLink(s)
			if s.Cloud() != c.cloud || (err != nil) != (c.link == "") || c.link != "" && !strings.HasPrefix(link.URL, c.link) {
				t.Errorf("cloud %q, link %q, %v", s.Cloud(), link.URL, err)
			}
			if h := HandoffOf(s, w); c.cloud != checks.CloudPublic && h.Cloud != c.cloud {
				t.Errorf("the code has cloud %q", h.Cloud)
			}
		})
	}
}
