package flows

import (
	"fmt"
	"slices"
	"strings"

	"onboard.example/checks"
)

// AskHandoff is whether what a hand-off code says is to be used.
const AskHandoff QuestionID = "hand-off"

// The answers to AskHandoff.
const (
	HandoffYes = "use"
	HandoffNo  = "leave"
)

// Handed is a hand-off code as a run was started with it. Nothing of it counts
// before the person said yes.
type Handed struct {
	Handoff

	// Profile is the app's description here: the one of that id or that client
	// id, or one that says that nobody described it. Nil: the code names no app.
	Profile *Profile `json:"profile,omitempty"`
	// Unvouched says that the app's description names no client id, so that the
	// one of the code has nobody's word but that of whoever made the code: a good
	// name does not make it that app's.
	Unvouched bool `json:"unvouched,omitempty"`
}

// HandedOf finds the app that a code means among profiles: by its id there, else
// by its client id. A code that gives a profile another client id than its own
// is turned away: it was made by hand.
func HandedOf(h Handoff, profiles []Profile) (*Handed, error) {
	out := &Handed{Handoff: h}
	i := slices.IndexFunc(profiles, func(p Profile) bool { return h.App != "" && p.ID == h.App })
	if i < 0 && h.ClientID != "" { // of a folder of profiles that is not here, or of none
		i = slices.IndexFunc(profiles, func(p Profile) bool { return strings.EqualFold(p.ClientID, h.ClientID) })
	}
	switch {
	case i >= 0:
		p := profiles[i]
		if p.ClientID != "" && h.ClientID != "" && !strings.EqualFold(p.ClientID, h.ClientID) {
			return nil, fmt.Errorf(sayHandoffOtherID, p.Name, p.ClientID, h.ClientID)
		}
		if p.ClientID == "" && h.ClientID != "" {
			p.ClientID, p.ClientIDFrom, out.Unvouched = h.ClientID, checks.IDGiven, true
		}
		out.Profile = &p
	case h.ClientID != "":
		p := Unlisted(h.ClientID, h.Scopes)
		out.Profile = &p
	case h.App != "":
		return nil, fmt.Errorf(sayHandoffNoApp, h.App)
	}
	return out, nil
}

// askingHandoff says that a hand-off code waits for a yes or a no.
func (s State) askingHandoff() bool {
	return s.Handed != nil && s.Answer(AskHandoff) == "" && s.Place.Stage == StageApp
}

// handoffQuestion shows all that a code says, and asks whether to use it.
func handoffQuestion(s State) Question {
	return Question{
		ID: AskHandoff, Kind: Choice, Title: sayHandoffAsk, Help: sayHandoffHelp, Facts: s.Handed.facts(), Rule: RuleOption,
		Options: []Option{
			{ID: HandoffYes, Title: sayHandoffYes, Help: s.Handed.goesOn()},
			{ID: HandoffNo, Title: sayHandoffNo, Help: sayHandoffNoHelp},
		},
	}
}

// TextQuestion shows what a text somebody pasted says of an app and a tenant, and
// asks whether a run is to be about that: anybody can write a text.
func TextQuestion(h *Handed) Question {
	return Question{
		ID: AskHandoff, Kind: Choice, Title: sayTextAsk, Help: sayTextHelp, Facts: h.facts(), Rule: RuleOption,
		Options: []Option{
			{ID: HandoffYes, Title: sayTextYes, Help: h.goesOn()},
			{ID: HandoffNo, Title: sayHandoffNo, Help: sayTextNoHelp},
		},
	}
}

// goesOn says what a yes leads on with: nothing that the code does not name.
func (h *Handed) goesOn() string {
	switch {
	case h.Profile == nil:
		return sayHandoffYesTenant
	case h.Domain == "":
		return sayHandoffYesApp
	}
	return sayHandoffYesHelp
}

// beyond are the permissions that a code names and the app's description does
// not: nothing uses them, and whoever made the code said so all the same.
func (h *Handed) beyond() []string {
	app := h.Profile.App()
	if app.NeedsUnstated {
		return nil
	}
	asks := append(consentScopes(State{App: app}), "openid", "profile", "email", "offline_access", ".default")
	return slices.DeleteFunc(slices.Clone(h.Scopes), func(one string) bool {
		return slices.ContainsFunc(asks, func(a string) bool {
			return strings.EqualFold(a, one) || strings.EqualFold(a[strings.LastIndexByte(a, '/')+1:], one[strings.LastIndexByte(one, '/')+1:])
		})
	})
}

