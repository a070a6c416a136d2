package main

import (
	"context"
	"time"

	"onboard.example/checks"
)

// askFor is what the wizard's second door asks about a domain: the same as
// `why --domain`, and nobody is signed in for it. A domain of personal mail is
// asked of nobody.
func (o *options) askFor(ctx context.Context, domain string, in checks.WhyAsked) (checks.WhyAsked, error) {
	public := *o
	public.domain, public.user, public.signIn, public.tokenFile = domain, "", "none", ""
	in.Findings, in.Mail, in.Personal = nil, nil, ""
	in.Subject = checks.Subject{App: in.Subject.App, Cloud: checks.Cloud(o.cloud), Login: o.loginURL, Portal: o.portalURL, Now: time.Now()}
	if err := public.whyDomain(&in); err != nil {
		return in, err
	}
	if in.Subject.Domain == "" {
		return in, nil
	}
	return in, public.ask(ctx, &in, nil)
}
