package ssh

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// longRun is the journal of a run that was recorded while so many notes were written,
// one a second.
func longRun(notes int) (rs []flows.Record) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	add := func(w flows.WriterID, by flows.Author, e flows.Event) {
		at = at.Add(time.Second)
		n := uint64(len(rs) + 1)
		rs = append(rs, flows.Record{Seq: n, Writer: w, N: n, At: at, By: by, Event: e})
	}
	const visit = "v1"
	add("driver", flows.ByDriver, flows.Started{Version: "test", Domain: "contoso.example"})
	add("guide", flows.ByServer, flows.AskedToWatch{Visit: visit, Guide: "Anna Berg", Org: "Example Support", Until: at.Add(time.Minute), Lasts: flows.WatchMost})
	add("driver", flows.ByPerson, flows.Watched{Visit: visit, Here: true})
	add("guide", flows.ByServer, flows.AskedToRecord{Visit: visit, Until: at.Add(time.Minute)})
	add("driver", flows.ByPerson, flows.Recorded{Visit: visit, On: true})
	for i := range notes {
		add("driver", flows.ByPerson, flows.Noted{Text: fmt.Sprintf("note %d", i)})
	}
	add("driver", flows.ByPerson, flows.Recorded{Visit: visit, Why: flows.RecordStopped})
	return rs
}

// keeps has a store keep a journal as a case.
func keeps(t *testing.T, store *cases.Store, rs []flows.Record) (c *cases.Case, code string) {
	t.Helper()
	c, secret, err := store.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(t.Context(), 0, rs...); err != nil {
		t.Fatal(err)
	}
	return c, secret.Reveal()
}

// whole holds that what came of an asciicast is one up to its last line.
func whole(t *testing.T, file []byte) (lines int) {
	t.Helper()
	if !bytes.HasSuffix(file, []byte("]\n")) {
		t.Errorf("the last line is cut: %q", file[max(0, len(file)-60):])
	}
	for line := range bytes.Lines(file) {
		if !json.Valid(line) {
			t.Fatalf("line %d is none: %.100q", lines+1, line)
		}
		lines++
	}
	return lines
}

// piped is a session whose client reads through a pipe.
func piped(t *testing.T, srv *Server) (*session, *io.PipeReader) {
	t.Helper()
	from, to := io.Pipe()
	s := &session{srv: srv, ctx: t.Context(), conn: &conn{from: loopback, source: netip.PrefixFrom(loopback, 32)}}
	s.out = newOut(to, srv.o.Limits.Pending, func() { t.Error("the reader was given up") })
	return s, from
}

// TestASlowReaderGetsARecordingWhole holds that what is long comes whole to who reads
// slowly, though no more of it waits for them than may; and that it ends with a reader
// who reads nothing.
func TestASlowReaderGetsARecordingWhole(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	l.Pending, l.Stall = 8<<10, patience
	long := strings.Repeat("what is long ", 20<<10)
	s, from := piped(t, &Server{o: Options{Limits: l}})
	wrote := make(chan error, 1)
	go func() {
		n, err := io.WriteString(&unhurried{s: s, ctx: t.Context(), left: len(long)}, long)
		if err == nil && n != len(long) {
			err = io.ErrShortWrite
		}
		wrote <- err
	}()
	got := make([]byte, len(long))
	for at := 0; at < len(got); {
		n, err := from.Read(got[at:min(at+100, len(got))])
		if err != nil {
			t.Fatal(err)
		}
		at += n
	}
	if err := <-wrote; err != nil || string(got) != long {
		t.Errorf("it came whole: %v, %v", string(got) == long, err)
	}
	l.Stall = time.Millisecond
	s, from = piped(t, &Server{o: Options{Limits: l}})
	defer func() { _ = from.Close() }()
	if n, err := io.WriteString(&unhurried{s: s, ctx: t.Context(), left: len(long)}, long); !errors.Is(err, errSlow) || n > l.Pending {
		t.Errorf("to nobody it wrote %d bytes: %v", n, err)
	}
}

