package ssh

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// What an entry of the audit says that a guide did, or had done to them.
const (
	didOpen    = "console-opened"
	didClose   = "console-closed"
	didAsk     = "asked"     // a customer to let them watch
	didEnter   = "admitted"  // the customer's yes, before anything is shown
	didRefuse  = "refused"   // the customer's no
	didEnd     = "ended"     // by the customer, the time, the run, a hand-over or with the case: Entry.More says which
	didPoint   = "pointed"   // at what is in Entry.More
	didNote    = "noted"     // what, the audit does not say
	didSuggest = "suggested" // the path in Entry.More
	didAgain   = "asked-again"
	didErase   = "case-erased"   // by a lead
	didNoErase = "erase-refused" // to a lead: it is not theirs to erase
	didHand    = "handed-over"   // a case by a lead; to whom is in Entry.More, as in those that follow
	didAskTape = "asked-to-record"
	didTape    = "recorded"          // the customer's yes to that
	didNoTape  = "recording-refused" // their no
	didUntape  = "recording-ended"   // by the guide
	didTapeEnd = "recording-over"    // by the customer: Entry.More says how
	didReplay  = "replayed"          // what was recorded with whom is in Entry.More
	didNotPlay = "replay-refused"    // nobody said yes to what the guide wanted to see, or it is no more
	didLeave   = "left"
	didLose    = "lost"     // the connection
	didNot     = "not-done" // the entry in Entry.More before this came to nothing
	didMaybe   = "in-doubt" // whether that was stored is not known

	didHandTake = "hand-over-taken"      // the customer's yes to who it was handed to
	didHandNo   = "hand-over-refused"    // their no
	didHandBack = "hand-over-taken-back" // by a lead
	didHandOver = "hand-over-expired"    // of who handed it over

	didReadAudit = "audit-read" // by an auditor, of its own organisation; with --verify in Entry.More: its verdict alone

	didReceipt  = "receipt"     // fetched that of their guided session, whose number is in Entry.More
	didRenewKey = "receipt-key" // an operator made a new key for receipts
	didDisown   = "receipt-key-disowned"
	// an operator held the receipt of a session, whose number is in Entry.More, against the case
	didCheckReceipt = "receipt-checked"
)

// overErased stands in Entry.More where a visit ended with its case.
const overErased = "erased"

// watchEnd is what Entry.More says of how a question or a watch ended, and tapeEnd of a
// recording: a word that is known, or nothing.
func watchEnd(why flows.WatchEnd) string {
	switch why {
	case flows.WatchRefused, flows.WatchStopped, flows.WatchOver, flows.WatchLeft, flows.WatchLost,
		flows.WatchRun, flows.WatchHanded, flows.WatchBack, flows.WatchFull, flows.WatchUnshared:
		return string(why)
	}
	return ""
}

func tapeEnd(why flows.RecordEnd) string {
	switch why {
	case flows.RecordRefused, flows.RecordStopped, flows.RecordLeft, flows.RecordWatch, flows.RecordErased, flows.RecordLate:
		return string(why)
	}
	return ""
}

// nothing stands in Entry.More where a marker or advice was taken back.
const nothing = "nothing"

// mostSaid bounds each text that is put together for an entry, in bytes: two names
// and a fingerprint stay under what the audit takes.
const mostSaid = 120

// deedMark is the mark of an entry (see cases.Entry.Mark) about one deed, made of what
// tells that from all others: it is the same each time that the deed is written down.
func deedMark(of ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return hex.EncodeToString(sum[:])
}

// endMark is the mark of how a visit ended: whoever writes that, on whichever node, it
// stands once.
func endMark(visit string) string { return deedMark(visit, didEnd) }

// endDeed is how a visit ended, as the audit says it.
func endDeed(why flows.WatchEnd) (did, more string) {
	switch why {
	case flows.WatchLeft:
		return didLeave, ""
	case flows.WatchLost:
		return didLose, ""
	case flows.WatchRefused:
		return didRefuse, string(why)
	case flows.WatchStopped, flows.WatchOver, flows.WatchRun, flows.WatchHanded, flows.WatchBack, flows.WatchFull, flows.WatchUnshared:
	}
	return didEnd, watchEnd(why)
}

// unheard says whether an entry that failed may be in the audit all the same.
func unheard(err error) bool {
	return errors.Is(err, cases.ErrAway) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// audit writes down what the guide did. It is on the disk when it returns. What is tried
// again comes with the same mark; an empty one is of this call alone.
func (d *desk) audit(ctx context.Context, mark string, n cases.Number, did, more string) error {
	_, err := d.s.srv.o.Cases.Audit(ctx, d.entry(mark, n, did, shortened(more)))
	return err
}

// wrote has the audit say what the guide does, before it is done. Where that fails it is
// not done: an entry that may stand all the same is told to have come to nothing.
func (d *desk) wrote(ctx context.Context, n cases.Number, e entry) error {
	err := d.audit(ctx, e.mark, n, e.did, e.more)
	if err == nil {
		return nil
	}
	if unheard(err) {
		d.undone(ctx, n, e, didNot)
	}
	return d.unaudited(n, err)
}

// undone has the audit say what became of what an entry says, now or behind: didNot, or
// didMaybe. The entry surely stands before it then, and once.
func (d *desk) undone(ctx context.Context, n cases.Number, e entry, became string) {
	mark := rand.Text()
	note := func(ctx context.Context) error {
		if err := d.audit(ctx, e.mark, n, e.did, e.more); err != nil {
			return err
		}
		return d.audit(ctx, mark, n, became, e.did)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2) // it is often its end that failed it
	defer cancel()
	if note(ctx) != nil {
		d.behind(n, d.s.srv.o.Now().Add(flows.WatchMost), note)
	}
}

// insists does something, again and again, until it is done, or there is no such case, and
// gives up with its error at a time and when the server stops. The end of ctx is nothing
// to it.
func (s *Server) insists(ctx context.Context, until time.Time, do func(ctx context.Context) error) error {
	tick := time.NewTicker(oweAgain)
	defer tick.Stop()
	for {
		<-tick.C
		last := s.stopping() || s.o.Now().After(until)
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords/2)
		err := do(short)
		cancel()
		if err == nil || errors.Is(err, cases.ErrNoCase) {
			return nil
		}
		if last {
			return err
		}
	}
}

