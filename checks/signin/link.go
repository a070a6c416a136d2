package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// LinkPrompt is what a person needs to sign in by a link: the link, which any
// browser anywhere opens, and the hand that takes what the browser's address bar
// holds in the end.
type LinkPrompt struct {
	URL       string
	StartedAt time.Time
	Expires   time.Time
	// Paste takes the address that the browser ended on, as it was pasted. It does
	// not block. The error is an *InputError: what was odd about the paste and what to
	// paste instead; the sign-in goes on then. None of what was pasted is in it.
	Paste func(text string) error
}

// Link signs in by a link and the address that the browser ends on: authorization
// code with PKCE, like Browser, but nobody listens at the redirect, so that the
// browser may be on any machine. show is called once for each link, before anybody
// waits. It returns when a good address was pasted, when Microsoft's refusal was,
// when ctx ends, or when Options.Patience is over.
func (c *Client) Link(ctx context.Context, scopes []string, show func(LinkPrompt)) (Session, error) {
	return c.begin(ctx, WayLink, scopes, func(ctx context.Context, scopes []string, claims, hint string) (public.AuthResult, error) {
		return c.link(ctx, scopes, claims, hint, show)
	})
}

func (c *Client) link(ctx context.Context, scopes []string, claims, hint string, show func(LinkPrompt)) (public.AuthResult, error) {
	limited, cancel := context.WithTimeout(ctx, c.o.Patience)
	defer cancel()
	w := newWayBack(c.base)
	address, err := c.linkTo(limited, w, scopes, claims, hint)
	if err != nil {
		return public.AuthResult{}, err
	}
	defer w.close()
	started := c.o.Now()
	show(LinkPrompt{URL: address, StartedAt: started, Expires: started.Add(c.o.Patience), Paste: w.paste})
	var back answer
	select {
	case back = <-w.came:
	case <-limited.Done():
		return public.AuthResult{}, limited.Err()
	}
	if back.refused != nil {
		f := &checks.Failure{}
		back.refused.fill(f)
		return public.AuthResult{}, refused(WayLink, *back.refused, f)
	}
	opts := []public.AcquireByAuthCodeOption{public.WithChallenge(w.verifier.Reveal())}
	if claims != "" {
		opts = append(opts, public.WithClaims(claims))
	}
	res, err := c.msal.AcquireTokenByAuthCode(ctx, back.code.Reveal(), w.redirect, scopes, opts...)
	if err != nil {
		// The endpoint says of a code that it is too old, or was used, what it says of a
		// sign-in that has ended.
		if e := classify(ctx, WayLink, err, nil); e.Cause == CauseSessionEnded {
			return res, CauseCodeSpent.make(e.Failure)
		}
	}
	return res, err
}

// linkTo is Microsoft's sign-in page for this sign-in. MSAL makes the address; what
// it has no option for is added: the state, PKCE, the account to be chosen as in
// Browser, and that the answer stands in the address, which is all that the person
// can copy.
func (c *Client) linkTo(ctx context.Context, w *wayBack, scopes []string, claims, hint string) (string, error) {
	var opts []public.AuthCodeURLOption
	if claims != "" {
		opts = append(opts, public.WithClaims(claims))
	}
	if hint != "" {
		opts = append(opts, public.WithLoginHint(hint))
	}
	// MSAL asks for the protocol's own scopes at the token endpoint, so consent to them
	// is asked for here, as it does in Browser.
	asked := append(slices.Clone(scopes), "openid", "offline_access", "profile")
	address, err := c.msal.AuthCodeURL(ctx, c.o.ClientID, w.redirect, asked, opts...)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", CauseNotMicrosoft.make(nil)
	}
	sum := sha256.Sum256([]byte(w.verifier.Reveal()))
	q := u.Query()
	q.Set("state", w.state)
	q.Set("prompt", "select_account")
	q.Set("response_mode", "query")
	q.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	q.Set("code_challenge_method", "S256")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// freePorts is the first of the ports that the redirect names one of: those up to
// 65535 are nobody's own (RFC 6335 §6), so nothing is meant to listen there. The port
// of a loopback redirect is not compared (RFC 8252 §7.3; MSAL takes a free one each
// time). What listens at port 80 of a person's machine, such as a web server, would
// lead the browser on, and the answer off its address bar.
const freePorts = 0xc000

// wayBack is one wait for what a browser ends on.
type wayBack struct {
	base     string // of the sign-in host
	redirect string
	state    string
	verifier Secret
	came     chan answer // holds one

	mu          sync.Mutex
	taken, over bool
}

// answer is what came back: a code, or a refusal.
type answer struct {
	code    Secret
	refused *refusal
}

// newWayBack makes a wait with a port, a state and a verifier of its own.
func newWayBack(base string) *wayBack {
	port, secret := make([]byte, 2), make([]byte, 32)
	_, _ = rand.Read(port) // it never fails
	_, _ = rand.Read(secret)
	return &wayBack{
		base: base, redirect: fmt.Sprintf("http://localhost:%d", freePorts|binary.BigEndian.Uint16(port)), state: rand.Text(),
		verifier: NewSecret(base64.RawURLEncoding.EncodeToString(secret)), came: make(chan answer, 1),
	}
}

// paste judges what was pasted, and hands on what can be used, once.
func (w *wayBack) paste(text string) error {
	a, err := readPaste(text, w.state, w.base)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.taken:
		return oddPaste(wordsPasteTwice, wordsPasteTwiceDo)
	case w.over:
		return oddPaste(wordsPasteOver, wordsPasteOverDo)
	}
	w.taken = true
	w.came <- a
	return nil
}

// close takes no more pastes.
func (w *wayBack) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}
