package ssh

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
)

// TestWhoIsRevokedIsShownNothing holds that from the moment at which a guide is revoked, or
// their certificate runs out, neither the run that they watch nor the queue is shown, that
// their session is ended then, and that the end of their visit stands in the audit.
func TestWhoIsRevokedIsShownNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(t *testing.T, o *office, clock *skewed)
		want error
	}{
		"revoked":     {func(t *testing.T, o *office, _ *skewed) { t.Helper(); put(t, o.revoked(), "id: Bea Blau\n") }, errNoGuide},
		"not to know": {func(t *testing.T, o *office, _ *skewed) { t.Helper(); put(t, o.revoked(), "what is this\n") }, errNoGuide},
		"run out":     {func(_ *testing.T, _ *office, clock *skewed) { clock.by.Store(int64(100 * 24 * time.Hour)) }, errRunOut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, clock := newOffice(t), new(skewed)
			put(t, o.revoked(), "id: Nobody\n")
			opts := o.options()
			opts.Revoked, opts.Now = o.revoked(), clock.now
			s := serve(t, func(so *Options) {
				so.Cases, so.Guides = openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{}), guides(t, opts)
			})
			one, _, err := s.o.Cases.New(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.happensIn(t, one.Number(), flows.ByPerson, flows.Started{})
			d := s.deskOf(t, o, "Bea Blau")
			var expelled error
			d.expel = func(why error) { expelled = why }
			visit := asksFor(t, s, d, one)
			yesThenSeen(t, s, d, one.Number(), visit)
			q := d.queue()
			if rows, _, err := q.List(t.Context()); err != nil || len(rows) != 1 || expelled != nil {
				t.Fatalf("%+v, %v, %v", rows, err, expelled)
			}
			c.end(t, o, clock)
			if v, err := d.at.View(t.Context()); !errors.Is(err, errGuideOver) || v.Run != nil {
				t.Errorf("the run: %+v, %v", v, err)
			}
			if !errors.Is(expelled, c.want) {
				t.Errorf("the session ends with %v", expelled)
			}
			if rows, _, err := q.List(t.Context()); !errors.Is(err, errGuideOver) || len(rows) != 0 {
				t.Errorf("the queue: %+v, %v", rows, err)
			}
			d.close(flows.WatchLost)
			if got := s.auditOf(t, one.Number(), didLose); len(got) != 1 {
				t.Errorf("the audit has the end %d times", len(got))
			}
		})
	}
}
