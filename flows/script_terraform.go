package flows

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onboard.example/checks"
)

// Terraform: what azuread has a resource for is one; what it has none for is
// done by az rest in a terraform_data. It has none for permission
// classifications, the authorization policy, the admin consent workflow and
// consent policies (its docs/resources at 3.x; hashicorp/terraform-provider-azuread
// issues 879 and 1183), and an object that is there already it would take over
// whole. The msgraph provider is a preview and lists none of them either
// (learn.microsoft.com/graph/templates/terraform/reference/v1.0/overview).

// azureadEnvironment names the clouds as the provider does (its docs/index.md).
func azureadEnvironment(c checks.Cloud) string {
	switch c {
	case checks.CloudGCCHigh:
		return "usgovernmentl4"
	case checks.CloudDoD:
		return "usgovernmentl5"
	case checks.CloudChina:
		return "china"
	case checks.CloudPublic, checks.CloudGCC:
	}
	return "global"
}

// hclApp is the enterprise app that the configuration makes.
const hclApp = "azuread_service_principal.app.object_id"

// hclText is a text of Terraform with the id of the app in it.
func hclText(text string) string {
	if text == NewAppRef {
		return hclApp
	}
	parts := strings.Split(text, NewAppRef)
	for i, p := range parts {
		q := hclQuote(p)
		parts[i] = q[1 : len(q)-1]
	}
	return `"` + strings.Join(parts, "${"+hclApp+"}") + `"`
}

// byProvider says whether azuread has the resource for a line, and its address.
func (s script) byProvider(l scriptLine) (address string, ok bool) {
	switch {
	case l.Kind == CreateApp:
		return "azuread_service_principal.app", true
	case l.Kind == RequireAssignment && strings.HasSuffix(l.Path, "/"+NewAppRef):
		return "azuread_service_principal.app", true // a property of what it makes
	case (l.Kind == CreateGrant || l.Kind == GrantOne) && l.Method == "POST":
		return fmt.Sprintf("azuread_service_principal_delegated_permission_grant.line_%d", l.n), true
	case l.Kind == AssignRole || l.Kind == Assign:
		return fmt.Sprintf("azuread_app_role_assignment.line_%d", l.n), true
	}
	return fmt.Sprintf("terraform_data.line_%d", l.n), false
}

