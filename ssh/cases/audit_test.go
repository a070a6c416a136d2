package cases

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// audited writes entries, and gives the head after each.
func audited(t testing.TB, s *Store, many int) (heads []AuditHead) {
	t.Helper()
	for i := range many {
		h, err := s.Audit(t.Context(), Entry{Who: "Ada, Fabrikam", Role: "guide", Did: "watched", Case: "7KQ-M2X", More: fmt.Sprint("entry ", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
	}
	return heads
}

// An entry that is added again stands once; one that says the same is another.
func TestAnEntryIsAddedOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		one := Entry{Who: "Ada, Fabrikam", Did: "watched", Mark: "one"}
		var heads []AuditHead
		for _, e := range []Entry{one, {Who: "Ada, Fabrikam", Did: "watched"}, one, {Who: "Ada, Fabrikam", Did: "watched"}, one} {
			h, err := s.Audit(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			heads = append(heads, h)
		}
		if heads[2] != heads[0] || heads[4] != heads[0] || heads[1].Seq != 2 || heads[3].Seq != 3 {
			t.Errorf("they stand at %v", heads)
		}
		if h, err := s.CheckAudit(t.Context(), heads[0]); err != nil || h != heads[3] {
			t.Errorf("the audit ends at %+v, %v", h, err)
		}
		if _, err := s.Audit(t.Context(), Entry{Who: "Ada", Did: "watched", Mark: strings.Repeat("x", mostMark+1)}); !errors.Is(err, ErrBadEntry) {
			t.Errorf("too long a mark: %v", err)
		}
	})
}

func TestTheAuditIsAChain(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		empty, err := s.CheckAudit(t.Context(), AuditHead{})
		if err != nil || empty.Seq != 0 || len(empty.Hash) != 64 {
			t.Errorf("an empty one: %+v, %v", empty, err)
		}
		heads := audited(t, s, 3)
		all, _, err := s.Entries(t.Context(), 0)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		prev := empty.Hash
		for i, l := range all {
			sum := sha256.Sum256(l.Raw) // with nothing of ours
			var in struct {
				Seq       uint64
				Prev, Who string
				At        string
			}
			if err := json.Unmarshal(l.Raw, &in); err != nil {
				t.Fatal(err)
			}
			if in.Prev != prev || in.Seq != uint64(i)+1 || in.Who != "Ada, Fabrikam" || in.At != "2026-11-20T12:00:00Z" || l.Hash != hex.EncodeToString(sum[:]) || heads[i] != (AuditHead{in.Seq, l.Hash}) {
				t.Errorf("entry %d is %s", i+1, l.Raw)
			}
			prev = l.Hash
		}
		for i, kept := range append(heads, AuditHead{}) {
			if h, err := s.CheckAudit(t.Context(), kept); err != nil || h != heads[2] {
				t.Errorf("with head %d kept: %+v, %v", i+1, h, err)
			}
		}
		if some, more, err := s.Entries(t.Context(), 2); err != nil || len(some) != 1 || some[0].More != "entry 3" || more {
			t.Errorf("after the second: %+v, %v", some, err)
		}
	})
}

// An entry says whose it is where that is known, those that do not stay as they were, and
// the head can be read alone.
func TestAnEntryIsOfAnOrganisation(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		none, err := s.AuditHead(t.Context())
		if empty, _ := s.CheckAudit(t.Context(), AuditHead{}); err != nil || none.Seq != 0 || none != empty {
			t.Errorf("of an empty one: %+v, %v", none, err)
		}
		heads := audited(t, s, 2)
		h, err := s.Audit(t.Context(), Entry{Who: "Ada, Fabrikam", Did: "watched", Organisation: "Fabrikam"})
		if err != nil {
			t.Fatal(err)
		}
		if last, err := s.AuditHead(t.Context()); err != nil || last != h {
			t.Errorf("the head is %+v, %v; want %+v", last, err, h)
		}
		if all, err := s.CheckAudit(t.Context(), heads[1]); err != nil || all != h {
			t.Errorf("the chain ends at %+v, %v", all, err)
		}
		all, _, err := s.Entries(t.Context(), 1)
		if err != nil || len(all) != 2 || all[1].Organisation != "Fabrikam" || !strings.HasSuffix(string(all[1].Raw), `,"organisation":"Fabrikam"}`) {
			t.Errorf("%+v, %v", all, err)
		} else if all[0].Organisation != "" || strings.Contains(string(all[0].Raw), "organisation") {
			t.Errorf("%s", all[0].Raw)
		}
		for _, bad := range []string{strings.Repeat("x", mostAudited+1), "a\nb", "\xff", "\u009b"} {
			if _, err := s.Audit(t.Context(), Entry{Who: "Ada", Did: "watched", Organisation: bad}); !errors.Is(err, ErrBadEntry) {
				t.Errorf("%.40q: %v", bad, err)
			}
		}
		made, try := asked(t, s, Invitation{By: "Ada, Fabrikam", Organisation: "Fabrikam"})
		if in, err := s.Invited(t.Context(), try); err != nil || in.Organisation != "Fabrikam" || made.Organisation != "Fabrikam" {
			t.Errorf("%+v, %v", in, err)
		}
	})
}

