package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// Options are what a server is made of. Identity, Cases, Eyes and Command must
// be there; everything else has a default.
type Options struct {
	Identity *Identity
	Bans     *Bans  // nil: none, and none is kept
	Limits   Limits // zero: DefaultLimits
	// TrustedProxies are the nets of balancers: connections from there begin
	// with a PROXY header, and are refused without one. Nobody else's is read.
	TrustedProxies []netip.Prefix
	// Name and Port are what people type; Port 0 is 22.
	Name string
	Port uint16
	// Cases keeps the runs in which something was chosen.
	Cases *cases.Store
	Log   *slog.Logger // nil: nothing is logged
	// LogName writes an address into the log, and LogKey the fingerprint of a
	// client's key, which names a person better than that; nil: as it is.
	LogName func(netip.Addr) string
	LogKey  func(fingerprint string) string
	// Guides says who may open the console; nil: nobody, and there is none.
	Guides *Guides
	// Answers are the texts that guides need often; nil: there are none.
	Answers *Answers
	// Profiles are the apps to choose from; Version, Login and Service go into
	// runs.
	Profiles                []flows.Profile
	Version, Login, Service string
	// Eyes gives what one session looks with; from is what counts as its source. It
	// cannot change anything: there is no field for what could.
	Eyes func(from netip.Prefix) run.Looker
	// Sight gives, in the place of Eyes, what one session has whose person may sign in
	// to look; nil: nobody signs in. Ways are those that it takes, the device code last.
	Sight  func(from netip.Prefix) Sight
	Ways   []flows.WayOffer
	AskWhy tui.AskWhy // nil: nobody can be asked
	// Return waits for Microsoft's consent page where the service has an address for
	// it; nil: it has none, and no link leads there.
	Return run.Returner
	// Probes are the client ids of the apps about which Eyes can ask with the
	// vendor's own credential. The credential is nothing that a session has.
	Probes []string
	// Command carries out one of the commands of the allow-list, with flags that
	// were held to it, and gives its exit code.
	Command func(ctx context.Context, args []string, out, errs io.Writer) int
	Now     func() time.Time // nil: time.Now
}

// Sight is what one session looks with, and what its person signs in with to look. It
// is that session's alone, and it cannot change anything either.
type Sight struct {
	Look   run.Looker
	SignIn run.SignIner
	// Close forgets who signed in. It is called once, when nothing of the session looks
	// any more.
	Close func()
}

// sight is what a session has.
func (o *Options) sight(from netip.Prefix) Sight {
	if o.Sight == nil {
		return Sight{Look: o.Eyes(from), Close: func() {}}
	}
	return o.Sight(from)
}

// Server serves the wizard.
type Server struct {
	o        Options
	sources  *sources
	inner    *ssh.Server
	began    time.Time
	commands chan struct{} // holds one for each command that runs
	frames   tui.Frames
	readings tui.Readings

	strangers   tally // at the console
	away        tally // those who came while the cases could not be reached
	unwritten   tally // what the audit could not have
	unanswered  tally // looks at canned answers that cannot be read
	unkept      tally // those whose run could not be kept
	unended     tally // looks for visits that could not be ended
	tries       tries // to end visits
	queue       queue // of cases, for the console
	figuresRead figuresRead

	mu            sync.Mutex
	sessions      map[*session]struct{}
	total         uint64 // sessions so far
	broke         uint64 // of them, those that broke
	guides        int    // consoles that are open
	guidesRefused uint64
	draining      bool
	doors         []net.Listener      // that are served
	atWork        map[string]*session // who is at a case, by its number
	ended         sync.WaitGroup      // of sessions
	seats         sync.WaitGroup      // of those who look after a session's seat

	visits    sync.Once     // begins keepsVisits and looksForOthers
	named     []string      // organisations of the guides that may come
	elsewhere []string      // see Status.GuidesElsewhere
	stop      sync.Once     // closes quit
	quit      chan struct{} // closed when the server stops
}

