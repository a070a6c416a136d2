package flows

import (
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"onboard.example/checks"
)

const (
	contosoID = "11111111-1111-1111-1111-111111111111"
	appSP     = "22222222-2222-2222-2222-222222222222"
	graphSP   = "33333333-3333-3333-3333-333333333333"
	exSP      = "44444444-4444-4444-4444-444444444444"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// builtins reads the built-in profiles once for all tests.
var builtins = sync.OnceValues(Builtin)

// profile is a built-in one.
func profile(t testing.TB, id string) Profile {
	t.Helper()
	all, err := builtins()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no profile %s", id)
	return Profile{}
}

// after folds events, one second apart.
func after(s State, es ...Event) State {
	for _, e := range es {
		s = Fold(s, Record{Seq: s.Seq + 1, Writer: "w", N: s.Seq + 1, At: noon.Add(time.Duration(s.Seq) * time.Second), By: ByPerson, Event: Clean(e)})
	}
	return s
}

// begun is a run for an app in contoso.example that can sign in and write.
func begun(t testing.TB, id string) State {
	t.Helper()
	p := profile(t, id)
	if p.ClientID == "" {
		p.ClientID = "99999999-9999-9999-9999-999999999999"
	}
	return after(State{}, Started{
		Version: "1", Domain: "contoso.example", Profile: &p, CanWrite: true,
		Ways: []WayOffer{{Way: WayBrowser}, {Way: WayAz, Why: "az is not installed"}},
	})
}

// finding is one of this round.
func finding(s State, id checks.ID, v checks.Verdict) Found {
	g := checks.Verified
	if v == checks.Unknown || v == checks.Skipped {
		g = checks.GradeUnknown
	}
	return Found{Round: s.Round, Finding: checks.Finding{
		Check: id, Verdict: v, Grade: g, Summary: string(id) + " " + v.String(), At: noon,
		Seen: []checks.Evidence{{Source: "graph", Request: "GET /x", At: noon, Value: "y", RequestID: "r"}},
	}}
}

// see answers every check that the state's look asks for: verdicts by id, else
// pass.
func see(s State, as map[checks.ID]checks.Verdict) (out State) {
	round := s.Round
	defer func() { out = after(out, Learned{Round: round}) }()
	for _, w := range Wants(s) {
		if w.Kind != WantLook {
			continue
		}
		for _, id := range w.Checks.IDs() {
			v, ok := as[id]
			if !ok {
				v = checks.Pass
			}
			s = after(s, finding(s, id, v))
		}
	}
	return s
}

// admin is who signs in.
func admin(scopes ...string) SignedIn {
	return SignedIn{Account: Account{
		UPN: "admin@contoso.example", TenantID: contosoID, Roles: []string{"Global Administrator"},
		Scopes: append(checks.ReadScopes(), scopes...), Way: WayBrowser,
	}}
}

// tenant is what the discovery of contoso.example learns.
func tenant() Learned {
	return Learned{Facts: Facts{Tenants: []TenantFact{{Cloud: checks.CloudPublic, ID: contosoID}}, At: noon}}
}

// blocked are the findings of a tenant where consent is missing.
var blocked = map[checks.ID]checks.Verdict{checks.AppGrant: checks.Fail, checks.ConsentPredict: checks.Fail}

// diagnosed is a run that stands at the diagnosis of a blocked tenant, signed
// in.
func diagnosed(t testing.TB, id string, facts Facts) State {
	t.Helper()
	s := begun(t, id)
	s = see(after(s, tenant()), nil)
	s = after(s, Advanced{}, Answered{Question: AskSignIn, Value: string(WayBrowser)}, admin(), Advanced{})
	s = after(s, Learned{Facts: facts})
	s = see(s, blocked)
	if s.Place.Stage != StageDiagnosis {
		t.Fatalf("at stage %d, want the diagnosis; missing: %q", s.Place.Stage, Missing(s))
	}
	return s
}

// present are the facts of a tenant that has the app, enabled, with grants.
func present(a Facts, grants ...GrantFact) Facts {
	a.AppRead, a.GrantsRead, a.ResRead, a.At = true, true, true, noon
	a.Grants = grants
	a.Resources = []ResourceFact{
		{ID: graphSP, AppID: checks.MicrosoftGraph, Name: "Microsoft Graph"},
		{ID: exSP, AppID: checks.ExchangeOnline, Name: "Office 365 Exchange Online"},
	}
	return a
}

// theApp is the enterprise app of a profile.
func theApp(p Profile) Facts {
	return Facts{App: &AppFact{ID: appSP, AppID: p.App().ClientID, Name: p.Listed(), Enabled: true}}
}

// samples has one event of each kind, with every field set.
func samples() []Event {
	var out []Event
	for _, e := range []Event{
		Started{},
		Resumed{},
		Picked{},
		Answered{},
		Found{},
		Looked{},
		Learned{},
		SignedIn{},
		SignInFailed{},
		SignedOut{},
		Chose{},
		Claimed{},
		Listening{},
		Returned{},
		Planned{},
		Recalled{},
		Confirmed{},
		Applying{},
		Applied{},
		Reread{},
		Stopped{},
		Filed{},
		Advanced{},
		WentBack{},
		Noted{},
		Pointed{},
		Suggested{},
		AskedAgain{},
		AskedToWatch{},
		Watched{},
		AskedToRecord{},
		Recorded{},
		Unrecorded{},
		Troubled{},
		Ended{},
	} {
		v := reflect.New(reflect.TypeOf(e)).Elem()
		fillValue(v, rand.New(rand.NewPCG(1, 2)), 0)
		out = append(out, asEvent(v))
	}
	return out
}

func asEvent(v reflect.Value) Event {
	e, ok := v.Interface().(Event)
	if !ok {
		panic("no event: " + v.Type().String())
	}
	return e
}

// fillValue sets every field of a value to something.
func fillValue(v reflect.Value, r *rand.Rand, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"contoso.example", "a b", "x", "app/grant", "2"}[r.IntN(5)])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1 + r.IntN(3)))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(uint64(1 + r.IntN(3)))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(1 + r.IntN(3)))
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(noon))
			return
		}
		for at, f := range v.Fields() {
			if at.Tag.Get("json") != "-" { // such is never stored
				fillValue(f, r, depth+1)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillValue(v.Index(0), r, depth+1)
		fillValue(v.Index(1), r, depth+1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), r, depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillValue(k, r, depth+1)
		fillValue(e, r, depth+1)
		v.SetMapIndex(k, e)
	default:
		panic("a kind that no event should hold: " + v.Type().String())
	}
}
