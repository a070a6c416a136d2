package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Wizard is the wizard in the browser. Every field must be there but Assets.
type Wizard struct {
	// Origin is what the door's addresses begin with, https://NAME or with a port: a
	// page from anywhere else opens nothing here.
	Origin string
	// Width and Height are the largest window that is drawn, in cells.
	Width, Height int
	// Assets are what Assets gives; nil: this build has none, and the page says how
	// to connect by SSH.
	Assets fs.FS
	// Serve serves a session until it is over. c is the connection as the listener
	// gave it, in TLS. refused says why there was none; empty: there was one.
	Serve func(c net.Conn, v *Visitor) (refused string)
}

// Where the wizard in the browser is.
const (
	WizardPath = "/wizard"
	linePath   = WizardPath + "/line"
)

// spoken is what the page and the door speak over a WebSocket: what is typed and
// what is shown in binary messages, all else as JSON in messages of text. The page
// begins, with hello.
const spoken = "onboard.wizard.1"

// What one visitor may take, beside what every session may.
const (
	helloTime   = 10 * time.Second // until the page has said what it wants
	mostMessage = 32 << 10         // bytes of one message that comes in
	mostTold    = 256              // bytes of one that is JSON
	mostShown   = 16 << 10         // bytes of one message that goes out
	mostUser    = 64               // bytes
	awake       = 25 * time.Second // between two words that keep what is between awake
	pings       = 2                // that a page may send a second; browsers send none
	pingsBurst  = 20
	wordTime    = 5 * time.Second // that a last word may take
)

// Visitor is a browser that shows the wizard. It is the Screen of a session.
type Visitor struct {
	// User is as a user name of SSH: a resume code, another word that means something
	// there, or empty for the wizard.
	User string
	// Plain is the wizard on plain lines.
	Plain bool
	// Width and Height are the window that it begins with, as the page says it.
	Width, Height uint32

	ws    *websocket.Conn
	alive context.Context //nolint:containedctx // it is the visit's life, and ends it
	leave context.CancelFunc
	cur   io.Reader   // the rest of a message; nil: none
	over  sync.Once   // the goodbye
	wrong atomic.Bool // it did what no page does
	sized atomic.Pointer[func(width, height uint32)]
}

// hello is the first message of a page, and with a size alone each later one.
type hello struct {
	User  *string `json:"user"`
	Plain bool    `json:"plain"`
	Cols  uint32  `json:"cols"`
	Rows  uint32  `json:"rows"`
}

// told is what the door tells a page, one thing at a time.
type told struct {
	Case    string `json:"case,omitempty"`
	Code    string `json:"code,omitempty"`
	Ended   *int   `json:"ended,omitempty"`
	Refused string `json:"refused,omitempty"`
	Gone    bool   `json:"gone,omitempty"`
}

// connKey is where a connection's context keeps the connection.
type connKey struct{}

// line answers the page's request for a WebSocket.
func (d *Door) line(w http.ResponseWriter, r *http.Request) {
	wizard := d.o.Wizard
	from := r.Header.Values("Origin")
	switch {
	case r.Header.Get("Upgrade") == "":
		w.Header().Set("Upgrade", "websocket")
		refuse(w, http.StatusUpgradeRequired, sayNoSocket)
		return
	case len(from) != 1 || from[0] != wizard.Origin: // a browser always says it
		refuse(w, http.StatusForbidden, sayElsewherePage)
		return
	case !speaks(r):
		refuse(w, http.StatusBadRequest, sayOtherPage)
		return
	}
	c, ok := r.Context().Value(connKey{}).(net.Conn)
	if !ok {
		refuse(w, http.StatusInternalServerError, sayBroke)
		return
	}
	alive, leave := context.WithCancel(context.WithoutCancel(r.Context())) // a connection that was taken over has no request any more
	defer leave()
	v := &Visitor{alive: alive, leave: leave}
	pace := rate.NewLimiter(pings, pingsBurst)
	calm := func() bool {
		if pace.Allow() {
			return true
		}
		v.strays()
		return false
	}
	var err error
	v.ws, err = websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{spoken}, InsecureSkipVerify: true, // it was looked at above, more strictly
		OnPingReceived: func(context.Context, []byte) bool { return calm() },
		OnPongReceived: func(context.Context, []byte) { calm() },
	})
	if err != nil {
		return // it has answered
	}
	defer func() { _ = v.ws.CloseNow() }() // it may be closed already
	v.ws.SetReadLimit(mostMessage)
	if err := v.greet(); err != nil {
		v.bye(websocket.StatusPolicyViolation)
		return
	}
	d.visits.Add(1)
	go func() {
		defer d.caught(v.leave)
		v.stayAwake()
	}()
	if no := wizard.Serve(c, v); no != "" {
		v.last(told{Refused: no})
		v.bye(websocket.StatusTryAgainLater)
	}
}

