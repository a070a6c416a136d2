package aadsts

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// beside are texts with a person beside the app's name.
var beside = []nameCase{
	// Telephones, however they are written.
	{"App name: Contoso Notes +49 170 123 45 67", ""},
	{"App name: Contoso Notes (0170) 12 34 56", "Contoso Notes"},
	{"App name: Contoso Notes 0170 12 34 56", ""},
	{"App name: Contoso Notes 555-1234", ""},
	{"App name: Contoso Notes +1 23", ""},
	{"App name: Contoso Notes 06.12.34.56.78", ""},
	{"App name: Contoso Notes tel 4455", "Contoso Notes"},
	{"App name: Contoso Notes ext. 4455", "Contoso Notes"},
	{"App name: Contoso Notes ٠١٧٠ ١٢٣", ""},
	{`{"appDisplayName":"Contoso Notes +49 170 123 45 67"}`, ""},
	{`{"appDisplayName":"Contoso Notes (0170) 123 456"}`, ""},

	// What stands behind the name on its line.
	{"App name: Contoso Notes, reported by Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes, Jane Doe, Room 12, Berlin", "Contoso Notes"},
	{"App name: Contoso Notes (call Jane Doe, ext 4455)", "Contoso Notes"},
	{"App name: Contoso Notes - jane.doe", "Contoso Notes"},
	{"App name: Contoso Notes / User Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes Anrufer Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes … Anrufer Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes – Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes—Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes [Jane Doe]", "Contoso Notes"},
	{"App name: Contoso Notes,Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes. Jane Doe called", "Contoso Notes"},
	{`App name: Contoso Notes "Jane Doe"`, "Contoso Notes"},
	{`App name: Contoso Notes CONTOSO\jane`, "Contoso Notes"},
	{"App name: Contoso Notes jane.doe", "Contoso Notes"},
	{"App name: Contoso Notes jane_doe", "Contoso Notes"},
	{"App name: Contoso Notes reported by Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes requested by Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes for Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes für Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes from Jane", "Contoso Notes"},
	{"App name: Contoso Notes User jane", "Contoso Notes"},
	{"App name: Contoso Notes user: jane", "Contoso Notes"},
	{"App name: Contoso Notes Benutzer Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes Mr Jane", "Contoso Notes"},
	{"App name: Contoso Notes Frau Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes ・ Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes、Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes（Jane Doe）", "Contoso Notes"},
	{"App name: User Jane Doe", ""},
	{"App name: Contoso Notes & Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes and Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes + Jane Doe", "Contoso Notes"},
	{"App name: Contoso Notes of Jane Doe", "Contoso Notes"},
	{"the application Contoso Notes, Jane Doe ('" + appID + "')", "Contoso Notes"},
	{"Anwendungsname: Contoso Notes, gemeldet von Jane Doe", "Contoso Notes"},
	{"App name: Contoso, Inc. Jane Doe", "Contoso, Inc."},
	{"App name: Contoso, Inc. (Jane Doe)", "Contoso, Inc."},

	// What is a name all the same.
	{"App name: Contoso Notes for Outlook", "Contoso Notes for Outlook"},
	{"App name: Contoso Notes for Microsoft Teams", "Contoso Notes for Microsoft Teams"},
	{"App name: Contoso Notes for Outlook Jane Doe", "Contoso Notes for Outlook"},
	{"App name: Node.js Sample", "Node.js Sample"},
	{"App name: Cal.com", "Cal.com"},
	{"App name: Contoso-Notes 2", "Contoso-Notes 2"},
	{"App name: Office 365 Exchange Online", "Office 365 Exchange Online"},
	{`App name: "Contoso Notes", reported by Jane Doe`, "Contoso Notes"},
	{`{"appDisplayName":"Contoso Notes (Beta)"}`, "Contoso Notes (Beta)"},

	// A sentence whose beginning nobody can tell from what stands before it.
	{"Jane Doe Contoso Notes needs permission to access resources in your organization that only an admin can grant.", ""},
	{"Dear IT, Jane Doe Contoso Notes needs permission to access resources in your organization", ""},
	{"From Jane Doe - Contoso Notes needs permission to access resources in your organization", ""},
	{"it says the app needs permission to access resources in your organization", ""},
	{"This app needs permission to access resources in your organization", ""},
	{"My App needs permission to access resources in your organization", ""},
	{"my Contoso Notes needs permission to access resources in your organization", ""},
	{"Need admin approval Jane Doe Contoso Notes needs permission to access resources", ""},
	{"Need admin approval\nJane Doe\nContoso Notes needs permission to access resources", ""},
	{"Jane Doe\nContoso Notes needs permission to access resources", ""},
	{"AADSTS90094: This app needs permission to access resources", ""},
	{"AADSTS90094: Jane Doe: it needs permission to access resources", ""},
	{"AADSTS90094: Contoso Notes, Jane Doe needs permission to access resources", ""},
	{"AADSTS90093: From Jane Doe - Contoso Notes is requesting one or more permissions that you are not authorized to grant.", ""},
	{"Jane Doe is requesting access to a resource Contoso Mail that isn't available", ""},
	{"Need admin approval\nJane Doe\nContoso Notes\nContoso Notes needs permission to access resources", "Contoso Notes"},

	// Two lines between the form's heading and its sentence: nobody can tell
	// which of them is the app's.
	{"Approval required\nJane Doe\nContoso Notes\nThis app requires your admin's approval to:", ""},
	{"Approval required\nContoso Notes\nJane Doe\nThis app requires your admin's approval to:", ""},
	{"Genehmigung erforderlich\nJane Doe\nContoso Notes\nDiese App erfordert die Genehmigung Ihres Administrators für Folgendes:", ""},
	{"Approval required\nContoso Notes\nThis app requires your admin's approval to:", "Contoso Notes"},
	{"Genehmigung erforderlich\nContoso Notes\nnicht überprüft\nDiese App erfordert die Genehmigung Ihres Administrators für Folgendes:", "Contoso Notes"},
	{"Approval required\nContoso Notes\njane.doe\nThis app requires your admin's approval to:", ""},
}

