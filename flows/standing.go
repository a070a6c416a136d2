package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Standing are receipts without what later ones among them took back, seen gone:
// whole receipts, and single lines of those that were taken back in part.
func Standing(all []Receipt) []Receipt {
	var out []Receipt
	for _, r := range all {
		if r.TakenBack(all...) {
			continue
		}
		out = append(out, r.Without(all...))
	}
	return out
}

// TakenBack says whether one of some receipts took this one back to its end, and
// it did not show again.
func (r Receipt) TakenBack(by ...Receipt) bool {
	return slices.ContainsFunc(by, func(b Receipt) bool { return b.Done && !b.Left && b.Undid(r) })
}

// Without is the receipt without the lines that others took back, as an undo does
// that was interrupted: what is there now in their place somebody made since.
func (r Receipt) Without(by ...Receipt) Receipt {
	r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l ReceiptLine) bool {
		return slices.ContainsFunc(by, func(b Receipt) bool {
			return !b.Left && b.Undid(r) && slices.ContainsFunc(b.Lines, func(u ReceiptLine) bool { return u.tookBack(l) })
		})
	})
	return r
}

// Undid says whether a receipt is of an undo of another one, whatever came of it. Receipts of old share
// their plan's id: then it is one that came before.
func (r Receipt) Undid(other Receipt) bool {
	return r.Undoes != "" && r.Undoes == other.Plan && strings.EqualFold(r.Tenant.ID, other.Tenant.ID) &&
		strings.EqualFold(r.App.ClientID, other.App.ClientID) && r.At.After(other.At)
}

// tookBack says whether a line of an undo was seen to take another line back.
func (l ReceiptLine) tookBack(done ReceiptLine) bool {
	return l.Outcome == LineSeen.String() && l.wouldTakeBack(done)
}

// wouldTakeBack says whether a line of an undo is what takes another line back,
// whatever came of it.
func (l ReceiptLine) wouldTakeBack(done ReceiptLine) bool {
	if l.Back != nil && *l.Back == (Back{Kind: done.Kind, Method: done.Method, Path: done.Path, Body: done.Body}) {
		return true
	}
	if done.Back == nil {
		return false
	}
	want := *done.Back
	if done.ObjectID != "" {
		want = *want.bind(NewObjectRef, done.ObjectID)
	}
	return want == (Back{Kind: l.Kind, Method: l.Method, Path: l.Path, Body: l.Body})
}

// SentBefore says which line of the plan in hand was sent before, by this run or
// by one whose receipt is kept, to the same tenant for the same app, and may still
// show: nothing is made twice (product §8). What sets a value may be sent again.
// left is how long it may still take, and of several lines the one that may take
// longest is told; ok is false where there is none. lines are those to ask about,
// as they are sent; none: those of the plan.
func SentBefore(s State, kept []Receipt, lines ...Change) (line Change, left time.Duration, ok bool) {
	if s.Plan == nil {
		return line, 0, false
	}
	if len(lines) == 0 {
		lines = s.Plan.Lines
	}
	all := slices.Clone(ReceiptsOf(s)) // which holds where no receipt can be kept
	for _, k := range kept {
		if k.Digest == "" || !slices.ContainsFunc(all, func(r Receipt) bool { return r.Plan == k.Plan }) {
			all = append(all, k)
		}
	}
	for _, r := range Standing(all) {
		if r.Plan == s.Plan.ID || !strings.EqualFold(r.Tenant.ID, s.Plan.Tenant) || !strings.EqualFold(r.App.ClientID, s.App.ClientID) {
			continue
		}
		for _, l := range r.Lines {
			i := slices.IndexFunc(lines, func(c Change) bool {
				return c.Method == "POST" && c.Method == l.Method && c.Path == l.Path && c.Body == l.Body
			})
			if i < 0 || r.since(all, l) {
				continue
			}
			if in := s.showsIn(l); in > left {
				line, left, ok = lines[i], in, true
			}
		}
	}
	return line, left, ok
}

// since says whether a receipt of a later plan, be it an undo or not, was seen to
// take a line back: then it is gone, and not only late to show.
func (r Receipt) since(all []Receipt, l ReceiptLine) bool {
	return slices.ContainsFunc(all, func(b Receipt) bool {
		return !b.Left && b.At.After(r.At) && strings.EqualFold(r.Tenant.ID, b.Tenant.ID) && strings.EqualFold(r.App.ClientID, b.App.ClientID) &&
			slices.ContainsFunc(b.Lines, func(u ReceiptLine) bool { return u.tookBack(l) })
	})
}

// maySoonShow says whether a line that does not show was sent so lately that it
// still may. Then nobody knows whether there is something to take back, or to
// make: to call that nothing would leave it standing once it shows, or make it
// twice.
func (s State) maySoonShow(l ReceiptLine) bool { return s.showsIn(l) > 0 }

// showsIn is how long a line that does not show may still take to; 0: it shows no
// more. What was seen once may be hidden by a copy that lags behind the one that
// showed it. Of what is made that holds as long as of what was never seen, for it
// must not be made twice; a value that was seen is settled sooner.
func (s State) showsIn(l ReceiptLine) time.Duration {
	var most time.Duration
	switch l.Outcome {
	case LineSending.String(), LineWritten.String(), LineUnclear.String(): // unseen was waited for as long as that is normal
		most = Patience(s.Facts, l.Kind)
	case LineSeen.String():
		if most = Patience(s.Facts, l.Kind); l.Method != "POST" {
			most = min(most, patienceObject)
		}
	}
	return max(l.At.Add(most).Sub(s.At), 0)
}

// SentBeforeWords say what was sent before, and when to look again.
func SentBeforeWords(line Change, left time.Duration) string {
	return fmt.Sprintf(planWords.sentBefore, line.Title, int(left.Minutes())+1)
}
