package ssh

import (
	"context"
	"sync"
	"time"

	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// figuresRead is the figures as they were read last, once for all consoles of this server.
type figuresRead struct {
	mu sync.Mutex // held over each reading
	at time.Time  // zero: none
	// keep is how long they are given again.
	keep time.Duration
	of   tui.Figures
}

// figuresFor is how long figures that were read are given again at the least: each
// reading looks at every case, and takes a fiftieth of the time at the most.
const (
	figuresFor  = 5 * time.Second
	figuresRest = 50
)

// figures are those of all cases. They name none, and are for every guide who sees the
// queue.
func (s *Server) figures(ctx context.Context) (tui.Figures, error) {
	g := &s.figuresRead
	g.mu.Lock()
	defer g.mu.Unlock()
	now := s.o.Now()
	if !g.at.IsZero() && now.Sub(g.at).Abs() < g.keep {
		return g.of, nil
	}
	from := time.Now()
	f, err := s.o.Cases.Figures(ctx)
	if err != nil {
		return tui.Figures{}, err
	}
	g.keep = max(figuresFor, figuresRest*time.Since(from))
	g.at, g.of = now, tui.Figures{Open: f.Open, Waiting: f.Waiting, Opened: f.Opened, Days: int(cases.FiguresSpan / (24 * time.Hour)), Median: f.Median}
	for _, at := range f.Stuck {
		g.of.Stuck = append(g.of.Stuck, tui.StuckAt(at))
	}
	return g.of, nil
}
