package cases

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"onboard.example/flows"
)

// job is something to be written. Jobs that come while a transaction is on its
// way to the disk wait and go together in the next: so one force of the disk
// serves many.
type job struct {
	ctx context.Context
	// of is the case that it is about: those of a transaction are done in one order, so
	// that two nodes do not wait for each other. Where they do all the same, for the end of
	// the audit, the database ends one of them, and it is begun anew.
	of int64
	// do writes, and gives what the caller hears once it is on the disk. An
	// answer that is an error must have written nothing. A fault is the
	// database's: nothing of the transaction is stored, nor of the others in it.
	// errAgain as a fault has the transaction begun anew, and do asked again.
	do func(q *queries) (answer, fault error)
	// rows and size are how many records it stores, and how many bytes they take; 0: it
	// stores something else, which is no more work than a record or a few.
	rows int
	size int64
	// wakes are the topics whose watchers are to be woken where the answer is nil.
	wakes []string
	// erased says that the job left traces to remove, and wipe that who asked for it
	// waits until they are.
	erased, wipe bool

	answer error
	wiped  chan error // hears of the wiper, where there is one and the job waits for it
	done   chan error
	until  time.Time // when its answer must be there; zero: whenever it is
}

// errAgain says that what a job wrote must be taken back, and that it knows now.
var errAgain = errors.New("begin again")

// The bounds of one transaction: the first of its jobs waits for all, and where it comes
// to nothing all come to nothing. When a database is back every run of a node has
// something to store: without a bound they would go together in what is more than the
// time of any of them is enough for, again and again. A job alone may be beyond them.
const (
	mostJobs = 128
	// mostRows takes 8 ms in SQLite, 60 ms in PostgreSQL beside us, and a second and a half
	// in one that is three milliseconds away.
	mostRows = 500
	// leastRows is what a database that was too slow for more is asked for at once.
	leastRows = 16
	// mostBytes keeps what is forced to the disk at once to some milliseconds.
	mostBytes = 512 << 10
)

// errLate says that a job did not get its turn in time. Nothing of it is stored.
var errLate = fmt.Errorf("%w: it takes too long over what came before", ErrAway)

// unheard is a fault that leaves it open whether what was asked for is stored.
type unheard struct{ error }

// Is says that it is a flows.ErrUnheard too.
func (unheard) Is(target error) bool { return target == flows.ErrUnheard } //nolint:errorlint // a sentinel, as errors.Is has it

// Unwrap gives the fault itself.
func (u unheard) Unwrap() error { return u.error }

