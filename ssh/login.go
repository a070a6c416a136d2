package ssh

import (
	"errors"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// login is how one connection logs in. Its callbacks are called one after the
// other.
type login struct {
	srv    *Server
	banned bool // a banned key was shown: nothing lets this connection in any more
}

// config is how one connection logs in. Nobody needs a key or a password. Whoever
// comes with a resume code is asked for a key first, so that the case can be
// bound to it, and let in without one. While a key is banned everybody is asked,
// for else none would be seen.
func (s *Server) config(ctx ssh.Context) *gossh.ServerConfig {
	c, _ := ctx.Value(connKey{}).(*conn)
	l := &login{srv: s}
	return &gossh.ServerConfig{
		Config:                  algorithms(),
		MaxAuthTries:            s.o.Limits.Tries,
		PublicKeyAuthAlgorithms: signatures(),
		NoClientAuth:            true,
		NoClientAuthCallback: func(m gossh.ConnMetadata) (*gossh.Permissions, error) {
			if err := l.turnedAway(m); err != nil {
				return nil, err
			}
			if isCode(m.User()) || s.o.Bans.anyKey() {
				return nil, errKeyFirst
			}
			return &gossh.Permissions{}, nil
		},
		PublicKeyCallback: l.key,
		KeyboardInteractiveCallback: func(m gossh.ConnMetadata, _ gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			return &gossh.Permissions{}, l.turnedAway(m)
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
	print := gossh.FingerprintSHA256(key)
	if ban, banned := l.srv.o.Bans.OfKey(print); banned {
		l.banned = true
		return nil, &gossh.BannerError{Err: errRefused, Message: ban.words() + "\n"}
	}
	return &gossh.Permissions{Extensions: map[string]string{fingerprintOf: print}}, nil
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
