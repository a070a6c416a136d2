package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

const (
	appID    = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	tenantID = "11111111-1111-1111-1111-111111111111"
	otherID  = "99999999-9999-4999-8999-999999999999"
)

func someKey() []byte { return bytes.Repeat([]byte{7}, 32) }

func newReturns(t *testing.T, now func() time.Time) *Returns {
	t.Helper()
	r, err := NewReturns(someKey(), "https://"+named, []string{strings.ToUpper(appID)}, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// runner is a run that waits, as a driver does.
type runner struct {
	ask    run.ReturnAsk
	ready  chan run.Waiting
	stop   context.CancelFunc
	ended  chan error
	mu     sync.Mutex
	came   []string
	answer flows.ReturnSaid // what it says of what comes
}

// waits is a run that takes what comes for good.
func waits(t *testing.T, r *Returns, id, state string) *runner {
	t.Helper()
	return waitsToSay(t, r, id, state, flows.ReturnGood)
}

// waitsToSay is a run that says answer of what comes: of what was kept for it, too, which
// it hears as soon as it waits.
func waitsToSay(t *testing.T, r *Returns, id, state string, answer flows.ReturnSaid) *runner {
	t.Helper()
	w := &runner{ask: run.ReturnAsk{ClientID: appID, Run: id, State: state}, ready: make(chan run.Waiting, 8), ended: make(chan error, 1), answer: answer}
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	go func() {
		w.ended <- r.Await(ctx, w.ask, func(at run.Waiting) { w.ready <- at }, func(query string) flows.ReturnSaid {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.came = append(w.came, query)
			return w.answer
		})
	}()
	t.Cleanup(func() { w.leaves(t) })
	return w
}

// leaves ends the wait.
func (w *runner) leaves(t *testing.T) {
	t.Helper()
	w.stop()
	if err := <-w.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.ended <- context.Canceled // it may be left again
}

func (w *runner) heard() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.came)
}

// back is the query with which Microsoft's page comes back.
func back(state string, more ...string) string {
	q := url.Values{"admin_consent": {"True"}, "tenant": {tenantID}, "state": {state}, "scope": {"x"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return ReturnPath + "?" + q.Encode()
}

// TestComingBack walks a browser to every page, over HTTPS.
func TestComingBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer flows.ReturnSaid
		more   []string
		says   []string
		not    string
	}{
		"good":      {flows.ReturnGood, nil, []string{sayGoodTitle, "no proof yet"}, tenantID},
		"error":     {flows.ReturnError, []string{"error", "access_denied", "error_description", "AADSTS65004: <b>x</b>"}, []string{sayErrorTitle, "access_denied AADSTS65004", sayErrorDenied}, "<b>"},
		"odd error": {flows.ReturnError, []string{"error", "<img src=x>call +1 555"}, []string{sayErrorTitle}, "555"},
		"elsewhere": {flows.ReturnElsewhere, []string{"tenant", otherID}, []string{sayElsewhereTitle, otherID}, "ZZZ"},
		"no tenant": {flows.ReturnElsewhere, []string{"tenant", "evil.example"}, []string{sayElsewhereTitle}, "evil.example"},
		"empty":     {flows.ReturnEmpty, []string{"admin_consent", "False"}, []string{sayNothingTitle}, tenantID},
		"disbelief": {flows.ReturnStrange, nil, []string{sayUsedTitle}, tenantID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReturns(t, nil)
			p := opened(t, func(o *Options) { o.Returns = r })
			w := waitsToSay(t, r, "run1", "", c.answer)
			at := <-w.ready
			if at.At != "https://"+named+ReturnPath || at.Port != 0 {
				t.Fatalf("%+v", at)
			}
			a := p.does(http.MethodGet, back(at.State, c.more...), nil)
			for _, want := range c.says {
				if !strings.Contains(a.body, want) {
					t.Errorf("%q is not in %s", want, a.body[strings.Index(a.body, "<body>"):])
				}
			}
			if strings.Contains(a.body, c.not) || strings.Contains(a.body, at.State) || w.heard() != 1 {
				t.Errorf("heard %d times; %q is in %s", w.heard(), c.not, a.body)
			}
			guarded(t, a)
			again := p.does(http.MethodGet, back(at.State, c.more...), nil)
			if w.heard() != 1 || again.status != http.StatusGone || !strings.Contains(again.body, sayUsedTitle) {
				t.Errorf("a second time: %d, heard %d times", again.status, w.heard())
			}
			if log := p.log.String(); strings.Contains(log, at.State) || strings.Contains(log, tenantID) {
				t.Errorf("%s", log)
			}
		})
	}
}

