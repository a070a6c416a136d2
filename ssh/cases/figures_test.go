package cases

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/flows"
)

func figured(t testing.TB, s *Store) Figures {
	t.Helper()
	f, err := s.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The figures count every case that has not ended, say where people wait, and take the
// median of how long it took those that became open: each once, the first time.
func TestFiguresAreOfAllCases(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time})
		if diff := cmp.Diff(Figures{}, figured(t, s)); diff != "" {
			t.Errorf("of nothing:\n%s", diff)
		}
		one, two := steps(t)
		var cs []*Case
		var codes []string
		for range 9 {
			c, code := begun(t, s)
			cs, codes = append(cs, c), append(codes, code)
		}
		stand := func(i int, at Standing) {
			t.Helper()
			if err := cs[i].Stand(t.Context(), at); err != nil {
				t.Fatal(err)
			}
		}
		waits := func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
		stand(0, Standing{Stage: flows.StageSteps, Step: one, N: 1, Of: 3, Waits: waits(5)})
		stand(1, Standing{Stage: flows.StageSteps, Step: one, N: 2, Of: 4, Waits: waits(50)}) // of another path
		stand(2, Standing{Stage: flows.StageSteps, Step: two, N: 2, Of: 3, Waits: waits(500)})
		stand(3, Standing{Stage: flows.StageDiagnosis, Waits: waits(1)})
		stand(4, Standing{Stage: flows.StageTenant})
		stand(5, Standing{Stage: flows.StageSteps, Step: one, Waits: waits(9000), Ended: true})
		want := Figures{Open: 8, Waiting: 4, Stuck: []Stuck{
			{flows.StageSteps, "", 3, waits(500)}, // which of them is at which step, the queue does not say
			{flows.StageDiagnosis, "", 1, time.Time{}},
		}}
		if diff := cmp.Diff(want, figured(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for i := 6; i < 8; i++ {
			stand(i, Standing{Stage: flows.StageSteps, Step: one, Waits: waits(9000)})
		}
		want = Figures{Open: 8, Waiting: 6, Stuck: []Stuck{
			{flows.StageSteps, one, 4, time.Time{}},
			{flows.StageDiagnosis, "", 1, time.Time{}},
			{flows.StageSteps, "", 1, time.Time{}},
		}}
		if diff := cmp.Diff(want, figured(t, s)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for i := 6; i < 8; i++ {
			stand(i, Standing{Stage: flows.StageSteps, Step: one})
		}
		opens := func(i int, after, want time.Duration, n int) {
			t.Helper()
			now.set(noon.Add(after))
			stand(i, Standing{Stage: flows.StageSteps, Step: two, Opened: true})
			if f := figured(t, s); f.Median != want || f.Opened != n {
				t.Errorf("case %d after %s: %s of %d, want %s of %d", i, after, f.Median, f.Opened, want, n)
			}
		}
		opens(0, time.Minute, 0, 0) // it would be the time of one case
		opens(1, 3*time.Minute, 0, 0)
		opens(2, time.Hour, 3*time.Minute, 3)
		opens(0, 2*time.Hour, 3*time.Minute, 3) // again
		opens(3, 2*time.Hour, 31*time.Minute+30*time.Second, 4)
		var n, median int64 // of the latest two, however many there are
		if err := s.reads.figuresOpened.QueryRowContext(t.Context(), noon.UnixMilli(), 2).Scan(&n, &median); err != nil || n != 4 || median != (90*time.Minute).Milliseconds() {
			t.Errorf("%d, with a median of %d ms, %v", n, median, err)
		}
		// What ended counts for how long it took, and in nothing else.
		stand(3, Standing{Stage: flows.StageProof, Opened: true, Ended: true})
		if f := figured(t, s); f.Opened != 4 || f.Open != 7 || f.Waiting != 0 {
			t.Errorf("%+v", f)
		}
		// A case that is gone counts nowhere, and neither does what is long ago.
		erase(t, s, codes[0])
		if f := figured(t, s); f.Opened != 3 || f.Median != time.Hour || f.Open != 6 {
			t.Errorf("%+v", f)
		}
		now.set(noon.Add(FiguresSpan + 90*time.Minute))
		if f := figured(t, s); f.Opened != 0 || f.Median != 0 { // of the one that is left nothing is told
			t.Errorf("%+v", f)
		}
		if left := column(t, s.files.read, `SELECT CAST(COUNT(*) AS TEXT) FROM opened`); left[0] != "3" {
			t.Errorf("%s of what is gone is left", left[0])
		}
	})
}

// BenchmarkFigures reads those of ten thousand cases.
func BenchmarkFigures(b *testing.B) {
	for name, make := range stores {
		b.Run(name, func(b *testing.B) {
			s := make(b, Options{})
			one, _ := steps(b)
			done := manyCases(b, s, 10_000, func(c *Case, i int) error {
				return c.Stand(b.Context(), Standing{Stage: flows.StageSteps, Step: one, Waits: noon, Opened: i%2 == 0})
			})
			if f := figured(b, s); f.Open != done || f.Opened != done/2 {
				b.Fatalf("%+v", f)
			}
			b.ResetTimer()
			for b.Loop() {
				figured(b, s)
			}
		})
	}
}

// manyCases makes so many cases, many at a time, and does something with each.
func manyCases(b *testing.B, s *Store, n int, do func(c *Case, i int) error) int {
	b.Helper()
	const lanes = 32
	errs := make(chan error, lanes)
	for lane := range lanes {
		go func() {
			for i := lane; i < n; i += lanes {
				c, _, err := s.New(b.Context())
				if err == nil {
					err = do(c, i)
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range lanes {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
	return n
}
