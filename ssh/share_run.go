package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// Run shares a run until ctx ends or the server says that it is over, and then ends
// every watch: nobody watches through a server that cannot be heard. The run needs none
// of it and waits for none of it; a connection that is lost is made anew. tell hears what
// becomes of it, and does not wait.
func (s *Share) Run(ctx context.Context, j flows.Journal, tell func(ShareNews)) {
	l := &homeward{Share: s, j: j, tell: tell, words: rate.NewLimiter(rate.Every(guidesPace), guidesBurst), bytes: rate.NewLimiter(shareBytes, shareBurst)}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shareLast)
		defer cancel()
		if c, err := run.NewCallers(last, j, l.number, s.o.Now); err == nil {
			_ = c.HangUp(last) // a journal that cannot be written says so on the screen
		}
	}()
	if l.guestless(ctx) != nil {
		return
	}
	pause := s.o.Again
	for ctx.Err() == nil {
		lasted, err := l.once(ctx)
		if ctx.Err() != nil {
			return
		}
		var over *overError
		if errors.As(err, &over) || errors.Is(err, errLine) || errors.Is(err, errOtherKey) {
			tell(ShareNews{What: ShareEnded, Why: err.Error()})
			return
		}
		if lasted >= shareSteady*s.o.Again {
			pause = s.o.Again
		}
		l.missed(ctx, err)
		select {
		case <-ctx.Done():
		case <-time.After(pause + rand.N(pause/4+1)): //nolint:gosec // so that many do not come back at once
		}
		pause = min(2*pause, shareMost*s.o.Again)
	}
}

// missed tells once that the connection is gone. Where that was because nothing happened
// for long there is no hurry, unless something does: but a guide may come to who waits
// for one.
func (l *homeward) missed(ctx context.Context, err error) {
	what, quiet := ShareLost, errors.Is(err, errQuiet)
	if quiet {
		what = ShareQuiet
	}
	ctx, cancel := context.WithTimeout(ctx, shareMost*l.o.Again)
	defer cancel()
	wake := l.j.Watch(ctx)
	rs, err := l.j.Since(ctx, l.end)
	if len(rs) > 0 {
		l.end = rs[len(rs)-1].Seq
	}
	if !l.lost {
		l.lost = true
		l.tell(ShareNews{What: what})
	}
	if quiet && err == nil {
		l.stirred(ctx, wake)
	}
}

// overError says that the server ended it for good.
type overError struct{ end shareEnd }

// Error is why, in words.
func (e *overError) Error() string { return endWords[e.end] }

// errQuiet says that the server ended it because nothing happened for long.
var errQuiet = errors.New("nothing happened for long")

// homeward is a run at home that is shared.
type homeward struct {
	*Share

	j      flows.Journal
	tell   func(ShareNews)
	words  *rate.Limiter // of guides
	bytes  *rate.Limiter
	number string       // of the case; empty: there is none yet
	code   string       // by which it is gone on with
	guests *run.Callers // nil: there is no case yet
	heard  int          // how much guides did
	lost   bool         // the connection is, and the person was told
	end    uint64       // of the run, when the connection ended
}

// guestless ends what earlier processes left: whoever watched then does so no more.
func (l *homeward) guestless(ctx context.Context) error {
	c, err := run.NewCallers(ctx, l.j, "", l.o.Now)
	if err != nil {
		return err
	}
	return c.HangUp(ctx)
}

// stirred waits until something happens since the connection ended, or ctx ends.
func (l *homeward) stirred(ctx context.Context, wake <-chan struct{}) {
	for {
		rs, err := l.j.Since(ctx, l.end)
		if err != nil || len(rs) > 0 {
			return
		}
		if _, more := <-wake; !more {
			return
		}
	}
}

