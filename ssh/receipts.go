package ssh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// receiptKeyLead is how long before it is in use a new key for receipts is there: every
// server has seen it by then, so that none signs with the one before what another would
// sign with the new one.
const receiptKeyLead = time.Minute

// ReceiptKeys are the keys with which receipts of guided sessions are verified, the
// oldest first. Where there is none yet the first is made.
func (s *Server) ReceiptKeys(ctx context.Context) ([]receipt.Key, error) {
	keys, err := s.o.Cases.ReceiptKeys(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]receipt.Key, len(keys))
	for i, k := range keys {
		if out[i], err = receipt.KeyOf(s.o.Name, k.Public(), k.From, k.Until); err != nil {
			return nil, err
		}
		out[i].Disowned, out[i].Since = k.Disowned, k.Since
	}
	return out, nil
}

// NewReceiptKey has the servers of the store sign receipts with a new key, from a
// moment on, which stands in the audit as the operator's doing.
func (s *Server) NewReceiptKey(ctx context.Context) ([]receipt.Key, error) {
	by := s.operator()
	if err := s.wrote(ctx, by, "", didRenewKey, ""); err != nil {
		return nil, err
	}
	if err := s.o.Cases.NewReceiptKey(ctx, receiptKeyLead); err != nil {
		did := didMaybe
		if errors.Is(err, cases.ErrKeySoon) || errors.Is(err, cases.ErrManyKeys) {
			did = didNot
		}
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords) // it is often its end that failed it
		defer stop()
		return nil, errors.Join(err, s.wrote(ctx, by, "", did, didRenewKey))
	}
	return s.ReceiptKeys(ctx)
}

// DisownReceiptKey has a key for receipts, by its fingerprint, count no more for sessions
// that ended at a time or later, or for none at all, which stands in the audit as the
// operator's doing. Another key signs for them.
func (s *Server) DisownReceiptKey(ctx context.Context, fingerprint string, since time.Time) ([]receipt.Key, error) {
	keys, err := s.ReceiptKeys(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(keys, func(k receipt.Key) bool { return k.Fingerprint == fingerprint })
	if i < 0 {
		return nil, cases.ErrNoKey
	}
	by, more := s.operator(), fingerprint
	if !since.IsZero() {
		more += " since " + since.UTC().Format(time.RFC3339)
	}
	if err := s.wrote(ctx, by, "", didDisown, more); err != nil {
		return nil, err
	}
	own, err := s.o.Cases.ReceiptKeys(ctx)
	if err == nil {
		err = s.o.Cases.DisownReceiptKey(ctx, own[i].Public(), since)
	}
	if err != nil {
		did := didMaybe
		if errors.Is(err, cases.ErrNoKey) || errors.Is(err, cases.ErrDisownLater) || errors.Is(err, cases.ErrDisowned) || errors.Is(err, cases.ErrManyKeys) {
			did = didNot
		}
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), lastWords) // it is often its end that failed it
		defer stop()
		return nil, errors.Join(err, s.wrote(ctx, by, "", did, didDisown))
	}
	return s.ReceiptKeys(ctx)
}

