package signin

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
)

// resume takes up the sign-in of an earlier run, renewed, so that it is known
// to live and its roles are those of now. taken is false where the person is to
// be asked: nothing fits that was kept, several do, or Microsoft wants to see
// the person. An error is one that asking would meet as well.
func (s *live) resume(ctx context.Context, scopes []string) (taken bool, err error) {
	accounts, err := s.c.accounts(ctx, s.c.o.Hint)
	if err != nil {
		return false, classify(ctx, s.way, err, nil)
	}
	if len(accounts) != 1 {
		return false, nil
	}
	res, err := s.c.msal.AcquireTokenSilent(ctx, scopes, public.WithSilentAccount(accounts[0]), public.WithClaims(anew))
	if err != nil {
		e := classify(ctx, s.way, err, scopes)
		if ctx.Err() != nil || e.Cause == CauseKeychain || passing(err) {
			return false, e
		}
		return false, nil
	}
	if s.wrongPerson(accountOf(NewSecret(res.AccessToken))) != nil {
		return false, nil
	}
	return true, s.take(ctx, res, nil, scopes, "")
}

// accounts are those in MSAL's cache that fit this client: of its sign-in host
// and its tenant, and of that name, unless it is empty. Each person comes once: MSAL
// lists one for every spelling of a tenant that they signed in by.
func (c *Client) accounts(ctx context.Context, name string) ([]public.Account, error) {
	all, err := c.msal.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var fit []public.Account
	for _, a := range all {
		again := slices.ContainsFunc(fit, func(b public.Account) bool { return b.HomeAccountID == a.HomeAccountID })
		if !again && c.fits(a) && (name == "" || strings.EqualFold(a.PreferredUsername, name)) {
			fit = append(fit, a)
		}
	}
	return fit, nil
}

// fits says whether an account is one that this client was made for. The id of
// the tenant an account is at home in stands behind the dot of its own id
// (client_info's uid.utid, as MSAL keeps it).
func (c *Client) fits(a public.Account) bool {
	base, err := url.Parse(c.base)
	if err != nil || a.Environment != base.Host && a.Environment != base.Hostname() {
		return false
	}
	_, home, _ := strings.Cut(a.HomeAccountID, ".")
	if checks.IsGUID(c.tenant) {
		return strings.EqualFold(home, c.tenant) || strings.EqualFold(a.Realm, c.tenant)
	}
	_, domain, _ := strings.Cut(a.PreferredUsername, "@")
	return strings.EqualFold(a.Realm, c.tenant) || strings.EqualFold(domain, c.tenant)
}
