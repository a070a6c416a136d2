package signin

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

// TestMain plays az when the tests run this binary as az, and else looks for
// goroutines that outlive the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "account" {
		os.Exit(playAz(os.Args[2:]))
	}
	code := m.Run()
	if left := leaked(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "goroutines left behind:\n"+left)
		code = 1
	}
	os.Exit(code)
}

// leaked gives the stacks of goroutines that belong to a sign-in, once those
// that are ending have had time to.
func leaked() string {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	left := ""
	for range 150 {
		buf := make([]byte, 1<<20)
		left = ""
		for s := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if !strings.Contains(s, "signin.leaked") && (strings.Contains(s, "authentication-library") || strings.Contains(s, "checks/signin") || strings.Contains(s, "checks/sim")) {
				left += s + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
		<-tick.C
	}
	return left
}

const (
	registered = "5f7a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b" // an app that the first tenant owns
	domain     = "contoso.example"
	admin      = "admin@contoso.example"
	user       = "user@contoso.example"
)

// clock is a clock that only tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// jwt is a token with these claims and no good signature.
func jwt(claims map[string]any) string {
	b, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + enc(b) + "." + enc([]byte("no signature at all"))
}

// graphToken is a token for Graph that lives for an hour from now.
func graphToken(now time.Time, more map[string]any) string {
	c := map[string]any{
		"aud": "https://graph.microsoft.com", "tid": "11111111-2222-4333-8444-555555555555", "oid": "the-user",
		"upn": admin, "scp": "User.Read", "exp": now.Add(time.Hour).Unix(), "nbf": now.Add(-time.Minute).Unix(),
	}
	maps.Copy(c, more)
	return jwt(c)
}

// cause is the cause of an error, and fails the test where it has none.
func cause(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := asError(err)
	if !ok {
		t.Fatalf("%T %v is no *Error", err, err)
	}
	if e.Failure == nil || e.Failure.Kind == "" || e.Say == "" || e.Do == "" || e.Failure.Message == "" {
		t.Fatalf("%+v says too little", e)
	}
	for _, s := range []string{e.Error(), e.Say, e.Do, e.Failure.Message} {
		if s != checks.Line(s, 1000) {
			t.Errorf("%q is not one clean line", s)
		}
	}
	return e
}
