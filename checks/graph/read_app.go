package graph

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"onboard.example/checks"
	"onboard.example/checks/consent"
)

// absent says whether err is Graph's own word that an object is not in the
// directory. A 404 without Graph's error form is a proxy's and never is.
func absent(err error) bool {
	var f *checks.Failure
	return errors.As(err, &f) && f.Kind == checks.FailNotFound && slices.Contains(absentCodes, f.Code)
}

// appPath is a path of the app's service principal.
func appPath(rd *reading, rest string) (string, error) {
	id := strings.TrimSpace(rd.q.App.ClientID)
	if id == "" {
		return "", &checks.Failure{Kind: checks.FailNoClientID, Message: wordNoClientID}
	}
	path, ok := byAppID(id, rest)
	if !ok {
		return "", &checks.Failure{Kind: checks.FailRequest, Message: wordBadClientID}
	}
	return path, nil
}

// selectApp holds v1.0 names only (entra-facts §1).
const selectApp = "$select=id,appId,displayName,accountEnabled,isDisabled,appRoleAssignmentRequired,disabledByMicrosoftStatus,verifiedPublisher,appOwnerOrganizationId,signInAudience"

// readApp reads the app's service principal; nil means that there is none in
// this tenant.
func readApp(rd *reading, t *trail) (*checks.ServicePrincipal, error) {
	path, err := appPath(rd, "")
	if err != nil {
		return nil, err
	}
	sp, err := one[models.ServicePrincipalable](t, ask{path: path, query: selectApp, need: needApps}, models.CreateServicePrincipalFromDiscriminatorValue)
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil //nolint:nilnil // absent is an answer, and the contract's word for it is nil
	}
	if err != nil {
		return nil, err
	}
	p, err := servicePrincipal(t, sp)
	if err != nil {
		return nil, err
	}
	t.saw("%s, accountEnabled %s, appRoleAssignmentRequired %s", p.ID, told(p.Enabled), told(p.AssignmentRequired))
	return &p, nil
}

// servicePrincipal copies what was selected.
func servicePrincipal(t *trail, sp models.ServicePrincipalable) (checks.ServicePrincipal, error) {
	p := checks.ServicePrincipal{
		ID: text(sp.GetId()), AppID: strings.ToLower(text(sp.GetAppId())), Name: text(sp.GetDisplayName()),
		Enabled: sp.GetAccountEnabled(), Deactivated: flag(sp.GetAdditionalData(), "isDisabled"),
		DisabledByMS: text(sp.GetDisabledByMicrosoftStatus()), AssignmentRequired: sp.GetAppRoleAssignmentRequired(),
		OwnerTenant: guid(sp.GetAppOwnerOrganizationId()), Audience: text(sp.GetSignInAudience()),
	}
	if v := sp.GetVerifiedPublisher(); v != nil {
		p.Publisher = &checks.Publisher{ID: text(v.GetVerifiedPublisherId()), Name: text(v.GetDisplayName())}
	}
	for _, s := range sp.GetOauth2PermissionScopes() {
		if s != nil && s.GetValue() != nil && s.GetId() != nil {
			on := s.GetIsEnabled()
			p.Scopes = append(p.Scopes, checks.PublishedScope{ID: guid(s.GetId()), Value: text(s.GetValue()), Type: text(s.GetTypeEscaped()), Enabled: on != nil && *on})
		}
	}
	for _, r := range sp.GetAppRoles() {
		if r != nil && r.GetValue() != nil && r.GetId() != nil {
			p.AppRoles = append(p.AppRoles, checks.PublishedRole{ID: guid(r.GetId()), Value: text(r.GetValue())})
		}
	}
	if p.ID == "" || p.AppID == "" {
		return p, t.lacks("id or appId")
	}
	return p, nil
}

// flag reads a member that the SDK's model does not know: isDisabled is in
// v1.0 (entra-facts §1) and not in the model of v1.89.0.
func flag(more map[string]any, key string) *bool {
	switch v := more[key].(type) {
	case *bool:
		return v
	case bool:
		return &v
	}
	return nil
}

func guid(u *uuid.UUID) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// readGrants reads every delegated grant of the app, tenant-wide and single
// users'. No service principal means no grants.
func readGrants(rd *reading, t *trail) ([]checks.Grant, error) {
	path, err := appPath(rd, "/oauth2PermissionGrants")
	if err != nil {
		return nil, err
	}
	found, err := list[models.OAuth2PermissionGrantable, models.OAuth2PermissionGrantCollectionResponseable](t, ask{
		path: path, query: "$top=999", need: needGrants,
	}, models.CreateOAuth2PermissionGrantCollectionResponseFromDiscriminatorValue)
	if absent(err) {
		t.saw(sayAbsent)
		return []checks.Grant{}, nil
	}
	if err != nil {
		return nil, err
	}
	grants, everyone := []checks.Grant{}, 0
	for _, g := range found {
		grant, err := grantOf(t, g)
		if err != nil {
			return nil, err
		}
		if grant.Everyone {
			everyone++
		}
		grants = append(grants, grant)
	}
	t.saw("%s, %d tenant-wide", counted(len(grants), "grant"), everyone)
	return grants, nil
}

