package tui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/muesli/cancelreader"
)

// lineLimit is the longest line that line mode takes, in bytes. A domain has
// 253 characters, a consent link some hundreds.
const lineLimit = 4096

// lineRead is one line of the input, or its end.
type lineRead struct {
	text string
	long bool // longer than lineLimit: text is empty
	end  bool
}

// readLines reads in the background, a line ahead at most, so that what was
// typed waits for its question. stop ends the reading where the input can be
// interrupted, as terminals and pipes can; any other reader ends with its
// next line.
func readLines(ctx context.Context, in io.Reader) (lines <-chan lineRead, stop func()) {
	out := make(chan lineRead)
	ctx, cancel := context.WithCancel(ctx)
	r, err := cancelreader.NewReader(in)
	if err != nil {
		close(out)
		return out, cancel
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(out)
		b := bufio.NewReaderSize(r, lineLimit)
		for {
			l := nextLine(b)
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
