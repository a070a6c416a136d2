package tui

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestNoticesAreShown holds that a line from outside the run is shown until the next key,
// that one which stays is found in the help, and that neither can do anything to the
// terminal.
func TestNoticesAreShown(t *testing.T) {
	t.Parallel()
	notices := make(chan Notice, 2)
	o := still(t, 100, 30)
	o.Notices = notices
	m := New(t.Context(), atApp(t), o)
	m.deaf = time.Time{}
	seen := func() string { return screenText(t, m.View().Content, 100, 30) }
	for _, n := range []Notice{{Text: "Shared as\x1b[2J case 7KQ-M2X.", Stays: true}, {Text: "The connection is gone.", Bad: true}} {
		notices <- n
		if _, next := m.Update(m.hearNotices()()); next == nil {
			t.Fatal("no other is waited for")
		}
		if text := seen(); !strings.Contains(text, clean(n.Text)) || strings.ContainsRune(text, '\x1b') {
			t.Errorf("%q is not shown:\n%s", n.Text, text)
		}
	}
	press(m, "down")
	if strings.Contains(seen(), "The connection is gone.") {
		t.Error("a key leaves the notice there")
	}
	press(m, "f1")
	if text := seen(); !strings.Contains(text, "case 7KQ-M2X.") || strings.Contains(text, "The connection is gone.") {
		t.Errorf("the help says\n%s", text)
	}
	close(notices)
	if msg := m.hearNotices()(); msg != nil {
		t.Errorf("after the last came %v", msg)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o.Notices = make(chan Notice)
	if msg := New(ctx, atApp(t), o).hearNotices()(); msg != nil {
		t.Errorf("after the end came %v", msg)
	}
}

// TestQueueSaysWhoIsAtHome holds that a guide reads of a run that it is on its person's own
// machine, and can look for that.
func TestQueueSaysWhoIsAtHome(t *testing.T) {
	t.Parallel()
	var q queued
	q.take([]QueueRow{{Number: "7KQ-M2X", Step: "Diagnosis", Home: true}, {Number: "ABC-DEF", Step: "Diagnosis"}}, false, nil)
	if got := q.fit("own machine"); len(got) != 1 || got[0].Number != "7KQ-M2X" || got[0].Step != "Diagnosis · on their own machine" {
		t.Errorf("%+v", got)
	}
}