// caught notes a panic of a goroutine of a visit, which ends it.
func (d *Door) caught(end func()) {
	if recover() != nil { // its text may hold what came in
		d.broke.Add(1)
		d.o.Log.Error("a visit broke", "stack", here())
		end()
	}
}

// speaks says whether a page offers what is spoken here, and that alone.
func speaks(r *http.Request) bool {
	offers := r.Header.Values("Sec-Websocket-Protocol")
	return len(offers) == 1 && offers[0] == spoken
}

// errStrange says that what came is nothing that the page sends.
var errStrange = errors.New("a page does not say that")

// greet hears what the page wants.
func (v *Visitor) greet() error {
	ctx, cancel := context.WithTimeout(v.alive, helloTime)
	defer cancel()
	kind, r, err := v.ws.Reader(ctx)
	if err != nil {
		return fmt.Errorf("hear the page: %w", err)
	}
	if kind != websocket.MessageText {
		return errStrange
	}
	h, err := hear(r)
	if err != nil || h.User == nil || len(*h.User) > mostUser {
		return errStrange
	}
	v.User, v.Plain, v.Width, v.Height = *h.User, h.Plain, h.Cols, h.Rows
	return nil
}

// hear reads a message of a page, to its end.
func hear(r io.Reader) (h hello, err error) {
	text, err := io.ReadAll(io.LimitReader(r, mostTold+1))
	if err != nil {
		return h, fmt.Errorf("hear the page: %w", err)
	}
	if len(text) > mostTold || json.Unmarshal(text, &h) != nil {
		return h, errStrange
	}
	return h, nil
}

// strays ends a visit in which something was sent that no page sends.
func (v *Visitor) strays() {
	v.wrong.Store(true)
	v.leave()
}

// stayAwake says nothing from time to time: what lies between forgets connections on
// which nothing moves. It asks for no answer, for a slow line may owe one for long.
func (v *Visitor) stayAwake() {
	tick := time.NewTicker(awake)
	defer tick.Stop()
	for {
		select {
		case <-v.alive.Done():
			return
		case <-tick.C:
			v.tell(v.alive, told{})
		}
	}
}

// Read implements io.Reader: what is typed. What the page says besides is taken on
// the way.
func (v *Visitor) Read(p []byte) (int, error) {
	for {
		if v.cur != nil {
			n, err := v.cur.Read(p)
			if errors.Is(err, io.EOF) {
				v.cur, err = nil, nil
			}
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		kind, r, err := v.ws.Reader(v.alive)
		if err != nil {
			return 0, fmt.Errorf("hear the browser: %w", err)
		}
		if kind == websocket.MessageBinary {
			v.cur = r
			continue
		}
		h, err := hear(r)
		if err == nil && h.User != nil {
			err = errStrange
		}
		if err != nil {
			v.strays()
			return 0, err
		}
		if tell := v.sized.Load(); tell != nil {
			(*tell)(h.Cols, h.Rows)
		}
	}
}

// Sized has every later size told. It may be called once.
func (v *Visitor) Sized(tell func(width, height uint32)) { v.sized.Store(&tell) }

// Write implements io.Writer: what is shown, in messages of a bounded size.
func (v *Visitor) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		part := p[:min(len(p), mostShown)]
		if err := v.ws.Write(v.alive, websocket.MessageBinary, part); err != nil {
			return n, fmt.Errorf("show the browser: %w", err)
		}
		p, n = p[len(part):], n+len(part)
	}
	return n, nil
}

// Kept tells the page by what the case is gone on with.
func (v *Visitor) Kept(number, code string) { v.tell(v.alive, told{Case: number, Code: code}) }

// Gone tells the page that there is nothing to go on with.
func (v *Visitor) Gone() { v.last(told{Gone: true}) }

// Ended tells the page that the session is over.
func (v *Visitor) Ended(code int) { v.last(told{Ended: &code}) }

// Close implements io.Closer.
func (v *Visitor) Close() error {
	why := websocket.StatusNormalClosure
	if v.wrong.Load() {
		why = websocket.StatusPolicyViolation
	}
	v.bye(why)
	return nil
}

// tell tells the page something; a page that is gone needs to know nothing. One that
// does not read is given up by the connection, but for a last word.
func (v *Visitor) tell(ctx context.Context, what told) {
	text, err := json.Marshal(what)
	if err != nil {
		return // it is made of text and numbers
	}
	_ = v.ws.Write(ctx, websocket.MessageText, text)
}

// last is a last word, which is not waited for.
func (v *Visitor) last(what told) {
	ctx, cancel := context.WithTimeout(v.alive, wordTime)
	defer cancel()
	v.tell(ctx, what)
}

// bye ends the connection as its protocol wants it ended, and does not wait for long
// for a browser that does not.
func (v *Visitor) bye(why websocket.StatusCode) {
	v.over.Do(func() {
		_ = v.ws.Close(why, "") // it may be over already
		v.leave()
	})
}
