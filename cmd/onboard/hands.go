package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/browser"

	"onboard.example/checks"
	"onboard.example/checks/graph"
	"onboard.example/checks/signin"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// looker looks at the tenant with the clients of the run. It remembers what it
// read, so that a poll reads only the parts of its own checks.
type looker struct {
	c *clients

	turn  chan struct{} // holds one: whoever has it may look
	about string        // what seen is about
	seen  checks.Snapshot
	round uint32 // of the last look
	could bool   // whoever is signed in could activate a role that may approve

	probe probeFunc // asks with a vendor's own credential; nil: nobody does
}

func newLooker(c *clients) *looker {
	l := &looker{c: c, turn: make(chan struct{}, 1)}
	l.turn <- struct{}{}
	return l
}

// Look implements run.Looker.
func (l *looker) Look(ctx context.Context, ask run.Ask, found func(checks.Finding)) (flows.Facts, error) {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return flows.Facts{}, ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	readers, as, err := l.c.readersAs(ask.Cloud, false)
	if err != nil {
		return flows.Facts{}, err
	}
	about := fmt.Sprintf("%s %s %s %s %q %d", ask.Domain, ask.Cloud, ask.App.ClientID, ask.Person, ask.Who+ask.Deleted, as.nth)
	if about != l.about {
		l.about, l.seen, l.could = about, checks.Snapshot{}, false
	}
	if ask.Round != l.round && l.could && as.session != nil {
		// Roles stand in a token as they were when it was made. Without another
		// the look goes on with the one in hand.
		_ = as.session.Renew(ctx)
	}
	l.round = ask.Round
	s := checks.Subject{
		App: ask.App, Domain: ask.Domain, Cloud: ask.Cloud, Person: ask.Person, Who: ask.Who, Deleted: ask.Deleted, Now: l.c.now(), Look: &l.seen,
		Login: l.c.o.loginURL, Portal: l.c.o.portalURL,
	}
	if ask.Callback != nil {
		readers = append(readers, cameBack{*ask.Callback, ask.CalledBack})
	}
	if l.probe != nil {
		readers = append(readers, probed{l.probe})
	}
	snap := looked(ctx, s, readers, ask, func(f checks.Finding) {
		if f.Check == checks.AccountRole {
			l.could = checks.OnlyEligible(f)
		}
		found(f)
	})
	if ctx.Err() != nil {
		return flows.Facts{}, ctx.Err() // what was cut off is no news
	}
	l.seen = snap
	return factsOf(&snap, ask), nil
}

// factsOf takes what plans are made of. Where somebody is signed in to another
// tenant, what Graph said is about that one and must not get into a plan.
func factsOf(snap *checks.Snapshot, ask run.Ask) flows.Facts {
	tenant := ask.Tenant
	if tenant == "" && snap.Discovery.Read && len(snap.Discovery.Value.Found) == 1 {
		tenant = snap.Discovery.Value.Found[0].TenantID
	}
	here := tenant != "" && (strings.EqualFold(snap.Organization.Value.ID, tenant) ||
		snap.Organization.Value.ID == "" && strings.EqualFold(snap.Account.Value.TenantID, tenant))
	if !here {
		return flows.FactsOf(&checks.Snapshot{Discovery: snap.Discovery}, ask.App)
	}
	f := flows.FactsOf(snap, ask.App)
	if f.Who != nil {
		f.Who.Asked = ask.Who
	}
	return f
}

// signer signs people in for the wizard.
type signer struct {
	c *clients
	// profile is the app of the run, nil before one was chosen.
	profile func() *flows.Profile
	host    run.Host

	mu   sync.Mutex
	show func(run.Prompt)
	// left is the kept sign-in that was put away for another one: it is
	// forgotten before the next in its tenant, for a keychain may wait for its
	// person. of is that tenant's id, and anew says that there was one.
	left signin.Session
	of   string
	anew bool
}

