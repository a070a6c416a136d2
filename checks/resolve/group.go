package resolve

import "sync"

// group is a sync.WaitGroup whose Wait panics where one of its goroutines did:
// a panic then goes the way of those who asked, who are told that the look broke,
// and ends nobody else's, least of all a server's.
type group struct {
	wg sync.WaitGroup

	mu    sync.Mutex
	broke any
}

// Go runs f on a goroutine of its own.
func (g *group) Go(f func()) {
	g.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				g.mu.Lock()
				defer g.mu.Unlock()
				g.broke = r
			}
		}()
		f()
	})
}

// Wait waits for every goroutine.
func (g *group) Wait() {
	g.wg.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broke != nil {
		panic(g.broke)
	}
}
