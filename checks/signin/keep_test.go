package signin

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// chain is a keychain in memory: what the system's would do, and its faults.
type chain struct {
	mu     sync.Mutex
	data   []byte
	broken error
	locked chan struct{} // waits for the person, if not nil
	asked  chan struct{} // gets one for each wait
	writes int
}

func (c *chain) wait() error {
	c.mu.Lock()
	locked, asked, err := c.locked, c.asked, c.broken
	c.mu.Unlock()
	if locked != nil {
		asked <- struct{}{}
		<-locked
	}
	return err
}

func (c *chain) Read(context.Context) ([]byte, error) {
	if err := c.wait(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data, nil
}

func (c *chain) Write(_ context.Context, b []byte) error {
	if err := c.wait(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data = append([]byte(nil), b...)
	c.writes++
	return nil
}

func (c *chain) Delete(context.Context) error {
	if err := c.wait(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data = nil
	return nil
}

func (c *chain) set(change func(*chain)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

func (c *chain) holds() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.data)
}

// keepIn is a Keep as another process would open it: with nothing in memory.
func keepIn(t *testing.T, c *chain, dir string) *Keep {
	t.Helper()
	k, err := newKeep(c, filepath.Join(dir, "sign-in"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keeping is a run of the program that keeps sign-ins in c.
type keeping struct {
	w   world
	c   *chain
	dir string
}

func newKeeping(t *testing.T) keeping {
	t.Helper()
	return keeping{w: startSim(t, sim.Options{Register: []string{registered}}), c: &chain{}, dir: t.TempDir()}
}

// run signs in as a process of its own would, and says whether the person was
// asked.
func (k keeping) run(t *testing.T, pick string, change func(*Options)) (s Session, asked bool, err error) {
	t.Helper()
	p := k.w.person(t, pick)
	s, err = k.w.client(t, func(o *Options) {
		o.Open, o.Keep = p.open, keepIn(t, k.c, k.dir)
		if change != nil {
			change(o)
		}
	}).Browser(t.Context(), []string{"User.Read"})
	return s, len(p.opened()) > 0, err
}

// me is what Graph says of whoever a token is of.
func (k keeping) me(t *testing.T, token string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.w.base+"/v1.0/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := (&http.Client{Transport: k.w.rt}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// mustRun is run where it has to work.
func (k keeping) mustRun(t *testing.T, pick string, wantAsked bool, change func(*Options)) Session {
	t.Helper()
	s, asked, err := k.run(t, pick, change)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Account().UPN; got != pick || asked != wantAsked {
		t.Errorf("signed in as %s (want %s), person asked: %v (want %v)", got, pick, asked, wantAsked)
	}
	return s
}

func TestKeptSignIn(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.mustRun(t, admin, true, nil)
	if !strings.Contains(k.c.holds(), `"RefreshToken"`) {
		t.Error("nothing was kept")
	}
	s := k.mustRun(t, admin, false, nil)
	if body := k.me(t, token(t, s)); !strings.Contains(body, admin) {
		t.Errorf("the kept sign-in reads %s", body)
	}
	k.mustRun(t, admin, false, func(o *Options) { o.Hint = strings.ToUpper(admin) })
	k.mustRun(t, admin, true, func(o *Options) { o.Anew = true })
	noSecrets(t, k.dir, k.c.holds())
}

// noSecrets fails where a file of dir holds any of what the keychain does.
func noSecrets(t *testing.T, dir, kept string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		b, err := os.ReadFile(path)
		for part := range strings.SplitSeq(kept, `"`) {
			if len(part) > 20 && strings.Contains(string(b), part) {
				t.Errorf("%s holds some of what is kept", d.Name())
			}
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// TestKeptSignInByLink holds that a sign-in by link is kept as the others are.
func TestKeptSignInByLink(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	asked := 0
	for range 2 {
		c := k.w.client(t, func(o *Options) { o.Keep = keepIn(t, k.c, k.dir) })
		s, err := linked(t, c, func(p LinkPrompt) {
			asked++
			if err := p.Paste(k.w.ends(t, admin, "", p.URL)); err != nil {
				t.Error(err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.Account().UPN != admin || k.c.holds() == "" {
			t.Errorf("%+v, %d bytes kept", s.Account(), len(k.c.holds()))
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestKeptSignInOfTwo(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.mustRun(t, admin, true, nil)
	k.mustRun(t, user, true, func(o *Options) { o.Hint = user })
	k.mustRun(t, admin, true, nil) // which of the two is not for us to say
	k.mustRun(t, user, false, func(o *Options) { o.Hint = user })
	k.mustRun(t, admin, false, func(o *Options) { o.Hint = admin })
}

func TestKeptSignInThatEnded(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.mustRun(t, admin, true, nil)
	if err := k.w.RevokeSessions(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	k.mustRun(t, admin, true, nil)
	k.mustRun(t, admin, false, nil)
}

func TestKeptSignInWithoutNetwork(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.mustRun(t, admin, true, nil)
	rt := &counting{next: k.w.rt}
	rt.broken.Store(true)
	_, asked, err := k.run(t, admin, func(o *Options) { o.Transport = rt })
	if e, ok := asError(err); !ok || e.Cause != CauseNetwork || asked {
		t.Errorf("%v, person asked: %v", err, asked)
	}
}

func TestForgottenSignIn(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	s := k.mustRun(t, admin, true, nil)
	if err := s.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(k.c.holds(), strings.ToLower(admin)) {
		t.Errorf("still kept: %s", k.c.holds())
	}
	k.mustRun(t, admin, true, nil)
	keep := keepIn(t, k.c, k.dir)
	for range 2 { // the second time there is nothing to remove
		if err := keep.Drop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if k.c.holds() != "" {
		t.Error("Drop left something")
	}
	k.mustRun(t, admin, true, nil)
}

func TestKeychainWithSomethingElse(t *testing.T) {
	t.Parallel()
	for _, held := range []string{"", "not a cache", `["a list"]`, `{"AccessToken":5}`, "\x00\xff"} {
		k := newKeeping(t)
		k.c.data = []byte(held)
		k.mustRun(t, admin, true, nil)
		k.mustRun(t, admin, false, nil)
	}
}

func TestKeychainThatFails(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.c.broken = errors.New("the collection\x1b[2J is locked")
	_, asked, err := k.run(t, admin, nil)
	e, ok := asError(err)
	if !ok || e.Cause != CauseKeychain || asked {
		t.Fatalf("%v, person asked: %v", err, asked)
	}
	if m := e.Failure.Message; !strings.Contains(m, "the collection is locked") || strings.ContainsRune(m, '\x1b') {
		t.Errorf("%q", m)
	}
	k.c.set(func(c *chain) { c.broken = nil })
	s := k.mustRun(t, admin, true, nil)
	k.c.set(func(c *chain) { c.broken = errors.New("gone") })
	if err := s.Forget(t.Context()); err == nil {
		t.Error("what could not be removed counts as removed")
	}
}

func TestLockedKeychainCanBeLeft(t *testing.T) {
	t.Parallel()
	c := &chain{locked: make(chan struct{}), asked: make(chan struct{}, 8)}
	t.Cleanup(func() { close(c.locked) })
	k := keepIn(t, c, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Drop(ctx) }()
	<-c.asked
	stop()
	if e, ok := asError(<-ended); !ok || e.Cause != CauseCancelled {
		t.Errorf("%v", e)
	}
}

func TestWhichKeptAccountFits(t *testing.T) {
	t.Parallel()
	const tid = "11111111-2222-3333-4444-555555555555"
	account := func(env, realm, home, name string) public.Account {
		return public.Account{Environment: env, Realm: realm, HomeAccountID: "oid." + home, PreferredUsername: name}
	}
	for _, tc := range []struct {
		name, tenant string
		a            public.Account
		want         bool
	}{
		{"home tenant", tid, account("login.microsoftonline.com", "organizations", tid, admin), true},
		{"guest of the tenant", tid, account("login.microsoftonline.com", tid, "other", admin), true},
		{"another tenant", tid, account("login.microsoftonline.com", "organizations", "other", admin), false},
		{"another cloud", tid, account("login.microsoftonline.us", tid, tid, admin), false},
		{"by domain", domain, account("login.microsoftonline.com", "organizations", tid, admin), true},
		{"by the domain it signed in to", domain, account("login.microsoftonline.com", domain, tid, "a@fabrikam.example"), true},
		{"another domain", domain, account("login.microsoftonline.com", "organizations", tid, "a@fabrikam.example"), false},
		{"no name", domain, account("login.microsoftonline.com", "organizations", tid, ""), false},
		{"nothing said", "", account("login.microsoftonline.com", tid, tid, admin), false},
	} {
		c, err := New(Options{ClientID: registered, Tenant: tc.tenant, Cloud: checks.CloudPublic})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.fits(tc.a); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}

// TestNoSystemKeychain says so where there is none: this machine's own is left
// alone, for it may ask its person.
func TestNoSystemKeychain(t *testing.T) { //nolint:paralleltest // the environment is the process's
	if runtime.GOOS != "linux" {
		t.Log("only on Linux can a keychain be taken away by its environment")
		return
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	_, err := OpenKeep(t.Context(), filepath.Join(t.TempDir(), "new"))
	var in *InputError
	if !errors.As(err, &in) || in.Field != FieldKeep || !strings.Contains(in.Do, "--keep-sign-in") || len(in.Say) <= len(wordsKeepNone) {
		t.Errorf("%v", err)
	}
}

func TestKeepWithoutAFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var in *InputError
	if _, err := OpenKeep(t.Context(), filepath.Join(file, "dir")); !errors.As(err, &in) || in.Field != FieldKeep {
		t.Errorf("%v", err)
	}
}
