package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// Callers is what a server at a distance has of a run on its person's own machine: the
// right to say that a guide asks to watch or to record, points, writes, suggests, wishes
// for a look, ends a recording, or is gone. There is no more to it: it has no method that answers, confirms, signs in,
// starts or ends anything, and it takes no event and gives no journal. Whatever such a
// server says, the most that comes of it is a question to the person, and after their
// yes markers, notes and another question.
//
// Nothing that the server says is trusted: names and notes are cleaned, times are told
// by how long they last and not by its clock, and what makes no sense changes nothing
// (see flows.Fold). Each thing said has a number of the server's, counted up: what was
// said before is not said again. A Callers is safe for use by several goroutines.
type Callers struct {
	journal flows.Journal
	writer  flows.WriterID
	now     func() time.Time

	mu    sync.Mutex
	state flows.State // up to where it was read
	last  uint64      // number of what was said last
}

// CallersBy is the writer of what the guides of a case at a server say.
func CallersBy(number string) flows.WriterID {
	return flows.WriterID("caller-" + checks.Line(number, 40))
}

// ErrSaidBefore says that the number of what a server says is none that comes next.
var ErrSaidBefore = errors.New("this was said before")

// NewCallers makes the callers of a run, as guides of a case at a server, by the case's
// number there. A clock of nil is time.Now. The error is the journal's.
func NewCallers(ctx context.Context, j flows.Journal, number string, now func() time.Time) (*Callers, error) {
	if now == nil {
		now = time.Now
	}
	c := &Callers{journal: j, writer: CallersBy(number), now: now}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("reading the run: %w", err)
	}
	return c, nil
}

// Last is the number of what was said last; 0: nothing was.
func (c *Callers) Last() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// mostVisit bounds the id of a visit, in bytes; a server's own are half as long.
const mostVisit = 64

// Question is what a guide at a server asks the person: who asks, for how long it can be
// answered and how long a yes lasts; and who handed the case to them, with the visit that
// ends by the yes, or nobody.
type Question struct {
	Visit         flows.VisitID
	Name, Org     string
	Wait, Lasts   time.Duration
	From, FromOrg string
	Over          flows.VisitID
}

// Ask puts a guide's question to the person. Its times are bounded.
func (c *Callers) Ask(ctx context.Context, n uint64, q Question) error {
	name, org, ok := flows.KnownAs(q.Name, q.Org)
	if !ok || q.Visit == "" || len(q.Visit) > mostVisit || len(q.Over) > mostVisit {
		return c.skip(n)
	}
	e := flows.AskedToWatch{Visit: q.Visit, Guide: name, Org: org, Until: c.now().Add(min(max(q.Wait, 0), flows.AskWait)), Lasts: q.Lasts}
	if from, of, told := flows.KnownAs(q.From, q.FromOrg); told {
		e.From, e.FromOrg, e.Over = from, of, q.Over
	}
	return c.say(ctx, n, flows.ByServer, e)
}

// Gone ends a guide's watch, or their question. Why is flows.WatchLeft, flows.WatchOver,
// flows.WatchBack or, whatever else it is, flows.WatchLost.
func (c *Callers) Gone(ctx context.Context, n uint64, visit flows.VisitID, why flows.WatchEnd) error {
	if visit == "" { // of journals of before guides asked
		return c.skip(n)
	}
	if why != flows.WatchLeft && why != flows.WatchOver && why != flows.WatchBack {
		why = flows.WatchLost
	}
	return c.say(ctx, n, flows.ByServer, flows.Watched{Visit: visit, Why: why})
}

// Point marks a place on the person's screen; an empty one takes the marker away.
func (c *Callers) Point(ctx context.Context, n uint64, visit flows.VisitID, at string) error {
	return c.guided(ctx, n, visit, flows.Pointed{At: at, Visit: visit})
}

// Note writes to the person.
func (c *Callers) Note(ctx context.Context, n uint64, visit flows.VisitID, text string) error {
	return c.guided(ctx, n, visit, flows.Noted{Text: checks.Line(text, flows.NoteMost), Visit: visit})
}

// Suggest recommends a path; an empty one takes the advice back.
func (c *Callers) Suggest(ctx context.Context, n uint64, visit flows.VisitID, path flows.PathID) error {
	return c.guided(ctx, n, visit, flows.Suggested{Path: path, Visit: visit})
}

// AskAgain wishes for a look.
func (c *Callers) AskAgain(ctx context.Context, n uint64, visit flows.VisitID) error {
	return c.guided(ctx, n, visit, flows.AskedAgain{Visit: visit})
}

// AskRecord puts to the person that a guide who watches asks to record, by a request of
// that id: it can be answered for a while, and what is recorded is kept at the server for
// another; 0: it does not say how long.
func (c *Callers) AskRecord(ctx context.Context, n uint64, visit flows.VisitID, ask flows.TapeID, wait, keeps time.Duration) error {
	if visit == "" || len(ask) > mostVisit {
		return c.skip(n)
	}
	until := c.now().Add(min(max(wait, 0), flows.AskWait))
	return c.say(ctx, n, flows.ByServer, flows.AskedToRecord{Visit: visit, Ask: ask, Until: until, Keeps: keeps})
}

