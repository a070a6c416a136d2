package flows

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

const fakeID = "5a1c00ff-0000-4000-8000-00000000fa4e"

// twins are two apps of one name, of different owners.
func twins() Facts {
	return Facts{NamedRead: true, At: noon, Named: []checks.NamedApp{
		{AppID: carerixID, Name: "Carerix Calendar - Production", OwnerTenant: "99999999-9999-4999-8999-999999999999", Publisher: checks.Publisher{ID: "1", Name: "Carerix"}, Created: noon},
		{AppID: fakeID, Name: "Carerix Calendar - Production\x1b[2J", OwnerTenant: contosoID},
	}}
}

// seeker is a run for an app whose client id nobody knows, at the sign-in.
func seeker(t *testing.T) State {
	t.Helper()
	p := profile(t, "carerix")
	s := after(State{}, Started{Version: "1", Domain: "contoso.example", Profile: &p, Ways: []WayOffer{{Way: WayBrowser}}})
	at(t, s, StageApp, "")
	q := Asks(s)[0]
	if q.Instead == nil || Missing(s) != words.needClientID {
		t.Fatalf("asked %+v, missing %q", q, Missing(s))
	}
	e, err := Accept(q, q.Instead.ID)
	if err != nil {
		t.Fatal(err)
	}
	s = after(s, e, Advanced{})
	s = see(after(after(s, Advanced{}), tenant()), nil)
	s = after(s, Advanced{})
	at(t, s, StageSignIn, "")
	return s
}

// sees answers the look by name.
func sees(s State, f Facts) State {
	as := map[checks.ID]checks.Verdict{checks.AppNamed: checks.Warn}
	s = after(s, Learned{Round: s.Round, Facts: f})
	return see(s, as)
}

func TestAnAppIsFoundByItsName(t *testing.T) {
	t.Parallel()
	s := seeker(t)
	if s.SeekingNow() || len(Wants(s)) != 0 {
		t.Fatalf("looks before anybody signed in: %+v", Wants(s))
	}
	s = after(s, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin(), Advanced{})
	at(t, s, StageSignIn, "")
	if ws := Wants(s); !s.SeekingNow() || len(Asks(s)) != 0 || len(ws) != 1 || !slices.Contains(ws[0].Checks.IDs(), checks.AppNamed) || Missing(s) != seekWords.wait {
		t.Fatalf("wants %+v, asks %+v, missing %q", ws, Asks(s), Missing(s))
	}
	s = sees(s, twins())
	q := Asks(s)[0]
	if q.ID != AskFound || len(q.Options) != 3 || !strings.Contains(q.Options[0].Help, carerixID+" · owner 99999999-9999-4999-8999-999999999999 · publisher Carerix (verified)") ||
		!strings.Contains(q.Options[1].Help, "owner this tenant itself · publisher not verified") || strings.Contains(q.Options[1].Title, "\x1b") {
		t.Fatalf("asks %+v", q)
	}
	if after(s, Advanced{}).Place.Stage != StageSignIn || after(s, Answered{Question: AskFoundYes, Value: "yes"}).App.ClientID != "" {
		t.Fatal("goes on with an app that nobody chose")
	}
	if wrong := after(s, Answered{Question: AskFound, Value: appSP}); len(Asks(wrong)) != 1 || Asks(wrong)[0].ID != AskFound {
		t.Error("takes an app that was not found")
	}
	e, err := Accept(q, fakeID)
	if err != nil {
		t.Fatal(err)
	}
	s = after(s, e)
	q = Asks(s)[0]
	if q.ID != AskFoundYes || q.Kind != Typed || len(q.Facts) != 6 || s.App.ClientID != "" || Missing(s) == "" {
		t.Fatalf("asks %+v", q)
	}
	for _, no := range []string{"", "y", "ye", "yes!", "no", fakeID, "\x1b[2Jyess"} {
		if _, err := Accept(q, no); err == nil {
			t.Errorf("%q is taken for a yes", no)
		}
	}
	if s = after(s, WentBack{}); Asks(s)[0].ID != AskFound || s.Place.Stage != StageSignIn {
		t.Fatalf("back leads to %+v, %+v", s.Place, Asks(s))
	}
	s = after(s, Answered{Question: AskFound, Value: carerixID})
	e, err = Accept(Asks(s)[0], " YES ")
	if err != nil {
		t.Fatal(err)
	}
	s = after(s, e)
	if s.App.ClientID != carerixID || s.App.IDFrom != checks.IDFound || s.Account == nil || s.TenantID() != contosoID || s.Seeking() {
		t.Fatalf("after the yes: %+v, account %v", s.App, s.Account)
	}
	s = see(after(s, Advanced{}), blocked)
	at(t, s, StageDiagnosis, "")
	if whose := WhoseApp(s); !strings.Contains(whose, "found by the app's name") {
		t.Errorf("says %q", whose)
	}
	if slices.ContainsFunc(Wants(after(s, AskedAgain{})), func(w Want) bool { return slices.Contains(w.Checks.IDs(), checks.AppNamed) }) {
		t.Error("still looks by name")
	}
}

