package checks

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
)

// ReportName is the schema that a Report names.
const ReportName = "onboard/check/1"

// Report is what `check --json` prints. Its form is versioned by Schema and
// described by ReportSchema.
type Report struct {
	Schema  string         `json:"schema"`
	Service string         `json:"service,omitempty"` // a simulated or other service that was asked in place of Microsoft
	App     ReportApp      `json:"app"`
	Tenant  ReportTenant   `json:"tenant"`
	Account *ReportAccount `json:"account"`        // null: nobody signed in
	User    string         `json:"user,omitempty"` // whom it is about; left out: an ordinary user
	Verdict Overall        `json:"verdict"`
	// NotLooked says what was not looked at and may still stop people; MayStop
	// what was, and may still stop some.
	NotLooked []string  `json:"notLooked"`
	MayStop   []string  `json:"mayStop"`
	Findings  []Finding `json:"findings"`
	Paths     []Path    `json:"paths"`
}

// ReportApp names the app.
type ReportApp struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	ClientID string `json:"clientId"` // empty where it is not known
}

// ReportTenant names the tenant; ID and Cloud are empty where it was not found.
type ReportTenant struct {
	ID     string `json:"id"`
	Domain string `json:"domain"`
	Cloud  Cloud  `json:"cloud"`
}

// ReportAccount is who signed in.
type ReportAccount struct {
	UPN   string   `json:"upn"`
	Roles []string `json:"roles"` // names of active directory roles
}

// Path is a way to clear the block as a report lists it.
type Path struct {
	ID    string `json:"id"`
	Fits  bool   `json:"fits"`
	Rank  int    `json:"rank"`  // from 1 among those that fit; 0 for the others
	Least string `json:"least"` // the least role that can take it
	Why   string `json:"why"`
}

//go:embed report.schema.json
var reportSchema []byte

// ReportSchema is the JSON Schema (draft 2020-12) of a Report. The slice is
// the caller's.
func ReportSchema() []byte { return slices.Clone(reportSchema) }

// NewReport puts together what `check --json` prints, with every text from
// outside cleaned, no list left null, and the findings in the table's order,
// whatever order they came in. Subject.Look is the snapshot that was judged.
func NewReport(s Subject, findings []Finding, verdict Overall, paths []Path) Report {
	if s.Look == nil {
		s.Look = &Snapshot{}
	}
	verdict.Reason = Line(verdict.Reason, maxDetail)
	r := Report{
		Schema:    ReportName,
		Service:   Line(s.Service, maxDetail),
		App:       ReportApp{ID: Line(s.App.ID, 80), Name: Line(s.App.Name, 120), ClientID: Line(s.App.ClientID, 80)},
		Tenant:    s.reportTenant(),
		Account:   s.reportAccount(),
		User:      Line(s.Person, maxDetail),
		Verdict:   verdict,
		NotLooked: lines(verdict.NotLooked), MayStop: lines(verdict.MayStop),
		Findings: make([]Finding, 0, len(findings)),
		Paths:    append([]Path{}, paths...),
	}
	for i := range r.Paths {
		r.Paths[i].Least, r.Paths[i].Why = Line(r.Paths[i].Least, maxDetail), Line(r.Paths[i].Why, maxDetail)
	}
	for _, f := range findings {
		r.Findings = append(r.Findings, cleaned(f))
	}
	r.Findings = InOrder(r.Findings)
	return r
}

// lines cleans texts for a report; the list is never null.
func lines(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, Line(t, maxDetail))
	}
	return out
}

// InOrder returns findings in the order of the table of checks, causes before
// their consequences as far as the table has them so; of one check as they came.
func InOrder(findings []Finding) []Finding {
	out := slices.Clone(findings)
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(placeOf(a.Check), placeOf(b.Check)) })
	return out
}

// placeOf is a check's place in the table; what the table has not comes last.
func placeOf(id ID) int {
	if e, ok := catalog()[id]; ok {
		return e.place
	}
	return len(catalog())
}

// reportTenant names the tenant that the findings are about: of several with
// the domain, the one that somebody signed in to.
func (s Subject) reportTenant() ReportTenant {
	t := ReportTenant{Domain: Line(s.Domain, 253), Cloud: s.Cloud}
	own := s.candidates()
	for i, c := range own {
		if len(own) == 1 || i == slices.IndexFunc(own, func(c CloudTenant) bool { return c.TenantID == s.Look.Account.Value.TenantID }) {
			t.ID, t.Cloud = Line(c.TenantID, 80), c.Cloud
		}
	}
	if _, ok := EndpointsOf(t.Cloud); !ok {
		t.Cloud = ""
	}
	return t
}

func (s Subject) reportAccount() *ReportAccount {
	acc, me := s.Look.Account, s.Look.Me
	if !acc.Read && !me.Read {
		return nil
	}
	out := &ReportAccount{UPN: acc.Value.UPN, Roles: []string{}}
	if out.UPN == "" {
		out.UPN = me.Value.UPN
	}
	out.UPN = Line(out.UPN, 256)
	if s.Look.Roles.Read {
		for _, r := range s.Look.Roles.Value {
			if r.Name != "" {
				out.Roles = append(out.Roles, Line(r.Name, 120))
			}
		}
		return out
	}
	out.Roles = append(out.Roles, RoleNames(acc.Value.RoleIDs)...)
	return out
}

// RoleNames names those of some role template ids that can grant consent; the
// others are left out, for a token gives ids alone.
func RoleNames(ids []string) []string {
	var out []string
	for _, id := range ids {
		for _, r := range grantRoles {
			if strings.EqualFold(r.id, id) {
				out = append(out, r.name)
			}
		}
	}
	return out
}
