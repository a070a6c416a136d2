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

// TakenBack says whether one of some receipts took this one back to its end.
func (r Receipt) TakenBack(by ...Receipt) bool {
	return slices.ContainsFunc(by, func(b Receipt) bool { return b.Done && b.undid(r) })
}

// Without is the receipt without the lines that others took back, as an undo does
// that was interrupted: what is there now in their place somebody made since.
func (r Receipt) Without(by ...Receipt) Receipt {
	r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l ReceiptLine) bool {
		return slices.ContainsFunc(by, func(b Receipt) bool {
			return b.undid(r) && slices.ContainsFunc(b.Lines, func(u ReceiptLine) bool { return u.tookBack(l) })
		})
	})
	return r
}

// undid says whether a receipt is of an undo of another one. Receipts of old share
// their plan's id: then it is one that came before.
func (r Receipt) undid(other Receipt) bool {
	return r.Undoes != "" && r.Undoes == other.Plan && strings.EqualFold(r.Tenant.ID, other.Tenant.ID) &&
		strings.EqualFold(r.App.ClientID, other.App.ClientID) && r.At.After(other.At)
}

// tookBack says whether a line of an undo was seen to take another line back.
func (l ReceiptLine) tookBack(done ReceiptLine) bool {
	if l.Outcome != LineSeen.String() {
		return false
	}
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
// left is how long it may still take; ok is false where there is none.
func SentBefore(s State, kept []Receipt) (line Change, left time.Duration, ok bool) {
	if s.Plan == nil {
		return line, 0, false
	}
	all := slices.Clone(ReceiptsOf(s)) // which holds where no receipt can be kept
	for _, k := range kept {
		if k.Digest == "" || !slices.ContainsFunc(all, func(r Receipt) bool { return r.Plan == k.Plan }) {
			all = append(all, k)
		}
	}
	for _, r := range Standing(all) {
		if !strings.EqualFold(r.Tenant.ID, s.Plan.Tenant) || !strings.EqualFold(r.App.ClientID, s.App.ClientID) {
			continue
		}
		for _, l := range r.Lines {
			i := slices.IndexFunc(s.Plan.Lines, func(c Change) bool {
				return c.Method == "POST" && c.Method == l.Method && c.Path == l.Path && c.Body == l.Body
			})
			if i >= 0 && s.maySoonShow(l) {
				return s.Plan.Lines[i], l.At.Add(Patience(s.Facts, l.Kind)).Sub(s.At), true
			}
		}
	}
	return line, 0, false
}

// SentBeforeWords say what was sent before, and when to look again.
func SentBeforeWords(line Change, left time.Duration) string {
	return fmt.Sprintf(planWords.sentBefore, line.Title, int(left.Minutes())+1)
}