// The hash of an entry helps nobody to guess at it: two that say the same at the same
// place of the same chain and time are other bytes. Those of before there was a salt stay
// part of the chain, and what is added again by its mark is the one that is there.
func TestTheHashOfAnEntryConfirmsNoGuess(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		one := Entry{Who: "Ada, Fabrikam", Did: "watched", Mark: "one", Salt: "mine"}
		seen := map[string]bool{}
		for range 2 {
			s := make(t, Options{})
			first, err := s.Audit(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			all, _, err := s.Entries(t.Context(), 0)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			salt, err := hex.DecodeString(all[0].Salt)
			if err != nil || len(salt) != 16 || !strings.Contains(string(all[0].Raw), `"salt":"`+all[0].Salt+`"`) || seen[all[0].Salt] || seen[first.Hash] {
				t.Errorf("%v: %s", err, all[0].Raw)
			}
			seen[all[0].Salt], seen[first.Hash] = true, true
			if again, err := s.Audit(t.Context(), one); err != nil || again != first {
				t.Errorf("by its mark it is %+v, %v; want %+v", again, err, first)
			}
			old := Entry{Seq: 2, Prev: first.Hash, At: noon, Who: "Ada, Fabrikam", Did: "watched"}
			data, err := json.Marshal(old)
			if err != nil || strings.Contains(string(data), "salt") {
				t.Fatal(err, string(data))
			}
			if _, err := s.files.write.ExecContext(t.Context(), s.dialect.sql(`INSERT INTO audit (seq, entry, hash) VALUES (?, ?, ?)`), int64(2), data, hashOf(data)); err != nil {
				t.Fatal(err)
			}
			audited(t, s, 1)
			if h, err := s.CheckAudit(t.Context(), AuditHead{2, hashOf(data)}); err != nil || h.Seq != 3 {
				t.Errorf("behind an old one: %+v, %v", h, err)
			}
		}
	})
}

// Without randomness nothing is added.
func TestNoEntryWithoutASalt(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		s.o.Random = broken{}
		if _, err := s.Audit(t.Context(), Entry{Who: "Ada", Did: "watched", Mark: "one"}); err == nil {
			t.Error("it is added")
		}
		if h, err := s.CheckAudit(t.Context(), AuditHead{}); err != nil || h.Seq != 0 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

func TestWhatIsNoEntry(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		for name, e := range map[string]Entry{
			"nobody":  {Did: "watched"},
			"nothing": {Who: "Ada"},
			"long":    {Who: "Ada", Did: strings.Repeat("x", mostAudited+1)},
			"lines":   {Who: "Ada", Did: "watched\nForged: yes"},
			"escape":  {Who: "Ada\x1b[2J", Did: "watched"},
			"broken":  {Who: "Ada", Did: "watched", More: "\xff"},
		} {
			if _, err := s.Audit(t.Context(), e); !errors.Is(err, ErrBadEntry) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h, err := s.CheckAudit(t.Context(), AuditHead{}); h.Seq != 0 || err != nil {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

// Writers side by side, on one node or several, make one chain.
func TestManyWriteOneAudit(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		oneChain(t, []*Store{make(t, Options{})})
	})
}

func oneChain(t *testing.T, ns []*Store) {
	t.Helper()
	const writers, each = 6, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() { audited(t, ns[w%len(ns)], each) })
	}
	wg.Wait()
	if h, err := ns[0].CheckAudit(t.Context(), AuditHead{}); err != nil || h.Seq != writers*each {
		t.Errorf("%+v, %v", h, err)
	}
}

// unguarded takes the database's own guard off, as its owner can.
func unguarded(t testing.TB, s *Store) {
	t.Helper()
	if s.hearing != nil {
		raw(t, s, `ALTER TABLE audit DISABLE TRIGGER ALL`)
		return
	}
	raw(t, s, `DROP TRIGGER audit_stays`, `DROP TRIGGER audit_keeps`)
}

