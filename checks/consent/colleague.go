package consent

// Colleague answers "why does it still work for my colleague?": one or two
// sentences where this person is held back while others may not be, or "".
// Source: existing consents survive policy changes, [ED:configure-user-consent;
// MC1163922].
func Colleague(q Question, a Answer) string {
	switch a.Decided.ID {
	case RuleNotAssigned:
		return colleagueAssigned
	case RuleAssignment, RuleManagedExclude, RuleUserConsentOff, RuleExclude, RuleUnverified,
		RulePublisherUnlisted, RuleNotClassified, RuleAppNotIncluded, RuleScopeNotIncluded,
		RulePolicyEmpty, RuleRisk, RuleAdminOnly:
		if a.Outcome != NeedsAdmin {
			return ""
		}
	default:
		return ""
	}
	others, everyone := false, false
	for i := range q.Granted {
		g := &q.Granted[i]
		if len(g.Scopes) == 0 || !asksOf(q.Asked, g.Resource) {
			continue
		}
		everyone = everyone || g.Everyone && g.Kind == Delegated
		others = others || !g.Everyone && g.User != "" && !same(g.User, q.User.ID)
	}
	switch {
	case others:
		return colleagueOwnConsent
	case everyone:
		return colleagueGrown
	case q.GrantsRead == Yes:
		return ""
	case a.Decided.ID == RuleManagedExclude && a.Decided.Change != nil:
		return colleagueConsented + a.Decided.Change.When() + colleagueBefore
	default:
		return colleagueConsented + colleagueHeldBack + colleagueBefore
	}
}

// asksOf tells whether anything of an API is asked for.
func asksOf(asked []Permission, resource string) bool {
	for i := range asked {
		if same(asked[i].Resource, resource) {
			return true
		}
	}
	return false
}
