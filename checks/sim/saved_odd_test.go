package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What a saved snapshot may hold beside what it should.

// editSaved changes one member of the sample's look.
func editSaved(t *testing.T, part, value string) string {
	t.Helper()
	var doc map[string]json.RawMessage
	if err := json.Unmarshal([]byte(savedSample(t)), &doc); err != nil {
		t.Fatal(err)
	}
	var look map[string]json.RawMessage
	if err := json.Unmarshal(doc["look"], &look); err != nil {
		t.Fatal(err)
	}
	if look[part] == nil {
		t.Fatalf("no part %s", part)
	}
	look[part] = json.RawMessage(`{"read":true,"value":` + value + `}`)
	return strings.Replace(savedSample(t), string(doc["look"]), jsonText(look), 1)
}

func TestSavedOddities(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		part, value string
		want        func(sc *Scenario, w *World) bool
	}{
		"a domain that is no tenant": {"discovery", `{"found":[]}`, func(sc *Scenario, w *World) bool {
			return sc.Case.Domain == nowhereDomain && len(w.tenants) == 1 && sc.Case.As == savedSigner
		}},
		"signed in elsewhere": {"account", `{"tenantId":"66666666-0000-4000-8000-000000000001"}`, func(sc *Scenario, w *World) bool {
			return sc.Case.As == "admin@fabrikam.example" && w.tenants[len(w.tenants)-1].DefaultDomain() == "fabrikam.example"
		}},
		"an admin": {"roles", `[{"templateId":"` + strings.ToUpper(roleGlobalAdmin) + `"}]`, func(sc *Scenario, w *World) bool {
			return sc.Case.As == savedAdmin && w.tenants[0].userByUPN(savedSigner) == nil
		}},
		"nobody asked about is there": {"user", `null`, func(sc *Scenario, w *World) bool {
			return sc.Case.Person == noPerson && !w.tenants[0].userByUPN(savedUser).Disabled
		}},
		"no app": {"app", `null`, func(_ *Scenario, w *World) bool {
			return w.tenants[0].serviceByAppID("0a0a0a0a-1111-4222-8333-444444444444") == nil && len(w.tenants[0].Grants) == 0
		}},
		"the organization's own app": {"app", `{"appId":"0a0a0a0a-1111-4222-8333-444444444444","ownerTenant":"11111111-0000-4000-8000-000000000001","publisher":{}}`, func(_ *Scenario, w *World) bool {
			reg := w.registration("0a0a0a0a-1111-4222-8333-444444444444")
			return reg.HomeTenant == w.tenants[0].ID && reg.Publisher == nil
		}},
		"nobody may consent": {"authorization", `{"assigned":[]}`, func(_ *Scenario, w *World) bool {
			return len(w.tenants[0].Assigned) == 0 && w.tenants[0].RiskyAppsAllowed == nil
		}},
		"hundreds are assigned": {"assignments", manyAssigned(600), func(sc *Scenario, w *World) bool {
			return len(w.tenants[0].Users) <= maxSeats+3 && strings.Contains(jsonText(sc.Assumed), "Only the first 120 people")
		}},
		"hundreds of APIs": {"grants", manyGranted(600), func(sc *Scenario, w *World) bool {
			return len(w.tenants[0].Grants) == maxSeats-3 && strings.Contains(jsonText(sc.Assumed), "Only the first 120 APIs")
		}},
		"hundreds asked": {"requests", `[{"appId":"0a0a0a0a-1111-4222-8333-444444444444","status":"Expired","count":2000000000}]`, func(sc *Scenario, w *World) bool {
			all := w.tenants[0].Requests[0].Users
			return len(all) == maxAskers && all[0].Status == RequestExpired && strings.Contains(jsonText(sc.Assumed), "Only the first 20")
		}},
		"an answered request": {"requests", `[{"appId":"0a0a0a0a-1111-4222-8333-444444444444","status":"Completed","count":1}]`, func(_ *Scenario, w *World) bool {
			r := w.tenants[0].Requests[0]
			return r.Users[0].Status == RequestCompleted && len(r.Pending) == 0
		}},
		"a query that would draw": {"workflow", `{"enabled":true,"reviewers":["/users/\u001b[2J\u0000x"],"days":-4}`, func(_ *Scenario, w *World) bool {
			wf := w.tenants[0].Workflow
			return slices.Equal(wf.Reviewers, []string{"/users/[2Jx"}) && wf.DurationDays == 1
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sc, w := savedWorld(t, editSaved(t, c.part, c.value))
			if !c.want(sc, w) {
				t.Errorf("case %+v\nassumed %q\ntenant %s", sc.Case, sc.Assumed, jsonText(w.tenants[0]))
			}
		})
	}
}

