package ssh

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// login is how one connection logs in. Its callbacks are called one after the
// other.
type login struct {
	srv    *Server
	conn   *conn // nil: nothing is let in
	banned bool  // a banned key was shown: nothing lets this connection in any more
}

// config is how one connection logs in. Nobody needs a key or a password. Whoever
// comes with a resume code is asked for a key first, so that the case can be
// bound to it, and let in without one. While a key is banned everybody is asked,
// for else none would be seen. Only the console is opened by a key alone, and a
// guide's.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	c, _ := ctx.Value(connKey{}).(*conn)
	l := &login{srv: s, conn: c}
	return &gossh.ServerConfig{
		Config:                  algorithms(),
		MaxAuthTries:            s.o.Limits.Tries,
		PublicKeyAuthAlgorithms: signatures(),
		NoClientAuth:            true,
		NoClientAuthCallback: func(m gossh.ConnMetadata) (*gossh.Permissions, error) {
			if err := l.turnedAway(m); err != nil {
				return nil, err
			}
			if isCode(m.User()) || s.o.Bans.anyKey() || s.guidesAlone(m) {
				return nil, errKeyFirst
			}
			return &gossh.Permissions{}, nil
		},
		PublicKeyCallback:         l.key,
		VerifiedPublicKeyCallback: proved,
		KeyboardInteractiveCallback: func(m gossh.ConnMetadata, _ gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			if err := l.turnedAway(m); err != nil {
				return nil, err
			}
			if s.guidesAlone(m) {
				s.noGuide(c, Guide{}, "", errNoKey)
				return nil, &gossh.BannerError{Err: errRefused, Message: sayNotGuide + "\n"}
			}
			return &gossh.Permissions{}, nil
		},
		AuthLogCallback: func(_ gossh.ConnMetadata, _ string, err error) {
			if err == nil && c != nil {
				c.loggedIn()
			}
		},
	}
}

// errKeyFirst says that a key is asked for before anything else.
var errKeyFirst = errors.New("a key is asked for first")

// key is called for each key that a client shows.
func (l *login) key(m gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
	if err := l.turnedAway(m); err != nil {
		return nil, err
	}
	print := printOf(key)
	if ban, banned := l.srv.o.Bans.OfKey(print); banned {
		l.banned = true
		return nil, &gossh.BannerError{Err: errRefused, Message: ban.words() + "\n"}
	}
	p := &gossh.Permissions{Extensions: map[string]string{fingerprintOf: print}}
	if !l.srv.guidesAlone(m) {
		return p, nil
	}
	who, err := l.srv.o.Guides.who(key, l.from())
	if err != nil {
		l.srv.noGuide(l.conn, who, print, err)
		return nil, errRefused // and the client goes on to its next key
	}
	if cert, is := key.(*gossh.Certificate); is { // x/crypto holds the login to it once more
		p.CriticalOptions = cert.CriticalOptions
	}
	return p, nil
}

// from is where the client is; not valid: nobody knows.
func (l *login) from() netip.Addr {
	if l.conn == nil {
		return netip.Addr{}
	}
	return l.conn.from
}

// guidesAlone says whether only a guide may log in as this user.
func (s *Server) guidesAlone(m gossh.ConnMetadata) bool {
	return s.o.Guides != nil && m.User() == userConsole
}

// provenKey is where the permissions of a login keep the key that it was made with.
type provenKey struct{}

// proved is called once a client has signed with a key, and notes which: of all the
// keys that it may have shown before, none counts but this one.
func proved(_ gossh.ConnMetadata, key gossh.PublicKey, p *gossh.Permissions, _ string) (*gossh.Permissions, error) {
	p.ExtraData = map[any]any{provenKey{}: key}
	return p, nil
}

// provenBy is the key that a connection was logged in with; nil: none was.
func provenBy(p *gossh.Permissions) gossh.PublicKey {
	if p == nil {
		return nil
	}
	key, _ := p.ExtraData[provenKey{}].(gossh.PublicKey)
	return key
}

// errNoKey says that somebody came to the console without a guide's key.
var errNoKey = errors.New("no guide's key was shown")

// noGuide counts somebody who came to the console and is no guide, and notes why. Of
// whom a certificate of ours names more is said, for they may have to be helped;
// what anybody can send is told of once a minute.
func (s *Server) noGuide(c *conn, who Guide, print string, why error) {
	s.mu.Lock()
	s.guidesRefused++
	s.mu.Unlock()
	from := "-"
	if c != nil {
		from = s.o.nameOf(c.from)
	}
	if who.name != "" {
		s.o.Log.Warn("a guide was refused", "from", from, "guide", who.name, "organisation", who.organisation, "keyId", who.keyID, "key", s.o.keyOf(print), "why", why.Error())
		return
	}
	level, n := slog.LevelDebug, s.strangers.count(time.Now())
	if n > 0 {
		level = slog.LevelInfo
	}
	s.o.Log.Log(context.Background(), level, "no guide", "from", from, "key", s.o.keyOf(print), "why", why.Error(), "times", max(n, 1))
}

// turnedAway says whether a client showed a banned key, of which it was told
// then, or is banned by the name that it gives itself.
func (l *login) turnedAway(m gossh.ConnMetadata) error {
	if l.banned {
		return errRefused
	}
	if ban, banned := l.srv.o.Bans.OfClient(string(m.ClientVersion())); banned {
		return &gossh.BannerError{Err: errRefused, Message: ban.words() + "\n"}
	}
	return nil
}
