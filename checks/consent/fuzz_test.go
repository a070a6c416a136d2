package consent

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzDecide feeds whole questions as JSON: whatever they hold, Decide does not
// panic, says the same twice, leaves the question alone and is well formed.
func FuzzDecide(f *testing.F) {
	for i, c := range handCases() {
		if i%7 != 0 {
			continue // a corpus of all of them only slows the engine down
		}
		b, err := json.Marshal(c.q())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"Asked":[{"Resource":"r"}],"Tenant":{"Assigned":["ManagePermissionGrantsForSelf.p"],"Policies":[{"ID":"p","Includes":[{"Permissions":[""],"ClientIDs":[""]}]}]}}`))
	f.Add([]byte(`{"Asked":[{}],"Tenant":{"Assigned":["","ManagePermissionGrantsForSelf.","x."],"Policies":[{},{}]}}`))
	f.Add([]byte(`{"Asked":[{"Value":"{policy}{scope}{"}],"App":{"Enabled":2},"GrantsRead":2,"User":{"MayGrant":1},"Tenant":{"Assigned":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var q Question
		if json.Unmarshal(data, &q) != nil {
			return
		}
		before := clone(q)
		a := Decide(q)
		if !reflect.DeepEqual(a, Decide(q)) {
			t.Error("two answers to one question")
		}
		if !reflect.DeepEqual(q, before) {
			t.Error("the question was changed")
		}
		if len(a.Scopes) != len(q.Asked) || a.Decided.Effect != a.Outcome {
			t.Errorf("ill formed\n%s", dump(a))
		}
		for _, s := range a.Scopes {
			if len(s.Chain) == 0 || s.Chain[0].Effect != s.Outcome {
				t.Errorf("chain %v for outcome %d", chainOf(s.Chain), s.Outcome)
			}
		}
		Colleague(q, a)
	})
}
