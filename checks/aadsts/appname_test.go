package aadsts

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"
	"testing"
)

// nameCase is a text, and what it calls the app.
type nameCase struct{ text, want string }

const (
	blockTail = " App id: " + appID + " IP address: 203.0.113.5 Device identifier: Not available Device platform: Windows 10 Device state: Unregistered"
)

var names = []nameCase{
	{"Request Id: " + trace + " Correlation Id: " + correl + " Timestamp: 2026-11-20T08:15:00.000Z App name: Hetk Calendar Sync" + blockTail, "Hetk Calendar Sync"},
	{"App name: Hetk Calendar Sync\n" + blockTail, "Hetk Calendar Sync"},
	{"AADSTS90094 App name: My Tool User: jane Phone: 0612345678 Correlation Id: " + correl, "My Tool"},
	{"App name: My Tool Signed in user: jane", "My Tool"},
	{"App name: My Tool, Phone number: 0612345678", "My Tool"},
	{"App name: My Tool | jane doe", "My Tool"},
	{"App name: My Tool; jane doe", "My Tool"},
	{"App name: My Tool AADSTS90094: The grant requires admin permission.", "My Tool"},
	{"App name: My Tool AADSTS90094 and 0612345678", "My Tool"},
	{"App name: My Tool jane doe 0612345678", ""},
	{"App name: My Tool Shoe size of Jane Doe: 44", ""},
	{"App name: My Tool 203.0.113.5 jane", ""},
	{"App name: My Tool " + appID, ""},
	{"App name: My Tool 2001:db8::1", ""},
	{"Anwendungsname: Hetk Anwendungs-ID: " + appID, "Hetk"},
	{"App name: Contoso, Inc. Sync", "Contoso, Inc."},
	{`{"appDisplayName":"Calendar Bridge","user":"jane"}`, "Calendar Bridge"},
	{`{"appDisplayName":"jane 0612345678"}`, ""},
	{"the application jane 0612345678 ('" + appID + "') to block", ""},

	{"jane.doe@contoso.example Need admin approval Hetk Calendar Sync unverified Hetk Calendar Sync needs permission to access resources in your organization that only an admin can grant.", "Hetk Calendar Sync"},
	{"Jane Doe Need admin approval Hetk Hetk needs permission to access resources in your organization", "Hetk"},
	{"Jane Doe Need admin approval Hetk hetk.example Hetk needs permission to access resources in your organization", "Hetk"},
	{"Need admin approval Go Calendar Go Go Calendar Go needs permission to access resources in your organization", "Go Calendar Go"},
	{"Jane Doe Need admin approval. I get: Need admin approval Hetk Hetk needs permission to access resources", "Hetk"},
	{"jane.doe@contoso.example Hetk needs permission to access resources in your organization", ""},
	{"AADSTS90094: Calendar Bridge needs permission to access resources in your organization that only an admin can grant.", "Calendar Bridge"},
	{"Need admin approval\nCalendar Bridge\nunverified\nCalendar Bridge needs permission to access resources in your organization", "Calendar Bridge"},
	{"NEED ADMIN APPROVAL Hetk Hetk needs permission to access resources", "Hetk"},
	{"Jane Doe Your admin has to say yes Hetk Sync Hetk Sync needs permission to access resources", "Hetk Sync"},
	{"Jane Doe Your admin has to say yes Hetk Sync unverified Hetk Sync needs permission to access resources", "Hetk Sync"},
	{"Jane Doe called me today and said that Hetk Sync needs permission to access resources", ""},
	{"Jane Doe 0612345678 needs permission to access resources", ""},

	{"jane.doe@contoso.example\nAdministratorgenehmigung erforderlich\nHetk Sync\nnicht überprüft\nHetk Sync benötigt eine Berechtigung zum Zugriff auf Ressourcen in Ihrer Organisation, die nur ein Administrator erteilen kann.", "Hetk Sync"},
	{"Jane Doe Administratorgenehmigung erforderlich Hetk Sync nicht überprüft Hetk Sync benötigt eine Berechtigung, die nur ein Administrator erteilen kann.", "Hetk Sync"},
	{"Approbation administrateur requise\nHetk\nHetk a besoin d'une autorisation que seul un administrateur peut accorder.", "Hetk"},
	{"Approbation administrateur requise\nHetk\nhetk.example\nHetk a besoin d'une autorisation d'accès aux ressources de votre organisation que seul un administrateur peut accorder.", "Hetk"},
	{"Se necesita la aprobación del administrador\nHetk\nHetk necesita permiso para acceder a recursos de su organización que solo un administrador puede conceder.", "Hetk"},
	{"Goedkeuring van beheerder vereist Hetk Hetk heeft machtigingen nodig die alleen een beheerder kan verlenen", "Hetk"},
	{"管理者の承認が必要\nHetk\n未確認\nHetk には、管理者のみが付与できる組織内のリソースにアクセスするためのアクセス許可が必要です。", "Hetk"},
	{"管理者の承認が必要です Hetk Hetk には、管理者のみが付与できるアクセス許可が必要です。", "Hetk"},
	{"É necessária a aprovação do administrador\nHetk\nHetk precisa de permissão que somente um administrador pode conceder", "Hetk"},
	{"È necessaria l'approvazione dell'amministratore\nHetk\nHetk necessita dell'autorizzazione che solo un amministratore può concedere", "Hetk"},
	{"Wymagana zgoda administratora\nHetk\nHetk potrzebuje uprawnień, których może udzielić tylko administrator", "Hetk"},
	{"Administratörsgodkännande krävs\nHetk\nHetk behöver behörighet som bara en administratör kan bevilja", "Hetk"},
	{"Approval required\nCalendar Bridge\nunverified\nThis app requires your admin's approval to:\nRead your calendars", "Calendar Bridge"},
	{"Genehmigung erforderlich\nHetk\nDiese App erfordert die Genehmigung Ihres Administrators für Folgendes:", "Hetk"},
	{"Approval required\nHetk\nhetk.example\nThis app requires your admin's approval to:", "Hetk"},

	{"AADSTS90093: An administrator of Contoso has set a policy that prevents you from granting Calendar Bridge the permissions it is requesting. Contact an administrator of Contoso.", "Calendar Bridge"},
	{"AADSTS90093: Calendar Bridge is requesting one or more permissions that you are not authorized to grant.", "Calendar Bridge"},
	{"Ein Administrator von Contoso hat eine Richtlinie festgelegt, die Sie daran hindert, Calendar Bridge die angeforderten Berechtigungen zu erteilen.", "Calendar Bridge"},
	{"Un administrateur de Contoso a défini une stratégie qui vous empêche d’octroyer à Calendar Bridge les autorisations qu’elle demande.", "Calendar Bridge"},
	{"Um administrador do Contoso definiu uma política que impede que você conceda ao Calendar Bridge as permissões solicitadas.", "Calendar Bridge"},
	{"Un amministratore di Contoso ha configurato criteri che impediscono di concedere a Calendar Bridge le autorizzazioni che richiede.", "Calendar Bridge"},
	{"En administratör för Contoso har angett en princip som hindrar dig från att bevilja Calendar Bridge de behörigheter som begärs.", "Calendar Bridge"},
	{"Contoso の管理者が、Calendar Bridge に要求されているアクセス許可を付与できないようにするポリシーを設定しました。", "Calendar Bridge"},
	{"AADSTS65005: Calendar Bridge is requesting access to a resource Contoso Mail that isn't available in your organization contoso.example", "Calendar Bridge"},
	{"AADSTS650053: The application 'Calendar Bridge' asked for scope 'Calendar.Write' that doesn't exist", "Calendar Bridge"},
	{"prevents you from granting jane 0612345678 the permissions", ""},
	{"prevents you from granting User: jane the permissions", ""},
	{"AADSTS650053: The application '" + appID + "' asked for scope 'x'", ""},

	// What stands behind a heading in a ticket is no app.
	{"Need admin approval\nJane Doe\nPlease help, it is urgent", ""},
	{"Need admin approval\nJane Doe\nJane Doe needs admin approval for Hetk", ""},
	{"Administratorgenehmigung erforderlich\nJane Doe\nHetk benötigt eine Berechtigung, die nur ein Administrator erteilen kann.", ""},
	{"Need admin approval Jane Doe from Sales, Jane Doe is blocked", ""},
	{"Need admin approval\njane.doe@contoso.example\nThis app requires your admin's approval to:", ""},
	{"Hi\n> Need admin approval\n> Calendar Bridge\n> unverified\n> Calendar Bridge needs permission to access resources in your organization", "Calendar Bridge"},
	{"Hi\n> Need admin approval\n> Jane Doe\n> Calendar Bridge needs permission to access resources in your organization", ""},
	{"Approval required", ""},
	{"Need admin approval", ""},
}

