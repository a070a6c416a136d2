package cases

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// job is something to be written. Jobs that come while a transaction is on its
// way to the disk wait and go together in the next: so one force of the disk
// serves many.
type job struct {
	ctx context.Context
	// do writes, and gives what the caller hears once it is on the disk. An
	// answer that is an error must have written nothing. A fault is the
	// database's: nothing of the transaction is stored, nor of the others in it.
	// errAgain as a fault has the transaction begun anew, and do asked again.
	do func(q *queries) (answer, fault error)
	// wakes are the cases whose watchers are to be woken where the answer is nil.
	wakes []Number
	// wipe has the traces of what the job erased removed once it is done.
	wipe   bool
	answer error
	done   chan error
}

// errAgain says that what a job wrote must be taken back, and that it knows now.
var errAgain = errors.New("begin again")

// mostJobs bounds the jobs of one transaction: the first of them waits for all.
const mostJobs = 128

// submit has a job done and waits for its answer. Where ctx ends first, it may
// or may not be done.
func (s *Store) submit(j *job) error {
	j.done = make(chan error, 1)
	select {
	case s.jobs <- j:
	case <-s.quit:
		return ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// wipeAgain is how long after a wipe that failed the next is tried. One waits
// for readers, and everybody else for it.
const wipeAgain = 10 * time.Second

// work does jobs until the store is closed.
func (s *Store) work() {
	var again <-chan time.Time
	for {
		select {
		case <-s.quit:
			return
		case first := <-s.jobs:
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

// gather takes the jobs that wait.
func (s *Store) gather(first *job) []*job {
	yields := 0
	js := []*job{first}
	for len(js) < mostJobs {
		select {
		case j := <-s.jobs:
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
	fault := errAgain
	for errors.Is(fault, errAgain) {
		fault = s.transact(js)
	}
	wiped := s.wipeFor(js, fault)
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

// transact runs jobs in one transaction.
func (s *Store) transact(js []*job) (fault error) {
	tx, err := s.files.write.BeginTx(s.ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if fault != nil {
			_ = tx.Rollback() // the fault says more
		}
	}()
	q := &queries{ctx: s.ctx, statements: s.writes, tx: tx}
	for _, j := range js {
		if j.answer = j.ctx.Err(); j.answer != nil {
			continue // nobody waits for it
		}
		if j.answer, fault = j.do(q); fault != nil {
			return fault
		}
	}
	return tx.Commit()
}

// wipeFor wipes where a job wants it.
func (s *Store) wipeFor(js []*job, fault error) error {
	if fault != nil {
		return nil
	}
	for _, j := range js {
		if j.wipe && j.answer == nil {
			if err := s.wipe(); err != nil {
				return fmt.Errorf("%w: %w", ErrUnwiped, err)
			}
			return nil
		}
	}
	return nil
}

// wipe takes the traces of what is erased off the disk, and notes whether it
// must be tried again.
func (s *Store) wipe() error {
	err := s.files.wipe(s.ctx, s.dialect)
	s.unwiped = err != nil
	return err
}

// watchers are those who want to be woken when a case goes on.
type watchers struct {
	mu sync.Mutex
	of map[Number]map[chan struct{}]struct{}
}

// watch gives wake-ups of a case until ctx ends.
func (w *watchers) watch(ctx context.Context, n Number) <-chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	if w.of[n] == nil {
		w.of[n] = map[chan struct{}]struct{}{}
	}
	w.of[n][c] = struct{}{}
	w.mu.Unlock()
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.of[n], c)
		if len(w.of[n]) == 0 {
			delete(w.of, n)
		}
		close(c)
	})
	return c
}

// wake wakes whoever watches one of the cases. It waits for nobody: who was not
// done with the last wake-up has one to come already.
func (w *watchers) wake(ns ...Number) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range ns {
		for c := range w.of[n] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
