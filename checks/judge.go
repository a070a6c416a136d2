package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The bounds of what a finding carries, in characters: enough for a sentence,
// little enough for a screen.
const (
	maxSummary = 160
	maxDetail  = 240
	maxDetails = 24
	maxValue   = 400
	maxURL     = 2048
)

// Table lists every check in the order in which people read them: tenant,
// account, app, consent, access, DNS, vendor. The slice is the caller's.
func Table() []Check {
	return slices.Concat(tenantChecks(), accountChecks(), namedChecks(), appChecks(), grantChecks(), policyChecks(), predictChecks(),
		workflowChecks(), accessChecks(), dnsChecks(), vendorChecks())
}

// ByID finds a check; ok is false for an id that the table has not.
func ByID(id ID) (c Check, ok bool) {
	e, ok := catalog()[id]
	if !ok {
		return Check{}, false
	}
	return e.Check, true
}

// ordered is the table, made once, for those who only look at it.
var ordered = sync.OnceValue(Table)

// entry is a check with what follows from its needs.
type entry struct {
	Check
	place int           // in the table
	needs []ID          // transitive, causes before their consequences
	parts map[Part]bool // its own and those of its needs
}

// catalog is the table by id, made once.
var catalog = sync.OnceValue(func() map[ID]*entry {
	out := map[ID]*entry{}
	for i, c := range ordered() {
		out[c.ID] = &entry{Check: c, place: i}
	}
	for _, e := range out {
		e.parts = map[Part]bool{}
		var walk func(*entry)
		walk = func(at *entry) {
			for _, p := range at.Reads {
				e.parts[p] = true
			}
			for _, id := range at.Needs {
				if n := out[id]; n != nil && !slices.Contains(e.needs, id) {
					walk(n)
					e.needs = append(e.needs, id)
				}
			}
		}
		walk(e)
	}
	return out
})

// IDsFor lists the checks that are about an app, in the table's order.
func IDsFor(app App) []ID {
	var out []ID
	for _, c := range ordered() {
		if c.For == nil || c.For(app) {
			out = append(out, c.ID)
		}
	}
	return out
}

// closure lists the checks asked for and all they need, causes first. Ids that the
// table has not come back in strange.
func closure(ids []ID) (all []*entry, strange []ID) {
	known := catalog()
	have := map[ID]bool{}
	add := func(id ID) {
		if e := known[id]; !have[id] && e != nil {
			have[id] = true
			all = append(all, e)
		}
	}
	for _, id := range ids {
		e := known[id]
		if e == nil {
			if !slices.Contains(strange, id) {
				strange = append(strange, id)
			}
			continue
		}
		for _, n := range e.needs {
			add(n)
		}
		add(id)
	}
	return all, strange
}

// Judge judges a snapshot that is ready, without reading anything: the checks of
// ids, or all that are about the app where there are none, in that order. The same
// subject always gives the same findings. A check whose parts nobody read is
// Unknown.
func Judge(s Subject, ids []ID) []Finding {
	if s.Look == nil {
		s.Look = &Snapshot{}
	}
	if len(ids) == 0 {
		ids = IDsFor(s.App)
	}
	all, _ := closure(ids)
	done := make(map[ID]Finding, len(all))
	for _, e := range all {
		done[e.ID] = e.judge(context.Background(), s, done)
	}
	out := make([]Finding, 0, len(ids))
	for _, id := range ids {
		f, ok := done[id]
		if !ok {
			f = strangeFinding(id, s.Now)
		}
		out = append(out, f)
	}
	return out
}

// judge runs one check on the parts that it and its needs read, so that what
// else is in the snapshot can not change the finding. It never panics.
func (e *entry) judge(ctx context.Context, s Subject, done map[ID]Finding) (f Finding) {
	whole := s.Look
	s.Look = whole.only(e.parts)
	defer func() {
		if r := recover(); r != nil {
			f = e.finish(whole, s.Now, Finding{Summary: sayBroken, Detail: []string{fmt.Sprint(r)}, Fix: fixBroken()})
		}
	}()
	if cause, ok := e.cause(done); ok {
		// Timed by its cause: its own parts may not even be in.
		return cleaned(Finding{
			Check: e.ID, Verdict: Skipped, At: cause.At, Summary: Line(fmt.Sprintf(saySkipped, cause.Check, cause.Summary), maxSummary),
		})
	}
	f, err := e.Run(ctx, s)
	if err != nil {
		f = unknown(s, e.Check, err)
	}
	return e.finish(whole, s.Now, f)
}

