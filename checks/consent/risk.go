package consent

// risk is whether Microsoft would hold the prompt for risky.
type risk struct {
	is   Tri
	kind kind
	why  riskFact
}

// silent tells whether there is nothing to say: no risk, or one that the first
// pass may not take for certain.
func (r risk) silent(e *pass) bool {
	return r.is == No || r.is == Unread && r.kind == kRisk && !e.lean
}

// risky decides whether risk-based step-up holds the prompt: it is on, and an
// app of another tenant, registered after 8 November 2020 and unverified, asks
// for more than basic sign-in. Microsoft says that such apps "may be" flagged,
// so the first pass leaves a full match open.
// Source: [GC:authorizationpolicy-update], publisher-verification docs [PUB].
func (e *pass) risky() risk {
	app := &e.q.App
	facts := [...]struct {
		is  Tri
		why riskFact
	}{
		{e.fact(e.q.Tenant.RiskyAllowed, No).not(), riskSetting},
		{app.Verified.not(), riskPublisher},
		{e.ownApp().not(), riskOwner},
		{app.RegisteredAfter2020, riskAge},
		{e.beyondBasic(), riskScopes},
	}
	out := risk{is: Yes}
	for _, f := range facts {
		out.is = out.is.and(f.is)
		if f.is == Unread && out.why == riskNone {
			out.why = f.why
		}
	}
	switch out.is {
	case Yes:
		out.kind, out.why = kRisk, riskNone
		if !e.lean {
			out.is = Unread
		}
	case Unread:
		out.kind = kRiskUnread
	case No:
	}
	return out
}

// beyondBasic is whether consent to more than basic sign-in is asked for. What
// is granted already may count or not: that is not documented.
func (e *pass) beyondBasic() Tri {
	out := No
	for i := range e.q.Asked {
		p := &e.q.Asked[i]
		beyond := Yes
		if p.Kind == Delegated {
			beyond = BasicSignIn(p.Value).not().or(sameAPI(p.Resource, MicrosoftGraph).not())
		}
		out = out.or(beyond.and(e.scopes[i].granted.not().or(Unread)))
	}
	return out
}
