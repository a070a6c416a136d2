package graph

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// roundTripTime is injected on every round trip (budgets W3).
const roundTripTime = 60 * time.Millisecond

// farAway is a simulated tenant behind the slow line.
func farAway(b *testing.B) Options {
	b.Helper()
	return farFrom(b, "approved")
}

func farFrom(b *testing.B, scenario string) Options {
	b.Helper()
	o := start(b, sim.Options{Scenario: scenario, RTT: roundTripTime}).options(b, admin)
	o.Now, o.Sleep = nil, nil
	return o
}

// snapshot reads all parts, of an ordinary user where no person is named.
func snapshot(b *testing.B, r *Reader, person string) {
	b.Helper()
	q := hetk()
	q.Person = person
	s := read(b, r, q, r.Serves()...)
	if !s.Conditional.Read {
		b.Fatal(s.Conditional.Failure)
	}
	if !s.App.Read || !s.Grants.Read || !s.Policies.Read || !s.Requests.Read {
		b.Fatalf("app %v, grants %v, policies %v, requests %v", s.App.Failure, s.Grants.Failure, s.Policies.Failure, s.Requests.Failure)
	}
}

func reportTrips(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(roundTripTime), "rtt")
}

// BenchmarkSnapshotWarm reads all parts on a connection that is open.
func BenchmarkSnapshotWarm(b *testing.B) {
	r, err := New(farAway(b))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := r.Warm(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		snapshot(b, r, "")
	}
	reportTrips(b)
}

// BenchmarkSnapshotForced reads all parts where something forces one more stage:
// a policy that spares the admin, or a person named by an address.
func BenchmarkSnapshotForced(b *testing.B) {
	for name, what := range map[string][2]string{
		"people differ": {"conditional-access", ""}, "person named": {"approved", user},
	} {
		b.Run(name, func(b *testing.B) {
			r, err := New(farFrom(b, what[0]))
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			if err := r.Warm(b.Context()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				snapshot(b, r, what[1])
			}
			reportTrips(b)
		})
	}
}

// BenchmarkSnapshotCold reads all parts with TCP and TLS to be set up first.
func BenchmarkSnapshotCold(b *testing.B) {
	o := farAway(b)
	for b.Loop() {
		r, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		snapshot(b, r, "")
		r.Close()
	}
	reportTrips(b)
}

// BenchmarkSnapshotCPU reads all parts without a line between: what is left is
// our own work and the simulator's.
func BenchmarkSnapshotCPU(b *testing.B) {
	w := simulate(b, "approved")
	r := w.reader(b, admin)
	b.ReportAllocs()
	for b.Loop() {
		snapshot(b, r, "")
	}
}

// BenchmarkPoll reads the two parts that a step watches.
func BenchmarkPoll(b *testing.B) {
	r, err := New(farAway(b))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		read(b, r, hetk(), checks.PartApp, checks.PartGrants)
	}
	reportTrips(b)
}

// BenchmarkBigResource reads an API that publishes as many scopes as Microsoft
// Graph does, each with four descriptions: the one large answer of a snapshot.
func BenchmarkBigResource(b *testing.B) {
	var scopes []string
	for i := range 700 {
		scopes = append(scopes, fmt.Sprintf(`{"id":"1ec239c2-d7c9-4623-a91a-%012d","value":"Scope%d.ReadWrite","type":"User","isEnabled":true,"adminConsentDisplayName":%q,"adminConsentDescription":%q,"userConsentDisplayName":%[3]q,"userConsentDescription":%[4]q}`,
			i, i, strings.Repeat("name ", 8), strings.Repeat("description ", 20)))
	}
	body := `{"id":"` + resourceSP + `","appId":"` + checks.MicrosoftGraph + `","oauth2PermissionScopes":[` + strings.Join(scopes, ",") + `]}`
	s := serve(b, map[string]http.HandlerFunc{resPrefix: answerJSON(body)})
	r := s.reader(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if l := read(b, r, hetk(), checks.PartResources).Resources; !l.Read || len(l.Value[0].Scopes) != 700 {
			b.Fatalf("%+v", l.Failure)
		}
	}
}
