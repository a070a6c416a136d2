package cluster

import (
	"bytes"
	"net"
	"path/filepath"
	"sync"
)

// Cut is a way to a server on which answers are lost: once a commit was carried out,
// and before anybody hears of it, the connection is cut. Its methods are safe for use by
// several goroutines.
type Cut struct {
	Dir string // where its socket is; see Postgres.URLAt

	l    net.Listener
	to   string
	mu   sync.Mutex
	text []byte
	left int
	lost int
}

// Cut makes such a way in a folder. Nothing is lost on it before Lose. The caller
// closes it.
func (s *Postgres) Cut(dir string) (*Cut, error) {
	const name = ".s.PGSQL.5432"
	l, err := net.Listen("unix", filepath.Join(dir, name)) //nolint:noctx // it is closed
	if err != nil {
		return nil, err
	}
	k := &Cut{Dir: dir, l: l, to: filepath.Join(s.Dir, name)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go k.between(c)
		}
	}()
	return k, nil
}

// Close takes no more connections; those that there are end with their client.
func (k *Cut) Close() error { return k.l.Close() }

// Lose has the answers of the next n transactions lost that hold a text.
func (k *Cut) Lose(text string, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.text, k.left, k.lost = []byte(text), n, 0
}

// Lost is how many were since Lose.
func (k *Cut) Lost() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lost
}

// loses says whether the answer of what was said is to be lost.
func (k *Cut) loses(said []byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left == 0 || !bytes.Contains(said, k.text) {
		return false
	}
	k.left--
	k.lost++
	return true
}

// between carries what is said.
func (k *Cut) between(client net.Conn) {
	defer func() { _ = client.Close() }()
	back, err := net.Dial("unix", k.to) //nolint:noctx // it ends with the client
	if err != nil {
		return
	}
	defer func() { _ = back.Close() }()
	cut := make(chan struct{})
	go func() {
		var said []byte
		buf := make([]byte, 1<<16)
		for {
			n, err := client.Read(buf)
			said = append(said, buf[:n]...)
			if bytes.Contains(said, []byte("Q\x00\x00\x00\x0bcommit\x00")) {
				if k.loses(said) {
					close(cut)
					_, _ = back.Write(buf[:n])
					return // what comes back to that is lost
				}
				said = nil
			}
			if _, bad := back.Write(buf[:n]); err != nil || bad != nil {
				_ = back.Close()
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := back.Read(buf)
		select {
		case <-cut:
			return // it is stored, and nobody hears of it
		default:
		}
		if _, bad := client.Write(buf[:n]); err != nil || bad != nil {
			return
		}
	}
}
