package graph

import (
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

// neededResources lists the APIs that the app needs, each once, and whether
// one of its application permissions is needed.
func neededResources(app checks.App) (ids []string, roles map[string]bool, f *checks.Failure) {
	roles = map[string]bool{}
	for _, p := range app.Needs {
		id := strings.ToLower(strings.TrimSpace(p.Resource))
		if !checks.IsGUID(id) {
			return nil, nil, &checks.Failure{Kind: checks.FailRequest, Message: join(wordBadResource, p.Resource)}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		roles[id] = roles[id] || p.Role != ""
	}
	return ids, roles, nil
}

// eachResource reads something of every needed API at once; fn gets a trail of
// its own, and the trails are joined in the order of the APIs. The first
// failure counts.
func eachResource[T any](t *trail, ids []string, fn func(t *trail, id string) (T, error)) ([]T, error) {
	out, errs, trails := make([]T, len(ids)), make([]error, len(ids)), make([]*trail, len(ids))
	var wg sync.WaitGroup
	for i, id := range ids {
		trails[i] = &trail{call: t.call, ctx: t.ctx}
		wg.Go(func() {
			defer func() {
				if recover() != nil {
					errs[i] = trails[i].failure(checks.FailNotJSON, wordOdd)
				}
			}()
			out[i], errs[i] = fn(trails[i], id)
		})
	}
	wg.Wait()
	for i := range ids {
		t.seen = append(t.seen, trails[i].seen...)
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readResources reads the APIs that the app needs, those that are in this
// tenant. Application permissions are asked for only where one is needed:
// Microsoft Graph publishes hundreds of them, each with its description.
func readResources(rd *reading, t *trail) ([]checks.ServicePrincipal, error) {
	ids, roles, f := neededResources(rd.q.App)
	if f != nil {
		return nil, f
	}
	found, err := eachResource(t, ids, func(t *trail, id string) (*checks.ServicePrincipal, error) {
		path, _ := byAppID(id, "")
		query := "$select=id,appId,displayName,accountEnabled,oauth2PermissionScopes"
		if roles[id] {
			query += ",appRoles"
		}
		sp, err := one[servicePrincipalRead](t, ask{path: path, query: query, need: needApps})
		if absent(err) {
			t.saw(sayAbsent)
			return nil, nil // absent is an answer
		}
		if err != nil {
			return nil, err
		}
		p, err := servicePrincipal(t, sp)
		if err != nil {
			return nil, err
		}
		t.saw("%s, %s, %s published", p.Name, p.ID, counted(len(p.Scopes), "scope"))
		return &p, nil
	})
	if err != nil {
		return nil, err
	}
	out := []checks.ServicePrincipal{}
	for _, p := range found {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out, nil
}

// readClassified reads the classifications of the needed APIs' scopes; they
// hang on the API's service principal, never on the app's (entra-facts §5).
func readClassified(rd *reading, t *trail) (map[string]consent.Level, error) {
	ids, _, f := neededResources(rd.q.App)
	if f != nil {
		return nil, f
	}
	levels := map[string]consent.Level{}
	t.ids = map[string]string{}
	found, err := eachResource(t, ids, readClassifications)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		for permission, c := range found[i] {
			levels[consent.ClassKey(id, permission)], t.ids[consent.ClassKey(id, permission)] = c.level, c.id
		}
	}
	return levels, nil
}

// classified is a classification by its level and its object id.
type classified struct {
	level consent.Level
	id    string
}

func readClassifications(t *trail, id string) (map[string]classified, error) {
	path, _ := byAppID(id, "/delegatedPermissionClassifications")
	found, err := list[classificationRead](t,
		ask{path: path, need: needClassList})
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]classified{}
	for _, c := range found {
		id := strings.ToLower(text(c.PermissionID))
		level, ok := classLevel(c.Level)
		if id == "" || !ok {
			// A level that is not known may allow or forbid: better not read than misread.
			return nil, t.lacks("a classification that is known")
		}
		out[id] = classified{level, checks.Line(text(c.ID), maxName)}
	}
	t.saw("%s", counted(len(out), "classified scope"))
	return out, nil
}

// classLevel reads a level by the words of v1.0 (permissionClassificationType [MM]).
func classLevel(word *string) (consent.Level, bool) {
	switch deref(word) {
	case "low":
		return consent.Low, true
	case "medium":
		return consent.Medium, true
	case "high":
		return consent.High, true
	}
	return "", false
}
