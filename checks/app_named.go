package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Named are the enterprise apps of a tenant that go by an app's name: what can be
// looked for where nobody knows its client id. A name is anybody's to take, so
// they are candidates, and a person says which it is.
type Named struct {
	Apps []NamedApp `json:"apps"` // those of the very name first
	// More is set where the tenant has more of them than were read.
	More bool `json:"more,omitempty"`
}

// NamedApp is one of them, with what tells it from another.
type NamedApp struct {
	AppID       string    `json:"appId"`
	Name        string    `json:"name"`
	OwnerTenant string    `json:"ownerTenant"` // empty: Graph did not say
	Publisher   Publisher `json:"publisher"`   // all empty: not verified
	Created     time.Time `json:"created"`     // when it came into this tenant; zero: Graph did not say
}

// Names are the names to look for an app by, each once: as the portal lists it,
// and as its vendor calls it.
func (a App) Names() []string {
	var out []string
	for _, n := range []string{a.Listed, a.Name} {
		if n = strings.TrimSpace(n); n != "" && !slices.ContainsFunc(out, func(have string) bool { return sameName(have, n) }) {
			out = append(out, n)
		}
	}
	return out
}

func namedChecks() []Check {
	return []Check{{
		ID: AppNamed, Title: titleAppNamed, Needs: []ID{TenantMatch}, Reads: []Part{PartNamed},
		Access: Access{SignIn: true, AnyScope: ScopesFor(PartNamed)},
		For:    func(a App) bool { return a.ClientID == "" }, Run: appNamed,
	}}
}

// appNamed lists the enterprise apps that go by the app's name. It never says
// which of them is the app, not even where there is one alone.
func appNamed(_ context.Context, s Subject) (Finding, error) {
	if s.App.ClientID != "" {
		return Finding{Verdict: Skipped, Summary: sayIDKnown}, nil
	}
	if err := s.must(PartNamed); err != nil {
		return Finding{}, err
	}
	found := s.Look.Named.Value
	shown := Line(strings.Join(s.App.Names(), sayOr), maxNamed)
	f := Finding{
		Verdict: Warn, Grade: Verified, Seen: s.seen(PartNamed, counted(len(found.Apps), "enterprise app", "enterprise apps")),
		Summary: fmt.Sprintf(sayNobodyNamed, shown), Detail: []string{sayNamedElse},
		Fix: &Fix{Do: doClientID, Why: whyClientID, Who: WhoVendor},
	}
	if len(found.Apps) == 0 {
		return f, nil
	}
	f.Summary = fmt.Sprintf(sayNamed, counted(len(found.Apps), "enterprise app", "enterprise apps"), shown)
	if found.More {
		f.Summary = fmt.Sprintf(sayNamedMore, len(found.Apps), shown)
	}
	f.Detail = nil
	for _, a := range found.Apps {
		f.Detail = append(f.Detail, fmt.Sprintf(sayNamedOne, Line(a.Name, maxNamed), a.AppID, a.Owner(s.tenantID()), a.PublishedBy(), a.Since()))
	}
	f.Fix = &Fix{Do: doWhichNamed, Why: whyClientID, Who: WhoAdmin}
	return f, nil
}

// microsoftTenants own Microsoft's own apps: Microsoft Services, and Microsoft
// (Microsoft's page on verifying first-party apps in sign-in reports).
var microsoftTenants = []string{"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}

// Owner names the tenant that registered the app, as seen from a tenant.
func (a NamedApp) Owner(tenant string) string {
	switch id := Line(a.OwnerTenant, 40); {
	case id == "":
		return sayOwnerUnsaid
	case slices.ContainsFunc(microsoftTenants, func(m string) bool { return strings.EqualFold(m, id) }):
		return sayOwnerMicrosoft
	case strings.EqualFold(id, tenant):
		return sayOwnerHere
	default:
		return id
	}
}

// PublishedBy names the verified publisher.
func (a NamedApp) PublishedBy() string {
	if a.Publisher.ID == "" {
		return sayNotVerified
	}
	return fmt.Sprintf(sayVerifiedAs, Line(a.Publisher.Name, maxNamed))
}

// Since is the day on which the app came into the tenant.
func (a NamedApp) Since() string {
	if a.Created.IsZero() {
		return sayNoDay
	}
	return a.Created.UTC().Format("2006-01-02")
}

// nameless is for an app whose client id nobody knows, looked for by its name:
// what stands in the tenant is shown, and nothing is said of any of them.
func (b *bench) nameless() (Overall, bool) {
	if b.s.App.ClientID != "" || !b.is(AppNamed, Warn) {
		return Overall{}, false
	}
	return b.say(StateUnknown, GradeUnknown, AppNamed), true
}