// TestForged holds that nothing but a state that a run waits by moves it.
func TestForged(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	p := opened(t, func(o *Options) { o.Returns = r })
	w, other := waits(t, r, "run1", ""), waits(t, r, "run2", "")
	state, foreign := (<-w.ready).State, (<-other.ready).State
	flipped := []byte(state)
	flipped[20] ^= 1
	stranger, err := NewReturns(bytes.Repeat([]byte{8}, 32), "https://"+named, []string{appID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	forged := (<-waits(t, stranger, "run1", "").ready).State
	for name, query := range map[string]string{
		"none":       "?admin_consent=True",
		"empty":      back(""),
		"cut":        back(state[:len(state)-1]),
		"longer":     back(state + "A"),
		"changed":    back(string(flipped)),
		"other key":  back(forged),
		"no base64":  back(strings.Repeat("!", len(state))),
		"two states": back(state) + "&state=" + state,
		"broken":     back(state) + "&x=%zz",
		"a header":   back("eyJhbGciOiJub25lIn0.e30."),
	} {
		a := p.does(http.MethodGet, strings.Replace(query, "?admin", ReturnPath+"?admin", map[bool]int{true: 1}[strings.HasPrefix(query, "?")]), nil)
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, sayStrangeTitle) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := p.does(http.MethodGet, ReturnPath+"?state="+state, nil); a.status != http.StatusBadRequest || !strings.Contains(a.body, sayNothingTitle) {
		t.Errorf("no answer: %d", a.status)
	}
	for _, head := range []string{http.MethodHead, http.MethodPost} {
		if a := p.does(head, back(state), nil); a.status < 400 {
			t.Errorf("%s: %d", head, a.status)
		}
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.addr+back(state), nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Sec-Purpose", "prefetch;prerender")
	if a := hears(t, p.client(nil), q); a.status != http.StatusServiceUnavailable {
		t.Errorf("prefetched: %d", a.status)
	}
	if w.heard() != 0 || other.heard() != 0 {
		t.Fatal("a run was moved")
	}
	if a := p.does(http.MethodGet, back(foreign), nil); a.status != http.StatusOK || w.heard() != 0 || other.heard() != 1 {
		t.Errorf("another run's state: %d, heard %d and %d times", a.status, w.heard(), other.heard())
	}
	if a := p.does(http.MethodGet, back(state), nil); a.status != http.StatusOK || w.heard() != 1 {
		t.Errorf("after all that: %d", a.status)
	}
}

// TestComesBackToARestart holds that a link which is out counts after a restart, and
// that what came by it before its run was back reaches it then.
func TestComesBackToARestart(t *testing.T) {
	t.Parallel()
	first := newReturns(t, nil)
	w := waits(t, first, "run1", "")
	state := (<-w.ready).State
	w.leaves(t)
	second := newReturns(t, nil)
	p := opened(t, func(o *Options) { o.Returns = second })
	if a := p.does(http.MethodGet, back(state), nil); a.status != http.StatusAccepted || !strings.Contains(a.body, sayKeptTitle) || strings.Contains(a.body, tenantID) {
		t.Errorf("nobody is there: %d", a.status)
	}
	again := waits(t, second, "run1", state)
	if at := <-again.ready; at.State != state {
		t.Fatal("the run has another state")
	}
	again.hears(t, 1)
	if a := p.does(http.MethodGet, back(state), nil); a.status != http.StatusGone || again.heard() != 1 {
		t.Errorf("%d, heard %d times", a.status, again.heard())
	}
	// Somebody else's state, or that of another app, is not taken up.
	for name, ask := range map[string]run.ReturnAsk{"another run": {Run: "run9", State: state}, "used": {Run: "run1"}, "rubbish": {Run: "run1", State: "x"}} {
		if at := <-waits(t, second, ask.Run, ask.State).ready; at.State == state || at.State == "" {
			t.Errorf("%s: %q", name, at.State)
		}
	}
}

// TestNotRegistered holds that a run about an app whose registration does not lead
// here gets no address.
func TestNotRegistered(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	for _, ask := range []run.ReturnAsk{{ClientID: otherID, Run: "run1"}, {Run: "run1"}, {ClientID: appID}} {
		err := r.Await(t.Context(), ask, func(run.Waiting) { t.Errorf("%+v waits", ask) }, nil)
		if !errors.Is(err, errElsewhere) {
			t.Errorf("%v", err)
		}
	}
	if _, err := NewReturns([]byte("short"), "https://x.example", nil, nil); err == nil {
		t.Error("a short key signs")
	}
	if a := opened(t, nil).does(http.MethodGet, back("x"), nil); a.status != http.StatusNotFound {
		t.Errorf("a door without it: %d", a.status)
	}
}

// TestStateGetsOld holds that a state counts for its time, and that a run which
// waits longer has another by then.
func TestStateGetsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newReturns(t, nil)
		w := waits(t, r, "run1", "")
		state := (<-w.ready).State
		time.Sleep(stateLife - time.Minute)
		w.leaves(t)
		almost := waits(t, r, "run1", state)
		next := (<-almost.ready).State
		if next == state {
			t.Error("a run that comes back has a state of a minute")
		}
		if f := r.bring(t.Context(), strings.TrimPrefix(back(state), ReturnPath+"?")); f != fateUsed {
			t.Errorf("the one before: %d", f)
		}
		time.Sleep(2 * time.Minute)
		if f := r.bring(t.Context(), strings.TrimPrefix(back(state), ReturnPath+"?")); f != fateOld {
			t.Errorf("after its time: %d", f)
		}
		time.Sleep(stateLife)
		if last := <-almost.ready; last.State == next {
			t.Error("a run that waits has an old state")
		}
		almost.leaves(t)
	})
}