func TestNothingIsFoundByName(t *testing.T) {
	t.Parallel()
	s := after(seeker(t), Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin())
	none := sees(s, Facts{NamedRead: true, At: noon})
	if q := Asks(none)[0]; q.ID != AskSignIn || !strings.Contains(Missing(none), "app/named warn: go back and type its client id") {
		t.Errorf("asks %s, missing %q", q.ID, Missing(none))
	}
	unread := see(after(s, Learned{Round: s.Round}), map[checks.ID]checks.Verdict{checks.AppNamed: checks.Unknown})
	if q := Asks(unread)[0]; q.ID != AskSignIn || !strings.Contains(Missing(unread), "app/named unknown") || unread.SeekingNow() {
		t.Errorf("asks %s, missing %q", q.ID, Missing(unread))
	}
	if again := after(none, AskedAgain{}); !again.SeekingNow() {
		t.Error("asking again does not look again")
	}
}

func TestWithoutASignInNothingIsLookedFor(t *testing.T) {
	t.Parallel()
	s := seeker(t)
	q := Asks(s)[0]
	if _, err := Accept(q, string(WayNone)); err == nil || err.Error() != seekWords.noSignIn {
		t.Errorf("going on without is taken: %v", err)
	}
	s = after(s, Answered{Question: AskSignIn, Value: string(WayNone)}, Advanced{})
	if s.Place.Stage != StageSignIn || Missing(s) != seekWords.noSignIn || len(Wants(s)) != 0 {
		t.Errorf("at %+v, missing %q", s.Place, Missing(s))
	}
}

func TestNoneOfThoseFound(t *testing.T) {
	t.Parallel()
	s := sees(after(seeker(t), Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin()), twins())
	s = after(s, Answered{Question: AskFound, Value: FoundNone})
	at(t, s, StageApp, "")
	if s.Seeking() || Missing(s) != words.needClientID || s.Account == nil {
		t.Fatalf("missing %q", Missing(s))
	}
	s = after(s, Answered{Question: AskClientID, Value: carerixID}, Advanced{}, Advanced{})
	if s.App.ClientID != carerixID || s.App.IDFrom != checks.IDGiven || s.Place.Stage != StageKnown {
		t.Errorf("at %+v with %+v", s.Place, s.App)
	}
}

// What was found is of the moment, the account and the app.
func TestWhatWasFoundIsOfTheMoment(t *testing.T) {
	t.Parallel()
	found := sees(after(seeker(t), Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin()), twins())
	chosen := after(found, Answered{Question: AskFound, Value: carerixID})
	other := profile(t, "sophiie")
	for name, e := range map[string]Event{
		"signed out": SignedOut{}, "looked again": AskedAgain{}, "another app": Picked{Profile: other}, "taken up again": Resumed{Version: "1"},
		"another domain": Answered{Question: AskDomain, Value: "fabrikam.example"},
	} {
		s := after(chosen, e, Answered{Question: AskFoundYes, Value: "yes"})
		if s.App.ClientID != "" || len(s.candidates()) != 0 {
			t.Errorf("%s: %+v", name, s.App)
		}
	}
	if s := after(chosen, Picked{Profile: other}); s.Seeking() {
		t.Error("another app is looked for, which nobody asked for")
	}
	if s := after(begun(t, "hetk"), Answered{Question: AskClientID, Value: FindID}); s.App.ClientID == "" || s.Seeking() {
		t.Error("an app whose profile has a client id is looked for")
	}
}

// A journal holds what was found, bounded and clean, and gives the same run.
func TestWhatWasFoundIsKept(t *testing.T) {
	t.Parallel()
	apps := twins().Named
	for i := range 1000 {
		apps = append(apps, checks.NamedApp{AppID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", i), Name: strings.Repeat("\u202e", 256)})
	}
	f := FactsOf(&checks.Snapshot{Named: checks.Look[checks.Named]{Read: true, Value: checks.Named{Apps: apps}}}, checks.App{})
	if !f.NamedRead || !f.NamedMore || len(f.Named) != mostNamed {
		t.Fatalf("%d apps, more %t", len(f.Named), f.NamedMore)
	}
	line, err := MarshalRecord(Record{Seq: 1, Writer: "w", N: 1, At: noon, Event: Clean(Learned{Facts: f, Round: 1})})
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalRecord(line)
	if err != nil {
		t.Fatal(err)
	}
	learned, ok := back.Event.(Learned)
	if !ok || len(learned.Facts.Named) > mostList || learned.Facts.Named[0] != twins().Named[0] || strings.ContainsAny(string(line), "\u202e\x1b") {
		t.Errorf("kept %d apps", len(learned.Facts.Named))
	}
}
