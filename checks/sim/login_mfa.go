package sim

import (
	"net/http"
	"strconv"

	g "maragu.dev/gomponents"
)

// The second factor: a number shown here, approved "on the phone". There is no
// phone in a simulated tenant, so its two buttons stand on the same page.

type factorView struct{ Flow, App, User, Number string }

func factorSheet(p *pen, v factorView) g.Node {
	return p.card(
		para("subtle", v.User),
		h1("Approve sign in request"),
		para("", "Open your Authenticator app, and enter the number shown to sign in to "+v.App+"."),
		para("number", v.Number),
		para("subtle", "A simulated tenant has no phone: answer here as the phone would."),
		p.post(
			"/_signin/factor", flow(v.Flow),
			buttons(button("", "do", "deny", "No, it's not me"), button("primary", "do", "approve", "Approve")),
		),
	)
}

// askFactor shows the number. That the sign-in stopped for it is logged (50074).
func (s *Sim) askFactor(c *visit, a *attempt) answer {
	s.note(c, a, refuse(50074))
	a.stage = atFactor
	number := 10
	for _, r := range s.login.random()[:4] {
		number = (number*7 + int(r)) % 90
	}
	return s.page(c, http.StatusOK, "factor", factorView{
		Flow: a.id, App: a.reg.Name, User: a.user.UPN, Number: strconv.Itoa(number + 10),
	})
}

// answerFactor is the phone's answer. The browser's session remembers a good one.
func (s *Sim) answerFactor(c *visit) answer {
	a, stale := s.resume(c, atFactor)
	if stale != nil {
		return s.asPage(c, stale)
	}
	if c.body.Get("do") != "approve" {
		return s.halt(c, a, refuse(500121))
	}
	a.signIn.mfa = true
	if b, who := s.session(c), (account{a.tenant, a.user}); b.since != nil {
		b.since[who] = signIn{at: b.since[who].at, mfa: true}
	}
	return s.proceed(c, a)
}
