package signin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"onboard.example/checks"
)

const (
	maxToken = 64 << 10 // with az's JSON around it; a real one is below 16 KiB
	minToken = 40
	// clockSlack is how far two clocks may be apart, Microsoft's own allowance.
	clockSlack = 5 * time.Minute
)

// TokenOptions say how to judge a token that was handed over.
type TokenOptions struct {
	Now func() time.Time // default time.Now
	// GraphURL is --graph-url: a token for its host is accepted too.
	GraphURL string
}

// File takes the access token in a file: the token alone, or the JSON that az
// prints. It is read again when it has expired, so that a script may keep it
// fresh. Errors are *InputError for what is no token, else *Error.
func File(ctx context.Context, name string, o TokenOptions) (Session, error) {
	return hand(ctx, WayToken, o, func(context.Context) (Secret, error) {
		data, err := readCapped(name, maxToken)
		if err != nil {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenFile, shownFile(name), fileProblem(err)))
		}
		t, problem := parseToken(data)
		if problem != "" {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenFile, shownFile(name), problem))
		}
		return t, nil
	})
}

// Stdin takes the access token from r, which is read to its end, once.
func Stdin(ctx context.Context, r io.Reader, o TokenOptions) (Session, error) {
	used := false
	return hand(ctx, WayToken, o, func(context.Context) (Secret, error) {
		if used {
			return Secret{}, CauseFixed.make(&checks.Failure{Kind: checks.FailSignIn})
		}
		used = true
		data, err := readAll(r, maxToken)
		if err != nil {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenStdin, fileProblem(err)))
		}
		t, problem := parseToken(data)
		if problem != "" {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenStdin, problem))
		}
		return t, nil
	})
}

func tokenError(say string) error {
	return &InputError{Field: FieldToken, Say: say, Do: wordsTokenDo}
}

// parseToken finds the token in what was handed over, or says what is wrong.
func parseToken(data []byte) (t Secret, problem string) {
	text := strings.TrimSpace(plainText(data))
	if text == "" {
		return Secret{}, wordsFileEmpty
	}
	switch text[0] {
	case '{':
		var az struct {
			Az    string `json:"accessToken"`
			OAuth string `json:"access_token"`
		}
		if json.Unmarshal([]byte(text), &az) != nil || az.Az+az.OAuth == "" {
			return Secret{}, wordsTokenJSON
		}
		text = strings.TrimSpace(first(az.Az, az.OAuth))
	case '"':
		text = strings.Trim(text, `"`)
	}
	for _, word := range []string{"authorization:", "bearer "} {
		if len(text) > len(word) && strings.EqualFold(text[:len(word)], word) {
			text = strings.TrimSpace(text[len(word):])
		}
	}
	return tokenShape(text)
}

// tokenText is made of the characters that JWTs and Microsoft's opaque tokens are.
var tokenText = regexp.MustCompile(`^[A-Za-z0-9._~+/=!*$-]+$`)

// tokenShape accepts a JWT, or a run of the characters that tokens are made of.
func tokenShape(text string) (t Secret, problem string) {
	if strings.ContainsAny(text, " \t\r\n") {
		return Secret{}, wordsTokenSpaces
	}
	if len(text) < minToken || !tokenText.MatchString(text) {
		return Secret{}, wordsTokenShape
	}
	if strings.HasPrefix(text, "eyJ") { // {" in base64: a JWT begins so
		parts := strings.Split(text, ".")
		if _, ok := decode(text); len(parts) == 3 && (!ok || parts[2] == "") || len(parts) < 3 {
			return Secret{}, wordsTokenCut
		}
		if head, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil || !json.Valid(head) {
			return Secret{}, wordsTokenCut
		}
	}
	return NewSecret(text), ""
}

// plainText undoes what a Windows shell makes of a redirected output: UTF-16
// with a mark, or UTF-8 with one.
func plainText(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	big := bytes.HasPrefix(data, []byte("\xfe\xff"))
	if !big && !bytes.HasPrefix(data, []byte("\xff\xfe")) {
		return string(data)
	}
	var units []uint16
	for pair := range slices.Chunk(data[2:], 2) {
		if len(pair) < 2 {
			break
		}
		lo, hi := pair[0], pair[1]
		if big {
			lo, hi = hi, lo
		}
		units = append(units, uint16(lo)|uint16(hi)<<8)
	}
	return string(utf16.Decode(units))
}

