package graph

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

// Reader reads a tenant from Microsoft Graph. It cannot write: it has no
// method for it, and its transport refuses every method but GET and, at the one
// address that only answers, POST. It may be used by several goroutines at once.
type Reader struct{ c *client }

var _ checks.Reader = (*Reader)(nil)

// New makes a reader. Nothing is asked yet. An error means wrong options.
func New(o Options) (*Reader, error) {
	c, err := newClient(o, http.MethodGet)
	if err != nil {
		return nil, err
	}
	c.wire.questions = []string{evaluatePath}
	return &Reader{c: c}, nil
}

// Close lets go of idle connections. A reader may be used again after it.
func (r *Reader) Close() { r.c.close() }

// Warm opens the connection in advance, without a token, for example while
// somebody signs in. An error is a *checks.Failure, and means that reading
// would fail in the same way.
func (r *Reader) Warm(ctx context.Context) error { return r.c.warm(ctx) }

// Serves lists the parts that this reader delivers.
func (r *Reader) Serves() []checks.Part {
	var out []checks.Part
	for _, p := range served() {
		out = append(out, p.part)
	}
	return out
}

// Read asks for all of parts at once (see checks.Reader). Parts that depend on
// others of their own kind, such as further pages, take further round trips;
// no part waits for another but the consent policies, where Graph does not send
// their condition sets along, the reviewers, whom the workflow names, and what
// Conditional Access does where people differ.
func (r *Reader) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	var want []servedPart
	for _, p := range served() {
		if slices.Contains(parts, p.part) {
			want = append(want, p)
		}
	}
	if len(want) == 0 {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.c.o.Limits.Total, errTotal)
	defer cancel()
	c, f := r.c.begin(ctx, nil)
	rd := &reading{call: c, ctx: ctx, q: q, none: f, now: r.c.o.Now}
	rd.assigned = sync.OnceValue(func() policyLook { return readAuthorization(rd) })
	rd.workflow = sync.OnceValue(func() shared[checks.Workflow] { return share(rd, readWorkflow) })
	rd.person = sync.OnceValue(func() shared[*checks.Person] { return share(rd, readUser) })
	pieces := make(chan checks.Piece, len(want))
	for _, p := range want {
		go func() { pieces <- p.read(rd) }()
	}
	for range want {
		land(<-pieces)
	}
}

// reading is one Read under way.
type reading struct {
	*call
	ctx  context.Context // a reading lives as long as one Read
	q    checks.Query
	none *checks.Failure // there is no token: nothing is asked
	now  func() time.Time
	// assigned reads the authorization policy once, for the part of that name
	// and for the consent policies.
	assigned func() policyLook
	// workflow and person are read once each, for the parts of those names and
	// for those that follow from them.
	workflow func() shared[checks.Workflow]
	person   func() shared[*checks.Person]
}

// shared is what several parts need, with how it was read.
type shared[T any] struct {
	value T
	seen  []checks.Evidence
	err   error
}

// share reads something for several parts, on a trail of its own.
func share[T any](rd *reading, read func(*reading, *trail) (T, error)) (s shared[T]) {
	t := &trail{call: rd.call, ctx: rd.ctx}
	defer func() {
		if recover() != nil {
			s = shared[T]{err: t.failure(checks.FailNotJSON, wordOdd)}
		}
		s.seen = t.seen
	}()
	s.value, s.err = read(rd, t)
	return s
}

// sharing reads a part that others need too.
func sharing[T any](from func(*reading) func() shared[T]) func(*reading, *trail) (T, error) {
	return func(rd *reading, t *trail) (T, error) {
		s := from(rd)()
		t.seen = append(t.seen, s.seen...)
		return s.value, s.err
	}
}

// servedPart is a part with the way to read it.
type servedPart struct {
	part checks.Part
	read func(*reading) checks.Piece
}

