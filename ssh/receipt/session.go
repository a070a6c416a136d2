// Package receipt is the signed receipt of a guided session: what it says, how it is
// signed, and how somebody who trusts nobody here holds it against a key.
//
// It is another thing than flows.Receipt, which says what a plan changed in a tenant,
// is taken back with `onboard undo`, and is not signed. This one says who watched a
// run by whose yes, from when to when, and what they did meanwhile.
//
// What it says is a function of the case's journal, and what signs it is chosen by the
// time at which the session ended. As it is given out first it is kept with the case, and is
// the same bytes from then on, whichever server of whichever version is asked, until the
// key that signed it is disowned, from when on it has another's signature, or the
// case is erased. Each session of a case that has ended has its own, by its number, so that
// none that was given out hides a later one. That a later version makes the same of a journal
// of before is held by a test (testdata).
//
// Nothing of the tenant, of what was answered or of what a note says is in it: a
// receipt is passed on to people who see no case. The journal's sum binds even that.
package receipt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
)

// SessionSchema is the version of the shape of Session.
const SessionSchema = "onboard/session/1"

// Session is what the journal of a case says of one guided session. Times are those of
// the server that wrote the record, UTC.
type Session struct {
	Schema  string     `json:"schema"`
	Server  string     `json:"server" jsonschema_description:"The name of the server at which the guide asked."`
	Case    string     `json:"case" jsonschema_description:"The case's public number."`
	N       int        `json:"session" jsonschema_description:"Which of the case's guided sessions it is, from 1."`
	Visit   string     `json:"visit" jsonschema_description:"The id of this session alone. It opens nothing."`
	Guide   Guide      `json:"guide"`
	Asked   time.Time  `json:"asked"`
	Allowed time.Time  `json:"allowed" jsonschema_description:"When the customer said yes."`
	Until   time.Time  `json:"until" jsonschema_description:"How long that yes held at most."`
	Ended   End        `json:"ended"`
	Start   Place      `json:"start" jsonschema_description:"Where the customer was when they said yes."`
	Finish  Place      `json:"finish" jsonschema_description:"Where they were at the end."`
	Did     Did        `json:"did" jsonschema_description:"What the guide did."`
	Mean    Meanwhile  `json:"meanwhile" jsonschema_description:"What the customer's side did while they watched. Nothing that came by a guide's handle counts here, whatever it says of itself."`
	Journal JournalSum `json:"journal"`
}

// Guide is who was let in, as the server at which they came knew them.
type Guide struct {
	Name         string `json:"name"`
	Organisation string `json:"organisation"`
	Key          string `json:"key" jsonschema_description:"The fingerprint of the SSH key that they came with."`
}

// End is how a session ended.
type End struct {
	At time.Time `json:"at"`
	By string    `json:"by" jsonschema:"enum=customer,enum=guide,enum=connection,enum=time,enum=run,enum=hand-over" jsonschema_description:"customer: with one key. guide: they left. connection: the guide's was lost. time: that of the yes was over. run: the customer's run ended. hand-over: the customer said yes to the colleague whom the guide handed the case to."`
}

// Place is where a customer is.
type Place struct {
	Stage string `json:"stage"`
	Step  string `json:"step,omitempty"`
}

// Did counts what a guide did, and lists it. What a note says is left out.
type Did struct {
	Points      int    `json:"points"`
	Notes       int    `json:"notes"`
	Suggestions int    `json:"suggestions"`
	Looks       int    `json:"looks" jsonschema_description:"Wishes that the checks look again."`
	Other       int    `json:"other" jsonschema_description:"Records of the guide's handle of any other kind or in anybody else's name, from the request on to the end of the journal as it was when the receipt was made. There is no way to make one: a number that is not 0 means that the journal was written by something else."`
	Deeds       []Deed `json:"deeds" jsonschema_description:"The first 2000 of them, in order."`
}

// Deed is one of them.
type Deed struct {
	At   time.Time `json:"at"`
	Did  string    `json:"did" jsonschema:"enum=pointed,enum=noted,enum=suggested,enum=asked-again"`
	What string    `json:"what,omitempty" jsonschema_description:"The check, step or path; left out: a marker or advice was taken back, or it is a note or a look."`
}

// Meanwhile counts what the customer's side did during a session.
type Meanwhile struct {
	Answers       int `json:"answers"`
	Confirmations int `json:"confirmations" jsonschema_description:"Plans that the customer confirmed by typing the domain."`
	Changes       int `json:"changes" jsonschema_description:"Lines of confirmed plans that were about to be sent to the tenant."`
}

