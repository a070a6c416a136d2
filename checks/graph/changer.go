package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
)

// Confirmed is what a person confirmed: changes in one tenant, with scopes
// that are asked for only now. Only Confirm makes a valid one.
type Confirmed struct {
	tenant string
	scopes []string
}

// Confirm records that a person confirmed a plan for the tenant with this id,
// which may use these delegated scopes and no others.
func Confirm(tenantID string, scopes ...string) (Confirmed, error) {
	if !isGUID(tenantID) {
		return Confirmed{}, errors.New("confirm changes: the tenant's id is no GUID")
	}
	if len(scopes) == 0 || slices.Contains(scopes, "") {
		return Confirmed{}, errors.New("confirm changes: no scopes were named")
	}
	return Confirmed{tenant: tenantID, scopes: slices.Clone(scopes)}, nil
}

// What a change can come to, beside the failures of requests. Errors of a
// Changer wrap these or a *checks.Failure, or both.
var (
	// ErrLost means that the answer to a write was lost and that reading again
	// does not show the change. It was not repeated. Doing the same once more
	// is safe: every change begins with reading.
	ErrLost = errors.New(wordLost)
	// ErrNotLanded means that Graph accepted a write which reading again does
	// not show (entra-facts §3 tells of such tenants).
	ErrNotLanded = errors.New(wordNotLanded)
	// ErrMoved means that somebody changed the object since, so that it was
	// left alone.
	ErrMoved = errors.New(wordMoved)
)

// Wait tells that a change pauses until Graph's replicas agree.
type Wait struct {
	For   string // what is waited for
	Tried int
	Next  time.Duration
}

// Receipt is what one change did. It is filled as far as the change came, also
// beside an error.
type Receipt struct {
	Object    string // id of the object that was made or changed
	Request   string // the write, as sent; empty where none was needed
	Before    string
	After     string // as read back, never as answered
	Changed   bool
	RequestID string
	At        time.Time
	Seen      []checks.Evidence // every request, reads included
}

// Changer makes the changes of a confirmed plan. Every method reads first,
// writes only what is missing, and reads again: a status code is never taken
// for the change. It may be used by several goroutines; its changes then take
// turns.
type Changer struct {
	c         *client
	confirmed Confirmed

	mu   sync.Mutex
	made map[string]bool // service principals made here, which replicas may not know yet
}

// NewChanger makes a changer for what was confirmed. Nothing is asked yet.
func NewChanger(o Options, confirmed Confirmed) (*Changer, error) {
	if confirmed.tenant == "" {
		return nil, errors.New("make a changer: nothing was confirmed")
	}
	c, err := newClient(o, http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete)
	if err != nil {
		return nil, err
	}
	return &Changer{c: c, confirmed: confirmed, made: map[string]bool{}}, nil
}

// Close lets go of idle connections.
func (ch *Changer) Close() { ch.c.close() }

// change is one change under way.
type change struct {
	*trail
	by      *Changer
	receipt Receipt
}

// do runs one change: the confirmation must cover it, and the token must be of
// the tenant that was confirmed.
func (ch *Changer) do(ctx context.Context, what string, n need, fn func(*change) error) (Receipt, error) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	x := &change{by: ch, trail: &trail{ctx: ctx}}
	err := x.begin(n)
	if err == nil {
		err = guarded(func() error { return fn(x) })
	}
	x.receipt.Seen = x.seen
	if err != nil {
		return x.receipt, fmt.Errorf("%s: %w", what, err)
	}
	return x.receipt, nil
}

// guarded runs fn, and makes a panic inside an SDK model a failure.
func guarded(fn func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &checks.Failure{Kind: checks.FailNotJSON, Message: wordOdd}
		}
	}()
	return fn()
}

func (x *change) begin(n need) error {
	confirmed := x.by.confirmed
	if !slices.ContainsFunc(n.scopes, func(s string) bool { return containsFold(confirmed.scopes, s) }) {
		return &checks.Failure{Kind: checks.FailScope, Message: wordNotConfirmed, Missing: n.scopes}
	}
	c, f := x.by.c.begin(x.ctx, confirmed.scopes)
	if f != nil {
		return f
	}
	x.call = c
	tenant := c.claims.tenant
	if tenant == "" {
		// The token does not say: the directory does.
		found, err := list[models.Organizationable, models.OrganizationCollectionResponseable](x.trail,
			ask{path: "organization", query: "$select=id", need: needTenant}, models.CreateOrganizationCollectionResponseFromDiscriminatorValue)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			tenant = text(found[0].GetId())
		}
	}
	if !strings.EqualFold(tenant, confirmed.tenant) {
		return &checks.Failure{Kind: checks.FailWrongTenant, Message: wordAnother}
	}
	return nil
}

// replication: a new object can be unknown to the next request for seconds;
// pauses of 1, 2, 4, 8, 16 s, two minutes in all (entra-facts §15).
const (
	firstPause    = time.Second
	longestPause  = 16 * time.Second
	wholePatience = 2 * time.Minute
)

// until tries until done, an error, or the end of patience: then it says
// neither.
func (x *change) until(what string, try func() (done bool, err error)) (bool, error) {
	pause, waited := firstPause, time.Duration(0)
	for n := 1; ; n++ {
		done, err := try()
		if done || err != nil {
			return done, err
		}
		if waited+pause > wholePatience {
			return false, nil
		}
		x.o.Waiting(Wait{For: what, Tried: n, Next: pause})
		if x.o.Sleep(x.ctx, pause) != nil {
			return false, stopped(x.ctx)
		}
		waited += pause
		pause = min(2*pause, longestPause)
	}
}

// wrote keeps the last request as the write of the receipt.
func (x *change) wrote() {
	if n := len(x.seen); n > 0 {
		last := x.seen[n-1]
		x.receipt.Request, x.receipt.RequestID, x.receipt.At = last.Request, last.RequestID, last.At
	}
}

// openEnded says whether a write that failed so may have landed all the same.
func openEnded(err error) bool {
	var f *checks.Failure
	if !errors.As(err, &f) {
		return true
	}
	switch f.Kind {
	case checks.FailUnreachable, checks.FailNotJSON, checks.FailService, checks.FailCancelled:
		return true
	default:
		return false
	}
}

// conflict says whether the object was there already (entra-facts §1, §2).
func conflict(err error) bool { return statusOf(err) == http.StatusConflict }

func statusOf(err error) int {
	var f *checks.Failure
	if errors.As(err, &f) {
		return f.Status
	}
	return 0
}

// settle reads again after a write until the change shows. err is what the
// write came to: nil, or an answer that leaves open whether it landed.
func (x *change) settle(what string, err error, shows func() (bool, error)) error {
	if x.ctx.Err() != nil && err != nil {
		return errors.Join(ErrLost, err) // no way to read again
	}
	done, readErr := x.until(what, shows)
	switch {
	case readErr != nil && err != nil:
		return errors.Join(ErrLost, err, readErr)
	case readErr != nil:
		return readErr
	case done:
		x.receipt.Changed = true
		return nil
	case err != nil:
		return errors.Join(ErrLost, err)
	}
	return ErrNotLanded
}
