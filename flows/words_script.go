package flows

// scriptWords are the words of scripts and tickets, beyond those that stand in
// the parts of scripts themselves (script/).
var scriptWords = struct {
	title, app, tenant, cloud, plan, oneChange, changes, role, scopes, nothing, ends, log, warning string
	line, before, after, effect, least, undo, noUndo                                               string
	http, az, m365, powershell, terraform, terraformAz                                             []string
	otherTenant, within, byAz, run                                                                 string
}{
	title:     "%s: %s",
	app:       "App:     %s, client id %s",
	tenant:    "Tenant:  %s, id %s: it runs in no other",
	cloud:     "Cloud:   %s, %s",
	plan:      "Plan:    %s (%s); nothing else is changed",
	oneChange: "1 change", changes: "%d changes",
	role:    "Role:    %s, the least that will do",
	scopes:  "Scopes:  %s",
	nothing: "Each change is looked at before it is made and after: what is not as the plan saw it stops the script.",
	ends:    "It ends at the first error. What was done is kept in %s, and a second run goes on from there.",
	log:     "Undo is in it, and runs only where it is asked for: it takes back what is in that file, and nothing else.",
	warning: "Note:    %s",

	line:   "%d of %d: %s",
	before: "  before: %s",
	after:  "  after:  %s",
	effect: "  effect: %s",
	least:  "  needs:  %s, as %s",
	undo:   "  undo:   %s",

	http: []string{
		"Run:     bash FILE      and to take it back: bash FILE undo",
		"Needs bash, curl and jq, and in TOKEN an access token for Graph with the scopes above: read -rs TOKEN; export TOKEN",
	},
	az: []string{
		"Run:     bash FILE      and to take it back: bash FILE undo",
		"Needs bash, jq and az. The Azure CLI signs in with an app of Microsoft's, whose permissions nobody can add to:",
		"where Graph answers Forbidden although your role is enough, that app lacks the scope; take another form then.",
	},
	m365: []string{
		"Run:     bash FILE      and to take it back: bash FILE undo",
		"Needs bash, jq and m365 (CLI for Microsoft 365, version 11), which signs in with an app of your own: give that",
		"app the scopes above, or Graph answers Forbidden.",
	},
	powershell: []string{
		"Run:     .\\FILE.ps1      and to take it back: .\\FILE.ps1 -Undo",
		"Needs the Microsoft Graph PowerShell module: Install-Module Microsoft.Graph.Authentication,",
		"Microsoft.Graph.Applications, Microsoft.Graph.Identity.SignIns.",
	},
	terraform: []string{
		"Run:     terraform init -reconfigure && terraform apply      and to take it back: terraform destroy",
		"Its state is STATE, and every plan has its own: another one that is put into this folder neither sees",
		"nor touches it. To take this one back then, put this file back, and terraform init -reconfigure (never -migrate-state).",
		"What is a request by az rest looks before it is sent and after, on apply and on destroy: where the tenant is not as the",
		"plan saw it, or not as it was left, it stops. What was sent and does not show yet is never sent again: a file beside the",
		"state keeps that until it is seen, and destroy does not pass it over. Where a run was killed, terraform apply comes first,",
		"which takes it up: Terraform forgets what it was sending when it is told to destroy that.",
		"What azuread made it deletes without looking: what others have put since",
		"into such a grant goes, and so does what they hung on such an enterprise app. Look yourself before you destroy those.",
		"What azuread has a resource for is one. It has none for consent policies, the user consent setting, the admin",
		"consent workflow and permission classifications, and it would take over whole what is there already: those lines",
		"are requests by az rest. Needs bash, jq and az, signed in to the tenant: az login --tenant ID --allow-no-subscriptions",
		"The Azure CLI's permissions nobody can add to: where Graph answers Forbidden, take another form. No secret is in",
		"this file nor in what Terraform keeps; keep its state all the same, for the way back is in it.",
	},
	terraformAz: []string{
		"Run:     terraform init -reconfigure && terraform apply      and to take it back: terraform destroy",
		"Its state is STATE, and every plan has its own: another one that is put into this folder neither sees",
		"nor touches it. To take this one back then, put this file back, and terraform init -reconfigure (never -migrate-state).",
		"Each request looks before it is sent and after, on apply and on destroy: where the tenant is not as the plan saw it, or",
		"not as it was left, it stops, and what Microsoft accepts and does not make fails. What was sent and does not show yet is",
		"never sent again: a file beside the state keeps that until it is seen, and destroy does not pass it over. Where a run was",
		"killed, terraform apply comes first, which takes it up: Terraform forgets what it was sending when it is told to destroy that.",
		"azuread has no resource for this, or would take over whole what is there already: every line is a request by az",
		"rest. Needs bash, jq and az, signed in to the tenant: az login --tenant ID --allow-no-subscriptions",
		"The Azure CLI's permissions nobody can add to: where Graph answers Forbidden, take another form. No secret is in",
		"this file nor in what Terraform keeps; keep its state all the same, for the way back is in it.",
	},
	otherTenant: "This is a configuration for another tenant than the one that is signed in to.",
	within:      "It is app_role_assignment_required of the enterprise app above.",
	run:         "What each request by az rest runs: STEP says whether it sends, looks whether it shows, or takes back.",
	byAz:        "Not a resource of azuread: a request by az rest.",
}

// ticketWords are the words of change tickets.
var ticketWords = struct {
	title, what, app, tenant, plan, why, who, role, scopes, warning, changes              string
	before, after, effect, benchmark, least, undo, back, verify, look, gone, shows, check string
}{
	title:   "Change: %s: %s in %s",
	what:    "What",
	app:     "  App:    %s, client id %s",
	tenant:  "  Tenant: %s, id %s, %s",
	plan:    "  Plan:   %s, %s. Nothing else is changed.",
	why:     "Why",
	who:     "Who can do it",
	role:    "  Role:   %s, the least that will do",
	scopes:  "  Scopes: %s",
	warning: "  Note:   %s",

	changes:   "Changes, in this order",
	before:    "     before:     %s",
	after:     "     after:      %s",
	effect:    "     effect:     %s",
	benchmark: "     benchmarks: %s",
	least:     "     needs:      %s, as %s",
	undo:      "     undo:       %s",

	back:   "Way back, in this order",
	verify: "How to verify",
	look:   "  %d. GET %s/v1.0%s",
	gone:   "     It is not there.",
	shows:  "     It shows: %s",
	check:  "  All of it: onboard check --app %s --domain %s",
}
