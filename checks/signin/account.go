package signin

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// claims are the members of an access token that we read. Microsoft calls
// access tokens opaque to clients; reading our own helps to tell a missing scope
// from a missing role (entra-facts §15) and decides nothing that Graph does not
// decide again.
type claims struct {
	Tid       string   `json:"tid"`
	Oid       string   `json:"oid"`
	UPN       string   `json:"upn"`
	Unique    string   `json:"unique_name"`
	Preferred string   `json:"preferred_username"`
	AppID     string   `json:"appid"`
	Azp       string   `json:"azp"`
	Aud       audience `json:"aud"`
	Scp       string   `json:"scp"`
	Roles     []string `json:"roles"`
	Wids      []string `json:"wids"`
	IDType    string   `json:"idtyp"`
	Exp       float64  `json:"exp"`
	Nbf       float64  `json:"nbf"`
}

// audience is a string, or rarely a list of them.
type audience []string

// UnmarshalJSON reads both forms.
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// cloud is the cloud whose Graph the audience names; empty where it names none,
// as the application id of Graph does, which is the same in every cloud.
func (a audience) cloud() checks.Cloud {
	for _, one := range a {
		for _, e := range checks.Clouds() {
			if strings.EqualFold(strings.TrimRight(one, "/"), e.Graph) {
				return e.Cloud
			}
		}
	}
	return ""
}

// decode reads a token's payload without checking its signature: it is our own
// token, in hand, and only Graph can say whether it is good. ok is false for a
// token that is no JWT.
func decode(raw string) (c claims, ok bool) {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return claims{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(payload, &c) != nil {
		return claims{}, false
	}
	return c, true
}

// accountOf is what a token says of itself, cleaned.
func accountOf(token Secret) checks.Account {
	c, ok := decode(token.Reveal())
	if !ok {
		return checks.Account{Opaque: true}
	}
	a := checks.Account{
		TenantID: checks.Line(strings.ToLower(c.Tid), 64),
		ObjectID: checks.Line(strings.ToLower(c.Oid), 64),
		UPN:      checks.Line(cmp.Or(c.UPN, c.Preferred, c.Unique), 254),
		ClientID: checks.Line(strings.ToLower(cmp.Or(c.AppID, c.Azp)), 64),
		Cloud:    c.Aud.cloud(),
		Scopes:   cleaned(strings.Fields(c.Scp)),
		RoleIDs:  cleaned(c.Wids),
		AppOnly:  c.IDType == "app" || c.IDType == "" && c.Scp == "" && len(c.Roles) > 0,
		Personal: strings.EqualFold(c.Tid, checks.PersonalTenant),
		Expires:  unix(c.Exp),
	}
	if a.AppOnly {
		a.Scopes = cleaned(c.Roles)
	}
	return a
}

// unix is a time of a token. Anything outside four-digit years is none.
func unix(sec float64) time.Time {
	if sec <= 0 || sec > 253402300799 {
		return time.Time{}
	}
	return time.Unix(int64(sec), 0).UTC()
}

// cleaned keeps nil apart from empty: an absent claim says nothing, an empty one
// says none.
func cleaned(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, checks.Line(s, 120))
	}
	return out
}

// AccountReader serves checks.PartAccount: what the token in hand says of
// itself. It asks nobody.
type AccountReader struct {
	session Session
	now     func() time.Time
}

// NewAccountReader reads the account of s; nil means that nobody signed in. now
// is time.Now where nil.
func NewAccountReader(s Session, now func() time.Time) *AccountReader {
	if now == nil {
		now = time.Now
	}
	return &AccountReader{session: s, now: now}
}

// Serves lists the part that Read delivers.
func (r *AccountReader) Serves() []checks.Part { return []checks.Part{checks.PartAccount} }

// Read lands the account, or the failure that nobody signed in.
func (r *AccountReader) Read(_ context.Context, _ checks.Query, parts []checks.Part, land func(checks.Piece)) {
	if !slices.Contains(parts, checks.PartAccount) {
		return
	}
	l := checks.Look[checks.Account]{At: r.now()}
	if r.session == nil {
		l.Failure = &checks.Failure{Kind: checks.FailNoAccess, Message: wordsNobody}
	} else {
		l.Read, l.Value = true, r.session.Account()
		l.Seen = []checks.Evidence{{Source: "token", Request: wordsDecoded, At: l.At, Value: sayAccount(l.Value)}}
	}
	land(checks.NewPiece(checks.PartAccount, l, func(s *checks.Snapshot) *checks.Look[checks.Account] { return &s.Account }))
}

// sayAccount is the evidence in a line.
func sayAccount(a checks.Account) string {
	if a.Opaque {
		return wordsOpaque
	}
	who := a.UPN
	if who == "" {
		who = cmp.Or(a.ObjectID, a.ClientID)
	}
	return checks.Line(who+" of tenant "+a.TenantID+" by client "+a.ClientID+", scopes: "+strings.Join(a.Scopes, " "), 300)
}
