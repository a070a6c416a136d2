package ssh

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// checking is a server whose store a test reaches into.
type checking struct {
	*site

	db    *sql.DB
	began time.Time
}

func checkingReceipts(t *testing.T) *checking {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.db")
	s, _ := desked(t, func(so *Options) { so.Cases = opened(t, file) })
	db, err := sql.Open("sqlite", "file:"+file+"?_busy_timeout=20000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &checking{s, db, time.Now().UTC().Add(-2 * time.Hour).Truncate(time.Second)}
}

// guided is a case with a guided session in it, and its receipt.
func (k *checking) guided(t *testing.T) (c *cases.Case, code, text string) {
	t.Helper()
	c, secret, err := k.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(t.Context(), 0, flows.Record{Writer: "driver", N: 1, At: k.began, By: flows.ByDriver, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	guidedBy(t, c, "v1", "SHA256:"+strings.Repeat("A", 43), k.began.Add(time.Minute))
	code = secret.Reveal()
	return c, code, k.fetches(t, code, "receipt")
}

// change does to a case what somebody does who can write to the database: of is its id.
func (k *checking) change(t *testing.T, c *cases.Case, stmts ...string) {
	t.Helper()
	of := "(SELECT case_id FROM doors WHERE number = '" + string(c.Number()) + "')"
	for _, stmt := range stmts {
		if _, err := k.db.ExecContext(t.Context(), strings.ReplaceAll(stmt, "@", of)); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
}

// says holds what is said of a receipt.
func (k *checking) says(t *testing.T, text string, state ReceiptState) ReceiptCheck {
	t.Helper()
	got, err := k.CheckReceipt(t.Context(), []byte(text))
	if err != nil || got.State != state {
		t.Errorf("it is %+v, %v; and should be %s", got, err, state)
	}
	return got
}

// resigned is a receipt that says something else, signed with the store's key.
func (k *checking) resigned(t *testing.T, text string, change func(*receipt.Session)) string {
	t.Helper()
	was, err := receipt.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	change(&was.Session)
	keys, err := k.o.Cases.ReceiptKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := receipt.Sign(keys[len(keys)-1], was.Session)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestAReceiptIsHeldAgainstItsCase holds that a receipt which is as it was is said to be,
// also when more came to its case later; that looking changes nothing but the audit, which
// has it; and that of an erased case there is no verdict.
func TestAReceiptIsHeldAgainstItsCase(t *testing.T) {
	t.Parallel()
	k := checkingReceipts(t)
	c, code, text := k.guided(t)
	got := k.says(t, text, ReceiptSame)
	if got.Case != string(c.Number()) || got.Session != 1 || got.From != 2 || got.To != 5 || len(got.Sum) != 64 || got.Changed != nil || got.Key == "" || got.Damage != 0 {
		t.Errorf("%+v", got)
	}
	did(t, k.o.Cases, "operator "+string(c.Number())+" "+didCheckReceipt+" 1")
	if got := k.auditOf(t, c.Number(), didCheckReceipt); got[0].Organisation != "Example Support" {
		t.Errorf("whose guide's it is the audit does not say: %+v", got)
	}
	guidedBy(t, c, "v2", "SHA256:"+strings.Repeat("A", 43), k.began.Add(20*time.Minute))
	second := k.fetches(t, code, "receipt")
	rs := k.records(t, string(c.Number()))
	for _, one := range []string{text, second, " \n" + text + "\n\n"} {
		k.says(t, one, ReceiptSame)
	}
	if now := k.records(t, string(c.Number())); len(now) != len(rs) {
		t.Errorf("looking wrote %d records", len(now)-len(rs))
	}
	// A server that has another name since has the same journal.
	beside := serve(t, func(so *Options) { so.Cases, so.Name = k.o.Cases, "renamed.example" })
	(&checking{beside, k.db, k.began}).says(t, text, ReceiptSame)

	// What was signed with a key that is disowned is not genuine, and the journal says what it says.
	keys, err := k.ReceiptKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forged := k.resigned(t, text, func(s *receipt.Session) { s.Did.Notes++ })
	if _, err := k.DisownReceiptKey(t.Context(), keys[0].Fingerprint, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got := k.says(t, text, ReceiptDisowned); got.Fault != receipt.FaultDisowned || got.Journal != ReceiptSame || got.Reason == "" || got.Key != keys[0].Fingerprint {
		t.Errorf("%+v", got)
	}
	if got := k.auditOf(t, c.Number(), didCheckReceipt); got[len(got)-1].Organisation != "" {
		t.Errorf("what anybody could have signed says whose it is: %+v", got)
	}
	if got := k.says(t, forged, ReceiptDisowned); got.Journal != ReceiptChanged || len(got.Changed) != 1 || got.Changed[0] != (receipt.Change{What: "did.notes", Receipt: "1", Journal: "0"}) {
		t.Errorf("%+v", got)
	}
	anew := k.fetches(t, code, "receipt 1")
	k.says(t, anew, ReceiptSame)

	if _, errs, exit := k.asks(t, "erase "+code); exit != codeDone {
		t.Fatal(errs)
	}
	if got := k.says(t, anew, ReceiptGone); got.Case != string(c.Number()) || got.Sum == "" {
		t.Errorf("of an erased case: %+v", got)
	}
	did(t, k.o.Cases, "operator "+string(c.Number())+" "+didCheckReceipt+" 1")
	if got := k.says(t, text, ReceiptDisowned); got.Journal != ReceiptGone {
		t.Errorf("of an erased case: %+v", got)
	}
}

// TestAJournalThatWasChangedIsFound holds that a receipt shows what somebody did to the
// journal of its case since, by the database alone or with the key of the case.
func TestAJournalThatWasChangedIsFound(t *testing.T) {
	t.Parallel()
	k := checkingReceipts(t)
	note := flows.Record{
		Writer: flows.GuideWriter("v1"), N: 2, At: k.began.Add(time.Minute + 3*time.Second), By: flows.ByGuide, Event: flows.Noted{Visit: "v1", Text: "canary"},
	}
	stop := flows.Record{Writer: "person of v1", N: 3, At: k.began.Add(time.Minute + 4*time.Second), By: flows.ByPerson, Event: flows.Watched{Visit: "v1", Why: flows.WatchStopped}}
	const cut = `DELETE FROM records WHERE case_id = @ AND seq > `
	for name, x := range map[string]struct {
		do    []string
		after uint64
		then  []flows.Record
		state ReceiptState
		check func(ReceiptCheck) bool
	}{
		"a record is altered": {
			[]string{`UPDATE records SET sealed = (SELECT sealed FROM records AS o WHERE o.case_id = records.case_id AND o.seq = 3) WHERE case_id = @ AND seq = 4`},
			0, nil, ReceiptDamaged, func(c ReceiptCheck) bool { return c.Damage == 4 && c.Changed == nil },
		},
		"one is put in": {
			[]string{
				`UPDATE records SET seq = 6 WHERE case_id = @ AND seq = 5`, `INSERT INTO records SELECT case_id, 5, writer, 99, sealed FROM records WHERE case_id = @ AND seq = 4`,
				`UPDATE cases SET last_seq = 6 WHERE id = @`,
			},
			0, nil, ReceiptDamaged, func(c ReceiptCheck) bool { return c.Damage == 5 },
		},
		"one is taken out": {
			[]string{`DELETE FROM records WHERE case_id = @ AND seq = 4`}, 0, nil, ReceiptDamaged, func(c ReceiptCheck) bool { return c.Damage == 4 },
		},
		"its end is taken out": {
			[]string{cut + `4`}, 0, nil, ReceiptDamaged, func(c ReceiptCheck) bool { return c.Damage == 5 },
		},
		"its end is taken out, and nobody is to see": {
			[]string{cut + `4`, `UPDATE cases SET last_seq = 4 WHERE id = @`}, 0, nil, ReceiptChanged, func(c ReceiptCheck) bool {
				return changed(c, "ended.at") && changed(c, "journal.to") && changed(c, "journal.records") && changed(c, "journal.sha256")
			},
		},
		"one is added within it": {
			[]string{cut + `4`, `UPDATE cases SET last_seq = 4 WHERE id = @`}, 4, []flows.Record{note, stop}, ReceiptChanged, func(c ReceiptCheck) bool {
				return changed(c, "did.notes") && changed(c, "ended.at") && changed(c, "journal.to") && changed(c, "journal.sha256")
			},
		},
		"it never was": {
			[]string{cut + `1`, `UPDATE cases SET last_seq = 1 WHERE id = @`}, 0, nil, ReceiptNoVisit, func(c ReceiptCheck) bool { return c.Changed == nil },
		},
		"one is added behind it": {
			nil, 5,
			[]flows.Record{{Writer: "person of v1", N: 4, At: k.began.Add(time.Hour), By: flows.ByPerson, Event: flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"}}},
			ReceiptSame, func(c ReceiptCheck) bool { return c.Changed == nil },
		},
		"one of the guide's handle is added behind it": {
			nil, 5,
			[]flows.Record{{Writer: flows.GuideWriter("v1"), N: 9, At: k.began.Add(time.Hour), By: flows.ByPerson, Event: flows.Answered{Question: flows.AskDomain, Value: "fabrikam.example"}}},
			ReceiptChanged, func(c ReceiptCheck) bool { return len(c.Changed) == 1 && changed(c, "did.other") },
		},
		"it is damaged behind it": {
			[]string{`UPDATE cases SET last_seq = 6 WHERE id = @`}, 0, nil, ReceiptDamaged, func(c ReceiptCheck) bool { return c.Damage == 6 && c.Changed == nil },
		},
	} {
		c, _, text := k.guided(t)
		k.change(t, c, x.do...)
		for i, r := range x.then {
			if _, err := c.Append(t.Context(), x.after+uint64(i), r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		got, err := k.CheckReceipt(t.Context(), []byte(text))
		if err != nil || got.State != x.state || !x.check(got) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if said := fmt.Sprintf("%+v", got); strings.Contains(said, "canary") || strings.Contains(said, "fabrikam") || strings.Contains(said, "contoso") {
			t.Errorf("%s: what is nobody's is told: %s", name, said)
		}
	}
}

func changed(c ReceiptCheck, what string) bool {
	return slices.ContainsFunc(c.Changed, func(one receipt.Change) bool { return one.What == what && one.Receipt != one.Journal })
}

// TestAReceiptThatIsNotOfTheStore holds that no case is looked at for what none of the
// store's keys signed, of whatever size and content it is, and that what one signed who
// copied a key is held against the case that it names.
func TestAReceiptThatIsNotOfTheStore(t *testing.T) {
	t.Parallel()
	k, other := checkingReceipts(t), checkingReceipts(t)
	c, _, text := k.guided(t)
	_, _, theirs := other.guided(t)
	k.began = k.began.Add(time.Second)
	one, _, _ := k.guided(t)
	before := len(deeds(t, k.o.Cases))
	for name, x := range map[string]struct {
		text  string
		fault receipt.FaultKind
	}{
		"nothing":          {"", receipt.FaultNoReceipt},
		"no receipt":       {"\x1b[2Jhello", receipt.FaultNoReceipt},
		"binary":           {"{\x00\xff\xfe", receipt.FaultControl},
		"too much":         {strings.Repeat("{", receipt.Most+1), receipt.FaultLarge},
		"very deep":        {strings.Repeat(`{"a":`, 9999), receipt.FaultNoReceipt},
		"cut off":          {text[:len(text)/2], receipt.FaultCut},
		"one that changed": {strings.Replace(text, "Anna", "Eve", 1), receipt.FaultChanged},
		"another store's":  {theirs, receipt.FaultOtherKey},
	} {
		if got := k.says(t, x.text, ReceiptNotGood); got.Fault != x.fault || got.Reason == "" || strings.Contains(got.Reason, "\x1b") || got.Case != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if now := len(deeds(t, k.o.Cases)); now != before {
		t.Errorf("the audit has %d entries more", now-before)
	}
	if got := k.says(t, k.resigned(t, text, func(s *receipt.Session) { s.Case = string(one.Number()) }), ReceiptChanged); !changed(got, "ended.at") || !changed(got, "journal.sha256") {
		t.Errorf("another case's: %+v", got)
	}
	k.says(t, k.resigned(t, text, func(s *receipt.Session) { s.Visit = "v9" }), ReceiptNoVisit)
	k.says(t, k.resigned(t, text, func(s *receipt.Session) { s.Case = "000-000" }), ReceiptGone)
	k.says(t, k.resigned(t, text, func(s *receipt.Session) { s.Case = "' OR 1=1" }), ReceiptGone)
	if got := k.says(t, k.resigned(t, text, func(s *receipt.Session) { s.Server = "other.example" }), ReceiptChanged); len(got.Changed) != 1 || !changed(got, "server") {
		t.Errorf("of another server: %+v", got)
	}

	// Without an entry in the audit nobody looks.
	k.change(t, c, `CREATE TRIGGER audit_mute BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'a test'); END`)
	if got, err := k.CheckReceipt(t.Context(), []byte(text)); err == nil || got.State != "" {
		t.Errorf("without the audit: %+v, %v", got, err)
	}
}
