package cases

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
)

// traces says which of the files beside path hold a text.
func traces(t *testing.T, path, text string) []string {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) < 2 {
		t.Fatalf("files %v, %v", names, err)
	}
	var out []string
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if count := bytes.Count(data, []byte(text)); count > 0 {
			out = append(out, fmt.Sprintf("%s: %d times", filepath.Base(n), count))
		}
	}
	return out
}

// Who was let at a case by its number erases it as its customer does, once.
func TestACaseIsErasedByItsHandle(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		stays, _ := begun(t, s)
		must(t, c, 0, note("w", 1, "a"))
		by, err := s.Case(t.Context(), c.Number())
		if err != nil {
			t.Fatal(err)
		}
		if err := by.Erase(t.Context()); err != nil && !errors.Is(err, ErrUnwiped) {
			t.Fatal(err)
		}
		if err := by.Erase(t.Context()); !errors.Is(err, ErrNoCase) {
			t.Errorf("again: %v", err)
		}
		if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
			t.Errorf("another handle reads: %v", err)
		}
		if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, ErrNoCase) {
			t.Errorf("its code opens: %v", err)
		}
		if got := numbers(t, s, Filter{}, 9); len(got) != 1 || got[0] != stays.Number() {
			t.Errorf("the queue has %v", got)
		}
	})
}

// Whatever order cases grew in and whatever the tree of the database did with
// their pages, nothing of an erased one is left in a file.
func TestOfAnErasedCaseNothingIsLeft(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			path := filepath.Join(t.TempDir(), "cases.db")
			s := open(t, path, Options{})
			const many = 7
			var cs [many]*Case
			var codes [many]string
			var last [many]uint64
			for i := range cs {
				cs[i], codes[i] = begun(t, s)
			}
			for range 300 {
				if r.IntN(2) == 0 {
					begun(t, s) // so that the table of cases is rearranged too
				}
				i := r.IntN(many)
				text := fmt.Sprintf("canary-%d %s", i, strings.Repeat("x", r.IntN(1500)))
				last[i] = must(t, cs[i], last[i], note(fmt.Sprintf("writer-%d-%d", i, r.IntN(3)), last[i]+1, text))
			}
			for i := range cs {
				if _, err := cs[i].KeepReceipt(t.Context(), fmt.Sprintf("visit-%d", i), []byte("canary- of a receipt "+strings.Repeat("x", 3000))); err != nil {
					t.Fatal(err)
				}
			}
			for i := range cs {
				find, proof := s.keys.code(parsed(t, codes[i]))
				secret := secretOf(t, s, cs[i].Number())
				gone := []string{string(cs[i].Number()), find, proof, secret}
				for _, text := range gone {
					if len(traces(t, path, text)) == 0 {
						t.Fatalf("%q cannot be seen before either", text)
					}
				}
				n, err := s.Erase(t.Context(), Try{Code: codes[i], From: stranger})
				if err != nil || n != cs[i].Number() {
					t.Fatalf("erased %s, %v", n, err)
				}
				for _, text := range append(gone, "canary-", "xxxxxxxx") {
					if left := traces(t, path, text); left != nil {
						t.Errorf("%d: %q is left in %v", i, text, left)
					}
				}
				for k := i + 1; k < many; k++ {
					if got := texts(t, cs[k], last[k]-1); !strings.HasPrefix(got, fmt.Sprintf("canary-%d", k)) {
						t.Errorf("another case lost its end: %.20q", got)
					}
				}
			}
		})
	}
}

// secretOf is the key of a case's records.
func secretOf(t *testing.T, s *Store, n Number) string {
	t.Helper()
	var id int64
	var secret []byte
	if err := s.reads.getCase.QueryRowContext(t.Context(), string(n)).Scan(&id, &secret); err != nil {
		t.Fatal(err)
	}
	return string(secret)
}

// parsed is a code that is one.
func parsed(t testing.TB, code string) Code {
	t.Helper()
	c, err := ParseCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoHasAnErasedCaseOpenIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, erasedIsTold)
}

