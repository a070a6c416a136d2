package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// judge says what is wrong with a whole answer; nil where nothing is.
func (w *wire) judge(a answer, ex *exchange) *checks.Failure {
	switch {
	case a.status == http.StatusNoContent:
		return nil
	case a.status >= 200 && a.status < 300:
		return w.judgeBody(a)
	case a.status >= 300 && a.status < 400:
		f := w.failed(a, checks.FailNotJSON, wordRedirect)
		if u, err := url.Parse(a.header.Get("Location")); err == nil {
			f.Message = join(wordRedirect, u.Host)
		}
		return f
	}
	e, ok := readEnvelope(a)
	ex.details = e.details
	f := w.failed(a, checks.FailRequest, clean(e.message))
	f.Code, f.After = checks.Line(e.code, 100), retryAfter(a.header, w.o.Now())
	switch {
	case a.status == http.StatusTooManyRequests:
		f.Kind = checks.FailThrottled
	case a.status == http.StatusUnauthorized && (ok || a.header.Get("WWW-Authenticate") != ""):
		w.judgeSignIn(f, a)
	case a.status == http.StatusNetworkAuthenticationRequired:
		f.Kind, f.Message = checks.FailNotJSON, wordPortal
	case a.status == http.StatusProxyAuthRequired:
		f.Kind, f.Message = checks.FailUnreachable, join(wordProxy, e.message)
	case a.status == http.StatusRequestTimeout || a.status >= 500:
		f.Kind = checks.FailService
	case !ok:
		f.Kind, f.Message = checks.FailNotJSON, wordNoEnvelope
		if isHTML(a) {
			f.Message = wordPortal
		}
	default:
		judgeRefusal(f, e, ex)
	}
	return f
}

// judgeBody lets only whole JSON objects through. Kiota reads "[]" and "1" as
// an object without members, which would look like a tenant without grants.
func (w *wire) judgeBody(a answer) *checks.Failure {
	body := bytes.TrimLeft(a.body, " \t\r\n")
	switch {
	case len(body) == 0:
		return w.failed(a, checks.FailNotJSON, wordEmpty)
	case isHTML(a):
		return w.failed(a, checks.FailNotJSON, wordPortal)
	case body[0] == '{' && isJSON(a) && !json.Valid(body):
		return w.failed(a, checks.FailCut, wordCut)
	case body[0] != '{' || !isJSON(a):
		return w.failed(a, checks.FailNotJSON, wordNotJSON)
	}
	return nil
}

func isJSON(a answer) bool {
	t, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}

func isHTML(a answer) bool {
	t, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return t == "text/html" || t == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimLeft(a.body, " \t\r\n"), []byte("<"))
}

// envelope is Graph's error form (entra-facts §15).
type envelope struct {
	code, message string
	details       []string // inner codes, such as NoBackingApplicationObject
}

// readEnvelope reads it; ok is false where the body is no such form. The case
// of innerError varies, which encoding/json does not mind.
func readEnvelope(a answer) (e envelope, ok bool) {
	var p struct {
		Error *struct {
			Code       string                  `json:"code"`
			Message    string                  `json:"message"`
			Details    []struct{ Code string } `json:"details"`
			InnerError struct {
				Code string `json:"code"`
			} `json:"innerError"`
		} `json:"error"`
	}
	if !isJSON(a) || json.Unmarshal(a.body, &p) != nil || p.Error == nil || p.Error.Code == "" {
		return envelope{}, false
	}
	e = envelope{code: p.Error.Code, message: p.Error.Message}
	for _, d := range p.Error.Details {
		e.details = append(e.details, d.Code)
	}
	e.details = append(e.details, p.Error.InnerError.Code)
	return e, true
}

// judgeSignIn explains a 401 (entra-facts §15, §10 for the wrong cloud).
func (w *wire) judgeSignIn(f *checks.Failure, a answer) {
	f.Kind, f.Claims = checks.FailSignIn, claimsChallenge(a.header)
	said, low := f.Message, strings.ToLower(f.Message)
	switch {
	case f.Claims != "":
		f.Message = join(wordChallenge, said)
	case strings.Contains(low, "invalidcloudinstance") || strings.Contains(low, "cloud instance"):
		f.Message = join(wordOtherCloud, said)
	case strings.Contains(low, "not yet valid") && !strings.Contains(low, "expired"):
		f.Message = join(wordNotYet, said)
	case strings.Contains(low, "expired"):
		f.Message = join(wordExpired, said)
	default:
		f.Message = join(wordBadToken, said)
	}
	// A token's life is short: minutes of skew are enough for a refusal.
	if t, err := http.ParseTime(a.header.Get("Date")); err == nil {
		if skew := a.at.Sub(t); skew.Abs() >= 5*time.Minute {
			f.Message = checks.Line(wordClock(skew)+"; "+f.Message, maxMessage)
		}
	}
}

// licenceCodes say that the tenant lacks a licence (entra-facts §8; the second
// is what eligible roles answer with status 400, as public issue reports show:
// github.com/maester365/maester/issues/1421).
var licenceCodes = []string{"Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired"}

// absentCodes say that the directory has no such object (entra-facts §1, §15).
var absentCodes = []string{"Request_ResourceNotFound", "ResourceNotFound"}

// judgeRefusal explains a 4xx in Graph's own words.
func judgeRefusal(f *checks.Failure, e envelope, ex *exchange) {
	low := strings.ToLower(e.message)
	switch {
	case slices.Contains(licenceCodes, e.code),
		// How Conditional Access says it, without a code of its own [PUB].
		f.Status == http.StatusForbidden && e.code == "AccessDenied" && (strings.Contains(low, "licen") || strings.Contains(low, "premium")):
		f.Kind = checks.FailLicence
	case f.Status == http.StatusForbidden:
		judgeForbidden(f, e, ex)
	case f.Status == http.StatusNotFound:
		f.Kind = checks.FailNotFound
	case f.Status == http.StatusUnauthorized:
		f.Kind = checks.FailSignIn
	}
}

// judgeForbidden tells a missing scope from a missing role. Graph's answer is
// the same for both, so the token that was sent is asked what it holds
// (entra-facts §15: decode scp and wids of own token before blaming).
func judgeForbidden(f *checks.Failure, e envelope, ex *exchange) {
	f.Kind = checks.FailDenied
	n, c := ex.need, ex.claims
	switch {
	case e.code == "Authentication_MSGraphPermissionMissing", strings.Contains(e.message, "PermissionScopeNotGranted"),
		strings.Contains(e.message, "required scopes are missing in the token"):
		// How role management and Conditional Access say it, inside their messages.
		f.Kind, f.Missing = checks.FailScope, slices.Clone(n.scopes)
	case c.opaque || len(n.scopes) == 0:
		// Nothing to go by.
	case n.lacking(c.scopes) != nil:
		f.Kind, f.Missing = checks.FailScope, n.lacking(c.scopes)
	case c.appOwn || c.wids == nil || len(n.roles) == 0:
		// An app has no role to lack; an absent claim says nothing (§9).
	case !slices.ContainsFunc(n.roles, func(r role) bool { return containsFold(c.wids, r.template) }):
		f.Kind, f.Missing = checks.FailRole, roleNames(n.roles)
	}
}

// stopped is the failure of a request that ctx ended.
func stopped(ctx context.Context) *checks.Failure {
	if errors.Is(context.Cause(ctx), errTotal) {
		return &checks.Failure{Kind: checks.FailUnreachable, Message: clean(errTotal.Error())}
	}
	return &checks.Failure{Kind: checks.FailCancelled, Message: wordCancelled}
}