// TestAPINames holds what a message calls the API.
func TestAPINames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"AADSTS65005: Calendar Bridge is requesting access to a resource Contoso Mail that isn't available in your organization": "Contoso Mail",
		"AADSTS65005: Calendar Bridge is requesting access to a resource User: jane that isn't available in your organization":   "",
		"AADSTS65005: it is requesting access to a resource " + strings.Repeat("x", 200) + " that isn't available":               "",
	} {
		if got := Parse(text).API.Name; got != want {
			t.Errorf("%q: API %q, want %q", text, got, want)
		}
	}
}

var (
	longDigits = regexp.MustCompile(`[0-9]{5}`)
	guids      = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-`)
)

// TestAppNames holds what an app is called, and that nothing of a person's is in
// it where the page was copied as one line.
func TestAppNames(t *testing.T) {
	t.Parallel()
	for _, c := range names {
		for _, text := range []string{c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
			if got := Parse(text).App.Name; got != c.want {
				t.Errorf("%q: app %q, want %q", text, got, c.want)
			}
		}
		// However much of the page is one line, the name is the name or none.
		flat := Parse("jane.doe@contoso.example Jane Doe " + strings.ReplaceAll(c.text, "\n", " "))
		if n := flat.App.Name; n != "" && n != c.want && c.want != "" {
			t.Errorf("%q as one line: app %q", c.text, n)
		}
		checkAppName(t, c.text, flat.App.Name)
		out, err := json.Marshal(flat.WithoutPersonal())
		if err != nil {
			t.Fatal(err)
		}
		if s := strings.ToLower(string(out)); strings.Contains(s, "jane") || strings.Contains(s, "0612345678") || strings.Contains(s, "203.0.113.5") {
			t.Errorf("%q: a person is in %s", c.text, out)
		}
	}
}

// checkAppName holds what no app's name may have in it.
func checkAppName(t *testing.T, text, n string) {
	t.Helper()
	if longDigits.MatchString(n) || guids.MatchString(n) || strings.ContainsAny(n, ":@") {
		t.Errorf("%q: app %q", text, n)
	}
	for word := range strings.FieldsSeq(n) {
		if _, err := netip.ParseAddr(word); err == nil {
			t.Errorf("%q: app %q", text, n)
		}
	}
}