// cause finds the first failed check that makes this one meaningless.
func (e *entry) cause(done map[ID]Finding) (Finding, bool) {
	for _, id := range e.needs {
		if f, ok := done[id]; ok && f.Verdict == Fail {
			return f, true
		}
	}
	return Finding{}, false
}

// finish puts on a finding what every finding has, and cleans its texts: the
// one edge between what others wrote and what we show.
func (e *entry) finish(whole *Snapshot, now time.Time, f Finding) Finding {
	f.Check = e.ID
	f.Summary = Line(f.Summary, maxSummary)
	f.At = now
	var at time.Time
	for _, p := range e.Reads {
		if v := whole.see(p); v.settled() && v.at.After(at) {
			at = v.at
		}
	}
	if !at.IsZero() {
		f.At = at
	}
	return cleaned(f)
}

// cleaned makes a finding's texts safe to show and its evidence fit its grade.
func cleaned(f Finding) Finding {
	var detail []string
	for _, d := range f.Detail {
		if len(detail) == maxDetails {
			detail = append(detail, fmt.Sprintf(sayMore, len(f.Detail)-maxDetails))
			break
		}
		detail = append(detail, Line(d, maxDetail))
	}
	f.Detail = detail
	seen := make([]Evidence, 0, len(f.Seen))
	for _, v := range f.Seen {
		v.Source, v.Request = Line(v.Source, 16), Line(v.Request, maxURL)
		v.Value, v.RequestID = Line(v.Value, maxValue), Line(v.RequestID, 80)
		if v.At.IsZero() {
			v.At = f.At
		}
		seen = append(seen, v)
	}
	f.Seen = seen
	if f.Fix != nil {
		fix := *f.Fix
		fix.Do, fix.Why, fix.URL = Line(fix.Do, maxDetail), Line(fix.Why, maxDetail), Line(fix.URL, maxURL)
		f.Fix = &fix
	}
	// Nothing is verified that nobody can see again.
	if f.Grade == Verified && len(seen) == 0 {
		f.Grade = Asserted
	}
	if f.Verdict == Unknown || f.Verdict == Skipped {
		f.Grade = GradeUnknown
	}
	return f
}

// strangeFinding answers for an id that the table has not.
func strangeFinding(id ID, now time.Time) Finding {
	return cleaned(Finding{Check: ID(Line(string(id), 60)), Summary: sayStrange, At: now})
}

// unknown turns what kept a check from looking into a finding. It is the one
// place where an error becomes words.
func unknown(s Subject, c Check, err error) Finding {
	var f *Failure
	if !errors.As(err, &f) {
		return Finding{Summary: sayBroken, Detail: []string{err.Error()}, Fix: fixBroken()}
	}
	out := Finding{}
	out.Summary, out.Fix = explain(s, c, f)
	switch {
	case f.Message == "" || f.Kind == FailNoAccess || f.Kind == FailNoClientID || f.Kind == FailWrongTenant:
	case f.Kind == FailCancelled || f.Kind == FailNotAsked:
		out.Detail = []string{f.Message}
	default:
		out.Detail = []string{fmt.Sprintf(sayTheyAnswered, f.Message)}
	}
	var u *unreadError
	if errors.As(err, &u) {
		out.Seen = slices.Clone(u.seen)
		if len(out.Seen) == 0 && s.asked(u.part) {
			out.Seen = []Evidence{{Source: sourceOf(u.part), Request: string(u.part)}}
		}
		if len(out.Seen) > 0 {
			if out.Seen[0].Value == "" {
				out.Seen[0].Value = failureValue(f)
			}
			if out.Seen[0].RequestID == "" {
				out.Seen[0].RequestID = f.RequestID
			}
		}
	}
	return out
}

// failureValue is what was seen instead of an answer, in a few words.
func failureValue(f *Failure) string {
	switch {
	case f.Status != 0 && f.Code != "":
		return fmt.Sprintf("%d %s", f.Status, f.Code)
	case f.Status != 0:
		return fmt.Sprint(f.Status)
	default:
		return string(f.Kind)
	}
}