// guided are those guided sessions of a case that somebody may have. Where the time of one is over and the journal
// does not say so, because the server that would have died, it is said there first: only
// then is it the same for whoever asks, and whenever.
func (s *Server) guided(ctx context.Context, c *cases.Case, may func(receipt.Session) bool) ([]receipt.Session, error) {
	for range mostAdded {
		rs, err := c.Since(ctx, 0)
		if err != nil {
			return nil, err
		}
		all, err := receipt.Sessions(ctx, string(c.Number()), rs)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(one receipt.Session) bool { return !may(one) })
		now := s.o.Now().UTC().Round(0)
		i := slices.IndexFunc(all, func(one receipt.Session) bool { return !one.Over() && !now.Before(one.Until) })
		if i < 0 {
			return all, nil
		}
		over := flows.Record{
			Writer: flows.WriterID("receipt-" + all[i].Visit), N: 1, At: now, By: flows.ByServer,
			Event: flows.Watched{Visit: flows.VisitID(all[i].Visit), Why: flows.WatchOver},
		}
		if _, err := c.Append(ctx, rs[len(rs)-1].Seq, over); err != nil && !errors.Is(err, flows.ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("ending a guided session: %w", flows.ErrConflict)
}

// mostAdded bounds how often guided looks again at a case: each time somebody wrote to it
// meanwhile, or an end was added.
const mostAdded = 100

// signedReceipt is the receipt of a session of a case: the one that was given out first,
// from then on, by whichever server. Where there is none yet it is signed with the key
// that was in use when the session ended, and kept. Where that key is disowned, as of then or
// meanwhile, what is kept is signed with the one that stands in for it.
func (s *Server) signedReceipt(ctx context.Context, c *cases.Case, one receipt.Session) ([]byte, error) {
	text, err := c.Receipt(ctx, one.Visit)
	if err == nil && text == nil {
		if text, err = s.signs(ctx, one); err == nil {
			text, err = s.keepsReceipt(ctx, c, one.Visit, text)
		}
	}
	if err != nil {
		return nil, err
	}
	kept, err := receipt.Read(text)
	if err != nil { // a newer version's
		return text, nil //nolint:nilerr // it is what was given out
	}
	keys, err := s.ReceiptKeys(ctx)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(keys, func(k receipt.Key) bool {
		return k.Disowned && k.Fingerprint == kept.Fingerprint() && !k.Signs(kept.Session.Ended.At)
	}) {
		return s.signs(ctx, kept.Session)
	}
	return text, nil
}

// keepsReceipt keeps a receipt that was signed, and gives the one that is kept. Where nothing
// can be written it is given all the same: whoever asks again gets it anew, the same bytes
// from servers of one version for as long as the keys are the same.
func (s *Server) keepsReceipt(ctx context.Context, c *cases.Case, visit string, text []byte) ([]byte, error) {
	kept, err := c.KeepReceipt(ctx, visit, text)
	if errors.Is(err, journal.ErrDiskFull) || errors.Is(err, journal.ErrReadOnly) {
		s.o.Log.Error("a receipt is given and not kept", "case", string(c.Number()), "why", err.Error())
		return text, nil
	}
	return kept, err
}

// signs signs a session with the key that was in use when it ended.
func (s *Server) signs(ctx context.Context, one receipt.Session) ([]byte, error) {
	keys, err := s.o.Cases.ReceiptKeys(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(keys, func(k cases.ReceiptKey) bool { return k.Signs(one.Ended.At) })
	if i < 0 {
		return nil, errNoReceiptKey
	}
	return receipt.Sign(keys[i], one)
}

// errNoReceiptKey says that no key signs for the time at which a session ended.
var errNoReceiptKey = errors.New("no key for receipts is of that time")

// receipt gives the signed receipt of a guided session: to the customer, who has the
// code of the case, and to the guide who was let in.
func (s *session) receipt(args []string, errs io.Writer) int {
	asGuide, byName := s.user == userConsole, isCode(s.user)
	if byName {
		args = append([]string{s.user}, args...)
	}
	n := 0
	if len(args) == 2 {
		var err error
		if n, err = strconv.Atoi(args[1]); err != nil || n < 1 {
			complain(errs, fmt.Sprintf(sayReceiptWhich, checks.Line(args[1], 40)))
			return codeUsage
		}
	}
	switch {
	case len(args) == 0 || len(args) > 2:
		complain(errs, sayReceiptUsage)
		return codeUsage
	}
	done, full := s.takesRoom()
	if full != "" {
		complain(errs, full)
		return codeUnknown
	}
	defer done()
	ctx, cancel := context.WithTimeout(s.ctx, s.srv.o.Limits.Command)
	defer cancel()
	if asGuide {
		return s.guidesReceipt(ctx, args[0], n, errs)
	}
	c, err := s.srv.o.Cases.Resume(ctx, s.try(args[0]))
	if err != nil {
		return s.noCase(err, func(text string) { complain(errs, text) })
	}
	all, err := s.srv.guided(ctx, c, func(receipt.Session) bool { return true })
	if err != nil {
		return s.noCase(err, func(text string) { complain(errs, text) })
	}
	one, no := pick(all, n)
	if no != "" {
		complain(errs, no)
		return codeFailed
	}
	return s.giveReceipt(ctx, c, one, errs)
}

// guidesReceipt is receipt for a guide: of a session of their own, by the key that they
// come with now. Whoever was not let in learns not even whether there is such a case.
func (s *session) guidesReceipt(ctx context.Context, number string, n int, errs io.Writer) int {
	who, code := s.guide(func(text string) { complain(errs, text) })
	if code != codeDone {
		return code
	}
	d := &desk{s: s, who: who}
	if err := d.may(PowerWatch); err != nil {
		complain(errs, err.Error())
		return codeFailed
	}
	of, err := cases.ParseNumber(number)
	var c *cases.Case
	if err == nil {
		c, err = s.srv.o.Cases.Case(ctx, of)
	}
	name, org, _ := flows.KnownAs(who.name, who.organisation)
	me := receipt.Guide{Name: name, Organisation: org, Key: who.print}
	var own []receipt.Session
	if err == nil {
		own, err = s.srv.guided(ctx, c, func(one receipt.Session) bool { return one.Guide == me })
	}
	if err != nil && !errors.Is(err, cases.ErrNoCase) && !errors.Is(err, cases.ErrNotNumber) {
		complain(errs, d.inWords(of, err).Error())
		return codeUnknown
	}
	if len(own) == 0 {
		s.srv.o.Log.Warn("a guide asked for a receipt that is not theirs", "guide", who.name, "key", s.srv.o.keyOf(who.print))
		complain(errs, sayReceiptNotYours)
		return codeFailed
	}
	one, no := pick(own, n)
	if no != "" {
		complain(errs, no)
		return codeFailed
	}
	fetched := entry{rand.Text(), didReceipt, strconv.Itoa(one.N)}
	if err := d.wrote(ctx, of, fetched); err != nil {
		complain(errs, err.Error())
		return codeUnknown
	}
	code = s.giveReceipt(ctx, c, one, errs)
	switch code {
	case codeDone:
	case codeInterrupted: // some of it may be there
		d.undone(ctx, of, fetched, didMaybe)
	default:
		d.undone(ctx, of, fetched, didNot)
	}
	return code
}

// pick is the session of a number; 0: the one that ended last. no is why there is none.
func pick(all []receipt.Session, n int) (one receipt.Session, no string) {
	no = sayReceiptNone
	for _, s := range all {
		switch {
		case n != 0 && s.N != n:
		case !s.Over():
			if one.N == 0 {
				no = sayReceiptSoon
			}
		case one.N == 0 || !s.Ended.At.Before(one.Ended.At):
			one, no = s, ""
		}
	}
	return one, no
}

// giveReceipt prints a receipt: one line, and nothing else.
func (s *session) giveReceipt(ctx context.Context, c *cases.Case, one receipt.Session, errs io.Writer) int {
	text, err := s.srv.signedReceipt(ctx, c, one)
	switch {
	case errors.Is(err, cases.ErrNoCase): // erased meanwhile
		complain(errs, sayReceiptNone)
		return codeFailed
	case err != nil:
		s.failed("no receipt", err)
		complain(errs, sayReceiptAway)
		return codeUnknown
	}
	if _, err := s.out.Write(append(text, '\n')); err != nil {
		return codeInterrupted
	}
	return codeDone
}

// receiptWay is how the person at a run gets the receipt of a guided session; empty:
// there is no code yet.
func (s *session) receiptWay() string {
	s.mu.Lock()
	code := s.code
	s.mu.Unlock()
	if code == "" {
		return ""
	}
	way := s.address(code) + " " + commandReceipt
	if s.browser { // there is no shell to type it in
		return fmt.Sprintf(sayInTerminal, way)
	}
	return way
}

// printReceiptKeys tells how receipts of guided sessions are verified.
func (s *session) printReceiptKeys() {
	keys, err := s.srv.ReceiptKeys(s.ctx)
	if err != nil {
		s.failed("no keys for receipts", err)
		s.say(sayReceiptKeysAway)
		return
	}
	s.say(sayReceiptKeys)
	for _, k := range keys {
		for _, l := range k.Lines() {
			s.say("  " + l)
		}
	}
	s.say(fmt.Sprintf(sayReceiptVerify, s.srv.Address(userFingerprint)))
}
