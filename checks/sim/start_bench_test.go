package sim

import "testing"

// BenchmarkStart is a simulator from nothing to the moment it serves; the
// signing key and what it signs are made on the side.
func BenchmarkStart(b *testing.B) { benchStart(b, func(*Sim) error { return nil }) }

// BenchmarkStartSettled waits for those, too.
func BenchmarkStartSettled(b *testing.B) { benchStart(b, (*Sim).Settle) }

func benchStart(b *testing.B, wait func(*Sim) error) {
	b.Helper()
	for b.Loop() {
		s, err := Start(b.Context(), Options{Scenario: "managed-default", Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		if err := wait(s); err != nil {
			b.Fatal(err)
		}
		b.StopTimer() // the end waits for the key
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
