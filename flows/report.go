package flows

import (
	"slices"
	"time"

	"onboard.example/checks"
)

// ReportSchema is the version of the shape of Report.
const ReportSchema = "onboard/report/1"

// Report is a run as something to keep or to send: the verdict, what was seen
// and when, what was changed, how to take it back. It is a function of the
// state, holds no secret, and names nobody but who signed in, who was asked
// about, and who wrote a note.
type Report struct {
	Schema  string     `json:"schema"`
	Version string     `json:"version"`
	Service string     `json:"service,omitempty"` // that was asked in place of Microsoft
	At      time.Time  `json:"at"`
	App     ReceiptApp `json:"app"`
	// Whose says whose app the client id is of, where that is not the profile's word.
	Whose     string           `json:"whose,omitempty"`
	Tenant    ReceiptTenant    `json:"tenant"`
	Account   *Account         `json:"account"`
	Verdict   checks.Overall   `json:"verdict"`
	NotLooked []string         `json:"notLooked"`
	MayStop   []string         `json:"mayStop"` // looked at, and may still stop some
	Claims    []string         `json:"claims"`  // titles of steps said to be done
	Findings  []checks.Finding `json:"findings"`
	Old       []checks.ID      `json:"old"` // findings that do not count: another account's, or of before the run was taken up again
	Path      *ReportPath      `json:"path"`
	Receipts  []Receipt        `json:"receipts"` // of everything that this run sent, oldest first
	Filed     []string         `json:"filed"`    // names of the receipts of this run
	Notes     []Noted          `json:"notes"`
	Connect   []string         `json:"connect"` // the clicks by which people connect
	// ForOne says that an opening is for the person asked about alone.
	ForOne bool `json:"forOne,omitempty"`
	// Reached is what the path has come to, where that is no opening for everybody.
	Reached *Reached `json:"reached,omitempty"`
}

// ReportPath is the path that was taken.
type ReportPath struct {
	ID        PathID `json:"id"`
	Title     string `json:"title"`
	Least     string `json:"least"`
	Benchmark string `json:"benchmark"`
	Undo      string `json:"undo"`
}

// ReportOf makes the report of a state. Lists are never nil.
func ReportOf(s State) Report {
	r := Report{
		Schema: ReportSchema, Version: s.Version, Service: s.Service, At: s.At, Account: s.Account, Verdict: s.Overall(),
		App:      ReceiptApp{ID: s.App.ID, Name: s.App.Name, ClientID: s.App.ClientID},
		Tenant:   ReceiptTenant{ID: s.TenantID(), Domain: s.Domain, Cloud: s.Cloud()},
		Findings: []checks.Finding{}, Claims: []string{}, Notes: append([]Noted{}, s.Notes...), Connect: []string{}, Filed: []string{},
		Old:    []checks.ID{},
		ForOne: s.OpenForOne(), Whose: WhoseApp(s),
	}
	r.NotLooked, r.MayStop = append([]string{}, r.Verdict.NotLooked...), append([]string{}, r.Verdict.MayStop...)
	for _, id := range allChecks() { // in the order in which people read them
		if h, ok := s.Finding(id); ok {
			r.Findings = append(r.Findings, h.Finding)
			if h.Round < s.since {
				r.Old = append(r.Old, id)
			}
		}
	}
	for _, id := range s.claims {
		if step, ok := StepByID(id); ok {
			r.Claims = append(r.Claims, Words(s, step.Title))
		}
	}
	if p, ok := PathByID(s.Path); ok {
		r.Path = &ReportPath{ID: p.ID, Title: p.Title, Least: s.least(p), Benchmark: p.Benchmark, Undo: Words(s, p.Undo)}
	}
	if got, ok := s.Reached(); ok {
		r.Reached = &got
	}
	r.Receipts = append([]Receipt{}, ReceiptsOf(s)...)
	if r.Path != nil && slices.ContainsFunc(r.Receipts, Receipt.enabled) {
		r.Path.Undo = Words(s, words.enableUndo)
	}
	for _, f := range s.Receipts {
		if !slices.Contains(r.Filed, f.Name) {
			r.Filed = append(r.Filed, f.Name)
		}
	}
	if s.Profile != nil {
		r.Connect = append(r.Connect, s.Profile.Connect...)
	}
	return r
}

// Headline is the verdict in a sentence.
func (r Report) Headline() string {
	switch {
	case r.Reached != nil:
		return r.Reached.Head
	case r.ForOne:
		return words.headOpenOne
	case r.Verdict.State == checks.StateOpen && r.Verdict.Grade == checks.Verified:
		return words.headOpen
	case r.Verdict.State == checks.StateOpen:
		return words.headSaidOpen
	case r.Verdict.State == checks.StateBlocked:
		return words.headBlocked
	}
	return words.headUnknown
}

// Move says whose move it is; empty where nobody must move or nobody knows.
func (r Report) Move() string {
	if r.Reached != nil && r.Reached.Done || r.Verdict.Whose == checks.WhoNobody || r.Verdict.Whose == checks.WhoUnknown {
		return ""
	}
	return string(r.Verdict.Whose)
}

// Cloud is the cloud by its title.
func (r Report) Cloud() string {
	if e, ok := checks.EndpointsOf(r.Tenant.Cloud); ok {
		return e.Title
	}
	return ""
}
