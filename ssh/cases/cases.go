// Package cases keeps the journals of the runs that are served over SSH, each
// as a case with a public number and, apart from it, the resume code that its
// customer alone has. One node keeps them in SQLite inside the binary; several
// share a PostgreSQL database.
//
// A case is a flows.Journal. Its records stand under (case, seq) and (case,
// writer, n), both unique: no two writers can fork a case, and an append that is
// tried again is not stored twice. What Append said is stored survives kill -9
// and the loss of power; appends that come at the same time share one force of
// the disk. Readers have connections of their own and hold nobody up.
//
// A case that is erased, or whose time is over, is gone: its rows, and the key
// without which no copy of a record can be read. What of it a disk, a log or a
// backup goes on holding is said at wipe.
package cases

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Options say how cases are kept. The zero value is fit for use.
type Options struct {
	// Now is the clock. Nil is time.Now, and in PostgreSQL the database's clock, which
	// all nodes share.
	Now func() time.Time
	// Random is where codes and numbers are drawn from; nil is crypto/rand. It
	// is read by several goroutines at once.
	Random io.Reader
	// Keep is how long a case is kept after its last record. Zero is thirty days.
	Keep time.Duration
	// SweepEvery is how often cases whose time is over are looked for, after the
	// first time, which is at once. Zero is an hour.
	SweepEvery time.Duration
	// MaxCase bounds the records of one case, in bytes; beyond it ends are taken, and
	// nothing else (flows.EndRoomFor). Zero is DefaultMaxCase.
	MaxCase int64
	// MaxSize bounds the database, in bytes, so that strangers cannot fill the
	// disk: beyond it appends fail as on a full disk, until cases go. Zero is
	// DefaultMaxSize. In SQLite it is the size of the file. In PostgreSQL it is what
	// the cases hold, with their rows' overhead, and neither the audit nor invitations,
	// which guides and operators write; it is counted every ten seconds, so
	// that several nodes may go beyond it by what they write in between, and rows that
	// are gone take their room until PostgreSQL has cleaned up behind them.
	MaxSize int64
	// Node is what this process is called where others see who is at a case; empty is
	// a name that is drawn.
	Node string
	// Tries bounds wrong codes.
	Tries Tries
	// Log hears of sweeps and of what failed in them; nil is nobody. Nothing of
	// what a case holds is told it, and no code.
	Log *slog.Logger

	// patience is how long a transaction of PostgreSQL may take; zero: answerTime. Tests
	// that hold one open need more.
	patience time.Duration

	wall func() time.Time // what the clock of this machine says; nil: time.Now
}

// The defaults of Options.
const (
	DefaultKeep       = 30 * 24 * time.Hour
	DefaultSweepEvery = time.Hour
	// DefaultMaxCase is some twenty long runs.
	DefaultMaxCase = 8 << 20
	DefaultMaxSize = 16 << 30
)

// Store keeps cases. It is safe for use by several goroutines.
type Store struct {
	o       Options
	dialect dialect
	hearing *hearing     // nil: there are no other nodes
	clock   *sharedClock // nil: the machine's own
	wiper   *wiper       // nil: the writer wipes
	keys    keyring
	tries   *tries
	files   *files
	writes  *statements // of the one connection that writes
	reads   *statements

	ctx      context.Context // of what is written: no caller ends it
	jobs     chan *job
	next     chan *job // of the writer alone: the job that did not go with those before it
	rowsNow  int       // likewise: how many rows go in a transaction, up to mostRows
	quit     chan struct{}
	stop     func() error // once
	watchers watchers
	unwiped  bool // the writer's own
	room     room
	node     string // this process among others
	seats    seats
	consoles consoles
	leased   leased
	looked   looked
}

