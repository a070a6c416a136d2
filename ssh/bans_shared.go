package ssh

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/ssh/cases"
)

// Bans that servers share lie in the store of cases. Each server has them in memory,
// where they cost nothing to look at, hears when they change, and holds to the last that
// it knew while the store is away. What is changed here holds here at once; until the
// store has it, it stands in this server's file, and goes there in its order.

// change is one ban that was made, or lifted, and that the store may not have yet. It is
// how a ban stands in the file.
type change struct {
	Ban

	Mark   string `json:"mark,omitempty"`   // of the ban; empty: it is of before bans were shared
	Lift   bool   `json:"lift,omitempty"`   // it was lifted
	Longer bool   `json:"longer,omitempty"` // one of the same that lasts as long is left in its place
}

// What the audit says of a change.
const (
	operator = "operator"
	didBan   = "banned"
	didLift  = "ban-lifted"
	didTake  = "ban-taken-over" // from this server's own list
)

// LateError says that a change is in force on this server, and kept there, and that the
// others hear of it later.
type LateError struct{ Err error }

// Error implements error.
func (e *LateError) Error() string { return fmt.Sprintf(sayBanLate, e.Err) }

// Unwrap gives the cause.
func (e *LateError) Unwrap() error { return e.Err }

// sharing is what a server knows of the bans in the store. Its fields but the first four
// are guarded by the mu of its Bans.
type sharing struct {
	store *cases.Store
	log   *slog.Logger
	every time.Duration // between two looks at the store, should no word of a change come
	turn  chan struct{} // holds one while somebody brings things there and looks

	held   []Ban    // as the store had them last
	todo   []change // what it does not have yet
	inFile []byte   // what of it the file has
	away   bool     // it could not be asked the last time
	bad    string   // what was wrong with it then
}

// How servers share bans.
const (
	// shareEvery is how often the store is looked at by itself.
	shareEvery = 30 * time.Second
	// shareAgain is how soon after it could not be asked.
	shareAgain = 2 * time.Second
	// shareTime is how long an operator waits for it.
	shareTime = 4 * time.Second
)

// Share has the bans lie in a store from now on, with those of other servers; those of
// the file go there, and where it has one that lasts longer that one stays. Keep must
// run for others' changes to be heard. It is called before the first ban is looked for,
// and fails where the store cannot be read: a server without its bans would let
// everybody in again. What the store has no room for holds here, and goes there later.
func (b *Bans) Share(ctx context.Context, store *cases.Store, log *slog.Logger) error {
	b.mu.Lock()
	s := &sharing{store: store, log: log, every: shareEvery, turn: make(chan struct{}, 1)}
	for _, c := range b.read {
		if c.Mark == "" {
			c.Mark, c.Longer = markOf(c.Ban), true
		}
		c.mark = c.Mark
		s.todo = append(s.todo, c)
	}
	if len(b.read) > 0 {
		s.inFile = []byte("something")
	}
	b.shared, b.read = s, nil
	b.mu.Unlock()
	return b.meet(ctx, true)
}

// markOf is the mark of a ban from before there were marks: the same at each start.
func markOf(one Ban) string {
	text, _ := json.Marshal(one) // texts and times
	sum := sha256.Sum256(text)
	return "file " + hex.EncodeToString(sum[:16])
}

// Keep hears of the bans of other servers, and brings what the store lacks there, until
// ctx ends.
func (b *Bans) Keep(ctx context.Context) {
	s := b.shared
	if s == nil {
		return
	}
	wake := s.store.WatchBans(ctx)
	for {
		b.mu.Lock()
		wait := s.every
		if s.away || len(s.todo) > 0 {
			wait = min(wait, shareAgain)
		}
		b.mu.Unlock()
		late := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			late.Stop()
			return
		case <-wake:
			late.Stop()
		case <-late.C:
		}
		_ = b.meet(ctx, false) // it says so itself
	}
}

// lift is Lift of shared bans. The store is looked at first: somebody may lift what was
// made elsewhere just now.
func (b *Bans) lift(value string) (bool, error) {
	short, cancel := context.WithTimeout(context.Background(), shareTime/2)
	_ = b.meet(short, false) // else what was known last counts
	cancel()
	b.mu.Lock()
	var last string
	for _, one := range b.list {
		if one.Value == value {
			last = one.mark
			b.shared.todo = append(b.shared.todo, change{Ban: one, Mark: one.mark, Lift: true})
		}
	}
	b.fold()
	b.mu.Unlock()
	if last == "" {
		return false, nil
	}
	return true, b.bring(last)
}

// bring takes what was changed here to the store, and says what became of the change of
// a mark.
func (b *Bans) bring(mark string) error {
	short, cancel := context.WithTimeout(context.Background(), shareTime)
	defer cancel()
	err := b.meet(short, false)
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.shared.todo, func(c change) bool { return c.mark == mark }) {
		if kept := b.keepTodo(); kept != nil {
			return kept
		}
		return &LateError{cmp.Or(err, context.DeadlineExceeded)}
	}
	switch {
	case errors.Is(err, cases.ErrManyBans):
		return fmt.Errorf(sayManyBans, mostBans)
	case refused(err):
		return fmt.Errorf(sayBanRefused, err)
	}
	return nil // though what others did may not have been seen
}

