package resolve

import (
	"context"
	"slices"
	"sync"
	"time"

	"onboard.example/checks"
)

// Reader reads what the checks of the DNS look at. Every Read asks anew.
type Reader struct {
	opt Options
}

// NewReader makes a reader that asks as opt says. Nothing is asked yet; what is
// wrong with opt is told by what it reads.
func NewReader(opt Options) *Reader { return &Reader{opt: opt} }

// Serves implements checks.Reader.
func (*Reader) Serves() []checks.Part { return []checks.Part{checks.PartDNSPolicy, checks.PartDNSMail} }

// Read implements checks.Reader. Both parts are asked for at once, through one
// Resolver.
func (d *Reader) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	r, err := New(d.opt)
	var turn sync.Mutex
	var wg group
	put := func(p checks.Piece) {
		turn.Lock()
		defer turn.Unlock()
		land(p)
	}
	for _, p := range parts {
		switch {
		case p == checks.PartDNSPolicy && err != nil:
			put(policyPiece(checks.Look[checks.DNSPublished]{Read: true, At: d.now(), Value: checks.DNSPublished{Failed: checks.Line(err.Error(), mostWords)}}))
		case p == checks.PartDNSMail && err != nil:
			put(mailPiece(failure[checks.DNSMail](ctx, err, d.now())))
		case p == checks.PartDNSPolicy:
			wg.Go(func() { put(r.readPolicy(ctx, q)) })
		case p == checks.PartDNSMail:
			wg.Go(func() { put(r.readMail(ctx, q)) })
		}
	}
	wg.Wait()
}

func (d *Reader) now() time.Time {
	if d.opt.Now != nil {
		return d.opt.Now()
	}
	return time.Now()
}

// readPolicy reads the app's policy record. What kept it from being told whole
// stands in it: servers and all that they said are worth showing.
func (r *Resolver) readPolicy(ctx context.Context, q checks.Query) checks.Piece {
	look := checks.Look[checks.DNSPublished]{Read: true, At: r.opt.Now()}
	domain, err := ParseDomain(q.Domain)
	if err == nil && q.App.DNS != nil {
		look.Value.Answer, look.Value.Doubled, err = r.lookPolicy(ctx, *q.App.DNS, domain.ASCII)
	}
	if ctx.Err() != nil {
		return policyPiece(failure[checks.DNSPublished](ctx, ctx.Err(), look.At))
	}
	if err != nil {
		look.Value.Failed = checks.Line(err.Error(), mostWords)
	}
	return policyPiece(look)
}

// readMail reads what the domain's other records tell.
func (r *Resolver) readMail(ctx context.Context, q checks.Query) checks.Piece {
	look := checks.Look[checks.DNSMail]{Read: true, At: r.opt.Now()}
	domain, err := ParseDomain(q.Domain)
	if err == nil {
		look.Value, err = r.LookMail(ctx, domain.ASCII)
	}
	if err != nil {
		look = failure[checks.DNSMail](ctx, err, look.At)
	}
	return mailPiece(look)
}

// mostWords bounds why something could not be looked up, in characters.
const mostWords = 300

// failure is a part that nothing could be read of.
func failure[T any](ctx context.Context, err error, at time.Time) checks.Look[T] {
	kind := checks.FailUnreachable
	if ctx.Err() != nil {
		kind = checks.FailCancelled
	}
	return checks.Look[T]{At: at, Failure: &checks.Failure{Kind: kind, Message: checks.Line(err.Error(), mostWords)}}
}

func policyPiece(l checks.Look[checks.DNSPublished]) checks.Piece {
	return checks.NewPiece(checks.PartDNSPolicy, l, func(s *checks.Snapshot) *checks.Look[checks.DNSPublished] { return &s.DNSPolicy })
}

func mailPiece(l checks.Look[checks.DNSMail]) checks.Piece {
	return checks.NewPiece(checks.PartDNSMail, l, func(s *checks.Snapshot) *checks.Look[checks.DNSMail] { return &s.DNSMail })
}

// Unasked lands both parts as not asked for, for those who may not ask: why is for
// a person.
func Unasked(why string) checks.Reader { return unasked(why) }

type unasked string

// Serves implements checks.Reader.
func (unasked) Serves() []checks.Part { return (*Reader)(nil).Serves() }

// Read implements checks.Reader.
func (u unasked) Read(_ context.Context, _ checks.Query, parts []checks.Part, land func(checks.Piece)) {
	no := &checks.Failure{Kind: checks.FailNotAsked, Message: string(u)}
	if slices.Contains(parts, checks.PartDNSPolicy) {
		land(policyPiece(checks.Look[checks.DNSPublished]{Failure: no}))
	}
	if slices.Contains(parts, checks.PartDNSMail) {
		land(mailPiece(checks.Look[checks.DNSMail]{Failure: no}))
	}
}
