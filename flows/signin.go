package flows

import "strings"

// signedIn takes the account in. A plan that waits for it goes on only in the
// tenant it was made for, with every scope it needs.
func (s State) signedIn(a Account) State {
	s.Account, s.SignIn.Busy, s.SignIn.Failed, s.unsettled = &a, false, nil, false
	s = s.newEyes()
	if !s.applying() {
		return s
	}
	if why := s.mayNotWrite(*s.Plan); why != "" {
		return s.stop(Stopped{Plan: s.Confirmed, Why: why})
	}
	return s
}

func (s State) signInFailed(e SignInFailed) State {
	if !s.SignIn.Busy || e.Attempt != s.SignIn.Attempt {
		return s
	}
	s.SignIn.Busy, s.SignIn.Failed = false, &e
	if s.applying() {
		return s.stop(Stopped{Plan: s.Confirmed, Why: StopSignIn})
	}
	return s
}

func (s State) signedOut() State {
	s.Account, s.SignIn.Busy, s.unsettled = nil, false, false
	s = s.newEyes()
	if s.applying() {
		return s.stop(Stopped{Plan: s.Confirmed, Why: StopSignIn})
	}
	return s
}

// putAway is the state once the account in hand is put away. Nothing is being
// written then: see writeAs.
func (s State) putAway() State {
	if s.Account == nil {
		return s
	}
	s.Account, s.unsettled = nil, false
	return s.newEyes()
}

// asksElsewhere is the state once another domain or cloud was asked for: a sign-in
// that is going on is for the tenant before, and so may the account in hand be.
func (s State) asksElsewhere() State {
	s.SignIn.Busy, s.SignIn.Failed = false, nil
	s.unsettled = s.Account != nil
	return s
}

// settleAccount puts the account away that turns out to be of the tenant before.
// As long as the tenant is not known the account is of no use: see Next.
func (s State) settleAccount() State {
	id := s.TenantID()
	if s.Account == nil || !s.unsettled || id == "" {
		return s
	}
	if s.unsettled = !strings.EqualFold(s.Account.TenantID, id); s.unsettled {
		return s.putAway()
	}
	return s
}
