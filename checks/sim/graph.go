package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

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

// graphDone is an answer ready to be sent: its JSON, and where to find what was
// made (OData 4.01 §8.3.3).
type graphDone struct {
	status int
	body   []byte
	at     string
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
	root   string // the URL up to and with the version
	now    time.Time
	level  string // of metadata: none, minimal, full
	of     string // the first segment of the path
	// counting is for …/$count: the list is answered as its length.
	counting bool
}

// graphRoot is the address up to and with the version that was asked for: links
// and contexts of an answer to /beta stay in /beta, whose metadata a client of it
// has, though what they lead to looks as in v1.0.
func graphRoot(r *http.Request) string {
	version, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return placeOf(r).base() + "/" + strings.ToLower(version)
}

// serveGraph answers one call to Graph.
func (s *Sim) serveGraph(w http.ResponseWriter, r *http.Request) {
	stampIDs(w, r)
	if s.aboutGraph(w, r) {
		return
	}
	a, err := s.graphAnswer(r)
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
	if a.at != "" {
		w.Header().Set("Location", a.at)
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("OData-Version", "4.0")
	if isCount(r.URL) {
		w.Header().Set("Content-Type", "text/plain")
	} else {
		w.Header().Set("Content-Type", "application/json;odata.metadata="+metadataLevel(r)+
			";odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
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

// isCount says whether a URL asks for the length of a list.
func isCount(u *url.URL) bool {
	p := strings.TrimSuffix(strings.ToLower(u.EscapedPath()), "/")
	return strings.HasSuffix(p, "/$count") || strings.HasSuffix(p, "/%24count")
}

// graphAnswer authenticates, routes and runs one call.
func (s *Sim) graphAnswer(r *http.Request) (graphDone, error) {
	cl, err := s.authenticate(r)
	if err != nil {
		return graphDone{}, err
	}
	body, err := readBody(r)
	if err != nil {
		return graphDone{}, err
	}
	if err := checkMedia(r, body); err != nil {
		return graphDone{}, err
	}
	path, err := splitPath(r.URL)
	if err != nil {
		return graphDone{}, err
	}
	if path.isBatch() {
		out, err := s.batch(r, body)
		return graphDone{status: http.StatusOK, body: out}, err
	}
	c := &graphCall{s: s, r: r, w: s.world, claims: cl, body: body, now: s.now(), root: graphRoot(r), level: metadataLevel(r)}
	if c.query, err = queryOf(r.URL); err != nil {
		return graphDone{}, badRequest("the query cannot be read: %v", err)
	}
	parts := path.parts
	if c.counting = isCount(r.URL); c.counting {
		parts = parts[:len(parts)-1]
	}
	rt, keys, err := findRoute(r.Method, parts)
	if err != nil {
		return graphDone{}, err
	}
	c.keys, c.of = keys, rt.pattern[0]
	if err := c.checkCounting(rt); err != nil {
		return graphDone{}, err
	}
	if rt.write() {
		s.world.mu.Lock()
		defer s.world.mu.Unlock()
	} else {
		s.world.mu.RLock()
		defer s.world.mu.RUnlock()
	}
	if err := c.place(path.tenant); err != nil {
		return graphDone{}, err
	}
	if err := c.allowed(rt); err != nil {
		return graphDone{}, err
	}
	if err := c.checkQuery(rt); err != nil {
		return graphDone{}, err
	}
	return c.run(rt)
}

// queryOf reads a query. A semicolon parts nothing in OData: it stands within the
// options of $expand, and in media types.
func queryOf(u *url.URL) (url.Values, error) {
	return url.ParseQuery(strings.ReplaceAll(u.RawQuery, ";", "%3B"))
}

// checkCounting admits …/$count where the list has it, in an advanced query
// (entra-facts §15).
func (c *graphCall) checkCounting(rt *graphRoute) error {
	switch {
	case !c.counting:
		return nil
	case rt.list == nil || rt.list.noQuery:
		return badRequest("Resource not found for the segment '$count'.")
	case rt.list.directory && !strings.EqualFold(c.r.Header.Get("ConsistencyLevel"), "eventual"):
		return badRequest("$count is not currently supported without the header ConsistencyLevel: eventual.")
	}
	return nil
}

// run calls the handler and writes its answer down while the world is held.
func (c *graphCall) run(rt *graphRoute) (graphDone, error) {
	a, err := rt.handle(c)
	if err != nil {
		return graphDone{}, err
	}
	switch body := a.body.(type) {
	case nil:
		return graphDone{status: a.status}, nil
	case plainCount:
		return graphDone{status: a.status, body: []byte(strconv.Itoa(int(body)))}, nil
	}
	done := graphDone{status: a.status}
	if o, ok := a.body.(obj); ok && a.status == http.StatusCreated {
		id, _ := o["id"].(string)
		done.at = strings.TrimSuffix(c.here(), "/") + "/" + url.PathEscape(id)
		if rt.method == http.MethodPatch { // made by another key
			done.at = c.root + "/" + rt.pattern[0] + "/" + url.PathEscape(id)
		}
	}
	if c.level == "none" {
		a.body = bare(a.body)
	}
	if done.body, err = json.Marshal(a.body); err != nil {
		return graphDone{}, fmt.Errorf("write the answer: %w", err)
	}
	return done, nil
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

// clone copies what a pointer points to.
func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
