package graph

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// shapeCases are our shapes, each beside Microsoft's own model of the same thing.
var shapeCases = map[string]struct {
	ours  any
	model serialization.ParsableFactory
}{
	"servicePrincipal": {servicePrincipalRead{}, models.CreateServicePrincipalFromDiscriminatorValue},
	"grant":            {grantRead{}, models.CreateOAuth2PermissionGrantFromDiscriminatorValue},
	"assignment":       {assignmentRead{}, models.CreateAppRoleAssignmentFromDiscriminatorValue},
	"classification":   {classificationRead{}, models.CreateDelegatedPermissionClassificationFromDiscriminatorValue},
	"authorization":    {authorizationRead{}, models.CreateAuthorizationPolicyFromDiscriminatorValue},
	"workflow":         {workflowRead{}, models.CreateAdminConsentRequestPolicyFromDiscriminatorValue},
	"defaults":         {defaultsRead{}, models.CreateIdentitySecurityDefaultsEnforcementPolicyFromDiscriminatorValue},
	"request":          {requestRead{}, models.CreateAppConsentRequestFromDiscriminatorValue},
	"person's request": {personsRequestRead{}, models.CreateUserConsentRequestFromDiscriminatorValue},
	"user":             {userRead{}, models.CreateUserFromDiscriminatorValue},
	"group":            {groupRead{}, models.CreateGroupFromDiscriminatorValue},
	"role":             {directoryRoleRead{}, models.CreateDirectoryRoleFromDiscriminatorValue},
	"eligibility":      {eligibilityRead{}, models.CreateUnifiedRoleEligibilityScheduleInstanceFromDiscriminatorValue},
	"organization":     {organizationRead{}, models.CreateOrganizationFromDiscriminatorValue},
	"policy":           {policyRead{}, models.CreatePermissionGrantPolicyFromDiscriminatorValue},
	"condition set":    {conditionSetRead{}, models.CreatePermissionGrantConditionSetFromDiscriminatorValue},
}

// unmodelled are members that v1.0 has and the models lack (entra-facts §1).
var unmodelled = []string{"isDisabled"}

// closed are the values of members that have a closed list of them.
var closed = map[string]string{"permissionType": "delegated", "classification": "low"}

// TestShapesAreMicrosofts fills each member of our shapes, and reads the same JSON with
// the models of msgraph-sdk-go: each must find the same under the same name.
func TestShapesAreMicrosofts(t *testing.T) {
	t.Parallel()
	for name, c := range shapeCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind := reflect.TypeOf(c.ours)
			text, err := json.Marshal(sampleOf(kind, new(int)))
			if err != nil {
				t.Fatal(err)
			}
			ours := reflect.New(kind)
			if err := json.Unmarshal(text, ours.Interface()); err != nil {
				t.Fatal(err)
			}
			node, err := kjson.NewJsonParseNode(text)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := node.GetObjectValue(c.model)
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			compared := 0
			same(t, name, ours.Elem(), reflect.ValueOf(theirs), &compared)
			if compared == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

// sampleOf makes a value with every member set, and no two alike.
func sampleOf(kind reflect.Type, n *int) any {
	*n++
	switch kind {
	case reflect.TypeFor[uuid.UUID]():
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", *n)
	case reflect.TypeFor[instant]():
		return time.Date(2026, 11, 1, 2, 3, *n%60, 0, time.UTC).Format(time.RFC3339)
	}
	switch kind.Kind() { //nolint:exhaustive // what no shape has panics below
	case reflect.Pointer:
		return sampleOf(kind.Elem(), n)
	case reflect.String:
		return fmt.Sprintf("text %d", *n)
	case reflect.Bool, reflect.Interface:
		return true
	case reflect.Int32:
		return *n
	case reflect.Slice:
		return []any{sampleOf(kind.Elem(), n), sampleOf(kind.Elem(), n)}
	case reflect.Struct:
		out := map[string]any{}
		for f := range kind.Fields() {
			if name := f.Tag.Get("json"); name != "" {
				if out[name] = sampleOf(f.Type, n); closed[name] != "" {
					out[name] = closed[name]
				}
			}
		}
		return out
	}
	panic("no such kind is read: " + kind.String())
}

// same holds a value of ours against one of a model's.
func same(t *testing.T, at string, ours, theirs reflect.Value, compared *int) {
	t.Helper()
	for theirs.Kind() == reflect.Interface {
		theirs = theirs.Elem()
	}
	if ours.Kind() == reflect.Pointer && ours.Type().Elem().Kind() == reflect.Struct && ours.Type().Elem() != reflect.TypeFor[instant]() {
		ours = ours.Elem()
	}
	switch {
	case ours.Kind() == reflect.Slice:
		if ours.Len() != theirs.Len() || ours.Len() == 0 {
			t.Errorf("%s: %d and %d", at, ours.Len(), theirs.Len())
			return
		}
		for i := range ours.Len() {
			same(t, fmt.Sprintf("%s[%d]", at, i), ours.Index(i), theirs.Index(i), compared)
		}
	case ours.Kind() == reflect.Struct:
		for f := range ours.Type().Fields() {
			name := f.Tag.Get("json")
			if name == "" || slices.Contains(unmodelled, name) {
				continue
			}
			get := theirs.MethodByName("Get" + strings.ToUpper(name[:1]) + name[1:])
			if !get.IsValid() { // of a name that Go has a word for
				get = theirs.MethodByName("Get" + strings.ToUpper(name[:1]) + name[1:] + "Escaped")
			}
			if !get.IsValid() {
				t.Errorf("%s: the model has no %s", at, name)
				continue
			}
			same(t, at+"."+name, ours.FieldByIndex(f.Index), get.Call(nil)[0], compared)
		}
	default:
		*compared++
		if a, b := shown(ours), shown(theirs); a != b || a == "" {
			t.Errorf("%s: %q and %q", at, a, b)
		}
	}
}

// shown is a single value as text, whatever points to it.
func shown(v reflect.Value) string {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return ""
		}
		if s, ok := v.Interface().(fmt.Stringer); ok {
			return s.String()
		}
		v = v.Elem()
	}
	return fmt.Sprint(v.Interface())
}

