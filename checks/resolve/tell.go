package resolve

import (
	"context"
	"time"

	"github.com/miekg/dns"
)

// told is what the resolver in use said to one question.
type told struct {
	done chan struct{}
	msg  *dns.Msg
	from target
	took time.Duration
	err  error
	cut  bool // whoever asked gave up before all were asked who might have answered
}

// tell asks the resolver in use, once per question and run. What was cut short
// by the end of one look is asked again by the next.
func (r *Resolver) tell(ctx context.Context, name string, kind uint16) *told {
	q := question{name, kind}
	for {
		r.mu.Lock()
		t, known := r.told[q]
		if !known {
			t = &told{done: make(chan struct{}), from: r.servers[0]}
			r.told[q] = t
		}
		r.mu.Unlock()
		if !known {
			r.fetch(ctx, t, q)
			return t
		}
		select {
		case <-t.done:
			if !t.cut || ctx.Err() != nil {
				return t
			}
		case <-ctx.Done():
			return &told{err: ctx.Err(), from: r.servers[0]}
		}
	}
}

// fetch fills t; where it was cut short, the next one who wants it asks anew.
func (r *Resolver) fetch(ctx context.Context, t *told, q question) {
	defer close(t.done)
	start := time.Now()
	t.cut = r.askEach(ctx, t, q)
	t.took = time.Since(start)
	if t.cut {
		r.mu.Lock()
		delete(r.told, q)
		r.mu.Unlock()
	}
}

// askEach asks the resolvers in use, one after the other, until one answers that can.
// Where several are set up, each gets one short try before any gets a long one, as one
// of them may be dead. cut: whoever asked gave up meanwhile, so that what is in t, such
// as that the first one cannot answer, is not the last word.
func (r *Resolver) askEach(ctx context.Context, t *told, q question) (cut bool) {
	for _, hurry := range []bool{true, false} {
		for _, s := range r.servers {
			if hurry && len(r.servers) == 1 {
				continue
			}
			m, err := r.exchange(ctx, s, q, way{recurse: true, hurry: hurry})
			if t.msg == nil || err == nil {
				t.msg, t.err, t.from = m, err, s
			}
			switch {
			case err == nil && m.Rcode != dns.RcodeServerFailure && m.Rcode != dns.RcodeRefused:
				return false
			case err != nil && ctx.Err() != nil:
				return true
			}
		}
		if t.msg != nil {
			break // one answered, if only that it cannot
		}
	}
	return false
}
