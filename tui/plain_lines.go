package tui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/muesli/cancelreader"
)

// Which line answers which question. A line carries what stood when its bytes
// came in, and three rules follow from that:
//
//   - What came while nothing was asked (somebody signs in, the tenant is looked
//     at) answers nothing: whoever typed it had not seen the question after it.
//   - A sign-in, the typed domain, and all that can be said while a plan is
//     carried out are answered only by lines that came in after that very
//     question was printed. What came earlier is dropped, and that is said.
//   - Any other question only finds the way and sends nothing: it also takes the
//     lines that were there when the program began, and those that came in behind
//     the answer to an earlier one.
//
// So a script can be piped in one go, as in
//
//	printf '2\ncontoso.example\n1\n' | onboard --plain --sign-in none
//
// up to the first question of the second kind: give --sign-in none, which asks
// nothing, or write that answer once its prompt has been read, as expect does.
// When the input ends, what is under way is finished, its outcome printed, and
// the run left.

// lineLimit is the longest line that line mode takes, in bytes. A domain has
// 253 characters, a consent link some hundreds, and the address at the end of a
// sign-in by link at most linkPasteLimit.
const lineLimit = linkPasteLimit + 2

// mostAhead is how many lines may wait for their questions. The longest way
// through has a dozen; what brings more is no script for this wizard.
const mostAhead = 256

// settling is how long a question that must not be answered by what came before
// it waits to be printed, so that all of that has been read, and counts as
// earlier.
const settling = 50 * time.Millisecond

// lineRead is one line of the input, or its end.
type lineRead struct {
	text  string
	long  bool // longer than lineLimit: text is empty
	end   bool
	flood bool  // an end of our own making: more than mostAhead lines came
	asked stand // what stood when its last byte came in
}

// stand is what is asked at a moment: the number of the question that was
// printed last, and whether it still stands.
type stand struct {
	n    uint32
	gone bool // it was answered, and nothing is asked now
}

// standing is the stand of now, for whoever reads.
type standing struct{ v atomic.Uint64 }

func (m *standing) set(a stand) {
	v := uint64(a.n) << 1
	if a.gone {
		v |= 1
	}
	m.v.Store(v)
}

func (m *standing) get() stand {
	v := m.v.Load()
	return stand{n: uint32(v >> 1), gone: v&1 == 1} //nolint:gosec // it was made of a uint32
}

// stamper notes what was asked when bytes came in. A chunk is read in one go,
// so the lines of one write belong to one moment, however fast they are used.
type stamper struct {
	from io.Reader
	now  *standing
	came stand
}

// Read implements io.Reader.
func (s *stamper) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if n > 0 {
		s.came = s.now.get()
	}
	return n, err
}

// readLines reads in the background, as fast as lines come, for only so is it
// known when they did. stop ends the reading where the input can be
// interrupted, as terminals and pipes can; any other reader ends with its
// next line.
func readLines(ctx context.Context, in io.Reader, now *standing) (lines <-chan lineRead, stop func()) {
	out := make(chan lineRead, mostAhead)
	ctx, cancel := context.WithCancel(ctx)
	r, err := cancelreader.NewReader(in)
	if err != nil {
		close(out)
		return out, cancel
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(out)
		from := &stamper{from: r, now: now}
		b := bufio.NewReaderSize(from, lineLimit)
		for ctx.Err() == nil {
			l := nextLine(b)
			l.asked = from.came
			if len(out) == cap(out) && !l.end {
				l = lineRead{end: true, flood: true}
			}
			select {
			case out <- l:
			case <-ctx.Done():
				return
			}
			if l.end {
				return
			}
		}
	})
	return out, func() {
		cancel()
		if r.Cancel() {
			wg.Wait()
			_ = r.Close()
		}
	}
}

// nextLine reads one line. The rest of one that is too long is read and
// dropped; a last line without an end counts.
func nextLine(b *bufio.Reader) lineRead {
	text, err := b.ReadSlice('\n')
	switch {
	case err == nil:
		return lineRead{text: strings.TrimRight(string(text), "\r\n")}
	case errors.Is(err, bufio.ErrBufferFull):
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = b.ReadSlice('\n')
		}
		return lineRead{long: true} // the end, if it came, is read next
	case len(text) > 0 && errors.Is(err, io.EOF):
		return lineRead{text: strings.TrimRight(string(text), "\r")}
	}
	return lineRead{end: true}
}

// asciiLine is asciiOnly for lines: breaks stay, and arrows become words that
// can be read out.
func asciiLine(s string) string {
	parts := strings.SplitAfter(s, "\n")
	for i, p := range parts {
		body, end := strings.CutSuffix(p, "\n")
		parts[i] = asciiOnly(body)
		if end {
			parts[i] += "\n"
		}
	}
	return strings.Join(parts, "")
}
