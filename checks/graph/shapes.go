package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"onboard.example/checks"
)

// What is read of Graph's answers: the members that are looked at, by their names in
// v1.0 [MM]. A pointer, or a list, that is nil was null or not there. Tests hold
// each member against the models of msgraph-sdk-go.

// servicePrincipalRead is a service principal; IsDisabled stands in v1.0
// (entra-facts §1) and not in its metadata, so that nothing is expected of it.
type servicePrincipalRead struct {
	ID                 *string        `json:"id"`
	AppID              *string        `json:"appId"`
	Name               *string        `json:"displayName"`
	Enabled            *bool          `json:"accountEnabled"`
	IsDisabled         any            `json:"isDisabled"`
	DisabledByMS       *string        `json:"disabledByMicrosoftStatus"`
	AssignmentRequired *bool          `json:"appRoleAssignmentRequired"`
	OwnerTenant        *uuid.UUID     `json:"appOwnerOrganizationId"`
	Audience           *string        `json:"signInAudience"`
	Deleted            *instant       `json:"deletedDateTime"`
	Publisher          *publisherRead `json:"verifiedPublisher"`
	Scopes             []*scopeRead   `json:"oauth2PermissionScopes"`
	Roles              []*roleRead    `json:"appRoles"`
}

type publisherRead struct {
	ID   *string `json:"verifiedPublisherId"`
	Name *string `json:"displayName"`
}

type scopeRead struct {
	ID      *uuid.UUID `json:"id"`
	Value   *string    `json:"value"`
	Type    *string    `json:"type"`
	Enabled *bool      `json:"isEnabled"`
}

type roleRead struct {
	ID      *uuid.UUID `json:"id"`
	Value   *string    `json:"value"`
	Enabled *bool      `json:"isEnabled"`
	Types   []string   `json:"allowedMemberTypes"`
}

type grantRead struct {
	ID         *string `json:"id"`
	ResourceID *string `json:"resourceId"`
	Principal  *string `json:"principalId"`
	Kind       *string `json:"consentType"`
	Scope      *string `json:"scope"`
}

type assignmentRead struct {
	ID            *string    `json:"id"`
	PrincipalID   *uuid.UUID `json:"principalId"`
	PrincipalType *string    `json:"principalType"`
	RoleID        *uuid.UUID `json:"appRoleId"`
	ResourceID    *uuid.UUID `json:"resourceId"`
}

type classificationRead struct {
	ID           *string `json:"id"`
	PermissionID *string `json:"permissionId"`
	Level        *string `json:"classification"`
}

type authorizationRead struct {
	Risky *bool `json:"allowUserConsentForRiskyApps"`
	Role  *struct {
		Assigned []string `json:"permissionGrantPoliciesAssigned"`
	} `json:"defaultUserRolePermissions"`
}

type workflowRead struct {
	Enabled   *bool           `json:"isEnabled"`
	Notify    *bool           `json:"notifyReviewers"`
	Remind    *bool           `json:"remindersEnabled"`
	Days      *int32          `json:"requestDurationInDays"`
	Reviewers []*reviewerRead `json:"reviewers"`
}

type reviewerRead struct {
	Query *string `json:"query"`
	Type  *string `json:"queryType"`
	Root  *string `json:"queryRoot"`
}

type defaultsRead struct {
	Enabled *bool `json:"isEnabled"`
}

type requestRead struct {
	ID      *string `json:"id"`
	AppID   *string `json:"appId"`
	Pending []*struct {
		Name *string `json:"displayName"`
	} `json:"pendingScopes"`
}

type personsRequestRead struct {
	Status *string  `json:"status"`
	Made   *instant `json:"createdDateTime"`
}

// userRead is a person, and groupRead a group.
type userRead struct {
	ID      *string `json:"id"`
	UPN     *string `json:"userPrincipalName"`
	Name    *string `json:"displayName"`
	Type    *string `json:"userType"`
	Enabled *bool   `json:"accountEnabled"`
}

