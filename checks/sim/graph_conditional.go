package sim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// identity/conditionalAccess: policies, named locations, what-if (entra-facts §8).

var (
	accessEntity = &entity{
		name: "conditionalAccessPolicy", set: "identity/conditionalAccess/policies", filter: []string{"id", "displayName", "state", "createdDateTime"},
	}
	ipPlaceEntity      = &entity{name: "ipNamedLocation", set: placeSet}
	countryPlaceEntity = &entity{name: "countryNamedLocation", set: placeSet}
	placeEntity        = &entity{
		name: "namedLocation", set: placeSet, filter: []string{"id", "displayName", "createdDateTime"},
		poly: map[string]*entity{"ipNamedLocation": ipPlaceEntity, "countryNamedLocation": countryPlaceEntity},
	}
	whatIfEntity = &entity{name: "whatIfAnalysisResult"}
)

const placeSet = "identity/conditionalAccess/namedLocations"

func conditionalRoutes() []*graphRoute {
	const get, root = http.MethodGet, "identity/conditionalAccess/"
	return []*graphRoute{
		on(get, root+"policies", readAccess, accessEntity, listAccess),
		on(http.MethodPost, root+"policies", writeAccess, nil, createAccess),
		on(get, root+"policies/{}", readAccess, nil, getAccess),
		// The same by the name that the metadata has among the policies [MM].
		on(get, "policies/conditionalAccessPolicies", readAccess, accessEntity, listAccess),
		on(get, "policies/conditionalAccessPolicies/{}", readAccess, nil, getAccess),
		on(http.MethodPatch, root+"policies/{}", writeAccess, nil, patchAccess),
		on(http.MethodDelete, root+"policies/{}", writeAccess, nil, deleteAccess),
		on(get, root+"namedLocations", readPlaces, placeEntity, listPlaces),
		on(get, root+"namedLocations/{}", readPlaces, nil, getPlace),
		on(http.MethodPost, root+"namedLocations", writeAccess, nil, createPlace),
		on(http.MethodPatch, root+"namedLocations/{}", writeAccess, nil, patchPlace),
		on(http.MethodDelete, root+"namedLocations/{}", writeAccess, nil, deletePlace),
		on(http.MethodPost, root+"evaluate", readWhatIf, nil, evaluateAccess),
	}
}

func accessObject(p *AccessPolicy) obj {
	o := complete("conditionalAccessPolicy", p.Doc)
	o["id"], o["createdDateTime"], o["modifiedDateTime"] = p.ID, stamp(p.CreatedAt), nil
	if p.ModifiedAt != nil {
		o["modifiedDateTime"] = stamp(*p.ModifiedAt)
	}
	return o
}

func (p *AccessPolicy) target(changes ...AuditChange) AuditTarget {
	return AuditTarget{ID: p.ID, Name: p.name(), Kind: "Policy", Changes: changes}
}

func listAccess(c *graphCall) (graphReply, error) {
	var out []obj
	for _, p := range c.t.Access {
		out = append(out, accessObject(p))
	}
	return c.many(accessEntity, accessEntity.set, out)
}

func (c *graphCall) accessKey() (*AccessPolicy, error) {
	p := find(c.t.Access, func(p *AccessPolicy) bool { return strings.EqualFold(p.ID, c.keys[0].value) })
	if p == nil {
		return nil, notFound("conditionalAccessPolicy", c.keys[0].value)
	}
	return p, nil
}

func getAccess(c *graphCall) (graphReply, error) {
	p, err := c.accessKey()
	if err != nil {
		return graphReply{}, err
	}
	return c.one(accessEntity, accessEntity.set, accessObject(p))
}

// unlicensedAccess is how a tenant without Entra ID P1 is refused (the code is
// general knowledge).
func (c *graphCall) unlicensedAccess() error {
	if c.t.Premium != "" {
		return nil
	}
	return &graphError{http.StatusForbidden, "AccessDenied", "Your tenant is not licensed for this feature."}
}

