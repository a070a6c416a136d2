package resolve

import (
	"sync/atomic"
	"testing"
)

// TestGroupHandsPanicsOn holds that a panic of a goroutine reaches whoever waits,
// once all the others are done.
func TestGroupHandsPanicsOn(t *testing.T) {
	t.Parallel()
	var g group
	var n atomic.Int32
	for i := range 10 {
		g.Go(func() {
			if i == 3 {
				panic("broke")
			}
			n.Add(1)
		})
	}
	defer func() {
		if r := recover(); r != "broke" || n.Load() != 9 {
			t.Errorf("%v, and %d others", r, n.Load())
		}
		var fine group
		fine.Go(func() { n.Add(1) })
		fine.Wait()
		if n.Load() != 10 {
			t.Error("it did not wait")
		}
	}()
	g.Wait()
}
