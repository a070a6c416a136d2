package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/checks"
)

const appsAt = "/v1.0/servicePrincipals"

// sought is an app of which a name alone is known.
func sought(names ...string) checks.Query {
	q := hetk()
	q.App.ClientID, q.App.Listed, q.App.Name = "", names[0], names[len(names)-1]
	return q
}

func item(appID, name, more string) string {
	return fmt.Sprintf(`{"appId":%q,"displayName":%q%s}`, appID, name, more)
}

func TestAppsByName(t *testing.T) {
	t.Parallel()
	const one, two = "0A0A0A0A-0000-4000-8000-000000000001", "0a0a0a0a-0000-4000-8000-000000000002"
	const owned = `,"appOwnerOrganizationId":"9C1E0000-0000-4000-8000-000000000099","createdDateTime":"2026-01-02T03:04:05Z","verifiedPublisher":{"displayName":"Hetk","verifiedPublisherId":"1234567","addedDateTime":null}`
	whole := checks.NamedApp{
		AppID: strings.ToLower(one), Name: "Hetk", OwnerTenant: "9c1e0000-0000-4000-8000-000000000099",
		Publisher: checks.Publisher{ID: "1234567", Name: "Hetk"}, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	values := func(items ...string) http.HandlerFunc {
		return answerJSON(`{"value":[` + strings.Join(items, ",") + `]}`)
	}
	var crowd []string
	for i := range 1000 {
		crowd = append(crowd, item(fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), "Hetk", ""))
	}
	bare := func(id, name string) checks.NamedApp { return checks.NamedApp{AppID: id, Name: name} }
	for name, tt := range map[string]struct {
		names  []string
		answer http.HandlerFunc
		want   []checks.NamedApp
		more   bool
		kind   checks.FailureKind
	}{
		"one":                       {[]string{"hetk"}, values(item(one, "Hetk", owned)), []checks.NamedApp{whole}, false, ""},
		"none":                      {[]string{"Hetk"}, values(), []checks.NamedApp{}, false, ""},
		"two owners":                {[]string{"Hetk"}, values(item(two, "Hetk", ""), item(one, "Hetk", owned)), []checks.NamedApp{bare(two, "Hetk"), whole}, false, ""},
		"the very name first":       {[]string{"Hetk"}, values(item(two, "Hetk (test)", ""), item(one, "Hetk", owned)), []checks.NamedApp{whole, bare(two, "Hetk (test)")}, false, ""},
		"the filter was dropped":    {[]string{"Hetk"}, values(item(two, "Payroll", "")), []checks.NamedApp{}, false, ""},
		"more than a page":          {[]string{"Hetk"}, answerJSON(`{"value":[` + item(two, "Hetk", "") + `],"@odata.nextLink":"https://elsewhere.example/x"}`), []checks.NamedApp{bare(two, "Hetk")}, true, ""},
		"a quote in the name":       {[]string{"O'Neill's & co"}, values(item(two, "O'Neill's & co", "")), []checks.NamedApp{bare(two, "O'Neill's & co")}, false, ""},
		"two names, one app":        {[]string{"Hetk Sync", "Hetk"}, values(item(two, "Hetk Sync", "")), []checks.NamedApp{bare(two, "Hetk Sync")}, false, ""},
		"an owner that is no id":    {[]string{"Hetk"}, values(item(two, "Hetk", `,"appOwnerOrganizationId":"\u001b[2J","createdDateTime":"soon","verifiedPublisher":null`)), []checks.NamedApp{bare(two, "Hetk")}, false, ""},
		"a hostile name":            {[]string{"Hetk"}, values(item(two, "HetkX", `,"verifiedPublisher":{"displayName":"a\u001b[2Jb","verifiedPublisherId":"\u0007"}`)), []checks.NamedApp{{AppID: two, Name: "HetkX", Publisher: checks.Publisher{Name: "ab"}}}, false, ""},
		"no app id":                 {[]string{"Hetk"}, values(item("", "Hetk", "")), nil, false, checks.FailNotJSON},
		"an app id that is a path":  {[]string{"Hetk"}, values(item("../me", "Hetk", "")), nil, false, checks.FailNotJSON},
		"null in the list":          {[]string{"Hetk"}, values("null"), nil, false, checks.FailNotJSON},
		"no list":                   {[]string{"Hetk"}, answerJSON(`{}`), nil, false, checks.FailNotJSON},
		"another type":              {[]string{"Hetk"}, values(`{"appId":7}`), nil, false, checks.FailNotJSON},
		"a page of the network":     {[]string{"Hetk"}, webPage(200, "<html>"), nil, false, checks.FailNotJSON},
		"refused":                   {[]string{"Hetk"}, graphError(403, "Authorization_RequestDenied", "no"), nil, false, checks.FailDenied},
		"no name":                   {[]string{" "}, values(), nil, false, checks.FailRequest},
		"a name no terminal shows":  {[]string{"He\x1btk"}, values(), nil, false, checks.FailRequest},
		"a name longer than any is": {[]string{strings.Repeat("a", maxName+1)}, values(), nil, false, checks.FailRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{appsAt: tt.answer})
			l := read(t, s.reader(t), sought(tt.names...), checks.PartNamed).Named
			if f := l.Failure; tt.kind != "" {
				if l.Read || f == nil || f.Kind != tt.kind {
					t.Fatalf("%+v, %+v, want %s", l.Value, f, tt.kind)
				}
				return
			}
			if !l.Read || !cmp.Equal(l.Value.Apps, tt.want) || l.Value.More != tt.more {
				t.Errorf("%+v, %v, want %+v", l.Value, l.Failure, tt.want)
			}
			for i, h := range s.requests() {
				_, query, _ := strings.Cut(h, "?")
				v, err := url.ParseQuery(query)
				n := strings.ReplaceAll(tt.names[i%len(tt.names)], "'", "''")
				if f := v.Get("$filter"); err != nil || f != "displayName eq '"+n+"'" && f != "startswith(displayName,'"+n+"')" || v.Get("$top") != "20" {
					t.Errorf("asked %s: %v", h, err)
				}
			}
		})
	}
	t.Run("a crowd", func(t *testing.T) {
		t.Parallel()
		s := serve(t, map[string]http.HandlerFunc{appsAt: values(crowd...)})
		l := read(t, s.reader(t), sought("Hetk"), checks.PartNamed).Named
		if !l.Read || len(l.Value.Apps) != mostNamed || !l.Value.More {
			t.Errorf("%d apps, more %t, %v", len(l.Value.Apps), l.Value.More, l.Failure)
		}
	})
}