// TestACutRecordingSaysSo holds what a download gets that cannot be written to its end,
// by time, by a reader who reads nothing or by its size: whole lines, why it ends, and a
// code that is not that of success.
func TestACutRecordingSaysSo(t *testing.T) {
	t.Parallel()
	tapes := flows.Tapes(longRun(1500))
	for name, c := range map[string]struct {
		limits func(l *Limits)
		each   int // bytes that are read each second; 0: none after the first line
		want   string
		after  time.Duration // about
	}{
		"slow":    {func(*Limits) {}, 2 << 10, "not read to its end within 45s", 45 * time.Second},
		"stalled": {func(l *Limits) { l.Stall = 10 * time.Second }, 0, "nothing of it was read for 10s", 10 * time.Second},
		"nobody":  {func(*Limits) {}, 0, "not read to its end within 45s", 45*time.Second + lastWords},
		"long":    {func(l *Limits) { l.Recording = 40 << 10 }, 1 << 20, "no more than 40 KiB", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := DefaultLimits()
				c.limits(&l)
				s, from := piped(t, &Server{o: Options{Limits: l, Log: slog.New(slog.DiscardHandler)}})
				var errs bytes.Buffer
				code, began := make(chan int), time.Now()
				go func() {
					ctx, cancel := context.WithTimeout(s.ctx, l.Command)
					defer cancel()
					code <- s.writesTapes(ctx, tapes, tapeAsk{}, "7KQ-M2X", &errs)
				}()
				in := bufio.NewReaderSize(from, 16)
				file, err := in.ReadBytes('\n')
				if err != nil {
					t.Fatal(err)
				}
				got := -1
				for tick := time.NewTicker(time.Second); got < 0; {
					select {
					case got = <-code:
						tick.Stop()
					case <-tick.C:
						part := make([]byte, c.each)
						for at := 0; at < len(part) && in.Buffered()+pendingOf(s.out) > 0; synctest.Wait() {
							n, err := in.Read(part[at:])
							if err != nil {
								t.Fatal(err)
							}
							file = append(file, part[at:at+n]...)
							at += n
						}
					}
				}
				took := time.Since(began)
				for synctest.Wait(); in.Buffered()+pendingOf(s.out) > 0; synctest.Wait() {
					b, err := in.ReadByte()
					if err != nil {
						t.Fatal(err)
					}
					file = append(file, b)
				}
				if lines := 0; name != "nobody" && name != "stalled" {
					if lines = whole(t, file); lines < 10 {
						t.Errorf("%d lines came", lines)
					}
				}
				if got != codeFailed || !strings.Contains(errs.String(), c.want) || !strings.Contains(errs.String(), sayTapeHere) || took < c.after || took > c.after+lastWords {
					t.Errorf("after %s: %d, %q; %d bytes", took, got, &errs, len(file))
				}
				if len(file) > l.Recording {
					t.Errorf("%d bytes of %d", len(file), l.Recording)
				}
				_ = from.Close()
			})
		})
	}
}

// pendingOf is how much waits for a client, what is being written included.
func pendingOf(o *out) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writing {
		return max(len(o.buf), 1)
	}
	return len(o.buf)
}

// TestADownloadHoldsNoRoomForEver holds that one who reads nothing of a recording has the
// room of a command for as long as a command may take, and no longer; and that over a
// real connection a recording that is longer than may be comes in whole lines, with what
// is wrong on standard error and a code that says it.
func TestADownloadHoldsNoRoomForEver(t *testing.T) {
	t.Parallel()
	short := serve(t, func(o *Options) { o.Limits.Recording = 40 << 10 })
	_, code := keeps(t, short.o.Cases, longRun(600))
	out, errs, exit := short.comes(t, code, "recording")
	if exit != codeFailed || !strings.Contains(errs, "the recording is cut: no more than 40 KiB") || len(out) > 40<<10 || whole(t, []byte(out)) < 10 {
		t.Errorf("%d, %q, %d bytes", exit, errs, len(out))
	}
	s := serve(t, func(o *Options) {
		o.Limits.Commands, o.Limits.CommandsPerSource = 1, 1
		o.Limits.Command, o.Limits.Stall = 8*time.Second, time.Hour
	})
	_, code = keeps(t, s.o.Cases, longRun(600))
	one, from := piped(t, s.Server)
	defer func() { _ = from.Close() }()
	one.user = code
	ended := make(chan int, 1)
	go func() { ended <- one.recording(nil, io.Discard) }()
	await(t, "the room is taken", func() bool { return len(s.commands) == 1 }, func() string { return "it is not" })
	select {
	case exit := <-ended:
		if exit == codeDone {
			t.Error("one who read nothing got it whole")
		}
	case <-time.After(patience):
		t.Fatal("who reads nothing holds the room of a command")
	}
	if done, full := one.takesRoom(); full != "" {
		t.Errorf("the room is not given back: %s", full)
	} else {
		done()
	}
}