// submit has a job done and waits for its answer. Where ctx ends first, it may
// or may not be done.
func (s *Store) submit(j *job) error {
	j.done = make(chan error, 1)
	var late <-chan time.Time
	if patience := s.dialect.patience; patience > 0 {
		j.until = time.Now().Add(patience)
		timer := time.NewTimer(patience)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case s.jobs <- j:
	case <-late:
		return errLate
	case <-s.quit:
		return ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
	select {
	case err := <-j.done:
		if err == nil && j.erased {
			err = s.after(j)
		}
		return err
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// after is what is still to do for who erased something, and nobody else waits for.
func (s *Store) after(j *job) error {
	if s.wiper == nil {
		return nil
	}
	s.room.stale.Store(true)
	if j.wiped == nil {
		return nil
	}
	err := s.wiper.wait(j.ctx, j.wiped)
	_ = s.reckon(j.ctx) // or in its time
	return err
}

// wipeAgain is how long after a wipe that failed the next is tried. One waits
// for readers, and everybody else for it.
const wipeAgain = 10 * time.Second

// work does jobs until the store is closed.
func (s *Store) work() {
	var again <-chan time.Time
	for {
		jobs := s.jobs
		if len(s.next) > 0 {
			jobs = s.next
		}
		select {
		case <-s.quit:
			select {
			case j := <-s.next:
				j.done <- ErrClosed
			default:
			}
			return
		case first := <-jobs:
			s.together(s.gather(first))
		case <-again:
			again = nil
			_ = s.wipe() // or again
		}
		if s.unwiped && again == nil {
			again = time.After(wipeAgain)
		}
	}
}

// mostYields is how often others are let run before a transaction begins: those
// who just heard of the last one have their next job ready then, and one force of
// the disk does for half as many again.
const mostYields = 3

// gather takes the jobs that wait, as many as go in a transaction. The one that does not
// any more is the first of the next: whoever has little to store waits for no more than
// those before them, however much those have.
func (s *Store) gather(first *job) []*job {
	yields := 0
	js := []*job{first}
	rows, size := max(first.rows, 1), first.size
	for len(js) < mostJobs && rows < s.rowsNow && size < mostBytes {
		select {
		case j := <-s.jobs:
			rows, size = rows+max(j.rows, 1), size+j.size
			if rows > s.rowsNow || size > mostBytes {
				s.next <- j
				return js
			}
			js = append(js, j)
		default:
			if yields == mostYields {
				return js
			}
			yields++
			runtime.Gosched()
		}
	}
	return js
}

// together does jobs in one transaction and tells each its answer.
func (s *Store) together(js []*job) {
	js, until := s.timely(js)
	if len(js) == 0 {
		return
	}
	slices.SortStableFunc(js, func(a, b *job) int { return cmp.Compare(a.of, b.of) })
	from := time.Now()
	fault, asked := s.tried(js, until)
	s.paces(fault, js, time.Since(from))
	wiped := s.wipeFor(js, fault)
	if fault != nil && asked {
		s.perhaps(js)
		if errors.Is(s.dialect.reason(fault), ErrAway) {
			fault = unheard{fault}
		}
	}
	for _, j := range js {
		switch {
		case fault != nil:
			j.done <- fault
			continue
		case j.answer == nil:
			s.watchers.wake(j.wakes...)
			if j.wipe {
				j.answer = wiped
			}
		}
		j.done <- j.answer
	}
}

// paces has transactions be smaller after one that did not come about in its time. They are
// twice as large again after one that was not small itself, so that it says something of
// large ones, and took so little that even four times its rows are done in the time that
// jobs have: else the next could be one that does not come about. What is left to the
// oldest of the jobs says nothing of the database: after an outage that is little, and were
// that looked at, they would stay small for as long as much waits.
func (s *Store) paces(fault error, js []*job, took time.Duration) {
	rows := 0
	for _, j := range js {
		rows += max(j.rows, 1)
	}
	switch {
	case fault == nil && 2*rows >= s.rowsNow && (s.dialect.patience == 0 || 4*took < s.dialect.patience):
		s.rowsNow = min(2*s.rowsNow, mostRows)
	case fault != nil && errors.Is(s.dialect.reason(fault), ErrAway):
		s.rowsNow = max(s.rowsNow/2, leastRows)
	}
}

// perhaps does what follows of jobs that may be stored although nobody heard so, or may
// be yet: who watches looks for themselves, and the wiper too. The database tells the
// other nodes' watchers, and from here on those of this one: what is stored only after
// they looked they would not see.
func (s *Store) perhaps(js []*job) {
	if s.hearing != nil {
		s.hearing.epoch.Add(1) // first: or what is stored between the two is missed
	}
	for _, j := range js {
		s.watchers.wake(j.wakes...)
	}
	if s.wiper != nil && slices.ContainsFunc(js, func(j *job) bool { return j.erased }) {
		s.wiper.tell()
	}
}

// timely turns those away who waited too long for their turn: in what is left of their
// time nothing would be done, neither theirs nor what goes together with it. It gives
// the others, and when the first of them must have its answer.
func (s *Store) timely(js []*job) (in []*job, until time.Time) {
	if s.dialect.patience == 0 {
		return js, until
	}
	least := time.Now().Add(s.dialect.patience / 4)
	for _, j := range js {
		switch {
		case j.until.Before(least):
			j.done <- errLate
			continue
		case until.IsZero() || j.until.Before(until):
			until = j.until
		}
		in = append(in, j)
	}
	return in, until
}

// mostLost bounds how often a transaction is begun anew, beside once for each of its
// jobs, where it has all the time there is: there nobody is quicker again and again.
const mostLost = 10

// tried is the fault of a transaction that is begun anew where that may help, until
// its time is over; asked is as transact has it.
func (s *Store) tried(js []*job, until time.Time) (fault error, asked bool) { //nolint:revive // the fault is what comes first
	ctx, cancel := s.ctx, func() {}
	if !until.IsZero() {
		ctx, cancel = context.WithDeadline(ctx, until)
	}
	defer cancel()
	fault, asked = s.transact(ctx, js)
	dead := s.dialect.dead
	for lost := 0; fault != nil && (lost < mostLost+len(js) || !until.IsZero()); lost++ {
		switch {
		case errors.Is(fault, errAgain), s.dialect.again(fault):
		case !asked && dead != nil && dead(fault): // it was before
			dead = nil
		default:
			return fault, asked
		}
		fault, asked = s.transact(ctx, js)
	}
	if errors.Is(fault, errAgain) {
		return fmt.Errorf("%w: it begins again and again", ErrAway), false
	}
	return fault, asked
}

// transact runs jobs in one transaction. Where asked is true with a fault, it may
// be stored all the same: nobody heard the answer.
func (s *Store) transact(ctx context.Context, js []*job) (fault error, asked bool) { //nolint:revive // the fault is what comes first
	tx, err := s.files.write.BeginTx(ctx, nil)
	if err != nil {
		return err, false
	}
	defer func() {
		if fault != nil {
			_ = tx.Rollback() // the fault says more
		}
	}()
	q := &queries{ctx: ctx, statements: s.writes, tx: tx, in: map[*sql.Stmt]*sql.Stmt{}}
	var wakes []string
	for _, j := range js {
		if j.answer = j.ctx.Err(); j.answer != nil {
			continue // nobody waits for it
		}
		if j.answer, fault = j.do(q); fault != nil {
			return fault, false
		}
		if j.answer == nil {
			wakes = append(wakes, j.wakes...)
		}
	}
	if fault := s.tell(q, wakes); fault != nil {
		return fault, false
	}
	if fault = tx.Commit(); fault == nil {
		s.room.take(q.took)
	}
	return fault, true
}

// bounded gives what is asked of the database an end.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.dialect.patience == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.dialect.patience)
}

// insist asks again where the connection turns out to be dead: what reads changes
// nothing, and a database that was started anew leaves as many dead ones behind as
// there were. One that cannot be reached is not asked again.
func (s *Store) insist(ctx context.Context, ask func() error) error {
	for tries := 0; ; tries++ {
		err := ask()
		if err == nil || tries == mostReaders || ctx.Err() != nil || s.dialect.dead == nil || !s.dialect.dead(err) {
			return err
		}
	}
}

// rows asks for rows; see insist.
func (s *Store) rows(ctx context.Context, stmt *sql.Stmt, args ...any) (rows *sql.Rows, err error) {
	err = s.insist(ctx, func() error {
		rows, err = stmt.QueryContext(ctx, args...) //nolint:rowserrcheck,sqlclosecheck // they are the caller's
		return err
	})
	return rows, err
}

// wipeFor wipes where a job wants it, or has it done. Who waits for the wiper is put down
// before it is told: or it would be done once before it knew of them.
func (s *Store) wipeFor(js []*job, fault error) error {
	if fault != nil {
		return nil
	}
	erased := slices.ContainsFunc(js, func(j *job) bool { return j.erased && j.answer == nil })
	if s.wiper != nil {
		for _, j := range js {
			if j.erased && j.wipe && j.answer == nil {
				j.wiped = s.wiper.expect()
			}
		}
		if erased { // should nobody wait for it
			s.wiper.tell()
		}
		return nil
	}
	s.unwiped = s.unwiped || erased
	if !slices.ContainsFunc(js, func(j *job) bool { return j.wipe && j.answer == nil }) {
		return nil
	}
	if err := s.wipe(); err != nil {
		return unwiped(err)
	}
	return nil
}

// wipe takes the traces of what is erased off the disk, and notes whether it
// must be tried again.
func (s *Store) wipe() error {
	ctx, cancel := s.bounded(s.ctx)
	defer cancel()
	err := s.files.wipe(ctx, s.dialect)
	s.unwiped = err != nil
	return err
}