// facts are all that a code says, one by one.
func (h *Handed) facts() []Fact {
	var out []Fact
	add := func(head, text string) {
		if text != "" {
			out = append(out, Fact{Head: head, Text: text})
		}
	}
	if p := h.Profile; p != nil {
		add(sayHandoffApp, p.Name)
		if p.ID != UnlistedID {
			add(sayHandoffBy, p.Publisher.Name)
		}
		add(sayHandoffID, p.ClientID)
		switch {
		case p.ID == UnlistedID:
			out = append(out, Fact{Text: sayHandoffUnlisted, Warn: true})
			add(sayHandoffScopes, strings.Join(h.Scopes, " "))
		case h.Unvouched:
			out = append(out, Fact{Text: fmt.Sprintf(sayHandoffUnvouched, p.Publisher.Name), Warn: true})
		}
		if more := h.beyond(); p.ID != UnlistedID && len(more) > 0 {
			out = append(out, Fact{Text: fmt.Sprintf(sayHandoffBeyond, strings.Join(more, " ")), Warn: true})
		}
	}
	add(sayHandoffTenant, h.Domain)
	add(sayHandoffTenantID, h.TenantID)
	add(sayHandoffCloud, cloudTitle(h.Cloud))
	if h.AADSTS > 0 {
		said, _ := h.stopped()
		add(sayHandoffCode, said)
	}
	return out
}

// stopped is the code's error with what it says to whoever meets it.
func (h *Handed) stopped() (string, checks.Why) {
	name := fmt.Sprintf("AADSTS%d", h.AADSTS)
	w := checks.Explain(checks.WhyOf(name, false))
	return fmt.Sprintf(sayHandoffStopped, name, w.What), w
}

// HandoffAdvice says what a hand-off code that was said yes to tells of the
// block: which error, what that means, and which path most often clears it. It
// is advice and decides nothing: what is so is looked at all the same. Nil where
// there is no such code, it names no error, or the run is about another domain.
func HandoffAdvice(s State) []Fact {
	h := s.Handed
	if h == nil || h.AADSTS == 0 || s.Answer(AskHandoff) != HandoffYes || h.Domain != "" && !strings.EqualFold(s.Domain, h.Domain) {
		return nil
	}
	said, w := h.stopped()
	out := []Fact{{Head: sayHandoffCode, Text: said}}
	if w.Do != "" {
		out = append(out, Fact{Head: sayHandoffDo, Text: w.Do})
	}
	for _, p := range Paths() {
		if string(p.ID) == string(w.Path) {
			out = append(out, Fact{Head: sayHandoffPath, Text: p.Title})
		}
	}
	return out
}

func cloudTitle(c checks.Cloud) string {
	if e, ok := checks.EndpointsOf(c); ok {
		return e.Title
	}
	return ""
}

// takeHandoff uses what the code says, and goes on as far as that leads; a no
// leaves the code aside for good.
func (s State) takeHandoff(yes bool) State {
	h := s.Handed
	if !yes {
		s.Handed = nil
		return s
	}
	if h.Profile != nil {
		s = s.pick(*h.Profile, strings.ToLower(h.Profile.ClientID))
		s.clientID = strings.ToLower(h.Profile.ClientID)
	}
	if h.Domain != "" {
		s.Domain = strings.ToLower(h.Domain)
	}
	if h.Cloud != "" {
		s.cloud = h.Cloud
	}
	for {
		to, ok := Next(s)
		if !ok || to.Stage > StageKnown {
			return s
		}
		s = s.goTo(to)
	}
}

// handoffElsewhere says in a line that the domain of a hand-off code is of
// another tenant than the code says; empty: it is not.
func (s State) handoffElsewhere() string {
	h := s.Handed
	if h == nil || h.TenantID == "" || !strings.EqualFold(s.Domain, h.Domain) || len(s.Facts.Tenants) == 0 ||
		slices.ContainsFunc(s.Facts.Tenants, func(t TenantFact) bool { return strings.EqualFold(t.ID, h.TenantID) }) {
		return ""
	}
	return fmt.Sprintf(sayHandoffElsewhere, h.TenantID, s.Domain)
}
