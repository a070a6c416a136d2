package signin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
)

// How long sign-in hosts may keep discovery waiting. They are asked at once, so
// cloudTimeout is the worst that a blocked one costs, and straggle the worst once
// another knows the domain: networks that block one cloud's host are common, and
// China's is far from most.
const (
	cloudTimeout    = 10 * time.Second
	defaultStraggle = 2 * time.Second
)

// DiscovererOptions say how to reach Microsoft's sign-in hosts.
type DiscovererOptions struct {
	Transport http.RoundTripper // default http.DefaultTransport
	LoginURL  string            // stands in for Microsoft's own hosts; empty: ask those
	Now       func() time.Time  // default time.Now
	// Straggle is how long the other hosts may still take once one has answered
	// that it knows the domain; default 2 seconds.
	Straggle time.Duration
}

// Discoverer reads what anybody may know of a domain without signing in: the
// tenants it belongs to, one for each cloud, and how its people sign in. It
// serves checks.PartDiscovery and checks.PartRealm, and is safe for use by
// several goroutines.
type Discoverer struct {
	roots    []root
	ask      asker
	straggle time.Duration
}

// NewDiscoverer returns a Discoverer, or an *InputError for a login URL that can
// not be used.
func NewDiscoverer(o DiscovererOptions) (*Discoverer, error) {
	l, err := parseLogin(o.LoginURL, "")
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Straggle <= 0 {
		o.Straggle = defaultStraggle
	}
	return &Discoverer{
		roots:    l.roots(strings.TrimSpace(o.LoginURL) != ""),
		ask:      asker{client: httpClient(o.Transport), now: o.Now},
		straggle: o.Straggle,
	}, nil
}

// Serves lists the parts that Read delivers.
func (d *Discoverer) Serves() []checks.Part {
	return []checks.Part{checks.PartDiscovery, checks.PartRealm}
}

// Read asks every sign-in host at once. A domain that no cloud knows is a value
// without tenants; it is a Failure only where a cloud that might know it could
// not be asked. A panic over an answer is the caller's, whose goroutine guards
// against it: one of ours would end the whole process.
func (d *Discoverer) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	pieces := make(chan checks.Piece)
	var wg sync.WaitGroup
	var broke [2]any
	if slices.Contains(parts, checks.PartDiscovery) {
		wg.Go(func() {
			defer func() { broke[0] = recover() }()
			pieces <- checks.NewPiece(checks.PartDiscovery, d.discover(ctx, q),
				func(s *checks.Snapshot) *checks.Look[checks.Discovery] { return &s.Discovery })
		})
	}
	if slices.Contains(parts, checks.PartRealm) {
		wg.Go(func() {
			defer func() { broke[1] = recover() }()
			pieces <- checks.NewPiece(checks.PartRealm, d.realm(ctx, q),
				func(s *checks.Snapshot) *checks.Look[checks.Realm] { return &s.Realm })
		})
	}
	go func() { wg.Wait(); close(pieces) }()
	for p := range pieces {
		land(p)
	}
	handOn(broke[:])
}

// handOn panics with the first of what goroutines of ours panicked with.
func handOn(broke []any) {
	for _, b := range broke {
		if b != nil {
			panic(b)
		}
	}
}

// told is what one sign-in host said of a domain.
type told struct {
	tenants []checks.CloudTenant
	failure *checks.Failure
	seen    []checks.Evidence
}

func (d *Discoverer) discover(ctx context.Context, q checks.Query) (l checks.Look[checks.Discovery]) {
	defer func() { l.At = d.ask.now() }()
	domain, err := ParseDomain(q.Domain)
	if err != nil {
		l.Failure = inputFailure(err)
		return l
	}
	all := each(ctx, d.roots, d.straggle, func(ctx context.Context, r root) (told, bool) {
		t := d.tenantsAt(ctx, r, domain)
		return t, len(t.tenants) > 0
	})

	found := checks.Discovery{Domain: domain}
	for i, t := range all {
		l.Seen = append(l.Seen, t.seen...)
		for _, ct := range t.tenants {
			same := func(x checks.CloudTenant) bool { return x.Cloud == ct.Cloud && x.TenantID == ct.TenantID }
			if !slices.ContainsFunc(found.Found, same) {
				found.Found = append(found.Found, ct)
			}
		}
		if t.failure == nil {
			continue
		}
		if found.Missed == nil {
			found.Missed = map[checks.Cloud]*checks.Failure{}
		}
		for _, c := range d.roots[i].clouds {
			found.Missed[c] = t.failure
		}
	}
	slices.SortStableFunc(found.Found, func(a, b checks.CloudTenant) int { return cmp.Compare(place(a.Cloud), place(b.Cloud)) })
	if l.Failure = undecided(found, q.Cloud); l.Failure == nil {
		l.Read, l.Value = true, found
	}
	return l
}

// undecided is the failure of a discovery that found nothing and could not ask
// everywhere it might have: that is no unknown domain. Where a cloud was chosen
// its own answer is enough.
func undecided(d checks.Discovery, chosen checks.Cloud) *checks.Failure {
	if len(d.Found) > 0 || len(d.Missed) == 0 {
		return nil
	}
	if chosen != "" {
		return d.Missed[chosen]
	}
	for _, e := range checks.Clouds() {
		if f := d.Missed[e.Cloud]; f != nil {
			return f
		}
	}
	return nil
}

