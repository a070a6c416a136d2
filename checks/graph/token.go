package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"onboard.example/checks"
)

// bearer is a token. It prints as dots, so that no log can hold it.
type bearer string

// String hides the token.
func (bearer) String() string { return "•••" }

// GoString hides the token.
func (bearer) GoString() string { return "•••" }

// LogValue hides the token.
func (bearer) LogValue() slog.Value { return slog.StringValue("•••") }

// claims is what a token says of itself. It is our own token, read only to
// tell why Graph refused us; nothing is trusted on its word.
type claims struct {
	opaque bool // not a readable JWT: then the rest is empty
	tenant string
	oid    string   // the person's object id; empty where it does not say
	scopes []string // scp, or roles where the token is an app's own
	wids   []string // active directory roles; nil where the claim is absent
	appOwn bool
}

// maxToken bounds what is decoded; Graph's tokens are a few kilobytes.
const maxToken = 64 << 10

// readClaims reads the payload of a JWT.
func readClaims(token bearer) claims {
	parts := strings.Split(string(token), ".")
	if len(parts) != 3 || len(token) > maxToken {
		return claims{opaque: true}
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{opaque: true}
	}
	var p struct {
		Tid   string   `json:"tid"`
		Oid   string   `json:"oid"`
		Scp   string   `json:"scp"`
		Roles []string `json:"roles"`
		Wids  []string `json:"wids"`
		Idtyp string   `json:"idtyp"`
	}
	if json.Unmarshal(raw, &p) != nil {
		return claims{opaque: true}
	}
	c := claims{tenant: p.Tid, oid: p.Oid, scopes: strings.Fields(p.Scp), wids: p.Wids}
	if p.Idtyp == "app" || p.Scp == "" && len(p.Roles) > 0 {
		c.appOwn, c.scopes = true, p.Roles
	}
	return c
}

// holdsAny says whether the token has one of the scopes.
func (c claims) holdsAny(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return containsFold(c.scopes, s) })
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(e string) bool { return strings.EqualFold(e, s) })
}

// token asks the source, and stops waiting when ctx ends even if the source
// does not.
func (c *client) token(ctx context.Context, scopes []string) (bearer, *checks.Failure) {
	if c.o.Tokens == nil {
		return "", &checks.Failure{Kind: checks.FailNoAccess, Message: wordNoSignIn}
	}
	type answer struct {
		token string
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		defer func() {
			if recover() != nil {
				got <- answer{err: errors.New("the token source failed")}
			}
		}()
		t, err := c.o.Tokens.Token(ctx, scopes)
		got <- answer{t, err}
	}()
	select {
	case <-ctx.Done():
		return "", stopped(ctx)
	case a := <-got:
		return bearer(strings.TrimSpace(a.token)), tokenFailure(ctx, a.token, a.err)
	}
}

func tokenFailure(ctx context.Context, token string, err error) *checks.Failure {
	var f *checks.Failure
	switch {
	case err == nil && strings.TrimSpace(token) == "":
		return &checks.Failure{Kind: checks.FailNoAccess, Message: wordNoSignIn}
	case err == nil && strings.ContainsFunc(strings.TrimSpace(token), func(r rune) bool { return r <= ' ' || r > '~' }):
		// It could not travel in a header, and the error of net/http would print it.
		return &checks.Failure{Kind: checks.FailSignIn, Message: wordOddToken}
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case ctx.Err() != nil:
		return stopped(ctx)
	}
	return &checks.Failure{Kind: checks.FailSignIn, Message: clean(err.Error())}
}
