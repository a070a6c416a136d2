package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"onboard.example/checks"
)

// teller is the way to a certificate authority. It logs why the authority refuses,
// which what asks keeps to itself when it renews.
type teller struct {
	to  http.RoundTripper
	log *slog.Logger

	mu   sync.Mutex
	last string
	at   time.Time
}

// largestAnswer bounds what an authority sends, in bytes; a chain of certificates
// has some thousands.
const largestAnswer = 1 << 20

// errLargeAnswer says that an authority sent more.
var errLargeAnswer = errors.New("the certificate authority sent too much")

// RoundTrip implements http.RoundTripper.
func (t *teller) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.to.RoundTrip(r)
	if err != nil {
		t.tell("the certificate authority cannot be asked", checks.Line(err.Error(), 300))
		return nil, fmt.Errorf("ask the certificate authority: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer+1))
	_ = res.Body.Close() // it was read
	if err == nil && len(body) > largestAnswer {
		err = errLargeAnswer
	}
	if err != nil {
		t.tell("the certificate authority cannot be heard", checks.Line(err.Error(), 300))
		return nil, fmt.Errorf("hear the certificate authority: %w", err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	if why := refused(res.StatusCode, body); why != "" {
		t.tell("the certificate authority refused", why)
	}
	return res, nil
}

// tell logs, and the same thing once a minute.
func (t *teller) tell(what, why string) {
	t.mu.Lock()
	now := time.Now()
	same := why == t.last && now.Sub(t.at) < time.Minute
	if !same {
		t.last, t.at = why, now
	}
	t.mu.Unlock()
	if !same {
		t.log.Warn(what, "why", why)
	}
}

// problem is what an authority says of a refusal (RFC 7807, RFC 8555 §6.7).
type problem struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// refused reads why an authority refused: a request, or what was proved to it
// (RFC 8555 §7.1.6). It is empty where it did not, and where only a nonce was used
// up, which is everyday (§6.5).
func refused(status int, body []byte) string {
	var said struct {
		problem

		Status     any `json:"status"` // of a problem it is a number
		Challenges []struct {
			Error *problem `json:"error"`
		} `json:"challenges"`
	}
	if err := json.Unmarshal(body, &said); err != nil || status >= http.StatusBadRequest {
		switch {
		case strings.HasSuffix(said.Type, ":badNonce"), status < http.StatusBadRequest:
			return ""
		case said.Type == "" && said.Detail == "":
			return fmt.Sprintf("it answers with HTTP status %d", status)
		}
		return said.words()
	}
	if said.Status != "invalid" {
		return ""
	}
	for _, c := range said.Challenges {
		if c.Error != nil {
			return c.Error.words()
		}
	}
	return "what was proved to it does not count"
}

// words is a problem in a line.
func (p problem) words() string {
	return checks.Line(strings.TrimPrefix(p.Type, "urn:ietf:params:acme:error:")+": "+p.Detail, 300)
}
