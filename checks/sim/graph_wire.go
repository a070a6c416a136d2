package sim

import (
	"encoding/json"
	"fmt"
)

// What an API publishes: its scopes and app roles.

// wire holds the long lists of an API as JSON: Microsoft Graph's own would
// otherwise cost milliseconds in every answer.
type wire struct{ scopes, roles json.RawMessage }

// prepare makes the lists of every API ready. Registrations do not change
// their scopes while the simulator runs.
func (w *World) prepare() error {
	for _, reg := range w.apps {
		scopes, err := json.Marshal(scopeObjects(reg))
		if err != nil {
			return fmt.Errorf("prepare %s: %w", reg.Name, err)
		}
		roles, err := json.Marshal(appRoleObjects(reg))
		if err != nil {
			return fmt.Errorf("prepare %s: %w", reg.Name, err)
		}
		reg.wire = &wire{scopes: scopes, roles: roles}
	}
	return nil
}

func scopeObjects(reg *Registration) []obj {
	out := make([]obj, 0, len(reg.Scopes))
	for _, s := range reg.Scopes {
		kind := "User"
		if s.Admin {
			kind = "Admin"
		}
		out = append(out, obj{
			"id": s.ID, "value": s.Value, "type": kind, "isEnabled": s.Enabled, "origin": "Application",
			"adminConsentDisplayName": s.Title, "adminConsentDescription": s.About,
			"userConsentDisplayName": s.Title, "userConsentDescription": s.About,
		})
	}
	return out
}

func appRoleObjects(reg *Registration) []obj {
	out := make([]obj, 0, len(reg.AppRoles))
	for _, r := range reg.AppRoles {
		out = append(out, obj{
			"id": r.ID, "value": r.Value, "displayName": r.Title, "description": r.Title, "isEnabled": true,
			"allowedMemberTypes": append([]string{}, r.Members...), "origin": "Application",
		})
	}
	return out
}
