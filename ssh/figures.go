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
	// keep is how long they, or the error, are given again.
	keep time.Duration
	of   tui.Figures
	err  error // why they could not be read
}

// figuresFor is how long figures that were read are given again at the least: each
// reading looks at every case, and takes a fiftieth of the time at the most.
const (
	figuresFor  = 5 * time.Second
	figuresMost = time.Minute // however long it took
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
		return g.of, g.err
	}
	from := time.Now()
	f, err := s.o.Cases.Figures(ctx)
	if ctx.Err() != nil { // one guide's end is nothing for the others
		return tui.Figures{}, ctx.Err()
	}
	g.at, g.keep, g.err = now, min(max(figuresFor, figuresRest*time.Since(from)), figuresMost), err
	if g.of = (tui.Figures{}); err != nil {
		return g.of, err
	}
	g.of = tui.Figures{Open: f.Open, Waiting: f.Waiting, Opened: f.Opened, Days: int(cases.FiguresSpan / (24 * time.Hour)), Fewest: cases.FewestFigured, Median: f.Median}
	for _, at := range f.Stuck {
		g.of.Stuck = append(g.of.Stuck, tui.StuckAt(at))
	}
	return g.of, nil
}
