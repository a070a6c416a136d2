package checks_test

import (
	"encoding/json"
	"testing"

	"onboard.example/checks"
)

func TestVerdictsAndGradesTravelAsWords(t *testing.T) {
	t.Parallel()
	for v, want := range map[checks.Verdict]string{
		checks.Unknown: "unknown", checks.Pass: "pass", checks.Warn: "warn",
		checks.Fail: "fail", checks.Pending: "pending", checks.Skipped: "skipped", 77: "unknown",
	} {
		b, err := json.Marshal(v)
		if err != nil || string(b) != `"`+want+`"` {
			t.Errorf("verdict %d is written %s (%v), want %q", v, b, err, want)
		}
		var back checks.Verdict
		if err := json.Unmarshal(b, &back); err != nil || back.String() != want {
			t.Errorf("%s is read as %v (%v)", b, back, err)
		}
	}
	for g, want := range map[checks.Grade]string{
		checks.GradeUnknown: "unknown", checks.Inferred: "inferred",
		checks.Asserted: "asserted", checks.Verified: "verified", 77: "unknown",
	} {
		b, err := json.Marshal(g)
		if err != nil || string(b) != `"`+want+`"` {
			t.Errorf("grade %d is written %s (%v), want %q", g, b, err, want)
		}
		var back checks.Grade
		if err := json.Unmarshal(b, &back); err != nil || back.String() != want {
			t.Errorf("%s is read as %v (%v)", b, back, err)
		}
	}
	for _, bad := range []string{`"PASS"`, `""`, `1`, `"verified "`} {
		var v checks.Verdict
		var g checks.Grade
		if json.Unmarshal([]byte(bad), &v) == nil || json.Unmarshal([]byte(bad), &g) == nil {
			t.Errorf("%s was read without an error", bad)
		}
	}
}
