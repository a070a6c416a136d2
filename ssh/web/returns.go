package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// Returns brings what Microsoft's consent page says back to the run whose link led
// there. Each run that waits has one state, signed, which counts once; nothing
// else that comes moves anything. Its methods are safe for use by several
// goroutines.
type Returns struct {
	key     []byte
	also    []byte // signed before, and counts still; nil: nothing did
	shelf   Shelf  // nil: there are no other servers
	at      string
	clients map[string]bool
	now     func() time.Time

	mu      sync.Mutex
	waiting map[sum16]*wait  // by run
	spent   map[sum16][]used // by run: states that counted, the oldest first
	kept    map[sum16]kept   // by run: what came while nobody waited
	fates   [fates]atomic.Uint64
}

var _ run.Returner = (*Returns)(nil)

// ReturnPath is where the consent page comes back to, behind the door's origin.
const ReturnPath = "/consent"

// stateLife is how long a link's state counts, and stateLeast what must be left of
// it for a run that comes back to keep its link: a person may take a day until an
// admin opens it.
const (
	stateLife  = 24 * time.Hour
	stateLeast = 10 * time.Minute
)

// NewReturns makes it. key signs; it must outlive the process, or links that are
// out count no more after a restart. origin is the door's, and clients are the
// client ids of the apps in whose registration origin and ReturnPath stand. now is
// the clock; nil: time.Now.
func NewReturns(key []byte, origin string, clients []string, now func() time.Time) (*Returns, error) {
	if len(key) < 32 {
		return nil, errors.New("the key that signs states is too short")
	}
	if now == nil {
		now = time.Now
	}
	r := &Returns{key: key, at: origin + ReturnPath, clients: map[string]bool{}, now: now, waiting: map[sum16]*wait{}, spent: map[sum16][]used{}, kept: map[sum16]kept{}}
	for _, c := range clients {
		r.clients[strings.ToLower(c)] = true
	}
	return r, nil
}

// wait is one run that waits, by one state.
type wait struct {
	state    string
	arrivals chan arrival
	gone     chan struct{} // closed when it waits by this state no more
}

// arrival is one browser that came, with the state that is waited for.
type arrival struct {
	query string
	said  chan flows.ReturnSaid // holds one
}

// used is a state that counted, with the end of its time.
type used struct {
	state sum16
	until time.Time
}

// errElsewhere says that an app's page does not come back here.
var errElsewhere = errors.New("this app's registration does not lead back here")

// Await implements run.Returner. A run that came back keeps its state, so that a
// link which is out still counts after a restart. Once it was used there is another,
// though the run itself may not have heard of it; so there is when it is too old.
func (r *Returns) Await(ctx context.Context, ask run.ReturnAsk, ready func(run.Waiting), came func(string) flows.ReturnSaid) error {
	if !r.clients[strings.ToLower(ask.ClientID)] || ask.Run == "" {
		return errElsewhere
	}
	is := signed{run: sumOf(ask.Run), to: sumOf(strings.ToLower(ask.ClientID), r.at)}
	state := ask.State
	for ctx.Err() == nil {
		was, ok := r.read(state)
		left := stateLeast
		lies, taken := r.elsewhere(ctx, state, ok)
		if _, came := r.keptFor(is.run, state); came || lies { // it is no link that somebody has yet to open
			left = 0
		}
		if is.until = was.until; !ok || was != is || was.until.Sub(r.now()) < left || taken || r.counted(is.run, state) {
			is.until = r.now().Add(stateLife).Truncate(time.Second)
			state = makeState(r.key, is)
		}
		w := r.enter(is.run, state)
		ready(run.Waiting{At: r.at, State: state})
		if query, ok := r.keptFor(is.run, state); ok {
			if r.deliver(ctx, is, w, came, query) == flows.ReturnGood {
				<-ctx.Done()
			}
			state = ""
			continue
		}
		if r.one(ctx, is, w, came) == flows.ReturnGood { // the run waits no more, and says so
			<-ctx.Done()
		}
		state = ""
	}
	return ctx.Err()
}

// one waits by a state for what comes, here or elsewhere, and gives what the run says of
// it; none of its words: its time is over, or ctx ended.
func (r *Returns) one(ctx context.Context, is signed, w *wait, came func(string) flows.ReturnSaid) flows.ReturnSaid {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	late := time.NewTimer(is.until.Sub(r.now()))
	defer late.Stop()
	passed := r.passed(ctx, is.run, w.state)
	select {
	case a := <-w.arrivals:
		r.take(is.run, w, is.until)
		said := came(a.query)
		a.said <- said
		r.tell(ctx, is, w.state, said)
		return said
	case query := <-passed:
		said := came(query)
		if said == flows.ReturnStrange && ctx.Err() != nil { // it stays there for when the run is back
			r.leave(is.run, w)
			return said
		}
		r.take(is.run, w, is.until)
		r.tell(ctx, is, w.state, said)
		return said
	case <-late.C:
	case <-ctx.Done():
	}
	r.leave(is.run, w)
	return noneSaid
}

// noneSaid is no word of a run.
const noneSaid flows.ReturnSaid = ""

func (r *Returns) enter(id sum16, state string) *wait {
	w := &wait{state: state, arrivals: make(chan arrival), gone: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[id] = w
	return w
}

// leave ends a wait by a state that did not count.
func (r *Returns) leave(id sum16, w *wait) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(id, w)
}