// JournalSum is what a journal can be held against: SHA-256 over its records from the
// request on to the end, each as the line of JSON that flows.MarshalRecord makes of it
// in the form in which a guide gets it (flows.Shared), and a line feed. What a guide does not
// get is not in the sum either: it would let them try what that was. Nor is a record
// whose time is behind that of the yes.
type JournalSum struct {
	From    uint64 `json:"from" jsonschema_description:"The number of the first record."`
	To      uint64 `json:"to"`
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

// Over says whether the session has ended, as far as the journal goes.
func (s Session) Over() bool { return !s.Ended.At.IsZero() }

// The words of End.By.
const (
	byCustomer   = "customer"
	byGuide      = "guide"
	byConnection = "connection"
	byTime       = "time"
	byRun        = "run"
	byHandOver   = "hand-over" // the customer's yes to the colleague who has the case now
)

// endedBy says who or what ended a session, by the record that did.
func endedBy(r flows.Record) string {
	e, ok := r.Event.(flows.Watched)
	switch {
	case !ok:
		return byRun
	case e.Here:
		return byHandOver
	case r.By == flows.ByPerson, e.Why == flows.WatchStopped: // of a run at home the server may say it for them
		return byCustomer
	case e.Why == flows.WatchLeft:
		return byGuide
	case e.Why == flows.WatchOver:
		return byTime
	case e.Why == flows.WatchRun, e.Why == flows.WatchUnshared: // of a run at home, which left or is shared no more
		return byRun
	}
	return byConnection
}

// stages are the words of Place.Stage. They never change their meaning.
var stages = [...]string{
	flows.StageApp: "app", flows.StageTenant: "tenant", flows.StageKnown: "known", flows.StageSignIn: "sign-in", flows.StageDiagnosis: "diagnosis",
	flows.StagePaths: "paths", flows.StageSteps: "steps", flows.StageProof: "proof",
}

func placeOf(s flows.State) Place {
	p := Place{Step: string(s.Place.Step)}
	if int(s.Place.Stage) < len(stages) {
		p.Stage = stages[s.Place.Stage]
	}
	return p
}

// mostDeeds bounds Did.Deeds. A guide at full speed for the longest watch does fewer.
const mostDeeds = 2000

// Sessions are the guided sessions in the records of a case with a number: those to
// which the customer said yes, in that order; see Session.Over. Left out are those of
// journals that do not say by which key a guide came: they have no receipt.
func Sessions(ctx context.Context, number string, rs []flows.Record) ([]Session, error) {
	const doing = "adding up the guided sessions of a case: %w"
	w := walk{number: number, by: map[flows.WriterID]*visit{}}
	for i, r := range rs {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf(doing, context.Cause(ctx))
		}
		if err := w.take(r); err != nil {
			return nil, fmt.Errorf(doing, err)
		}
	}
	var out []Session
	for _, v := range w.let {
		if v.Guide.Key != "" && v.Server != "" {
			v.Journal.SHA256 = hex.EncodeToString(v.sum.Sum(nil))
			out = append(out, v.Session)
		}
	}
	return out, nil
}

// walk goes through a journal.
type walk struct {
	number string
	state  flows.State
	open   []*visit                  // that are asked for, or go on
	let    []*visit                  // to which there was a yes
	by     map[flows.WriterID]*visit // by the guide's handle, those that are over, too
}

// visit is one of a guide's.
type visit struct {
	Session

	id   flows.VisitID
	sum  hash.Hash
	gone bool
}

func (w *walk) take(r flows.Record) error {
	before := w.state
	w.state = flows.Fold(before, r)
	if e, ok := r.Event.(flows.AskedToWatch); ok && !has(before.Asking, e.Visit) && has(w.state.Asking, e.Visit) {
		v := w.asked(e, r)
		w.open = append(w.open, v)
		w.by[flows.GuideWriter(v.id)] = v
	}
	if v := w.by[r.Writer]; v != nil && !v.own(r) {
		v.Did.Other++
	}
	if len(w.open) == 0 {
		return nil
	}
	line, err := flows.MarshalRecord(flows.Shared(before, r))
	if err != nil {
		return err
	}
	for _, v := range w.open {
		v.take(before, w.state, r, line)
		if v.N == 0 && has(w.state.Guides, v.id) {
			w.let = append(w.let, v)
			v.N = len(w.let)
		}
	}
	w.open = slices.DeleteFunc(w.open, func(v *visit) bool { return v.gone })
	return nil
}

// asked begins with a visit.
func (w *walk) asked(e flows.AskedToWatch, r flows.Record) *visit {
	name, org, _ := flows.KnownAs(e.Guide, e.Org) // it was taken
	return &visit{id: e.Visit, sum: sha256.New(), Session: Session{
		Schema: SessionSchema, Server: e.Server, Case: w.number, Visit: string(e.Visit),
		Guide: Guide{Name: name, Organisation: org, Key: e.Print}, Asked: r.At.UTC(), Did: Did{Deeds: []Deed{}},
	}}
}

