package sim_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoft/kiota-abstractions-go/store"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Nothing may be lost between the simulator's JSON and the SDK's model: every
// member is a property that the model knows, and holds the same value there,
// with its type: an enum's constant, a date, a number.

// newer are the properties that Microsoft's metadata or its published answers have
// and the models of this version of the SDK do not know yet: those land in a
// model's additional data.
var newer = []string{
	"*models.AppConsentRequest.consentType", "*models.Application.managerApplications", "*models.ApplicationTemplate.endpoints",
	"*models.ApplicationTemplate.isEntraIntegrated",
	"*models.ApplicationTemplate.lastModifiedDateTime", "*models.Group.resourceBehaviorOptions", "*models.Group.resourceProvisioningOptions",
	"*models.Identity.mail", "*models.Identity.userPrincipalName", "*models.ServicePrincipal.createdDateTime", "*models.SignIn.homeTenantId",
	"*models.SignIn.resourceTenantId", "*models.SignIn.userAgent", "*models.UnifiedRoleAssignment.principalOrganizationId",
}

// sheet holds the body of the answer to one call.
type sheet struct{ raw []byte }

type sheetKey struct{}

// notInModel stands between a member and the property that its model lacks.
const notInModel = " would be "

// witness is a request adapter that compares every model with the JSON it was
// read from.
type witness struct {
	kiota.RequestAdapter
	t    *testing.T
	book *ledger
}

// Send asks, decodes and compares.
func (w *witness) Send(ctx context.Context, ri *kiota.RequestInformation, make serialization.ParsableFactory, errs kiota.ErrorMappings) (serialization.Parsable, error) {
	s := &sheet{}
	got, err := w.RequestAdapter.Send(context.WithValue(ctx, sheetKey{}, s), ri, make, errs)
	if _, model := got.(store.BackedModel); err != nil || !model {
		return got, err
	}
	var raw any
	if err := json.Unmarshal(s.raw, &raw); err != nil {
		w.t.Errorf("%s %s: %v", ri.Method, ri.UrlTemplate, err)
	}
	for _, lost := range differences("", raw, got) {
		if _, name, unknown := strings.Cut(lost, notInModel); unknown && slices.Contains(newer, name) {
			w.book.met(name)
			continue
		}
		w.t.Errorf("%s %s: %s", ri.Method, ri.UrlTemplate, lost)
	}
	return got, nil
}

// differences are the members of raw that the model does not hold as they are.
func differences(at string, raw, model any) []string {
	if raw == nil {
		if model != nil && !reflect.ValueOf(model).IsNil() {
			return []string{at + " is null and not nil"}
		}
		return nil
	}
	v := reflect.ValueOf(model)
	if model == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return []string{fmt.Sprintf("%s is %v and nil in the model", at, raw)}
	}
	switch raw := raw.(type) {
	case map[string]any:
		if m, ok := model.(store.BackedModel); ok {
			return missing(at, raw, m)
		}
	case []any:
		if v.Kind() != reflect.Slice || v.Len() != len(raw) {
			return []string{fmt.Sprintf("%s is a list of %d and %T in the model", at, len(raw), model)}
		}
		var out []string
		for i, one := range raw {
			out = append(out, differences(fmt.Sprintf("%s[%d]", at, i), one, boxed(v.Index(i)))...)
		}
		return out
	default:
		if sameValue(raw, model) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %v and %T in the model", at, raw, model)}
}

// boxed is an element of a list as differences wants it: behind a pointer, unless
// it is an interface already.
func boxed(v reflect.Value) any {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		return v.Interface()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.Interface()
}

// missing compares an object with a model.
func missing(at string, raw map[string]any, m store.BackedModel) []string {
	var out []string
	held := m.GetBackingStore().Enumerate()
	more, _ := held["additionalData"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, extra := more[name]; extra {
			if !strings.Contains(name, "@") {
				out = append(out, fmt.Sprintf("%s.%s%s%T.%s", at, name, notInModel, m, name))
			}
			continue
		}
		key := strings.Replace(name, "@odata.", "odata", 1)
		if key != name {
			key = "odata" + strings.ToUpper(key[5:6]) + key[6:]
		}
		value, ok := held[key]
		if !ok {
			value = held[key+"Escaped"] // names that Go has for itself
		}
		out = append(out, differences(at+"."+name, raw[name], value)...)
	}
	return out
}

// sameValue compares a JSON scalar with what the model made of it.
func sameValue(raw, model any) bool {
	switch model := model.(type) {
	case *time.Time:
		at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(raw))
		return err == nil && at.Equal(*model)
	case *string:
		return raw == any(*model)
	case *bool:
		return raw == any(*model)
	case *int32:
		return raw == any(float64(*model))
	case *int64:
		return raw == any(float64(*model))
	case *float64:
		return raw == any(*model)
	case []byte:
		return raw == any(base64.StdEncoding.EncodeToString(model))
	case fmt.Stringer: // enums, GUIDs, periods
		return strings.EqualFold(fmt.Sprint(raw), model.String())
	}
	return false
}

// TestWitness: whatever the comparison is for, it sees.
func TestWitness(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	p := models.NewConditionalAccessPolicy()
	p.SetDisplayName(new("MFA"))
	p.SetState(new(models.ENABLED_CONDITIONALACCESSPOLICYSTATE))
	p.SetCreatedDateTime(&at)
	c := models.NewConditionalAccessConditionSet()
	c.SetClientAppTypes([]models.ConditionalAccessClientApp{models.ALL_CONDITIONALACCESSCLIENTAPP})
	p.SetConditions(c)
	p.SetAdditionalData(map[string]any{"colour": "red", "@odata.context": "x"})
	for raw, want := range map[string]int{
		`{"displayName":"MFA","state":"enabled","createdDateTime":"2026-11-20T12:00:00Z","templateId":null,"@odata.context":"x"}`: 0,
		`{"conditions":{"clientAppTypes":["all"]}}`:           0,
		`{"displayName":null}`:                                1,
		`{"displayName":"MFB"}`:                               1,
		`{"displayName":7}`:                                   1,
		`{"state":"disabled"}`:                                1,
		`{"createdDateTime":"2026-11-20T13:00:00Z"}`:          1,
		`{"templateId":"x"}`:                                  1,
		`{"colour":"red"}`:                                    1,
		`{"conditions":{"clientAppTypes":["all","browser"]}}`: 1,
		`{"conditions":{"clientAppTypes":["browser"]}}`:       1,
		`{"conditions":[]}`:                                   1,
	} {
		var v any
		did(t, json.Unmarshal([]byte(raw), &v))
		if got := differences("", v, p); len(got) != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