// take ends a wait by a state that counts now. Both are seen at once: whoever comes
// with that state never finds it unused and nobody there.
func (r *Returns) take(id sum16, w *wait, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spend(id, used{sumOf(w.state), until})
	r.drop(id, w)
}

// drop ends a wait. The caller holds mu.
func (r *Returns) drop(id sum16, w *wait) {
	if r.waiting[id] == w {
		delete(r.waiting, id)
	}
	close(w.gone)
}

// mostSpent bounds the runs whose used states are remembered, and spentOfOne how
// many of one run: a run that comes back brings the last that it knows of.
const (
	mostSpent  = 10000
	spentOfOne = 8
)

// spend remembers that a state of a run counted. Where there is no room, what would
// be forgotten first makes some. The caller holds mu.
func (r *Returns) spend(id sum16, one used) {
	if _, known := r.spent[id]; !known && len(r.spent) >= mostSpent {
		r.forget()
	}
	all := append(r.spent[id], one)
	r.spent[id] = slices.Clone(all[max(0, len(all)-spentOfOne):])
}

// forget drops the runs all of whose used states are too old, and where that drops
// none the one whose last is the oldest. The caller holds mu.
func (r *Returns) forget() {
	now, had := r.now(), len(r.spent)
	var first sum16
	var soonest time.Time
	for id, all := range r.spent {
		switch end := all[len(all)-1].until; {
		case !now.Before(end):
			delete(r.spent, id)
		case soonest.IsZero() || end.Before(soonest):
			first, soonest = id, end
		}
	}
	if len(r.spent) == had {
		delete(r.spent, first)
	}
}

// counted says whether a state of a run counted already.
func (r *Returns) counted(id sum16, state string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.isSpent(id, state)
}

// isSpent is counted for a caller that holds mu.
func (r *Returns) isSpent(id sum16, state string) bool {
	sum := sumOf(state)
	return slices.ContainsFunc(r.spent[id], func(one used) bool { return one.state == sum })
}

// fate is what became of somebody who came back.
type fate int

const (
	fateStrange   fate = iota // no state of ours
	fateOld                   // its time is over
	fateKept                  // nobody waits: the terminal was left, and hears of it once it is back
	fateUsed                  // it counted already, or a newer link was made
	fateNothing               // what came says nothing of consent
	fateError                 // it says that something went wrong
	fateElsewhere             // it names another tenant
	fateGood
	fateAway   // the run may be elsewhere, and there is no getting it there just now
	fateHanded // the run has it, and did not say in time what it means
	fates
)

// bring takes what came back to the run that it belongs to. Nothing is moved by
// what does not carry the state which that run waits by.
func (r *Returns) bring(ctx context.Context, query string) fate {
	q, err := url.ParseQuery(query)
	if err != nil || len(q["state"]) != 1 {
		return fateStrange
	}
	state := q.Get("state")
	s, ok := r.read(state)
	if !ok {
		return fateStrange
	}
	if !r.now().Before(s.until) {
		return fateOld
	}
	c, ok := flows.ReadReturn(flows.State{}, query, false)
	if !ok {
		return fateNothing // and the state is still good
	}
	r.mu.Lock()
	w := r.waiting[s.run]
	spent := r.isSpent(s.run, state)
	if w == nil && !spent && r.shelf == nil {
		r.keep(s, state, c)
	}
	r.mu.Unlock()
	switch {
	case spent:
		return fateUsed
	case w == nil && r.shelf != nil:
		return r.pass(ctx, s, state, c)
	case w == nil:
		return fateKept
	case subtle.ConstantTimeCompare([]byte(w.state), []byte(state)) != 1:
		return fateUsed
	}
	a := arrival{query, make(chan flows.ReturnSaid, 1)}
	select {
	case w.arrivals <- a:
	case <-w.gone:
		return fateUsed
	case <-ctx.Done():
		return fateUsed
	}
	select {
	case said := <-a.said:
		return fateOf[said]
	case <-ctx.Done(): // the browser has gone, or the run is slow, or broke
		return fateHanded
	}
}

// fateOf is what a run's own reading means; what it does not believe was used
// before, for the state was its own.
var fateOf = map[flows.ReturnSaid]fate{
	flows.ReturnStrange: fateUsed, flows.ReturnEmpty: fateNothing, flows.ReturnError: fateError,
	flows.ReturnElsewhere: fateElsewhere, flows.ReturnGood: fateGood,
}

// serve answers the browser that Microsoft's page sent here.
func (r *Returns) serve(w http.ResponseWriter, q *http.Request) {
	if q.Method != http.MethodGet || strings.Contains(q.Header.Get("Sec-Purpose"), "prefetch") {
		w.WriteHeader(http.StatusServiceUnavailable) // nobody is looking yet, and a state counts once
		return
	}
	f := r.bring(q.Context(), q.URL.RawQuery)
	r.fates[f].Add(1)
	c, _ := flows.ReadReturn(flows.State{}, q.URL.RawQuery, false)
	page, err := rendered(returnPage(f, c))
	if err != nil {
		refuse(w, http.StatusInternalServerError, sayBroke)
		return
	}
	send(w, returnPages[f].status, page)
}
