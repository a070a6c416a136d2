package ssh

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/flows"
)

// TestConsoleShowsWhoIsThere holds that a guide sees, on a screen over a real
// connection, the case of a customer who is there: number and step, and nothing else
// of them; that it follows the customer, and that the case goes with them.
func TestConsoleShowsWhoIsThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	conn := s.dial(t, userConsole, func(c *gossh.ClientConfig) {
		c.Auth = []gossh.AuthMethod{gossh.PublicKeys(o.certify(newSigner(t), nil))}
	})
	guide := opens(t, conn, 80, 24, func(x *gossh.Session) error {
		if err := x.RequestPty("xterm-256color", 24, 80, nil); err != nil {
			return err
		}
		return x.Shell()
	})
	guide.sees("No case is open just now")
	guide.sees("support console · Anna Berg · Example Support · guide")

	customer := s.shell(t, "anybody", 80, 24)
	customer.sees("Which app")
	if text := guide.screen(); !strings.Contains(text, "cases: 0") {
		t.Errorf("who has chosen nothing is a case:\n%s", text)
	}
	customer.types("2\r")
	customer.sees("Which tenant")
	guide.sees("cases: 1 · waiting: 0 · here: 1")
	guide.sees("Tenant")
	customer.presses("contoso.example\r", "contoso.example")
	customer.sees("What contoso.example tells")
	customer.presses("\r", "● Diagnosis")
	guide.sees("cases: 1 · waiting: 1 · here: 1")
	await(t, "its number", func() bool { return strings.Contains(s.log.String(), "guide") && rowOf(guide.screen()) != "" }, guide.screen)
	number := rowOf(guide.screen())
	for _, no := range []string{"contoso", "Hetk", "Carerix", "Revenue"} {
		if strings.Contains(guide.bytes(), no) {
			t.Errorf("the guide was sent %q", no)
		}
	}
	_ = customer.conn.Close()
	guide.sees("No case is open just now")
	if strings.Contains(guide.screen(), number) {
		t.Errorf("it is still there:\n%s", guide.screen())
	}
	guide.types("q")
	if code := guide.ends(); code != codeDone || !strings.Contains(guide.bytes(), "The console is closed.") {
		t.Errorf("%d, %q", code, guide.bytes())
	}
}

// rowOf is the number of the case under the cursor.
func rowOf(screen string) string {
	_, row, found := strings.Cut(screen, "› ")
	if !found {
		return ""
	}
	return strings.Fields(row)[0]
}

// TestResumedCaseKeepsItsAge holds that a case which is gone on with is as old as its
// first record.
func TestResumedCaseKeepsItsAge(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	c, code, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now().Add(-50 * time.Hour).UTC().Truncate(time.Second)
	if _, err := c.Append(t.Context(), 0, flows.Record{Seq: 1, Writer: "before", N: 1, At: began, By: flows.ByPerson, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	s.shell(t, code.Reveal(), 80, 24).sees("Which app")
	rows, err := liveCases{s.Server}.List(t.Context())
	if err != nil || len(rows) != 1 || !rows[0].Began.Equal(began) || rows[0].Number != string(c.Number()) || !rows[0].Present || rows[0].Shown != nil {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestStirsAreFew holds that a flood of changes wakes a console a few times a second,
// and that the last one is not lost.
func TestStirsAreFew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w stirs
		ctx, stop := context.WithCancel(t.Context())
		wakes := w.watch(ctx)
		n := 0
		count := func() {
			for {
				synctest.Wait()
				select {
				case <-wakes:
					n++
				default:
					return
				}
			}
		}
		for range 1000 {
			w.stir()
			time.Sleep(time.Millisecond) // of the bubble's clock
			count()
		}
		if n < 4 || n > 5 {
			t.Errorf("woken %d times in a second", n)
		}
		time.Sleep(stirPause)
		n = 0
		w.stir()
		if count(); n != 1 {
			t.Errorf("the last one woke %d times", n)
		}
		stop()
		synctest.Wait()
		if _, open := <-wakes; open {
			t.Error("it goes on after its end")
		}
		w.stir() // nobody is left
	})
}

// TestBrowserOpensNoConsole holds that a page without a key is told the same.
func TestBrowserOpensNoConsole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	d := doors(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	g := d.opens(t, userConsole, 80, 24)
	g.sees("The support console is for guides")
	g.ends()
}
