package graph

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onboard.example/checks"
)

// TestWhatLeaves holds the request to what we want to be seen to send: nothing
// of the SDK's telemetry, and the token for Graph alone.
func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	token := userToken(t, allScopes)
	s := serve(t, map[string]http.HandlerFunc{"/v1.0/me": func(w http.ResponseWriter, r *http.Request) {
		want := []string{"Accept", "Accept-Encoding", "Authorization", "User-Agent"}
		got := make([]string, 0, len(r.Header))
		for key := range r.Header {
			got = append(got, key)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || r.UserAgent() != "onboard/9" || r.Header.Get("Authorization") != "Bearer "+token || r.ProtoMajor != 2 {
			t.Errorf("headers %v, agent %q, %s", got, r.UserAgent(), r.Proto)
		}
		answerJSON(`{"id":"i"}`)(w, r)
	}})
	r := s.reader(t, func(o *Options) { o.Tokens, o.UserAgent = fixed(token+"\n"), "onboard/9" })
	if l := read(t, r, hetk(), checks.PartMe).Me; !l.Read {
		t.Error(l.Failure)
	}
}

// TestDial: connections are made the given way and no other, and TLS is ours
// all the same. The names asked for are not looked up.
func TestDial(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	var mu sync.Mutex
	var dialed []string
	r := s.reader(t, func(o *Options) {
		o.Root = "https://example.com" // a name in the stub's certificate
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			dialed = append(dialed, network+" "+address)
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}
	})
	got := read(t, r, hetk(), checks.PartMe, checks.PartOrganization)
	if !got.Me.Read || !got.Organization.Read || !slices.Equal(dialed, []string{"tcp example.com:443"}) {
		t.Errorf("me %v, organization %v, dialed %v", got.Me.Failure, got.Organization.Failure, dialed)
	}
	r = s.reader(t, func(o *Options) {
		o.Root = "https://another.example"
		o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
		}
	})
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailTLS || !strings.HasPrefix(f.Message, wordTLSName) {
		t.Errorf("whoever answers for another name: %+v", f)
	}
	r = s.reader(t, func(o *Options) {
		o.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ENETUNREACH }
	})
	if f := read(t, r, hetk(), checks.PartMe).Me.Failure; f == nil || f.Kind != checks.FailUnreachable || !strings.HasPrefix(f.Message, wordNoNetwork) {
		t.Errorf("no way: %+v", f)
	}
}

func TestCompressedAnswersAreBoundedUnpacked(t *testing.T) {
	t.Parallel()
	packed := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, body)
			_ = z.Close()
		}
	}
	s := serve(t, map[string]http.HandlerFunc{
		"/v1.0/me": packed(`{"id":"i"}`), appPrefix: packed(`{"id":"` + strings.Repeat("0", 4<<20) + `"}`),
	})
	got := read(t, s.reader(t, func(o *Options) { o.Limits.Body = 1 << 20 }), hetk(), checks.PartMe, checks.PartApp)
	if !got.Me.Read || got.App.Failure == nil || got.App.Failure.Message != wordTooLarge(1<<20) {
		t.Errorf("me %v, app %v", got.Me.Failure, got.App.Failure)
	}
}

// TestFollowersDoNotDial: where the first cannot connect, those that wait for
// it fail with it, and none of them tries for itself.
func TestFollowersDoNotDial(t *testing.T) {
	t.Parallel()
	g := gate{now: time.Now}
	lead, _ := g.enter(t.Context())
	if o, mine := g.look(); lead == nil || o != lead || mine {
		t.Fatal("the second does not wait for the first")
	}
	down := &checks.Failure{Kind: checks.FailUnreachable}
	g.leave(lead, false, down)
	g.leave(lead, true, nil) // too late to count
	<-lead.done
	if lead.there || lead.err != down {
		t.Errorf("there %t, failure %v", lead.there, lead.err)
	}
	if o, mine := g.look(); o == nil || !mine {
		t.Error("a later request does not try for itself")
	}
}

// TestTheLeadIsHandedOn: a leader that gave up proves nothing to the others.
func TestTheLeadIsHandedOn(t *testing.T) {
	t.Parallel()
	g := gate{now: time.Now}
	lead, _ := g.enter(t.Context())
	next := make(chan *opening)
	go func() {
		o, _ := g.enter(context.WithoutCancel(t.Context()))
		next <- o
	}()
	g.leave(lead, false, nil) // whether the other waits already or not, it leads now
	o := <-next
	if o == nil {
		t.Fatal("nobody leads")
	}
	g.leave(o, true, nil)
	if o, f := g.enter(t.Context()); o != nil || f != nil {
		t.Errorf("the gate is not open: %v, %v", o, f)
	}
}