// Open opens the database at where, and brings it to the newest schema: a SQLite
// file, which it makes where there is none, or by its URL (postgres://…) a
// PostgreSQL database, which must be there. A file is this process's alone until
// Close: ErrBusy says that another has it. A PostgreSQL database is for as many
// nodes as there are.
// ErrAway, ErrAddress, ErrPlain, ErrCorrupt, ErrForeign, ErrNewer and the errors of a disk
// that is full, read-only or forbidden say why else it cannot be opened.
//
// What a URL leaves open pgx takes from the environment: PGPASSWORD, PGPASSFILE,
// PGSSLMODE and the like. Connections go straight to PostgreSQL or through
// something that keeps sessions apart: LISTEN needs one of its own.
func Open(ctx context.Context, where string, o Options) (*Store, error) {
	s := &Store{
		o: o.filled(), dialect: sqliteDialect(), ctx: context.WithoutCancel(ctx),
		jobs: make(chan *job), next: make(chan *job, 1), rowsNow: mostRows, quit: make(chan struct{}), node: rand.Text(),
		watchers: watchers{of: map[string]map[chan struct{}]struct{}{}},
	}
	if IsURL(where) {
		s.dialect = postgresDialect()
		s.dialect.patience = cmp.Or(o.patience, s.dialect.patience)
		if o.Now == nil {
			s.clock = &sharedClock{wall: s.o.wall}
			s.o.Now = s.clock.now
		}
	}
	if err := s.open(ctx, where); err != nil {
		return nil, s.storing(ctx, "opening the database of cases", err)
	}
	s.tries = newTries(s.o.Tries, s.o.Now)
	tick := time.NewTicker(s.o.SweepEvery)
	var wg sync.WaitGroup
	wg.Go(s.work)
	wg.Go(func() { s.sweeping(tick.C) })
	lease := time.NewTicker(leaseEvery)
	wg.Go(func() { s.leasing(lease.C) })
	count := time.NewTicker(roomEvery)
	wg.Go(func() { s.reckoning(count.C) })
	hear, deaf := context.WithCancel(s.ctx)
	if s.hearing != nil {
		wg.Go(func() { s.hearing.run(hear) })
		wg.Go(func() { s.wiper.run(hear) })
	}
	s.stop = sync.OnceValue(func() error {
		close(s.quit)
		deaf()
		wg.Wait()
		tick.Stop()
		lease.Stop()
		count.Stop()
		return s.storing(s.ctx, "closing the database of cases", s.close())
	})
	return s, nil
}

// filled has the defaults in place of what was not said.
func (o Options) filled() Options {
	if o.wall == nil {
		o.wall = time.Now
	}
	if o.Now == nil {
		o.Now = o.wall
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Node == "" {
		o.Node = strings.ToLower(rand.Text()[:8])
	}
	o.Keep = orElse(o.Keep, DefaultKeep)
	o.SweepEvery = orElse(o.SweepEvery, DefaultSweepEvery)
	o.MaxCase = orElse(o.MaxCase, DefaultMaxCase)
	o.MaxSize = orElse(o.MaxSize, DefaultMaxSize)
	return o
}

func (s *Store) open(ctx context.Context, where string) (err error) {
	if err := s.connect(ctx, where); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	d := s.dialect
	if err := migrate(ctx, s.files.write, d, schemas); err != nil {
		return err
	}
	if s.keys, err = openKeyring(ctx, s.files.write, d, s.o.Random); err != nil {
		return err
	}
	if s.writes, err = prepare(ctx, s.files.write, d); err != nil {
		return err
	}
	if s.reads, err = prepare(ctx, s.files.read, d); err != nil {
		return err
	}
	if err := s.keep(ctx); err != nil {
		return err
	}
	if err := s.reckon(ctx); err != nil {
		return err
	}
	return s.finishWipe(ctx)
}

// connect takes hold of the database.
func (s *Store) connect(ctx context.Context, where string) (err error) {
	if !IsURL(where) {
		s.files, err = openFiles(ctx, where, s.dialect, s.o.MaxSize)
		return err
	}
	files, config, err := openPostgres(ctx, where)
	if err != nil {
		return err
	}
	s.files, s.watchers.changed = files, make(chan struct{}, 1)
	s.hearing = &hearing{config: config, node: s.node, on: &s.watchers, log: s.o.Log, every: hearEvery}
	s.wiper = newWiper(config, s.o.Log)
	return nil
}

// finishWipe does what a process before this one had no time for.
func (s *Store) finishWipe(ctx context.Context) error {
	var yes string
	err := s.files.write.QueryRowContext(ctx, s.dialect.sql(getFact), factUnwiped).Scan(&yes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.wiper != nil {
		s.wiper.tell()
		return nil
	}
	_ = s.wipe() // or later
	return nil
}

func (s *Store) close() error {
	errs := []error{s.vacate()}
	for _, st := range []*statements{s.reads, s.writes} {
		if st != nil {
			errs = append(errs, st.Close())
		}
	}
	errs = append(errs, s.files.read.Close())
	if s.wiper != nil {
		s.wiper.last(s.ctx)
	} else if s.unwiped {
		_ = s.wipe() // or when it is opened again
	}
	return errors.Join(append(errs, s.files.Close())...)
}

// Shared says whether other nodes may keep cases in the same database.
func (s *Store) Shared() bool { return s.hearing != nil }

// Keeps is how long a case is kept after something was last added to it.
func (s *Store) Keeps() time.Duration { return s.o.Keep }

// Close waits for what is being written and lets the next process in. What comes
// after it gets ErrClosed.
func (s *Store) Close() error { return s.stop() }
