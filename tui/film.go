package tui

import (
	"context"
	"slices"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// film shows a tape: the model in the role of a guide, whose run is the tape's at one
// of its moments and whose clock stands there. It is a function of the tape and the
// moment: nothing runs in it, and it leads to no run, no journal and no seat.
type film struct {
	m     *Model
	tape  flows.Tape
	times []time.Time // of its moments: the yes, and each record after it

	at    int // the moment that is shown
	state flows.State
}

// filmOptions say how a film is drawn.
type filmOptions struct {
	look     Look
	size     size
	in       *time.Location // as whose its times are told
	profiles []flows.Profile
}

// newFilm makes a film that stands at the yes.
func newFilm(ctx context.Context, tape flows.Tape, o filmOptions) *film {
	f := &film{tape: tape, times: []time.Time{tape.Recording().Since.In(o.in)}, at: -1}
	for _, r := range tape.Records() {
		f.times = append(f.times, r.At.In(o.in))
	}
	f.m = New(ctx, nil, Options{Guide: dark{}, Profiles: o.profiles, Look: o.look, Still: true, Served: true, Width: o.size.w, Height: o.size.h, Now: f.now})
	f.m.unwatch() // there is nothing to hear of
	f.seek(0)
	return f
}

// filmOptions are those of a film on this screen.
func (m *Model) filmOptions() filmOptions {
	return filmOptions{look: m.look, size: m.size, in: m.now().Location(), profiles: m.profiles}
}

// now is the clock of the film.
func (f *film) now() time.Time { return f.times[max(f.at, 0)] }

// seek goes to a moment, or as near to it as there is one.
func (f *film) seek(to int) {
	to = max(min(to, len(f.times)-1), 0)
	if f.at < 0 || to < f.at {
		f.at, f.state = 0, f.tape.Base()
	}
	records := f.tape.Records()
	f.state = flows.Fold(f.state, records[f.at:to]...)
	f.at = to
	who := f.tape.Recording().Guide
	f.m.see(viewedMsg{of: f.m.guide, view: run.View{
		As: who.Called(), Standing: run.StandWatches, Until: who.Until,
		Run: &run.Shared{State: f.state, Last: records[max(to-mostReeled, 0):to:to]},
	}})
	f.m.notice = f.news()
}

// news is what was written last on the tape: the notes have no place on the customer's
// screen, and what is said is half of what happens.
func (f *film) news() span {
	for _, r := range slices.Backward(f.tape.Records()[:f.at]) {
		n, ok := r.Event.(flows.Noted)
		if !ok {
			continue
		}
		who := authorWords[flows.ByPerson]
		if r.By == flows.ByGuide {
			who = n.From
		}
		return span{clean(fill(wordNoteFrom, "who", who) + n.Text), RoleInfo}
	}
	return span{}
}

// mostReeled is how many of the latest records a film has beside a state.
const mostReeled = 200

// rows are those of the frame of this moment, with a last line of the caller's.
func (f *film) rows(z size, last row) []row {
	f.m.size = z
	rows, _ := f.m.frameRows()
	rows[len(rows)-1] = last
	return rows
}

// dark is the seat of a film: there is nothing behind it.
type dark struct{}

var _ Seat = dark{}

func (dark) View(context.Context) (run.View, error)      { return run.View{}, run.ErrNotWatching }
func (dark) Watch(context.Context) <-chan struct{}       { return nil }
func (dark) Point(context.Context, string) error         { return run.ErrNotWatching }
func (dark) Note(context.Context, string) error          { return run.ErrNotWatching }
func (dark) Suggest(context.Context, flows.PathID) error { return run.ErrNotWatching }
func (dark) AskAgain(context.Context) error              { return run.ErrNotWatching }
func (dark) AskToRecord(context.Context) error           { return run.ErrNotWatching }
func (dark) EndRecording(context.Context) error          { return run.ErrNotWatching }
func (dark) Leave(context.Context, flows.WatchEnd) error { return nil }