// served is the table of parts.
func served() []servedPart {
	return []servedPart{
		part(checks.PartMe, readMe, func(s *checks.Snapshot) *checks.Look[checks.Person] { return &s.Me }),
		part(checks.PartRoles, readRoles, func(s *checks.Snapshot) *checks.Look[[]checks.Role] { return &s.Roles }),
		part(checks.PartEligible, readEligible, func(s *checks.Snapshot) *checks.Look[[]checks.Role] { return &s.Eligible }),
		part(checks.PartOrganization, readOrganization, func(s *checks.Snapshot) *checks.Look[checks.Organization] { return &s.Organization }),
		part(checks.PartApp, readApp, func(s *checks.Snapshot) *checks.Look[*checks.ServicePrincipal] { return &s.App }),
		part(checks.PartNamed, readNamed, func(s *checks.Snapshot) *checks.Look[checks.Named] { return &s.Named }),
		part(checks.PartGrants, readGrants, func(s *checks.Snapshot) *checks.Look[[]checks.Grant] { return &s.Grants }),
		part(checks.PartAssignments, readAssignments, func(s *checks.Snapshot) *checks.Look[[]checks.Assignment] { return &s.Assignments }),
		part(checks.PartAppRoles, readAppRoles, func(s *checks.Snapshot) *checks.Look[[]checks.Assignment] { return &s.AppRoles }),
		part(checks.PartResources, readResources, func(s *checks.Snapshot) *checks.Look[[]checks.ServicePrincipal] { return &s.Resources }),
		part(checks.PartClassified, readClassified, func(s *checks.Snapshot) *checks.Look[map[string]consent.Level] { return &s.Classified }),
		part(checks.PartAuthorization, readAssigned, func(s *checks.Snapshot) *checks.Look[checks.Authorization] { return &s.Authorization }),
		part(checks.PartPolicies, readPolicies, func(s *checks.Snapshot) *checks.Look[[]consent.Policy] { return &s.Policies }),
		part(checks.PartWorkflow, sharing(func(rd *reading) func() shared[checks.Workflow] { return rd.workflow }), func(s *checks.Snapshot) *checks.Look[checks.Workflow] { return &s.Workflow }),
		part(checks.PartRequests, readRequests, func(s *checks.Snapshot) *checks.Look[[]checks.ConsentRequest] { return &s.Requests }),
		part(checks.PartUser, sharing(func(rd *reading) func() shared[*checks.Person] { return rd.person }), func(s *checks.Snapshot) *checks.Look[*checks.Person] { return &s.User }),
		part(checks.PartUserGroups, readUserGroups, func(s *checks.Snapshot) *checks.Look[[]string] { return &s.UserGroups }),
		part(checks.PartUserRoles, readUserRoles, func(s *checks.Snapshot) *checks.Look[[]checks.Role] { return &s.UserRoles }),
		part(checks.PartWho, readWho, func(s *checks.Snapshot) *checks.Look[*checks.Principal] { return &s.Who }),
		part(checks.PartDeleted, readDeleted, func(s *checks.Snapshot) *checks.Look[*checks.DeletedApp] { return &s.Deleted }),
		part(checks.PartDefaults, readDefaults, func(s *checks.Snapshot) *checks.Look[bool] { return &s.Defaults }),
		part(checks.PartReviewers, readReviewers, func(s *checks.Snapshot) *checks.Look[[]checks.Reviewer] { return &s.Reviewers }),
		part(checks.PartConditional, readConditional, func(s *checks.Snapshot) *checks.Look[checks.Conditional] { return &s.Conditional }),
		part(checks.PartSignIns, readSignIns, func(s *checks.Snapshot) *checks.Look[checks.SignInLog] { return &s.SignIns }),
		part(checks.PartAudit, readAudit, func(s *checks.Snapshot) *checks.Look[checks.AuditLog] { return &s.Audit }),
	}
}

// part makes a table entry: read fills a look, and whatever it meets, a panic
// in a model included, lands as the failure of this part alone.
func part[T any](p checks.Part, read func(*reading, *trail) (T, error), field func(*checks.Snapshot) *checks.Look[T]) servedPart {
	return servedPart{part: p, read: func(rd *reading) (piece checks.Piece) {
		t := &trail{call: rd.call, ctx: rd.ctx}
		l := checks.Look[T]{Failure: rd.none}
		defer func() {
			if recover() != nil {
				l = checks.Look[T]{Failure: t.failure(checks.FailNotJSON, wordOdd)}
			}
			l.Seen, l.At = t.seen, rd.now()
			piece = checks.NewPiece(p, l, field)
		}()
		if l.Failure != nil {
			return piece
		}
		v, err := read(rd, t)
		if err != nil {
			l.Failure = asFailure(err)
			return piece
		}
		l.Read, l.Value, l.IDs = true, v, t.ids
		return piece
	}}
}
