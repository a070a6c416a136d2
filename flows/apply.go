package flows

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// The most of each thing that a state keeps. Journals come from disks and from
// other writers; none of them can make a state grow without end.
const (
	mostFindings = 64
	mostNotes    = 200
	mostTrail    = 64
	mostReceipts = 50
	mostGuides   = 8
)

// Fold applies records to a state, in order.
func Fold(s State, rs ...Record) State {
	for _, r := range rs {
		s.Seq, s.At = r.Seq, r.At
		switch {
		case !MayAppend(r.By, r.Event):
		case r.By == ByGuide:
			s = s.guided(r.Event)
		default:
			s = Apply(s, r.Event)
		}
	}
	return s
}

// Apply is the state after an event. It is total: an event that makes no sense
// where it comes changes nothing, and so does one that this version does not
// know, so that journals of other versions replay. It reads no clock and
// leaves s as it was. The event is the person's, or the driver's or the server's
// for them: a guide's counts in Fold alone, where it is known to be one.
func Apply(s State, e Event) State {
	if e == nil || s.End != "" && !settles(e) {
		return s
	}
	switch e := e.(type) {
	case Started:
		return s.start(e)
	case Resumed:
		return s.resume(e)
	case Picked:
		if !s.applying() {
			s.clientID, s.picked = "", true // the id was that of the app before
			return s.pick(e.Profile, "")
		}
	case Answered:
		return s.answer(e)
	case Found:
		return s.find(e)
	case Looked:
		return s.lookedAgain(e)
	case Learned:
		if e.Round >= s.about { // earlier, it was of another tenant or app
			return s.learn(e).settleAccount()
		}
	case SignedIn:
		return s.signedIn(e.Account)
	case SignInFailed:
		return s.signInFailed(e)
	case SignedOut:
		return s.signedOut()
	case Chose:
		return s.forget(AskUserIn, AskRulesIn, AskVendorIn).choose(e.Path)
	case Claimed:
		if step, ok := s.Step(); ok && step.Claim && step.ID == e.Step && !s.HasClaimed(e.Step) {
			s.claims = append(slices.Clip(s.claims), e.Step)
		}
	case Listening:
		return s.listen(e)
	case Returned:
		return s.came(e)
	case Planned:
		return s.plan(e.Plan)
	case Recalled:
		if !s.applying() {
			e = e.among(e.sent(), s.kept())
			s.Undoing = &e
		}
	case Confirmed:
		return s.confirm(e)
	case Applying, Applied, Reread:
		return s.line(e)
	case Stopped:
		return s.stop(e)
	case Filed:
		s.Receipts = kept(s.Receipts, e, mostReceipts)
		s.filed = s.filed || s.Plan != nil && e.Plan == s.Plan.ID
	case Advanced:
		if e.To == StagePaths && (s.Place.Stage == StageDiagnosis || s.Place.Stage == StageProof) {
			return s.goTo(Place{Stage: StagePaths})
		}
		if to, ok := Next(s); ok {
			return s.goTo(to)
		}
	case WentBack:
		return s.back()
	default:
		return s.aside(e)
	}
	return s
}

// settles says whether an event still counts after the end: what became of a
// write that was under way when the run was left.
func settles(e Event) bool {
	switch e.(type) {
	case Applied, Reread, Stopped, Filed:
		return true
	}
	return false
}

// aside takes the events that change nothing on the way itself.
func (s State) aside(e Event) State {
	switch e := e.(type) {
	case Noted:
		s.Notes = kept(s.Notes, e, mostNotes)
	case AskedAgain:
		s.Round++
		s.again = false
	case AskedToWatch:
		return s.askedToWatch(e)
	case Watched:
		return s.watched(e)
	case AskedToRecord:
		return s.askedToRecord(e)
	case Recorded:
		return s.recorded(e)
	case Unrecorded:
		return s.untape(RecordErased)
	case Troubled:
		if e.What == TroubleStore {
			s.Unsaved = &e
		} else {
			s.Trouble = &e
		}
	case Ended:
		s.End, s.SignIn.Busy = e.Why, false
		if s.End == "" {
			s.End = EndLeft
		}
		return s.partAll()
	}
	return s
}

func (s State) start(e Started) State {
	if s.started {
		return s
	}
	s.started = true
	s.Version, s.Language, s.Person = e.Version, e.Language, e.Person
	s.Ways, s.CanWrite, s.Keeps, s.Login, s.Portal, s.Service = e.Ways, e.CanWrite, e.Keeps, e.Login, e.Portal, e.Service
	s.nonce, s.shared, s.doors, s.probes = e.Nonce, e.Shared, e.Doors, e.Probes
	s.cloud, s.clientID = e.Cloud, strings.ToLower(e.ClientID)
	s.Domain, s.Handed = strings.ToLower(e.Domain), e.Handed
	if hint, err := AcceptDomain(e.Hint); err == nil {
		s.Hint = hint
	}
	if e.Profile != nil {
		s = s.pick(*e.Profile, s.clientID)
		s.since, s.about = 0, 0 // nothing was seen before
	}
	for {
		to, ok := Next(s)
		if !ok || to.Stage > StageKnown {
			return s
		}
		s = s.goTo(to)
	}
}

