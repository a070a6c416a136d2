package signin

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

func utf16File(s string, big bool) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	b := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func TestTokenFiles(t *testing.T) {
	t.Parallel()
	raw := graphToken(time.Now(), nil)
	opaque := "EwB" + strings.Repeat("Ab9+/", 60) + "=="
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"alone":         {[]byte(raw), raw},
		"with newlines": {[]byte("\n " + raw + "\r\n\r\n"), raw},
		"bearer":        {[]byte("Bearer " + raw), raw},
		"header":        {[]byte("authorization: bearer " + raw + "\n"), raw},
		"quoted":        {[]byte(`"` + raw + `"`), raw},
		"az":            {[]byte(`{"accessToken": "` + raw + `", "expiresOn": "2026-11-20", "tokenType": "Bearer"}`), raw},
		"oauth":         {[]byte(`{"token_type":"Bearer","access_token":"` + raw + `"}`), raw},
		"utf-8 mark":    {[]byte("\xef\xbb\xbf" + raw), raw},
		"powershell":    {utf16File(`{"accessToken": "`+raw+`"}`+"\r\n", false), raw},
		"utf-16 big":    {utf16File(raw, true), raw},
		"opaque":        {[]byte(opaque), opaque},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for way, open := range ways(t, tt.data) {
				s, err := open(TokenOptions{})
				if err != nil {
					t.Fatal(way, err)
				}
				got, err := s.Token(t.Context(), []string{"Anything"})
				if err != nil || got.Reveal() != tt.want {
					t.Errorf("%s gave %q, %v", way, got.Reveal(), err)
				}
				if a := s.Account(); a.Opaque != (tt.want == opaque) || !a.Opaque && a.UPN != admin {
					t.Errorf("account %+v", a)
				}
				if s.Way() != WayToken {
					t.Errorf("way %s", s.Way())
				}
			}
		})
	}
}

// ways are both ways to hand over data.
func ways(t *testing.T, data []byte) map[string]func(TokenOptions) (Session, error) {
	t.Helper()
	name := write(t, "token", data)
	return map[string]func(TokenOptions) (Session, error){
		"file":  func(o TokenOptions) (Session, error) { return File(t.Context(), name, o) },
		"stdin": func(o TokenOptions) (Session, error) { return Stdin(t.Context(), bytes.NewReader(data), o) },
	}
}

func TestTokenFilesRefused(t *testing.T) {
	t.Parallel()
	raw := graphToken(time.Now(), nil)
	cut := raw[:strings.LastIndexByte(raw, '.')]
	for name, tt := range map[string]struct{ data, say string }{
		"empty":           {" \n", wordsFileEmpty},
		"words":           {"please sign in first, then try again to get the token", wordsTokenSpaces},
		"short":           {"hunter2", wordsTokenShape},
		"html":            {"<html>" + strings.Repeat("a", 80), wordsTokenShape},
		"wrapped":         {raw[:60] + "\n" + raw[60:], wordsTokenSpaces},
		"no signature":    {cut, wordsTokenCut},
		"empty signature": {cut + ".", wordsTokenCut},
		"half a payload":  {"eyJ0eXAiOiJKV1QifQ." + strings.Repeat("e", 60) + ".abc", wordsTokenCut},
		"half a header":   {raw[:30] + raw[strings.IndexByte(raw, '.')-1:], wordsTokenCut},
		"other JSON":      {`{"error":"not logged in"}`, wordsTokenJSON},
		"broken JSON":     {`{"accessToken":"` + raw, wordsTokenJSON},
		"number":          {`{"accessToken":17}`, wordsTokenJSON},
		"escape":          {strings.Repeat("a", 60) + "\x1b[31m", wordsTokenShape},
		"large":           {strings.Repeat("a", maxToken+1), wordsFileLarge},
		"odd utf-16":      {"\xff\xfea", wordsFileEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for way, open := range ways(t, []byte(tt.data)) {
				_, err := open(TokenOptions{})
				var e *InputError
				if !errors.As(err, &e) || e.Field != FieldToken || !strings.Contains(e.Say, tt.say) || e.Do != wordsTokenDo {
					t.Errorf("%s gave %v; want %q", way, err, tt.say)
				}
				if strings.Contains(err.Error(), "eyJ") || strings.ContainsAny(err.Error(), "\x1b\n") {
					t.Errorf("%q shows what it should not", err)
				}
			}
		})
	}
	_, err := File(t.Context(), filepath.Join(t.TempDir(), "none"), TokenOptions{})
	if err == nil || !strings.Contains(err.Error(), wordsFileMissing) {
		t.Errorf("no file gave %v", err)
	}
}

