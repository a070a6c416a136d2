package flows

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"onboard.example/checks"
)

// What stands for an id in PowerShell.
const (
	psApp    = "$App"
	psObject = "$Id"
)

// psText is a text of PowerShell with ids in it.
func psText(text string) string {
	out := withIDs(text, psQuote, psApp, psObject, " + ")
	if strings.Contains(out, " + ") && !strings.HasPrefix(out, "(") || strings.Contains(out, ") + ") {
		return "(" + out + ")"
	}
	return out
}

// psEnvironment names the clouds as Connect-MgGraph does
// (learn.microsoft.com/powershell/module/microsoft.graph.authentication/get-mgenvironment).
func psEnvironment(c checks.Cloud) string {
	switch c {
	case checks.CloudGCCHigh:
		return "USGov"
	case checks.CloudDoD:
		return "USGovDoD"
	case checks.CloudChina:
		return "China"
	case checks.CloudPublic, checks.CloudGCC:
	}
	return "Global"
}

// psSight is what of an answer is compared; $o is the answer, $key what is
// looked for.
var psSight = map[sight]string{
	seeApp:      `if ($o) { 'there' } else { '' }`,
	seePolicy:   `if ($o) { 'there' } else { '' }`,
	seeEnabled:  `"$($o.accountEnabled)".ToLowerInvariant()`,
	seeRequired: `"$($o.appRoleAssignmentRequired)".ToLowerInvariant()`,
	seeScope:    `if ($o) { Join-Sorted ("$($o.scope)".Split(' ')) } else { '' }`,
	seeAssigned: `if ($o) { "$($o.principalId) $($o.resourceId) $($o.appRoleId)".ToLowerInvariant() } else { '' }`,
	seeConsent:  `Join-Sorted @($o.defaultUserRolePermissions.permissionGrantPoliciesAssigned | ForEach-Object { "$_".ToLowerInvariant() })`,
	seeClass:    `"$(@($o.value | Where-Object { $_.permissionId -eq $key } | ForEach-Object { $_.classification })[0])"`,
	seeWorkflow: `"$($o.isEnabled) $($o.notifyReviewers) $($o.remindersEnabled) $($o.requestDurationInDays)".ToLowerInvariant() + ' ' + (Join-Sorted @($o.reviewers | ForEach-Object { "$($_.query)" -creplace '^/v1\.0', '' }))`,
	seeCondition: `$c = $key | ConvertFrom-Json; $in = @($o.value | Where-Object { $s = $_; $s.permissionType -eq $c.permissionType -and "$($s.clientApplicationIds)" -eq "$($c.clientApplicationIds)" -and $s.resourceApplication -eq $c.resourceApplication ` +
		`-and -not @($c.permissions | Where-Object { $s.permissions -notcontains $_ }) -and $s.clientApplicationsFromVerifiedPublisherOnly -ne $true ` +
		`-and -not @(@($s.permissionClassification) + @($s.clientApplicationTenantIds) + @($s.clientApplicationPublisherIds) | Where-Object { $_ -and $_ -ne 'all' }) }); if ($in.Count) { 'there' } else { '' }`,
	seeSet: `if (@($o.value | Where-Object { $_.id -eq $key }).Count) { 'there' } else { '' }`,
}

// powershell writes the script for the Microsoft Graph module. Its text is
// ASCII throughout: Windows PowerShell reads files in the system's own
// character set.
func (s script) powershell() (string, error) {
	var b, run, undo strings.Builder
	b.WriteString("#Requires -Version 5.1\n#Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Applications, Microsoft.Graph.Identity.SignIns\n")
	b.WriteString(s.head("#", remarkASCII, append(s.kept(), scriptWords.powershell...)))
	b.WriteString("param([switch] $Undo)\n\n")
	fmt.Fprintf(&b, "$Tenant = %s\n$Environment = %s\n$Graph = %s\n", psQuote(s.Tenant), psQuote(psEnvironment(s.cloud.Cloud)), psQuote(s.cloud.Graph))
	var scopes []string
	for _, scope := range s.scopes() {
		scopes = append(scopes, psQuote(scope))
	}
	fmt.Fprintf(&b, "$Scopes = %s\n$Log = Join-Path (Get-Location) %s\n\n%s\n\n", strings.Join(scopes, ", "), psQuote(s.log()), part("run.ps1"))
	app := s.makesApp()
	for _, l := range s.lines {
		s.psLine(&b, l)
		id, was := l.id, psText(l.was)
		switch {
		case id == "" && l.Method != "POST":
			id = "-"
		case l.blind:
			was = "'?'"
		}
		fmt.Fprintf(&run, "  Invoke-Change %d %s %s %s %s $See%d $Do%d\n", l.n, psQuote(remark(l.Title)), psText(id), was, psText(l.is), l.n, l.n)
		if l.n == app {
			fmt.Fprintf(&run, "  $App = Get-Made %d\n", l.n)
		}
	}
	if app > 0 {
		fmt.Fprintf(&undo, "  $App = Get-Made %d\n", app)
	}
	for _, l := range slices.Backward(s.lines) {
		switch title := psQuote(remark(l.Title)); {
		case l.Back != nil:
			fmt.Fprintf(&undo, "  Undo-Change %d %s %s %s $See%d $Undo%d\n", l.n, title, psText(l.was), psText(l.is), l.n, l.n)
		case l.Kind != AddCondition || !s.makesPolicy(): // which goes with its policy
			fmt.Fprintf(&undo, "  Stop-Stays %d %s %s\n", l.n, title, psQuote(remark(l.Undo)))
		}
	}
	fmt.Fprintf(&b, "if ($Undo) {\n%s  Say 'Taken back.'\n} else {\n%s  Say 'Done. To take it back, run it with -Undo.'\n}\n", undo.String(), run.String())
	return b.String(), nil
}

