package sim

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// The sign-in service. Each endpoint is a function from a call to an answer: the
// request's body is read before World.mu is taken and the answer is sent after
// it is given back, so that a slow client holds up nobody.

const (
	maxForm     = 64 << 10 // body of any form, real ones are below 8 KiB
	maxQuery    = 16 << 10 // query of any request
	maxField    = 8 << 10  // one parameter
	maxBrowsers = 1024
	maxAttempts = 4096
	maxCodes    = 4096
	maxRefresh  = 16384

	codeLife    = 10 * time.Minute
	deviceLife  = 15 * time.Minute // entra-facts §12
	attemptLife = 30 * time.Minute
	browserLife = 24 * time.Hour
	lockLife    = time.Minute
	refreshLife = 90 * 24 * time.Hour // unused for so long, it dies (70008)
)

// loginState is what the sign-in service remembers. World.mu guards it.
type loginState struct {
	sign     *signer
	pages    *pageSet
	random   func() string
	browsers *shelf[*browser]
	attempts *shelf[*attempt]
	codes    *shelf[*authCode]
	devices  *shelf[*deviceGrant]
	refresh  *shelf[*refreshGrant]
	bad      map[*User]*badTries
	switches map[*Tenant]switchSeen
	revoking atomic.Bool // some user's sessions were ended
}

// badTries are wrong passwords in a row.
type badTries struct {
	tries int
	until time.Time
}

// newLoginState makes empty shelves around a signing key. A seed other than 0
// makes codes repeat from run to run, for recordings; the key is always new.
func newLoginState(seed uint64, sign *signer) (*loginState, error) {
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	return &loginState{
		sign: sign, pages: pages, random: secrets(seed),
		browsers: newShelf[*browser](browserLife, maxBrowsers),
		attempts: newShelf[*attempt](attemptLife, maxAttempts),
		codes:    newShelf[*authCode](codeLife, maxCodes),
		devices:  newShelf[*deviceGrant](deviceLife, maxCodes),
		refresh:  newShelf[*refreshGrant](refreshLife, maxRefresh),
		bad:      map[*User]*badTries{},
		switches: map[*Tenant]switchSeen{},
	}, nil
}

// secrets returns a source of texts with 130 random bits each.
func secrets(seed uint64) func() string {
	if seed == 0 {
		return crand.Text
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	src := rand.NewChaCha8(key)
	return func() string {
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
		b := make([]byte, 26)
		for i := range b {
			b[i] = letters[src.Uint64()%uint64(len(letters))]
		}
		return string(b)
	}
}

// mint signs an access token or id_token.
func (s *Sim) mint(c claims) string { return s.login.sign.mint(c) }

// verify reads a bearer token back; the error is one of the errToken sentinels.
func (s *Sim) verify(raw string) (claims, error) { return s.login.sign.verify(raw, s.now()) }

// visit is one request as the endpoints see it.
type visit struct {
	r           *http.Request
	at          place
	vars        []string   // what stood for {} in the route's path
	form        url.Values // query and, for POST, body
	body        url.Values // body alone
	browser     string     // the browser's secret cookie, made if there was none
	newBrowser  bool
	remember    bool // something was kept for this browser: it must get its cookie
	trace       string
	correlation string
	proof       string // how the app has shown who it is; one of the proofs
	now         time.Time
}

// get is one parameter, cut to a sane length.
func (c *visit) get(name string) string {
	v := c.form.Get(name)
	if len(v) > maxField {
		return v[:maxField]
	}
	return v
}

// answer is what an endpoint says.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) with(key, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(key, value)
	return a
}

type endpoint func(*Sim, *visit) answer

// door is one line of the table in signInDoors; {} in a path stands for any
// one segment, and case does not matter, as at Microsoft.
type door struct {
	methods string
	path    string
	run     endpoint
}

// loginHandler answers sign-in, consent and portal: everything that is not Graph.
// Paths that nobody knows are 404, never a page. It is no ServeMux, for that one
// answers untidy paths with redirects of its own.
func (s *Sim) loginHandler() http.Handler {
	table := signInDoors()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		run, vars, allow := match(table, r)
		switch {
		case run == nil && allow != "":
			w.Header().Set("Allow", allow)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		case run == nil:
			http.NotFound(w, r)
		default:
			s.answer(w, r, run, vars)
		}
	})
}

// match finds a route. allow names the methods of a path that is known while the
// method is not.
func match(table []door, r *http.Request) (run endpoint, vars []string, allow string) {
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, t := range table {
		vars, ok := t.fits(segments)
		if !ok {
			continue
		}
		for m := range strings.SplitSeq(t.methods, " ") {
			if m == method {
				return t.run, vars, ""
			}
		}
		allow = strings.ReplaceAll(t.methods, " ", ", ")
	}
	return nil, nil, allow
}

func (t door) fits(segments []string) (vars []string, ok bool) {
	want := strings.Split(t.path, "/")
	if len(want) != len(segments) {
		return nil, false
	}
	for i, w := range want {
		switch {
		case w == "{}" && segments[i] != "":
			vars = append(vars, segments[i])
		case !strings.EqualFold(w, segments[i]):
			return nil, false
		}
	}
	return vars, true
}

// answer reads the request, runs the endpoint under the world's lock and sends
// what it says.
func (s *Sim) answer(w http.ResponseWriter, r *http.Request, run endpoint, vars []string) {
	c, err := s.readVisit(w, r, vars)
	if err != nil {
		status := http.StatusBadRequest
		if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, "the request's form cannot be read", status)
		return
	}
	s.world.mu.Lock()
	a := run(s, c)
	s.world.mu.Unlock()

	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("x-ms-request-id", c.trace)
	maps.Copy(h, a.header)
	if c.newBrowser && c.remember {
		http.SetCookie(w, &http.Cookie{
			Name: browserCookie, Value: c.browser, Path: "/", Secure: true, HttpOnly: true,
			SameSite: http.SameSiteLaxMode, MaxAge: int(browserLife / time.Second),
		})
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // the client is gone if this fails, and nothing is lost
	}
}

const browserCookie = "simulator-browser"

// readVisit reads everything the endpoint may want, within bounds.
func (s *Sim) readVisit(w http.ResponseWriter, r *http.Request, vars []string) (*visit, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, &http.MaxBytesError{Limit: maxQuery}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	c := &visit{
		r: r, at: placeOf(r), vars: vars, form: query, body: url.Values{}, now: s.now(),
		trace: uuid.NewString(), correlation: uuid.NewString(),
	}
	if r.Method == http.MethodPost {
		if c.body, err = readForm(w, r); err != nil {
			return nil, err
		}
		maps.Copy(c.form, c.body)
	}
	for _, id := range []string{r.Header.Get("client-request-id"), query.Get("client-request-id")} {
		if isGUID(id) {
			c.correlation = id
		}
	}
	if k, err := r.Cookie(browserCookie); err == nil && len(k.Value) == 26 {
		c.browser = k.Value
	} else {
		c.browser, c.newBrowser = crand.Text(), true
	}
	return c, nil
}

// readForm reads a posted form. A body that is said to be something else, as
// JSON or multipart, holds no parameters: the endpoint then misses the first one it
// needs (900144), and says so in its own way.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, err
	}
	said := r.Header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(said); said != "" && (err != nil || kind != "application/x-www-form-urlencoded") {
		return url.Values{}, nil //nolint:nilerr // a label that cannot be read is not the form's
	}
	return url.ParseQuery(string(b))
}
