// Package web is the door in the browser: the landing page, where
// Microsoft's consent page comes back to, the wizard in a terminal of the page's own,
// what a balancer asks after, and what a scraper counts.
//
// It speaks HTTPS alone, takes GET and HEAD, sets no cookie and sends no script
// but to the page with the wizard, which speaks with it over a WebSocket; every
// page is made of fixed words and of what the operator configured. What came back
// for a run that is away is kept for it (Returns), and of a visitor nothing else.
// Who may connect, and how often, is not decided here: the listener that it gets
// counts connections with those of SSH. HTTP/2 is not spoken, for a page and two
// files gain nothing by it, and one connection could then ask many things at once.
package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"path"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
)

// Options are what a door is made of. One of Certificate and Issued must be there.
type Options struct {
	Certificate *Certificate
	Issued      *Issued
	Landing     Landing
	// Returns takes what Microsoft's consent page brings back; nil: nothing leads
	// back here.
	Returns *Returns
	// Wizard is the wizard in the browser; nil: there is none here.
	Wizard *Wizard
	// Stopping says that the server is about to stop, so that balancers send
	// nobody more; nil: it never is.
	Stopping func() bool
	Log      *slog.Logger // nil: nothing is logged
}

// Door serves pages. Its methods are safe for use by several goroutines.
type Door struct {
	o       Options
	server  *http.Server
	policy  string
	landing []byte
	missing []byte
	served  atomic.Uint64 // requests
	broke   atomic.Uint64 // of them
	visits  atomic.Uint64 // of the wizard in the browser
}

// What one connection may take. Nothing is read but a request's header, and what is
// served are pages of a few kilobytes; the wizard's script alone is larger, some 125 KB
// as browsers take it. Until a client has asked, the listener may want less time.
const (
	headerTime  = 10 * time.Second // a TLS handshake too
	writeTime   = 10 * time.Second
	idleTime    = 15 * time.Second
	mostHeader  = 16 << 10 // bytes
	mostQuery   = 8 << 10  // bytes
	mostAsked   = 50       // requests of one connection
	largestPage = 64 << 10 // bytes
)

// New makes a door. Nothing is served yet.
func New(o Options) (*Door, error) {
	if (o.Certificate == nil) == (o.Issued == nil) {
		return nil, errors.New("a door needs a certificate, of one kind")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{o: o, policy: policyOf()}
	var err error
	if o.Wizard != nil && o.Wizard.Assets != nil {
		d.o.Landing.wizard = o.Wizard.Origin + WizardPath
	}
	if d.landing, err = rendered(d.o.Landing.page()); err != nil {
		return nil, err
	}
	if d.missing, err = rendered(missingPage()); err != nil {
		return nil, err
	}
	pages, err := d.handler()
	if err != nil {
		return nil, err
	}
	d.server = newServer(pages)
	d.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Issued != nil {
		d.server.TLSConfig.GetCertificate = o.Issued.proof
		d.server.TLSConfig.NextProtos = []string{acme.ALPNProto} // behind HTTP's own, which are added
	} else {
		d.server.TLSConfig.GetCertificate = o.Certificate.get
	}
	d.server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(context.WithValue(ctx, askedKey{}, new(atomic.Int32)), connKey{}, c)
	}
	return d, nil
}

// newServer is a server within the limits, of one protocol.
func newServer(h http.Handler) *http.Server {
	only := new(http.Protocols)
	only.SetHTTP1(true)
	return &http.Server{
		Handler: h, Protocols: only, MaxHeaderBytes: mostHeader,
		ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0), // it would hold addresses of clients
		ConnState: func(c net.Conn, to http.ConnState) {
			switch to {
			case http.StateActive, http.StateHijacked: // a session is about to begin
				known(c)
			case http.StateIdle:
				rests(c)
			default: // it has not asked yet, or has gone
			}
		},
	}
}

// known tells the listener's connection that its client asks something, and rests
// that it has its answer.
func known(c net.Conn) {
	if k, ok := under(c).(interface{ Known() }); ok {
		k.Known()
	}
}

func rests(c net.Conn) {
	if k, ok := under(c).(interface{ Rests() }); ok {
		k.Rests()
	}
}

// under is the listener's connection.
func under(c net.Conn) net.Conn {
	if t, ok := c.(*tls.Conn); ok {
		return t.NetConn()
	}
	return c
}

