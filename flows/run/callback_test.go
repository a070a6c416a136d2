package run

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// door is the place where the consent page comes back to.
type door struct {
	port uint16 // 0: it cannot be opened

	mu     sync.Mutex
	opened []string
	left   int
	came   func(string) flows.ReturnSaid
}

func (d *door) Await(ctx context.Context, ask ReturnAsk, ready func(Waiting), came func(string) flows.ReturnSaid) error {
	d.mu.Lock()
	d.opened, d.came = append(d.opened, ask.Redirect), came
	d.mu.Unlock()
	if d.port == 0 {
		return errors.New("taken")
	}
	ready(Waiting{Port: d.port})
	<-ctx.Done()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left++
	return ctx.Err()
}

// atLink walks to the consent link of an app with a loopback address.
func atLink(t *testing.T, w *world, d *door) *rig {
	t.Helper()
	w.t = t
	hands := w.hands()
	hands.Return = d
	j := journal.NewMemory()
	drv, err := New(t.Context(), hands, j, Options{Writer: "w1", Ways: []flows.WayOffer{{Way: flows.WayBrowser}}})
	if err != nil {
		t.Fatal(err)
	}
	r := work(t, drv, w, j)
	all, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	p := all[slices.IndexFunc(all, func(p flows.Profile) bool { return p.ID == "hetk" })]
	p.AdminConsent = flows.AdminConsent{Version: "v2", RedirectURI: "http://localhost/consented"}
	r.do(flows.Started{Version: "1", Domain: "contoso.example", Profile: &p, Nonce: "n", Ways: []flows.WayOffer{{Way: flows.WayBrowser}}},
		flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{}, flows.Chose{Path: flows.DirectLink})
	return r
}

func TestTheConsentPageIsAwaited(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w, d := &world{}, &door{port: 4711}
		r := atLink(t, w, d)
		if len(d.opened) != 1 || d.opened[0] != "http://localhost/consented" {
			t.Fatalf("opened %v at %+v", d.opened, r.State().Place)
		}
		if d.came("error=access_denied&state=onboard-hetk-n") != flows.ReturnError || d.came("nothing=1") != flows.ReturnStrange {
			t.Error("thanks somebody who declined")
		}
		synctest.Wait()
		if c := r.State().Callback; c == nil || c.Error != "access_denied" || d.left != 0 {
			t.Errorf("after a no: %+v, left %d times", c, d.left)
		}
		if d.came("admin_consent=True&tenant="+tenantID+"&state=onboard-hetk-n") != flows.ReturnGood {
			t.Error("does not thank who accepted")
		}
		synctest.Wait()
		if c := r.State().Callback; c == nil || !c.Consented || d.left != 1 || !r.State().HasClaimed(flows.LinkApprove) {
			t.Errorf("after a yes: %+v, left %d times", c, d.left)
		}
		var last Ask
		w.mu.Lock()
		last = w.looks[len(w.looks)-1]
		w.mu.Unlock()
		if !slices.Contains(last.Checks, checks.VendorCallback) || last.Callback == nil || last.CalledBack.IsZero() {
			t.Errorf("looked for %+v", last)
		}
	})
}

func TestADoorThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		d := &door{}
		r := atLink(t, &world{}, d)
		if s := r.State(); len(d.opened) != 1 || s.Trouble != nil || flows.ReturnHint(s) == "" {
			t.Errorf("opened %v, trouble %+v", d.opened, s.Trouble)
		}
	})
}