// terraform writes a configuration. Its way back is terraform destroy.
func (s script) terraform() string {
	var b strings.Builder
	provider := slices.ContainsFunc(s.lines, func(l scriptLine) bool { _, ok := s.byProvider(l); return ok })
	more := slices.Clone(scriptWords.terraform)
	if !provider {
		more = slices.Clone(scriptWords.terraformAz)
	}
	for i, line := range more {
		more[i] = strings.ReplaceAll(line, "STATE", s.state())
	}
	b.WriteString(s.head("#", remark, more) + "\n")
	b.WriteString("terraform {\n  required_version = \">= 1.4\"\n")
	fmt.Fprintf(&b, "  backend \"local\" {\n    path = %s\n  }\n", hclQuote(s.state()))
	if provider {
		b.WriteString("  required_providers {\n    azuread = {\n      source  = \"hashicorp/azuread\"\n      version = \"~> 3.0\"\n    }\n  }\n")
	}
	b.WriteString("}\n\n")
	if slices.ContainsFunc(s.lines, func(l scriptLine) bool { _, ok := s.byProvider(l); return !ok }) {
		hclRun(&b)
	}
	after := ""
	if provider {
		after = "terraform_data.tenant"
		fmt.Fprintf(&b, `provider "azuread" {
  tenant_id   = %s
  environment = %s
}

data "azuread_client_config" "here" {}

resource "terraform_data" "tenant" {
  lifecycle {
    precondition {
      condition     = data.azuread_client_config.here.tenant_id == %s
      error_message = %s
    }
  }
}

`, hclQuote(s.Tenant), hclQuote(azureadEnvironment(s.cloud.Cloud)), hclQuote(s.Tenant), hclQuote(scriptWords.otherTenant))
	}
	for _, l := range s.lines {
		after = s.hclLine(&b, l, after)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// hclLine writes a line, and gives the address of what it wrote: each waits for
// the one before.
func (s script) hclLine(b *strings.Builder, l scriptLine, after string) string {
	address, ok := s.byProvider(l)
	b.WriteString(s.lineHead("#", remark, l))
	kind, name, _ := strings.Cut(address, ".")
	waits := ""
	if after != "" {
		waits = "\n  depends_on = [" + after + "]\n"
	}
	put := func(rows ...[2]string) {
		fmt.Fprintf(b, "resource %q %q {\n%s%s}\n\n", kind, name, hclRows("  ", rows), waits)
	}
	switch g, a := sent[grantSent](l.Body), sent[assignSent](l.Body); {
	case !ok:
		s.hclRequest(b, l, waits)
		return address + "_seen"
	case l.Kind == RequireAssignment:
		b.WriteString("# " + scriptWords.within + "\n\n")
		return after
	case l.Kind == CreateApp:
		required := slices.ContainsFunc(s.lines, func(o scriptLine) bool { at, _ := s.byProvider(o); return o.n != l.n && at == address })
		put([2]string{"client_id", hclText(sent[struct {
			AppID string `json:"appId"`
		}](l.Body).AppID)}, [2]string{"app_role_assignment_required", fmt.Sprint(required)})
	case strings.HasPrefix(address, "azuread_app"):
		put([2]string{"app_role_id", hclText(a.AppRoleID)}, [2]string{"principal_object_id", hclText(a.PrincipalID)}, [2]string{"resource_object_id", hclText(a.ResourceID)})
	default:
		var scopes []string
		for scope := range strings.FieldsSeq(g.Scope) {
			scopes = append(scopes, hclQuote(scope))
		}
		rows := [][2]string{
			{"service_principal_object_id", hclText(g.ClientID)},
			{"resource_service_principal_object_id", hclText(g.ResourceID)},
			{"claim_values", "[" + strings.Join(scopes, ", ") + "]"},
		}
		if g.PrincipalID != nil {
			rows = append(rows, [2]string{"user_object_id", hclText(*g.PrincipalID)})
		}
		put(rows...)
	}
	return address
}

// hclRows are arguments, their values below each other.
func hclRows(indent string, rows [][2]string) string {
	widest := 0
	for _, r := range rows {
		widest = max(widest, len(r[0]))
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s%-*s = %s\n", indent, widest, r[0], r[1])
	}
	return b.String()
}

// state is the name of the file that keeps what a plan made. Each has its own:
// what Terraform calls a line it would else take for the line of another plan
// that lies in the same folder.
func (s script) state() string { return "onboard-" + s.Sum() + ".tfstate" }

// hclRun is what every request by az rest runs, once for the file. A provisioner
// evaluates it, for Terraform prints the text of a command that fails.
func hclRun(b *strings.Builder) {
	b.WriteString("# " + scriptWords.run + "\nlocals {\n  run = <<-EOT\n")
	for row := range strings.SplitSeq(part("az.tf.sh"), "\n") {
		if row != "" {
			row = "    " + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(row)
		}
		b.WriteString(row + "\n")
	}
	b.WriteString("  EOT\n}\n\n")
}

// hclRequest writes a line that is a request by az rest, sent once as the
// resource is made, and taken back as it is destroyed: each looks before whether
// the tenant is as it should be. Whether it came to what it should is looked at
// by a resource of its own: Terraform taints what failed, and destroys that
// without its way back, so that what was sent and does not show yet must not fail
// where it was sent. What it is destroyed with stands in its input, for a
// provisioner may look at nothing else then.
func (s script) hclRequest(b *strings.Builder, l scriptLine, waits string) {
	back := cmp.Or(l.Back, &Back{})
	at, made := back.Path, ""
	if strings.HasSuffix(at, "/"+NewObjectRef) { // its id is looked for, by its key
		at = collection(at)
	}
	if l.Kind == DeleteGrant || l.Kind == Unassign { // what comes back has another id
		made = collection(l.Path)
	}
	fmt.Fprintf(b, "# %s\nresource \"terraform_data\" \"line_%d\" {\n  input = {\n", scriptWords.byAz, l.n)
	b.WriteString(hclRows("    ", [][2]string{
		{"line", hclQuote(fmt.Sprintf("terraform_data.line_%d", l.n))},
		{"run", "local.run"},
		{"sent", hclQuote(fmt.Sprintf("onboard-%s.line_%d.sent", s.Sum(), l.n))},
		{"tenant", hclQuote(s.Tenant)},
		{"graph", hclQuote(s.cloud.Graph)},
		{"method", hclQuote(strings.ToLower(l.Method))},
		{"at", hclText(l.Path)},
		{"body", hclText(l.Body)},
		{"look", hclText(strings.ReplaceAll(l.look.path, NewObjectRef, l.id))},
		{"see", hclQuote(jqOf[l.look.see])},
		{"key", hclText(l.look.key)},
		{"was", hclText(l.was)},
		{"is", hclText(l.is)},
		{"back_method", hclQuote(strings.ToLower(back.Method))},
		{"back_at", hclText(at)},
		{"back_body", hclText(back.Body)},
		{"find", hclQuote(findOf[l.look.see])},
		{"made", hclText(made)},
	}))
	b.WriteString("  }\n\n")
	env := map[string]string{
		"LINE": "line", "RUN": "run", "SENT": "sent", "TENANT": "tenant", "GRAPH": "graph", "LOOK": "look", "SEE": "see", "KEY": "key", "IS": "is",
	}
	show := maps.Clone(env)
	env["METHOD"], env["AT"], env["BODY"], env["WAS"], env["FIND"], env["MADE"] = "method", "at", "body", "was", "", ""
	hclProvisioner(b, "send", "self.input", env)
	if l.Back != nil {
		env["METHOD"], env["AT"], env["BODY"], env["WAS"], env["IS"], env["MADE"] = "back_method", "back_at", "back_body", "is", "was", "made"
		if at != back.Path {
			env["FIND"] = "find"
		}
		hclProvisioner(b, "back", "self.input", env)
	}
	b.WriteString(strings.TrimPrefix(waits, "\n") + "}\n\n")
	fmt.Fprintf(b, "resource \"terraform_data\" \"line_%d_seen\" {\n  triggers_replace = terraform_data.line_%d.id\n\n", l.n, l.n)
	hclProvisioner(b, "show", fmt.Sprintf("terraform_data.line_%d.output", l.n), show)
	b.WriteString("}\n\n")
}

// hclProvisioner writes a command; env names what of the line it gets.
func hclProvisioner(b *strings.Builder, step, from string, env map[string]string) {
	when := ""
	if step == "back" {
		when = "    when        = destroy\n"
	}
	fmt.Fprintf(b, "  provisioner \"local-exec\" {\n%s    interpreter = [\"bash\", \"-euo\", \"pipefail\", \"-c\"]\n    environment = {\n", when)
	rows := [][2]string{{"STEP", hclQuote(step)}}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := `""`
		if env[name] != "" {
			value = from + "." + env[name]
		}
		rows = append(rows, [2]string{name, value})
	}
	b.WriteString(hclRows("      ", rows) + "    }\n    command = \"eval \\\"$RUN\\\"\"\n  }\n")
}
