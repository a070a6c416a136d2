package consent

import "testing"

// BenchmarkDecide measures whole prompts of five scopes; predictions/s is what
// budgets.md row W8 counts.
func BenchmarkDecide(b *testing.B) {
	granted := managed()
	granted.Granted = []Granted{everyone(all()...)}
	classified := under(PolicyLow)
	classified.Tenant.Classified = low(all()...)
	for _, c := range []struct {
		name string
		q    Question
	}{
		{"managed", managed()},
		{"granted", granted},
		{"low", classified},
		{"offline", offline(all()...)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a := Decide(c.q); a.Outcome == Unknown {
					b.Fatal("unknown")
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "predictions/s")
		})
	}
}