// handed is a session on a token from elsewhere: it can be fetched again, where
// it came from, and neither widened nor challenged here.
type handed struct {
	way   Way
	o     TokenOptions
	fetch func(context.Context) (Secret, error)
	turn  chan struct{}

	mu    sync.RWMutex
	token Secret
	who   checks.Account
}

func hand(ctx context.Context, way Way, o TokenOptions, fetch func(context.Context) (Secret, error)) (Session, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &handed{way: way, o: o, fetch: fetch, turn: make(chan struct{}, 1)}
	if err := s.Renew(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Way says where the token came from.
func (s *handed) Way() Way { return s.way }

// Account is what the token says of itself.
func (s *handed) Account() checks.Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.who
}

// Token gives the token whatever its scopes, fetched again if it has expired.
func (s *handed) Token(ctx context.Context, _ []string) (Secret, error) {
	if t, ok := s.good(); ok {
		return t, nil
	}
	if err := s.Renew(ctx); err != nil {
		if e, ok := asError(err); ok && e.Cause == CauseFixed {
			return Secret{}, CauseTokenExpired.make(nil)
		}
		return Secret{}, err
	}
	t, _ := s.good()
	return t, nil
}

func (s *handed) good() (Secret, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ok := !s.token.Empty() && (s.who.Expires.IsZero() || s.o.Now().Before(s.who.Expires))
	return s.token, ok
}

// Renew fetches the token again from where it came.
func (s *handed) Renew(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return classify(ctx, s.way, ctx.Err(), nil)
	}
	t, err := s.fetch(ctx)
	if err != nil {
		return err
	}
	if e := s.judge(t); e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.who = t, accountOf(t)
	return nil
}

// judge refuses a token that Graph is sure to refuse, while we can still say why.
func (s *handed) judge(t Secret) error {
	c, ok := decode(t.Reveal())
	if !ok {
		return nil
	}
	now := s.o.Now()
	switch exp, nbf := unix(c.Exp), unix(c.Nbf); {
	case !exp.IsZero() && !now.Before(exp):
		return CauseTokenExpired.make(nil)
	case nbf.After(now.Add(clockSlack)):
		return CauseTokenEarly.make(nil)
	case !s.forGraph(c.Aud):
		return CauseTokenOther.make(&checks.Failure{Message: checks.Line(wordsAudience+strings.Join(c.Aud, ", "), 200)})
	}
	return nil
}

// forGraph reports whether an audience is Microsoft Graph's, by app id or by
// address, in any cloud. A token without one is Graph's to judge.
func (s *handed) forGraph(aud audience) bool {
	hosts := []string{hostOf(s.o.GraphURL)}
	for _, e := range checks.Clouds() {
		hosts = append(hosts, hostOf(e.Graph))
	}
	return len(aud) == 0 || slices.ContainsFunc(aud, func(a string) bool {
		return strings.EqualFold(a, checks.MicrosoftGraph) || a != "" && hostOf(a) != "" && slices.Contains(hosts, hostOf(a))
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Widen succeeds only where the token has the scopes already.
func (s *handed) Widen(_ context.Context, scopes []string) error {
	who := s.Account()
	missing := without(apiScopes(scopes), who.Scopes)
	if len(missing) == 0 && !who.Opaque {
		return nil
	}
	return CauseFixed.make(&checks.Failure{Missing: missing})
}

// Satisfy can not: the challenge is for whoever made the token.
func (s *handed) Satisfy(_ context.Context, claims string) error {
	f := &checks.Failure{Kind: checks.FailSignIn}
	if len(claims) <= maxClaims {
		f.Claims = claims
	}
	return CauseFixed.make(f)
}

// Forget drops the token and the way to another.
func (s *handed) Forget(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.who = Secret{}, checks.Account{}
	s.fetch = func(context.Context) (Secret, error) { return Secret{}, CauseSessionEnded.make(nil) }
	return nil
}
