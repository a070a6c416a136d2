package run

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// TestAGuideHasNoConsentLinkThatIsTheCustomersOwn: the link that comes back to the run
// carries what a guide does not get, so it is shown to none, and every fold says the
// same of a note with one.
func TestAGuideHasNoConsentLinkThatIsTheCustomersOwn(t *testing.T) {
	t.Parallel()
	const nonce, state = "abcdefghijkl", "abcdefghijklmnop"
	for name, c := range map[string]struct {
		back  string
		waits flows.Listening
		own   bool
	}{
		"it leads nowhere back":       {},
		"a service waits for it":      {waits: flows.Listening{At: "https://onboard.example/consent", State: state}, own: true},
		"no service waits any more":   {waits: flows.Listening{}},
		"an address that is none":     {waits: flows.Listening{At: "http://onboard.example/consent", State: state}},
		"a registered address":        {back: "https://app.hetk.example/back", own: true},
		"this machine waits for it":   {back: "http://localhost", waits: flows.Listening{Port: 4711}, own: true},
		"a service in place of one's": {back: "https://app.hetk.example/back", waits: flows.Listening{At: "https://onboard.example/consent", State: state}, own: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				r := drive(t, &world{}, journal.NewMemory(), Options{})
				r.do(flows.Started{Version: "1", Nonce: nonce, Domain: "contoso.example", Profile: hetkBack(t, c.back), CanWrite: true, Ways: []flows.WayOffer{{Way: flows.WayBrowser}}})
				r.do(flows.Advanced{}, flows.Answered{Question: flows.AskSignIn, Value: "browser"}, flows.Advanced{}, flows.Chose{Path: flows.DirectLink}, flows.Advanced{})
				g := comes(t, r.j, "Ann Lee")
				r.sees(g)
				r.post(c.waits)
				synctest.Wait()
				theirs, mine := flows.Links(r.State()), flows.Links(view(t, g).Run.State)
				if len(theirs) == 0 || len(mine) != len(theirs) {
					t.Fatalf("the customer has %+v, the guide %+v", theirs, mine)
				}
				for i, l := range mine {
					if l.Own != c.own || c.own && l.URL != "the customer's own link" || !c.own && l.URL != theirs[i].URL || l.Note != theirs[i].Note {
						t.Errorf("the guide has %+v, the customer %+v", l, theirs[i])
					}
					if strings.Contains(l.URL, nonce) || strings.Contains(l.URL, state) {
						t.Errorf("the guide gets %s", l.URL)
					}
				}
				bare, _, _ := strings.Cut(theirs[0].URL, "&")
				for _, u := range []string{theirs[0].URL, bare} {
					if len(u) > flows.NoteMost-5 {
						t.Fatalf("too long for a note: %s", u)
					}
					err := g.Note(t.Context(), "Open "+u)
					synctest.Wait()
					var links *LinkError
					if c.own != errors.As(err, &links) {
						t.Errorf("%s: %v", u, err)
					}
				}
				have, told := r.State().Notes, view(t, g).Run.State.Notes
				if !slices.Equal(have, told) || c.own != (len(have) == 0) {
					t.Errorf("the customer reads %+v, the guide %+v", have, told)
				}
				for _, n := range have {
					if strings.Contains(n.Text, "left out") {
						t.Errorf("%q was sent so", n.Text)
					}
				}
				// What got past a guide's handle is the same to all who read it.
				r.post(flows.Noted{Text: "mine: " + theirs[0].URL})
				r.callers(g, "theirs: "+theirs[0].URL)
				synctest.Wait()
				have, told = r.State().Notes, view(t, g).Run.State.Notes
				if !slices.Equal(have, told) {
					t.Errorf("the customer reads %+v, the guide %+v", have, told)
				}
			})
		})
	}
}

// callers has a server say a note of a guide's which no handle of theirs saw.
func (r *rig) callers(g *Guide, text string) {
	r.t.Helper()
	c, err := NewCallers(r.t.Context(), r.j, "AAA-AAA", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	before := r.State().NotesCame
	if err := c.Note(r.t.Context(), 1, g.visit, text); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
	if after := r.State().NotesCame; after != before+1 {
		r.t.Fatalf("%d notes after %d", after, before)
	}
}

// hetkBack is the sample app, with another address that its page comes back to.
func hetkBack(t testing.TB, back string) *flows.Profile {
	t.Helper()
	all, err := flows.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p flows.Profile) bool { return p.ID == "hetk" })
	if i < 0 {
		t.Fatal("no such app")
	}
	p := all[i]
	p.AdminConsent = flows.AdminConsent{RedirectURI: back}
	return &p
}
