package signin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

const challenged = `{"access_token":{"nbf":{"essential":true,"value":"1795190400"}}}`

func TestChallengeWithoutThePerson(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{Register: []string{registered}})
	s, _, p, rt := signedIn(t, w, admin, nil)
	first := token(t, s)
	rt.broken.Store(true)
	if e := cause(t, s.SatisfySilently(t.Context(), challenged)); e.Cause != CauseNetwork || e.Failure.Claims != "" {
		t.Errorf("without a network: %+v %+v", e, e.Failure)
	}
	rt.broken.Store(false)
	if err := s.SatisfySilently(t.Context(), challenged); err != nil {
		t.Fatal(err)
	}
	if token(t, s) == first {
		t.Error("the token that was turned away is in hand still")
	}
	// The same again is told, and asks Microsoft nothing more.
	asked := rt.tokens.Load()
	if e := cause(t, s.SatisfySilently(t.Context(), challenged)); e.Failure.Claims != challenged || rt.tokens.Load() != asked {
		t.Errorf("again: %+v %+v, %d requests", e, e.Failure, rt.tokens.Load()-asked)
	}
	if n := len(p.opened()); n != 1 {
		t.Errorf("opened %d pages", n)
	}
	for _, bad := range []string{"", "null", "[]"} {
		if e := cause(t, s.SatisfySilently(t.Context(), bad)); e.Failure.Kind != checks.FailRequest {
			t.Errorf("%q gave %+v", bad, e)
		}
	}
}

func TestChallengeThatWantsThePerson(t *testing.T) {
	t.Parallel()
	clk := newClock()
	w := startSim(t, sim.Options{Register: []string{registered}, Now: clk.now})
	s, _, p, rt := signedIn(t, w, admin, func(o *Options) { o.Now = clk.now })
	clk.add(5 * time.Second)
	if err := w.RevokeSessions(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	e := cause(t, s.SatisfySilently(t.Context(), challenged))
	if e.Failure.Kind != checks.FailSignIn || e.Failure.Claims != challenged || e.Failure.Code != "AADSTS50173" {
		t.Errorf("a session that was ended: %+v %+v", e, e.Failure)
	}
	asked := rt.tokens.Load()
	other := strings.Replace(challenged, "1795190400", "1795190401", 1)
	if e := cause(t, s.SatisfySilently(t.Context(), other)); e.Failure.Claims != other || rt.tokens.Load() != asked {
		t.Errorf("another: %+v %+v, %d requests", e, e.Failure, rt.tokens.Load()-asked)
	}
	if n := len(p.opened()); n != 1 {
		t.Fatalf("opened %d pages", n)
	}
	if err := s.Satisfy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if urls := p.opened(); len(urls) != 2 || !carries(t, urls[1], "1795190401") {
		t.Errorf("opened %q", urls)
	}
	if err := s.SatisfySilently(t.Context(), challenged); err != nil { // the person made it whole
		t.Errorf("after the person: %v", err)
	}
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := cause(t, s.Satisfy(t.Context(), challenged)); e.Cause != CauseSessionEnded || len(p.opened()) != 2 {
		t.Errorf("forgotten: %+v, %d pages", e, len(p.opened()))
	}
}

// carries says whether an authorize address holds a challenge with a value.
func carries(t *testing.T, address, value string) bool {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Access struct {
			NBF struct{ Value string } `json:"nbf"`
		} `json:"access_token"`
	}
	return json.Unmarshal([]byte(u.Query().Get("claims")), &sent) == nil && sent.Access.NBF.Value == value
}

// forms keeps what was posted to the sign-in service.
type forms struct {
	next http.RoundTripper

	mu   sync.Mutex
	seen []url.Values
}

func (f *forms) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		b, err := readAll(body, 64<<10)
		if err != nil {
			return nil, err
		}
		v, _ := url.ParseQuery(string(b))
		f.mu.Lock()
		f.seen = append(f.seen, v)
		f.mu.Unlock()
	}
	return f.next.RoundTrip(r)
}

func TestFirstSignInAnswersAChallenge(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.mustRun(t, admin, true, nil)
	var opened []string
	k.mustRun(t, admin, true, func(o *Options) { // what is kept would meet the challenge again
		open := o.Open
		o.Claims, o.Open = challenged, func(ctx context.Context, address string) error {
			opened = append(opened, address)
			return open(ctx, address)
		}
	})
	if len(opened) != 1 || !carries(t, opened[0], "1795190400") {
		t.Errorf("opened %q", opened)
	}
	if _, _, err := k.run(t, admin, func(o *Options) { o.Claims = "[]" }); cause(t, err).Failure.Kind != checks.FailRequest {
		t.Errorf("a broken challenge: %v", err)
	}

	auto := startSim(t, sim.Options{AutoApprove: admin, Register: []string{registered}})
	f := &forms{next: auto.rt}
	_, err := auto.client(t, func(o *Options) { o.Claims, o.Transport = challenged, f }).Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(f.seen, func(v url.Values) bool { return strings.Contains(v.Get("claims"), "1795190400") }) {
		t.Errorf("the device's sign-in sent %v", f.seen)
	}
}

func TestHandedTokensAnswerNoChallenge(t *testing.T) {
	t.Parallel()
	for way, open := range ways(t, []byte(graphToken(time.Now(), nil))) {
		s, err := open(TokenOptions{})
		if err != nil {
			t.Fatal(way, err)
		}
		if e := cause(t, s.SatisfySilently(t.Context(), challenged)); e.Cause != CauseFixed || e.Failure.Claims != challenged {
			t.Errorf("%s: %+v %+v", way, e, e.Failure)
		}
	}
}