// called is who the guide is, as the audit has it.
func (d *desk) called() string {
	return shortened(d.who.name) + ", " + shortened(d.who.organisation) + " (" + d.who.print + ")"
}

// shortened cuts a text to what an entry has room for.
func shortened(text string) string { return shortenedTo(text, mostSaid) }

// shortenedTo cuts a text to so many bytes, between two characters.
func shortenedTo(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := most - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// guideJournal is a case's journal as a guide's handle has it: what the handle adds
// stands in the audit before it does. A handle has no other way to a case.
type guideJournal struct {
	flows.Journal

	write func(ctx context.Context, mark, did, more string) error

	mu    sync.Mutex
	n     uint64 // the record that the audit has
	did   string // what that was, while it is not stored; empty: it is
	maybe bool   // whether it is stored is not known
	over  bool   // the audit has that the guide left
	late  entry  // of the guide's leaving, which the audit lacks
	doubt entry  // which the audit may have, though what it says was not done
}

// entry is one that is still to be written down; without a mark there is none.
type entry struct{ mark, did, more string }

// Append implements flows.Journal. A handle appends one record at a time; one that
// was in somebody's way comes again under the same number, and is one deed.
func (j *guideJournal) Append(ctx context.Context, after uint64, rs ...flows.Record) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range rs {
		did, more, leaves := deed(r.Event)
		if leaves { // nothing may hold that up
			n, err := j.Journal.Append(ctx, after, rs...)
			if errors.Is(err, flows.ErrConflict) {
				return n, err
			}
			j.late = entry{endMark(visitOf(r.Event)), did, more} // nor is it known whether what failed is stored
			if err == nil && j.write(ctx, j.late.mark, did, more) == nil {
				j.late, j.over = entry{}, true
			}
			return n, err
		}
		if r.N == j.n {
			continue
		}
		mark := rand.Text() // not of its number, which the next deed may have too
		if err := j.write(ctx, mark, did, more); err != nil {
			if unheard(err) {
				j.doubt = entry{mark, did, more}
			}
			return 0, errors.Join(errUnaudited, run.ErrUnsent, err)
		}
		j.n, j.did, j.maybe = r.N, did, false
	}
	n, err := j.Journal.Append(ctx, after, rs...)
	if err == nil {
		j.did = ""
	}
	if !errors.Is(err, flows.ErrFull) { // which leaves open what was before, and nothing else
		j.maybe = err != nil && !errors.Is(err, flows.ErrConflict)
	}
	return n, err
}

// deed is what a guide does by an event; leaves: it ends the guide's visit.
func deed(e flows.Event) (did, more string, leaves bool) {
	or := func(text string) string {
		if text == "" {
			return nothing
		}
		return text
	}
	switch e := e.(type) {
	case flows.AskedToWatch:
		return didAsk, "", false
	case flows.Pointed:
		return didPoint, or(e.At), false
	case flows.Noted:
		return didNote, "", false
	case flows.Suggested:
		return didSuggest, or(string(e.Path)), false
	case flows.AskedAgain:
		return didAgain, "", false
	case flows.AskedToRecord:
		return didAskTape, "", false
	case flows.Recorded:
		return didUntape, "", false
	case flows.Watched:
		did, more = endDeed(e.Why)
		return did, more, true
	}
	return "unknown", "", false
}

// visitOf is the visit that an event ends; empty: it is no end.
func visitOf(e flows.Event) string {
	if w, is := e.(flows.Watched); is {
		return string(w.Visit)
	}
	return ""
}

// settle says in the audit what became of the last entry where that was not stored.
// The deed is over then: the next one may come under the same number, and is another.
// What the audit cannot have now is given back, to be written later; nil: nothing.
func (j *guideJournal) settle(ctx context.Context) (owed func(ctx context.Context) error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	of, did, what := j.doubt, didNot, cmp.Or(j.did, j.doubt.did)
	if what == "" {
		return nil
	}
	if j.did != "" && j.maybe {
		did = didMaybe
	}
	j.n, j.did, j.doubt = 0, "", entry{} // records are counted from one
	mark := rand.Text()
	note := func(ctx context.Context) error {
		if of.mark != "" { // so that it surely stands, and once
			if err := j.write(ctx, of.mark, of.did, of.more); err != nil {
				return err
			}
		}
		return j.write(ctx, mark, did, what)
	}
	if note(ctx) != nil {
		return note
	}
	return nil
}

// lacks says whether the audit lacks that the guide left.
func (j *guideJournal) lacks() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.late.mark != ""
}

// parted says whether the audit has that the guide left.
func (j *guideJournal) parted() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.over
}

// make writes that, where it is lacking.
func (j *guideJournal) make(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.late.mark == "" {
		return nil
	}
	err := j.write(ctx, j.late.mark, j.late.did, j.late.more)
	if err == nil {
		j.late, j.over = entry{}, true
	}
	return err
}