// once shares over one connection, until that ends. lasted is how long the server was
// there since it greeted; 0: it did not.
func (l *homeward) once(ctx context.Context) (lasted time.Duration, err error) {
	conn, err := l.connect(ctx)
	if err != nil {
		return 0, err
	}
	live, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer func() { _ = conn.Close() }()
	defer cancel()
	wg.Go(func() { // whatever the server does or leaves: it holds nobody up who goes
		defer func() { _ = conn.Close() }()
		select {
		case <-live.Done():
			return
		case <-ctx.Done():
		}
		select {
		case <-live.Done():
		case <-time.After(shareLast):
			cancel()
		}
	})
	ch, in, out, err := l.open(conn)
	if err != nil {
		return 0, err
	}
	wg.Go(func() { l.alive(live, conn) })
	greeted := make(chan uint64, 1)
	wg.Go(func() {
		if l.send(ctx, live, in, greeted) != nil {
			_ = conn.Close()
			return
		}
		_ = in.Close() // the server ends it then
	})
	since, err := l.listen(live, out, greeted)
	if !since.IsZero() {
		return max(time.Since(since), 1), err
	}
	var exit *gossh.ExitError
	if errors.Is(err, io.EOF) && errors.As(ch.Wait(), &exit) && exit.ExitStatus() == codeUsage {
		return 0, &overError{endRefused} // nothing of the kind is served there
	}
	return 0, err
}

// open opens the channel and says the greeting, or closes the connection of a server that
// lets it wait for that.
func (l *homeward) open(conn *gossh.Client) (ch *gossh.Session, in io.WriteCloser, out io.Reader, err error) {
	late := time.AfterFunc(l.o.Patience, func() { _ = conn.Close() })
	defer late.Stop()
	if ch, err = conn.NewSession(); err != nil {
		return nil, nil, nil, fmt.Errorf("share the run: %s", nameless(err)) //nolint:errorlint // the library's words repeat what the server sent
	}
	in, err1 := ch.StdinPipe()
	out, err2 := ch.StdoutPipe()
	if err := errors.Join(err1, err2, ch.Start(userShare)); err != nil {
		return nil, nil, nil, fmt.Errorf("share the run: %s", nameless(err)) //nolint:errorlint // as above
	}
	hello := &upHello{Share: shareVersion, Code: l.code}
	if l.guests != nil {
		hello.Seen = l.guests.Last()
	}
	return ch, in, out, writeLine(in, upLine{Hello: hello})
}

// alive ends a connection at whose other end nobody answers.
func (l *homeward) alive(ctx context.Context, conn *gossh.Client) {
	tick := time.NewTicker(shareAlive)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		late := time.AfterFunc(shareAlive, func() { _ = conn.Close() })
		_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			return
		}
	}
}

