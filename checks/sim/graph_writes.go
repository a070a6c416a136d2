package sim

import (
	"net/http"
	"slices"
	"strings"
)

// asking are the last segments of what is sent with POST and changes nothing:
// questions too long for an address, and the envelope of several calls.
var asking = []string{
	"$batch", "evaluate", "getbyids", "checkmembergroups", "checkmemberobjects", "getmembergroups", "getmemberobjects",
}

// Writes tells how many calls to Graph came in that would have changed
// something, whether they were allowed, refused or spoiled; each part of a $batch
// counts for itself. Whoever says that it only looks has left this at 0.
func (s *Sim) Writes() int64 { return s.writes.Load() }

// countWrite counts a call if it is a write.
func (s *Sim) countWrite(r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return
	}
	path := strings.ToLower(strings.TrimRight(r.URL.Path, "/"))
	last := path[strings.LastIndexAny(path, "/.")+1:] // an action may be written with its namespace
	if !isGraphPath(r.URL.Path) || slices.Contains(asking, last) {
		return
	}
	s.writes.Add(1)
}
