package ssh

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// leavesSoon ends the run, and holds that the sharing ends with it.
func (h *atHome) leavesSoon() {
	h.t.Helper()
	began, left := time.Now(), make(chan struct{})
	go func() {
		defer close(left)
		h.leave()
	}()
	select {
	case <-left:
	case <-time.After(5 * shareLast):
		h.t.Fatalf("the sharing goes on %v after the run", time.Since(began))
	}
}

// TestServerThatDoesNotAnswerHoldsNobodyUp has servers that log a client in and then do
// not answer: the person is told that the run is not shared, and the end of the run is
// the end of the sharing.
func TestServerThatDoesNotAnswerHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]func(gossh.NewChannel){
		"the channel": func(gossh.NewChannel) {},
		"what is asked of the channel": func(offered gossh.NewChannel) {
			if _, asks, err := offered.Accept(); err == nil {
				go func() {
					for range asks { //nolint:revive // none is answered
					}
				}()
			}
		},
	} {
		for _, patience := range []time.Duration{0, 20 * time.Millisecond} {
			t.Run(fmt.Sprint(name, patience), func(t *testing.T) {
				t.Parallel()
				offers := make(chan struct{}, 1000)
				o := serverOf(t, func(raw net.Conn, config *gossh.ServerConfig) {
					defer func() { _ = raw.Close() }()
					_, channels, requests, err := gossh.NewServerConn(raw, config)
					if err != nil {
						return
					}
					go gossh.DiscardRequests(requests) // so it is alive
					for offered := range channels {
						answers(offered)
						offers <- struct{}{}
					}
				})
				o.Patience = patience
				share, err := OpenShare(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 100)}
				h.begins(share, eyes{})
				<-offers
				if patience > 0 {
					h.hears(ShareLost)
				}
				h.leavesSoon()
			})
		}
	}
}

// TestServerThatDoesNotReadHoldsNobodyUp has a server greet and read nothing, while more
// is to be sent than is sent at once: the end of the run is the end of the sharing.
func TestServerThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	share, err := OpenShare(t.Context(), serverOf(t, func(raw net.Conn, config *gossh.ServerConfig) {
		defer func() { _ = raw.Close() }()
		_, channels, requests, err := gossh.NewServerConn(raw, config)
		if err != nil {
			return
		}
		go gossh.DiscardRequests(requests)
		for offered := range channels {
			ch, asks, err := offered.Accept()
			if err != nil {
				return
			}
			go func() {
				for req := range asks {
					_ = req.Reply(true, nil)
				}
			}()
			_, _ = io.WriteString(ch, rawCase+"\n")
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 100)}
	for n := range uint64(6000) {
		r := flows.Record{Seq: n + 1, Writer: "BEFORE", N: n + 1, At: time.Now(), By: flows.ByPerson, Event: flows.Noted{Text: strings.Repeat("x", 400)}}
		if _, err := h.j.Append(t.Context(), n, r); err != nil {
			t.Fatal(err)
		}
	}
	h.begins(share, eyes{})
	h.hears(ShareBegan)
	h.leavesSoon()
}

// TestServerThatEndsAtOnceIsNotHammered has servers greet and end, with each of the ends
// to come back from: the pauses before it is tried again grow all the same.
func TestServerThatEndsAtOnceIsNotHammered(t *testing.T) {
	t.Parallel()
	for _, end := range []shareEnd{endIdle, endTotal, endDrained, endAway, endBroke} {
		t.Run(string(end), func(t *testing.T) {
			t.Parallel()
			o := hostileServer(t, `{"case":{}}`, `{"end":"`+string(end)+`"}`)
			dials := make(chan time.Time, 1000)
			o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				select {
				case dials <- time.Now():
				default:
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			share, err := OpenShare(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			h := &atHome{t: t, j: journal.NewMemory(), news: make(chan ShareNews, 1000)}
			h.begins(share, eyes{})
			first := <-dials
			const more = 6
			var least, pause time.Duration = 0, o.Again
			var last time.Time
			for range more {
				least += pause
				pause *= 2
				select {
				case last = <-dials:
				case <-time.After(patience):
					t.Fatal("it never comes back")
				}
			}
			if took := last.Sub(first); took < least {
				t.Errorf("it came back %d times in %v, which is less than %v", more, took, least)
			}
			h.leavesSoon()
		})
	}
}

// endless are lines without an end; it counts those that were read, of which it has
// some.
type endless struct {
	line string
	left int
	read int
}

// Read implements io.Reader: a line at a time.
func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	e.left--
	e.read++
	return copy(p, e.line), nil
}

// TestLinesAreReadAtAPace holds that no kind of line is read as fast as a server sends
// it, those included that change nothing.
func TestLinesAreReadAtAPace(t *testing.T) {
	t.Parallel()
	for _, line := range []string{`{"ack":1}`, `{"case":{}}`} {
		synctest.Test(t, func(t *testing.T) {
			l := &homeward{Share: &Share{o: ShareOptions{Now: time.Now}}, j: journal.NewMemory(), tell: func(ShareNews) {}}
			from := &endless{line: line + "\n", left: 1_000_000}
			const during = 10
			ctx, cancel := context.WithTimeout(t.Context(), during*time.Second)
			defer cancel()
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = l.listen(ctx, from, make(chan uint64, 1)) })
			wg.Wait()
			if most := linesBurst + during*linesPace + 1; from.read > most || from.read < linesBurst {
				t.Errorf("%s: %d were read in %d seconds, of at most %d", line, from.read, during, most)
			}
		})
	}
}