// New makes a server. Nothing is served yet.
func New(o Options) (*Server, error) {
	if o.Identity == nil || len(o.Identity.keys) == 0 || o.Cases == nil || o.Eyes == nil || o.Command == nil {
		return nil, errors.New("a server needs an identity, a store of cases, eyes and commands")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Bans == nil {
		o.Bans, _ = OpenBans("", o.Now) // without a file it cannot fail
	}
	if o.Port == 0 {
		o.Port = usualPort
	}
	s := &Server{
		o: o, began: o.Now(), sessions: map[*session]struct{}{}, atWork: map[string]*session{},
		sources:  &sources{limits: o.Limits, now: o.Now, of: map[netip.Prefix]*source{}},
		commands: make(chan struct{}, max(o.Limits.Commands, 1)),
		quit:     make(chan struct{}),
	}
	if o.Guides != nil {
		s.queue.shared, s.named = o.Guides.shared(), slices.Collect(o.Guides.organisations())
	}
	s.queue.store, s.queue.wait, s.queue.spoil, s.queue.log = o.Cases, &s.seats, s.contained, s.o.Log
	o.Bans.onAdd(s.enforce)
	s.inner = &ssh.Server{
		Version:              version,
		HostSigners:          []ssh.Signer{o.Identity.keys[0]},
		HandshakeTimeout:     o.Limits.Handshake,
		MaxTimeout:           o.Limits.Total + 2*o.Limits.Warning, // behind the session's own end
		ConnCallback:         s.connected,
		ServerConfigCallback: s.config,
		ConnectionFailedCallback: func(c net.Conn, err error) {
			o.Log.Debug("handshake failed", "from", o.nameOf(addrOf(c.RemoteAddr())), "why", nameless(err))
		},
		ChannelHandlers: map[string]ssh.ChannelHandler{"session": s.channel},
		RequestHandlers: map[string]ssh.RequestHandler{proveKeys: o.Identity.prove},
	}
	return s, nil
}

// usualPort is where SSH listens.
const usualPort = 22

// Address is what people type to come here as a user; an empty one is anybody.
func (s *Server) Address(user string) string {
	at := "ssh "
	if s.o.Port != usualPort {
		at += fmt.Sprintf("-p %d ", s.o.Port)
	}
	if user != "" {
		at += user + "@"
	}
	return at + s.o.Name
}

// nameOf writes an address as logs are to have it.
func (o *Options) nameOf(a netip.Addr) string {
	if o.LogName != nil {
		return o.LogName(a)
	}
	return a.String()
}

// nameless says what went wrong with a connection, and not with whose, in words of
// our own: the library's repeat what the client sent.
func nameless(err error) string {
	var late net.Error
	var op *net.OpError
	var apart *gossh.AlgorithmNegotiationError
	var out *gossh.ServerAuthError
	switch {
	case errors.As(err, &late) && late.Timeout():
		return "it took too long"
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended"
	case errors.As(err, &apart):
		return "no algorithm in common"
	case errors.As(err, &out):
		return "not logged in"
	}
	return "what came is not SSH, or was broken off"
}

// keyOf writes a fingerprint as logs are to have it; empty: there is no key.
func (o *Options) keyOf(fingerprint string) string {
	if o.LogKey != nil && fingerprint != "" {
		return o.LogKey(fingerprint)
	}
	return fingerprint
}

// Serve serves what comes in at l until Drain or Close, and then returns nil. It may
// be called for several listeners.
func (s *Server) Serve(l net.Listener) error {
	if _, ok := l.(*branch); !ok { // else it has its gate
		l = newGate(l, s.sources, &s.o)
	}
	s.mu.Lock()
	late := s.draining
	s.doors = append(s.doors, l)
	s.mu.Unlock()
	if late { // the library would listen all the same
		_ = l.Close()
		return nil
	}
	s.visits.Do(func() {
		s.seats.Go(s.keepsVisits)
		s.seats.Go(s.looksForOthers)
	})
	err := s.inner.Serve(l)
	if errors.Is(err, ssh.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve SSH: %w", err)
}

// Drain takes no more connections, tells every session that the server is about
// to stop, gives them until ctx ends, and then ends each with a word. When it
// returns nobody is left. Whoever has a resume code goes on elsewhere.
func (s *Server) Drain(ctx context.Context) {
	s.stop.Do(func() { close(s.quit) })
	s.mu.Lock()
	s.draining = true
	doors := s.doors
	all := make([]*session, 0, len(s.sessions))
	for one := range s.sessions {
		all = append(all, one)
	}
	s.mu.Unlock()
	gone, stop := context.WithCancel(context.Background())
	stop() // only the listeners: connections are waited for below
	_ = s.inner.Shutdown(gone)
	for _, l := range doors { // one that the library does not know of yet is not closed by it
		_ = l.Close()
	}
	for _, one := range all {
		one.notice(sayDrainSoon)
	}
	ended := make(chan struct{})
	go func() {
		s.ended.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		s.endAll(errDrained)
		select {
		case <-ended:
		case <-time.After(drainLast):
		}
	}
	_ = s.inner.Close() // what is left has no session
	left := make(chan struct{})
	go func() {
		s.seats.Wait()
		close(left)
	}()
	select { // before the store is closed
	case <-left:
	case <-time.After(drainLast):
	}
}

// drainLast is how long sessions that were ended may take to say goodbye.
const drainLast = 5 * time.Second

// endAll ends every session.
func (s *Server) endAll(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		one.cancel(why)
	}
}

// enforce ends the connections that a ban covers which was just made. Whoever has
// a session is told why.
func (s *Server) enforce(ban Ban) {
	for _, c := range s.sources.conns() {
		if !ban.covers(c.about()) {
			continue
		}
		for _, one := range s.sessionsOf(c) {
			one.cancel(&bannedError{ban})
			if !one.started.Load() {
				go func() { _ = one.ch.Close() }() // there is nobody to be told; nor is a client waited for that does not read
			}
		}
		c.expel()
	}
}

// sessionsOf are the sessions of a connection.
func (s *Server) sessionsOf(c *conn) []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*session
	for one := range s.sessions {
		if one.conn == c {
			all = append(all, one)
		}
	}
	return all
}

