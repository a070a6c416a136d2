package sim

import (
	"net/http"
	"strings"
)

// Pages of any origin may ask Graph: its answers carry these headers in Microsoft's
// own samples (profilephoto-get), and what a browser asks beforehand needs no token.

// crossOrigin lets a page of another origin read the answer. It says whether the
// call was the browser's question beforehand, which it has answered.
func crossOrigin(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	if r.Header.Get("Origin") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, Retry-After, WWW-Authenticate")
	method := r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || method == "" {
		return false
	}
	// That methods and headers are repeated as they were asked for is general
	// knowledge.
	h.Set("Access-Control-Allow-Methods", method)
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", strings.ToLower(asked))
	}
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusOK)
	return true
}