// EndRecord ends the recording of a guide's watch that was asked for so, or takes the
// request for it back.
// Why is flows.RecordErased, flows.RecordLate or, whatever else it is,
// flows.RecordLeft.
func (c *Callers) EndRecord(ctx context.Context, n uint64, visit flows.VisitID, ask flows.TapeID, why flows.RecordEnd) error {
	if visit == "" {
		return c.skip(n)
	}
	if why != flows.RecordErased && why != flows.RecordLate {
		why = flows.RecordLeft
	}
	return c.say(ctx, n, flows.ByServer, flows.Recorded{Visit: visit, Ask: ask, Why: why})
}

// guided says something in the name of a guide who watches.
func (c *Callers) guided(ctx context.Context, n uint64, visit flows.VisitID, e flows.Event) error {
	if visit == "" {
		return c.skip(n)
	}
	return c.say(ctx, n, flows.ByGuide, e)
}

// skip takes a number of which nothing is said.
func (c *Callers) skip(n uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n <= c.last {
		return ErrSaidBefore
	}
	c.last = n
	return nil
}

// HangUp ends every watch and every question: nobody is there any more by whom guides
// would hear of it. Trying again is safe.
func (c *Callers) HangUp(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.catchUp(ctx); err != nil {
			return fmt.Errorf("ending what is watched: %w", err)
		}
		var rs []flows.Record
		for _, g := range slices.Concat(c.state.Guides, c.state.Asking) {
			if g.Visit == "" { // of journals of before guides asked: such a watch lets nobody see anything
				continue
			}
			// It is named by chance: a server may use the id of a visit twice.
			rs = append(rs, flows.Record{
				Seq: c.state.Seq + uint64(len(rs)) + 1, Writer: "hung-up-" + flows.WriterID(chanceVisit()), N: 1,
				At: c.at(), By: flows.ByServer, Event: flows.Watched{Visit: g.Visit, Why: flows.WatchLost},
			})
		}
		if len(rs) == 0 || c.state.End != "" {
			return nil
		}
		_, err := c.journal.Append(ctx, c.state.Seq, rs...)
		if err == nil || !errors.Is(err, flows.ErrConflict) {
			if err != nil {
				return fmt.Errorf("ending what is watched: %w", err)
			}
			return nil
		}
	}
}

// say appends what was said, right after what is known of the run.
func (c *Callers) say(ctx context.Context, n uint64, by flows.Author, e flows.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.catchUp(ctx); err != nil {
			return fmt.Errorf("taking what a guide says: %w", err)
		}
		if n <= c.last {
			return ErrSaidBefore
		}
		r := flows.Record{Seq: c.state.Seq + 1, Writer: c.writer, N: n, At: c.at(), By: by, Event: flows.Clean(e)}
		if !flows.MayAppend(by, r.Event) {
			return ErrNotAllowed
		}
		if !c.counts(r) { // it would fill the person's journal and change nothing
			c.last = n
			return nil
		}
		_, err := c.journal.Append(ctx, c.state.Seq, r)
		switch {
		case errors.Is(err, flows.ErrConflict):
			continue
		case err != nil:
			return fmt.Errorf("taking what a guide says: %w", err)
		}
		return nil
	}
}

// counts says whether a record changes anything in the run as it is known.
func (c *Callers) counts(r flows.Record) bool {
	watches := func(id flows.VisitID) bool {
		_, ok := c.state.Watching(id, r.At)
		return ok
	}
	switch e := r.Event.(type) {
	case flows.AskedToWatch:
		if _, asked := c.state.AsksToWatch(e.Visit, r.At); asked {
			return false
		}
		next := flows.Fold(c.state, r)
		_, asks := next.AsksToWatch(e.Visit, next.At)
		return asks
	case flows.Watched:
		is := func(g flows.Guide) bool { return g.Visit == e.Visit }
		return slices.ContainsFunc(c.state.Asking, is) || slices.ContainsFunc(c.state.Guides, is)
	case flows.AskedToRecord:
		return flows.Fold(c.state, r).TapeAsk != c.state.TapeAsk
	case flows.Recorded:
		a, asks := c.state.AsksToRecord(r.At)
		on, holds := c.state.Recorded(r.At)
		return asks && a.Guide.Visit == e.Visit && a.ID == e.Ask || holds && on.Guide.Visit == e.Visit && on.Ask == e.Ask
	case flows.Pointed:
		_, step := flows.StepByID(flows.StepID(e.At))
		_, path := flows.PathByID(flows.PathID(e.At))
		_, check := checks.ByID(checks.ID(e.At))
		return watches(e.Visit) && (e.At == "" || step || path || check)
	case flows.Suggested:
		_, path := flows.PathByID(e.Path)
		return watches(e.Visit) && (e.Path == "" || path)
	case flows.Noted:
		return watches(e.Visit) && strings.TrimSpace(e.Text) != ""
	case flows.AskedAgain:
		return watches(e.Visit)
	}
	return false
}

// at is the time of the next record, never before the last.
func (c *Callers) at() time.Time {
	if now := c.now().UTC().Round(0); now.After(c.state.At) {
		return now
	}
	return c.state.At
}

// catchUp reads on. The caller holds mu.
func (c *Callers) catchUp(ctx context.Context) error {
	rs, err := c.journal.Since(ctx, c.state.Seq)
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r.Writer == c.writer {
			c.last = max(c.last, r.N)
		}
	}
	c.state = flows.Fold(c.state, rs...)
	return nil
}
