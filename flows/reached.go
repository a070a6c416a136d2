package flows

import (
	"errors"
	"fmt"

	"onboard.example/checks"
)

// Reached is what a path has come to, where it does not lead to an opening for
// everybody: a pilot, or consent that is taken back.
type Reached struct {
	Goal Goal `json:"-"`
	Done bool `json:"done"`
	// Unsure: it is not known yet, or nobody could look.
	Unsure bool   `json:"-"`
	Head   string `json:"head"` // in a sentence
	// Notes are what to know of it.
	Notes []string `json:"notes"`
}

// Reached says what the path in hand has come to; ok is false where the verdict
// says it all.
func (s State) Reached() (r Reached, ok bool) {
	if s.Place.Stage < StageSteps {
		return Reached{}, false
	}
	switch s.Path {
	case Revoke:
		return s.reachedRevoke(), true
	case Pilot:
		return s.reachedPilot()
	case Undo:
		return s.reachedUndo(), s.Carried()
	case DNSRecord:
		return s.reachedRecord(), true
	default:
		return Reached{}, false
	}
}

// reachedUndo says whether what a receipt did is back as it was before, by what
// shows now: that each line was seen once is no proof that it stayed so, and what
// another process saw is none at all.
func (s State) reachedUndo() Reached {
	r := Reached{Goal: GoalUndone, Notes: []string{}}
	p := Plan{Tenant: s.TenantID()}
	stand, byHand, err := takeBack(s, &p)
	switch {
	case !s.seenFor(Undo) && Looking(s):
		r.Unsure, r.Head = true, reachedWords.undoLooks
	case !s.seenFor(Undo), errors.Is(err, ErrNotRead):
		r.Unsure, r.Head = true, reachedWords.undoUnseen
	case err != nil:
		r.Head = fmt.Sprintf(reachedWords.undoMoved, err)
	case len(p.Lines) > 0:
		r.Head, r.Notes = reachedWords.undoLeft, stand
	case len(byHand) > 0:
		r.Head, r.Notes = reachedWords.undoByHand, byHand
	default:
		r.Done, r.Head = true, Words(s, reachedWords.undone)
	}
	return r
}

// cameBack says whether the plan in hand is an undo that was carried out, and
// something of what it took back was seen since.
func (s State) cameBack() bool {
	if s.Plan == nil || s.Plan.Undoes == "" || !s.Carried() || s.Path != Undo || s.Undoing == nil || s.Undoing.Plan != s.Plan.Undoes {
		return false
	}
	p := Plan{Tenant: s.TenantID()}
	_, _, err := takeBack(s, &p)
	return s.seenFor(Undo) && (len(p.Lines) > 0 || errors.Is(err, ErrMovedOn))
}

// seenFor says whether what the plan of a path is made of was read in this round,
// by who is signed in to the tenant.
func (s State) seenFor(path PathID) bool {
	ids := PlanChecks(s, path)
	return s.Account != nil && !s.elsewhere() && s.FactsRead() && s.Told(ids) && s.looked(ids) && s.unreadOf(ids) == ""
}

// reachedRevoke says whether consent is gone, and what goes on working for how
// long (facts/corrections: until the current token expires; renewing then
// fails; what an app of its own does is not known).
func (s State) reachedRevoke() Reached {
	r := Reached{Goal: GoalRevoked, Done: s.takenBack(), Notes: []string{}}
	f := s.Facts
	left := len(f.Grants) + len(f.UserGrants) + len(f.Roles)
	switch {
	case r.Done && f.App == nil:
		r.Head = Words(s, reachedWords.appGone)
	case r.Done:
		r.Head = Words(s, reachedWords.gone)
	case !s.CanSee(checks.AppGrant):
		r.Head = reachedWords.unseen
		return r
	case s.grantsGone():
		r.Head = Words(s, reachedWords.appLeft)
		return r
	default:
		r.Head = fmt.Sprintf(reachedWords.left, left)
		return r
	}
	r.Notes = append(r.Notes, reachedWords.tokens, Words(s, reachedWords.copies))
	if s.gave(checks.ConsentPredict, checks.Pass) {
		r.Notes = append(r.Notes, reachedWords.mayAgain)
	}
	return r
}

// reachedPilot says that the one who was named is let in, and how to widen it.
func (s State) reachedPilot() (Reached, bool) {
	if !s.piloted() {
		return Reached{}, false
	}
	r := Reached{Done: true, Head: Words(s, reachedWords.pilot), Notes: []string{reachedWords.pilotTry}}
	who, err := s.who()
	also := s.alsoAssigned(who)
	switch {
	case err != nil:
	case who.Group && also == "":
		r.Head = Words(s, reachedWords.pilotGroup)
	case who.Group:
		r.Head = fmt.Sprintf(Words(s, reachedWords.pilotGroupAlso), also)
	case s.Facts.App.AssignedOnly && also != "":
		r.Head = fmt.Sprintf(Words(s, reachedWords.pilotAlso), also)
	}
	if s.Facts.App.AssignedOnly {
		r.Notes = append(r.Notes, reachedWords.widenGroup)
	} else {
		r.Notes = append(r.Notes, reachedWords.widenOne)
	}
	if h, ok := s.counts(checks.AccessConditional); ok && stops(h.Finding) {
		r.Done = false
		r.Notes = append(r.Notes, h.Summary)
	}
	return r, true
}
