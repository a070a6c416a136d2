package ssh

import (
	"strings"
	"testing"

	"onboard.example/ssh/cases"
)

// TestWhoseAnEntryIs holds which entries the auditors of an organisation read, where guides
// of others come and where none do: what is surely another's nowhere, and what could be
// another's only where the configuration names no other.
func TestWhoseAnEntryIs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("語", mostName) // longer than who did something may be
	key := " (SHA256:" + strings.Repeat("x", 43) + ")"
	op := func(did, more string, n cases.Number) cases.Entry {
		return cases.Entry{Who: operator, Role: operator, Did: did, More: more, Case: n}
	}
	who := func(text string) cases.Entry { return cases.Entry{Who: text, Role: "guide", Did: didNote} }
	const never, alone, always = 0, 1, 2
	for name, c := range map[string]struct {
		of   string
		e    cases.Entry
		read int
	}{
		"their own":                        {"Org", by("Ann", "Org", didNote), always},
		"another's":                        {"Org", by("Ann", "Other", didNote), never},
		"another's that sounds alike":      {"Org", by("Ann, Org", "Other, Org", didNote), never},
		"in other letters":                 {"Org", by("Ann", "ORG", didNote), never},
		"an operator's, of theirs":         {"Org", cases.Entry{Who: operator, Role: operator, Did: didCheckReceipt, Case: "7KQ-M2X", Organisation: "Org"}, always},
		"an operator's, of another's":      {"Org", cases.Entry{Who: operator, Role: operator, Did: didCheckReceipt, Case: "7KQ-M2X", Organisation: "Other"}, never},
		"an operator's, of a case":         {"Org", op(didCheckReceipt, "1", "7KQ-M2X"), alone},
		"that came to nothing":             {"Org", op(didNot, didCheckReceipt+" 1", "7KQ-M2X"), alone},
		"a ban":                            {"Org", op(didBan, "net 192.0.2.0/24", ""), always},
		"a key for receipts":               {"Org", op(didMaybe, didRenewKey, ""), always},
		"an operator's invitation":         {"Org", op(didInvite, "7KQ-M2X, until x, contoso.example", ""), alone},
		"one taken back":                   {"Org", op(didRevoke, "7KQ-M2X", ""), alone},
		"one not taken back":               {"Org", op(didNot, didRevoke+" 7KQ-M2X", ""), alone},
		"one in doubt":                     {"Org", op(didMaybe, didInvite+" 7KQ-M2X", ""), alone},
		"a customer's, by their own":       {"Org", cases.Entry{Who: customer, Role: customer, Did: didRedeem, Organisation: "Org"}, always},
		"a customer's, by another's":       {"Org", cases.Entry{Who: customer, Role: customer, Did: didRedeem, Organisation: "Other"}, never},
		"a customer's, by an operator's":   {"Org", cases.Entry{Who: customer, Role: customer, Did: didRedeem}, alone},
		"of before":                        {"Org", beforeThat("Ann", "Org", didNote), always},
		"another's of before":              {"Org", beforeThat("Ann", "Other", didNote), never},
		"of before, in two ways":           {"Org", beforeThat("Ann, B", "Org", didNote), alone},
		"of before, with a comma":          {"Org, Inc.", beforeThat("Ann", "Org, Inc.", didNote), alone},
		"of before, ours or not":           {"Inc.", beforeThat("Ann", "Org, Inc.", didNote), alone},
		"of before, with another's comma":  {"Org", beforeThat("Ann", "Other, Inc.", didNote), never},
		"of before, cut":                   {long, who("Ann, " + shortened(long) + key), alone},
		"of before, cut, and another's":    {"Org", who("Ann, " + shortened(long) + key), never},
		"a guide who is called operator":   {"Org", cases.Entry{Who: operator + ", Other" + key, Role: operator, Did: didBan}, never},
		"who would be the operator":        {"Org", cases.Entry{Who: operator, Role: "guide", Did: didBan}, never},
		"who would be an operator as such": {"Org", cases.Entry{Who: "Operator", Role: operator, Did: didBan}, never},
		"nobody":                           {"Org", cases.Entry{}, never},
		"no key":                           {"Org", who("Ann, Org"), never},
		"half a key":                       {"Org", who("Ann, Org (SHA256:xxx)"), never},
		"a key alone":                      {"Org", who(strings.TrimSpace(key)), never},
		"two keys":                         {"Org", who("Ann, Org" + key + key), never},
		"no name":                          {"Org", who(", Org" + key), alone},
		"no organisation":                  {"", who("Ann, " + key), alone},
	} {
		for only, want := range map[bool]bool{false: c.read == always, true: c.read != never} {
			if got := ofOrganisation(c.of, only)(c.e); got != want {
				t.Errorf("%s: with no other %v it is read: %v", name, only, got)
			}
		}
	}
}
