package ssh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// ShareOptions say where a run on this machine is shared.
type ShareOptions struct {
	Address string // host and port; see ShareAddress
	// KnownHosts are the files with the keys of servers that are known, as OpenSSH has
	// them. A key that was asked about is added to the first, unless that is empty.
	KnownHosts []string
	// Trust is asked whether a server is the right one whose key nobody knows; nil:
	// then it is not.
	Trust func(ctx context.Context, who *UnknownHostError) bool
	// Kept is told why a key that was trusted could not be kept; nil: nobody is.
	Kept func(err error)
	Dial func(ctx context.Context, network, address string) (net.Conn, error) // nil: a net.Dialer's
	Now  func() time.Time                                                     // nil: time.Now
	// Again is the first pause before a lost connection is made anew; 0: a second. The
	// pauses grow to its sixtyfold, until a connection lasted for its thirtyfold.
	Again time.Duration
	// Patience is how long a server that is logged in to may take to open the channel;
	// 0: 20 seconds.
	Patience time.Duration
}

// Share is a server by which a run on this machine can be shared. It holds a connection
// and nothing of the run.
type Share struct {
	o    ShareOptions
	keys hostKeys

	mu    sync.Mutex
	first *gossh.Client // that was made to see whether it can be; nil: it is used
}

// ShareNews is what becomes of a run that is shared.
type ShareNews struct {
	What ShareWhat
	// Number is the case's at the server, and Code the one by which its person erases it
	// there; of ShareBegan.
	Number, Code string
	Why          string // of ShareEnded: in words
}

// ShareWhat is one of the things that become of it.
type ShareWhat uint8

// What becomes of it: it is a case, the connection went, or was let go because nothing
// happened for long, it is back, or it is over while the run goes on.
const (
	ShareBegan ShareWhat = iota
	ShareLost
	ShareQuiet
	ShareBack
	ShareEnded
)

// Bounds of what a server may cost the machine at home.
const (
	shareDial   = 20 * time.Second // to be logged in
	shareAlive  = 20 * time.Second // between two signs of life, and until one is answered
	shareLast   = 3 * time.Second  // to say goodbye
	shareMost   = 60               // the longest pause before it is tried again, in first ones
	shareSteady = 30               // how long one lasts that was none for a moment, likewise
	shareBytes  = 48 << 10         // sent a second, under what a server takes
	shareBurst  = 512 << 10        // at once
	guidesPace  = 500 * time.Millisecond
	guidesBurst = 60
	guidesMost  = 10_000       // that guides do in one run
	linesPace   = 2 * homePace // a second: each record is answered by one
	linesBurst  = 2 * homeBurst
)

// OpenShare connects to a server, holds its key to those that are known, and logs in.
// Besides what goes wrong on the way it fails with a *ChangedHostError, and with an
// *UnknownHostError where nobody trusts it. Nothing is shared yet.
func OpenShare(ctx context.Context, o ShareOptions) (*Share, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Again <= 0 {
		o.Again = time.Second
	}
	if o.Patience <= 0 {
		o.Patience = shareAlive
	}
	s := &Share{o: o, keys: hostKeys{files: o.KnownHosts}}
	c, err := s.dial(ctx)
	var who *UnknownHostError
	if errors.As(err, &who) && o.Trust != nil && o.Trust(ctx, who) {
		if err := s.keys.learn(who); err != nil && o.Kept != nil {
			o.Kept(err)
		}
		c, err = s.dial(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.first = c
	return s, nil
}

// dial connects and logs in: as nobody in particular, with no key and no password.
func (s *Share) dial(ctx context.Context) (*gossh.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, shareDial)
	defer cancel()
	raw, err := s.o.Dial(ctx, "tcp", s.o.Address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", s.o.Address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	var no error // of the key: the library wraps it in words of its own
	config := &gossh.ClientConfig{
		Config: algorithms(), User: userShare, ClientVersion: "SSH-2.0-" + version, HostKeyAlgorithms: []string{gossh.KeyAlgoED25519},
		HostKeyCallback: func(address string, remote net.Addr, key gossh.PublicKey) error {
			no = s.keys.check(address, remote, key)
			return no
		},
		Auth: []gossh.AuthMethod{gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })},
	}
	c, channels, requests, err := gossh.NewClientConn(raw, s.o.Address, config)
	if err != nil {
		_ = raw.Close()
		if no != nil {
			return nil, no
		}
		return nil, fmt.Errorf("log in at %s: %s", s.o.Address, nameless(err)) //nolint:errorlint // the library's words repeat what the server sent
	}
	return gossh.NewClient(c, channels, requests), nil
}

// Close ends a connection that no run used.
func (s *Share) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first != nil {
		_ = s.first.Close()
		s.first = nil
	}
}

// connect gives the connection that there is, or makes one.
func (s *Share) connect(ctx context.Context) (*gossh.Client, error) {
	s.mu.Lock()
	c := s.first
	s.first = nil
	s.mu.Unlock()
	if c != nil {
		return c, nil
	}
	return s.dial(ctx)
}
