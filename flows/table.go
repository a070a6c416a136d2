package flows

import (
	"slices"
	"sync"

	"onboard.example/checks"
)

// table has the ids of the checks: all, and those that need no sign-in.
var table = sync.OnceValue(func() (t struct{ all, public []checks.ID }) {
	for _, c := range checks.Table() {
		if c.ID == checks.AppNamed { // looked at only where the wizard looks for an app: see seeking
			continue
		}
		t.all = append(t.all, c.ID)
		if !c.Access.SignIn {
			t.public = append(t.public, c.ID)
		}
	}
	return t
})

// allChecks are the checks of this release. The slice is shared: read only.
func allChecks() []checks.ID { return table().all }

// publicChecks are the checks that need no sign-in. The slice is shared: read
// only.
func publicChecks() []checks.ID { return table().public }

// ofTenant leaves out the checks of the DNS and of the vendor's side: they open
// nothing, and have steps of their own, where they are looked at. Where the mail is,
// stays: it tells whether the app is of use to the tenant.
func ofTenant(ids []checks.ID) []checks.ID {
	return slices.DeleteFunc(slices.Clone(ids), func(id checks.ID) bool {
		c, ok := checks.ByID(id)
		return ok && c.ID != checks.CheckDNSMail && (c.DNS() || c.Vendor())
	})
}

// IsPublic says whether a check needs no sign-in.
func IsPublic(id checks.ID) bool { return slices.Contains(publicChecks(), id) }

// Overall is the verdict over the findings of this state: can people connect,
// and if not, what stops them and whose move it is. What was seen before the
// run was taken up again, or by another account, does not count. Where nothing
// was seen, "I did it" makes it Asserted, which is no proof; and it opens
// nothing that was seen, or found out, to be blocked.
func (s State) Overall() checks.Overall {
	fs := make([]checks.Finding, 0, len(s.found))
	for _, h := range s.found {
		if h.Round >= s.since {
			fs = append(fs, h.Finding)
		}
	}
	o := checks.Decide(fs, s.Subject())
	if s.saidApproved() && o.State == checks.StateUnknown && o.Grade < checks.Asserted && !s.sawNoGrant() && !o.TurnedAway() {
		o.State, o.Grade, o.Reason, o.Whose, o.Because = checks.StateOpen, checks.Asserted, words.asserted, checks.WhoNobody, nil
	}
	return o
}

// saidApproved says whether somebody said that they approved the app, at a step
// that the grant proves. Making the enterprise app approves nothing.
func (s State) saidApproved() bool {
	return slices.ContainsFunc(s.claims, func(id StepID) bool {
		step, ok := StepByID(id)
		return ok && slices.Contains(step.Checks, checks.AppGrant)
	})
}

// sawNoGrant says whether the grant was looked at and is not there.
func (s State) sawNoGrant() bool {
	h, ok := s.Finding(checks.AppGrant)
	return ok && h.Round >= s.since && h.Verdict == checks.Fail
}

// withReading adds to a plan's scopes what re-reading after each write needs.
func withReading(write []string) []string {
	out := slices.Clone(write)
	for _, r := range checks.ReadScopes() {
		out = addFold(out, r)
	}
	return out
}
