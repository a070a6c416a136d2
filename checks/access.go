package checks

import "context"

func accessChecks() []Check {
	return []Check{{
		ID: AccessDefaults, Title: titleAccessDefaults, Needs: []ID{TenantMatch}, Reads: []Part{PartDefaults},
		Access: Access{SignIn: true, AnyScope: ScopesFor(PartDefaults)}, Run: securityDefaults,
	}}
}

// securityDefaults is told because it changes what people meet when they sign
// in; it neither blocks an app nor opens one.
func securityDefaults(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartDefaults); err != nil {
		return Finding{}, err
	}
	on := s.Look.Defaults.Value
	f := Finding{Verdict: Pass, Grade: Verified, Summary: sayDefaultsOff, Seen: s.seen(PartDefaults, "isEnabled="+boolText(&on))}
	if on {
		f.Summary = sayDefaultsOn
		f.Detail = []string{sayDefaultsMean}
	}
	return f, nil
}
