package main

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"onboard.example/checks"
	"onboard.example/flows"
)

// The vendor's own credential in a server. A session gets a function that answers
// one question, and nothing that leads to what it asks with: the credential is held
// by that function alone, and no type that a session can reach names it.

// serveProbe names the credential of one app.
type serveProbe struct {
	App        string `yaml:"app"`
	SecretFile string `yaml:"secretFile"`
	CertFile   string `yaml:"certFile"`
}

// probeFunc asks Microsoft, as the run's app, whether it is in the tenant.
type probeFunc func(ctx context.Context, q checks.Query) checks.Look[checks.Probe]

// probed serves the answer to the checks.
type probed struct{ ask probeFunc }

// Serves implements checks.Reader.
func (probed) Serves() []checks.Part { return []checks.Part{checks.PartProbe} }

// Read implements checks.Reader.
func (p probed) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	if slices.Contains(parts, checks.PartProbe) {
		land(checks.NewPiece(checks.PartProbe, p.ask(ctx, q), func(s *checks.Snapshot) *checks.Look[checks.Probe] { return &s.Probe }))
	}
}

// settleProbes holds the probes' settings to what can be meant.
func settleProbes(all []serveProbe) error {
	for i, p := range all {
		file := p.SecretFile + p.CertFile
		switch {
		case (p.SecretFile == "") == (p.CertFile == ""):
			return fmt.Errorf(sayProbeOne, checks.Line(p.App, 40))
		case !filepath.IsAbs(file):
			return fmt.Errorf(sayConfigPath, "probes", checks.Line(file, 200))
		case slices.ContainsFunc(all[:i], func(other serveProbe) bool { return other.App == p.App }):
			return fmt.Errorf(sayProbeTwice, checks.Line(p.App, 40))
		}
	}
	return nil
}

// clientIDs are those of apps, by the ids of their profiles; key is where the
// configuration names them.
func clientIDs(key string, apps []string, profiles []flows.Profile) ([]string, error) {
	var out []string
	for _, id := range apps {
		i := slices.IndexFunc(profiles, func(p flows.Profile) bool { return p.ID == id })
		switch {
		case i < 0:
			return nil, usage(saySeeApps, sayNoSuchApp, key, checks.Line(id, 40))
		case profiles[i].ClientID == "":
			return nil, usage(sayAppNoIDDo, sayAppNoID, key, checks.Line(id, 40))
		}
		out = append(out, strings.ToLower(profiles[i].ClientID))
	}
	return out, nil
}

// openProbes reads the credentials, and gives what asks with them for a source, and
// the client ids of the apps that it can ask about; nil where there are none.
func openProbes(ctx context.Context, all []serveProbe, c *clients, profiles []flows.Profile, n *probeCounts) (func(netip.Prefix) probeFunc, []string, error) {
	if len(all) == 0 {
		return nil, nil, nil
	}
	var apps []string
	for _, p := range all {
		apps = append(apps, p.App)
	}
	ids, err := clientIDs("probes", apps, profiles)
	if err != nil {
		return nil, nil, err
	}
	askers := map[string]asker{}
	for i, p := range all {
		if first := slices.Index(ids, ids[i]); first < i {
			return nil, nil, usage(saySeeConfig, sayProbeSame, checks.Line(all[first].App, 40), checks.Line(p.App, 40))
		}
		if err := othersCannotRead(p.SecretFile + p.CertFile); err != nil {
			return nil, nil, usage(saySeeConfig, "probes: %w", err)
		}
		one, err := probeFlags{secret: p.SecretFile, cert: p.CertFile}.prober(ctx, c)
		if err != nil {
			return nil, nil, err
		}
		askers[ids[i]] = one.Ask
	}
	return pacedProbe(askers, c.now, n), ids, nil
}

// othersCannotRead refuses a credential that everybody can read. A group may: that
// is how those that hand out secrets set them up.
func othersCannotRead(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return fmt.Errorf("look at the credential: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf(sayProbeNoFile, file)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0: // whose modes say nothing
		return fmt.Errorf(sayProbeOpen, file, info.Mode().Perm())
	}
	return nil
}