// Serve serves what comes in at l until Drain, and then returns nil. A connection
// of l that has the methods Known() and Rests() is told when its client has begun to ask,
// and when it has its answer.
func (d *Door) Serve(l net.Listener) error {
	if err := d.server.ServeTLS(l, "", ""); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve HTTPS: %w", err)
	}
	return nil
}

// Drain takes no more connections, lets the pages that are on their way arrive
// until ctx ends, and cuts what is left.
func (d *Door) Drain(ctx context.Context) { stop(ctx, d.server) }

func stop(ctx context.Context, s *http.Server) {
	if s.Shutdown(ctx) != nil {
		_ = s.Close() // nothing is lost that could be kept
	}
}

// askedKey is where a connection's context counts its requests.
type askedKey struct{}

// handler is everything that the door answers.
func (d *Door) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", d.atHome("/", func(w http.ResponseWriter, _ *http.Request) { send(w, http.StatusOK, d.landing) }))
	mux.HandleFunc("/healthz", d.healthy)
	if d.o.Returns != nil {
		mux.HandleFunc(ReturnPath, d.o.Returns.serve)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { send(w, http.StatusNotFound, d.missing) })
	if err := d.routeWizard(mux); err != nil {
		return nil, err
	}
	return d.careful(mux), nil
}

// healthy answers a balancer.
func (d *Door) healthy(w http.ResponseWriter, _ *http.Request) { health(w, d.o.Stopping) }

func health(w http.ResponseWriter, stopping func() bool) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if stopping != nil && stopping() {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, sayStopping)
		return
	}
	_, _ = io.WriteString(w, sayHealthy)
}

// careful is what stands before every page: the headers, the limits, and an end
// for a page that breaks.
func (d *Door) careful(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.served.Add(1)
		defer func() {
			if recover() != nil { // its text may hold what came in
				d.broke.Add(1)
				d.o.Log.Error("a page broke", "stack", here())
				panic(http.ErrAbortHandler)
			}
		}()
		guardHeaders(w.Header(), d.policy)
		if n, ok := r.Context().Value(askedKey{}).(*atomic.Int32); ok && n.Add(1) >= mostAsked || r.ContentLength != 0 {
			w.Header().Set("Connection", "close")
		}
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, sayMethod)
		case r.ContentLength != 0:
			refuse(w, http.StatusRequestEntityTooLarge, sayBody)
		case len(r.URL.RawQuery) > mostQuery:
			refuse(w, http.StatusRequestURITooLong, sayLong)
		case r.URL.Path != "/" && path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/"):
			send(w, http.StatusNotFound, d.missing) // the library would send it on, and repeat what came in
		default:
			pages.ServeHTTP(w, r)
		}
	})
}

// guardHeaders tell a browser what a page may do: show itself, and nothing else.
func guardHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// refuse answers in a line of plain text.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, why)
}

// send sends a page.
func send(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // whoever has gone needs no page
}

// here is where a panic came from, without its text.
func here() string {
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	var out []string
	for {
		f, more := frames.Next()
		out = append(out, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return strings.Join(out, "; ")
		}
	}
}

// Counts are what the door counted since it was made.
func (d *Door) Counts() []Count {
	all := []Count{
		{Name: "onboard_web_requests_total", Help: "Requests to the door in the browser.", Kind: Counter, Value: float64(d.served.Load())},
		{Name: "onboard_web_broken_total", Help: "Of them, those that broke.", Kind: Counter, Value: float64(d.broke.Load())},
	}
	if d.o.Wizard != nil {
		all = append(all, Count{Name: "onboard_web_visits_total", Help: "Browsers that opened the wizard.", Kind: Counter, Value: float64(d.visits.Load())})
	}
	if r := d.o.Returns; r != nil {
		var came, good uint64
		for f := range r.fates {
			came += r.fates[f].Load()
		}
		good = r.fates[fateGood].Load()
		all = append(all,
			Count{Name: "onboard_web_returns_total", Help: "Browsers that came back from Microsoft's consent page.", Kind: Counter, Value: float64(came)},
			Count{Name: "onboard_web_returns_good_total", Help: "Of them, those that said consent was given, in the run's own tenant.", Kind: Counter, Value: float64(good)},
		)
	}
	return all
}
