package sim

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBatch is the most parts one batch may have (entra-facts §15).
const maxBatch = 20

// batchPart is one request within a batch.
type batchPart struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// batchReply is the answer to one part.
type batchReply struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// batch answers each part by itself; the whole is 200 whatever the parts say.
func (s *Sim) batch(r *http.Request, body []byte) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, &graphError{http.StatusMethodNotAllowed, "Request_BadRequest", "A batch must be posted."}
	}
	var in struct {
		Requests []batchPart `json:"requests"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, unreadable()
	}
	if err := checkParts(in.Requests); err != nil {
		return nil, err
	}
	status := map[string]int{}
	var replies []batchReply
	for _, p := range in.Requests {
		reply := s.batchOne(r, p, status)
		status[p.ID] = reply.Status
		replies = append(replies, reply)
	}
	// Replies come in no order that a client may rely on (entra-facts §15).
	slices.Reverse(replies)
	return json.Marshal(map[string]any{"responses": replies})
}

// checkParts refuses a batch as a whole: too many parts (Graph's code and words,
// as its SDK prints them [PUB]), none, two of one id, one that depends on what does
// not come before it, and one that has a body and does not say what it is
// (ms-365-mcp-server issue 677 [PUB]).
func checkParts(parts []batchPart) error {
	switch {
	case len(parts) == 0:
		return unread("A batch must have at least one request.")
	case len(parts) > maxBatch:
		return &graphError{
			http.StatusBadRequest, "MaximumValueExceeded", fmt.Sprintf("Number of batch request steps exceeds the maximum value of %d.", maxBatch),
		}
	}
	seen := map[string]bool{}
	for i, p := range parts {
		if p.ID == "" || seen[p.ID] {
			return badRequest("Request %d has no id, or one that another request has.", i+1)
		}
		for _, id := range p.DependsOn {
			if !seen[id] {
				return badRequest("Request '%s' depends on '%s', which is not a request before it.", p.ID, id)
			}
		}
		seen[p.ID] = true
		named := slices.ContainsFunc(sortedKeys(p.Headers), func(h string) bool { return strings.EqualFold(h, "Content-Type") })
		if p.hasBody() && !named && !strings.EqualFold(p.Method, http.MethodDelete) {
			return unread("Write request with id '" + strings.ToValidUTF8(p.ID, "?") + "' does not contain a Content-Type header.")
		}
	}
	return nil
}

// hasBody says whether the part has one; some clients write null for none.
func (p batchPart) hasBody() bool {
	return len(p.Body) > 0 && !bytes.Equal(bytes.TrimSpace(p.Body), []byte("null"))
}

// batchOne answers one part.
func (s *Sim) batchOne(outer *http.Request, p batchPart, status map[string]int) batchReply {
	rec := newMemory()
	failed := slices.ContainsFunc(p.DependsOn, func(id string) bool { return status[id] >= http.StatusBadRequest })
	inner, err := partRequest(outer, p)
	switch {
	case failed:
		writeGraphError(rec, outer, s.now(), &graphError{http.StatusFailedDependency, "FailedDependency", "A request that this one depends on failed."})
	case err != nil:
		writeGraphError(rec, outer, s.now(), badRequest("%v", err))
	default:
		s.countWrite(inner)
		if one := s.faults.ofPart(inner.URL.Path); one != nil {
			s.faults.spoil(one, rec, inner, nil)
		} else {
			s.serveGraph(rec, inner)
		}
	}
	return replyOf(p.ID, rec)
}

// partRequest turns a part into a request of its own.
func partRequest(outer *http.Request, p batchPart) (*http.Request, error) {
	if !strings.HasPrefix(p.URL, "/") && strings.Contains(p.URL, "://") {
		return nil, fmt.Errorf("the url of request '%s' must be relative", p.ID)
	}
	if p.Method == "" {
		return nil, fmt.Errorf("request '%s' has no method", p.ID) // OData JSON Format 4.01 §19.1: it must
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(outer.URL.Path, "/"), "/")
	u, err := url.Parse("/" + version + "/" + strings.TrimPrefix(p.URL, "/"))
	if err != nil {
		return nil, fmt.Errorf("the url of request '%s' cannot be read", p.ID)
	}
	if path, err := splitPath(u); err == nil && path.isBatch() {
		return nil, fmt.Errorf("request '%s' is a batch within a batch", p.ID)
	}
	var body []byte
	if p.hasBody() {
		body = p.Body
	}
	inner, err := http.NewRequestWithContext(context.WithoutCancel(outer.Context()), strings.ToUpper(p.Method), u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the method of request '%s' is not one", p.ID)
	}
	inner.Host = outer.Host
	inner.Header.Set("Authorization", outer.Header.Get("Authorization"))
	inner.Header.Set("Accept", outer.Header.Get("Accept"))
	for k, v := range p.Headers {
		inner.Header.Set(k, v)
	}
	return inner, nil
}

func replyOf(id string, rec *memory) batchReply {
	out := batchReply{ID: id, Status: rec.code, Headers: map[string]string{}}
	for k, v := range rec.header {
		out.Headers[k] = v[0]
	}
	if rec.body.Len() > 0 {
		out.Body = rec.body.Bytes()
		if !json.Valid(out.Body) {
			out.Body, _ = json.Marshal(base64.StdEncoding.EncodeToString(rec.body.Bytes())) //nolint:errchkjson // text always marshals
		}
	}
	return out
}
