package main

import (
	"bytes"
	"testing"

	"onboard.example/checks"
)

// TestCheckLinesAtTheEnd holds what stands under the answer: what may stop people
// under its own heading, for it was looked at.
func TestCheckLinesAtTheEnd(t *testing.T) {
	t.Parallel()
	o := checks.Overall{
		State: checks.StateOpen, Grade: checks.Verified, Reason: "Consent is in place.",
		MayStop: []string{"access/conditional: Conditional Access wants a managed device"}, NotLooked: []string{"one", "two"},
	}
	for signedIn, want := range map[bool]string{
		true:  "  not looked at  one\n                 two\n",
		false: "  not looked at  one\n",
	} {
		var out bytes.Buffer
		l := newCheckLines(&out)
		l.service(checks.Subject{Service: "127.0.0.1:4711"})
		if err := l.overall(o, signedIn); err != nil {
			t.Fatal(err)
		}
		want = "Simulated or other service, not Microsoft: 127.0.0.1:4711\n\n\nConsent is in place.\n  verdict        open, verified\n" +
			"  may still stop access/conditional: Conditional Access wants a managed device\n" + want
		if out.String() != want {
			t.Errorf("signed in %t:\n%s\nwant:\n%s", signedIn, out.String(), want)
		}
	}
}
