package sim

import (
	"net/http"
	"slices"
	"strings"
)

// Signing out.

// logout ends the browser's sessions: of the account that logout_hint or
// id_token_hint names, else all of them. It goes back to an address only if an
// app that was signed in to here, or that the request names, is registered with
// it: anything else would be an open redirect.
func (s *Sim) logout(c *visit) answer {
	b, _, live := s.login.browsers.get(c.now, c.browser)
	var apps []*Registration
	if live {
		apps = b.apps
	}
	hint := c.get("logout_hint")
	if k, err := s.verify(c.get("id_token_hint")); err == nil || k.Aud != "" {
		// An expired hint is still one.
		if reg := s.world.registration(k.Aud); reg != nil {
			apps = append(slices.Clone(apps), reg)
		}
		if hint == "" {
			hint = k.PreferredUsername + k.UPN
		}
	}
	if reg := s.world.registration(c.get("client_id")); reg != nil {
		apps = append(slices.Clone(apps), reg)
	}
	if !live || !b.leave(hint) {
		s.login.browsers.drop(c.browser)
	}
	if to := c.get("post_logout_redirect_uri"); to != "" {
		if slices.ContainsFunc(apps, func(reg *Registration) bool { return s.mayReturn(c, reg, to) }) {
			return s.leaveTo(c, to)
		}
	}
	return s.page(c, http.StatusOK, "note", noteView{Title: wordsSignedOutTop, Text: wordsSignedOut})
}

// leaveTo goes to a checked address, with the state that was sent along.
func (s *Sim) leaveTo(c *visit, to string) answer {
	if state := c.get("state"); state != "" {
		to = withParams(to, map[string][]string{"state": {state}}, false)
	}
	if page, ok := s.landing(c, to); ok {
		return page
	}
	return seeOther(c, to)
}

// leave forgets one account, and says whether others remain. It does nothing
// without a hint, or with one that names nobody here.
func (b *browser) leave(hint string) bool {
	i := slices.IndexFunc(b.accounts, func(a account) bool { return strings.EqualFold(a.user.UPN, hint) })
	if i < 0 {
		return false
	}
	delete(b.since, b.accounts[i])
	if b.portal != nil && *b.portal == b.accounts[i] {
		b.portal = nil
	}
	b.accounts = slices.Delete(b.accounts, i, i+1)
	return len(b.accounts) > 0
}
