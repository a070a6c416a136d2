package signin

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"onboard.example/checks"
)

// realmUser stands before the @ when a domain's realm is asked: the answer is
// the domain's, and nobody's own name needs to travel for it.
const realmUser = "user"

// realmUnknown is what is said of a domain that nobody knows.
const realmUnknown = "Unknown"

// userRealm is getuserrealm.srf's answer as far as we read it (entra-facts §10
// [K]).
type userRealm struct {
	Type  string `json:"NameSpaceType"`
	Brand string `json:"FederationBrandName"`
	Auth  string `json:"AuthURL"`

	refusal
}

// saidRealm is what one sign-in host said of a domain's realm.
type saidRealm struct {
	realm   checks.Realm
	failure *checks.Failure
	seen    checks.Evidence
}

// realm asks every host and believes the chosen cloud's, else the first that
// knows the domain.
func (d *Discoverer) realm(ctx context.Context, q checks.Query) (l checks.Look[checks.Realm]) {
	defer func() { l.At = d.ask.now() }()
	domain, err := ParseDomain(q.Domain)
	if err != nil {
		l.Failure = inputFailure(err)
		return l
	}
	roots := slices.Clone(d.roots)
	slices.SortStableFunc(roots, func(a, b root) int {
		return order(slices.Contains(a.clouds, q.Cloud)) - order(slices.Contains(b.clouds, q.Cloud))
	})
	all := each(ctx, roots, d.straggle, func(ctx context.Context, r root) (saidRealm, bool) {
		s := d.realmAt(ctx, r, domain)
		return s, s.failure == nil && s.realm.Type != realmUnknown
	})
	for _, s := range all {
		l.Seen = append(l.Seen, s.seen)
		switch {
		case s.failure != nil && l.Failure == nil && !l.Read:
			l.Failure = s.failure
		case s.failure == nil && (!l.Read || l.Value.Type == realmUnknown && s.realm.Type != realmUnknown):
			l.Read, l.Value, l.Failure = true, s.realm, nil
		}
	}
	return l
}

func order(first bool) int {
	if first {
		return 0
	}
	return 1
}

func (d *Discoverer) realmAt(ctx context.Context, r root, domain string) saidRealm {
	ask := url.Values{"login": {realmUser + "@" + domain}, "json": {"1"}}
	var doc userRealm
	got := d.ask.json(ctx, r.base+"/getuserrealm.srf?"+ask.Encode(), r.hosts[len(r.hosts)-1], &doc)
	switch {
	case got.failure != nil:
		return saidRealm{failure: got.failure, seen: got.evidence(got.failure.Error())}
	case got.status != http.StatusOK:
		f := doc.failure(got)
		return saidRealm{failure: f, seen: got.evidence(f.Error())}
	case doc.Type == "":
		f := &checks.Failure{Kind: checks.FailNotJSON, Status: got.status, Message: wordsNoRealm, RequestID: got.requestID}
		return saidRealm{failure: f, seen: got.evidence(f.Error())}
	}
	out := checks.Realm{Type: checks.Line(doc.Type, 40), Brand: checks.Line(doc.Brand, 120)}
	if u, err := url.Parse(doc.Auth); err == nil {
		out.Host = checks.Line(u.Hostname(), 253)
	}
	return saidRealm{realm: out, seen: got.evidence(out.Type)}
}