func manyAssigned(n int) string {
	var list []map[string]string
	for i := range n {
		list = append(list, map[string]string{"principalId": "principal " + stableID(string(rune('a'+i))), "principalType": "User"})
	}
	return jsonText(list)
}

func manyGranted(n int) string {
	var list []map[string]any
	for i := range n {
		list = append(list, map[string]any{"resourceId": stableID(string(rune('a' + i))), "everyone": true, "raw": "Things.Read"})
	}
	return jsonText(list)
}

func TestSavedBadInput(t *testing.T) {
	t.Parallel()
	whole := savedSample(t)
	swap := func(old, new string) string {
		out := strings.Replace(whole, old, new, 1)
		if out == whole {
			t.Fatalf("%q is not in the sample", old)
		}
		return out
	}
	for name, c := range map[string]struct {
		text string
		want error
		says string
	}{
		"empty":            {"", errNotSaved, "unexpected end"},
		"text":             {"title: x", errNotSaved, "invalid character"},
		"a list":           {"[]", errNotSaved, "cannot unmarshal"},
		"another document": {`{"schema":"onboard/check/1"}`, errSavedVersion, "onboard/check/1"},
		"a later form":     {swap("snapshot/1", "snapshot/2\\u001b[31m"), errSavedVersion, "onboard/snapshot/2[31m"},
		"no schema":        {`{"look":{}}`, errNotSaved, ""},
		"cut off":          {whole[:len(whole)/2], errNotSaved, "unexpected end"},
		"two of them":      {whole + whole, errNotSaved, "after top-level value"},
		"no time":          {swap(`"at": "2026-11-20T09:00:00Z"`, `"at": "0001-01-01T00:00:00Z"`), errNotSaved, "when it was read"},
		"no app":           {swap(`"clientId": "0A0A`, `"clientId": "../0A`), errNotSaved, "which app"},
		"nothing read":     {swap(`"look": {`, `"look": null, "other": {`), errNotSaved, "or what"},
		"another shape":    {swap(`"days": 14`, `"days": "14"`), errNotSaved, "cannot unmarshal"},
		"endless":          {strings.Repeat(" ", maxSaved+1), errSavedSize, "16 MiB"},
		"too many":         {editSaved(t, "assignments", manyAssigned(maxSavedList+1)), errNotSaved, "5001 entries of assignments"},
		"a nameless API":   {swap(`"appId": "55555555-0000-4000-8000-00000000000a"`, `"appId": "\u001bapi"`), errNotSaved, "no app id of an API"},
		"a nameless scope": {swap(`"value": "Rooms.Read"`, `"value": ""`), errNotSaved, "a value without spaces"},
		"a policy twice":   {swap(`"ID": "half-read"`, `"ID": "Own-Rules"`), errNotSaved, "no id of its own"},
		"no policy id":     {swap(`"ID": "half-read"`, `"ID": "\u0007"`), errNotSaved, "no id of its own"},
		"odd permissions":  {swap(`"55555555-0000-4000-8000-0000000000fe"`, `"; rm -rf"`), errNotSaved, "has no scope"},
		"odd clients":      {swap(`"88888888-0000-4000-8000-000000000001"`, `"*"`), errNotSaved, `no app "*"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadSaved(strings.NewReader(c.text))
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || len(err.Error()) > 500 || strings.ContainsAny(err.Error(), "\x1b\x07") {
				t.Errorf("%v, want %v with %q", err, c.want, c.says)
			}
		})
	}
	files := fstest.MapFS{"x.json": {Data: []byte("{")}}
	if _, err := LoadScenario(files, "x.json"); !errors.Is(err, errNotSaved) || !strings.HasPrefix(err.Error(), "x.json: ") {
		t.Error(err)
	}
	for _, name := range []string{"y.json", "../x.json", ".json"} {
		if _, err := LoadScenario(files, name); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// A snapshot, whatever is in it, is taken or refused; what is taken can be
// served and printed.
func FuzzSaved(f *testing.F) {
	f.Add([]byte(savedSample(f)))
	f.Add([]byte(`{"schema":"onboard/snapshot/1","at":"2026-11-20T09:00:00Z","app":{"clientId":"` + hetkAppID + `"},"look":{"app":{"read":true,"value":{}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		sc, err := LoadSaved(bytes.NewReader(data))
		if err != nil {
			return
		}
		text, err := sc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseScenario("fuzz", text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}
