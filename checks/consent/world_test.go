package consent

// The sample world: contoso is where the prompt appears, fabrikam owns the app.
const (
	contoso   = "11111111-1111-4111-8111-111111111111"
	fabrikam  = "22222222-2222-4222-8222-222222222222"
	woodgrove = "33333333-3333-4333-8333-333333333333"
	hetk      = "8dd90edb-c881-459a-ac84-2a1fee8c5c94"
	otherApp  = "44444444-4444-4444-8444-444444444444"
	publisher = "1234567"
	person    = "55555555-5555-4555-8555-555555555555"
	colleague = "66666666-6666-4666-8666-666666666666"

	self    = "ManagePermissionGrantsForSelf."
	owned   = "ManagePermissionGrantsForOwnedResource."
	team    = owned + "microsoft-dynamically-managed-permissions-for-team"
	chat    = owned + "microsoft-dynamically-managed-permissions-for-chat"
	thunder = "9e5f94bc-e8a4-4e73-b8be-63364c29d753"
)

// live is a permission as the tenant's copy of the API says it is.
func live(value string) Permission {
	p, ok := Known(MicrosoftGraph, value)
	if !ok {
		p = Permission{Resource: MicrosoftGraph, ID: "77777777-7777-4777-8777-" + pad(value), Value: value, UserConsentable: Yes}
	}
	p.Assumed = false
	return p
}

// pad makes the last part of an id out of a name.
func pad(value string) string {
	const digits = "0123456789ab"
	var b [12]byte
	for i := range b {
		b[i] = digits[(int(value[i%len(value)])+i)%len(digits)]
	}
	return string(b[:])
}

// lives is live for several.
func lives(values ...string) []Permission {
	var out []Permission
	for _, v := range values {
		out = append(out, live(v))
	}
	return out
}

// read is one of the built-in policies as if a tenant had said it.
func read(id string) Policy {
	p, ok := Builtin(id)
	if !ok {
		panic("no such policy: " + id) // a mistake in the tests themselves
	}
	p.Assumed = false
	for i := range p.Includes {
		p.Includes[i].Unrecognised = nil
		if len(p.Includes[i].ClientTenantIDs) > 0 {
			p.Includes[i].ClientTenantIDs = []string{contoso}
		}
	}
	for i := range p.Excludes {
		p.Excludes[i].Permissions = idsOnly(p.Excludes[i].Permissions)
	}
	return p
}

// idsOnly leaves out names, which Graph never writes into a condition set.
func idsOnly(all []string) []string {
	var ids []string
	for _, s := range all {
		if len(s) == 36 && s[8] == '-' {
			ids = append(ids, s)
		}
	}
	return ids
}

// managed is an ordinary tenant on Microsoft's managed policy, everything
// read, and Hetk's five scopes asked by a verified app of another tenant.
func managed() Question {
	return Question{
		Tenant: Tenant{
			ID: contoso,
			Assigned: []string{
				self + PolicyRecommended, self + PolicyAllowConsent, team, chat,
			},
			Policies:     []Policy{read(PolicyRecommended), read(PolicyAllowConsent), read(PolicyLow), read(PolicyLegacy)},
			Classified:   map[string]Level{},
			RiskyAllowed: No,
		},
		App: App{
			ClientID: hetk, OwnerTenant: fabrikam, PublisherID: publisher, Verified: Yes,
			Enabled: Yes, AssignmentRequired: No, RegisteredAfter2020: Yes,
		},
		User:       User{ID: person, Assigned: No, MayGrant: No, MayGrantGraphRoles: No},
		Asked:      lives("openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite"),
		GrantsRead: Yes,
	}
}

// under is the same tenant with other policies for users.
func under(ids ...string) Question {
	q := managed()
	q.Tenant.Assigned = []string{team}
	for _, id := range ids {
		q.Tenant.Assigned = append(q.Tenant.Assigned, self+id)
	}
	return q
}

// custom is the same tenant with one policy of its own.
func custom(p Policy) Question {
	p.ID = "my-policy"
	q := under(p.ID)
	q.Tenant.Policies = append(q.Tenant.Policies, p)
	return q
}

// including is a policy of includes alone.
func including(sets ...ConditionSet) Policy { return Policy{Includes: sets} }

// everyone is a tenant-wide grant on Microsoft Graph.
func everyone(scopes ...string) Granted {
	return Granted{Resource: MicrosoftGraph, Scopes: scopes, Everyone: true}
}

// one is one person's grant on Microsoft Graph.
func one(user string, scopes ...string) Granted {
	return Granted{Resource: MicrosoftGraph, Scopes: scopes, User: user}
}

// all are the values of the five scopes of managed.
func all() []string {
	return []string{"openid", "profile", "offline_access", "User.Read", "Calendars.ReadWrite"}
}

// low classifies scopes of Microsoft Graph as low.
func low(values ...string) map[string]Level {
	m := map[string]Level{}
	for _, v := range values {
		m[ClassKey(MicrosoftGraph, live(v).ID)] = Low
	}
	return m
}

// offline is what is known of a tenant from its domain alone: nothing, so that
// Microsoft's default is taken for granted.
func offline(values ...string) Question {
	var q Question
	q.Tenant.Assigned = []string{self + PolicyRecommended, self + PolicyAllowConsent}
	for _, id := range []string{PolicyRecommended, PolicyAllowConsent} {
		p, _ := Builtin(id)
		q.Tenant.Policies = append(q.Tenant.Policies, p)
	}
	q.App.ClientID = hetk
	for _, v := range values {
		p, ok := Known(MicrosoftGraph, v)
		if !ok {
			p = Permission{Resource: MicrosoftGraph, Value: v, Assumed: true}
		}
		q.Asked = append(q.Asked, p)
	}
	return q
}

// chainOf is the ids of a chain.
func chainOf(rules []Rule) []RuleID {
	var ids []RuleID
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return ids
}