// SignIn implements run.SignIner. The session in hand is widened where it is of
// the tenant, so that a plan does not have a person choose an account twice: a
// person who chose how to sign in was put away before, see run.Driver.
func (s *signer) SignIn(ctx context.Context, ask run.SignInAsk, show func(run.Prompt)) (flows.Account, error) {
	s.mu.Lock()
	s.show = show
	s.mu.Unlock()
	session := s.c.current()
	if session != nil && !mayBeOf(session, ask.Tenant) {
		s.SignOut()
		session, ask.Hint = nil, ""
	}
	var err error
	if session != nil && string(session.Way()) == string(ask.Way) && ask.Way != flows.WayToken && s.c.owes(ask.Tenant) == "" {
		err = session.Widen(ctx, ask.Scopes)
	} else {
		session, err = s.begin(ctx, ask)
	}
	if err != nil {
		return flows.Account{}, signInTold(err)
	}
	s.c.signedIn(session)
	return accountOf(session), nil
}

// asSentence makes a sentence of a clause, as errors are.
func asSentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:] + "."
}

// mayBeOf says whether a session is of a tenant, as far as is known.
func mayBeOf(session signin.Session, tenant string) bool {
	id := session.Account().TenantID
	return tenant == "" || id == "" || strings.EqualFold(id, tenant)
}

// signInTold is a failed sign-in with what to do about it in its message.
func signInTold(err error) error {
	if in := (*signin.InputError)(nil); errors.As(err, &in) {
		return &checks.Failure{Kind: checks.FailInput, Message: asSentence(in.Say) + " " + asSentence(in.Do)}
	}
	var no *signin.Error
	if !errors.As(err, &no) {
		return err
	}
	f := *signin.FailureOf(err)
	f.Message = strings.TrimSpace(no.Say + " " + no.Do)
	return &f
}

func (s *signer) begin(ctx context.Context, ask run.SignInAsk) (signin.Session, error) {
	tenant := ask.Tenant
	if tenant == "" {
		tenant = ask.Domain
	}
	switch ask.Way {
	case flows.WayToken:
		return s.c.handed(ctx)
	case flows.WayAz:
		return signin.Az(ctx, signin.AzOptions{Tenant: tenant, TokenOptions: signin.TokenOptions{GraphURL: s.c.o.graphURL}})
	case flows.WayLink, flows.WayBrowser, flows.WayDevice:
	case flows.WayNone:
		return nil, errors.New("going on without a sign-in is none")
	}
	s.c.open = func(ctx context.Context, url string) error {
		s.prompt(run.Prompt{Way: flows.WayBrowser, URL: url, Started: s.c.now()})
		if s.host != nil {
			// The link is on the screen too: a browser that does not open is no end.
			_ = s.host.Open(ctx, url)
		}
		return nil
	}
	anew, err := s.forget(ctx, ask.Tenant)
	if err != nil {
		return nil, err
	}
	client, err := s.c.client(s.c.clientID(s.profile()), tenant, ask.Cloud, ask.Hint, anew)
	if err != nil {
		return nil, err
	}
	if ask.Way == flows.WayBrowser {
		return client.Browser(ctx, ask.Scopes)
	}
	return byHand(ctx, client, ask, s.prompt)
}

// byHand signs in by what the person carries from one device to another: the
// address that their browser ends on, or a code.
func byHand(ctx context.Context, client *signin.Client, ask run.SignInAsk, show func(run.Prompt)) (signin.Session, error) {
	if ask.Way == flows.WayLink {
		return client.Link(ctx, ask.Scopes, func(p signin.LinkPrompt) {
			show(run.Prompt{Way: flows.WayLink, URL: p.URL, Started: p.StartedAt, Until: p.Expires, Paste: func(text string) error {
				return pasteTold(p.Paste(text))
			}})
		})
	}
	return client.Device(ctx, ask.Scopes, func(p signin.Prompt) {
		show(run.Prompt{Way: flows.WayDevice, URL: p.URL, Code: p.UserCode, Started: p.StartedAt, Until: p.Expires})
	})
}

// pasteTold is what was odd about a paste, as sentences.
func pasteTold(err error) error {
	if in := (*signin.InputError)(nil); errors.As(err, &in) {
		return errors.New(asSentence(in.Say) + " " + asSentence(in.Do))
	}
	return err
}

func (s *signer) prompt(p run.Prompt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.show != nil {
		s.show(p)
	}
}

// SignOut implements run.SignIner.
func (s *signer) SignOut() {
	session := s.c.current()
	s.c.signedIn(nil)
	if session == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c.keep != nil && (session.Way() == signin.WayLink || session.Way() == signin.WayBrowser || session.Way() == signin.WayDevice) {
		s.left, s.of, s.anew = session, session.Account().TenantID, true
		return
	}
	_ = session.Forget(context.Background()) // in memory: it cannot fail
}

