package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/checks/resolve"
	"onboard.example/checks/signin"
	"onboard.example/flows"
)

// whyScopes are all that why signs in with, ever: it tells people about
// themselves and their tenant, and reads nothing of anybody else.
func whyScopes() []string { return []string{"User.Read"} }

// whyDNSPatience is how long the DNS may take: it narrows an answer down, and
// nobody waits for it longer than for a page.
const whyDNSPatience = 5 * time.Second

// whyLook is one answer with what it rests on.
type whyLook struct {
	o      *options
	why    checks.Why
	state  flows.State // of a run about the same app and tenant: messages are made of it
	domain string      // that Microsoft was asked about; empty: none
	heard  bool        // and answered
	as     string      // who signed in; personal; empty: nobody, or nobody wants it told
}

// lookWhy narrows a text's answer down by what the flags let it look at.
func (o *options) lookWhy(ctx context.Context, a aadsts.Answer, f whyFlags) (*whyLook, error) {
	l := &whyLook{o: o}
	in := checks.WhyAsked{Text: a, Colleague: f.colleague, Before: f.before}
	profile, err := o.whyProfile(a)
	if err != nil {
		return nil, err
	}
	if profile != nil {
		in.Subject.App = profile.App()
	}
	in.Subject.Cloud, in.Subject.Login, in.Subject.Portal, in.Subject.Now = checks.Cloud(o.cloud), o.loginURL, o.portalURL, time.Now()
	if err := o.whyDomain(&in); err != nil {
		return nil, err
	}
	if in.Subject.Domain != "" {
		if err := o.ask(ctx, &in, profile); err != nil {
			return nil, err
		}
		l.domain, l.heard = in.Subject.Domain, in.Subject.Look.Discovery.Read
		if f.personal {
			l.as = checks.Line(in.Subject.Look.Account.Value.UPN, 254)
		}
	}
	l.why = checks.Explain(in)
	if o.json && !f.personal { // nobody reads it before a program does
		if err := l.plain(in, profile); err != nil {
			return nil, err
		}
		if profile != nil && profile.ID == flows.UnlistedID {
			*profile = flows.Unlisted(profile.ClientID, l.why.Scopes)
		}
	}
	l.state = l.stateOf(in, profile)
	return l, nil
}

// plain leaves out of the answer what may name a person, and what it is made of
// from then on. Profiles are read where the text has something for them to vouch
// for alone.
func (l *whyLook) plain(in checks.WhyAsked, profile *flows.Profile) error {
	known := checks.WhyKnown{Domain: in.Subject.Domain, Needs: in.Subject.App.Needs}
	if profile != nil && profile.ID == flows.UnlistedID {
		known.Needs = nil // the text's own
	}
	if l.why.App.Name+l.why.Request.RedirectURI != "" {
		all, err := l.o.profiles()
		if err != nil {
			return err
		}
		if profile != nil && profile.ID != flows.UnlistedID {
			all = append(all, *profile)
		}
		for _, p := range all {
			known.Apps = append(known.Apps, p.Name, p.EnterpriseAppName)
			known.Redirects = append(known.Redirects, p.AdminConsent.RedirectURI, p.SignIn.RedirectURI)
		}
	}
	l.why = l.why.Plain(known)
	return nil
}

// whyDomain settles which domain is asked about: that of --domain, else that of
// --user. One of personal mail is asked of nobody, for it says enough by itself.
func (o *options) whyDomain(in *checks.WhyAsked) error {
	typed := o.domain
	if typed == "" {
		_, typed, _ = strings.Cut(o.user, "@")
	}
	if typed == "" {
		return nil
	}
	domain, err := signin.ParseDomain(typed)
	var bad *signin.InputError
	switch {
	case errors.As(err, &bad) && bad.Personal:
		in.Personal = checks.Line(strings.ToLower(strings.TrimSpace(typed)), 253)
		if at := strings.LastIndexByte(in.Personal, '@'); at >= 0 { // nobody's address is repeated
			in.Personal = in.Personal[at+1:]
		}
	case err != nil:
		return inputError(err)
	}
	in.Subject.Domain = domain
	return nil
}

