package cases

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// opens says why a store cannot be opened; it must not.
func opens(t *testing.T, path string) error {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Now: clock})
	if err == nil {
		t.Errorf("%s was opened", filepath.Base(path))
		_ = s.Close()
		return nil
	}
	if !strings.HasPrefix(err.Error(), "opening the database of cases: ") {
		t.Errorf("the error says %q", err)
	}
	return err
}

// raw runs statements on the connection that writes, as a disk or a person at
// it would.
func raw(t testing.TB, s *Store, stmts ...string) {
	t.Helper()
	for _, stmt := range stmts {
		if _, err := s.files.write.ExecContext(t.Context(), stmt); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	s := open(t, path, Options{})
	c, code := begun(t, s)
	must(t, c, 0, note("w", 1, "a"))
	if err := opens(t, path); !errors.Is(err, ErrBusy) {
		t.Errorf("a second time: %v", err)
	}
	must(t, c, 1, note("w", 2, "b"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := open(t, path, Options{}).Resume(t.Context(), Try{Code: code, From: stranger})
	if err != nil || texts(t, again, 0) != "a b" {
		t.Errorf("after it: %v", err)
	}
}

func TestTheDatabaseIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // rights are in lists there, which the folder hands down
	}
	path := filepath.Join(t.TempDir(), "cases.db")
	s := open(t, path, Options{})
	begun(t, s)
	check := func() {
		t.Helper()
		names, err := filepath.Glob(path + "*")
		if err != nil || len(names) < 3 {
			t.Fatalf("%v, %v", names, err)
		}
		for _, n := range names {
			if info, err := os.Stat(n); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s is %v, %v", filepath.Base(n), info.Mode(), err)
			}
		}
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	begun(t, open(t, path, Options{}))
	check()
}

func TestAnyNameWillDo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "what?.db", "a%20b.db", "#1.db", "a&_txlock=x.db", "ü'\".db", ":memory:", "file:x"} {
		dir := t.TempDir()
		s := open(t, filepath.Join(dir, name), Options{})
		_, code := begun(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%q is elsewhere: %v", name, err)
		}
		if _, err := open(t, filepath.Join(dir, name), Options{}).Resume(t.Context(), Try{Code: code, From: stranger}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWhatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := opens(t, filepath.Join(dir, "none", "cases.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := opens(t, at("folder")); !errors.Is(err, ErrForeign) {
		t.Errorf("a folder: %v", err)
	}
	if err := os.WriteFile(at("text"), bytes.Repeat([]byte("no database at all\n"), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := opens(t, at("text")); !errors.Is(err, ErrForeign) {
		t.Errorf("a text: %v", err)
	}
	if got, err := os.ReadFile(at("text")); err != nil || !bytes.HasPrefix(got, []byte("no database")) {
		t.Errorf("the text was touched: %v", err)
	}
	for name, c := range map[string]struct {
		stmts string
		want  error
	}{
		"of another program": {`CREATE TABLE people (name TEXT)`, ErrForeign},
		"almost ours":        {createFacts, ErrForeign},
		"of no version":      {createFacts + `; INSERT INTO facts VALUES ('version', 'x')`, ErrForeign},
		"of version 0":       {createFacts + `; INSERT INTO facts VALUES ('version', '0')`, ErrForeign},
		"of the future":      {createFacts + `; INSERT INTO facts VALUES ('version', '99')`, ErrNewer},
	} {
		db, err := sql.Open("sqlite", at(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), c.stmts); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		was, rights := fileOf(t, at(name))
		if err := opens(t, at(name)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if is, now := fileOf(t, at(name)); is != was || now != rights {
			t.Errorf("%s: it is not left as it was: %v, then %v", name, rights, now)
		}
	}
}

// fileOf is what a file holds, and its rights.
func fileOf(t *testing.T, name string) (string, os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), info.Mode()
}

func TestAnEmptyFileIsADatabaseToCome(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	begun(t, open(t, path, Options{}))
}

// A page of the database that is not as it was is noticed, at the latest where
// it is needed.
func TestADamagedDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cases.db")
	s := open(t, path, Options{})
	c, code := begun(t, s)
	var n uint64
	for range 100 {
		n = must(t, c, n, note("w", n+1, strings.Repeat("x", 500)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil || len(whole)%4096 != 0 {
		t.Fatalf("%d bytes, %v", len(whole), err)
	}
	trouble := 0
	for page := 1; page*4096 < len(whole); page++ {
		broken := bytes.Clone(whole)
		for i := range 4096 {
			broken[page*4096+i] = byte(i * 7)
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := useAll(t, path, code); err != nil {
			trouble++
			if damaged, ok := errors.AsType[*DamagedError](err); !ok && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrForeign) {
				t.Errorf("page %d: %v", page, err)
			} else if ok && damaged.Number != c.Number() {
				t.Errorf("page %d: %v", page, err)
			}
		}
	}
	if pages := len(whole)/4096 - 1; trouble < pages*9/10 {
		t.Errorf("of %d pages %d were missed", pages, pages-trouble)
	}
}

// useAll does what a customer does, and says what went wrong.
func useAll(t *testing.T, path, code string) error {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Now: clock})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	c, err := s.Resume(t.Context(), Try{Code: code, From: stranger})
	if err != nil {
		return err
	}
	if _, err := c.Since(t.Context(), 0); err != nil {
		return err
	}
	if _, err := c.Append(t.Context(), 100, note("w", 101, "on")); err != nil {
		return err
	}
	if _, _, err := s.Invite(t.Context(), Invitation{Until: noon.Add(time.Hour)}); err != nil {
		return err
	}
	if _, err := s.Audit(t.Context(), Entry{Who: "Ada", Did: "looked"}); err != nil {
		return err
	}
	if err := c.Stand(t.Context(), Standing{Waits: noon}); err != nil {
		return err
	}
	if err := s.PutBan(t.Context(), aBan("192.0.2.1/32", "a", noon.Add(time.Hour)), false, told("a")); err != nil {
		return err
	}
	if _, err := s.PutReturn(t.Context(), "run", "state", []byte("x"), noon.Add(time.Hour)); err != nil {
		return err
	}
	if _, err := c.Sit(t.Context()); err != nil {
		return err
	}
	if _, err := s.OpenConsole(t.Context(), bea); err != nil {
		return err
	}
	if err := c.HandOver(t.Context(), lea, bea, deed("handed")); err != nil {
		return err
	}
	if _, _, _, err := s.Queue(t.Context(), Filter{}, Cursor{}, 1); err != nil {
		return err
	}
	_, err = s.Erase(t.Context(), Try{Code: code, From: stranger})
	return err
}

func TestAFullDiskStoresNothingHalf(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	c, code := begun(t, s)
	must(t, c, 0, note("w", 1, "a"))
	raw(t, s, `PRAGMA max_page_count = 10`) // of which nine are in use
	batch := []flows.Record{note("w", 2, "b"), note("w", 3, strings.Repeat("x", 100_000))}
	if _, err := c.Append(t.Context(), 1, batch...); !errors.Is(err, journal.ErrDiskFull) || !strings.HasPrefix(err.Error(), "saving the run: the disk is full") {
		t.Errorf("appending: %v", err)
	}
	if got := texts(t, c, 0); got != "a" {
		t.Errorf("readers see %q", got)
	}
	if _, err := s.Resume(t.Context(), Try{Code: code, From: stranger}); err != nil {
		t.Errorf("nobody can come in: %v", err)
	}
	raw(t, s, `PRAGMA max_page_count = 100000`)
	if last := must(t, c, 1, batch...); last != 3 {
		t.Errorf("with room again: %d", last)
	}
}

// Strangers fill the database to its bound and not the disk; customers can still
// come in and erase, and then there is room.
func TestTheDatabaseHasAnEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, fills)
}

func fills(t *testing.T, make maker) {
	t.Helper()
	s := make(t, Options{MaxSize: 1 << 20})
	c, code := begun(t, s)
	var n uint64
	var err error
	for range 200 {
		var last uint64
		if last, err = c.Append(t.Context(), n, note("w", n+1, strings.Repeat("x", 10_000))); err != nil {
			break
		}
		n = last
	}
	if !errors.Is(err, journal.ErrDiskFull) || n < 50 {
		t.Errorf("after %d records: %v", n, err)
	}
	if rs, err := c.Since(t.Context(), 0); err != nil || len(rs) != int(n) {
		t.Errorf("%d records, %v", len(rs), err)
	}
	if last := must(t, c, n-1, note("w", n, strings.Repeat("x", 10_000))); last != n {
		t.Errorf("trying again at the end gives %d", last)
	}
	erase(t, s, code)
	c, _ = begun(t, s)
	must(t, c, 0, note("w", 1, "there is room"))
}

func TestADiskThatIsReadOnlySaysSo(t *testing.T) {
	t.Parallel()
	s := fresh(t, Options{})
	c, code := begun(t, s)
	must(t, c, 0, note("w", 1, "a"))
	raw(t, s, `PRAGMA query_only = ON`)
	if _, err := c.Append(t.Context(), 1, note("w", 2, "b")); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("appending: %v", err)
	}
	if _, _, err := s.New(t.Context()); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("beginning: %v", err)
	}
	if _, err := s.Erase(t.Context(), Try{Code: code, From: stranger}); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("erasing: %v", err)
	}
	if got := texts(t, c, 0); got != "a" {
		t.Errorf("holds %q", got)
	}
	raw(t, s, `PRAGMA query_only = OFF`)
	must(t, c, 1, note("w", 2, "b"))
}

