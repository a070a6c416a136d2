package ssh

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/tui"
)

// Answers are the texts that guides need often: a folder of small files, one text in
// each. The folder is looked at each time that a guide looks, and read again where it
// has changed. Its methods are safe for use by several goroutines.
type Answers struct {
	dir  string
	apps []flows.Profile

	mu    sync.Mutex
	looks []answerStamp               // as the folder was read last
	last  map[string]tui.CannedAnswer // by the names of their files, those that could be read
	why   error                       // what could not; nil: all could
}

// answerStamp tells whether a file of the folder, or the folder, is as it was.
type answerStamp struct {
	name string      // empty: the folder
	mode fs.FileMode // of the folder
	stamp
}

// same says whether nothing was seen to change between two.
func (s answerStamp) same(as answerStamp) bool {
	return s.name == as.name && s.mode == as.mode && s.stamp.same(as.stamp)
}

// The bounds of a folder of answers.
const (
	mostAnswers   = 200
	mostTitle     = 60      // characters
	largestAnswer = 8 << 10 // bytes; what is more than a note once its lines are joined is refused besides
)

// answerEnds are how the names of answers end. Markdown is not rendered: a note is text.
var answerEnds = []string{".md", ".txt"}

// OpenAnswers reads a folder. The error names each file that cannot be read, and says
// what is wrong with it; the answers of the others are there all the same.
func OpenAnswers(dir string, apps []flows.Profile) (*Answers, error) {
	a := &Answers{dir: dir, apps: apps}
	_, err := a.Now()
	return a, err
}

// Now gives the answers as they are now, by title. A file that cannot be read has the
// text that it had when it could be, or none; the error names it. Where the folder cannot
// be read at all, all are those of before.
func (a *Answers) Now() ([]tui.CannedAnswer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	looks, err := a.look()
	switch {
	case err != nil:
		a.looks, a.why = nil, err
	case !slices.EqualFunc(looks, a.looks, answerStamp.same) || slices.ContainsFunc(looks, func(s answerStamp) bool { return unsettled(s.stamp) }):
		a.looks = looks
		a.last, a.why = a.read()
	}
	return slices.SortedFunc(maps.Values(a.last), func(a, b tui.CannedAnswer) int {
		return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	}), a.why
}

// look looks at the folder and its files, by name, and holds it to what can be trusted.
func (a *Answers) look() ([]answerStamp, error) {
	files, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, fmt.Errorf("read the canned answers: %w", err)
	}
	dir, err := os.Stat(a.dir)
	if err != nil {
		return nil, fmt.Errorf("read the canned answers: %w", err)
	}
	if others := dir.Mode().Perm() & 0o022; others != 0 && runtime.GOOS != "windows" { // whose modes say nothing
		return nil, fmt.Errorf(sayHostDirOpen, checks.Line(a.dir, 200), dir.Mode().Perm())
	}
	out := []answerStamp{{mode: dir.Mode()}}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") { // of editors, and of what puts a new folder in place
			continue
		}
		if len(out) > mostAnswers {
			return nil, fmt.Errorf(sayAnswersMany, checks.Line(a.dir, 200), mostAnswers)
		}
		at := answerStamp{name: f.Name()}
		if info, err := os.Stat(filepath.Join(a.dir, f.Name())); err == nil { // else reading it says what is wrong
			at.info = info
		}
		out = append(out, at)
	}
	return out, nil
}

// read reads the files that were looked at.
func (a *Answers) read() (map[string]tui.CannedAnswer, error) {
	out, errs, titles := map[string]tui.CannedAnswer{}, []error(nil), map[string]string{}
	for _, f := range a.looks[1:] {
		one, err := a.one(f.name)
		title := strings.ToLower(one.Title)
		if other, twice := titles[title]; err == nil && twice {
			delete(out, other) // nobody knows which is meant
			err = fmt.Errorf(sayAnswerTwice, one.Title)
		} else if err == nil {
			titles[title], out[f.name] = f.name, one
			continue
		}
		errs = append(errs, fmt.Errorf("%s: %w", checks.Line(filepath.Join(a.dir, f.name), 200), err))
	}
	for _, f := range a.looks[1:] { // as it was, while that is nobody else's title
		old, was := a.last[f.name]
		if _, taken := out[titles[strings.ToLower(old.Title)]]; was && !taken {
			out[f.name] = old
		}
	}
	return out, errors.Join(errs...)
}

// one reads one file.
func (a *Answers) one(name string) (tui.CannedAnswer, error) {
	end := filepath.Ext(name)
	title := strings.TrimSuffix(name, end)
	switch {
	case !slices.Contains(answerEnds, end):
		return tui.CannedAnswer{}, fmt.Errorf(sayAnswerName, strings.Join(answerEnds, ", "))
	case title == "" || strings.TrimSpace(title) != title || checks.Line(title, mostTitle) != title:
		return tui.CannedAnswer{}, fmt.Errorf(sayAnswerTitle, mostTitle)
	}
	text, err := readAnswer(filepath.Join(a.dir, name))
	if err != nil {
		return tui.CannedAnswer{}, err
	}
	return tui.CannedAnswer{Title: title, Text: text}, a.fits(text)
}

// readAnswer reads a file that nobody else could have written, and joins its lines. Where
// it is a link, as what puts a new folder in place makes them, that holds of where it leads.
func readAnswer(file string) (string, error) {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return "", fmt.Errorf("look at it: %w", err)
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() { // one that has to be waited for is not opened
		return "", cmp.Or(err, errors.New(sayHostKeyNoFile))
	}
	f, err := os.Open(file)
	if err != nil {
		return "", errors.Unwrap(err) // the caller names the file
	}
	defer func() { _ = f.Close() }() // it was read
	if err := unwritten(f, file); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, largestAnswer+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > largestAnswer:
		return "", fmt.Errorf(sayAnswerLarge, largestAnswer>>10)
	}
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", " ")
		if checks.Line(line, largestAnswer) != line {
			return "", fmt.Errorf(sayAnswerSigns, i+1)
		}
	}
	return strings.Join(strings.Fields(strings.TrimPrefix(string(text), "\ufeff")), " "), nil
}

// fits says what is wrong with a text; nil: it can be sent as it is.
func (a *Answers) fits(text string) error {
	n := len([]rune(text))
	switch {
	case n == 0:
		return errors.New(sayAnswerEmpty)
	case n > flows.NoteMost:
		return fmt.Errorf(sayAnswerLong, n, flows.NoteMost)
	}
	for rest := text; ; {
		_, from, found := strings.Cut(rest, "{")
		if !found {
			break
		}
		name, after, closed := strings.Cut(from, "}")
		if place := "{" + name + "}"; !closed || !slices.Contains(tui.AnswerPlaces(), place) {
			return fmt.Errorf(sayAnswerPlace, checks.Line("{"+name, 40), strings.Join(tui.AnswerPlaces(), " and "))
		}
		rest = after
	}
	if left := flows.StrangeLinks(text, a.apps); len(left) > 0 {
		return fmt.Errorf(sayAnswerLink, checks.Line(strings.Join(left, ", "), 200))
	}
	return nil
}