// own says whether a record is of the kinds that a guide's handle writes: what a guide may
// do, in the guide's name and for this visit, and the server's word on the visit.
func (v *visit) own(r flows.Record) bool {
	by, of := flows.ByGuide, flows.VisitID("")
	switch e := r.Event.(type) {
	case flows.Pointed:
		of = e.Visit
	case flows.Noted:
		of = e.Visit
	case flows.Suggested:
		of = e.Visit
	case flows.AskedAgain:
		of = e.Visit
	case flows.AskedToWatch:
		by, of = flows.ByServer, e.Visit
	case flows.Watched:
		by, of = flows.ByServer, e.Visit
	case flows.AskedToRecord:
		by, of = flows.ByServer, e.Visit
	case flows.Recorded:
		by, of = flows.ByServer, e.Visit
	default:
		return false
	}
	return r.By == by && of == v.id && flows.MayAppend(r.By, r.Event)
}

// take takes the record between two states, of which line is what a guide gets. What
// has a time behind that of the yes does not count, and each record is judged by its own: one
// of a clock that is ahead hides none of those that follow.
func (v *visit) take(before, after flows.State, r flows.Record, line []byte) {
	watched, watches := has(before.Guides, v.id), has(after.Guides, v.id)
	if watches && !watched {
		v.Allowed, v.Start = r.At.UTC(), placeOf(after)
		v.Until = after.Guides[slices.IndexFunc(after.Guides, func(g flows.Guide) bool { return g.Visit == v.id })].Until.UTC()
		if v.Asked.After(v.Allowed) { // by another server's clock
			v.Asked = v.Allowed
		}
	}
	counts := v.Until.IsZero() || r.At.Before(v.Until)
	if counts {
		v.add(r, line)
	}
	switch {
	case watched && !watches:
		v.end(r, counts)
	case !watches && !has(after.Asking, v.id):
		v.gone = true // a no, or nobody answered
	}
	if !counts || !watched && !watches {
		return
	}
	if v.Finish = placeOf(after); watched {
		v.guided(r)
	}
	v.meanwhile(r)
}

// add adds a record to the sum.
func (v *visit) add(r flows.Record, line []byte) {
	_, _ = v.sum.Write(append(slices.Clip(line), '\n')) // it never fails
	if v.Journal.Records == 0 {
		v.Journal.From = r.Seq
	}
	v.Journal.To = r.Seq
	v.Journal.Records++
}

// end ends it. The time of the yes ends it whenever somebody came to say so, and it is
// never before the yes, whatever a server's clock said.
func (v *visit) end(r flows.Record, counts bool) {
	v.gone = true
	v.Ended = End{At: v.Until, By: byTime}
	if _, asks := r.Event.(flows.AskedToWatch); counts && !asks { // a request ends those alone whose time is over
		v.Ended = End{At: r.At.UTC(), By: endedBy(r)}
	}
	if v.Ended.At.Before(v.Allowed) {
		v.Ended.At = v.Allowed
	}
}

// guided takes what a guide did: as much of it as counts in the run.
func (v *visit) guided(r flows.Record) {
	if r.By != flows.ByGuide {
		return
	}
	d, of := Deed{At: r.At.UTC()}, flows.VisitID("")
	var count *int
	switch e := r.Event.(type) {
	case flows.Pointed:
		of, count, d.Did, d.What = e.Visit, &v.Did.Points, didPointed, e.At
	case flows.Noted:
		of, count, d.Did = e.Visit, &v.Did.Notes, didNoted
	case flows.Suggested:
		of, count, d.Did, d.What = e.Visit, &v.Did.Suggestions, didSuggested, string(e.Path)
	case flows.AskedAgain:
		of, count, d.Did = e.Visit, &v.Did.Looks, didAskedAgain
	default:
		return
	}
	if of != v.id {
		return
	}
	*count++
	if d.What = checks.Line(d.What, mostWhat); len(v.Did.Deeds) < mostDeeds {
		v.Did.Deeds = append(v.Did.Deeds, d)
	}
}

// The words of Deed.Did.
const (
	didPointed    = "pointed"
	didNoted      = "noted"
	didSuggested  = "suggested"
	didAskedAgain = "asked-again"
)

// mostWhat bounds what was pointed at or suggested, in characters: longer than any id.
const mostWhat = 80

// meanwhile takes what the customer's side did. What came by a guide's handle is none of
// it, in whoever's name it was written.
func (v *visit) meanwhile(r flows.Record) {
	if r.Writer.IsGuide() || !flows.MayAppend(r.By, r.Event) {
		return
	}
	switch r.Event.(type) {
	case flows.Answered:
		v.Mean.Answers++
	case flows.Confirmed:
		v.Mean.Confirmations++
	case flows.Applying:
		v.Mean.Changes++
	}
}

func has(gs []flows.Guide, id flows.VisitID) bool {
	return slices.ContainsFunc(gs, func(g flows.Guide) bool { return g.Visit == id })
}