// whyProfile is the app that it is about: the one of --app, else the one that has
// the client id of the text or of --app-id, else one that nobody described; nil
// where nothing names an app.
func (o *options) whyProfile(a aadsts.Answer) (*flows.Profile, error) {
	if o.app != "" {
		p, err := o.profile(o.app)
		if err != nil {
			return nil, err
		}
		// The id in the text is whoever's who wrote it, and a name is no proof: what
		// bears the app's name must not carry another one's id to an admin.
		p, err = o.withAppID(p)
		return &p, err
	}
	bare, err := o.withAppID(flows.Profile{}) // holds --app-id to its form
	if err != nil {
		return nil, err
	}
	id := bare.ClientID
	if id == "" {
		id = a.App.ID
	}
	if id == "" {
		return nil, nil
	}
	all, err := o.profiles()
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(p flows.Profile) bool { return strings.EqualFold(p.ClientID, id) }); i >= 0 {
		return &all[i], nil
	}
	p := flows.Unlisted(id, a.Scopes)
	return &p, nil
}

// ask looks at the domain: discovery and the DNS and, for whoever signs in, who
// they are. All of it at once; what cannot be reached stays unknown.
func (o *options) ask(ctx context.Context, in *checks.WhyAsked, profile *flows.Profile) error {
	c, err := newClients(o)
	if err != nil {
		return err
	}
	defer c.close()
	mail := make(chan *checks.DNSMailReport, 1)
	go func() {
		var seen *checks.DNSMailReport
		defer func() {
			_ = recover() // it narrows an answer down, and nobody else's session ends with it
			mail <- seen
		}()
		seen = o.lookMail(ctx, in.Subject.Domain)
	}()
	t := target{subject: in.Subject, scopes: whyScopes()}
	if profile != nil {
		t.profile = *profile
	}
	if o.signsIn() {
		c.opensLinks()
		if err := c.signInFor(ctx, t); err != nil {
			return err
		}
	}
	readers, err := c.readers(t.cloud(c))
	if err != nil {
		return err
	}
	for i, r := range readers {
		readers[i] = whyReader{r}
	}
	snap := checks.Run(ctx, in.Subject, readers, checks.WhyChecks(), func(f checks.Finding) { in.Findings = append(in.Findings, f) })
	in.Subject.Look, in.Mail = &snap, <-mail
	if ctx.Err() != nil {
		return &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
	return nil
}

// whyReader serves no more than why may read, whatever the token would let it.
type whyReader struct{ checks.Reader }

// Serves implements checks.Reader.
func (r whyReader) Serves() []checks.Part {
	return slices.DeleteFunc(r.Reader.Serves(), func(p checks.Part) bool { return !slices.Contains(checks.WhyParts(), p) })
}

// lookMail asks where a domain's mail is; nil where nobody could tell. A
// simulated Microsoft has a DNS of its own: the world's is not asked about it.
func (o *options) lookMail(ctx context.Context, domain string) *checks.DNSMailReport {
	if o.loginURL != "" && o.dnsServer == "" {
		return nil
	}
	how, err := o.resolveOptions()
	if err != nil {
		return nil
	}
	r, err := resolve.New(how)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, whyDNSPatience)
	defer cancel()
	seen, err := r.LookMail(ctx, domain)
	if err != nil {
		return nil
	}
	report := seen.Judge()
	return &report
}

// stateOf is a run about the same app and tenant. A domain that Microsoft does not
// know is no tenant's: nobody there could be asked for anything.
func (l *whyLook) stateOf(in checks.WhyAsked, profile *flows.Profile) flows.State {
	facts := flows.Facts{}
	if in.Subject.Look != nil {
		facts = flows.FactsOf(&checks.Snapshot{Discovery: in.Subject.Look.Discovery}, in.Subject.App)
	}
	domain := in.Subject.Domain
	if l.heard && len(facts.Tenants) == 0 {
		domain = ""
	}
	s := flows.Apply(flows.State{}, flows.Started{
		Version: release, Domain: domain, Cloud: in.Subject.Cloud, Profile: profile, Login: l.o.loginURL, Portal: l.o.portalURL,
		ClientID: in.Subject.App.ClientID,
	})
	return flows.AboutWhy(flows.Apply(s, flows.Learned{Facts: facts, Round: s.Round}), l.why, nil)
}
