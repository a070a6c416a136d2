package run

import (
	"context"
	"errors"
	"slices"
	"strings"

	"onboard.example/checks"
	"onboard.example/flows"
)

// signIn has somebody sign in, once, and says in the run what came of it.
func (d *Driver) signIn(ctx context.Context, w flows.Want) {
	var account flows.Account
	err := errNoSignIn
	if d.hands.SignIn != nil {
		s := d.State()
		ask := SignInAsk{
			Way: w.Way, Scopes: w.Scopes.Words(), Domain: s.Domain, Tenant: s.TenantID(), Cloud: s.Cloud(),
		}
		if s.Account != nil {
			ask.Hint = s.Account.UPN
		}
		if s.Profile != nil {
			ask.ClientID = s.Profile.OnboardClientID
		}
		err = safely(func() (err error) {
			account, err = d.hands.SignIn.SignIn(ctx, ask, func(p Prompt) {
				if ctx.Err() == nil {
					d.show(&p)
				}
			})
			return err
		})
	}
	d.show(nil)
	switch {
	case err == nil:
		if account.Way == "" {
			account.Way = w.Way
		}
		account.Scopes = askedFirst(account.Scopes, w.Scopes.Words())
		d.signedIn(w, account)
	case ctx.Err() == nil:
		d.complain(err)
		d.post(signInFailed(w.Attempt, err))
	}
}

// signedIn takes in who signed in, if that is wanted still: whoever stopped
// waiting, or chose otherwise, is not signed in after all.
func (d *Driver) signedIn(w flows.Want, a flows.Account) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inHand = true
	if in := d.state.SignIn; d.state.End == "" && in.Busy && in.Attempt == w.Attempt {
		d.add(flows.ByDriver, flows.SignedIn{Account: a}, false)
	}
}

// putAway has the hand forget the account that s has no more: it was put away,
// or it is of another tenant, or the person goes on without one. So the hand
// never looks as somebody whom the run does not name.
func (d *Driver) putAway(s flows.State) {
	d.mu.Lock()
	gone := d.inHand && s.Account == nil && d.state.Account == nil
	if gone {
		d.inHand = false
	}
	d.mu.Unlock()
	if gone && d.hands.SignIn != nil {
		d.complain(safely(func() error {
			d.hands.SignIn.SignOut()
			return nil
		}))
	}
}

// askedFirst puts the scopes that were asked for before the others: an event
// holds so many, and a token may carry hundreds.
func askedFirst(given, asked []string) []string {
	rank := func(scope string) int {
		if slices.ContainsFunc(asked, func(a string) bool { return strings.EqualFold(a, scope) }) {
			return 0
		}
		return 1
	}
	out := slices.Clone(given)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

var errNoSignIn = errors.New(words.noSignIn)

// signInFailed makes the event of a sign-in that came to nothing. What is no
// Failure gives no reason, for an error's text is no control flow.
func signInFailed(attempt uint32, err error) flows.SignInFailed {
	e := flows.SignInFailed{Attempt: attempt, Reason: checks.FailSignIn, Message: err.Error()}
	var f *checks.Failure
	if errors.As(err, &f) {
		e.Reason, e.Message, e.Code = f.Kind, f.Message, f.Code
	}
	return e
}
