package tui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Console makes the surface a guide's: it shows the cases that there are in place of
// a run of one's own.
type Console struct {
	Queue Queue
	// Name, Organisation and Role are the guide's, as they were proved.
	Name, Organisation, Role string
	// Ask asks the customer of a case, by its number, to let this guide watch, and gives
	// the guide's seat beside it. The guide reads its errors as they are. It is called
	// for one case at a time; nil: this guide asks nobody.
	Ask func(ctx context.Context, number string) (Seat, error)
	// Ahead says that this guide may ask the customer of a case next, by its number, or
	// with an empty one that they turned away from that; nil: nobody wants to know.
	Ahead func(ctx context.Context, number string)
	// Receipt tells how the guide gets the signed receipt of a session at a case, by its
	// number, that has ended; nil: there is none.
	Receipt func(number string) string
	// Figures gives the figures of all cases; nil: there are none. It is asked again and
	// again, and may give what it gave some seconds before.
	Figures func(ctx context.Context) (Figures, error)
	// Erase erases a case for good, by its number, and gives what is to be told besides;
	// nil: it is for leads. The guide reads its errors as they are.
	Erase func(ctx context.Context, number string) (told string, err error)
	// Invitations are what this guide does about invitations; nil: it is for leads.
	Invitations Invitations
	// HandOvers are what this guide does about handing cases over; nil: it is for leads.
	HandOvers HandOvers
	// Answers gives the texts that guides need often, by title. With an error come
	// those that there were before it. nil: there are none.
	Answers func(ctx context.Context) ([]CannedAnswer, error)
	// Replay gives what this guide may replay of a case, by its number; nil: nothing.
	// The guide reads its errors as they are.
	Replay func(ctx context.Context, number string) (Reel, error)
	// Readings are shared by all consoles of a server; nil: this one shares none.
	Readings *Readings
}

// Queue is what a guide sees of the cases that there are. Its methods are safe for
// use by several goroutines.
type Queue interface {
	// List gives the cases that have not ended, in any order; where they are too many
	// some of them, and more is true. What it gives is not changed.
	List(ctx context.Context) (rows []QueueRow, more bool, err error)
	// Watch gives a wake-up, never data, after something of List has changed; it
	// closes when ctx ends.
	Watch(ctx context.Context) <-chan struct{}
}

// QueueRow is a case as a guide sees it from afar. Without the customer's yes that is
// all there is of it: nothing here names a tenant but Shown.
type QueueRow struct {
	Number  string    // the public one
	Step    string    // where it is, in words: see Where; empty: nobody noted it
	Began   time.Time // what its age counts from
	Waits   time.Time // since when somebody is held up there; zero: nobody is
	Present bool      // somebody is at it now
	Home    bool      // the run is on the customer's own machine, which looks and signs in
	Shown   *Shown    // nil: nobody agreed to it
	Handed  *Handed   // nil: it was handed over neither to this guide nor by them
}

// Shown is what the customer's yes adds, or the invitation that named the tenant.
type Shown struct {
	Tenant string
	Blocks string // what blocks there; empty: nothing is known to
}

// byNeed puts first what was handed to this guide, and then who needs somebody most: who
// waits, and of them who is there, and then who waits longest; of all others who is there,
// and then the oldest.
func byNeed(a, b QueueRow) int {
	first := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	return cmp.Or(first(a.Handed.toMe(), b.Handed.toMe()), first(!a.Waits.IsZero(), !b.Waits.IsZero()), first(a.Present, b.Present), a.Waits.Compare(b.Waits), a.Began.Compare(b.Began), cmp.Compare(a.Number, b.Number))
}

// queued is the queue as it was listed last, and what of it is asked for.
type queued struct {
	rows    []QueueRow // by need, their texts clean
	said    []string   // what each of them is found by, in small letters
	more    bool       // there are others
	fitted  []QueueRow // what fit gave last
	asked   fitting    // and of what
	listed  bool       // once
	why     string     // why it cannot be listed now; empty: it can
	waiting bool       // only who waits
	present bool       // only who is there
}

// fitting is what of the queue is asked for.
type fitting struct {
	text             string
	waiting, present bool
	known            bool // it was asked
}

// take takes a list.
func (q *queued) take(rows []QueueRow, more bool, err error) {
	if err != nil {
		q.why = clean(err.Error())
		return
	}
	q.rows, q.more, q.listed, q.why = make([]QueueRow, len(rows)), more, true, ""
	for i, r := range rows {
		r.Number, r.Step = clean(r.Number), cmp.Or(clean(r.Step), wordNoStep)
		if r.Home {
			r.Step = fill(wordRowHome, "step", r.Step)
		}
		if r.Shown != nil {
			r.Shown = &Shown{Tenant: clean(r.Shown.Tenant), Blocks: clean(r.Shown.Blocks)}
		}
		r.Handed = r.Handed.cleaned()
		q.rows[i] = r
	}
	slices.SortStableFunc(q.rows, byNeed)
	q.said, q.asked = make([]string, len(q.rows)), fitting{}
	for i, r := range q.rows {
		said := r.Number + " " + strings.ReplaceAll(r.Number, "-", "") + " " + r.Step
		if r.Shown != nil {
			said += " " + r.Shown.Tenant + " " + r.Shown.Blocks
		}
		if r.Handed != nil {
			said += " " + r.Handed.By + " " + r.Handed.To
		}
		q.said[i] = strings.ToLower(said)
	}
}

// fit are the rows that are asked for and hold a text. Thousands are looked at once,
// not with each frame.
func (q *queued) fit(text string) []QueueRow {
	want := fitting{strings.ToLower(strings.TrimSpace(text)), q.waiting, q.present, true}
	if q.asked == want {
		return q.fitted
	}
	var out []QueueRow
	for i, r := range q.rows {
		if (!q.waiting || !r.Waits.IsZero()) && (!q.present || r.Present) && strings.Contains(q.said[i], want.text) {
			out = append(out, r)
		}
	}
	q.fitted, q.asked = out, want
	return out
}

// counts are those of the whole queue.
func (q *queued) counts() (all, waiting, present int) {
	for _, r := range q.rows {
		if !r.Waits.IsZero() {
			waiting++
		}
		if r.Present {
			present++
		}
	}
	return len(q.rows), waiting, present
}

// noRun is the driver of a console: there is no run, so that nothing can be answered,
// confirmed or signed in to. What wakes it is the queue.
type noRun struct {
	blind

	queue Queue
}

var _ Driver = noRun{}

// Watch implements Driver.
func (n noRun) Watch(ctx context.Context) <-chan struct{} { return n.queue.Watch(ctx) }
