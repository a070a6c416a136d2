package checks_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
)

// fake is a reader that serves parts of a ready snapshot.
type fake struct {
	serves []checks.Part
	from   *checks.Snapshot
	// each part waits for its delay, if any; a negative one never comes.
	delay map[checks.Part]time.Duration
	deaf  chan struct{} // if set: does not come back before it is closed
	loud  bool          // panics half-way
	twice bool          // lands everything twice

	mu    sync.Mutex
	asked []checks.Part
	query checks.Query
}

func (f *fake) Serves() []checks.Part { return f.serves }

func (f *fake) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	f.mu.Lock()
	f.asked, f.query = append(f.asked, parts...), q
	f.mu.Unlock()
	if f.deaf != nil {
		<-f.deaf
		return
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b checks.Part) int { return int(f.delay[a] - f.delay[b]) })
	began := time.Now()
	for i, p := range parts {
		if f.loud && i == 1 {
			panic("reader's\x1b[31m fault")
		}
		if f.delay[p] < 0 {
			continue
		}
		select {
		case <-time.After(f.delay[p] - time.Since(began)):
			land(f.piece(p))
			if f.twice {
				land(checks.NewPiece(p, checks.Look[bool]{Read: true}, func(s *checks.Snapshot) *checks.Look[bool] { return &s.Defaults }))
				land(f.piece(checks.PartRealm))
			}
		case <-ctx.Done():
			return
		}
	}
}

// piece carries the one field that belongs to a part.
func (f *fake) piece(p checks.Part) checks.Piece {
	switch p {
	case checks.PartDiscovery:
		return checks.NewPiece(p, f.from.Discovery, func(s *checks.Snapshot) *checks.Look[checks.Discovery] { return &s.Discovery })
	case checks.PartAccount:
		return checks.NewPiece(p, f.from.Account, func(s *checks.Snapshot) *checks.Look[checks.Account] { return &s.Account })
	case checks.PartOrganization:
		return checks.NewPiece(p, f.from.Organization, func(s *checks.Snapshot) *checks.Look[checks.Organization] { return &s.Organization })
	case checks.PartApp:
		return checks.NewPiece(p, f.from.App, func(s *checks.Snapshot) *checks.Look[*checks.ServicePrincipal] { return &s.App })
	case checks.PartGrants:
		return checks.NewPiece(p, f.from.Grants, func(s *checks.Snapshot) *checks.Look[[]checks.Grant] { return &s.Grants })
	case checks.PartResources:
		return checks.NewPiece(p, f.from.Resources, func(s *checks.Snapshot) *checks.Look[[]checks.ServicePrincipal] { return &s.Resources })
	case checks.PartDefaults:
		return checks.NewPiece(p, f.from.Defaults, func(s *checks.Snapshot) *checks.Look[bool] { return &s.Defaults })
	case checks.PartWho:
		return checks.NewPiece(p, f.from.Who, func(s *checks.Snapshot) *checks.Look[*checks.Principal] { return &s.Who })
	default:
		return checks.NewPiece(p, f.from.Realm, func(s *checks.Snapshot) *checks.Look[checks.Realm] { return &s.Realm })
	}
}

var grantParts = []checks.Part{
	checks.PartDiscovery, checks.PartAccount, checks.PartOrganization, checks.PartApp, checks.PartGrants, checks.PartResources,
}

// collect runs and gathers what lands.
func collect(ctx context.Context, s checks.Subject, readers []checks.Reader, ids ...checks.ID) ([]checks.Finding, checks.Snapshot) {
	var out []checks.Finding
	snap := checks.Run(ctx, s, readers, ids, func(f checks.Finding) { out = append(out, f) })
	return out, snap
}

func unlooked(s checks.Subject) checks.Subject {
	s.Look = nil
	return s
}

func ids(fs []checks.Finding) []checks.ID {
	var out []checks.ID
	for _, f := range fs {
		out = append(out, f.Check)
	}
	return out
}

func TestRunAsksEveryReaderOnceForWhatIsNeeded(t *testing.T) {
	t.Parallel()
	s := subject(approved())
	public := &fake{serves: []checks.Part{checks.PartDiscovery, checks.PartRealm}, from: s.Look}
	graph := &fake{serves: append([]checks.Part{checks.PartDefaults, checks.PartDiscovery}, grantParts[1:]...), from: s.Look, twice: true}
	got, snap := collect(t.Context(), unlooked(s), []checks.Reader{public, graph}, checks.AppGrant)
	if want := []checks.ID{checks.TenantFound, checks.TenantMatch, checks.AppGrant}; !sameIDs(ids(got), want) {
		t.Errorf("landed %v, want %v", ids(got), want)
	}
	if !slices.Equal(public.asked, []checks.Part{checks.PartDiscovery}) {
		t.Errorf("asked the public reader for %v", public.asked)
	}
	slices.Sort(graph.asked)
	want := slices.Sorted(slices.Values(grantParts[1:]))
	if !slices.Equal(graph.asked, want) {
		t.Errorf("asked the other for %v, want %v", graph.asked, want)
	}
	if graph.query.Domain != "contoso.example" || graph.query.App.ClientID != clientID {
		t.Errorf("asked about %+v", graph.query)
	}
	if !snap.Grants.Read || snap.Realm.Read || snap.Defaults.Read {
		t.Error("the snapshot does not hold what was read, or more")
	}
}

