package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"onboard.example/checks"
)

// defaultProbePatience is how long a probe may take in all: it decides nothing
// that Graph does not decide better.
const defaultProbePatience = 20 * time.Second

// ProberOptions say as whom to ask, and how to reach Microsoft's sign-in.
type ProberOptions struct {
	// Discoverer finds the tenant's id: a probe never asks common.
	Discoverer *Discoverer
	Credential Credential
	Transport  http.RoundTripper // default http.DefaultTransport
	LoginURL   string            // stands in for the cloud's sign-in host
	Now        func() time.Time  // default time.Now
	Patience   time.Duration     // default 20 seconds
}

// Prober asks the token endpoint of the customer's tenant for a token of the
// app's own, with the vendor's credential, and throws the token away: what counts
// is the answer (entra-facts §12). It serves checks.PartProbe, writes nothing,
// and is safe for use by several goroutines.
type Prober struct{ o ProberOptions }

// NewProber returns a Prober, or an *InputError for a login URL that can not be
// used.
func NewProber(o ProberOptions) (*Prober, error) {
	if _, err := parseLogin(o.LoginURL, ""); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience <= 0 {
		o.Patience = defaultProbePatience
	}
	return &Prober{o}, nil
}

// Serves lists the part that Read delivers.
func (p *Prober) Serves() []checks.Part { return []checks.Part{checks.PartProbe} }

// Read asks once and lands the answer, or why there is none.
func (p *Prober) Read(ctx context.Context, q checks.Query, parts []checks.Part, land func(checks.Piece)) {
	if !slices.Contains(parts, checks.PartProbe) {
		return
	}
	l := p.Ask(ctx, q, func() *checks.Failure { return nil })
	land(checks.NewPiece(checks.PartProbe, l, func(s *checks.Snapshot) *checks.Look[checks.Probe] { return &s.Probe }))
}

// Ask is Read of one question. Once the tenant is known, and before the credential is
// used, may says why it may not be: then that is the answer.
func (p *Prober) Ask(ctx context.Context, q checks.Query, may func() *checks.Failure) checks.Look[checks.Probe] {
	l := p.probe(ctx, q, may)
	l.At = p.o.Now()
	return l
}

func (p *Prober) probe(ctx context.Context, q checks.Query, may func() *checks.Failure) (l checks.Look[checks.Probe]) {
	if !checks.IsGUID(q.App.ClientID) {
		l.Failure = &checks.Failure{Kind: checks.FailNoClientID}
		return l
	}
	limited, cancel := context.WithTimeout(ctx, p.o.Patience)
	defer cancel()
	t, failure := p.tenant(limited, q)
	if failure == nil {
		failure = may()
	}
	if failure != nil {
		l.Failure = failure
		return l
	}
	at, err := parseLogin(p.o.LoginURL, t.Cloud)
	if err != nil {
		l.Failure = inputFailure(err)
		return l
	}
	ends, _ := checks.EndpointsOf(t.Cloud)
	a := asking{
		endpoint: at.base + "/" + t.TenantID + "/oauth2/v2.0/token", authority: at.base + "/" + t.TenantID,
		stand: at.stand, scope: ends.Graph + "/.default", clientID: q.App.ClientID, tenant: t.TenantID,
	}
	seen := &lastExchange{next: bounded{orDefault(p.o.Transport)}}
	err = a.token(limited, p.o.Credential, seen)
	ev := checks.Evidence{
		Source: checks.SourceLogin, Request: checks.ProbeRequest(a.endpoint, a.clientID, a.scope, p.o.Credential.proof), At: p.o.Now(),
	}
	l.Value, l.Failure = a.judge(ctx, seen, err)
	l.Read = l.Failure == nil
	seen.forget()
	ev.RequestID = seen.requestID()
	switch v := l.Value; {
	case l.Failure != nil:
		ev.Value = l.Failure.Error()
	case v.Answer == checks.ProbeThere && len(v.Roles) > 0:
		ev.Value = wordsProbeRoles + strings.Join(v.Roles, " ")
	case v.Answer == checks.ProbeThere:
		ev.Value = wordsProbeToken
	default:
		ev.Value = v.Code
	}
	ev.Value = checks.Line(ev.Value, 200)
	l.Seen = []checks.Evidence{ev}
	return l
}