// forget removes from the keychain the sign-in that was put away for another
// one in this tenant, and says whether the person is to be asked whatever is
// kept. What is kept of another tenant has nothing to do with it.
func (s *signer) forget(ctx context.Context, tenant string) (anew bool, err error) {
	s.mu.Lock()
	left, of, anew := s.left, s.of, s.anew
	s.mu.Unlock()
	if tenant != "" && of != "" && !strings.EqualFold(of, tenant) {
		return false, nil
	}
	if left == nil {
		return anew, nil
	}
	if err := left.Forget(ctx); err != nil {
		return true, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == left {
		s.left = nil
	}
	return true, nil
}

// accountOf is who signed in, for the run's journal.
func accountOf(s signin.Session) flows.Account {
	a := s.Account()
	return flows.Account{
		ID: a.ObjectID, UPN: a.UPN, TenantID: a.TenantID, Roles: checks.RoleNames(a.RoleIDs), Scopes: a.Scopes, Way: flows.Way(s.Way()),
	}
}

// changers makes the hand that writes, for one confirmed plan.
type changers struct{ c *clients }

// Changer implements run.Changers. What it makes can send the lines of this
// plan, and nothing else.
func (h changers) Changer(_ context.Context, plan flows.Plan) (run.Changer, error) {
	session := h.c.current()
	if session == nil {
		return nil, &checks.Failure{Kind: checks.FailNoAccess, Message: sayNobody}
	}
	agreed := graph.Agreement{Tenant: plan.Tenant, Scopes: plan.WriteScopes(), NewApp: flows.NewAppRef}
	for _, l := range plan.Lines {
		agreed.Writes = append(agreed.Writes, graph.Write{Method: l.Method, Path: l.Path, Body: l.Body})
	}
	confirmed, err := graph.Confirm(agreed)
	if err != nil {
		return nil, err
	}
	ch, err := graph.NewChanger(h.c.graphOptions(h.c.rootNow(), session), confirmed)
	if err != nil {
		return nil, err
	}
	return changer{Changer: ch, c: h.c, session: session}, nil
}

// changer carries one write over to Graph.
type changer struct {
	*graph.Changer

	c       *clients
	session signin.Session
}

// Change implements run.Changer. A write that was turned away with a challenge
// was not taken: it is sent once more where the session can answer that without
// the person, whom a write never waits for.
func (c changer) Change(ctx context.Context, r run.Request) (run.Answer, error) {
	w := graph.Write{Method: r.Method, Path: r.Path, Body: r.Body}
	a, err := c.Send(ctx, w)
	if claims := challengeIn(err); claims != "" && c.c.satisfy(ctx, c.session, claims, false) {
		if a, err = c.Send(ctx, w); challengeIn(err) != "" {
			c.c.owe(c.session, challengeIn(err))
		}
	}
	return run.Answer{Status: a.Status, ObjectID: a.ObjectID, RequestID: a.RequestID}, err
}

// machine is the person's own machine: its browser. Its clipboard is reached
// through the terminal, which the screen does by itself.
type machine struct{}

// Open implements run.Host.
func (machine) Open(_ context.Context, url string) error {
	if err := browser.OpenURL(url); err != nil {
		return fmt.Errorf("open the browser: %w", err)
	}
	return nil
}

// Copy implements run.Host.
func (machine) Copy(context.Context, string) error { return nil }

// quietBrowser keeps what a browser's starter prints off the screen, for the
// whole process: its package has one setting for all.
func quietBrowser() { browser.Stdout, browser.Stderr = io.Discard, io.Discard }

// ways lists how one can sign in here, and why not where one cannot.
func (c *clients) ways(profile *flows.Profile) []flows.WayOffer {
	app := ""
	if c.clientID(profile) == "" {
		app = sayNeedsClientID
	}
	az, token := "", ""
	if _, err := exec.LookPath("az"); err != nil {
		az = sayNoAz
	}
	if c.o.tokenFile == "" {
		token = sayNoTokenFile
	}
	return []flows.WayOffer{
		{Way: flows.WayBrowser, Why: app},
		{Way: flows.WayLink, Why: app},
		{Way: flows.WayAz, Why: az},
		{Way: flows.WayToken, Why: token},
		{Way: flows.WayDevice, Why: app},
	}
}
