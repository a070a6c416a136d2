package ssh

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// ReceiptState is what a receipt is, held against the case that it is of.
type ReceiptState string

// The states of a receipt. Of one that is not genuine the case is looked at where a key
// of this store did sign it that is disowned, and not else: what it says is anybody's.
const (
	ReceiptSame     ReceiptState = "same"        // the journal gives what it says, in every word
	ReceiptChanged  ReceiptState = "changed"     // it does not
	ReceiptDamaged  ReceiptState = "damaged"     // a record of the case cannot be read, or is missing
	ReceiptNoVisit  ReceiptState = "no-session"  // the case has no such session
	ReceiptGone     ReceiptState = "case-gone"   // there is no such case (any more)
	ReceiptNotGood  ReceiptState = "not-genuine" // Fault says why
	ReceiptDisowned ReceiptState = "disowned"    // as not-genuine, and Journal says what the journal gives
)

// ReceiptCheck is what came of holding a receipt against the store's keys and journal.
type ReceiptCheck struct {
	State ReceiptState `json:"state"`
	// Journal is what became of looking at the case of what was signed with a disowned key:
	// one of the states before it.
	Journal ReceiptState      `json:"journal,omitempty"`
	Fault   receipt.FaultKind `json:"fault,omitempty"` // of what is not genuine
	Reason  string            `json:"reason,omitempty"`
	Key     string            `json:"key,omitempty"`      // the fingerprint of what signed it
	Since   *time.Time        `json:"disowned,omitempty"` // as of when that key is, of one that is good: it is of before
	Case    string            `json:"case,omitempty"`
	Session int               `json:"session,omitempty"` // which of the case's it is, from 1
	Sum     string            `json:"sha256,omitempty"`  // of the session's records, as the receipt has it
	From    uint64            `json:"from,omitempty"`    // its first record
	To      uint64            `json:"to,omitempty"`
	Changed []receipt.Change  `json:"changed,omitempty"` // the first of them
	Damage  uint64            `json:"damage,omitempty"`  // the first record that cannot be read
}

// CheckReceipt holds a receipt from outside against this store: whether one of its keys
// signed it, and whether the journal of its case still gives what it says. Nothing of the
// case is changed by it. That the operator looked stands in the audit before they do.
func (s *Server) CheckReceipt(ctx context.Context, text []byte) (ReceiptCheck, error) {
	keys, err := s.publishedKeys(ctx)
	if err != nil {
		return ReceiptCheck{}, err
	}
	v := receipt.Judge(text, keys)
	out := ReceiptCheck{Key: v.Key, Since: v.Disowned}
	if v.State != receipt.StateGood {
		out.State, out.Fault, out.Reason = ReceiptNotGood, v.Fault, v.Reason
		if v.Fault != receipt.FaultDisowned {
			return out, nil
		}
	}
	signed, err := receipt.Read(text)
	if err != nil { // it was just read
		return ReceiptCheck{}, err
	}
	is := signed.Session
	out.Case, out.Session, out.Sum, out.From, out.To = is.Case, is.N, is.Journal.SHA256, is.Journal.From, is.Journal.To
	state, err := s.againstJournal(ctx, is, &out)
	if err != nil {
		return ReceiptCheck{}, err
	}
	if out.State == ReceiptNotGood {
		out.State, out.Journal = ReceiptDisowned, state
	} else {
		out.State = state
	}
	return out, nil
}

// publishedKeys are the keys of the store as everybody is told them, but for whichever name:
// a server of the store may have been called otherwise, and the journal says how.
func (s *Server) publishedKeys(ctx context.Context) ([]receipt.Key, error) {
	own, err := s.ReceiptKeys(ctx)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, k := range own {
		lines = append(lines, k.Lines()...)
	}
	keys, err := receipt.ParseKeys(strings.Join(lines, "\n"))
	for i := range keys {
		keys[i].Server = ""
	}
	return keys, err
}

// againstJournal holds what a receipt says against the journal of its case.
func (s *Server) againstJournal(ctx context.Context, is receipt.Session, out *ReceiptCheck) (ReceiptState, error) {
	number, err := cases.ParseNumber(is.Case)
	if err != nil {
		return ReceiptGone, nil //nolint:nilerr // no case has such a number
	}
	by := s.operator()
	if out.State != ReceiptNotGood { // else what it says of a guide is anybody's
		by.organisation = is.Guide.Organisation
	}
	if err := s.wrote(ctx, by, number, didCheckReceipt, strconv.Itoa(is.N)); err != nil {
		return "", err
	}
	c, err := s.o.Cases.Case(ctx, number)
	if errors.Is(err, cases.ErrNoCase) {
		return ReceiptGone, nil
	}
	if err != nil {
		return "", err
	}
	rs, err := c.Since(ctx, 0)
	damaged := (*cases.DamagedError)(nil)
	switch {
	case errors.As(err, &damaged): // what is before it says what it can
		out.Damage = damaged.Seq
	case errors.Is(err, cases.ErrNoCase): // erased meanwhile
		return ReceiptGone, nil
	case err != nil:
		return "", err
	}
	all, err := receipt.Sessions(ctx, string(number), rs)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(one receipt.Session) bool { return one.Visit == is.Visit })
	if i >= 0 && (out.Damage == 0 || out.Damage > is.Journal.To) {
		if out.Changed, err = is.Changed(all[i]); err != nil {
			return "", err
		}
	}
	switch {
	case out.Damage > 0: // behind the session, too, where something of the guide's may stand
		return ReceiptDamaged, nil
	case i < 0:
		return ReceiptNoVisit, nil
	case len(out.Changed) > 0:
		return ReceiptChanged, nil
	}
	return ReceiptSame, nil
}
