package sim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// conformsBadly asks wrongly in every way that the operation has, alone and in
// a batch.
func conformsBadly(t *testing.T, op operation) {
	t.Helper()
	if op.path == "/$batch" {
		return // TestBatch has its own
	}
	r := wholeRig(t) // what is refused changes nothing, so one serves for all
	refused := func(name string, want []int, ask func(*rig) (target, token, body string)) {
		t.Helper()
		at, token, body := ask(r)
		alone := r.ask(op, at, token, body)
		for how, p := range map[string]reply{"alone": alone, "in a batch": r.part(t, op, at, token, body)} {
			if !slices.Contains(want, p.status) {
				t.Errorf("%s, %s: %d, want %v: %.300s", name, how, p.status, want, p.raw)
				continue
			}
			fits(t, "minimal", "ODataError", []byte(p.raw))
		}
	}
	forbidden, bad, gone := []int{http.StatusForbidden}, []int{http.StatusBadRequest}, []int{http.StatusNotFound, http.StatusBadRequest}
	refused("without scope", forbidden, func(r *rig) (string, string, string) {
		return target(r, op, ""), r.token(admin, "openid"), bodies(r, op)
	})
	if rt, _, err := findRoute(op.method, partsOf(t, target(r, op, ""))); err == nil && rt.access.roles != nil {
		refused("without role", forbidden, func(r *rig) (string, string, string) {
			return target(r, op, ""), r.token(user), bodies(r, op)
		})
	} else if err == nil && op.method != http.MethodGet && op.method != http.MethodPost {
		t.Error("everybody may write here")
	}
	for name := range r.keys() {
		if strings.Contains(op.path, "{"+name+"}") {
			refused("unknown "+name, gone, func(r *rig) (string, string, string) {
				return target(r, op, name), r.token(admin), bodies(r, op)
			})
		}
	}
	if op.method == http.MethodGet && op.schema != "text" {
		queries := []string{"$select=nonsense", "$nonsense=1", "$expand=nonsense"}
		if strings.HasPrefix(op.schema, "coll.") && !strings.HasSuffix(op.schema, "appRole") {
			queries = append(queries, "$filter=nonsense%20eq%20'x'", "$top=0", "$top=x", "$orderby=nonsense")
		}
		for _, q := range queries {
			refused(q, bad, func(r *rig) (string, string, string) { return target(r, op, "") + "?" + q, r.token(admin), "" })
		}
	}
	if body := bodies(r, op); body != "" {
		refused("an unknown property", bad, func(r *rig) (string, string, string) {
			return target(r, op, ""), r.token(admin), `{"nonsense":1,` + strings.TrimPrefix(bodies(r, op), "{")
		})
		refused("no object", bad, func(r *rig) (string, string, string) { return target(r, op, ""), r.token(admin), `[1]` })
	}
	refused("an unknown segment", bad, func(r *rig) (string, string, string) {
		return target(r, op, "") + "/nonsense/x/y", r.token(admin), bodies(r, op)
	})
}