// TestManyAtOnce holds that of many browsers with one state one is heard.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	w := waits(t, r, "run1", "")
	query := strings.TrimPrefix(back((<-w.ready).State), ReturnPath+"?")
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := map[fate]int{}
	for range 50 {
		wg.Go(func() {
			f := r.bring(t.Context(), query)
			mu.Lock()
			defer mu.Unlock()
			count[f]++
		})
	}
	wg.Wait()
	if w.heard() != 1 || count[fateGood] != 1 || count[fateUsed] != 49 {
		t.Errorf("heard %d times: %v", w.heard(), count)
	}
}

// TestBrowserThatGoes holds that a browser which goes away waits for no run.
func TestBrowserThatGoes(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	ctx, goes := context.WithCancel(t.Context())
	run1, stop := context.WithCancel(t.Context())
	ready, release, ended := make(chan run.Waiting, 1), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- r.Await(run1, run.ReturnAsk{ClientID: appID, Run: "run1"}, func(at run.Waiting) { ready <- at }, func(string) flows.ReturnSaid {
			goes()
			<-release
			return flows.ReturnGood
		})
	}()
	if f := r.bring(ctx, strings.TrimPrefix(back((<-ready).State), ReturnPath+"?")); f != fateHanded {
		t.Errorf("%d", f)
	}
	close(release)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestUsedCountsOnce holds that a run never waits by a state that counted, though it
// did not take what came with it, and its journal still has that state.
func TestUsedCountsOnce(t *testing.T) {
	t.Parallel()
	r := newReturns(t, nil)
	w := waitsToSay(t, r, "run1", "", flows.ReturnStrange)
	state := (<-w.ready).State
	query := strings.TrimPrefix(back(state), ReturnPath+"?")
	if f := r.bring(t.Context(), query); f != fateUsed || w.heard() != 1 {
		t.Errorf("%d, heard %d times", f, w.heard())
	}
	w.leaves(t)
	if f := r.bring(t.Context(), query); f != fateUsed {
		t.Errorf("while nobody is there: %d", f)
	}
	again := waits(t, r, "run1", state)
	next := (<-again.ready).State
	if next == state {
		t.Fatal("the run waits by a state that counted")
	}
	if f := r.bring(t.Context(), query); f != fateUsed || again.heard() != 0 {
		t.Errorf("%d, heard %d times", f, again.heard())
	}
	if f := r.bring(t.Context(), strings.TrimPrefix(back(next), ReturnPath+"?")); f != fateGood || again.heard() != 1 {
		t.Errorf("%d, heard %d times", f, again.heard())
	}
}

// TestUsedAreBounded holds that what is remembered of used links costs a bounded
// amount, that one run cannot have those of another forgotten, and what goes first.
func TestUsedAreBounded(t *testing.T) {
	t.Parallel()
	start := time.Unix(2000000000, 0)
	now := start
	r := newReturns(t, func() time.Time { return now })
	uses := func(run, state string, until time.Time) {
		id := sumOf(run)
		r.take(id, r.enter(id, state), until)
	}
	uses("early", "early", start.Add(time.Hour))
	for n := range 10 * spentOfOne {
		uses("greedy", strconv.Itoa(n), start.Add(3*time.Hour))
	}
	if len(r.spent[sumOf("greedy")]) != spentOfOne || !r.counted(sumOf("greedy"), strconv.Itoa(10*spentOfOne-1)) || !r.counted(sumOf("early"), "early") {
		t.Errorf("%d of one run", len(r.spent[sumOf("greedy")]))
	}
	for n := range mostSpent - 1 { // the last finds no room
		uses("run"+strconv.Itoa(n), "one", start.Add(2*time.Hour))
	}
	if len(r.spent) != mostSpent || r.counted(sumOf("early"), "early") || !r.counted(sumOf("run"+strconv.Itoa(mostSpent-2)), "one") {
		t.Errorf("%d runs", len(r.spent))
	}
	now = start.Add(150 * time.Minute)
	uses("late", "late", now.Add(time.Hour))
	if len(r.spent) != 2 {
		t.Errorf("%d runs once their time is over", len(r.spent))
	}
}

// FuzzReadState holds that nothing is a state but what was signed.
func FuzzReadState(f *testing.F) {
	is := signed{until: time.Unix(2000000000, 0), run: sumOf("run1"), to: sumOf("app")}
	f.Add(makeState(someKey(), is))
	f.Add("")
	f.Add(strings.Repeat("A", base64.RawURLEncoding.EncodedLen(stateSize)))
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := readState(someKey(), text)
		if ok && s != is {
			t.Errorf("%q is %+v", text, s)
		}
	})
}
