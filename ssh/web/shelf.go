package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// Of several servers a browser may come to one while the run that its link is of waits
// at another. What it brings lies on a shelf that they share, then, from which the run
// takes it: at once where it is there, or when it is back. Each server signs with the
// same key, and none looks into what it passes on: it is sealed with the state itself,
// which the link and the run's journal have, and nobody else.

// Shelf is what servers share of what comes back; *cases.Store is one. run and state are
// sums. taken is 0 until the run has it, and then what it made of it.
type Shelf interface {
	PutReturn(ctx context.Context, run, state string, said []byte, until time.Time) (taken int, err error)
	TakeReturn(ctx context.Context, run, state string, taken int, until time.Time) error
	LookReturn(ctx context.Context, state string) (said []byte, taken int, err error)
	WatchReturns(ctx context.Context, run string) <-chan struct{}
}

// Share has what comes for runs elsewhere passed on by a shelf. before is a key with
// which this server signed until now, whose links still count here; nil: there is none.
// It is called before anything is served.
func (r *Returns) Share(shelf Shelf, before []byte) { r.shelf, r.also = shelf, before }

// How what came is passed on.
const (
	// passTime is how long a browser waits for a run elsewhere to say what it makes of it.
	passTime = 3 * time.Second
	// shelfTime is how long the shelf may take for one thing.
	shelfTime = 5 * time.Second
	// shelfLook is how long a run's link waits for a look at it.
	shelfLook = time.Second
	// shelfAgain is how soon it is looked at again that could not be.
	shelfAgain = 2 * time.Second
)

// read reads a state of ours.
func (r *Returns) read(text string) (signed, bool) {
	s, ok := readState(r.key, text)
	if !ok && r.also != nil {
		s, ok = readState(r.also, text)
	}
	return s, ok
}

func (s sum16) String() string { return hex.EncodeToString(s[:]) }

// pass puts what came on the shelf, and waits for a while for the run to say what it
// makes of it.
func (r *Returns) pass(ctx context.Context, s signed, state string, c checks.Callback) fate {
	ctx, cancel := context.WithTimeout(ctx, shelfTime+passTime)
	defer cancel()
	id := sumOf(state).String()
	wake := r.shelf.WatchReturns(ctx, s.run.String())
	had, taken, err := r.shelf.LookReturn(ctx, id)
	if said, ok := unsealed(state, had); err == nil && taken == 0 && (c.Consented || !ok || !consents(said)) {
		var text []byte
		if text, err = sealed(state, sayings(c)); err == nil {
			taken, err = r.shelf.PutReturn(ctx, s.run.String(), id, text, s.until)
		}
	}
	switch {
	case err != nil:
		return fateAway
	case taken != 0:
		return fateUsed
	}
	late := time.NewTimer(passTime)
	defer late.Stop()
	for {
		select {
		case <-wake:
		case <-late.C:
			return fateKept
		}
		if ctx.Err() != nil {
			return fateKept
		}
		if _, taken, err := r.shelf.LookReturn(ctx, id); err == nil && taken != 0 {
			return fateTaken(taken)
		}
	}
}

// fateTaken is what a run elsewhere made of what it took.
func fateTaken(taken int) fate {
	if taken < 1 || taken > len(takenAs) {
		return fateHanded // a newer server's word
	}
	return fateOf[takenAs[taken-1]]
}

// takenAs are the words of a run, by the number that stands for each on the shelf, less
// one. More are added at the end.
var takenAs = []flows.ReturnSaid{flows.ReturnStrange, flows.ReturnError, flows.ReturnEmpty, flows.ReturnElsewhere, flows.ReturnGood}

// elsewhere says whether something lies on the shelf for a run that waits by a state, or
// was taken from it.
func (r *Returns) elsewhere(ctx context.Context, state string, ours bool) (came, taken bool) {
	if r.shelf == nil || !ours {
		return false, false
	}
	ctx, cancel := context.WithTimeout(ctx, shelfLook)
	defer cancel()
	said, was, err := r.shelf.LookReturn(ctx, sumOf(state).String())
	return err == nil && len(said) > 0 && was == 0, err == nil && was != 0 // else it is found out while the run waits
}

// passed gives what lies on the shelf for a run that waits by a state, once it does,
// until ctx ends.
func (r *Returns) passed(ctx context.Context, id sum16, state string) <-chan string {
	if r.shelf == nil {
		return nil
	}
	out := make(chan string)
	go func() {
		wake := r.shelf.WatchReturns(ctx, id.String())
		for ctx.Err() == nil {
			had, taken, err := r.shelf.LookReturn(ctx, sumOf(state).String())
			if said, ok := unsealed(state, had); ok && err == nil && taken == 0 {
				select {
				case out <- said.Encode() + "&state=" + url.QueryEscape(state):
				case <-ctx.Done():
				}
				return
			}
			var again <-chan time.Time
			if err != nil {
				again = time.After(shelfAgain) // or when it is woken
			}
			select {
			case <-wake:
			case <-again:
			case <-ctx.Done():
			}
		}
	}()
	return out
}

// tell notes on the shelf what a run made of what came. Where that fails the run's own
// journal has it: what counted there counts no more.
func (r *Returns) tell(ctx context.Context, is signed, state string, said flows.ReturnSaid) {
	if r.shelf == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shelfTime)
	defer cancel()
	_ = r.shelf.TakeReturn(ctx, is.run.String(), sumOf(state).String(), slices.Index(takenAs, said)+1, is.until)
}

// consents says whether what came says that consent was given.
func consents(said url.Values) bool { return said.Get("admin_consent") == "True" }

// sealing is what closes what came with a state.
func sealing(state string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("onboard kept answer\n" + state))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func sealed(state string, said url.Values) ([]byte, error) {
	a, err := sealing(state)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, []byte(said.Encode()), nil), nil
}

// unsealed is what was sealed with a state; ok is false of what was not.
func unsealed(state string, text []byte) (said url.Values, ok bool) {
	if len(text) == 0 {
		return nil, false
	}
	a, err := sealing(state)
	if err != nil {
		return nil, false
	}
	plain, err := a.Open(nil, nil, text, nil)
	if err != nil {
		return nil, false
	}
	said, err = url.ParseQuery(string(plain))
	return said, err == nil
}
