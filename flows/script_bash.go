package flows

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"onboard.example/checks"
)

//go:embed script
var scriptParts embed.FS

// part is a part of a script that is the same in every one.
func part(name string) string {
	text, err := scriptParts.ReadFile("script/" + name)
	if err != nil { // it is in the program, or the tests fail
		return ""
	}
	return strings.TrimRight(string(text), "\n")
}

// bashTool is what tells scripts of bash from each other: the program that asks
// Graph, and how a request is put to it.
type bashTool struct {
	part  string
	needs []string
	head  []string
	vars  func(checks.Cloud) map[string]string
	do    func(Change) string
}

func httpTool() bashTool {
	return bashTool{part: "http.sh", needs: []string{"curl"}, head: scriptWords.http, do: bashRequest}
}

// azTool is the Azure CLI. Its clouds: learn.microsoft.com/cli/azure/manage-clouds-azure-cli.
// DoD tenants sign in to the cloud of GCC High and ask another Graph.
func azTool() bashTool {
	return bashTool{
		part: "az.sh", needs: []string{"az"}, head: scriptWords.az, do: bashRequest,
		vars: func(c checks.Cloud) map[string]string {
			name := map[checks.Cloud]string{
				checks.CloudGCCHigh: "AzureUSGovernment", checks.CloudDoD: "AzureUSGovernment", checks.CloudChina: "AzureChinaCloud",
			}
			return map[string]string{"CLOUD": cmp.Or(name[c], "AzureCloud")}
		},
	}
}

// m365Tool is the CLI for Microsoft 365, read and run as 11.11: its clouds are
// those of m365 login, its commands those of entra enterpriseapp and entra
// oauth2grant (pnp.github.io/cli-microsoft365/cmd).
func m365Tool() bashTool {
	return bashTool{
		part: "m365.sh", needs: []string{"m365"}, head: scriptWords.m365, do: m365Command,
		vars: func(c checks.Cloud) map[string]string {
			name := map[checks.Cloud]string{
				checks.CloudGCC: "USGov", checks.CloudGCCHigh: "USGovHigh", checks.CloudDoD: "USGovDoD", checks.CloudChina: "China",
			}
			return map[string]string{"CLOUD": cmp.Or(name[c], "Public")}
		},
	}
}

// What stands for an id in bash: the app that the script made, and the first
// argument of a function.
const (
	bashApp    = `"$APP"`
	bashObject = `"$1"`
)

// bashText is a text of bash with ids in it.
func bashText(text string) string { return withIDs(text, bashQuote, bashApp, bashObject, "") }

// bashRequest is a request through the function graph.
func bashRequest(c Change) string {
	out := "graph " + c.Method + " " + bashText(c.Path)
	if c.Body != "" {
		out += " " + bashText(asciiJSON(c.Body))
	}
	return out
}

// m365ID tells what the CLI takes for an id: it refuses ids whose version is
// none of RFC 9562, as that of Microsoft Graph itself (seen: "Invalid UUID").
var m365ID = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// m365Command is a request by the command that the CLI has for it, else by
// m365 request. approleassignment add is not used: it looks for the API by how
// its name begins. An id that begins with a dash needs the equals sign.
func m365Command(c Change) string {
	takes := func(ids ...string) bool {
		for _, x := range ids {
			if x != NewAppRef && x != NewObjectRef && !m365ID.MatchString(x) {
				return false
			}
		}
		return true
	}
	last := path.Base(c.Path)
	g := sent[grantSent](c.Body)
	switch client := sent[struct {
		AppID string `json:"appId"`
	}](c.Body).AppID; {
	case c.Kind == CreateApp && takes(client):
		return "run entra enterpriseapp add --id " + bashText(client)
	case c.Kind == DeleteApp && takes(last):
		return "run entra enterpriseapp remove --objectId " + bashText(last) + " --force"
	case c.Kind == CreateGrant && g.PrincipalID == nil && g.Scope == asciiJSON(g.Scope) && takes(g.ClientID, g.ResourceID):
		return fmt.Sprintf("run entra oauth2grant add --clientId %s --resourceId %s --scope=%s && granted %s %s",
			bashText(g.ClientID), bashText(g.ResourceID), bashText(g.Scope), bashText(g.ClientID), bashText(g.ResourceID))
	case (c.Kind == WidenGrant || c.Kind == NarrowGrant) && g.Scope == asciiJSON(g.Scope):
		return fmt.Sprintf("run entra oauth2grant set --grantId=%s --scope=%s", bashText(last), bashText(g.Scope))
	case c.Kind == DeleteGrant:
		return "run entra oauth2grant remove --grantId=" + bashText(last) + " --force"
	}
	return bashRequest(c)
}

// jqOurs tells, in jq, the condition of a consent policy that a line makes from
// those of others: it is about this app alone, and nothing beside narrows it
// (entra-facts §4: what is not set reads as all, or as false).
const jqOurs = `($key | fromjson) as $c | def fold: . // [] | map(ascii_downcase); ` +
	`def ours: .permissionType == $c.permissionType and (.clientApplicationIds | fold) == ($c.clientApplicationIds | fold) ` +
	`and (.resourceApplication // "" | ascii_downcase) == ($c.resourceApplication | ascii_downcase) and $c.permissions - (.permissions // []) == [] ` +
	`and (.permissionClassification // "all") == "all" and .clientApplicationsFromVerifiedPublisherOnly != true ` +
	`and all((.clientApplicationTenantIds, .clientApplicationPublisherIds) | fold; . == [] or . == ["all"]); `

