package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// groupSettings: the older store of the consent settings, which mirrors what
// the policies hold (entra-facts §7).

var settingEntity = &entity{name: "groupSetting", set: "groupSettings"}

// consentTemplate is the template of "Consent Policy Settings" (entra-facts §7).
const consentTemplate = "dffd5d46-495d-40a9-8e21-954ff55e198a"

func settingRoutes() []*graphRoute {
	return []*graphRoute{
		on(http.MethodGet, "groupSettings", readSettings, settingEntity, listSettings),
		on(http.MethodGet, "groupSettings/{}", readSettings, nil, getSetting),
		on(http.MethodPatch, "groupSettings/{}", writeSettings, nil, patchSetting),
		// Their name in beta, by which Microsoft's own page of the risk setting reads
		// and writes them (configure-risk-based-step-up-consent; directorysetting).
		on(http.MethodGet, "settings", readSettings, settingEntity, inBeta(listSettings)),
		on(http.MethodGet, "settings/{}", readSettings, nil, inBeta(getSetting)),
		on(http.MethodPatch, "settings/{}", writeSettings, nil, inBeta(patchSetting)),
	}
}

// inBeta answers what v1.0 does not have.
func inBeta(handle func(*graphCall) (graphReply, error)) func(*graphCall) (graphReply, error) {
	return func(c *graphCall) (graphReply, error) {
		if !strings.HasSuffix(c.root, "/beta") {
			return graphReply{}, badRequest("Resource not found for the segment '%s'.", c.of)
		}
		return handle(c)
	}
}

// groupSetting is one object of the store.
type groupSetting struct {
	ID     string
	Values [][2]string // name and value, in Microsoft's order
}

// settings are the objects of the tenant's store.
func (t *Tenant) settings() []groupSetting {
	risky := t.RiskyAppsAllowed != nil && *t.RiskyAppsAllowed
	return []groupSetting{{
		ID: stableID("group-setting", t.ID, consentTemplate),
		Values: [][2]string{
			{"EnableGroupSpecificConsent", "false"},
			{"BlockUserConsentForRiskyApps", strconv.FormatBool(!risky)},
			{"EnableAdminConsentRequests", strconv.FormatBool(t.Workflow.Enabled)},
			{"ConstrainGroupSpecificConsentToMembersOfGroupId", ""},
		},
	}}
}

func (g groupSetting) object() obj {
	values := []obj{}
	for _, v := range g.Values {
		values = append(values, obj{"name": v[0], "value": v[1]})
	}
	return obj{"id": g.ID, "displayName": "Consent Policy Settings", "templateId": consentTemplate, "values": values}
}

func (c *graphCall) settingObjects() []obj {
	var out []obj
	for _, g := range c.t.settings() {
		out = append(out, g.object())
	}
	return out
}

func listSettings(c *graphCall) (graphReply, error) {
	return c.many(settingEntity, settingEntity.set, c.settingObjects())
}

func getSetting(c *graphCall) (graphReply, error) { return c.byID(settingEntity, c.settingObjects()) }

// patchSetting changes the two values that the simulator acts on.
func patchSetting(c *graphCall) (graphReply, error) {
	if _, err := c.byID(settingEntity, c.settingObjects()); err != nil {
		return graphReply{}, err
	}
	m, err := c.payload("groupSetting", "values")
	if err != nil {
		return graphReply{}, err
	}
	var values []struct{ Name, Value string }
	if err := json.Unmarshal(m["values"], &values); m["values"] == nil || err != nil {
		return graphReply{}, badRequest("A value is required for property 'values' of resource 'GroupSetting'.")
	}
	known := c.t.settings()[0]
	enabled, risky := c.t.Workflow.Enabled, c.t.RiskyAppsAllowed
	for _, v := range values {
		var on bool
		if v.Name != "ConstrainGroupSpecificConsentToMembersOfGroupId" {
			if on, err = strconv.ParseBool(strings.ToLower(v.Value)); err != nil {
				return graphReply{}, badRequest("Invalid value specified for setting '%s'.", strings.ToValidUTF8(v.Name, "?"))
			}
		}
		switch v.Name {
		case "EnableAdminConsentRequests":
			enabled = on
		case "BlockUserConsentForRiskyApps":
			off := !on
			risky = &off
		case "EnableGroupSpecificConsent", "ConstrainGroupSpecificConsentToMembersOfGroupId":
		default:
			return graphReply{}, badRequest("Invalid setting name '%s'.", strings.ToValidUTF8(v.Name, "?"))
		}
	}
	c.t.Workflow.Enabled, c.t.RiskyAppsAllowed = enabled, risky
	c.note("Update company settings", "DirectoryManagement", "Update", AuditTarget{
		ID: known.ID, Name: "Consent Policy Settings", Kind: "Other",
		Changes: []AuditChange{wasNow("values", known.Values, c.t.settings()[0].Values)},
	})
	return graphReply{status: http.StatusNoContent}, nil
}
