package main

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// record is a reader of the tenant's public record, which is at hand.
type record struct{}

func (record) Serves() []checks.Part { return []checks.Part{checks.PartDiscovery} }

func (record) Read(_ context.Context, q checks.Query, _ []checks.Part, land func(checks.Piece)) {
	found := checks.Discovery{Domain: q.Domain, Found: []checks.CloudTenant{{Cloud: checks.CloudPublic, TenantID: "11111111-1111-1111-1111-111111111111"}}}
	land(checks.NewPiece(checks.PartDiscovery, checks.Look[checks.Discovery]{Read: true, At: time.Now(), Value: found},
		func(s *checks.Snapshot) *checks.Look[checks.Discovery] { return &s.Discovery }))
}

// held is a reader of the domain's mail records that has everybody wait.
type held struct {
	until <-chan struct{}
	ended context.Context // of the last reading
}

func (h *held) Serves() []checks.Part { return []checks.Part{checks.PartDNSMail} }

func (h *held) Read(ctx context.Context, _ checks.Query, _ []checks.Part, land func(checks.Piece)) {
	h.ended = ctx
	select {
	case <-h.until:
	case <-ctx.Done():
		return
	}
	land(checks.NewPiece(checks.PartDNSMail, checks.Look[checks.DNSMail]{Read: true, At: time.Now()},
		func(s *checks.Snapshot) *checks.Look[checks.DNSMail] { return &s.DNSMail }))
}

// heldLook looks at both, and the names wait until told is closed.
func heldLook(t *testing.T, names *held, tell func(flows.Facts, []checks.ID), found func(checks.Finding)) checks.Snapshot {
	t.Helper()
	ask := run.Ask{
		Checks: []checks.ID{checks.CheckDNSMail, checks.TenantFound}, App: checks.App{ID: "hetk", Name: "Hetk"}, Domain: "contoso.example", Tell: tell,
	}
	return looked(t.Context(), checks.Subject{App: ask.App, Domain: ask.Domain, Now: time.Now()}, []checks.Reader{record{}, names}, ask, found)
}

// TestSlowNamesHoldUpNothing: what a look learns of the tenant is told while the
// resolver still has everybody wait, and the answer about the mail comes after.
func TestSlowNamesHoldUpNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := make(chan struct{})
		var landed []checks.ID // as they land, with what was told among them
		var early flows.Facts
		snap := heldLook(t, &held{until: told}, func(f flows.Facts, of []checks.ID) {
			early = f
			landed = append(landed, "told")
			if !slices.Equal(of, []checks.ID{checks.TenantFound}) {
				t.Errorf("told of %q", of)
			}
			close(told)
		}, func(f checks.Finding) { landed = append(landed, f.Check) })
		if !slices.Equal(landed, []checks.ID{checks.TenantFound, "told", checks.CheckDNSMail}) {
			t.Errorf("landed: %q", landed)
		}
		if len(early.Tenants) != 1 || !snap.Discovery.Read || !snap.DNSMail.Read {
			t.Errorf("early %+v, at the end %+v", early, snap)
		}
	})
}

// TestALookThatBreaksEnds: a panic of whoever hears of a look is the caller's to
// make an apology of, and no name server holds that up.
func TestALookThatBreaksEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tell bool      // it is whoever is told early; else whoever hears of at
		at   checks.ID // and is told of
		want []checks.ID
	}{
		"told early":       {true, "", []checks.ID{checks.TenantFound}},
		"a finding":        {false, checks.TenantFound, []checks.ID{checks.TenantFound}},
		"one of the names": {false, checks.CheckDNSMail, []checks.ID{checks.TenantFound, checks.CheckDNSMail}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				told := make(chan struct{})
				names := &held{until: told}
				var landed []checks.ID
				broke := func() (broke any) {
					defer func() { broke = recover() }()
					heldLook(t, names, func(flows.Facts, []checks.ID) {
						if c.tell {
							panic("told")
						}
						close(told)
					}, func(f checks.Finding) {
						landed = append(landed, f.Check)
						if f.Check == c.at {
							panic("found")
						}
					})
					return nil
				}()
				if broke == nil || !slices.Equal(landed, c.want) || names.ended.Err() == nil {
					t.Errorf("broke with %v after %q", broke, landed)
				}
			})
		})
	}
}
