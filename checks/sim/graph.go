package sim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// maxBody bounds a request's body, also once unpacked.
const maxBody = 1 << 20

// graphError is an answer in Graph's error envelope.
type graphError struct {
	status  int
	code    string
	message string
}

func (e *graphError) Error() string { return e.code + ": " + e.message }

// badRequest is what Graph says to what it does not understand.
func badRequest(format string, args ...any) *graphError {
	return &graphError{http.StatusBadRequest, "Request_BadRequest", fmt.Sprintf(format, args...)}
}

func notFound(kind, id string) *graphError {
	return &graphError{
		http.StatusNotFound, "Request_ResourceNotFound",
		fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present. (%s)", id, kind),
	}
}

func denied() *graphError {
	return &graphError{http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."}
}

func unsupported(format string, args ...any) *graphError {
	return &graphError{http.StatusBadRequest, "Request_UnsupportedQuery", fmt.Sprintf(format, args...)}
}

// obj is one JSON object of an answer.
type obj map[string]any

// graphReply is what a Graph call comes to. A nil body is written as no body.
type graphReply struct {
	status int
	body   any
}

// graphCall is one request to Graph with all that deciding it needs.
type graphCall struct {
	s      *Sim
	r      *http.Request
	w      *World
	t      *Tenant
	u      *User // nil for an app's own token
	claims claims
	keys   []key
	query  url.Values
	body   []byte
	root   string // the URL up to and with the version, as the client wrote it
	now    time.Time
}

// serveGraph answers one call to Graph.
func (s *Sim) serveGraph(w http.ResponseWriter, r *http.Request) {
	stampIDs(w, r)
	status, body, err := s.graphAnswer(r)
	if err != nil {
		var ge *graphError
		if !errors.As(err, &ge) {
			ge = &graphError{http.StatusInternalServerError, "generalException", err.Error()}
		}
		if ge.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(
				`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="%s"`, placeOf(r).base(), graphAppID))
		}
		writeGraphError(w, r, s.now(), ge)
		return
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	metadata := "minimal"
	if metadataNone(r) {
		metadata = "none"
	}
	w.Header().Set("Content-Type", "application/json;odata.metadata="+metadata+
		";odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// stampIDs gives the answer the ids by which Microsoft's support finds it.
func stampIDs(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if h.Get("request-id") != "" {
		return
	}
	h.Set("request-id", uuid.NewString())
	client := r.Header.Get("client-request-id")
	if !isGUID(client) {
		client = h.Get("request-id")
	}
	h.Set("client-request-id", client)
	h.Set("Cache-Control", "no-cache")
}

func writeGraphError(w http.ResponseWriter, r *http.Request, now time.Time, e *graphError) {
	stampIDs(w, r)
	body, err := json.Marshal(obj{"error": obj{
		"code": e.code, "message": e.message,
		"innerError": obj{
			"date":       now.UTC().Format("2006-01-02T15:04:05"),
			"request-id": w.Header().Get("request-id"), "client-request-id": w.Header().Get("client-request-id"),
		},
	}})
	if err != nil {
		body = []byte(`{"error":{"code":"generalException"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status)
	_, _ = w.Write(body)
}

func metadataNone(r *http.Request) bool {
	return strings.Contains(strings.ToLower(r.Header.Get("Accept")), "odata.metadata=none")
}

// graphAnswer authenticates, routes and runs one call. The body is ready JSON.
func (s *Sim) graphAnswer(r *http.Request) (int, []byte, error) {
	cl, err := s.authenticate(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return 0, nil, err
	}
	path, err := splitPath(r.URL)
	if err != nil {
		return 0, nil, err
	}
	if len(path.parts) == 1 && strings.EqualFold(path.parts[0].name, "$batch") {
		out, err := s.batch(r, body)
		return http.StatusOK, out, err
	}
	c := &graphCall{s: s, r: r, w: s.world, claims: cl, body: body, now: s.now(), root: placeOf(r).base() + "/" + path.version}
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return 0, nil, badRequest("the query cannot be read: %v", err)
	}
	rt, keys, err := findRoute(r.Method, path.parts)
	if err != nil {
		return 0, nil, err
	}
	c.keys = keys
	if rt.write() {
		s.world.mu.Lock()
		defer s.world.mu.Unlock()
	} else {
		s.world.mu.RLock()
		defer s.world.mu.RUnlock()
	}
	if err := c.place(path.tenant); err != nil {
		return 0, nil, err
	}
	if err := c.allowed(rt); err != nil {
		return 0, nil, err
	}
	if err := c.checkQuery(rt); err != nil {
		return 0, nil, err
	}
	return c.run(rt)
}

// run calls the handler and writes its answer down while the world is held.
func (c *graphCall) run(rt *graphRoute) (int, []byte, error) {
	a, err := rt.handle(c)
	if err != nil {
		return 0, nil, err
	}
	if a.body == nil {
		return a.status, nil, nil
	}
	if o, ok := a.body.(obj); ok && metadataNone(c.r) {
		delete(o, "@odata.context")
	}
	out, err := json.Marshal(a.body)
	if err != nil {
		return 0, nil, fmt.Errorf("write the answer: %w", err)
	}
	return a.status, out, nil
}

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
	var in io.Reader = io.LimitReader(r.Body, maxBody+1)
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

// decode reads a JSON body strictly into a map and checks the members' names.
func (c *graphCall) decode(known ...string) (map[string]json.RawMessage, error) {
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(c.body, &m); err != nil {
		return nil, badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	for _, name := range sortedKeys(m) {
		if strings.HasPrefix(name, "@odata.") {
			delete(m, name)
			continue
		}
		if !contains(known, name) {
			return nil, badRequest("Invalid property '%s'.", name)
		}
	}
	return m, nil
}

// member reads one member of a body; absent leaves into alone.
func member(m map[string]json.RawMessage, name string, into any) error {
	raw, ok := m[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return badRequest("The value of property '%s' has the wrong type.", name)
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// clone copies what a pointer points to.
func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