// Records that are damaged, moved or missing are told, and those before them
// are there.
func TestDamagedRecordsAreTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stmt string
		seq  uint64 // where the damage is; 0: the case cannot be opened
	}{
		"a bit":              {`UPDATE records SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) WHERE seq = 4`, 4},
		"cut short":          {`UPDATE records SET sealed = substr(sealed, 1, 5) WHERE seq = 4`, 4},
		"empty":              {`UPDATE records SET sealed = x'' WHERE seq = 4`, 4},
		"a text":             {`UPDATE records SET sealed = 'hello, I am a record of yours' WHERE seq = 4`, 4},
		"another's place":    {`UPDATE records SET sealed = (SELECT sealed FROM records WHERE seq = 5) WHERE seq = 4`, 4},
		"another writer":     {`UPDATE records SET writer = 'v' WHERE seq = 4`, 4},
		"another name":       {`UPDATE records SET n = 7777 WHERE seq = 4`, 4},
		"the first missing":  {`DELETE FROM records WHERE seq = 1`, 1},
		"one missing":        {`DELETE FROM records WHERE seq = 4`, 4},
		"the last missing":   {`DELETE FROM records WHERE seq = 600`, 600},
		"all missing":        {`DELETE FROM records`, 1},
		"in the second half": {`UPDATE records SET sealed = x'00' WHERE seq > 500`, 501},
		"another key":        {`UPDATE doors SET secret = zeroblob(32)`, 1},
		"no key":             {`UPDATE doors SET secret = x''`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fresh(t, Options{})
			made, code := begun(t, s)
			var rs []flows.Record
			for n := range uint64(600) {
				rs = append(rs, note("w", n+1, "x"))
			}
			must(t, made, 0, rs...)
			raw(t, s, c.stmt)
			again, err := s.Resume(t.Context(), Try{Code: code, From: stranger})
			if c.seq == 0 {
				if !errors.Is(err, ErrCorrupt) {
					t.Errorf("coming in: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := again.Since(t.Context(), 0)
			damaged, ok := errors.AsType[*DamagedError](err)
			if !ok || damaged.Seq != c.seq || damaged.Number != made.Number() || damaged.Unwrap() == nil || len(got) != int(c.seq)-1 {
				t.Fatalf("%d records, %v", len(got), err)
			}
			for i, r := range got {
				if r.Seq != uint64(i)+1 || r.Event == nil {
					t.Fatalf("record %d is %+v", i+1, r)
				}
			}
			if _, err := again.Since(t.Context(), 600); c.seq < 600 && name != "all missing" && err != nil {
				t.Errorf("behind the damage: %v", err)
			}
		})
	}
}
