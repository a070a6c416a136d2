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

// witness is a request adapter that compares every model with the JSON it was
// read from.
type witness struct {
	kiota.RequestAdapter
	t *testing.T
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
			if !strings.Contains(name, "@") && !slices.Contains(newer, fmt.Sprintf("%T.%s", m, name)) {
				out = append(out, at+"."+name+" is no property of "+fmt.Sprintf("%T", m))
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
