package cases

import (
	"errors"
	"strings"
	"testing"
)

// readAfter checks the audit from a head on, as a reading that begins there does.
func readAfter(t *testing.T, s *Store, after AuditHead) (AuditHead, error) {
	t.Helper()
	c := Chain{After: after}
	some, more, err := s.Entries(t.Context(), after.Seq-1)
	if err != nil || more {
		t.Fatal(more, err)
	}
	for _, l := range some {
		if err := c.Add(l); err != nil {
			return c.Head(), err
		}
	}
	return c.Head(), c.End()
}

// TestAChainBeginsAtAKeptHead holds that a chain which begins at a head wants its entry
// with its hash, finds what was changed in or behind it, and says nothing of what is before.
func TestAChainBeginsAtAKeptHead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stmt string
		seq  uint64 // where it is found; 0: it is not
		says string
	}{
		"untouched":       {`UPDATE audit SET hash = hash`, 0, ""},
		"changed before":  {`UPDATE audit SET hash = 'x' WHERE seq = 2`, 0, ""},
		"its hash":        {`UPDATE audit SET hash = 'x' WHERE seq = 3`, 3, "was changed"},
		"taken out":       {`DELETE FROM audit WHERE seq = 3`, 3, "is missing"},
		"cut off with it": {`DELETE FROM audit WHERE seq >= 3`, 3, "is missing"},
		"changed behind":  {`UPDATE audit SET hash = 'x' WHERE seq = 5`, 5, "was changed"},
		"missing behind":  {`DELETE FROM audit WHERE seq = 4`, 4, "is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, make maker) {
				s := make(t, Options{})
				heads := audited(t, s, 5)
				unguarded(t, s)
				raw(t, s, c.stmt)
				head, err := readAfter(t, s, heads[2])
				found, ok := errors.AsType[*TamperedError](err)
				switch {
				case c.seq == 0 && (err != nil || head != heads[4]):
					t.Errorf("%+v, %v", head, err)
				case c.seq != 0 && (!ok || found.Seq != c.seq || !strings.Contains(found.Why, c.says)):
					t.Errorf("%v, want entry %d %s", err, c.seq, c.says)
				}
				if c.stmt != `UPDATE audit SET hash = hash` {
					return
				}
				if _, err := readAfter(t, s, AuditHead{3, heads[3].Hash}); err == nil || !strings.Contains(err.Error(), "entry 3 is another than the one whose hash was kept") {
					t.Errorf("another hash: %v", err)
				}
				if _, err := readAfter(t, s, AuditHead{9, heads[3].Hash}); err == nil || !strings.Contains(err.Error(), "entry 9 is missing") {
					t.Errorf("beyond the end: %v", err)
				}
			})
		})
	}
}

// TestEntriesSeekToWhereTheyBegin holds that the database goes to the first entry that is
// asked for by its number, and reads none before it.
func TestEntriesSeekToWhereTheyBegin(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		audited(t, s, 1)
		raw(t, s, `INSERT INTO audit (seq, entry, hash) WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, entry, hash FROM n, audit WHERE seq = 1`, `ANALYZE audit`)
		plan := strings.Join(planned(t, s, entries, int64(9000), mostEntries), "\n")
		if !strings.Contains(plan, "SEARCH audit USING INDEX sqlite_autoindex_audit_1 (seq>?)") && !strings.Contains(plan, "Index Cond: (seq > ") {
			t.Errorf("it reads more than it should:\n%s", plan)
		}
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort") || strings.Contains(plan, "SCAN") {
			t.Errorf("it sorts or scans:\n%s", plan)
		}
	})
}
