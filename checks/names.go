package checks

import (
	"fmt"
	"slices"
)

// verdictNames and gradeNames are the words of the JSON (product: check
// --json), indexed by value. They are stable.
var (
	verdictNames = [...]string{Unknown: "unknown", Pass: "pass", Warn: "warn", Fail: "fail", Pending: "pending", Skipped: "skipped"}
	gradeNames   = [...]string{GradeUnknown: "unknown", Inferred: "inferred", Asserted: "asserted", Verified: "verified"}
)

// String gives the stable word of a verdict; what is no verdict is "unknown",
// the only word that can do no harm.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[Unknown]
}

// MarshalText writes the verdict as String gives it.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a word that String gives; any other is an error.
func (v *Verdict) UnmarshalText(b []byte) error {
	i := slices.Index(verdictNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("reading a verdict: %q is none", Line(string(b), 40))
	}
	*v = Verdict(i)
	return nil
}

// String gives the stable word of a grade; what is no grade is "unknown".
func (g Grade) String() string {
	if int(g) < len(gradeNames) {
		return gradeNames[g]
	}
	return gradeNames[GradeUnknown]
}

// MarshalText writes the grade as String gives it.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads a word that String gives; any other is an error.
func (g *Grade) UnmarshalText(b []byte) error {
	i := slices.Index(gradeNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("reading a grade: %q is none", Line(string(b), 40))
	}
	*g = Grade(i)
	return nil
}