// bannedError says that whoever is there was banned meanwhile.
type bannedError struct{ ban Ban }

// Error implements error. It stands in logs: the words are for who is banned.
func (*bannedError) Error() string { return "banned" }

// Status is what a server says of itself.
type Status struct {
	Since       time.Time `json:"since"`
	Connections int       `json:"connections"`
	Handshakes  int       `json:"handshakes"` // of them not logged in yet
	Sources     int       `json:"sources"`
	Refused     uint64    `json:"refused"` // connections so far
	Sessions    int       `json:"sessions"`
	Served      uint64    `json:"served"` // sessions so far
	Broke       uint64    `json:"broke"`  // of them
	Commands    int       `json:"commands"`
	Bans        int       `json:"bans"`
	// Guides is how many consoles are open. Who is there stands in the log.
	Guides        int    `json:"guides"`
	GuidesRefused uint64 `json:"guidesRefused"` // log-ins as console@ so far
	// GuideTrouble is why nobody is a guide just now; empty: that is not so.
	GuideTrouble string `json:"guideTrouble,omitempty"`
	// GuidesElsewhere are organisations of guides that the database had when the server started
	// and its configuration does not name.
	GuidesElsewhere []string `json:"guidesElsewhere,omitempty"`
	Draining        bool     `json:"draining"`
	Fingerprint     string   `json:"fingerprint"`
}

// Status counts what is going on.
func (s *Server) Status() Status {
	out := Status{Since: s.began.UTC(), Bans: len(s.o.Bans.List()), Fingerprint: s.o.Identity.Fingerprint(), Commands: len(s.commands)}
	out.Connections, out.Handshakes, out.Sources, out.Refused = s.sources.counts()
	if s.o.Guides != nil {
		if err := s.o.Guides.Trouble(); err != nil {
			out.GuideTrouble = err.Error()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Sessions, out.Served, out.Broke, out.Draining = len(s.sessions), s.total, s.broke, s.draining
	out.Guides, out.GuidesRefused, out.GuidesElsewhere = s.guides, s.guidesRefused, s.elsewhere
	return out
}

// contained logs a panic, and ends it: the library's own log would name the client
// and repeat the panic's text, which may hold what a person typed.
func (s *Server) contained() {
	if r := recover(); r != nil {
		s.mu.Lock()
		s.broke++
		s.mu.Unlock()
		s.o.Log.Error("a connection broke", "stack", frames(debug.Stack()))
	}
}

// LibraryLog gives a log for what libraries write by themselves (slog.SetDefault):
// it has their message, and where they were, but nothing of whom it was about.
func LibraryLog(to *slog.Logger) *slog.Logger { return slog.New(libraryLog{to.Handler()}) }

type libraryLog struct{ slog.Handler }

// Handle implements slog.Handler.
func (l libraryLog) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, "of a library", r.PC)
	out.AddAttrs(slog.String("says", checks.Line(r.Message, 200)))
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "stack" {
			out.AddAttrs(slog.String("stack", frames([]byte(a.Value.String()))))
		}
		return true
	})
	return l.Handler.Handle(ctx, out)
}

// WithAttrs implements slog.Handler: what a library adds for good is left out.
func (l libraryLog) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements slog.Handler.
func (l libraryLog) WithGroup(string) slog.Handler { return l }

// connKey is where a connection's context keeps the connection.
type connKey struct{}

// connected is called for each connection, before its handshake.
func (s *Server) connected(ctx ssh.Context, raw net.Conn) (let net.Conn) {
	defer s.contained()
	c, ok := raw.(*conn)
	if !ok || c.gate.admit(c) != nil {
		return nil
	}
	ctx.SetValue(connKey{}, c)
	c.mu.Lock()
	c.who = func() *gossh.ServerConn {
		who, _ := ctx.Value(ssh.ContextKeyConn).(*gossh.ServerConn)
		return who
	}
	c.mu.Unlock()
	return c
}

// fingerprintOf is where the permissions of a login keep the key's fingerprint.
const fingerprintOf = "onboard-key"