type groupRead struct {
	ID   *string `json:"id"`
	Name *string `json:"displayName"`
}

type directoryRoleRead struct {
	TemplateID *string `json:"roleTemplateId"`
	Name       *string `json:"displayName"`
}

type eligibilityRead struct {
	RoleID *string `json:"roleDefinitionId"`
	Scope  *string `json:"directoryScopeId"`
}

type organizationRead struct {
	ID      *string       `json:"id"`
	Name    *string       `json:"displayName"`
	Domains []*domainRead `json:"verifiedDomains"`
	Plans   []*planRead   `json:"assignedPlans"`
}

type domainRead struct {
	Name    *string `json:"name"`
	Default *bool   `json:"isDefault"`
}

type planRead struct {
	ID     *uuid.UUID `json:"servicePlanId"`
	Status *string    `json:"capabilityStatus"`
}

type policyRead struct {
	ID       *string             `json:"id"`
	Includes []*conditionSetRead `json:"includes"`
	Excludes []*conditionSetRead `json:"excludes"`
}

// conditionSetRead is a condition set; other holds the names of its members that
// are not in v1.0's metadata and not OData's own.
type conditionSetRead struct {
	ID             *string  `json:"id"`
	Classification *string  `json:"permissionClassification"`
	Type           *string  `json:"permissionType"`
	Resource       *string  `json:"resourceApplication"`
	Permissions    []string `json:"permissions"`
	Clients        []string `json:"clientApplicationIds"`
	Tenants        []string `json:"clientApplicationTenantIds"`
	Publishers     []string `json:"clientApplicationPublisherIds"`
	VerifiedOnly   *bool    `json:"clientApplicationsFromVerifiedPublisherOnly"`

	other []string
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *conditionSetRead) UnmarshalJSON(b []byte) error {
	type plain conditionSetRead
	var p plain
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("read a condition set: %w", err)
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return fmt.Errorf("read a condition set: %w", err)
	}
	*s = conditionSetRead(p)
	s.other = unrecognised(all)
	return nil
}

// setMembers are the members of a condition set in v1.0 [MM].
var setMembers = []string{
	"id", "permissionClassification", "permissionType", "resourceApplication", "permissions", "clientApplicationIds",
	"clientApplicationTenantIds", "clientApplicationPublisherIds", "clientApplicationsFromVerifiedPublisherOnly",
}

// unrecognised names the members that v1.0's metadata does not know and that are not
// OData's own. v1.0 sets have shown members that its metadata lacks
// (entra-facts §4: resourceScopeType, includeAllPreApprovedApplications).
func unrecognised(all map[string]json.RawMessage) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if string(all[key]) == "null" { // it sets no condition
			continue
		}
		if !slices.Contains(setMembers, key) && !strings.Contains(key, "@odata.") && !strings.HasPrefix(key, "@microsoft.graph.") {
			out = append(out, checks.Line(key, 60))
		}
	}
	return out
}

// instant is a time as Graph writes it: RFC 3339, or without a zone, which is UTC.
type instant struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (i *instant) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("read a time: %w", err)
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		if at, err = time.Parse(time.RFC3339, s+"Z"); err != nil {
			return fmt.Errorf("read a time: %w", err)
		}
	}
	i.Time = at
	return nil
}

// decoded reads a whole answer. A member of another type than it has makes an answer
// that could not be read.
func decoded[T any](t *trail, b []byte) (*T, error) {
	var v T
	err := json.Unmarshal(b, &v)
	if err == nil {
		return &v, nil
	}
	why := err.Error()
	if odd := (*json.UnmarshalTypeError)(nil); errors.As(err, &odd) {
		why = wordOtherType(odd.Field, odd.Value)
	}
	f := t.failure(checks.FailNotJSON, join(wordOdd, why))
	f.Status = t.status
	return nil, f
}