// meet brings the store what it lacks, in order, and takes up what it has, which it
// can give even where it takes nothing. first: it has not been read yet, and all of it
// must be understood; then the error is of that alone.
func (b *Bans) meet(ctx context.Context, first bool) error {
	s := b.shared
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	given, untold := b.tellAll(ctx)
	has, now, bad, err := s.look(ctx)
	if first && err == nil {
		err = bad
	}
	b.mu.Lock()
	had := make(map[string]bool, len(b.list))
	for _, one := range b.list {
		had[one.mark] = true
	}
	if err == nil {
		s.held, b.ahead = has, now.Sub(b.now())
		b.fold()
	}
	lost := b.keepTodo()
	var fresh []Ban
	for _, one := range b.list {
		if !had[one.mark] && !b.over(one) {
			fresh = append(fresh, one)
		}
	}
	was := s.away
	s.away = err != nil && (ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded))
	if err == nil && untold != nil { // else it is away, which is said
		bad = errors.Join(bad, fmt.Errorf("bring the bans to the store: %w", untold))
	}
	s.say(was, err, errors.Join(bad, lost))
	hears := slices.Clone(b.hears)
	b.mu.Unlock()
	for _, one := range fresh {
		for _, hear := range hears {
			hear(one)
		}
	}
	if first {
		return err
	}
	return errors.Join(untold, err, given)
}

// say tells the log what changed in how things are shared. The caller holds mu.
func (s *sharing) say(was bool, err, bad error) {
	if why := fmt.Sprint(bad); bad != nil && why != s.bad { // once, not with each look
		s.log.Error("some of the bans are not as they should be", "why", checks.Line(why, 1000))
		s.bad = why
	}
	switch {
	case s.away && !was:
		s.log.Warn("bans are not shared: the last that were known hold", "why", err.Error(), "waiting", len(s.todo))
	case !s.away && was && err == nil:
		s.log.Info("bans are shared again")
	}
}

// refused says whether the store does not take a change, today or later.
func refused(err error) bool {
	return errors.Is(err, cases.ErrManyBans) || errors.Is(err, cases.ErrBadBan) || errors.Is(err, cases.ErrBadEntry)
}

// tellAll brings the store what it lacks, in order. given: it took none of some, and
// never will; that is given up, so that what comes after it is not held up.
func (b *Bans) tellAll(ctx context.Context) (given, err error) {
	s := b.shared
	for {
		b.mu.Lock()
		if len(s.todo) == 0 {
			b.mu.Unlock()
			return given, nil
		}
		c := s.todo[0]
		b.mu.Unlock()
		err := s.tell(ctx, c)
		none := refused(err)
		switch {
		case none:
			given = errors.Join(given, err)
			s.log.Error("the store does not take a change of the bans: it is given up, and in force no more", "kind", c.Kind, "made", c.Made, "lifted", c.Lift, "why", err.Error())
		case err != nil:
			return given, err
		}
		b.mu.Lock()
		s.todo = s.todo[1:]
		if !none {
			s.held = c.on(s.held) // until it is read
		}
		b.fold()
		b.mu.Unlock()
	}
}

// tell brings the store a change.
func (s *sharing) tell(ctx context.Context, c change) error {
	entry := cases.Entry{Who: operator, Role: operator, Did: didBan, More: string(c.Kind) + " " + shortened(c.Value), Mark: "ban " + c.mark}
	if c.Lift {
		entry.Did, entry.Mark = didLift, "lift "+c.mark
		return s.store.LiftBan(ctx, c.mark, entry)
	}
	if c.Longer {
		entry.Did = didTake
	}
	if !c.Until.IsZero() {
		entry.More += " until " + c.Until.UTC().Format(time.RFC3339)
	}
	return s.store.PutBan(ctx, cases.Ban{Kind: string(c.Kind), Value: c.Value, Reason: c.Reason, Mark: c.mark, Made: c.Made, Until: c.Until}, c.Longer, entry)
}

// look reads the store. What of it is no ban is left out, and bad says which.
func (s *sharing) look(ctx context.Context) (list []Ban, now time.Time, bad, err error) {
	rows, now, err := s.store.Bans(ctx)
	if err != nil {
		return nil, now, nil, err
	}
	for i, r := range rows {
		one, wrong := Ban{Kind: BanKind(r.Kind), Value: r.Value, Reason: r.Reason, Made: r.Made, Until: r.Until, mark: r.Mark}.valid()
		if wrong != nil {
			bad = errors.Join(bad, fmt.Errorf("read the shared bans: ban %d: %w", i+1, wrong))
			continue
		}
		list = append(list, one)
	}
	return list, now, bad, nil
}

// fold makes the list of what the store had last and what it does not have yet. The
// caller holds mu.
func (b *Bans) fold() {
	list := slices.Clone(b.shared.held)
	for _, c := range b.shared.todo {
		list = c.on(list)
	}
	b.list = list
	b.index()
}

// on is a list with the change made.
func (c change) on(list []Ban) []Ban {
	if c.Lift {
		return slices.DeleteFunc(list, func(o Ban) bool { return o.mark == c.mark })
	}
	same := func(o Ban) bool { return o.Kind == c.Kind && o.Value == c.Value }
	if i := slices.IndexFunc(list, same); i >= 0 && c.Longer && (list[i].Until.IsZero() || !c.Until.IsZero() && !list[i].Until.Before(c.Until)) {
		return list
	}
	return append(slices.DeleteFunc(list, same), c.Ban)
}

// keepTodo has the file hold what the store does not have yet. The caller holds mu.
func (b *Bans) keepTodo() error {
	s := b.shared
	var text []byte
	if len(s.todo) > 0 {
		todo := slices.Clone(s.todo)
		for i := range todo {
			todo[i].Mark = todo[i].mark
		}
		var err error
		if text, err = encodeBans(todo); err != nil {
			return err
		}
	}
	if bytes.Equal(text, s.inFile) {
		return nil
	}
	in := text
	if in == nil {
		in = []byte("[]\n")
	}
	if err := b.keep(in); err != nil {
		return err
	}
	s.inFile = text
	return nil
}