// place orders clouds as checks.Clouds does.
func place(c checks.Cloud) int {
	return slices.IndexFunc(checks.Clouds(), func(e checks.Endpoints) bool { return e.Cloud == c })
}

// each runs f for every root at once and gives the answers in order. Once one has
// found what was asked for, the others have straggle left; they then end as if
// they had not answered in time. Where f panics, so does each, in the end.
func each[T any](ctx context.Context, roots []root, straggle time.Duration, f func(context.Context, root) (T, bool)) []T {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out, broke := make([]T, len(roots)), make([]any, len(roots))
	var wg sync.WaitGroup
	var once sync.Once
	var late *time.Timer
	for i, r := range roots {
		wg.Go(func() {
			defer func() { broke[i] = recover() }()
			answer, found := f(ctx, r)
			out[i] = answer
			if found {
				once.Do(func() { late = time.AfterFunc(straggle, func() { stop(os.ErrDeadlineExceeded) }) })
			}
		})
	}
	wg.Wait()
	if late != nil {
		late.Stop()
	}
	handOn(broke)
	return out
}

// tenantsAt asks one host under each of its names until a tenant of its own
// clouds is found.
func (d *Discoverer) tenantsAt(ctx context.Context, r root, domain string) told {
	var t told
	for _, host := range r.hosts {
		doc, ev, failure := d.tenantAt(ctx, r, host, domain)
		t.seen = append(t.seen, ev)
		t.failure = failure
		if doc == nil {
			continue
		}
		t.tenants = append(t.tenants, *doc)
		if slices.Contains(r.clouds, doc.Cloud) {
			break
		}
	}
	if len(t.tenants) > 0 {
		t.failure = nil
	}
	return t
}

// openID is what discovery answers, as far as we read it (entra-facts §10), with
// the error members of a refusal.
type openID struct {
	Issuer   string `json:"issuer"`
	Region   string `json:"tenant_region_scope"`
	SubScope string `json:"tenant_region_sub_scope"`
	Instance string `json:"cloud_instance_name"`
	Graph    string `json:"msgraph_host"`

	refusal
}

// tenantAt asks once. Neither a tenant nor a failure means that the host knows
// no such domain.
func (d *Discoverer) tenantAt(ctx context.Context, r root, host, domain string) (*checks.CloudTenant, checks.Evidence, *checks.Failure) {
	var doc openID
	got := d.ask.json(ctx, r.base+"/"+domain+"/v2.0/.well-known/openid-configuration", host, &doc)
	switch {
	case got.failure != nil:
		return nil, got.evidence(got.failure.Error()), got.failure
	case got.status == http.StatusBadRequest && doc.unknownTenant():
		return nil, got.evidence(wordsSeenUnknown), nil
	case got.status != http.StatusOK:
		f := doc.failure(got)
		return nil, got.evidence(f.Error()), f
	}
	id := tenantID(doc.Issuer)
	if id == "" {
		f := &checks.Failure{Kind: checks.FailNotJSON, Status: got.status, Message: wordsNoIssuer, RequestID: got.requestID}
		return nil, got.evidence(f.Error()), f
	}
	t := &checks.CloudTenant{
		Cloud: cloudOf(doc, r.clouds[0]), TenantID: id,
		Region: checks.Line(doc.Region, 40), SubScope: checks.Line(doc.SubScope, 40),
		Issuer: checks.Line(doc.Issuer, 200), Graph: checks.Line(doc.Graph, 100),
	}
	return t, got.evidence("tenant " + id + " (" + string(t.Cloud) + ")"), nil
}

// tenantID finds the tenant's GUID in an issuer: https://HOST/GUID/v2.0, or
// https://sts.windows.net/GUID/.
func tenantID(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	for s := range strings.SplitSeq(u.Path, "/") {
		if checks.IsGUID(s) {
			return strings.ToLower(s)
		}
	}
	return ""
}

// cloudOf tells a tenant's cloud from what discovery printed of it, since a host
// may answer for a tenant of another cloud. Sub-scopes as measured 2026-09-29:
// none or GCC, DODCON for GCC High, DOD (entra-facts §10 [PUB]).
func cloudOf(doc openID, asked checks.Cloud) checks.Cloud {
	hint := strings.ToLower(doc.Instance + " " + doc.Graph)
	switch {
	case strings.EqualFold(doc.SubScope, "DODCON"):
		return checks.CloudGCCHigh
	case strings.EqualFold(doc.SubScope, "DOD"):
		return checks.CloudDoD
	case strings.EqualFold(doc.SubScope, "GCC"):
		return checks.CloudGCC
	case strings.Contains(hint, "partner.microsoftonline.cn"), strings.Contains(hint, "chinacloudapi.cn"):
		return checks.CloudChina
	case strings.Contains(hint, "dod-graph."):
		return checks.CloudDoD
	case strings.Contains(hint, "microsoftonline.us"), strings.Contains(hint, "graph.microsoft.us"):
		return checks.CloudGCCHigh
	case strings.Contains(hint, "microsoftonline.com"), strings.Contains(hint, "graph.microsoft.com"):
		return checks.CloudPublic
	}
	return asked
}
