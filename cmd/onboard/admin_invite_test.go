package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// invitations holds the operator's way to invitations, at a server that runs: made,
// listed and taken back, and the code printed once and nowhere else.
func (v *served) invitations(t *testing.T) {
	t.Helper()
	do := func(args ...string) answer {
		t.Helper()
		return ask(t, nil, append(append([]string{"admin"}, args...), "--config", v.config)...)
	}
	if a := do("invitations"); a.code != codeOpen || !strings.Contains(a.out, "There are no invitations") {
		t.Errorf("%+v", a)
	}
	var made struct {
		Schema, Number, Address, State, Tenant, For string
		Until                                       time.Time
	}
	a := do("invite", "--tenant", "Contoso.example", "--for", "Calendar sync", "--lasts", "48h", "--json")
	if err := json.Unmarshal([]byte(a.out), &made); err != nil || a.code != codeOpen || made.Schema != adminInvitedSchema {
		t.Fatalf("%v: %+v", err, a)
	}
	_, code, ok := strings.Cut(made.Address, "ssh ")
	if !ok || made.State != "open" || made.Tenant != "contoso.example" || made.For != "Calendar sync" || time.Until(made.Until) > 48*time.Hour || time.Until(made.Until) < 47*time.Hour {
		t.Errorf("%+v", made)
	}
	code, _, _ = strings.Cut(code[strings.LastIndex(code, " ")+1:], "@")
	if a := do("invite"); a.code != codeOpen || !strings.Contains(a.out, "The customer types:") || !strings.Contains(a.out, "not shown again") {
		t.Errorf("%+v", a)
	}
	for _, list := range []answer{do("invitations"), do("invitations", "--json")} {
		if list.code != codeOpen || strings.Count(list.out, "open") != 2 || !strings.Contains(list.out, made.Number) || strings.Contains(list.out, code) {
			t.Errorf("%+v", list)
		}
	}
	if a := do("revoke", made.Number); a.code != codeOpen || !strings.Contains(a.out, "Taken back: "+made.Number) {
		t.Errorf("%+v", a)
	}
	if a := do("invitations"); !strings.Contains(a.out, "revoked") || strings.Count(a.out, "open") != 1 {
		t.Errorf("%+v", a)
	}
	for _, bad := range [][]string{
		{"revoke", "000-000"},
		{"revoke", "not-a-number\x1b[2J"},
		{"revoke"},
		{"invite", "--tenant", "not a domain"},
		{"invite", "--for", "two\nlines"},
		{"invite", "--lasts", "0s"},
		{"invite", "--lasts", "9000h"},
		{"invite", "somebody"},
	} {
		if a := do(bad...); a.code == codeOpen || a.err == "" || strings.Contains(a.err, "\x1b") {
			t.Errorf("%v: %+v", bad, a)
		}
	}
	if a := do("audit"); strings.Contains(a.out, code) || !strings.Contains(a.out, "operator  operator  invited  "+made.Number) || !strings.Contains(a.out, "invitation-revoked  "+made.Number) {
		t.Errorf("%+v", a)
	}
}
