package cases

import (
	"errors"
	"sync"
	"testing"
	"time"

	"onboard.example/flows"
)

// A case to which another node adds while it is swept stays, with what was added.
func TestASweepLeavesWhatIsAddedToMeanwhile(t *testing.T) {
	t.Parallel()
	at, now := ofItsOwn(t), atNoon()
	long := Options{Now: now.time, patience: 2 * soon} // what is held open must not be given up before the sweep is there
	url := at.URL("") + patiently
	ns := []*Store{open(t, url, long), open(t, url, long)}
	c, _ := begun(t, ns[0])
	old, _ := begun(t, ns[0])
	there := onNode(t, ns[1], c.Number())
	b, err := there.batch(0, []flows.Record{note("w", 1, "a")})
	if err != nil {
		t.Fatal(err)
	}
	now.set(noon.Add(DefaultKeep + time.Hour))
	added, leave, stored := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	enter := sync.OnceFunc(func() { close(added) }) // it may be asked again
	go func() {
		stored <- ns[1].submit(&job{ctx: t.Context(), of: c.id, do: func(q *queries) (answer, fault error) {
			done, err := there.append(q, b)
			if err == nil && !done {
				err = errRaced
			}
			enter()
			<-leave
			return nil, err
		}})
	}()
	release := sync.OnceFunc(func() { close(leave) })
	defer release() // or the writer would wait whatever happens here
	<-added
	swept := make(chan error, 1)
	go func() { swept <- second(ns[0].Sweep(t.Context())) }()
	at.waits(t, "the sweep waits for the append")
	release()
	if err := <-stored; err != nil {
		t.Fatal(err)
	}
	if err := <-swept; err != nil && !errors.Is(err, ErrUnwiped) {
		t.Fatal(err)
	}
	if got := texts(t, c, 0); got != "a" {
		t.Errorf("it holds %q", got)
	}
	if _, err := old.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
		t.Errorf("the other is there: %v", err)
	}
}
