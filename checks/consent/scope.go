package consent

// scope decides one permission: granted already, or in the gift of a role, or
// open to users by policy. It adds its links to those of the scopes before.
func (e *pass) scope(p int32, s *scopeState, links []link) []link {
	from := len(links)
	enabled := e.enabled()
	switch {
	case enabled == No:
		s.outcome = Blocked
		links = append(links, kAppDisabled.of(p))
	case enabled != Yes && !e.lean:
		s.outcome = Unknown // nothing is certain of an app that may be disabled
	case s.granted == Yes:
		s.outcome = Allowed
		links = append(links, s.grant.of(p))
	case s.may == Yes:
		s.outcome = Allowed
		links = append(links, kMayGrant.of(p))
	default:
		links = e.byUser(p, s, links)
	}
	if enabled != Yes && enabled != No {
		s.outcome = Unknown
		links = append(links, kEnabledUnread.of(p))
	}
	if s.outcome == Unknown && !e.lean {
		links = links[:from] // the second pass will say why
	}
	e.sort(s, links[from:])
	s.from, s.to = int32(from), int32(len(links))
	return links
}

// byUser decides a permission that is neither surely granted nor surely in the
// person's gift.
func (e *pass) byUser(p int32, s *scopeState, links []link) []link {
	from := len(links)
	delegated := e.q.Asked[p].Kind == Delegated
	user := tri(delegated)
	if user == No {
		links = append(links, kAppRole.of(p))
	}
	switch e.assignment() {
	case No:
	case Yes:
		links = append(links, kAssignment.of(p))
	default:
		links = append(links, kAssignmentUnread.of(p))
	}
	user = user.and(e.assignment().not())
	if delegated {
		var is Tri
		is, links = e.policies(p, links)
		user = user.and(is)
		if !e.risk.silent(e) {
			l := e.risk.kind.of(p)
			l.why = e.risk.why
			links = append(links, l)
		}
		user = user.and(e.risk.is.not())
	}
	switch user.or(s.granted).or(s.may) {
	case Yes:
		s.outcome = Allowed
	case No:
		s.outcome = NeedsAdmin
	case Unread:
		s.outcome = Unknown
		if s.granted == Unread {
			links = append(links, kGrantsUnread.of(p))
		}
		if s.may == Unread {
			links = append(links, kRoleUnread.of(p))
		}
	}
	return s.keep(user, links, from)
}