// accessDoc reads what a body says of a policy over what was there.
func (c *graphCall) accessDoc(before map[string]any) (map[string]any, error) {
	m, err := c.payload("conditionalAccessPolicy", "displayName state conditions grantControls sessionControls description templateId")
	if err != nil {
		return nil, err
	}
	doc := copyDoc(before)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		var v any
		if err := json.Unmarshal(m[name], &v); err != nil {
			return nil, badRequest("The value of property '%s' has the wrong type.", name)
		}
		old, isDoc := doc[name].(map[string]any)
		fresh, too := v.(map[string]any)
		if name == "conditions" && isDoc && too {
			maps.Copy(old, fresh) // conditions are replaced one by one
			continue
		}
		doc[name] = v
	}
	return doc, checkAccess(doc)
}

// checkAccess refuses policies that make no sense. Numbers stand where a source
// gives them: 1011 in CIPP's issue 5200, 1012 in ModernWorkplaceConcierge's issue
// 50 [PUB].
func checkAccess(doc map[string]any) error {
	name, _ := doc["displayName"].(string)
	state, _ := doc["state"].(string)
	cond := within(doc, "conditions")
	apps, users, grant := within(cond, "applications"), within(cond, "users"), within(doc, "grantControls")
	switch {
	case name == "" || state == "" || doc["conditions"] == nil:
		return accessWrong("displayName, state and conditions are required.")
	case len(texts(apps["includeApplications"])) > 0 && len(texts(apps["includeUserActions"])) > 0:
		return accessWrong("1012: 'applications' condition cannot include both 'includeApplications' and 'includeUserActions'/'includeProtectionLevels'. Please remove one of the conditions.")
	case len(texts(apps["includeApplications"])) == 0 && len(texts(apps["includeUserActions"])) == 0 &&
		len(texts(apps["includeAuthenticationContextClassReferences"])) == 0:
		return accessWrong("1011: 'applications' condition must specify the applications to include. Try 'includeApplications' = ['none'] to start with.")
	case len(texts(users["includeUsers"]))+len(texts(users["includeGroups"]))+len(texts(users["includeRoles"])) == 0 &&
		users["includeGuestsOrExternalUsers"] == nil && cond["clientApplications"] == nil:
		return accessWrong("'users' condition must specify the users, groups or roles to include.")
	case len(texts(cond["clientAppTypes"])) == 0:
		return accessWrong("conditions.clientAppTypes must not be empty.")
	case len(grant) == 0 && len(within(doc, "sessionControls")) == 0:
		return accessWrong("at least one grant or session control is required.")
	case len(grant) > 0 && grant["operator"] != "AND" && grant["operator"] != "OR":
		return accessWrong("grantControls.operator must be AND or OR.")
	}
	return checkAccessIDs(cond)
}

func createAccess(c *graphCall) (graphReply, error) {
	doc, err := c.accessDoc(map[string]any{})
	if err != nil {
		return graphReply{}, err
	}
	if err := c.unlicensedAccess(); err != nil {
		return graphReply{}, err
	}
	p := &AccessPolicy{ID: c.w.newID("access-policy"), CreatedAt: c.now, Doc: doc}
	c.t.Access = append(c.t.Access, p)
	c.note("Add conditional access policy", "Policy", "Add", p.target())
	a, err := c.one(accessEntity, accessEntity.set, accessObject(p))
	a.status = http.StatusCreated
	return a, err
}

func patchAccess(c *graphCall) (graphReply, error) {
	p, err := c.accessKey()
	if err != nil {
		return graphReply{}, err
	}
	doc, err := c.accessDoc(p.Doc)
	if err != nil {
		return graphReply{}, err
	}
	c.note("Update conditional access policy", "Policy", "Update", p.target(wasNow("ConditionalAccessPolicy", p.Doc, doc)))
	p.Doc, p.ModifiedAt = doc, &c.now
	return graphReply{status: http.StatusNoContent}, nil
}

