package ssh

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onboard.example/flows"
	"onboard.example/tui"
)

// folder is a folder that others cannot write into, with files.
func folder(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		put(t, filepath.Join(dir, name), text)
	}
	return dir
}

func TestAnswersOfAFolder(t *testing.T) {
	t.Parallel()
	apps, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{
		"b link.md":     "Open\r\n\r\n- https://learn.microsoft.com/entra/\r\n",
		"A greeting.md": "\ufeffHello,\n\tthis is about {app} in {tenant}.\n",
		"Zwölf.txt":     "Schönen Gruß",
		".draft.md":     "not ready {x",
		"us.md":         "https://entra.microsoft.us/#home",
	})
	a, err := OpenAnswers(dir, apps)
	if err != nil {
		t.Fatal(err)
	}
	want := []tui.CannedAnswer{
		{Title: "A greeting", Text: "Hello, this is about {app} in {tenant}."},
		{Title: "b link", Text: "Open - https://learn.microsoft.com/entra/"},
		{Title: "us", Text: "https://entra.microsoft.us/#home"},
		{Title: "Zwölf", Text: "Schönen Gruß"},
	}
	got, err := a.Now()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v:\n%s", err, diff)
	}
	// What is put into it is there, and what cannot be read takes nothing away.
	put(t, filepath.Join(dir, "c.md"), "See you.")
	if got, err := a.Now(); len(got) != 5 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	put(t, filepath.Join(dir, "c.md"), "")
	if got, err := a.Now(); len(got) != 5 || err == nil || !strings.Contains(err.Error(), "c.md: it is empty") {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.Remove(filepath.Join(dir, "c.md")); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Now(); len(got) != 4 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBadAnswersAreRefused(t *testing.T) {
	t.Parallel()
	apps, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	many := map[string]string{}
	for i := range mostAnswers + 1 {
		many[fmt.Sprintf("%d.md", i)] = "x"
	}
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"another kind":     {map[string]string{"a.md~": "x"}, "a.md~: this is no canned answer"},
		"no title":         {map[string]string{" .md": "x"}, "the name of the file is the answer's title"},
		"a title that hid": {map[string]string{"a\u202eb.md": "x"}, "the name of the file is the answer's title"},
		"a long title":     {map[string]string{strings.Repeat("a", mostTitle+1) + ".md": "x"}, "up to 60 signs"},
		"twice":            {map[string]string{"a.md": "x", "A.txt": "y"}, "another canned answer has the title \"a\", too"},
		"empty":            {map[string]string{"a.md": " \n\t\n"}, "a.md: it is empty"},
		"long":             {map[string]string{"a.md": strings.Repeat("long ", 101)}, "it has 504 characters, and a note has at most 500"},
		"large":            {map[string]string{"a.md": strings.Repeat("\n", largestAnswer+1)}, "it is larger than 8 KiB"},
		"an escape":        {map[string]string{"a.md": "fine\n\x1b[2Jnot"}, "line 2 holds signs that cannot be seen"},
		"a c1":             {map[string]string{"a.md": "\u009b2J"}, "line 1 holds signs"},
		"reversed":         {map[string]string{"a.md": "a\u202eb"}, "line 1 holds signs"},
		"no UTF-8":         {map[string]string{"a.md": "a\xff"}, "line 1 holds signs"},
		"a placeholder":    {map[string]string{"a.md": "Dear {name}"}, "{name is no placeholder; there are {app} and {tenant}"},
		"half of one":      {map[string]string{"a.md": "Dear {app"}, "{app is no placeholder"},
		"a link":           {map[string]string{"a.md": "see https://evil.example/x"}, "no note may have a link to evil.example"},
		"a sign-in":        {map[string]string{"a.md": "https://login.microsoftonline.com/common/oauth2/authorize"}, "no note may have a link to login.microsoftonline.com"},
		"a device's":       {map[string]string{"a.md": "type it at microsoft.com/devicelogin"}, "no note may have a link to microsoft.com"},
		"too many":         {many, "it holds more than 200 canned answers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := OpenAnswers(folder(t, c.files), apps)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v", err)
			}
			if strings.ContainsAny(err.Error(), "\x1b\u009b\u202e") {
				t.Errorf("it says %q", err)
			}
			if all, _ := a.Now(); len(all) > 0 {
				t.Errorf("there are %v", all)
			}
		})
	}
	open := folder(t, map[string]string{"a.md": "x"})
	if err := os.Chmod(filepath.Join(open, "a.md"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnswers(open, apps); err == nil || !strings.Contains(err.Error(), "others can write it") {
		t.Errorf("%v", err)
	}
	nested := folder(t, nil)
	if err := os.Mkdir(filepath.Join(nested, "a.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnswers(nested, apps); err == nil || !strings.Contains(err.Error(), "a.md: it is no regular file") {
		t.Errorf("%v", err)
	}
	gone := folder(t, nil)
	if err := os.Symlink(filepath.Join(gone, ".no"), filepath.Join(gone, "a.md")); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnswers(gone, apps); err == nil || !strings.Contains(err.Error(), "a.md: look at it") {
		t.Errorf("%v", err)
	}
}

// TestAnswersAreReadOnceTheyChanged holds that a folder which stays as it is costs no
// reading, and that of one with a bad file the others are there from the beginning.
func TestAnswersAreReadOnceTheyChanged(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.md": "one", "b.md": "https://evil.example/x", "c.md": "see"})
	long := time.Now().Add(-time.Hour)
	writes := func(name, text string, at time.Time) {
		t.Helper()
		put(t, filepath.Join(dir, name), text)
		if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	writes("b.md", "https://evil.example/x", long)
	writes("c.md", "see", long)
	writes("a.md", "one", long)
	a, err := OpenAnswers(dir, nil)
	if err == nil || !strings.Contains(err.Error(), "b.md: no note may have a link to evil.example") {
		t.Errorf("%v", err)
	}
	has := func(want string, bad bool) {
		t.Helper()
		all, err := a.Now()
		var got []string
		for _, one := range all {
			got = append(got, one.Title+": "+one.Text)
		}
		if strings.Join(got, ", ") != want || (err != nil) != bad {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	has("a: one, c: see", true)
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "a.md"), long, long); err != nil {
		t.Fatal(err)
	}
	has("a: one, c: see", true) // whoever keeps the file, its time and its size means that it is the same
	writes("a.md", "two", long) // another file
	has("a: two, c: see", true)
	writes("a.md", "ten", long.Add(time.Second))
	has("a: ten, c: see", true)
	writes("a.md", "six", time.Now()) // so lately that it may be written again at the same time
	has("a: six, c: see", true)
	writes("b.md", "fine", long)
	has("a: six, b: fine, c: see", false)
	writes("B.txt", "which", long) // nobody knows which is meant, so it is the one that there was
	has("a: six, b: fine, c: see", true)
}

// TestCannedAnswerHelps holds that a guide finds a text of the folder, mends it in the
// note and sends it, that choosing sends nothing, and that a text which was put into the
// folder meanwhile is there; on a screen and on plain lines, over real connections.
func TestCannedAnswerHelps(t *testing.T) {
	t.Parallel()
	apps, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"Greeting.md": "Hello,\nthis is about {app} in {tenant}.", "Wait.md": "It takes a minute."})
	answers, err := OpenAnswers(dir, apps)
	if err != nil {
		t.Fatal(err)
	}
	s, o := desked(t, func(so *Options) { so.Answers = answers })
	customer := s.shell(t, "anybody", 100, 30)
	customer.chooses()
	guide := s.guideScreen(t, o.named("Anna Berg"), 100, 30)
	number := letIn(t, customer, guide, "Anna Berg")
	guide.types("n")
	guide.sees("A note to the customer")
	put(t, filepath.Join(dir, "Later.md"), "We will be back at noon.")
	guide.types("\x0f") // ctrl+o
	guide.sees("Canned answers")
	guide.sees("› Greeting")
	guide.sees("Later")
	guide.types("gree")
	await(t, "one answer", func() bool { return !strings.Contains(guide.screen(), "Later") }, guide.screen)
	guide.sees("this is about Hetk Calendar Sync in contoso.example.")
	guide.types("\r")
	guide.sees("> Hello, this is about Hetk Calendar Sync in contoso.example.")
	guide.types(" Ready?")
	guide.sees("contoso.example. Ready?")
	if slices.Contains(deeds(t, s.o.Cases), "Anna Berg "+number+" "+didNote) {
		t.Error("what was chosen was sent by itself")
	}
	var last time.Time
	await(t, "the note", func() bool { // not before a second is over; then no note is being written, and the key does nothing
		if time.Since(last) > 400*time.Millisecond {
			last = time.Now()
			guide.types("\r")
		}
		return strings.Contains(customer.screen(), "this is about Hetk Calendar Sync in contoso.example. Ready?")
	}, guide.screen)
	did(t, s.o.Cases, "Anna Berg "+number+" "+didNote)

	lines, err := s.console(t, o.named("Bob Blau"))
	if err != nil {
		t.Fatal(err)
	}
	lines.reads("A number: ask to watch that case.")
	lines.types("\n")
	lines.reads("1. Case ")
	lines.types("1\n")
	lines.reads("Type ask to ask them")
	lines.types("ask\n")
	lines.reads("Until they say yes")
	customer.sees("Bob Blau of Example Support asks to watch this run.")
	customer.answers(keyAllow, "Bob Blau")
	lines.reads("a: canned answers")
	lines.types("a\n")
	lines.reads("3. Wait")
	lines.types("a 3\n")
	lines.reads("Type send to send it as it is")
	if strings.Contains(customer.screen(), "It takes a minute.") {
		t.Error("what was read out was sent by itself")
	}
	lines.types("send\n")
	customer.sees("It takes a minute.")
	did(t, s.o.Cases, "Bob Blau "+number+" "+didNote)
	for _, e := range []string{"minute", "Greeting", "Hello"} {
		if strings.Contains(strings.Join(deeds(t, s.o.Cases), "\n"), e) {
			t.Errorf("the audit has %q", e)
		}
	}
}