// keep drops the links that did not take part: what is unread matters only to
// an answer that is open, and what is allowed only to one that is.
func (s *scopeState) keep(user Tri, links []link, from int) []link {
	kept := links[:from]
	for _, l := range links[from:] {
		effect := rules[l.kind].effect
		fromUser := l.kind != kGrantsUnread && l.kind != kRoleUnread
		switch {
		case effect == s.outcome && (s.outcome != Unknown || user == Unread || !fromUser):
		case s.outcome == Unknown && effect == NeedsAdmin:
		default:
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

// policies asks every policy that applies whether a user may consent to p.
func (e *pass) policies(p int32, links []link) (Tri, []link) {
	is := No
	if e.q.Tenant.Assigned == nil {
		is = Unread
		links = append(links, kUserConsentUnread.of(p))
	} else if e.odd && !e.lean {
		is = Unread
	}
	if len(e.held) == 0 && is == No {
		links = append(links, kUserConsentOff.of(p))
	}
	permitted := -1
	var by verdict
	for i := range e.held {
		h := &e.held[i]
		v := e.permits(h, &e.q.Asked[p])
		h.covers = h.covers.and(v.is)
		is = is.or(v.is)
		switch v.is {
		case Yes:
			if permitted < 0 {
				permitted, by = i, v
			}
		case No:
			links = e.refusal(int32(i), v, p, links)
		case Unread:
			links = doubt(int32(i), v, p, links)
		}
	}
	if permitted >= 0 {
		links = append(links, kInclude.by(int32(permitted), p, by.inc.set))
	}
	return is, links
}

// refusals pairs failed conditions with rules.
var refusals = [...]struct {
	cond cond
	kind kind
}{
	{condAdminOnly, kAdminOnly},
	{condVerified, kUnverified},
	{condPublisher, kPublisherUnlisted},
	{condClass, kNotClassified},
	{condApp | condOwner, kAppNotIncluded},
	{condScope | condType, kScopeNotIncluded},
}

// refusal adds why a policy does not permit p.
func (e *pass) refusal(h int32, v verdict, p int32, links []link) []link {
	if v.exc.is == Yes {
		k := kExclude
		if isRecommended(e.held[h].id) {
			k = kManagedExclude
			e.own = e.own || e.ownApp() == Yes
		}
		links = append(links, k.by(h, p, v.exc.set))
	}
	if v.inc.is != No {
		return links
	}
	if v.inc.set < 0 {
		links = append(links, kPolicyEmpty.by(h, p, none))
	}
	fails := v.inc.fails
	if fails&condPublisher != 0 && e.q.App.Verified == No {
		fails = fails&^condPublisher | condVerified
	}
	for _, r := range refusals {
		if fails&r.cond != 0 {
			links = append(links, r.kind.by(h, p, v.inc.set))
		}
	}
	return links
}

// doubts pairs conditions that cannot be told with rules.
var doubts = [...]struct {
	cond cond
	kind kind
}{
	{condPolicy, kPolicyUnread},
	{condUnrecognised, kUnrecognised},
	{condAdminOnly, kScopeTypeUnread},
	{condScope, kScopeIDUnread},
	{condVerified | condPublisher, kPublisherUnread},
	{condClass, kClassUnread},
	{condApp, kClientUnread},
	{condOwner, kOwnerUnread},
}

// doubt adds why it cannot be told whether a policy permits p.
func doubt(h int32, v verdict, p int32, links []link) []link {
	gaps := v.inc.gaps | v.exc.gaps
	for _, d := range doubts {
		if gaps&d.cond != 0 {
			links = append(links, d.kind.by(h, p, none))
		}
	}
	return links
}

// sort puts the links of a scope in the order of hearing: first those that
// stand for its outcome.
func (e *pass) sort(s *scopeState, chain []link) {
	for i := 1; i < len(chain); i++ {
		for j := i; j > 0 && e.sooner(s, chain[j], chain[j-1]); j-- {
			chain[j], chain[j-1] = chain[j-1], chain[j]
		}
	}
}

// sooner tells whether l comes before m in the chain of s.
func (e *pass) sooner(s *scopeState, l, m link) bool {
	a, b := rules[l.kind].effect == s.outcome, rules[m.kind].effect == s.outcome
	if a != b {
		return a
	}
	return e.before(l, m)
}

// granted is whether p needs no consent, and by which rule: everyone has it,
// or this person.
func (e *pass) granted(p *Permission) (Tri, kind) {
	is, by := Unread, kGrantedSelf
	if e.q.GrantsRead == Yes || e.guess {
		is = No
	}
	for i := range e.q.Granted {
		g := &e.q.Granted[i]
		mine := g.Everyone || e.q.User.ID != "" && same(g.User, e.q.User.ID)
		if !mine || g.Kind != p.Kind || len(g.Scopes) == 0 {
			continue
		}
		// Grants go by API and value; either may not have been read.
		hit := sameAPI(g.Resource, p.Resource)
		if hit != No {
			hit = hit.and(has(g.Scopes, p.Value))
		}
		if is = is.or(hit); hit == Yes && g.Everyone {
			by = kGranted
		}
	}
	return is, by
}

// sameAPI is whether two appIds are one, where both were read.
func sameAPI(a, b string) Tri {
	if a == "" || b == "" {
		return Unread
	}
	return tri(same(a, b))
}

// mayGrant is whether a role of the person's covers p.
// Source: [ED:grant-admin-consent], entra-facts §9.
func (e *pass) mayGrant(p *Permission) Tri {
	may := e.fact(e.q.User.MayGrant, No)
	if p.Kind != Application {
		return may
	}
	switch {
	case same(p.Resource, MicrosoftGraph), same(p.Resource, azureADGraph):
		return may.and(e.q.User.MayGrantGraphRoles)
	case p.Resource == "":
		return may.and(e.q.User.MayGrantGraphRoles.or(Unread))
	default:
		return may
	}
}
