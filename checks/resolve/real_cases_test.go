package resolve

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestRealServers looks at a private tree, signed from a private root: knot and
// nsd serve it, unbound resolves it, and has to come to the same verdict.
func TestRealServers(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	type want struct {
		outcome  Outcome
		security Security
		wild     bool
		agree    bool
	}
	cases := map[string]want{}
	for zone, state := range map[string]Security{
		"contoso.example": Secure, "fabrikam.example": Secure, "ed.example": Secure, "shop.example": Secure, "plain.example": Insecure, "wrong.example": Bogus, "late.example": Bogus,
	} {
		for label, c := range map[string]want{
			"_hetk": {Found, Secure, false, true}, "_alias": {Found, Secure, false, true}, "_large": {Found, Secure, false, true}, "_hetk.old": {Found, Secure, false, true},
			"x.w": {Found, Secure, true, true}, "y.x.w": {Found, Secure, true, true}, "x.c": {Found, Secure, true, true},
			"_other": {NoData, Secure, false, true}, "_empty": {NoData, Secure, false, true}, "in.w": {NoData, Secure, false, true}, "b.w": {NoData, Secure, false, true},
			"nowhere": {NoName, Secure, false, true}, "_gone": {NoName, Secure, false, true}, "x.b.w": {NoName, Secure, false, true}, "x._hetk": {NoName, Secure, false, true},
			"_out": {Found, Insecure, false, true},
		} {
			if zone == "shop.example" && (c.outcome == NoName || c.wild) {
				c.security = Insecure // opt-out proves less
			}
			if worse(state, c.security) {
				c.security = state
			}
			if state == Bogus { // nobody's answer counts
				c = want{Forged, Bogus, false, false}
			}
			cases[label+"."+zone] = c
		}
	}
	cases["_hetk.plain.shop.example"] = want{Found, Insecure, false, true}
	cases["_hetk.differ.example"] = want{NoName, Insecure, false, false}
	cases["_hetk.unregistered.example"] = want{NoName, Secure, false, true}
	cases["contoso.example"] = want{NoData, Secure, false, true}
	anchors := w.trusted(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := New(Options{Server: fmt.Sprintf("127.0.1.1:%d", w.port), Port: uint16(w.port), Anchors: anchors, Timeout: 5 * time.Second, Deadline: 20 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.Look(t.Context(), name, dns.TypeTXT)
			d, ok := a.Decided()
			if !ok && len(a.Servers) > 0 {
				d = a.Servers[0]
			}
			if err != nil || ok != c.outcome.Decides() || len(a.Servers) != 2 || d.Outcome != c.outcome || a.Security != c.security || a.Wildcard != c.wild || a.Agree != c.agree {
				t.Errorf("%v %s %q, want %v\n%+v, %v", d.Outcome, a.Security, a.Reason, c, a, err)
			}
			if strings.HasPrefix(name, "_large") && ok && len(d.Records[0].String()) < 3000 {
				t.Error("a part was taken for the whole")
			}
			if got := w.unboundSays(t, name); got != c.security && (c.agree || c.outcome == Forged) {
				t.Errorf("unbound says %s", got)
			}
		})
	}
}

// trusted are the keys of the private root.
func (w *realWorld) trusted(t *testing.T) []dns.RR {
	t.Helper()
	text, err := os.Open(w.anchors)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	anchors, err := ParseAnchors(text)
	if err != nil {
		t.Fatal(err)
	}
	return anchors
}

// TestRealServersOfParentAndChild: a resolver that will not be told not to check
// fails for a zone whose signatures do not hold. Its servers have the zone above as
// well, and answer with authority; it is bogus in its own zone all the same.
func TestRealServersOfParentAndChild(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	for _, zone := range []string{"wrong.example", "late.example"} {
		for _, label := range []string{"_hetk.", "_other.", "_alias.", "x.w.", "nowhere.", "_hetk.old.", ""} {
			t.Run(label+zone, func(t *testing.T) {
				t.Parallel()
				r, err := New(Options{Server: fmt.Sprintf("127.0.1.4:%d", w.port), Port: uint16(w.port), Anchors: w.trusted(t), Timeout: 5 * time.Second, Deadline: 20 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				a, err := r.Look(t.Context(), label+zone, dns.TypeTXT)
				if err != nil || a.Resolver.Outcome != Failed || a.Zone != zone+"." || a.Home != a.Zone || a.Security != Bogus || len(a.Servers) != 2 {
					t.Fatalf("%+v, %v", a, err)
				}
				for _, s := range a.Servers {
					if s.Outcome != Forged || s.Why == "" {
						t.Errorf("%+v", s)
					}
				}
			})
		}
	}
}