func sameIDs(a, b []checks.ID) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestRunGivesTheFindingsThatJudgeGives(t *testing.T) {
	t.Parallel()
	for _, s := range []checks.Subject{subject(), subject(approved()), subject(elsewhere()), subject(absent())} {
		r := &fake{serves: grantParts, from: s.Look}
		got, snap := collect(t.Context(), unlooked(s), []checks.Reader{r})
		if all := checks.IDsFor(s.App); len(got) != len(all) {
			t.Fatalf("landed %d findings of %d", len(got), len(all))
		}
		s.Look = &snap
		for _, f := range got {
			f.Took = 0
			if want := one(s, f.Check); !reflect.DeepEqual(f, want) {
				t.Errorf("run and judge differ:\n%+v\n%+v", f, want)
			}
		}
	}
}

func TestRunLandsFindingsAsPartsComeIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := subject(approved())
		r := &fake{serves: append([]checks.Part{checks.PartDefaults}, grantParts...), from: s.Look, delay: map[checks.Part]time.Duration{
			checks.PartDefaults: 3 * time.Second, checks.PartApp: 2 * time.Second, checks.PartGrants: 5 * time.Second, checks.PartResources: time.Second,
		}}
		got, _ := collect(t.Context(), unlooked(s), []checks.Reader{r}, checks.AppGrant, checks.AccessDefaults, checks.AppPresent)
		want := []checks.ID{checks.TenantFound, checks.TenantMatch, checks.AppPresent, checks.AccessDefaults, checks.AppGrant}
		if !slices.Equal(ids(got), want) {
			t.Errorf("landed %v, want %v", ids(got), want)
		}
		for i, took := range []time.Duration{0, 0, 2 * time.Second, 3 * time.Second, 5 * time.Second} {
			if got[i].Took != took {
				t.Errorf("%s took %v, want %v", got[i].Check, got[i].Took, took)
			}
		}
	})
}

func TestAPollReadsItsOwnPartsOnly(t *testing.T) {
	t.Parallel()
	s := subject()
	after := subject(approved())
	r := &fake{serves: grantParts, from: after.Look}
	got, _ := collect(t.Context(), s, []checks.Reader{r}, checks.AppGrant)
	slices.Sort(r.asked)
	want := []checks.Part{checks.PartApp, checks.PartGrants, checks.PartResources}
	if !slices.Equal(r.asked, want) {
		t.Errorf("read %v, want %v", r.asked, want)
	}
	if len(got) != 1 || got[0].Verdict != pass {
		t.Errorf("landed %+v", got)
	}
	if len(s.Look.Grants.Value) != 0 {
		t.Error("the snapshot handed in was changed")
	}
}

func TestAFailedNeedSkipsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := subject(elsewhere(), approved())
		r := &fake{serves: grantParts, from: s.Look, delay: map[checks.Part]time.Duration{checks.PartGrants: time.Minute}}
		got, _ := collect(t.Context(), unlooked(s), []checks.Reader{r}, checks.AppGrant)
		last := got[len(got)-1]
		if last.Verdict != skipped || last.Took > time.Second || !strings.Contains(last.Summary, "tenant/match") {
			t.Errorf("landed %+v", last)
		}
	})
}

func TestNobodyServes(t *testing.T) {
	t.Parallel()
	got, _ := collect(t.Context(), unlooked(subject()), nil, checks.AppGrant, "no/such")
	if !slices.Equal(ids(got), []checks.ID{"no/such", checks.AppGrant}) {
		t.Fatalf("landed %v", ids(got))
	}
	for _, f := range got {
		if f.Verdict != unknown {
			t.Errorf("%s is %v", f.Check, f.Verdict)
		}
		if f.Check == checks.AppGrant && (f.Fix == nil || !strings.Contains(f.Summary, "needs a sign-in")) {
			t.Errorf("app/grant says %+v", f)
		}
	}
}

func TestCancelledRunsLoseNothing(t *testing.T) {
	t.Parallel()
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := subject(approved())
			r := &fake{serves: grantParts, from: s.Look, delay: map[checks.Part]time.Duration{checks.PartGrants: time.Hour, checks.PartApp: time.Hour}}
			if deaf {
				r.deaf = make(chan struct{})
				defer close(r.deaf)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			began := time.Now()
			got, _ := collect(ctx, unlooked(s), []checks.Reader{r}, checks.AppGrant, checks.AppPresent)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("came back after %v", took)
			}
			if len(got) != 4 {
				t.Fatalf("landed %v", ids(got))
			}
			for _, f := range got {
				if f.Check == checks.AppGrant && (f.Verdict != unknown || !strings.Contains(f.Summary, "stopped before")) {
					t.Errorf("app/grant says %+v", f)
				}
			}
		})
	}
}

func TestBrokenReadersAreHeardOf(t *testing.T) {
	t.Parallel()
	s := subject(approved())
	for _, r := range []*fake{
		{serves: grantParts, from: s.Look, loud: true},
		{serves: grantParts, from: s.Look, delay: map[checks.Part]time.Duration{checks.PartGrants: -1}},
	} {
		got, _ := collect(t.Context(), unlooked(s), []checks.Reader{r}, checks.AppGrant)
		last := got[len(got)-1]
		if last.Check != checks.AppGrant || last.Verdict != unknown {
			t.Errorf("landed %+v", last)
		}
		wellMade(t, last)
	}
}

// A bubble ends in a panic where goroutines are left behind in it.
func TestRunLeavesNoGoroutines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := subject(approved())
		for range 50 {
			ctx, cancel := context.WithCancel(t.Context())
			r := &fake{serves: grantParts, from: s.Look, twice: true, delay: map[checks.Part]time.Duration{checks.PartGrants: time.Hour}}
			n := 0
			checks.Run(ctx, unlooked(s), []checks.Reader{r}, []checks.ID{checks.AppGrant}, func(checks.Finding) {
				if n++; n == 2 {
					cancel()
				}
			})
			cancel()
		}
	})
}