func erasedIsTold(t *testing.T, make maker) {
	t.Helper()
	s := make(t, Options{})
	c, code := begun(t, s)
	must(t, c, 0, note("w", 1, "a"))
	wake := c.Watch(t.Context())
	listened(t, c, wake)
	erase(t, s, code)
	<-wake
	gone := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ErrNoCase) || !errors.Is(err, flows.ErrGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := c.Since(t.Context(), 0)
	gone("reading", err)
	_, err = c.Append(t.Context(), 1, note("w", 2, "b"))
	gone("appending", err)
	_, err = c.Append(t.Context(), 1)
	gone("appending nothing", err)
	_, err = c.Append(t.Context(), 0, note("w", 1, "a"))
	gone("trying again", err)
	_, err = c.Renew(t.Context())
	gone("renewing", err)
	gone("binding", c.Bind(t.Context(), aKey))
	_, err = s.Case(t.Context(), c.Number())
	gone("opening", err)
	_, err = s.Resume(t.Context(), Try{Code: code, From: stranger})
	gone("resuming", err)
	_, err = s.Erase(t.Context(), Try{Code: code, From: stranger})
	gone("erasing twice", err)
}

// A reader in the middle keeps the log from being emptied: the case is gone all
// the same, the customer is told the truth, and the store goes on trying.
func TestTracesGoOnceReadersAreDone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	synctest.Test(t, func(t *testing.T) { wipedLater(t, path) })
}

func wipedLater(t *testing.T, path string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, code := begun(t, s)
	must(t, c, 0, note("w", 1, "canary"))
	find, _ := s.keys.code(parsed(t, code))
	rows, err := s.files.read.QueryContext(t.Context(), `SELECT sealed FROM records`)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	if _, err := s.Erase(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, ErrUnwiped) {
		t.Fatalf("with a reader in the middle: %v", err)
	}
	if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
		t.Errorf("it can still be read: %v", err)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	if len(traces(t, path, find)) == 0 {
		t.Error("it was wiped although it was said not to be")
	}
	time.Sleep(wipeAgain + time.Second)
	synctest.Wait()
	if left := traces(t, path, find); left != nil {
		t.Errorf("left in %v", left)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCasesAreKeptForAsLongAsIsSaid(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		now := atNoon()
		keptAsSaid(t, make(t, Options{Now: now.time, Keep: 48 * time.Hour}), now)
	})
}

// Of what is swept nothing is left in the file.
func TestOfASweptCaseNothingIsLeft(t *testing.T) {
	t.Parallel()
	now := atNoon()
	path := filepath.Join(t.TempDir(), "cases.db")
	for _, c := range keptAsSaid(t, open(t, path, Options{Now: now.time, Keep: 48 * time.Hour}), now) {
		if left := traces(t, path, string(c.Number())); left != nil {
			t.Errorf("left in %v", left)
		}
	}
}

// keptAsSaid has some cases go and one stay, and gives those that went.
func keptAsSaid(t *testing.T, s *Store, now *hand) []*Case {
	t.Helper()
	var old []*Case
	for n := range sweepMost + 3 {
		c, _ := begun(t, s)
		must(t, c, 0, note("w", 1, fmt.Sprint("canary", n)))
		old = append(old, c)
	}
	now.set(noon.Add(24 * time.Hour))
	must(t, old[0], 1, note("w", 2, "on"))
	now.set(noon.Add(48 * time.Hour))
	if n, err := s.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("at the last moment %d went, %v", n, err)
	}
	now.set(now.time().Add(time.Millisecond))
	wake := old[1].Watch(t.Context())
	if n, err := s.Sweep(t.Context()); n != len(old)-1 || err != nil && (s.hearing == nil || !errors.Is(err, ErrUnwiped)) { // as in erase
		t.Errorf("%d went, %v", n, err)
	}
	<-wake
	for _, c := range old[1:] {
		if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
			t.Errorf("after its time: %v", err)
		}
	}
	if got := texts(t, old[0], 0); got != "canary0 on" {
		t.Errorf("the case that went on holds %q", got)
	}
	return old[1:]
}