// TestNobodyIsCalledAnApp holds that a person who stands beside an app's name is
// no part of it.
func TestNobodyIsCalledAnApp(t *testing.T) {
	t.Parallel()
	for _, c := range beside {
		for _, text := range []string{c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
			if got := Parse(text).App.Name; got != c.want {
				t.Errorf("%q: app %q, want %q", text, got, c.want)
			}
		}
		out, err := json.Marshal(Parse(c.text).WithoutPersonal())
		if err != nil {
			t.Fatal(err)
		}
		if s := strings.ToLower(string(out)); strings.Contains(s, "jane") || strings.Contains(s, "4455") || strings.Contains(s, "170") {
			t.Errorf("%q: a person is in %s", c.text, out)
		}
	}
}

var telephones = regexp.MustCompile(`(?:\p{Nd}\PL*){5}|(?:^|[^\pL\p{Nd}])\+\p{Nd}`)

// unnamed says why no app may be called so; "" where it may.
func unnamed(n string) string {
	switch {
	case strings.ContainsAny(n, ":@|"):
		return "a mark that no name has"
	case telephones.MatchString(n):
		return "a number of somebody's"
	case !utf8.ValidString(n):
		return "no text"
	}
	return ""
}

// besideMarks are what ends a name behind a label.
var besideMarks = []string{"(", ")", "[", "]", "/", `\`, ";", "|", "\n", " - ", "–", "—", "\""}

// unlabelled says why no name that stood behind a label may be n; "" where it
// may.
func unlabelled(n string) string {
	for _, m := range besideMarks {
		if strings.Contains(n, m) {
			return "it goes on behind " + m
		}
	}
	return unnamed(n)
}

// TestDoubtfulNames holds that where a person's name stands behind an app's with
// no mark between, the answer says that nobody can tell; and that it does not where
// another place than the label named the app.
func TestDoubtfulNames(t *testing.T) {
	t.Parallel()
	block := "\nApp id: " + appID + "\nIP address: 203.0.113.5"
	for text, doubtful := range map[string]bool{
		"App name: Contoso Notes Jane Doe":                      true,
		"App name: Contoso Notes Jane Doe\nAADSTS90094":         true,
		"AADSTS90094 App name: Contoso Notes Jane Doe Phone: 1": true,
		"AADSTS90094 App name: Contoso Notes Jane":              true,
		"Anwendungsname: Contoso Notes Jane Doe\n\nHallo IT:":   true,
		"App name: Contoso Notes Jane Doe\nUser: jane":          true,

		"App name: it's +49 170 555 01 23\n{\"appDisplayName\":\"Contoso Notes\"}": false,
		"App name: Contoso Notes" + block:                                          false,
		"App name: Contoso Notes" + strings.ReplaceAll(block, "\n", " "):           false,
		"App name: \"Contoso Notes\" Jane Doe":                                     false,
		"App name: Contoso":                                                        false,
		`{"appDisplayName":"Contoso Notes"}`:                                       false,
		"App name: Contoso Notes Jane Doe\nNeed admin approval\nContoso Notes\nContoso Notes needs permission to access resources in your organization": false,
		"Need admin approval\nContoso Notes\nContoso Notes needs permission to access resources in your organization":                                   false,
	} {
		a := Parse(text)
		if a.App.Name == "" || a.Doubtful != doubtful || !doubtful && a.App.Name != "Contoso Notes" && a.App.Name != "Contoso" {
			t.Errorf("%q: %q, doubtful %v", text, a.App.Name, a.Doubtful)
		}
	}
}