func TestTheDatabaseKeepsTheAuditAsItIs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		audited(t, s, 2)
		stmts := []string{`UPDATE audit SET hash = 'x'`, `DELETE FROM audit`, `DELETE FROM audit WHERE seq = 2`}
		if s.hearing != nil {
			stmts = append(stmts, `TRUNCATE audit`)
		}
		for _, stmt := range stmts {
			if _, err := s.files.write.ExecContext(t.Context(), stmt); err == nil || !strings.Contains(err.Error(), "the audit is only added to") {
				t.Errorf("%s: %v", stmt, err)
			}
		}
		if h, err := s.CheckAudit(t.Context(), AuditHead{}); err != nil || h.Seq != 2 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

// Whatever is done to the chain behind its back is found, and where; what no chain
// can show is found with a head that was kept.
func TestATamperedAuditIsFound(t *testing.T) {
	t.Parallel()
	// forged makes entry 3 another, with a hash that fits it.
	forged := func(t *testing.T, s *Store, from int) {
		t.Helper()
		all, _, err := s.Entries(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		prev := ""
		for _, l := range all[from-1:] {
			e := l.Entry
			if prev == "" {
				e.Who = "Mallory"
				prev = e.Prev
			}
			e.Prev = prev
			data, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			prev = hashOf(data)
			if _, err := s.files.write.ExecContext(t.Context(), s.dialect.sql(`UPDATE audit SET entry = ?, hash = ? WHERE seq = ?`), data, prev, int64(e.Seq)); err != nil {
				t.Fatal(err)
			}
			if from == 3 {
				return
			}
		}
	}
	stmts := func(stmts ...string) func(t *testing.T, s *Store) {
		return func(t *testing.T, s *Store) { t.Helper(); raw(t, s, stmts...) }
	}
	for name, c := range map[string]struct {
		do   func(t *testing.T, s *Store)
		seq  uint64 // where it is found; 0: not by the chain alone
		kept uint64 // and where with the head kept
	}{
		"changed":               {stmts(`UPDATE audit SET entry = (SELECT entry FROM audit WHERE seq = 2) WHERE seq = 3`), 3, 3},
		"changed with its hash": {func(t *testing.T, s *Store) { t.Helper(); forged(t, s, 3) }, 4, 4},
		"another hash":          {stmts(`UPDATE audit SET hash = 'x' WHERE seq = 3`), 3, 3},
		"the first taken out":   {stmts(`DELETE FROM audit WHERE seq = 1`), 1, 1},
		"one taken out":         {stmts(`DELETE FROM audit WHERE seq = 3`), 3, 3},
		"taken out and closed":  {stmts(`DELETE FROM audit WHERE seq = 3`, `UPDATE audit SET seq = 3 WHERE seq = 4`, `UPDATE audit SET seq = 4 WHERE seq = 5`), 3, 3},
		"two changed places":    {stmts(`UPDATE audit SET seq = 99 WHERE seq = 2`, `UPDATE audit SET seq = 2 WHERE seq = 3`, `UPDATE audit SET seq = 3 WHERE seq = 99`), 2, 2},
		"moved to the end":      {stmts(`UPDATE audit SET seq = 6 WHERE seq = 2`), 2, 2},
		"put in":                {stmts(`INSERT INTO audit (seq, entry, hash) SELECT 0, entry, hash FROM audit WHERE seq = 1`), 1, 1},
		"the end cut off":       {stmts(`DELETE FROM audit WHERE seq > 3`), 0, 4},
		"all taken out":         {stmts(`DELETE FROM audit`), 0, 1},
		"made anew":             {func(t *testing.T, s *Store) { t.Helper(); forged(t, s, 1) }, 0, 5},
		"no entry":              {stmts(`UPDATE audit SET entry = (SELECT entry FROM audit WHERE 1 = 0 UNION ALL SELECT secret FROM doors LIMIT 1) WHERE seq = 3`), 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, make maker) {
				s := make(t, Options{})
				begun(t, s)
				heads := audited(t, s, 5)
				unguarded(t, s)
				c.do(t, s)
				for with, want := range map[AuditHead]uint64{{}: c.seq, heads[4]: c.kept} {
					_, err := s.CheckAudit(t.Context(), with)
					found, ok := errors.AsType[*TamperedError](err)
					switch {
					case want == 0 && err != nil:
						t.Errorf("head %d kept: %v", with.Seq, err)
					case want != 0 && (!ok || found.Seq != want):
						t.Errorf("head %d kept: %v, not found at %d", with.Seq, err, want)
					}
				}
			})
		})
	}
}