// jqOf is what of an answer is compared, for jq; $key is what is looked for.
var jqOf = map[sight]string{
	seeApp:       `if . == null then "" else "there" end`,
	seePolicy:    `if . == null then "" else "there" end`,
	seeEnabled:   `if . == null then "" else .accountEnabled | tostring end`,
	seeRequired:  `if . == null then "" else .appRoleAssignmentRequired | tostring end`,
	seeScope:     `if . == null then "" else "[" + (.scope // "" | split(" ") | map(select(. != "")) | sort | join(" ")) + "]" end`,
	seeAssigned:  `if . == null then "" else "\(.principalId) \(.resourceId) \(.appRoleId)" | ascii_downcase end`,
	seeConsent:   `"[" + (.defaultUserRolePermissions.permissionGrantPoliciesAssigned | map(ascii_downcase) | sort | join(" ")) + "]"`,
	seeClass:     `[.value[] | select(.permissionId == $key) | .classification] | first // ""`,
	seeWorkflow:  `"\(.isEnabled) \(.notifyReviewers) \(.remindersEnabled) \(.requestDurationInDays) [" + ([.reviewers[].query | ltrimstr("/v1.0")] | sort | join(" ")) + "]"`,
	seeCondition: jqOurs + `if . != null and any(.value[]; ours) then "there" else "" end`,
	seeSet:       `if . != null and any(.value[]; .id == $key) then "there" else "" end`,
}

// findOf are the ids of what a line made among several, for jq; $key is what is
// looked for. More than one is none: nobody knows then which of them it made.
var findOf = map[sight]string{
	seeClass:     `[.value[] | select(.permissionId == $key) | .id] | join(" ")`,
	seeCondition: jqOurs + `[.value[] | select(ours and .permissions - $c.permissions == []) | .id] | join(" ")`,
}

// bash writes the script for a program that is called from bash. It runs in
// bash 3.2 too, which some systems still bring.
func (s script) bash(t bashTool) (string, error) {
	var vars, lines, run, undo strings.Builder
	set := func(name, value string) { fmt.Fprintf(&vars, "%s=%s\n", name, bashQuote(value)) }
	set("TENANT", s.Tenant)
	set("GRAPH", s.cloud.Graph)
	set("LOG", s.log())
	if t.vars != nil {
		set("CLOUD", t.vars(s.cloud.Cloud)["CLOUD"])
	}
	app := s.makesApp()
	for _, l := range s.lines {
		s.bashLine(&lines, t, l)
		id, was := l.id, bashText(l.was)
		switch {
		case id == "" && l.Method != "POST":
			id = "-"
		case l.blind:
			was = "'?'"
		}
		fmt.Fprintf(&run, "    change %d %s %s %s %s\n", l.n, bashQuote(remark(l.Title)), bashText(id), was, bashText(l.is))
		if l.n == app {
			fmt.Fprintf(&run, "    APP=$(made %d)\n", l.n)
		}
	}
	if app > 0 {
		fmt.Fprintf(&undo, "    APP=$(made %d) || APP=\n", app)
	}
	for _, l := range slices.Backward(s.lines) {
		switch title := bashQuote(remark(l.Title)); {
		case l.Back != nil:
			fmt.Fprintf(&undo, "    back %d %s %s %s\n", l.n, title, bashText(l.was), bashText(l.is))
		case l.Kind != AddCondition || !s.makesPolicy(): // which goes with its policy
			fmt.Fprintf(&undo, "    stays %d %s %s\n", l.n, title, bashQuote(remark(l.Undo)))
		}
	}
	body := strings.NewReplacer(
		"@TOOLS@", strings.Join(t.needs, " "), "@TOOL@", part(t.part), "@LINES@", lines.String(),
		"@RUN@", strings.TrimRight(run.String(), "\n"), "@UNDO@", strings.TrimRight(undo.String(), "\n"),
	).Replace(part("run.sh"))
	return "#!/usr/bin/env bash\n" + s.head("#", remark, append(s.kept(), t.head...)) + "\nset -eu\nset -o pipefail\n\n" + vars.String() + "\n" + body + "\n", nil
}

// bashLine writes the functions of a line: to see it, to do it, to take it back.
func (s script) bashLine(b *strings.Builder, t bashTool, l scriptLine) {
	b.WriteString(s.lineHead("#", remark, l))
	at := l.look.path
	fmt.Fprintf(b, "see_%d() { look %s | jq -r --arg key %s %s; }\n", l.n, bashText(at), bashQuote(l.look.key), bashQuote(jqOf[l.look.see]))
	fmt.Fprintf(b, "do_%d() { %s; }\n", l.n, t.do(l.Change))
	if l.Back == nil {
		b.WriteString("\n")
		return
	}
	first := ""
	if l.Kind == CreateApp {
		first = "unused " + bashObject + " && "
	}
	fmt.Fprintf(b, "undo_%d() { %s%s; }\n\n", l.n, first, t.do(l.backward()))
}

// backward is the change that takes a line back.
func (l scriptLine) backward() Change {
	return Change{Kind: l.Back.Kind, Method: l.Back.Method, Path: l.Back.Path, Body: l.Back.Body}
}