// send sends the run from the record on up to which the server has it, as it goes on.
// Once ctx ends, which is with the run, it sends what is left and a goodbye; live is the
// connection's.
func (l *homeward) send(ctx, live context.Context, to io.Writer, greeted <-chan uint64) error {
	var have uint64
	select {
	case have = <-greeted:
	case <-live.Done():
		return live.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
	wake := l.j.Watch(live)
	var state flows.State
	for last := false; ; {
		if err := l.pump(live, to, &state, have); err != nil {
			return err
		}
		if last {
			return writeLine(to, upLine{Bye: true})
		}
		select {
		case <-live.Done():
			return live.Err()
		case <-ctx.Done():
			last = true
		case _, more := <-wake:
			if !more {
				return live.Err()
			}
		}
	}
}

// pump sends what is new of the run, once something was chosen in it: who only looks in
// leaves nothing behind.
func (l *homeward) pump(ctx context.Context, to io.Writer, state *flows.State, have uint64) error {
	rs, err := l.j.Since(ctx, state.Seq)
	if err != nil {
		return err
	}
	if state.Seq == 0 && have == 0 && !flows.Fold(flows.State{}, rs...).Begun() {
		return nil
	}
	for _, r := range rs {
		if err := l.sendOne(ctx, to, *state, r, have); err != nil {
			return err
		}
		*state = flows.Fold(*state, r)
	}
	return nil
}

// sendOne sends what may leave of a record that the server does not have.
func (l *homeward) sendOne(ctx context.Context, to io.Writer, s flows.State, r flows.Record, have uint64) error {
	event, ok := flows.Offered(s, r)
	if ok && r.Seq > have {
		up := upLine{N: r.Seq, Ago: max(l.o.Now().Sub(r.At).Milliseconds(), 0), By: r.By, Kind: r.Event.Kind(), Event: event}
		if err := l.bytes.WaitN(ctx, min(len(event)+200, shareBurst)); err != nil {
			return err
		}
		if err := writeLine(to, up); err != nil {
			return err
		}
	}
	return nil
}

// listen hears the server until it ends, no faster than one speaks that means it. met is
// when it greeted; zero: it did not.
func (l *homeward) listen(ctx context.Context, from io.Reader, greeted chan<- uint64) (met time.Time, err error) {
	r := newLineReader(from, mostDown)
	pace := rate.NewLimiter(linesPace, linesBurst)
	for {
		var d downLine
		if err := r.next(&d); err != nil {
			return met, err
		}
		if err := pace.Wait(ctx); err != nil {
			return met, err
		}
		switch {
		case !d.known():
			return met, errLine
		case d.End == endIdle:
			return met, errQuiet
		case d.End != "" && !d.End.again():
			if endWords[d.End] == "" {
				return met, errLine
			}
			return met, &overError{d.End}
		case d.End != "":
			return met, io.EOF
		case d.Case != nil:
			if err := l.meets(ctx, d.Case); err != nil {
				return met, err
			}
			if met.IsZero() {
				met = time.Now()
				greeted <- d.Case.Have
			}
		case d.Say != nil:
			if err := l.says(ctx, d.Say); err != nil {
				return met, err
			}
		}
	}
}

// meets takes which case it is. It is one for as long as the run is shared.
func (l *homeward) meets(ctx context.Context, c *downCase) error {
	if l.number != "" && c.Number != l.number || l.number == "" && c.Number != "" && c.Code == "" {
		return errLine
	}
	if l.number == "" && c.Number != "" {
		guests, err := run.NewCallers(ctx, l.j, c.Number, l.o.Now)
		if err != nil {
			return err
		}
		l.number, l.code, l.guests = c.Number, c.Code, guests
		l.lost = false
		l.tell(ShareNews{What: ShareBegan, Number: c.Number, Code: c.Code})
		return nil
	}
	if l.lost {
		l.lost = false
		l.tell(ShareNews{What: ShareBack})
	}
	return nil
}

// says takes what a guide does, no faster than guides are. There is nothing that comes
// of it but what run.Callers can do.
func (l *homeward) says(ctx context.Context, d *downSay) error {
	if l.guests == nil {
		return errLine
	}
	if l.heard++; l.heard > guidesMost {
		return errLine
	}
	if err := l.words.Wait(ctx); err != nil {
		return err
	}
	var err error
	switch d.What {
	case sayAsk:
		err = l.guests.Ask(ctx, d.N, run.Question{Visit: d.Visit, Name: d.Name, Org: d.Org, Wait: millis(d.Wait), Lasts: millis(d.Lasts), From: d.From, FromOrg: d.FromOrg, Over: d.Over})
	case sayGone:
		err = l.guests.Gone(ctx, d.N, d.Visit, d.Why)
	case sayPoint:
		err = l.guests.Point(ctx, d.N, d.Visit, d.At)
	case sayNote:
		err = l.guests.Note(ctx, d.N, d.Visit, d.Text)
	case saySuggest:
		err = l.guests.Suggest(ctx, d.N, d.Visit, d.Path)
	case sayAgain:
		err = l.guests.AskAgain(ctx, d.N, d.Visit)
	case sayRecord:
		err = l.guests.AskRecord(ctx, d.N, d.Visit, d.Ask, millis(d.Wait), time.Duration(min(max(d.Keeps, 0), mostKeeps.Milliseconds()))*time.Millisecond)
	case sayTapeEnd:
		err = l.guests.EndRecord(ctx, d.N, d.Visit, d.Ask, d.End)
	}
	if errors.Is(err, run.ErrSaidBefore) {
		return nil
	}
	return err
}

// mostKeeps is the longest time for which a server can say that it keeps something.
const mostKeeps = 100 * 365 * 24 * time.Hour

// millis is a time that a server told, of a day at most.
func millis(n int64) time.Duration {
	return time.Duration(min(max(n, 0), (24*time.Hour).Milliseconds())) * time.Millisecond
}
