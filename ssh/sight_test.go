package ssh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/run"
	"onboard.example/ssh/cases"
)

// hand is a hand that signs in as a test has it do.
type hand func(ctx context.Context) (flows.Account, error)

// SignIn implements run.SignIner.
func (h hand) SignIn(ctx context.Context, _ run.SignInAsk, _ func(run.Prompt)) (flows.Account, error) {
	return h(ctx)
}

// SignOut implements run.SignIner.
func (hand) SignOut() {}

// TestLogOfSignIns holds what the log has of a sign-in: that it was, in which way, and
// the kind of what failed; nothing of who it was, nor of what was pasted.
func TestLogOfSignIns(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	for name, c := range map[string]struct {
		ctx  context.Context
		hand hand
		want string
		fail error // what comes back; nil: nothing or the hand's own
	}{
		"signed in": {t.Context(), func(context.Context) (flows.Account, error) { return flows.Account{UPN: "SECRET"}, nil }, `level=INFO msg="signed in to look"`, nil},
		"refused": {
			t.Context(), func(context.Context) (flows.Account, error) {
				return flows.Account{}, &checks.Failure{Kind: checks.FailSignIn, Code: "SECRET", Message: "SECRET"}
			},
			`level=INFO msg="a sign-in failed"`, nil,
		},
		"left":   {left, func(ctx context.Context) (flows.Account, error) { return flows.Account{}, ctx.Err() }, `level=INFO msg="a sign-in was left"`, context.Canceled},
		"odd":    {t.Context(), func(context.Context) (flows.Account, error) { return flows.Account{}, errors.New("SECRET") }, `level=WARN msg="a sign-in failed"`, nil},
		"broken": {t.Context(), func(context.Context) (flows.Account, error) { panic("SECRET") }, `level=ERROR msg="a session broke"`, errSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := new(logged)
			srv := &Server{o: Options{Log: slog.New(slog.NewTextHandler(log, nil)), LogName: func(netip.Addr) string { return "hashed" }}}
			s := &session{srv: srv, conn: &conn{from: netip.MustParseAddr("192.0.2.7")}, number: "2345-678"}
			_, err := s.signed(c.hand).SignIn(c.ctx, run.SignInAsk{Way: flows.WayLink}, nil)
			if (err == nil) != (name == "signed in") || c.fail != nil && !errors.Is(err, c.fail) {
				t.Errorf("%v", err)
			}
			said := log.String()
			for _, want := range []string{c.want, "from=hashed", "case=2345-678"} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in %s", want, said)
				}
			}
			if name != "broken" && !strings.Contains(said, "way=link") || strings.Contains(said, "SECRET") || strings.Contains(said, "192.0.2.7") {
				t.Errorf("%s", said)
			}
		})
	}
	if (&session{}).signed(nil) != nil {
		t.Error("a hand where there is none")
	}
}

// TestLogOfWhatFailed holds that a client which leaves while its case is made is no
// fault of the server's, and that a database which is away does not fill the log.
func TestLogOfWhatFailed(t *testing.T) {
	t.Parallel()
	log := new(logged)
	ctx, leave := context.WithCancel(t.Context())
	s := &session{srv: &Server{o: Options{Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now}}, conn: &conn{}, ctx: ctx}
	s.failed("no case", errors.New("the disk is full"))
	for range 100 {
		s.failed("no case", fmt.Errorf("making a case: %w", cases.ErrAway))
	}
	leave()
	s.failed("no run", ctx.Err())
	said := log.String()
	for _, want := range []string{`level=ERROR msg="no case"`, "the disk is full", `level=WARN msg="no case" why="making a case: the database of cases is away" times=1`, `level=INFO msg="no run: the client left"`} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if strings.Count(said, "\n") != 3 {
		t.Error(said)
	}
}