func TestTokenJudged(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, tt := range map[string]struct {
		more  map[string]any
		graph string
		want  Cause
	}{
		"good":            {},
		"graph by id":     {more: map[string]any{"aud": checks.MicrosoftGraph}},
		"graph with /":    {more: map[string]any{"aud": "https://graph.microsoft.com/"}},
		"national":        {more: map[string]any{"aud": "https://dod-graph.microsoft.us"}},
		"list":            {more: map[string]any{"aud": []string{"https://graph.microsoft.com"}}},
		"own graph":       {more: map[string]any{"aud": "https://127.0.0.1:8443"}, graph: "https://127.0.0.1:9443/v1.0"},
		"expired":         {more: map[string]any{"exp": now.Unix()}, want: CauseTokenExpired},
		"slightly early":  {more: map[string]any{"nbf": now.Add(2 * time.Minute).Unix()}},
		"early":           {more: map[string]any{"nbf": now.Add(time.Hour).Unix()}, want: CauseTokenEarly},
		"arm":             {more: map[string]any{"aud": "https://management.core.windows.net/"}, want: CauseTokenOther},
		"id token":        {more: map[string]any{"aud": registered}, want: CauseTokenOther},
		"someone's graph": {more: map[string]any{"aud": "https://127.0.0.1:8443"}, want: CauseTokenOther},
		"never expires":   {more: map[string]any{"exp": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Stdin(t.Context(), strings.NewReader(graphToken(now, tt.more)), TokenOptions{GraphURL: tt.graph})
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := cause(t, err); e.Cause != tt.want {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestTokenFileIsReadAgain(t *testing.T) {
	t.Parallel()
	c := newClock()
	first, second := graphToken(c.now(), nil), graphToken(c.now().Add(2*time.Hour), map[string]any{"scp": "User.Read Mail.Read"})
	name := write(t, "token", []byte(first))
	s, err := File(t.Context(), name, TokenOptions{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(second), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Token(t.Context(), nil); err != nil || got.Reveal() != first {
		t.Errorf("a good token was not kept: %v", err)
	}
	c.add(61 * time.Minute)
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseTokenEarly {
		t.Errorf("got %v", err)
	}
	c.add(61 * time.Minute)
	got, err := s.Token(t.Context(), nil)
	if err != nil || got.Reveal() != second || len(s.Account().Scopes) != 2 {
		t.Errorf("the new token was not read: %v %+v", err, s.Account())
	}
	c.add(2 * time.Hour)
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseTokenExpired {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(name, []byte("gone"), 0o600); err != nil {
		t.Fatal(err)
	}
	var in *InputError
	if err := s.Renew(t.Context()); !errors.As(err, &in) || FailureOf(err).Kind != checks.FailRequest {
		t.Errorf("got %v", err)
	}
}

func TestTokenThatWasHandedOverIsFixed(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, err := Stdin(t.Context(), strings.NewReader(graphToken(c.now(), nil)), TokenOptions{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Widen(t.Context(), []string{"user.read", "openid"}); err != nil {
		t.Errorf("what is there is missing: %v", err)
	}
	e := cause(t, s.Widen(t.Context(), []string{"User.Read", "Mail.Send"}))
	if e.Cause != CauseFixed || e.Failure.Kind != checks.FailScope || !reflect.DeepEqual(e.Failure.Missing, []string{"Mail.Send"}) {
		t.Errorf("Widen: %+v", e.Failure)
	}
	if e := cause(t, s.Satisfy(t.Context(), `{"a":1}`)); e.Cause != CauseFixed || e.Failure.Kind != checks.FailSignIn || e.Failure.Claims != `{"a":1}` {
		t.Errorf("Satisfy: %+v", e.Failure)
	}
	if e := cause(t, s.Renew(t.Context())); e.Cause != CauseFixed {
		t.Errorf("Renew: %+v", e)
	}
	c.add(2 * time.Hour)
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseTokenExpired {
		t.Errorf("Token: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := as[*handed](t, s)
	h.turn <- struct{}{}
	if err := s.Renew(ctx); cause(t, err).Cause != CauseCancelled {
		t.Errorf("Renew: %v", err)
	}
	<-h.turn
	if err := s.Forget(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Token(t.Context(), nil); cause(t, err).Cause != CauseSessionEnded {
		t.Errorf("after Forget: %v", err)
	}
}

func FuzzParseToken(f *testing.F) {
	for _, s := range []string{
		graphToken(time.Unix(1795190400, 0), nil), `{"accessToken":"x"}`, "Bearer eyJ", "\xff\xfe{\x00}\x00", "eyJ.eyJ.eyJ", `"`, "{}", "authorization:",
		strings.Repeat("A", 100), `{"accessToken":"` + strings.Repeat("é", 50) + `"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, problem := parseToken(data)
		switch {
		case problem == "" && (len(got.Reveal()) < minToken || strings.ContainsFunc(got.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' })):
			t.Fatalf("%q gave %q", data, got.Reveal())
		case problem != "" && !got.Empty():
			t.Fatalf("%q gave both a token and %q", data, problem)
		case problem != checks.Line(problem, 200):
			t.Fatalf("%q is not clean", problem)
		}
		a := accountOf(got)
		for _, s := range append(append(a.Scopes, a.RoleIDs...), a.UPN, a.TenantID, a.ClientID, a.ObjectID, sayAccount(a)) {
			if s != checks.Line(s, 1000) {
				t.Fatalf("%q is not clean", s)
			}
		}
	})
}

func TestSimulatorsTokenFiles(t *testing.T) {
	t.Parallel()
	w := startSim(t, sim.Options{})
	for _, upn := range []string{admin, user} {
		s, err := File(t.Context(), filepath.Join(filepath.Dir(w.Ready().CA), "tokens", upn), TokenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		a := s.Account()
		if a.UPN != upn || a.TenantID != w.tenantID() || len(without(checks.ReadScopes(), a.Scopes)) > 0 {
			t.Errorf("account %+v", a)
		}
	}
}

func TestTokenIsFetchedOnceForAll(t *testing.T) {
	t.Parallel()
	c, n := newClock(), 0
	s, err := hand(t.Context(), WayAz, TokenOptions{Now: c.now}, func(context.Context) (Secret, error) {
		n++
		return NewSecret(graphToken(c.now(), nil)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.add(2 * time.Hour)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.Token(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n != 2 {
		t.Errorf("fetched %d times", n)
	}
}
