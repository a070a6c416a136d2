package sim_test

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"onboard.example/checks/sim"
)

// beyondBuilders are the routes of Microsoft's metadata that this version of the
// SDK has no typed builder for, what reaches them all the same, and why.
var beyondBuilders = map[string]struct{ how, why string }{
	"GET /servicePrincipals(appId='{appId}')/oauth2PermissionGrants":                                                       {byURL, noAlternate},
	"GET /servicePrincipals(appId='{appId}')/appRoleAssignedTo":                                                            {byURL, noAlternate},
	"GET /servicePrincipals(appId='{appId}')/appRoleAssignments":                                                           {byURL, noAlternate},
	"GET /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications":                                           {byURL, noAlternate},
	"POST /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications":                                          {byURL, noAlternate},
	"GET /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications/{delegatedPermissionClassification-id}":    {byURL, noAlternate},
	"DELETE /servicePrincipals(appId='{appId}')/delegatedPermissionClassifications/{delegatedPermissionClassification-id}": {byURL, noAlternate},
	"GET /servicePrincipals/{servicePrincipal-id}/oauth2PermissionScopes":                                                  {byRequest, noProperty},
	"GET /servicePrincipals/{servicePrincipal-id}/appRoles":                                                                {byRequest, noProperty},
	"GET /policies/authorizationPolicy/defaultUserRolePermissions":                                                         {byRequest, noProperty},
	"PUT /policies/adminConsentRequestPolicy":                                                                              {byRequest, "the builder has PATCH alone, where Graph documents PUT"},
	"POST /$batch": {byBatch, "no request builder: msgraph-sdk-go-core has a batch of its own for it"},
}

const (
	noAlternate = "the builder under an alternate key ends there: it has no relations"
	noProperty  = "the SDK has builders for relations, not for properties"
)

// areas are the parts of Graph, each driven by itself.
var areas = map[string]func(*testing.T, *sdk){
	"services": driveServices, "service lists": driveServiceLists, "assignments": driveAssignments, "classes": driveClasses,
	"by app": driveByApp, "properties": driveProperties, "grants": driveGrants, "authorization": driveAuthorization,
	"workflow": driveWorkflow, "grant policies": driveGrantPolicies, "people": drivePeople, "me": driveMe, "roles": driveRoles,
	"applications": driveApplications, "tenant": driveTenant, "requests": driveRequests, "access": driveAccess,
	"places": drivePlaces, "what if": driveWhatIf, "logs": driveLogs, "batch": driveBatch, "batches": driveBatches,
}

// TestSDKRoutes drives every operation of Microsoft's metadata with Microsoft's
// own SDK. What was driven is what the simulator saw.
func TestSDKRoutes(t *testing.T) {
	t.Parallel()
	s := startSDK(t, sim.Options{})
	c := s.signIn(t, sdkAdmin)
	var done atomic.Int32
	t.Cleanup(func() {
		if int(done.Load()) == len(areas) { // else only some were asked for
			covered(t, s.book)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(areas)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			areas[name](t, c.as(t))
			done.Add(1)
		})
	}
}

// covered fails the test for each route that was neither driven by its builder
// nor is listed with the reason why it cannot be.
func covered(t *testing.T, book *ledger) {
	t.Helper()
	ways, all := book.driven(t)
	for _, name := range all {
		exception, listed := beyondBuilders[name]
		switch got := ways[name]; {
		case len(got) == 0:
			t.Errorf("%s was not driven", name)
		case !listed && !slices.Contains(got, byBuilder):
			t.Errorf("%s was driven by %v alone, and no reason is listed", name, got)
		case listed && slices.Contains(got, byBuilder):
			t.Errorf("%s was driven by its builder: it is no exception", name)
		case listed && !slices.Contains(got, exception.how):
			t.Errorf("%s was driven by %v, not by %s", name, got, exception.how)
		}
	}
	for name := range beyondBuilders {
		if !slices.Contains(all, name) {
			t.Errorf("%s is listed and no route", name)
		}
	}
	for _, name := range newer {
		if !book.newer[name] {
			t.Errorf("%s is listed as newer than the SDK, and nothing has it", name)
		}
	}
	t.Logf("%d of %d operations by typed builders, %d otherwise", len(all)-len(beyondBuilders), len(all), len(beyondBuilders))
}

// must is the value of a call that must not fail.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(describe(err))
		}
		return v
	}
}

// done is a call without a value that must not fail.
func did(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(describe(err))
	}
}

// is fails the test unless a property holds what it should.
func is[T comparable](t *testing.T, what string, got *T, want T) {
	t.Helper()
	switch {
	case got == nil:
		t.Errorf("%s is nil, want %v", what, want)
	case *got != want:
		t.Errorf("%s is %v, want %v", what, *got, want)
	}
}

// none fails the test unless a property is nil.
func none[T any](t *testing.T, what string, got *T) {
	t.Helper()
	if got != nil {
		t.Errorf("%s is %v, want nil", what, *got)
	}
}

// gone fails the test unless err is what Graph says of something that is not
// there.
func gone[T any](t *testing.T, what string) func(T, error) {
	return func(_ T, err error) {
		t.Helper()
		if code := codeOf(err); code != "Request_ResourceNotFound" {
			t.Errorf("%s: %v", what, describe(err))
		}
	}
}

// find is the element of a list that is wanted.
func find[T any](t *testing.T, list []T, want func(T) bool) T {
	t.Helper()
	i := slices.IndexFunc(list, want)
	if i < 0 {
		t.Fatalf("not among %d", len(list))
	}
	return list[i]
}

// ctxOf is a test's context, marked with how its calls are made.
func ctxOf(t *testing.T, how string) context.Context { return by(t.Context(), how) }
