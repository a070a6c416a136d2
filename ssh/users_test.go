package ssh

import "testing"

// TestLongNamesAreNames holds that what people are called on their own machines
// is no mistyped code, and that a mistyped code is no name.
func TestLongNamesAreNames(t *testing.T) {
	t.Parallel()
	const code = "T59R-C2YD-1AGD-WQS1-NCJQ-918F-06MA"
	for user, want := range map[string]bool{
		code: true, code[:len(code)-1] + "B": true, code[:len(code)-2]: true, code[5:]: true, code + "1": true, code + "@onboard.example": true,
		"christopher.montgomery": false, "christopher.montgomery-vanderbilt": false, "christopher.montgomery@contoso.example": false,
		"christopher.montgomery2": false, "alexandra.konstantinopoulos.admin": false, "svc-onboarding-automation-production-eu-west-1": false,
		"root": false, "": false, code[:20]: false,
	} {
		if got := isCode(user); got != want {
			t.Errorf("%q is a code: %v", user, got)
		}
	}
}
