package graph

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *syncBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(s, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// sequence answers one after the other, and the last for ever.
func sequence(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		h(w, r)
	}
}

func throttled(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		graphError(http.StatusTooManyRequests, "TooManyRequests", "slow down")(w, r)
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte("{"))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestRetries(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	me := answerJSON(`{"id":"i"}`)
	down := graphError(503, "serviceNotAvailable", "down")
	tests := map[string]struct {
		answers []http.HandlerFunc
		waits   []time.Duration
		kind    checks.FailureKind // empty: read
		after   time.Duration
	}{
		"429 with seconds":               {[]http.HandlerFunc{throttled("7"), me}, []time.Duration{7 * time.Second}, "", 0},
		"429 with a date":                {[]http.HandlerFunc{throttled("Sun, 01 Nov 2026 12:00:09 GMT"), me}, []time.Duration{9 * time.Second}, "", 0},
		"429 with neither":               {[]http.HandlerFunc{throttled(""), throttled(""), throttled(""), me}, []time.Duration{750 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second}, "", 0},
		"429 with nonsense":              {[]http.HandlerFunc{throttled("soon"), me}, []time.Duration{750 * time.Millisecond}, "", 0},
		"429 longer than we are patient": {[]http.HandlerFunc{throttled("3600")}, nil, checks.FailThrottled, time.Hour},
		"429 to the end":                 {[]http.HandlerFunc{throttled("2")}, []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second}, checks.FailThrottled, 2 * time.Second},
		"503 once":                       {[]http.HandlerFunc{down, me}, []time.Duration{750 * time.Millisecond}, "", 0},
		"503 to the end":                 {[]http.HandlerFunc{down}, []time.Duration{750 * time.Millisecond}, checks.FailService, 0},
		"cut once":                       {[]http.HandlerFunc{cutOff, me}, []time.Duration{750 * time.Millisecond}, "", 0},
		"400 is not tried again":         {[]http.HandlerFunc{graphError(400, "BadRequest", "no"), me}, nil, checks.FailRequest, 0},
		"401 is not tried again":         {[]http.HandlerFunc{challenge(`Bearer claims="eyJhIjoxfQ=="`), me}, nil, checks.FailSignIn, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{"/v1.0/me": sequence(tt.answers...)})
			var waits []time.Duration
			r := s.reader(t, func(o *Options) {
				o.Now = func() time.Time { return now }
				o.Sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
			})
			l := read(t, r, hetk(), checks.PartMe).Me
			if tt.kind == "" != l.Read || l.Failure != nil && (l.Failure.Kind != tt.kind || l.Failure.After != tt.after) {
				t.Errorf("read %t, failure %+v", l.Read, l.Failure)
			}
			if !slices.Equal(waits, tt.waits) {
				t.Errorf("waited %v, want %v", waits, tt.waits)
			}
			if len(l.Seen) != len(tt.waits)+1 || len(s.requests()) != len(tt.waits)+1 {
				t.Errorf("%d requests, evidence %+v", len(s.requests()), l.Seen)
			}
			for i, wait := range tt.waits {
				if !strings.Contains(l.Seen[i].Value, "tried again after "+wait.String()) {
					t.Errorf("evidence %q", l.Seen[i].Value)
				}
			}
		})
	}
}

func TestAPauseEndsWithTheContext(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{"/v1.0/me": throttled("20")})
	ctx, cancel := context.WithCancel(t.Context())
	r := s.reader(t, func(o *Options) {
		o.Sleep = func(ctx context.Context, d time.Duration) error { cancel(); return sleep(ctx, d) }
	})
	got := &checks.Snapshot{}
	r.Read(ctx, hetk(), []checks.Part{checks.PartMe}, func(p checks.Piece) { p.Into(got) })
	if f := got.Me.Failure; f == nil || f.Kind != checks.FailCancelled {
		t.Errorf("failure %+v", f)
	}
}

const grantPath1 = appPrefix + "/oauth2PermissionGrants"

