package checks

import (
	"slices"
	"testing"

	"onboard.example/checks/aadsts"
)

// TestDeveloperOfConsentMissing holds that the developer is told of the one move
// that is theirs: an interactive sign-in.
func TestDeveloperOfConsentMissing(t *testing.T) {
	t.Parallel()
	if got := devMeans(aadsts.Parse("AADSTS65001").Class); got != devMissing {
		t.Errorf("means %q", got)
	}
	if got := devYours(aadsts.ConsentMissing); got[0] != devYoursInteractive || slices.Contains(got, devYoursPrompt) {
		t.Errorf("theirs to do: %q", got)
	}
	if got := devMeans(aadsts.AdminConsentNeeded); got == devMissing || slices.Contains(devYours(aadsts.AdminConsentNeeded), devYoursInteractive) {
		t.Errorf("a wall means %q", got)
	}
}