func (s State) resume(e Resumed) State {
	s.Version, s.Ways, s.CanWrite, s.Keeps, s.Login, s.Portal, s.Service = e.Version, e.Ways, e.CanWrite, e.Keeps, e.Login, e.Portal, e.Service
	s.Account, s.unsettled, s.SignIn.Busy, s.SignIn.Failed = nil, false, false, nil
	s.Trouble, s.Unsaved, s.Pointers = nil, nil, nil
	s.Guides = slices.DeleteFunc(slices.Clone(s.Guides), func(g Guide) bool { return g.Visit == "" }) // the others end by themselves
	s.returnPort, s.door, s.doors, s.probes = 0, "", e.Doors, e.Probes                                // of a process that is gone
	s = s.newEyes()
	if s.applying() {
		s = s.stop(Stopped{Plan: s.Confirmed, Why: StopInterrupted})
	}
	// A plan needs somebody who is signed in: they are asked at the step before.
	if step, ok := s.Step(); ok && (step.Plan || step.Apply) {
		if p, ok := PathByID(s.Path); ok {
			s = s.enter(Place{Stage: StageSteps, Step: p.How()})
		}
	}
	return s
}

// pick sets the app. Everything seen was of another one.
func (s State) pick(p Profile, clientID string) State {
	was := s
	s.Profile, s.App = &p, p.App()
	if clientID != "" && !strings.EqualFold(clientID, s.App.ClientID) {
		s.App.ClientID, s.App.IDFrom = clientID, checks.IDGiven
	}
	// Journals of before it was told apart hold such profiles without a source:
	// nobody but a person can have named the id of an app without a profile.
	made := p.ID == UnlistedID || p.ID == OwnAppID || s.Handed != nil && s.Handed.Unvouched
	if made && s.App.ClientID != "" && s.App.IDFrom == checks.IDOfProfile {
		s.App.IDFrom = checks.IDGiven
	}
	return s.forget(AskClientID, AskFound).afresh(was)
}

// answer takes an answer. What a plan is about stays as it was confirmed until
// the plan has come to its end.
func (s State) answer(e Answered) State {
	switch e.Question {
	case AskDomain, AskCloud, AskClientID, AskFound, AskFoundYes, AskReviewers, AskWho, AskRevoke:
		if s.applying() {
			return s
		}
	default:
	}
	was := s
	switch e.Question {
	case AskDomain:
		if d := strings.ToLower(e.Value); d != s.Domain {
			s.Domain, s.cloud = d, ""
			s = s.afresh(was).asksElsewhere()
		}
	case AskCloud:
		if c := checks.Cloud(e.Value); c != s.cloud { // another cloud, another tenant
			s.cloud = c
			s = s.afresh(was)
			s.Facts.Tenants = was.Facts.Tenants // the choice is among them
			s = s.asksElsewhere().settleAccount()
		}
	case AskFound, AskFoundYes:
		return s.seek(e)
	case AskClientID:
		if e.Value == FindID {
			return s.seek(e)
		}
		if id := strings.ToLower(e.Value); id != s.App.ClientID {
			s.App.ClientID, s.App.IDFrom, s.clientID = id, checks.IDGiven, id
			if s.Profile != nil && strings.EqualFold(id, s.Profile.ClientID) {
				s.App.IDFrom = s.Profile.ClientIDFrom
			}
			s = s.afresh(was)
		}
	case AskSignIn:
		w := Way(e.Value)
		if s.applying() {
			return s.writeAs(w)
		}
		s = s.putAway() // whoever chooses again, or goes on without, is that account no more
		s.SignIn = SignIn{Way: w, Attempt: s.SignIn.Attempt + 1, Scopes: checks.ReadScopes(), Busy: w != WayNone}
	case AskWho:
		if e.Value != s.Answer(AskWho) {
			s.Round++ // what was looked at was another, or nobody
		}
	case AskHow, AskReviewers, AskRevoke, AskUserIn, AskRulesIn, AskVendorIn:
	case AskHandoff:
		if !s.askingHandoff() {
			return s
		}
		return s.keepAnswer(e).takeHandoff(e.Value == HandoffYes)
	default: // an app is picked and a plan confirmed by events of their own
		return s
	}
	return s.keepAnswer(e)
}

// keepAnswer remembers what was answered last to a question.
func (s State) keepAnswer(e Answered) State {
	i, ok := slices.BinarySearchFunc(s.answers, e.Question, byQuestion)
	s.answers = slices.Clone(s.answers)
	if ok {
		s.answers[i] = e
	} else {
		s.answers = slices.Insert(s.answers, i, e)
	}
	return s
}

// forget drops answers that were about another moment.
func (s State) forget(ids ...QuestionID) State {
	s.answers = slices.DeleteFunc(slices.Clone(s.answers), func(a Answered) bool { return slices.Contains(ids, a.Question) })
	return s
}

