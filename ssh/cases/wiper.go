package cases

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// wiper takes the traces of erased cases out of the tables of a PostgreSQL
// database. All that says whose a case was, and the key of its records, stands in
// doors and invitations, which are small and which no append touches: they are written
// anew into other files, and the old ones let go. That takes each for itself for a
// moment.
//
// It has a connection of its own and waits for a table no longer than lockTime, for
// whoever comes later waits behind it; what it could not do it does later, with
// growing pauses. One node at a time does it, for all that was erased until then.
//
// A table that is written anew still holds what an older snapshot may see: of a
// dump, of a replica, of a transaction that was prepared. So the rows that are dead
// and still there are counted, and until there are none it is not done.
//
// An old file is not overwritten, and the database's log (WAL) goes on holding the
// rows as they were until it is recycled, as do its archives, replicas and backups.
type wiper struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	told   chan struct{} // that something was erased
	// patience is how long who erased something waits for it.
	patience time.Duration

	mu   sync.Mutex
	want map[chan error]bool // who waits for it; true: what they erased was there when an attempt began
	left bool                // something was erased, and not yet wiped
}

// How a wiper goes on.
const (
	// lockTime is how long it waits for a table, and others behind it.
	lockTime = 100 * time.Millisecond
	// roundTime bounds one attempt.
	roundTime = time.Minute
	// wipeTime is the patience of who erased something.
	wipeTime = 2 * time.Second
	// wipePause and wipeMost are the first and the longest pause before it tries again.
	wipePause = 10 * time.Millisecond
	wipeMost  = 30 * time.Second
	// wipeRest is how many times as long as it took a wiper rests afterwards.
	wipeRest = 3
)

// wiped are the tables that are written anew. PostgreSQL keeps no statistics of what
// is in them but of their ids, which say nothing: those would be copies of it. A step of the
// schema that adds a column to one says so of it, as the fourteenth does of those before.
//
// visits is none of them: a guide's visit is there from before the guide asks until the audit
// has its end, over an erasure of its case, too. What it says, the case's number and which guide,
// stands in the audit for good, and nothing of the customer or the tenant is in it.
var wiped = []string{"doors", "invitations"}

var (
	// errElsewhere says that another node is at it.
	errElsewhere = errors.New("another node is removing them")
	// errSeen says that somebody may still see the rows.
	errSeen = errors.New("an older snapshot, of a dump or a replica or a prepared transaction, still sees them")
)

func newWiper(c *pgx.ConnConfig, log *slog.Logger) *wiper {
	c = c.Copy()
	for name, value := range map[string]time.Duration{"lock_timeout": lockTime, "statement_timeout": roundTime} {
		c.RuntimeParams[name] = fmt.Sprint(value.Milliseconds())
	}
	return &wiper{config: c, log: log, patience: wipeTime, told: make(chan struct{}, 1), want: map[chan error]bool{}}
}

// tell says that something was erased. It waits for nobody.
func (w *wiper) tell() {
	w.mu.Lock()
	w.left = true
	w.mu.Unlock()
	select {
	case w.told <- struct{}{}:
	default: // it was told
	}
}

// expect puts somebody down who will wait until what was erased before is wiped. Where
// they do not, they are forgotten when it is.
func (w *wiper) expect() chan error {
	done := make(chan error, 1)
	w.mu.Lock()
	w.want[done] = false
	w.mu.Unlock()
	return done
}

// wait waits for what expect gave, for as long as the wiper has patience.
func (w *wiper) wait(ctx context.Context, done chan error) error {
	defer func() {
		w.mu.Lock()
		delete(w.want, done)
		w.mu.Unlock()
	}()
	late := time.NewTimer(w.patience)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return unwiped(errors.New("somebody reads for long"))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unwiped is ErrUnwiped with a reason, which is not what callers branch on: that the
// tables are busy does not make the database one that is away.
func unwiped(why error) error { return fmt.Errorf("%w (%s)", ErrUnwiped, line{why}.Error()) }

// run wipes until ctx ends.
func (w *wiper) run(ctx context.Context) {
	pause, warned := wipePause, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.told:
		}
		for {
			from := time.Now()
			err := w.round(ctx)
			if ctx.Err() != nil {
				return
			}
			rest := min(wipeRest*time.Since(from), wipeMost)
			if err == nil {
				pause, warned = wipePause, false
			} else {
				rest = pause
				if pause = min(2*pause, wipeMost); pause == wipeMost && !warned {
					warned = true // once, not with each attempt
					w.log.Warn("traces of erased cases are not removed yet", "reason", line{err}.Error())
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(rest):
			}
			if err == nil {
				break
			}
		}
	}
}

// round wipes once, and tells those who waited for it before it began.
func (w *wiper) round(ctx context.Context) error {
	w.mu.Lock()
	for done := range w.want {
		w.want[done] = true
	}
	w.left = false
	w.mu.Unlock()
	err := w.wipe(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.left = true
		return err
	}
	for done, before := range w.want {
		if before {
			delete(w.want, done)
			done <- nil
		}
	}
	return nil
}

// last tries once more when the store is closed: whoever opens it next would.
func (w *wiper) last(ctx context.Context) {
	w.mu.Lock()
	left := w.left
	for done := range w.want {
		delete(w.want, done)
		done <- unwiped(ErrClosed)
	}
	w.mu.Unlock()
	if !left {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	_ = w.wipe(ctx) // or when it is opened again
}

// wipe writes the tables anew, if something was erased that is not wiped.
func (w *wiper) wipe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, w.config)
	if err != nil {
		return err
	}
	defer func() {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(short) // and with it goes the lock
	}()
	alone := false
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtext('onboard wipes'), hashtext(current_schema()))`).Scan(&alone); err != nil {
		return err
	}
	if !alone {
		return errElsewhere
	}
	var mark string
	if err := conn.QueryRow(ctx, numbered1(getFact), factUnwiped).Scan(&mark); errors.Is(err, pgx.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	for _, table := range wiped {
		if err := anew(ctx, conn, table); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, numbered1(dropFact), factUnwiped, mark)
	return err
}

// anew writes a table anew, and fails where rows that were deleted are in it still.
// Who may analyze a table may count them, and no more rights are needed; a count that
// was not made now, for PostgreSQL was told to keep none, counts for nothing.
func anew(ctx context.Context, conn *pgx.Conn, table string) error {
	var began time.Time
	if err := conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&began); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `VACUUM (FULL, ANALYZE) `+table); err != nil {
		return err
	}
	gone := false
	if err := conn.QueryRow(ctx, `SELECT COALESCE(last_analyze >= $1 AND n_dead_tup = 0, FALSE) FROM pg_stat_user_tables WHERE relid = $2::text::regclass`, began, table).Scan(&gone); err != nil {
		return err
	}
	if !gone {
		return errSeen
	}
	return nil
}
