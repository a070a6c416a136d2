package run

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// TestAGuideHearsOfEveryRequestToRecordThatCameToNothing: of one that went with what the
// person erased, and of one that nobody answered, for which they are woken.
func TestAGuideHearsOfEveryRequestToRecordThatCameToNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(r *rig)
		want    Taping
	}{
		"erased":  {func(r *rig) { r.do(flows.Unrecorded{}) }, Taping{Asked: true, Why: flows.RecordErased}},
		"refused": {func(r *rig) { r.do(r.State().TapeAsk.Ends(flows.RecordRefused)) }, Taping{Asked: true, Why: flows.RecordRefused}},
		"ran out": {func(*rig) { time.Sleep(flows.AskWait) }, Taping{Asked: true}},
		"ended":   {func(r *rig) { r.do(flows.Watched{Visit: r.State().Guides[0].Visit, Why: flows.WatchStopped}) }, Taping{Asked: true, Why: flows.RecordWatch}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				r := drive(t, &world{}, journal.NewMemory(), Options{})
				r.begin()
				g := comes(t, r.j, "Ann Lee")
				r.sees(g)
				if err := g.AskToRecord(t.Context()); err != nil {
					t.Fatal(err)
				}
				wake := g.Watch(t.Context())
				synctest.Wait()
				<-wake // that it was read
				c.happens(r)
				synctest.Wait()
				select {
				case <-wake:
				default:
					t.Error("the guide is not woken")
				}
				for range 2 { // it is told once
					if v := view(t, g); !slices.Equal(v.Tapings, []Taping{c.want}) {
						t.Errorf("the guide hears %+v", v.Tapings)
					}
				}
				time.Sleep(flows.WatchMost)
				if v := view(t, g); !slices.Equal(v.Tapings, []Taping{c.want}) {
					t.Errorf("after the watch: %+v", v.Tapings)
				}
			})
		})
	}
}