// grantOf copies a grant. Old grants begin with a space (entra-facts §2). A
// consentType that is neither of the two known ones is not taken for either.
func grantOf(t *trail, g models.OAuth2PermissionGrantable) (checks.Grant, error) {
	raw := ""
	if g.GetScope() != nil {
		raw = checks.Line(*g.GetScope(), maxScope)
	}
	grant := checks.Grant{
		ID: text(g.GetId()), ResourceID: text(g.GetResourceId()), Principal: text(g.GetPrincipalId()),
		Raw: raw, Scopes: strings.Fields(raw),
	}
	switch kind := text(g.GetConsentType()); {
	case strings.EqualFold(kind, "AllPrincipals"):
		grant.Everyone = true
	case !strings.EqualFold(kind, "Principal"):
		return grant, t.lacks("a consentType that is known")
	}
	if grant.ID == "" || grant.ResourceID == "" {
		return grant, t.lacks("id or resourceId")
	}
	return grant, nil
}

// maxScope bounds a grant's scope string, in characters.
const maxScope = 32 << 10

// readAssignments reads who is assigned to the app.
func readAssignments(rd *reading, t *trail) ([]checks.Assignment, error) {
	return readRoleAssignments(rd, t, "/appRoleAssignedTo", "assignment")
}

// readAppRoles reads the application permissions that the app holds.
func readAppRoles(rd *reading, t *trail) ([]checks.Assignment, error) {
	return readRoleAssignments(rd, t, "/appRoleAssignments", "app role")
}

func readRoleAssignments(rd *reading, t *trail, rest, noun string) ([]checks.Assignment, error) {
	path, err := appPath(rd, rest)
	if err != nil {
		return nil, err
	}
	found, err := list[models.AppRoleAssignmentable, models.AppRoleAssignmentCollectionResponseable](t, ask{
		path: path, query: "$select=id,appRoleId,principalId,principalType,resourceId&$top=999", need: needApps,
	}, models.CreateAppRoleAssignmentCollectionResponseFromDiscriminatorValue)
	if absent(err) {
		t.saw(sayAbsent)
		return []checks.Assignment{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := []checks.Assignment{}
	for _, a := range found {
		out = append(out, checks.Assignment{
			ID: text(a.GetId()), PrincipalID: guid(a.GetPrincipalId()), PrincipalType: text(a.GetPrincipalType()),
			RoleID: guid(a.GetAppRoleId()), ResourceID: guid(a.GetResourceId()),
		})
	}
	t.saw("%s", counted(len(out), noun))
	return out, nil
}

// neededResources lists the APIs that the app needs, each once, and whether
// one of its application permissions is needed.
func neededResources(app checks.App) (ids []string, roles map[string]bool, f *checks.Failure) {
	roles = map[string]bool{}
	for _, p := range app.Needs {
		id := strings.ToLower(strings.TrimSpace(p.Resource))
		if !isGUID(id) {
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
		sp, err := one[models.ServicePrincipalable](t, ask{path: path, query: query, need: needApps}, models.CreateServicePrincipalFromDiscriminatorValue)
		if absent(err) {
			t.saw(sayAbsent)
			return nil, nil //nolint:nilnil // absent is an answer
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
	found, err := eachResource(t, ids, readClassifications)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		for permission, level := range found[i] {
			levels[id+"/"+permission] = level
		}
	}
	return levels, nil
}

func readClassifications(t *trail, id string) (map[string]consent.Level, error) {
	path, _ := byAppID(id, "/delegatedPermissionClassifications")
	found, err := list[models.DelegatedPermissionClassificationable, models.DelegatedPermissionClassificationCollectionResponseable](t,
		ask{path: path, need: needClassList}, models.CreateDelegatedPermissionClassificationCollectionResponseFromDiscriminatorValue)
	if absent(err) {
		t.saw(sayAbsent)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]consent.Level{}
	for _, c := range found {
		id := strings.ToLower(text(c.GetPermissionId()))
		level, ok := classLevel(c.GetClassification())
		if id == "" || !ok {
			// A level that is not known may allow or forbid: better not read than misread.
			return nil, t.lacks("a classification that is known")
		}
		out[id] = level
	}
	t.saw("%s", counted(len(out), "classified scope"))
	return out, nil
}

func classLevel(c *models.PermissionClassificationType) (consent.Level, bool) {
	if c == nil {
		return "", false
	}
	switch *c {
	case models.LOW_PERMISSIONCLASSIFICATIONTYPE:
		return consent.Low, true
	case models.MEDIUM_PERMISSIONCLASSIFICATIONTYPE:
		return consent.Medium, true
	case models.HIGH_PERMISSIONCLASSIFICATIONTYPE:
		return consent.High, true
	}
	return "", false
}