// TestAppsByNameInSim finds two apps of one name, which differ in owner and
// publisher.
func TestAppsByNameInSim(t *testing.T) {
	t.Parallel()
	w := simulate(t, "same-name")
	l := read(t, w.reader(t, admin, "Application.Read.All"), sought("Carerix Calendar - Production", "Carerix Calendar"), checks.PartNamed).Named
	if !l.Read || len(l.Value.Apps) != 2 || l.Value.More {
		t.Fatalf("%+v, %v", l.Value, l.Failure)
	}
	a, b := l.Value.Apps[0], l.Value.Apps[1]
	if a.Name != b.Name || a.OwnerTenant == b.OwnerTenant || a.OwnerTenant == "" || b.OwnerTenant == "" || (a.Publisher.ID == "") == (b.Publisher.ID == "") || a.Created.IsZero() {
		t.Errorf("%+v, %+v", a, b)
	}
	if l := read(t, w.reader(t, admin, "Application.Read.All"), sought("Microsoft Graph"), checks.PartNamed).Named; len(l.Value.Apps) == 0 {
		t.Errorf("%+v, %v", l.Value, l.Failure)
	}
	if l := read(t, w.reader(t, admin, "Application.Read.All"), sought("O'Neill's 100% (test)"), checks.PartNamed).Named; !l.Read || len(l.Value.Apps) != 0 {
		t.Errorf("%+v, %v", l.Value, l.Failure)
	}
	if l := read(t, w.reader(t, admin, "User.Read"), sought("Carerix"), checks.PartNamed).Named; l.Read || l.Failure.Kind != checks.FailScope {
		t.Errorf("%+v", l)
	}
}
