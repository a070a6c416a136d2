package ssh

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/tui"
)

// Answers are the texts that guides need often: a folder of small files, one text in
// each. The folder is read again each time that a guide looks. Its methods are safe for
// use by several goroutines.
type Answers struct {
	dir  string
	apps []flows.Profile

	mu   sync.Mutex
	last []tui.CannedAnswer // that could be read
}

// The bounds of a folder of answers.
const (
	mostAnswers   = 200
	mostTitle     = 60      // characters
	largestAnswer = 8 << 10 // bytes; what is more than a note once its lines are joined is refused besides
)

// answerEnds are how the names of answers end. Markdown is not rendered: a note is text.
var answerEnds = []string{".md", ".txt"}

// OpenAnswers reads a folder. The error names the file, and says what is wrong with it.
func OpenAnswers(dir string, apps []flows.Profile) (*Answers, error) {
	a := &Answers{dir: dir, apps: apps}
	_, err := a.Now()
	return a, err
}

// Now gives the answers as they are now, by title; where they cannot be read, those that
// could be read last, with an error for guides to read.
func (a *Answers) Now() ([]tui.CannedAnswer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, err := a.read()
	if err == nil {
		a.last = now
	}
	return slices.Clone(a.last), err
}

// read reads the folder.
func (a *Answers) read() ([]tui.CannedAnswer, error) {
	files, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, fmt.Errorf("read the canned answers: %w", err)
	}
	var out []tui.CannedAnswer
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") { // of editors, and of what puts a new folder in place
			continue
		}
		one, err := a.one(f.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", checks.Line(filepath.Join(a.dir, f.Name()), 200), err)
		}
		same := func(o tui.CannedAnswer) bool { return strings.EqualFold(o.Title, one.Title) }
		if slices.ContainsFunc(out, same) {
			return nil, fmt.Errorf("%s: "+sayAnswerTwice, checks.Line(filepath.Join(a.dir, f.Name()), 200), one.Title)
		}
		if out = append(out, one); len(out) > mostAnswers {
			return nil, fmt.Errorf(sayAnswersMany, checks.Line(a.dir, 200), mostAnswers)
		}
	}
	slices.SortFunc(out, func(a, b tui.CannedAnswer) int {
		return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	})
	return out, nil
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

// readAnswer reads a file that nobody else could have written, and joins its lines.
func readAnswer(file string) (string, error) {
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