// tenant finds the one tenant that the domain means.
func (p *Prober) tenant(ctx context.Context, q checks.Query) (checks.CloudTenant, *checks.Failure) {
	l := p.o.Discoverer.discover(ctx, q)
	if l.Failure != nil {
		return checks.CloudTenant{}, l.Failure
	}
	found := slices.DeleteFunc(slices.Clone(l.Value.Found), func(t checks.CloudTenant) bool { return q.Cloud != "" && !sameLogin(t.Cloud, q.Cloud) })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return checks.CloudTenant{}, &checks.Failure{Kind: checks.FailNotAsked, Message: wordsProbeNoTenant}
	default:
		return checks.CloudTenant{}, &checks.Failure{Kind: checks.FailNotAsked, Message: wordsProbeClouds}
	}
}

// sameLogin reports clouds behind one sign-in host, as the public one and GCC are.
func sameLogin(a, b checks.Cloud) bool {
	x, ok := checks.EndpointsOf(a)
	y, known := checks.EndpointsOf(b)
	return ok && known && x.Login == y.Login && x.Graph == y.Graph
}

// asking is one probe.
type asking struct {
	authority, endpoint string
	stand               bool // the host stands in for Microsoft's
	clientID, tenant    string
	scope               string
}

// token has MSAL ask. Its client is made for this one question, so nothing is
// kept of the token and nothing old is answered.
func (a asking) token(ctx context.Context, c Credential, seen *lastExchange) error {
	cred, err := c.reveal()
	if err != nil {
		return fmt.Errorf("use the credential: %w", err)
	}
	how := []confidential.Option{
		confidential.WithHTTPClient(&http.Client{
			Transport: seen, Timeout: requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		confidential.WithInstanceDiscovery(!a.stand),
	}
	if c.cert {
		how = append(how, confidential.WithX5C()) // registrations by subject name want the chain
	}
	m, err := confidential.New(a.authority, a.clientID, cred, how...)
	if err != nil {
		return fmt.Errorf("use the credential: %w", err)
	}
	_, err = m.AcquireTokenByCredential(ctx, []string{a.scope})
	return err //nolint:wrapcheck // judged by what was seen on the wire; its text goes nowhere
}

// lastExchange keeps the last answer that came in, since MSAL's errors hold it
// only in part and its successes not at all.
type lastExchange struct {
	next http.RoundTripper

	mu     sync.Mutex
	path   string
	status int
	header http.Header
	body   []byte
	err    error
}

// RoundTrip sends a request and keeps what comes back.
func (x *lastExchange) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := x.next.RoundTrip(r)
	var body []byte
	if err == nil {
		body, err = readAll(resp.Body, maxAnswer)
		_ = resp.Body.Close()
	}
	if err != nil {
		err = &url.Error{Op: r.Method, URL: r.URL.Scheme + "://" + r.URL.Host, Err: err}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.forgetBody()
	x.path, x.err, x.status, x.header = r.URL.Path, err, 0, nil
	if err != nil {
		return nil, err
	}
	x.status, x.header, x.body = resp.StatusCode, resp.Header, body
	resp.Body = io.NopCloser(bytes.NewReader(bytes.Clone(body)))
	return resp, nil
}

// CloseIdleConnections lets http.Client pass the wish on.
func (x *lastExchange) CloseIdleConnections() {
	if c, ok := x.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (x *lastExchange) forgetBody() { clear(x.body); x.body = nil }

// forget overwrites the token that may be in the answer.
func (x *lastExchange) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.forgetBody()
}

func (x *lastExchange) requestID() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return checks.Line(x.header.Get("x-ms-request-id"), 64)
}

func orDefault(rt http.RoundTripper) http.RoundTripper {
	if rt == nil {
		return http.DefaultTransport
	}
	return rt
}

// judge says what the last answer means. MSAL's error is looked at only where
// there was none at all.
func (a asking) judge(ctx context.Context, x *lastExchange, msalErr error) (checks.Probe, *checks.Failure) {
	x.mu.Lock()
	defer x.mu.Unlock()
	none := checks.Probe{}
	switch {
	case x.path == "": // nothing was sent: MSAL could not sign with it
		return none, &checks.Failure{Kind: checks.FailCredential, Message: wordsProbeUnused}
	case x.err != nil:
		return none, netFailure(ctx, x.err)
	}
	f := &checks.Failure{Status: x.status, RequestID: checks.Line(x.header.Get("x-ms-request-id"), 64), After: retryAfter(x.header)}
	var reply struct {
		Token string `json:"access_token"`
		refusal
	}
	isJSON := json.Unmarshal(x.body, &reply) == nil
	token := strings.HasSuffix(x.path, "/oauth2/v2.0/token")
	switch {
	case x.status == http.StatusTooManyRequests:
		f.Kind, f.Message = checks.FailThrottled, wordsThrottled
	case x.status >= http.StatusInternalServerError:
		f.Kind, f.Message = checks.FailService, wordsService
	case isJSON && token && x.status == http.StatusOK && msalErr == nil:
		return a.granted(reply.Token, f)
	case isJSON && reply.OAuth != "" && x.status >= 400:
		return a.refused(reply.refusal, f)
	default:
		f.Kind, f.Message = checks.FailNotJSON, notMicrosoft(x.status, x.header, x.body)
		if isJSON && token {
			f.Message = wordsProbeNoToken
		}
	}
	return none, f
}

// granted reads a token as far as the answer goes: it must be for this tenant
// and this app, and its roles are what was granted on Microsoft Graph.
func (a asking) granted(token string, f *checks.Failure) (checks.Probe, *checks.Failure) {
	if token == "" {
		f.Kind, f.Message = checks.FailNotJSON, wordsProbeNoToken
		return checks.Probe{}, f
	}
	p := checks.Probe{TenantID: a.tenant, Answer: checks.ProbeThere}
	c, ok := decode(token)
	if !ok {
		p.Opaque = true
		return p, nil
	}
	app := c.AppID
	if app == "" {
		app = c.Azp
	}
	if !strings.EqualFold(c.Tid, a.tenant) || !strings.EqualFold(app, a.clientID) {
		f.Kind, f.Message = checks.FailNotJSON, wordsProbeOther
		return checks.Probe{}, f
	}
	p.Roles = cleaned(c.Roles[:min(len(c.Roles), 200)])
	return p, nil
}

// refused tells an answer about the tenant from one about the credential. 7000229
// comes as invalid_client too, so the numbers are looked at first (entra-facts §12).
func (a asking) refused(r refusal, f *checks.Failure) (checks.Probe, *checks.Failure) {
	r.fill(f)
	f.Claims = "" // a challenge for an app is nothing that a person could answer
	p := checks.Probe{TenantID: a.tenant, Code: f.Code}
	n := r.number()
	answer, about := probeAnswers[n]
	switch {
	case about:
		p.Answer = answer
		return p, nil
	case slices.Contains(badCredential, n), n == 0 && (r.OAuth == "invalid_client" || r.OAuth == "unauthorized_client"):
		f.Kind = checks.FailCredential
	case r.OAuth == "temporarily_unavailable", r.OAuth == "server_error":
		f.Kind = checks.FailService
	case r.OAuth == "invalid_client": // of a number that nobody listed, and still about the proof
		f.Kind = checks.FailCredential
	default:
		f.Kind = checks.FailRequest
	}
	if f.Message == "" {
		f.Message = wordsRefused + strconv.Itoa(f.Status)
	}
	return checks.Probe{}, f
}

// probeAnswers are the numbers that say something about the tenant (entra-facts
// §12, §13: names in facts/aadsts.csv). 501051 is an API that wants the app
// assigned, 50105 the same of people, 53003 and 530032 a policy.
var probeAnswers = map[int]checks.ProbeAnswer{
	7000229: checks.ProbeAbsent,
	700016:  checks.ProbeStrange, 700011: checks.ProbeStrange, 70001: checks.ProbeStrange, 700038: checks.ProbeStrange,
	90002: checks.ProbeNoTenant, 900021: checks.ProbeNoTenant, 900023: checks.ProbeNoTenant,
	7000112: checks.ProbeOff,
	501051:  checks.ProbeHeld, 50105: checks.ProbeHeld, 53003: checks.ProbeHeld, 530032: checks.ProbeHeld,
}

// badCredential are the numbers that say that the vendor's own proof is no good,
// and nothing about the customer (entra-facts §12; facts/aadsts.csv
// client-credential; 50012, 50027, 700024 are general knowledge: a signature that
// does not hold, or is of another time).
var badCredential = []int{
	7000215, 7000222, 700027, 700030, 7000216, 7000218, 70002, 50012, 50027, 700024, 700021, 700023, 700025, 700213, 700229,
}
