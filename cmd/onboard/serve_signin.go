package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh"
)

// Signing in where the wizard is served: to look, and for one session. Strangers come
// together here, so each has clients, a Microsoft sign-in and a token of their own;
// what is shared between sessions never holds one. Nothing of it is made before
// somebody signs in. Of this machine nothing is offered: no browser, no az, no file.

// serveSignIn says how people sign in.
type serveSignIn struct {
	Ways     []string `yaml:"ways"`
	ClientID string   `yaml:"clientId"`
}

// servedWays are the ways that need nothing of this machine, in the order of the
// ladder (product §10): the device code is the last.
var servedWays = []flows.Way{flows.WayLink, flows.WayDevice}

// settle holds the settings to what can be meant.
func (s serveSignIn) settle() error {
	last := -1
	for _, w := range s.Ways {
		at := slices.Index(servedWays, flows.Way(w))
		switch {
		case at < 0:
			return fmt.Errorf(sayConfigWord, "signIn.ways", checks.Line(w, 40), "link, device or, for none, []")
		case at <= last:
			return errors.New(sayConfigWays)
		}
		last = at
	}
	if s.ClientID != "" && !checks.IsGUID(s.ClientID) {
		return fmt.Errorf(sayConfigClient, checks.Line(s.ClientID, 80))
	}
	if name, borrowed := signin.Borrowed(s.ClientID); borrowed {
		return fmt.Errorf(sayConfigBorrow, name)
	}
	return nil
}

// offers are the ways that a run is told of; none where nobody could sign in to any
// of the apps.
func (s serveSignIn) offers(profiles []flows.Profile) []flows.WayOffer {
	if s.ClientID == "" && !slices.ContainsFunc(profiles, func(p flows.Profile) bool { return p.OnboardClientID != "" }) {
		return nil
	}
	var out []flows.WayOffer
	for _, w := range s.Ways {
		out = append(out, flows.WayOffer{Way: flows.Way(w), Registered: s.ClientID == ""})
	}
	return out
}

// visitor signs the person of one session in, to look.
type visitor struct {
	c    *clients // of this session alone
	ways []flows.WayOffer
	from netip.Prefix
	may  func(from netip.Prefix) bool // paces those who begin

	mu     sync.Mutex
	closed bool
}

// newVisitor makes the hand of a session that has shared as its clients until it
// signs in.
func newVisitor(shared *clients, ways []flows.WayOffer, from netip.Prefix, may func(netip.Prefix) bool) *visitor {
	return &visitor{
		c:    &clients{o: shared.o, anyone: shared, transport: shared.transport, discover: shared.discover, names: shared.names, now: shared.now},
		ways: ways, from: from, may: may,
	}
}

// SignIn implements run.SignIner. Other scopes than those of looking, and other ways
// than were offered, are refused whatever asks for them.
func (v *visitor) SignIn(ctx context.Context, ask run.SignInAsk, show func(run.Prompt)) (flows.Account, error) {
	switch {
	case !slices.ContainsFunc(v.ways, func(o flows.WayOffer) bool { return o.Way == ask.Way }):
		return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: sayNotThisWay}
	case slices.ContainsFunc(ask.Scopes, func(scope string) bool { return !slices.Contains(checks.ReadScopes(), scope) }):
		return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: sayReadOnly}
	}
	if err := v.c.o.public(ctx, ask.Domain); err != nil {
		return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: asSentence(err.Error())}
	}
	if !v.may(v.from) {
		return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: sayManySignIns}
	}
	v.SignOut()
	tenant := ask.Tenant
	if tenant == "" {
		tenant = ask.Domain
	}
	id := v.c.o.clientID
	if id == "" {
		id = ask.ClientID
		if name, borrowed := signin.Borrowed(id); borrowed {
			return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: fmt.Sprintf(sayBorrowedHere, name)}
		}
	}
	client, err := v.c.client(id, tenant, ask.Cloud, ask.Hint, true)
	if err != nil {
		return flows.Account{}, signInTold(err)
	}
	session, err := byHand(ctx, client, ask, show)
	if err != nil {
		return flows.Account{}, signInTold(err)
	}
	if more := beyondLooking(session.Account()); more != "" {
		forget(session)
		return flows.Account{}, &checks.Failure{Kind: checks.FailInput, Message: fmt.Sprintf(sayMoreThanLook, more)}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed || ctx.Err() != nil { // nobody is there any more
		forget(session)
		return flows.Account{}, context.Canceled
	}
	v.c.signedIn(session)
	return accountOf(session), nil
}

// beyondLooking names what a token may do besides looking; empty: nothing. A token may
// carry what its client was given in that tenant before, asked for or not, and one that
// writes has no place on a server for strangers.
func beyondLooking(a checks.Account) string {
	if a.Opaque {
		return sayUnreadToken
	}
	for _, scope := range a.Scopes {
		_, may, _ := strings.Cut(scope, ".")
		may, _, _ = strings.Cut(may, ".")
		looks := may == "Read" || may == "ReadBasic" || slices.Contains([]string{"openid", "profile", "email", "offline_access"}, scope)
		if !looks {
			return cmp.Or(scope, sayUnreadToken)
		}
	}
	return ""
}

// SignOut implements run.SignIner.
func (v *visitor) SignOut() {
	session := v.c.current()
	v.c.signedIn(nil)
	forget(session)
}

// close ends it: its token is gone, and there will be no other.
func (v *visitor) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	v.SignOut()
}

// forget drops a session's tokens, which are in memory alone.
func forget(session signin.Session) {
	if session != nil {
		_ = session.Forget(context.Background()) // in memory: it cannot fail
	}
}

// sights gives each session its own; nil where nobody signs in.
func (s *site) sights(looks func(*clients, netip.Prefix) run.Looker, ways []flows.WayOffer) func(netip.Prefix) ssh.Sight {
	if len(ways) == 0 {
		return nil
	}
	pace := newProbePace()
	return func(from netip.Prefix) ssh.Sight {
		v := newVisitor(s.clients, ways, from, func(from netip.Prefix) bool { return pace.allow(from, s.clients.now()) })
		return ssh.Sight{Look: looks(v.c, from), SignIn: v, Close: v.close}
	}
}

// told says of the sign-in what --check-config does.
func (s serveSignIn) told(profiles []flows.Profile) string {
	var names []string
	for _, o := range s.offers(profiles) {
		names = append(names, string(o.Way))
	}
	switch {
	case len(names) > 0:
		return fmt.Sprintf(sayConfigSignIn, strings.Join(names, ", "))
	case len(s.Ways) > 0:
		return sayConfigNoID
	}
	return ""
}