// newEyes begins a round of somebody else's looking: what was seen before
// stays on the screen as old and counts for nothing.
func (s State) newEyes() State {
	s.Round++
	s.since = s.Round
	return s
}

// afresh forgets what was seen in another tenant or for another app; was is the
// state before. What was sent there is kept for the report. Nothing is being
// written then: see Picked and answer.
func (s State) afresh(was State) State {
	s = s.newEyes()
	s.past = was.kept()
	s.about = s.Round
	s.Facts, s.found, s.claims = Facts{}, nil, nil
	s.Callback, s.CalledBack, s.door, s.doorState = nil, time.Time{}, "", ""
	s.Path, s.Plan, s.Lines, s.Stop, s.Confirmed = "", nil, nil, nil, ""
	return s
}

func (s State) find(e Found) State {
	if e.Finding.Check == "" || e.Round > s.Round || e.Round < s.about {
		return s
	}
	i, ok := s.index(e.Finding.Check)
	if ok && s.found[i].Round > e.Round || !ok && len(s.found) >= mostFindings {
		return s
	}
	h := &Held{Finding: e.Finding, Round: e.Round, Next: e.Next}
	next := make([]*Held, len(s.found), len(s.found)+1)
	copy(next, s.found)
	if ok {
		next[i] = h
	} else {
		next = slices.Insert(next, i, h)
	}
	s.found = next
	return s
}

// lookedAgain renews the time of findings that stayed the same.
func (s State) lookedAgain(e Looked) State {
	if e.Round > s.Round {
		return s
	}
	next := slices.Clone(s.found)
	for _, id := range e.Checks {
		if i, ok := s.index(id); ok && next[i].Round <= e.Round {
			h := *next[i]
			h.At, h.Next, h.Round = e.At, e.Next, e.Round
			next[i] = &h
		}
	}
	s.found = next
	return s
}

// learn takes facts, and which looks of the round brought any. What a look of an
// earlier round brings when a later one has told already is older than what is
// known; where no round is said, it is not known to be.
func (s State) learn(e Learned) State {
	if e.Round > 0 && e.Round < s.factsOf {
		return s
	}
	s.Facts = s.Facts.with(e.Facts)
	switch round := min(e.Round, s.Round); {
	case round > s.factsOf:
		s.factsOf, s.factsBy, s.factsAt = round, "", false
	case round < s.factsOf:
		return s
	}
	s.factsAt = s.factsAt || len(e.Checks) == 0
	if !s.Told(e.Checks) {
		s.factsBy = SetOf(append(s.factsBy.IDs(), e.Checks...))
	}
	return s
}

// Learns says whether facts tell something that the run does not have, apart from when they
// were read.
func (s State) Learns(n Facts) bool {
	if e, ok := Bounded(Clean(Learned{Facts: n})).(Learned); ok {
		n = e.Facts
	}
	now := s.Facts.with(n)
	now.At = s.Facts.At
	return !reflect.DeepEqual(now, s.Facts)
}

// with is f with what n read. What n did not read stays as it was.
func (f Facts) with(n Facts) Facts {
	if len(n.Tenants) > 0 {
		f.Tenants = n.Tenants
	}
	if n.Name != "" {
		f.Name = n.Name
	}
	if len(n.Domains) > 0 {
		f.Domains = n.Domains
	}
	if n.AppRead {
		f.App, f.AppRead = n.App, true
	}
	if n.NamedRead {
		f.Named, f.NamedMore, f.NamedRead = n.Named, n.NamedMore, true
	}
	if n.GrantsRead {
		f.Grants, f.UserGrants, f.GrantsRead = n.Grants, n.UserGrants, true
	}
	if n.ResRead {
		f.Resources, f.ResRead = n.Resources, true
	}
	if n.PlansRead {
		f.PlansRead, f.P1 = true, n.P1
	}
	if n.RolesRead {
		f.Roles, f.RolesRead = n.Roles, true
	}
	if n.AssignedRead {
		f.Assigned, f.AssignedRead = n.Assigned, true
	}
	if n.ConsentRead {
		f.Consent, f.ConsentRead = n.Consent, true
	}
	if n.ClassRead {
		f.Classes, f.ClassRead = n.Classes, true
	}
	if n.WorkflowRead {
		f.Workflow, f.WorkflowRead = n.Workflow, true
	}
	if n.DeletedRead {
		f.Deleted, f.DeletedRead = n.Deleted, true
	}
	if n.PoliciesRead {
		f.Policies, f.PoliciesRead = n.Policies, true
	}
	if n.AppRead {
		f.TooMany = n.TooMany
	}
	if n.Who != nil {
		f.Who = n.Who
	}
	f.At = latest(f.At, n.At)
	return f
}

// kept appends to a list that others may hold, dropping the oldest beyond most.
func kept[T any](list []T, e T, most int) []T {
	if len(list) >= most {
		list = list[len(list)-most+1:]
	}
	return append(slices.Clip(list), e)
}

func byCheck(h *Held, id checks.ID) int { return strings.Compare(string(h.Check), string(id)) }

func byQuestion(a Answered, q QuestionID) int { return strings.Compare(string(a.Question), string(q)) }
