package web

import (
	"context"
	"net/url"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// What comes back while nobody waits for it, as it does where a person mails the link
// and goes home: it is kept in memory until the run is back at its link, the last of a
// run alone, and no longer than its state counts. What says that consent was given gives
// way to nothing less: somebody else may open the same link afterwards, and turn back.

// kept is what came for a run: no more of it than a run reads.
type kept struct {
	state sum16
	until time.Time
	said  url.Values
}

// keep keeps what came with a state; c is what it says. Where there is no room, what
// would be forgotten first makes some. The caller holds mu.
func (r *Returns) keep(s signed, state string, c checks.Callback) {
	said := sayings(c)
	before, known := r.kept[s.run]
	if known && before.state == sumOf(state) && consents(before.said) && !c.Consented {
		return
	}
	if !known && len(r.kept) >= mostSpent {
		var first sum16
		var soonest time.Time
		for id, k := range r.kept {
			if soonest.IsZero() || k.until.Before(soonest) {
				first, soonest = id, k.until
			}
		}
		delete(r.kept, first)
	}
	r.kept[s.run] = kept{sumOf(state), s.until, said}
}

// keptFor gives what was kept for a run that waits by a state.
func (r *Returns) keptFor(id sum16, state string) (query string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.kept[id]
	if !ok || k.state != sumOf(state) || !r.now().Before(k.until) {
		return "", false
	}
	return k.said.Encode() + "&state=" + url.QueryEscape(state), true
}

// deliver hands a run what was kept for it. The state has counted then, but where the
// run left meanwhile: then it is kept on.
func (r *Returns) deliver(ctx context.Context, is signed, w *wait, came func(string) flows.ReturnSaid, query string) flows.ReturnSaid {
	said := came(query)
	if said == flows.ReturnStrange && ctx.Err() != nil {
		r.leave(is.run, w)
		return said
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, is.run)
	r.spend(is.run, used{sumOf(w.state), is.until})
	r.drop(is.run, w)
	return said
}

// sayings is what a run reads of what came.
func sayings(c checks.Callback) url.Values {
	said := url.Values{}
	switch {
	case c.Error != "":
		said.Set("error", c.Error)
		said.Set("error_description", c.AADSTS)
	case c.Consented:
		said.Set("admin_consent", "True")
	default:
		said.Set("admin_consent", "False")
	}
	if c.Tenant != "" {
		said.Set("tenant", c.Tenant)
	}
	return said
}