func grantPage(id, next string) http.HandlerFunc {
	link := ""
	if next != "" {
		link = fmt.Sprintf(`"@odata.nextLink":%q,`, next)
	}
	return answerJSON(`{` + link + `"value":[{"id":"` + id + `","consentType":"Principal","resourceId":"r","scope":"a"}]}`)
}

func TestPaging(t *testing.T) {
	t.Parallel()
	var s *stub
	s = serve(t, map[string]http.HandlerFunc{grantPath1: func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("$skiptoken") {
		case "":
			grantPage("1", s.URL+grantPath1+"?$skiptoken=2")(w, r)
		case "2":
			grantPage("2", s.URL+grantPath1+"?$skiptoken=3")(w, r)
		default:
			grantPage("3", "")(w, r)
		}
	}})
	l := read(t, s.reader(t), hetk(), checks.PartGrants).Grants
	if !l.Read || len(l.Value) != 3 || len(l.Seen) != 3 || l.Value[2].ID != "3" {
		t.Errorf("%+v", l)
	}
}

func TestAPartialListIsAFailure(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, nil)
	// next makes the address of the second page from the stub's.
	tests := map[string]struct {
		next   func(root string) string
		second http.HandlerFunc
		kind   checks.FailureKind
		words  string
	}{
		"another host":       {func(string) string { return elsewhere.URL + grantPath1 }, nil, checks.FailNotJSON, wordElsewhere},
		"plain http":         {func(root string) string { return "http" + strings.TrimPrefix(root, "https") + grantPath1 }, nil, checks.FailNotJSON, wordElsewhere},
		"another version":    {func(root string) string { return root + "/beta/me" }, nil, checks.FailNotJSON, wordElsewhere},
		"up and out":         {func(root string) string { return root + "/v1.0/../beta/me" }, nil, checks.FailNotJSON, wordElsewhere},
		"up, escaped":        {func(root string) string { return root + "/v1.0/%2e%2e/beta/me" }, nil, checks.FailNotJSON, wordElsewhere},
		"with a user":        {func(root string) string { return strings.Replace(root, "https://", "https://a@", 1) + grantPath1 }, nil, checks.FailNotJSON, wordElsewhere},
		"no address":         {func(string) string { return "https://[::1" }, nil, checks.FailNotJSON, wordElsewhere},
		"relative":           {func(string) string { return "/v1.0/x" }, nil, checks.FailNotJSON, wordElsewhere},
		"in circles":         {func(root string) string { return root + grantPath1 + "?$skiptoken=2" }, nil, checks.FailNotJSON, wordLoop},
		"without end":        {func(root string) string { return root + grantPath1 + "?$skiptoken=2" }, nil, checks.FailRequest, wordTooMany(20)},
		"second fails":       {func(root string) string { return root + grantPath1 + "?$skiptoken=2" }, graphError(403, "Authorization_RequestDenied", "no"), checks.FailDenied, "no"},
		"second has no list": {func(root string) string { return root + grantPath1 + "?$skiptoken=2" }, answerJSON(`{}`), checks.FailNotJSON, "lacks"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s *stub
			n := 0
			s = serve(t, map[string]http.HandlerFunc{grantPath1: func(w http.ResponseWriter, r *http.Request) {
				n++
				switch {
				case r.URL.Query().Get("$skiptoken") == "":
					grantPage("1", tt.next(s.URL))(w, r)
				case name == "in circles":
					grantPage("2", s.URL+grantPath1+"?$skiptoken=2")(w, r)
				case tt.second != nil:
					tt.second(w, r)
				default:
					grantPage("n", fmt.Sprintf("%s%s?$skiptoken=%d", s.URL, grantPath1, n+2))(w, r)
				}
			}})
			l := read(t, s.reader(t), hetk(), checks.PartGrants).Grants
			if l.Read || l.Value != nil || l.Failure == nil || l.Failure.Kind != tt.kind || !strings.Contains(l.Failure.Message, tt.words) {
				t.Errorf("%+v %v", l, l.Failure)
			}
		})
	}
	if got := elsewhere.requests(); len(got) != 0 {
		t.Errorf("another host was asked: %v", got)
	}
}
