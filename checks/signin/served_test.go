package signin

import (
	"errors"
	"net/http"
	"regexp"
	"testing"
)

// ofThisMachine finds advice that is for somebody at the machine that signs in.
var ofThisMachine = regexp.MustCompile(`--[a-z]|\baz\b|\btoken\b|[Pp]roxy|PATH|this machine|[Cc]heck the network|the browser|keychain|\bclock\b|CA file`)

// TestServedSaysWhatThePersonCanDo holds that whom a server signs in is told of
// nothing that only the server has, whatever went wrong, and that the words for the
// machine itself, which do tell of it, are still given there.
func TestServedSaysWhatThePersonCanDo(t *testing.T) {
	t.Parallel()
	local := 0
	for c := range causeWords {
		own, ok := asError(Options{}.told(c.make(nil)))
		if !ok || own.Do != causeWords[c].do {
			t.Errorf("%s at the machine: %+v", c, own)
		}
		e, ok := asError(Options{Served: true}.told(c.make(nil)))
		if !ok || e.Do == "" || e.Say != causeWords[c].say || ofThisMachine.MatchString(e.Do) {
			t.Errorf("%s served: %+v", c, e)
		}
		if ofThisMachine.MatchString(own.Do) {
			local++
		}
	}
	if local < 15 {
		t.Errorf("only %d of the words are for the machine: what is looked for is not how it is said", local)
	}
	for c := range servedDo {
		if _, ok := causeWords[c]; !ok {
			t.Errorf("%s is no cause", c)
		}
	}
}

// TestServedClientSaysSo holds a client to it, at each way that is served and where it
// is made.
func TestServedClientSaysSo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer      http.HandlerFunc
		want        Cause
		own, served string
	}{
		"unknown app": {say(400, "unauthorized_client", "AADSTS700016: not found"), CauseUnknownApp, causeWords[CauseUnknownApp].do, wordsServedOurs},
		"cut off":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, CauseNetwork, causeWords[CauseNetwork].do, wordsServedLate},
		"a fault":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, CauseService, causeWords[CauseService].do, causeWords[CauseService].do},
	} {
		for _, served := range []bool{false, true} {
			ep := startEndpoint(t)
			ep.token, ep.device = tt.answer, tt.answer
			c := ep.client(t, func(o *Options) { o.Served = served })
			_, byLink := c.Link(t.Context(), []string{"User.Read"}, func(p LinkPrompt) {
				if err := p.Paste("?code=c&state=" + stateOf(t, p.URL)); err != nil {
					t.Error(err)
				}
			})
			_, byCode := c.Device(t.Context(), []string{"User.Read"}, func(Prompt) {})
			do := tt.own
			if served {
				do = tt.served
			}
			for way, err := range map[Way]error{WayLink: byLink, WayDevice: byCode} {
				if e := cause(t, err); e.Cause != tt.want || e.Do != do {
					t.Errorf("%s by %s, served %v: %+v", name, way, served, e)
				}
			}
		}
	}
	for field, o := range map[Field]Options{
		FieldClientID: {}, FieldCloud: {ClientID: registered, Cloud: "moon"}, FieldLoginURL: {ClientID: registered, LoginURL: "http://x"},
		FieldTenant: {ClientID: registered, Tenant: "no tenant"},
	} {
		o.Served = true
		_, err := New(o)
		in := (*InputError)(nil)
		if !errors.As(err, &in) || in.Field != field || ofThisMachine.MatchString(in.Do) || (in.Do == wordsServedOurs) == (field == FieldTenant) {
			t.Errorf("%s: %+v", field, in)
		}
	}
}
