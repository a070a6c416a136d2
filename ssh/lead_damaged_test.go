package ssh

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"testing"
)

// breaks takes a record out of a case, as a disk does.
func (d dealt) breaks(db *sql.DB, seq int) {
	d.t.Helper()
	res, err := db.ExecContext(d.t.Context(), `DELETE FROM records WHERE case_id = (SELECT case_id FROM doors WHERE number = '`+string(d.c.Number())+`') AND seq = `+strconv.Itoa(seq))
	if err != nil {
		d.t.Fatal(err)
	}
	if n, err := res.RowsAffected(); n != 1 || err != nil {
		d.t.Fatalf("%d records of %d are gone: %v", n, seq, err)
	}
}

// TestALeadErasesADamagedCaseRegression holds that a case of which a record cannot be read is
// judged by its invitation and by what can be read of it; that where those do not decide the
// lead reads so, and not that it could be tried again.
func TestALeadErasesADamagedCaseRegression(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cases.db")
	s, as, o, other, _ := handing(t, func(so *Options) { so.Cases = opened(t, file) })
	db, err := sql.Open("sqlite", "file:"+file+"?_busy_timeout=20000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	lea, bea := as(o.lead("Lea Lind")), as(o.named("Bea Blau"))
	ole, oda := as(other.lead("Ole Olsen")), as(other.named("Oda Olsen"))
	both, alone := s.o.Guides, guides(t, o.options())
	last := func(d dealt) int { return len(d.s.records(t, string(d.c.Number()))) }
	for name, x := range map[string]struct {
		invites *desk
		yes     *desk // nil: to nobody
		alone   bool
		behind  bool // the yes can be read
		may     bool // Lea
	}{
		"of one organisation, all of it":            {alone: true, may: true},
		"of one organisation, behind a yes":         {alone: true, yes: bea, behind: true, may: true},
		"of one organisation, that Lea invited to":  {alone: true, invites: lea, may: true},
		"of one organisation, with another's yes":   {alone: true, yes: oda, behind: true},
		"of one organisation, of another's invited": {alone: true, invites: ole},
		"that Lea invited to":                       {invites: lea, may: true},
		"that Lea invited to, with another's yes":   {invites: lea, yes: oda, may: true},
		"behind a yes to Bea":                       {yes: bea, behind: true, may: true},
		"before a yes to Bea":                       {yes: bea},
		"behind a yes to Oda":                       {yes: oda, behind: true},
		"that Ole invited to":                       {invites: ole},
		"of nobody":                                 {},
	} {
		s.o.Guides = both
		d := newDealt(t, s, x.invites, x.invites != nil)
		if x.yes != nil {
			d.answered(x.yes, true)
		}
		if x.alone {
			s.o.Guides = alone
		}
		at := 1
		if x.behind {
			at = last(d)
		}
		d.breaks(db, at)
		_, err := lea.erase(t.Context(), string(d.c.Number()))
		_, gone := s.o.Cases.Case(t.Context(), d.c.Number())
		if x.may && (err != nil || gone == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if !x.may && (err == nil || err.Error() != sayNotEraseTorn || gone != nil) {
			t.Errorf("%s: %v, %v", name, err, gone)
		}
		if vain := s.auditOf(t, d.c.Number(), didNoErase); (len(vain) == 1) == x.may {
			t.Errorf("%s: the audit has %+v", name, vain)
		}
	}
}