// Who ends a sweep in its middle leaves no traces behind for long.
func TestASweepThatIsCutShortIsWiped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), path, Options{Keep: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := begun(t, s)
		for range sweepMost - 1 {
			begun(t, s)
		}
		time.Sleep(2 * time.Minute)
		var sw swept
		if err := s.submit(s.sweepSome(t.Context(), &sw)); sw.gone != sweepMost || err != nil {
			t.Errorf("%d went, %v", sw.gone, err)
		}
		time.Sleep(wipeAgain + time.Second)
		synctest.Wait()
		if left := column(t, s.files.read, `SELECT name FROM facts WHERE name = 'unwiped'`); len(left) != 0 {
			t.Error("it was not wiped")
		}
		if left := traces(t, path, string(c.Number())); left != nil {
			t.Errorf("left in %v", left)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What was noted of a case while it was erased goes with a sweep, and nothing else.
func TestASweepTakesWhatIsLeftOfAnErasedCase(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		c, code := begun(t, s)
		stays, _ := begun(t, s)
		in, _ := asked(t, s, Invitation{Tenant: "contoso.example"})
		other, _ := asked(t, s, Invitation{Tenant: "fabrikam.example"})
		open, _ := asked(t, s, Invitation{})
		erase(t, s, code)
		for of, number := range map[*Case]Number{c: in.Number, stays: other.Number} {
			noted := map[string][]any{
				putStand:    {of.id, 0, "", 0, 0, 0, 0, 0},
				addOpened:   {of.id, 0, 0},
				addYes:      {s.keys.guide("ada"), of.id, noon.UnixMilli()},
				putSeat:     {of.id, "word", s.node, noon.UnixMilli()},
				putHandOver: {of.id, lea.Organisation, "mark", lea.Print, lea.Name, bea.Print, bea.Name, 0, 0},
				`UPDATE invitations SET case_id = ? WHERE number = ?`: {of.id, string(number)},
			}
			if err := s.submit(&job{ctx: t.Context(), do: func(q *queries) (answer, fault error) {
				for query, args := range noted {
					if _, err := q.tx.ExecContext(q.ctx, s.dialect.sql(query), args...); err != nil {
						return nil, err
					}
				}
				return nil, nil
			}}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Sweep(t.Context()); n != 0 || err != nil && !errors.Is(err, ErrUnwiped) {
			t.Errorf("%d cases went, %v", n, err)
		}
		for _, table := range []string{"stands", "opened", "yeses", "seats", "handovers"} {
			if got := column(t, s.files.read, `SELECT CAST(case_id AS TEXT) FROM `+table); len(got) != 1 || got[0] != strconv.FormatInt(stays.id, 10) {
				t.Errorf("%s: %v", table, got)
			}
		}
		want := []string{string(other.Number), string(open.Number)}
		slices.Sort(want)
		if got := column(t, s.files.read, `SELECT number FROM invitations ORDER BY number`); !slices.Equal(got, want) {
			t.Errorf("invitations: %v", got)
		}
	})
}

// A sweep that failed is tried again soon, and not when the next is due.
func TestASweepThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s, err := Open(t.Context(), path, Options{Log: logger(&log), Keep: 90 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		begun(t, s)
		raw(t, s, `PRAGMA query_only = ON`)
		time.Sleep(2*time.Hour + time.Second)
		synctest.Wait()
		raw(t, s, `PRAGMA query_only = OFF`)
		time.Sleep(2 * sweepAgain)
		synctest.Wait()
		if n, err := s.Count(t.Context()); n != 0 || err != nil {
			t.Errorf("%d cases, %v", n, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "were not removed") {
			t.Errorf("it never failed: %s", log.String())
		}
	})
}

func TestTheStoreSweepsByItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s, err := Open(t.Context(), path, Options{Log: logger(&log), Keep: 90 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		c, code := begun(t, s)
		must(t, c, 0, note("w", 1, "canary"))
		wake := c.Watch(t.Context())
		time.Sleep(2*time.Hour + time.Second)
		synctest.Wait()
		<-wake
		if _, err := c.Since(t.Context(), 0); !errors.Is(err, ErrNoCase) {
			t.Errorf("after its time: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{code, strings.ReplaceAll(code, "-", ""), "canary"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log tells %q", secret)
			}
		}
		if !strings.Contains(log.String(), "cases=1") {
			t.Errorf("the log says %q", log.String())
		}
	})
}

var _ flows.Journal = (*Case)(nil)