// psLine writes how to see a line, to do it, and to take it back.
func (s script) psLine(b *strings.Builder, l scriptLine) {
	b.WriteString(s.lineHead("#", remarkASCII, l))
	key := ""
	if l.look.key != "" {
		key = "$key = " + psQuote(l.look.key) + "; "
	}
	fmt.Fprintf(b, "$See%d = { param($Id) $o = Get-Graph %s; %s%s }\n", l.n, psText(l.look.path), key, psSight[l.look.see])
	fmt.Fprintf(b, "$Do%d = { %s }\n", l.n, psCommand(l.Change))
	if l.Back == nil {
		b.WriteString("\n")
		return
	}
	first := ""
	if l.Kind == CreateApp {
		first = "Assert-Unused $Id; "
	}
	fmt.Fprintf(b, "$Undo%d = { param($Id) %s%s }\n\n", l.n, first, psCommand(l.backward()))
}

// psCommand is the cmdlet for a request, by the names that the reference of the
// module gives (learn.microsoft.com/powershell/module/microsoft.graph.applications
// and microsoft.graph.identity.signins). The workflow is put as it is: all of
// it has to be sent, an empty queryRoot too.
func psCommand(c Change) string {
	last, above := psText(path.Base(c.Path)), psText(path.Base(collection(c.Path)))
	two := psText(path.Base(collection(collection(c.Path))))
	body := ""
	if c.Body != "" {
		body = " -BodyParameter " + psBody(c.Body)
	}
	switch c.Kind {
	case CreateApp:
		return "New-MgServicePrincipal" + body
	case EnableApp, DisableApp, RequireAssignment, FreeAssignment:
		return "Update-MgServicePrincipal -ServicePrincipalId " + last + body
	case DeleteApp:
		return "Remove-MgServicePrincipal -ServicePrincipalId " + last
	case CreateGrant, GrantOne, WidenGrant, NarrowGrant, DeleteGrant:
		switch c.Method {
		case "POST":
			return "New-MgOauth2PermissionGrant" + body
		case "PATCH":
			return "Update-MgOauth2PermissionGrant -OAuth2PermissionGrantId " + last + body
		}
		return "Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId " + last
	case AssignRole, Assign:
		return "New-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId " + above + body
	case Unassign:
		return "Remove-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId " + two + " -AppRoleAssignmentId " + last
	case SetConsent:
		return "Update-MgPolicyAuthorizationPolicy" + body
	case Classify:
		return "New-MgServicePrincipalDelegatedPermissionClassification -ServicePrincipalId " + above + body
	case Unclassify:
		return "Remove-MgServicePrincipalDelegatedPermissionClassification -ServicePrincipalId " + two + " -DelegatedPermissionClassificationId " + last
	case CreatePolicy:
		return "New-MgPolicyPermissionGrantPolicy" + body
	case AddCondition:
		return "New-MgPolicyPermissionGrantPolicyInclude -PermissionGrantPolicyId " + above + body
	case DeleteCondition:
		return "Remove-MgPolicyPermissionGrantPolicyInclude -PermissionGrantPolicyId " + two + " -PermissionGrantConditionSetId " + last
	case DeletePolicy:
		return "Remove-MgPolicyPermissionGrantPolicy -PermissionGrantPolicyId " + last
	case SetWorkflow, RestoreApp: // the second has a cmdlet in a module that nothing else here needs
	}
	out := "Invoke-MgGraphRequest -Method " + c.Method + " -Uri (\"$Graph/v1.0\" + " + psText(c.Path) + ")"
	if c.Body != "" {
		out += " -ContentType 'application/json' -Body " + psText(asciiJSON(c.Body))
	}
	return out
}

// psBody is a request's JSON as a hash table, without what is null: for the
// module that is the same.
func psBody(text string) string {
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "@{}" // a body that was read before: cannot happen
	}
	return psValue(v)
}

func psValue(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if v[k] != nil {
				parts = append(parts, psKey(k)+" = "+psValue(v[k]))
			}
		}
		return "@{ " + strings.Join(parts, "; ") + " }"
	case []any:
		for _, one := range v {
			parts = append(parts, psValue(one))
		}
		return "@(" + strings.Join(parts, ", ") + ")"
	case string:
		return psText(v)
	case bool:
		return "$" + strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return "$null"
}

// psKey is the key of a hash table.
func psKey(k string) string {
	for _, r := range k {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return psQuote(k)
		}
	}
	return k
}
