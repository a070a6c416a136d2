package tui

import (
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// TestTheVerdictWaitsForNoNames: where all is in but what the DNS tells, the verdict is
// said; only where the record itself is the goal is it waited for.
func TestTheVerdictWaitsForNoNames(t *testing.T) {
	t.Parallel()
	d := atDiagnosis(t)
	d.happen(flows.AskedAgain{}) // nothing of this round is in
	m := New(t.Context(), d, still(t, 80, 24))
	for _, id := range m.wanted() {
		switch id {
		case checks.CheckDNSMail:
		case checks.ConsentPredict, checks.AppGrant, checks.AppPresent, checks.ConsentPolicy:
			rounded(d, finding(id, checks.Unknown, checks.GradeUnknown, "could not be told"))
		default:
			rounded(d, finding(id, checks.Pass, checks.Verified, "as it should be"))
		}
	}
	m.refresh()
	if !m.lookingNow() || m.decidingNow() {
		t.Fatalf("looking %v, deciding %v", m.lookingNow(), m.decidingNow())
	}
	if got := flat(m); m.overall.State != checks.StateUnknown || !strings.Contains(got, m.move()) {
		t.Errorf("%v, and lacks %q:\n%s", m.overall.State, m.move(), plainText(m.View().Content))
	}
	m.state.Path = flows.DNSRecord
	if !m.decidingNow() {
		t.Error("the record is the goal, and is not waited for")
	}
}