func deleteAccess(c *graphCall) (graphReply, error) {
	p, err := c.accessKey()
	if err != nil {
		return graphReply{}, err
	}
	c.t.Access = slices.DeleteFunc(slices.Clone(c.t.Access), func(o *AccessPolicy) bool { return o == p })
	c.note("Delete conditional access policy", "Policy", "Delete", p.target())
	return graphReply{status: http.StatusNoContent}, nil
}

// whatIf is the body of evaluate (entra-facts §8).
type whatIf struct {
	SignInIdentity struct {
		Type   string `json:"@odata.type"`
		UserID string `json:"userId"`
	} `json:"signInIdentity"`
	SignInContext struct {
		Type                string   `json:"@odata.type"`
		IncludeApplications []string `json:"includeApplications"`
		UserAction          string   `json:"userAction"`
		AuthContext         string   `json:"authenticationContext"`
	} `json:"signInContext"`
	SignInConditions struct {
		Type           string `json:"@odata.type"`
		DevicePlatform string `json:"devicePlatform"`
		ClientAppType  string `json:"clientAppType"`
		Country        string `json:"country"`
		IPAddress      string `json:"ipAddress"`
		SignInRisk     string `json:"signInRiskLevel"`
		UserRisk       string `json:"userRiskLevel"`
		ServiceRisk    string `json:"servicePrincipalRiskLevel"`
		InsiderRisk    string `json:"insiderRiskLevel"`
		Flow           *struct {
			Type           string `json:"@odata.type"`
			TransferMethod string `json:"transferMethod"`
		} `json:"authenticationFlow"`
		DeviceInfo json.RawMessage `json:"deviceInfo"`
	} `json:"signInConditions"`
	AppliedOnly bool `json:"appliedPoliciesOnly"`
}

// ask turns the body into a question to the tenant's policies.
func (in *whatIf) ask(t *Tenant) (accessAsk, error) {
	u := t.userByID(in.SignInIdentity.UserID)
	if u == nil {
		return accessAsk{}, badRequest("signInIdentity.userId '%s' is not a user of this tenant.", strings.ToValidUTF8(in.SignInIdentity.UserID, "?"))
	}
	cond := in.SignInConditions
	ask := accessAsk{
		user: u, apps: in.SignInContext.IncludeApplications, userAction: in.SignInContext.UserAction, client: cond.ClientAppType,
		platform: cond.DevicePlatform, address: cond.IPAddress, country: cond.Country, signInRisk: cond.SignInRisk, userRisk: cond.UserRisk,
	}
	if cond.Flow != nil {
		ask.flow = cond.Flow.TransferMethod
	}
	if len(ask.apps) == 0 && ask.userAction == "" {
		return accessAsk{}, badRequest("signInContext must name applications or a user action.")
	}
	for _, v := range [][3]string{
		{"conditionalAccessDevicePlatform", ask.platform, "devicePlatform"},
		{"conditionalAccessClientApp", ask.client, "clientAppType"},
		{"riskLevel", ask.signInRisk, "signInRiskLevel"},
		{"riskLevel", ask.userRisk, "userRiskLevel"},
		{"conditionalAccessTransferMethods", ask.flow, "authenticationFlow"},
	} {
		if _, ok := graphTypes().allows(v[0], v[1]); v[1] != "" && !ok {
			return accessAsk{}, badRequest("Invalid value specified for property '%s'.", v[2])
		}
	}
	return ask, checkWhere(ask.address, ask.country)
}

// evaluateAccess is Graph's own what-if.
func evaluateAccess(c *graphCall) (graphReply, error) {
	var in whatIf
	if err := c.action(&in); err != nil {
		return graphReply{}, err
	}
	ask, err := in.ask(c.t)
	if err != nil {
		return graphReply{}, err
	}
	out := []obj{}
	for _, r := range c.w.conditional(c.t, ask) {
		if in.AppliedOnly && !r.applies {
			continue
		}
		o := accessObject(r.policy)
		delete(o, "@odata.type")
		o["policyApplies"], o["analysisReasons"] = r.applies, r.why
		out = append(out, o)
	}
	return c.many(whatIfEntity, "Collection(microsoft.graph.whatIfAnalysisResult)", out)
}
