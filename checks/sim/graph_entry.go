package sim

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// How a call gets in: its token, its body, its tenant.

// maxBody bounds a request's body, also once unpacked.
const maxBody = 1 << 20

// authenticate reads the bearer token. Whatever is wrong with it, Graph's code
// is InvalidAuthenticationToken (entra-facts §15).
func (s *Sim) authenticate(r *http.Request) (claims, error) {
	bad := func(message string) error {
		return &graphError{http.StatusUnauthorized, "InvalidAuthenticationToken", message}
	}
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(raw) == "" {
		return claims{}, bad("Access token is empty.")
	}
	cl, err := s.verify(strings.TrimSpace(raw))
	switch {
	case errors.Is(err, errTokenExpired):
		return claims{}, bad("Lifetime validation failed, the token is expired.")
	case errors.Is(err, errTokenSignature):
		return claims{}, bad("Signature validation failed.")
	case errors.Is(err, errTokenEarly):
		return claims{}, bad("Lifetime validation failed, the token is not yet valid.")
	case err != nil:
		return claims{}, bad("IDX14100: JWT is not well formed, there are no dots (.).")
	}
	if !graphAudience(cl.Aud) {
		return claims{}, bad("Access token validation failure. Invalid audience.")
	}
	return cl, nil
}

// audienceAt says whether a token that was made for Graph was made for this one:
// each cloud's has a name of its own (entra-facts §10).
func audienceAt(aud string, p place) bool {
	if p.clouds == nil || strings.EqualFold(strings.TrimSuffix(aud, "/"), graphAppID) {
		return true
	}
	return slices.ContainsFunc(p.clouds, func(c Cloud) bool {
		return strings.EqualFold(strings.TrimSuffix(aud, "/"), "https://"+cloudTable[c].msHost)
	})
}

// graphAudience says whether a token was made for Graph, in any cloud.
func graphAudience(aud string) bool {
	aud = strings.TrimSuffix(aud, "/")
	if strings.EqualFold(aud, graphAppID) {
		return true
	}
	for _, f := range cloudTable {
		if strings.EqualFold(aud, "https://"+f.msHost) {
			return true
		}
	}
	return false
}

// readBody reads and, if need be, unpacks the body.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	in := io.LimitReader(r.Body, maxBody+1)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, badRequest("the body is not gzip")
		}
		in = io.LimitReader(z, maxBody+1)
	}
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, in); err != nil {
		return nil, badRequest("the body could not be read")
	}
	if buf.Len() > maxBody {
		return nil, &graphError{http.StatusRequestEntityTooLarge, "Request_BadRequest", "The request body is too large."}
	}
	return buf.Bytes(), nil
}

// place finds the tenant and the account that the token speaks for.
func (c *graphCall) place(tenant string) error {
	bad := &graphError{http.StatusUnauthorized, "InvalidAuthenticationToken", "The token's tenant or identity is not known here."}
	c.t = c.w.tenantFor(c.claims.Tid, nil)
	if c.t == nil {
		return bad
	}
	if !placeOf(c.r).sees(c.t.Cloud) {
		// Wrong cloud (entra-facts §10 [PUB]).
		return &graphError{http.StatusUnauthorized, "InvalidAuthenticationToken", "InvalidCloudInstance: the token was issued by another cloud."}
	}
	if !audienceAt(c.claims.Aud, placeOf(c.r)) {
		return &graphError{http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience."}
	}
	if tenant != "" && !strings.EqualFold(tenant, c.t.ID) && !c.t.hasDomain(tenant) {
		return denied()
	}
	if c.claims.IDType == "app" || c.claims.Oid == "" {
		return nil
	}
	if c.u = c.t.userByID(c.claims.Oid); c.u == nil || c.u.Disabled {
		if c.t.serviceByID(c.claims.Oid) != nil {
			c.u = nil
			return nil
		}
		return bad
	}
	return nil
}
