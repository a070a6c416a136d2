package cases

import (
	"errors"
	"testing"
	"time"
)

// A code is that of a case or of an invitation, whichever; a wrong one counts once.
func TestACodeOpensACaseOrAnInvitation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		s := make(t, Options{Now: now.time, Tries: Tries{Burst: 3, Every: 24 * time.Hour}})
		c, code := begun(t, s)
		in, try := asked(t, s, Invitation{Scope: "hetk", Tenant: "contoso.example", By: "Ada, Fabrikam"})
		for range 9 { // none of these is wrong
			if got, none, err := s.Enter(t.Context(), Try{Code: code, From: stranger}); err != nil || got == nil || got.Number() != c.Number() || none != (Invitation{}) {
				t.Fatalf("%v, %+v, %v", got, none, err)
			}
			if none, got, err := s.Enter(t.Context(), try); err != nil || none != nil || got != in {
				t.Fatalf("%v, %+v, %v", none, got, err)
			}
		}
		if err := c.Bind(t.Context(), aKey); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Enter(t.Context(), Try{Code: code, From: stranger, Key: aKey}); err != nil {
			t.Errorf("with its key: %v", err)
		}
		if _, _, err := s.Enter(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, ErrOtherKey) { // one wrong
			t.Errorf("without its key: %v", err)
		}
		for _, bad := range []string{"", "anybody", code[:len(code)-1]} {
			if _, _, err := s.Enter(t.Context(), Try{Code: bad, From: stranger}); !errors.Is(err, ErrNotCode) && !errors.Is(err, ErrMistyped) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := s.Redeem(t.Context(), try, c); err != nil {
			t.Fatal(err)
		}
		late, lateTry := asked(t, s, Invitation{})
		back, backTry := asked(t, s, Invitation{})
		if err := s.Revoke(t.Context(), back.Number, Anybody()); err != nil {
			t.Fatal(err)
		}
		now.set(late.Until)
		for name, one := range map[string]struct {
			try  Try
			want error
		}{"used": {try, ErrUsed}, "over": {lateTry, ErrOver}, "revoked": {backTry, ErrRevoked}} {
			if got, _, err := s.Enter(t.Context(), one.try); got != nil || !errors.Is(err, one.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, want := range map[string]Invitation{"used": {Used: noon}, "revoked": {Revoked: noon}, "over": {Until: noon}, "open": {Until: noon.Add(1)}} {
			if got := want.State(noon); got != name {
				t.Errorf("%s is %s", name, got)
			}
		}
		var many *TooManyError
		for i := range 3 {
			_, _, err := s.Enter(t.Context(), Try{Code: drawnCode(t).Reveal(), From: stranger})
			if wrong := i < 2; wrong != errors.Is(err, ErrNoCase) || wrong == errors.As(err, &many) {
				t.Errorf("wrong code %d: %v", i+1, err)
			}
		}
	})
}
