package signin

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

func TestAccountOf(t *testing.T) {
	t.Parallel()
	at := time.Unix(1795190400, 0).UTC()
	for name, tt := range map[string]struct {
		claims map[string]any
		want   checks.Account
	}{
		"user": {
			map[string]any{"tid": "T", "oid": "O", "upn": "a@b", "appid": "C", "scp": "User.Read  Mail.Read", "wids": []string{"w"}, "exp": at.Unix()},
			checks.Account{TenantID: "t", ObjectID: "o", UPN: "a@b", ClientID: "c", Scopes: []string{"User.Read", "Mail.Read"}, RoleIDs: []string{"w"}, Expires: at},
		},
		"v2": {
			map[string]any{"preferred_username": "a@b", "azp": "c", "wids": []string{}, "scp": "x"},
			checks.Account{UPN: "a@b", ClientID: "c", Scopes: []string{"x"}, RoleIDs: []string{}},
		},
		"guest":    {map[string]any{"unique_name": "live.com#a@b", "scp": "x"}, checks.Account{UPN: "live.com#a@b", Scopes: []string{"x"}}},
		"personal": {map[string]any{"tid": strings.ToUpper(checks.PersonalTenant), "scp": "x"}, checks.Account{TenantID: checks.PersonalTenant, Scopes: []string{"x"}, Personal: true}},
		"app":      {map[string]any{"idtyp": "app", "roles": []string{"Directory.Read.All"}}, checks.Account{AppOnly: true, Scopes: []string{"Directory.Read.All"}}},
		"old app":  {map[string]any{"roles": []string{"Directory.Read.All"}}, checks.Account{AppOnly: true, Scopes: []string{"Directory.Read.All"}}},
		"escapes":  {map[string]any{"upn": "a\x1b]0;x\x07@b\u202e", "scp": "x"}, checks.Account{UPN: "a@b\uFFFD", Scopes: []string{"x"}}},
		"far away": {map[string]any{"exp": 1e300, "scp": "x"}, checks.Account{Scopes: []string{"x"}}},
		"empty":    {map[string]any{}, checks.Account{Scopes: []string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := accountOf(NewSecret(jwt(tt.claims))); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %#v\nwant %#v", got, tt.want)
			}
		})
	}
	for _, raw := range []string{"", "opaque", "a.b.c", "eyJ9.eyJ9.x", "..", "a." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".c"} {
		if got := accountOf(NewSecret(raw)); !got.Opaque {
			t.Errorf("%q gave %+v", raw, got)
		}
	}
}

func TestAccountReader(t *testing.T) {
	t.Parallel()
	s, err := Stdin(t.Context(), strings.NewReader(graphToken(time.Now(), nil)), TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var snap checks.Snapshot
	read := func(r *AccountReader, parts ...checks.Part) (n int) {
		r.Read(t.Context(), checks.Query{}, parts, func(p checks.Piece) { n++; p.Into(&snap) })
		return n
	}
	r := NewAccountReader(s, nil)
	if n := read(r, checks.PartMe); n != 0 {
		t.Errorf("%d parts landed that are not served", n)
	}
	if n := read(r, r.Serves()...); n != 1 || !snap.Account.Read || snap.Account.Value.UPN != admin {
		t.Errorf("landed %d: %+v", n, snap.Account)
	}
	if e := snap.Account.Seen; len(e) != 1 || e[0].Source != "token" || !strings.Contains(e[0].Value, admin) || strings.Contains(fmt.Sprint(e), "eyJ") {
		t.Errorf("evidence %+v", e)
	}
	snap = checks.Snapshot{}
	if n := read(NewAccountReader(nil, time.Now), checks.PartAccount); n != 1 || snap.Account.Read || snap.Account.Failure.Kind != checks.FailNoAccess {
		t.Errorf("nobody: %d %+v", n, snap.Account)
	}
}