// TestNothingIsEverything: of null, and of nothing, every member is nil, so that what is
// not said is never taken for false.
func TestNothingIsEverything(t *testing.T) {
	t.Parallel()
	for name, c := range shapeCases {
		kind := reflect.TypeOf(c.ours)
		nulls := map[string]any{}
		for f := range kind.Fields() {
			if tag := f.Tag.Get("json"); tag != "" {
				nulls[tag] = nil
			}
		}
		text, err := json.Marshal(nulls)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"{}", string(text)} {
			v := reflect.New(kind)
			if err := json.Unmarshal([]byte(text), v.Interface()); err != nil || !v.Elem().IsZero() {
				t.Errorf("%s of %s: %+v, %v", name, text, v.Elem(), err)
			}
		}
	}
}

// TestWordsAreMicrosofts holds the closed lists of values against the models'.
func TestWordsAreMicrosofts(t *testing.T) {
	t.Parallel()
	for _, word := range append([]string{"", "Delegated", "unknownFutureValue", "delegatedUserConsentables"}, permissionTypes...) {
		v, err := models.ParsePermissionType(word)
		if err != nil {
			t.Fatal(err)
		}
		if known := v != nil && !reflect.ValueOf(v).IsNil(); known != slices.Contains(permissionTypes, word) {
			t.Errorf("%q: the model knows it %t", word, known)
		}
	}
	for _, word := range []string{"low", "medium", "high", "", "Low", "none"} {
		v, err := models.ParsePermissionClassificationType(word)
		if err != nil {
			t.Fatal(err)
		}
		level, ok := classLevel(&word)
		if known := v != nil && !reflect.ValueOf(v).IsNil(); known != ok || ok && string(level) != word {
			t.Errorf("%q: %q, %t; the model knows it %t", word, level, ok, known)
		}
	}
}

// TestInstants holds how times are read against Kiota's reading.
func TestInstants(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`"2026-11-01T02:03:04Z"`, `"2026-11-01T02:03:04.1234567Z"`, `"2026-11-01T02:03:04+02:00"`, `"2026-11-01T02:03:04"`, `"2026-11-01"`, `""`, `"soon"`,
	} {
		var ours instant
		err := json.Unmarshal([]byte(text), &ours)
		node, bad := kjson.NewJsonParseNode([]byte(text))
		if bad != nil {
			t.Fatal(bad)
		}
		theirs, wrong := node.GetTimeValue()
		if (err == nil) != (wrong == nil) || err == nil && !ours.Equal(*theirs) {
			t.Errorf("%s: %s, %v; by Kiota %v, %v", text, ours, err, theirs, wrong)
		}
	}
}