// How often Microsoft is asked with a vendor's credential: strangers name the
// domain. An answer is kept for a moment, for whoever polls. Of new questions one
// source has so many, which is less than all have together: nobody uses up what
// others wait for.
const (
	probeKept     = 5 * time.Second
	probeRate     = rate.Limit(4) // a second, of all
	probeBurst    = 40
	probeOneRate  = rate.Limit(0.2) // a second, of one source
	probeOneBurst = 5
	mostProbed    = 1000 // answers that are kept
	mostProbing   = 1000 // sources that are remembered
)

// probeCounts counts the questions that were asked, and those that were not because
// there were too many.
type probeCounts struct{ asked, refused atomic.Uint64 }

// probePace says which questions may be asked.
type probePace struct {
	mu  sync.Mutex
	all *rate.Limiter
	of  map[netip.Prefix]*rate.Limiter
}

func newProbePace() *probePace {
	return &probePace{all: rate.NewLimiter(probeRate, probeBurst), of: map[netip.Prefix]*rate.Limiter{}}
}

// allow counts a question of a source, if it may be asked. All of an IPv6 /48 is one
// source here: one customer may have that much.
func (p *probePace) allow(from netip.Prefix, now time.Time) bool {
	if wide, err := from.Addr().Prefix(48); err == nil && from.Addr().Is6() {
		from = wide
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.of[from]
	if one == nil {
		if len(p.of) >= mostProbing {
			maps.DeleteFunc(p.of, func(_ netip.Prefix, l *rate.Limiter) bool { return l.TokensAt(now) >= probeOneBurst })
		}
		if len(p.of) >= mostProbing {
			return false
		}
		one = rate.NewLimiter(probeOneRate, probeOneBurst)
		p.of[from] = one
	}
	if one.TokensAt(now) < 1 || p.all.TokensAt(now) < 1 {
		return false
	}
	return one.AllowN(now, 1) && p.all.AllowN(now, 1)
}

// asker asks with one credential; may says, once the tenant is known, why it may not.
type asker func(ctx context.Context, q checks.Query, may func() *checks.Failure) checks.Look[checks.Probe]

// pacedProbe makes what gives each source its own function; they alone hold the
// askers. A domain without a tenant costs nobody a question, and takes no answer's place.
func pacedProbe(askers map[string]asker, now func() time.Time, n *probeCounts) func(from netip.Prefix) probeFunc {
	type answer struct {
		look checks.Look[checks.Probe]
		at   time.Time
	}
	var mu sync.Mutex
	kept, pace := map[string]answer{}, newProbePace()
	keptOf := func(key string, at time.Time) (checks.Look[checks.Probe], bool) {
		mu.Lock()
		defer mu.Unlock()
		maps.DeleteFunc(kept, func(_ string, a answer) bool { return at.Sub(a.at) >= probeKept })
		a, ok := kept[key]
		return a.look, ok
	}
	ask := func(ctx context.Context, q checks.Query, from netip.Prefix) (l checks.Look[checks.Probe]) {
		id := strings.ToLower(q.App.ClientID)
		one, at := askers[id], now()
		if one == nil {
			return checks.Look[checks.Probe]{At: at, Failure: &checks.Failure{Kind: checks.FailNotAsked, Message: sayProbeOther}}
		}
		key := id + " " + strings.ToLower(q.Domain) + " " + string(q.Cloud)
		if l, ok := keptOf(key, at); ok {
			return l
		}
		asked := false
		l = one(ctx, q, func() *checks.Failure {
			if !pace.allow(from, now()) {
				n.refused.Add(1)
				return &checks.Failure{Kind: checks.FailThrottled, Message: sayProbeBusy}
			}
			n.asked.Add(1)
			asked = true
			return nil
		})
		mu.Lock()
		defer mu.Unlock()
		if asked && ctx.Err() == nil && len(kept) < mostProbed {
			kept[key] = answer{l, now()}
		}
		return l
	}
	return func(from netip.Prefix) probeFunc {
		return func(ctx context.Context, q checks.Query) checks.Look[checks.Probe] { return ask(ctx, q, from) }
	}
}
