package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// pathFlags say which plan is meant.
type pathFlags struct {
	path, who, reviewers, revoke string
}

func (f *pathFlags) declare(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.path, "path", string(flows.EntraGrant), "whose change: "+strings.Join(plannedPaths(), ", "))
	fs.StringVar(&f.who, "for", "", "with --path pilot: the person, by their address, or the group, by its name or object id")
	fs.StringVar(&f.reviewers, "reviewers", "", "with --path consent-requests: who decides: me, role (Cloud Application Administrators), or an address or a group's name")
	fs.StringVar(&f.revoke, "revoke", flows.RevokeGrants, "with --path revoke: grants, or app to delete the enterprise app as well")
}

// plannedPaths are the paths that have a plan, in the product's order.
func plannedPaths() []string {
	var out []string
	for _, p := range flows.Paths() {
		if flows.HasPlan(p.ID) {
			out = append(out, string(p.ID))
		}
	}
	return out
}

// answers are the flags as answers to the path's questions. The error says what
// to type instead.
func (f pathFlags) answers(cmd *cobra.Command) (map[flows.QuestionID]string, error) {
	for flag, paths := range map[string][]flows.PathID{"for": {flows.Pilot}, "reviewers": {flows.ConsentRequests}, "revoke": {flows.Revoke}} {
		if cmd.Flags().Changed(flag) && !slices.Contains(paths, flows.PathID(f.path)) {
			return nil, usage(fmt.Sprintf("Type --path %s as well.", paths[0]), "--%s is of the path %s, and this is %s", flag, paths[0], checks.Line(f.path, 40))
		}
	}
	if !slices.Contains(plannedPaths(), f.path) {
		if _, known := flows.PathByID(flows.PathID(f.path)); known && f.path != string(flows.Undo) {
			return nil, usage("Type `onboard` to walk it, or one of: "+strings.Join(plannedPaths(), ", ")+".", "%s is walked by hand: there is no plan for it", f.path)
		}
		return nil, usage("Type one of: "+strings.Join(plannedPaths(), ", ")+".", "no path is called %q", f.path)
	}
	switch f.revoke {
	case "", flows.RevokeGrants, flows.RevokeApp:
	default:
		return nil, usage(fmt.Sprintf("Type %s or %s.", flows.RevokeGrants, flows.RevokeApp), "--revoke takes back the grants or the app, and %q is neither", checks.Line(f.revoke, 60))
	}
	out := map[flows.QuestionID]string{flows.AskHow: flows.HowGraph, flows.AskRevoke: f.revoke, flows.AskWho: f.who}
	switch f.reviewers {
	case "", flows.ReviewersMe, flows.ReviewersRole:
		out[flows.AskReviewers] = f.reviewers
	default:
		out[flows.AskReviewers], out[flows.AskWho] = flows.ReviewersWho, f.reviewers
	}
	return out, nil
}

func newPlan(o *options) *cobra.Command {
	var f pathFlags
	var schema bool
	var as string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would be changed, request by request; change nothing",
		Long:  sayPlanLong,
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				return printSchema(o, flows.PlanSchema)
			}
			answers, err := f.answers(cmd)
			if err != nil {
				return err
			}
			form, err := o.form(as)
			if err != nil {
				return err
			}
			return runPlan(cmd.Context(), o, f, answers, form)
		},
	}
	f.declare(cmd)
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of --json, and do nothing else")
	cmd.Flags().StringVar(&as, "as", "", "print it as a script, with its undo, to run by hand: "+scriptForms())
	return cmd
}

// scriptForms are the forms of scripts, for people.
func scriptForms() string {
	var out []string
	for _, f := range flows.ScriptForms() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// form is the script that --as names; empty: none.
func (o *options) form(as string) (flows.ScriptForm, error) {
	switch {
	case as == "":
		return "", nil
	case !slices.Contains(flows.ScriptForms(), flows.ScriptForm(as)):
		return "", usage("Type one of: "+scriptForms()+".", "--as %q is no form of a script", checks.Line(as, 40))
	case o.json:
		return "", usage("Leave out one of the two.", "--as and --json exclude each other")
	}
	return flows.ScriptForm(as), nil
}

// printSchema prints a JSON Schema.
func printSchema(o *options, schema func() []byte) error {
	if _, err := o.out.Write(schema()); err != nil {
		return unprinted(err)
	}
	return nil
}

func runPlan(ctx context.Context, o *options, f pathFlags, answers map[flows.QuestionID]string, form flows.ScriptForm) error {
	e, stop, err := newErrand(ctx, o, flows.PathID(f.path), answers, nil, "")
	if err != nil {
		return err
	}
	defer stop()
	s, err := e.toPlan(ctx)
	if err != nil {
		return err
	}
	o.sentLately(s)
	switch {
	case o.json:
		err = json.NewEncoder(o.out).Encode(flows.PlanDocOf(s, e.fit))
	case form != "" && s.Plan != nil && len(s.Plan.Lines) > 0:
		return printScript(o, s, form)
	case form != "":
		_, err = fmt.Fprint(o.err, sayPlanEmpty)
	default:
		l := newPlanLines(o.out)
		l.plan(s, e.fit)
		if s.Plan != nil && len(s.Plan.Lines) > 0 {
			l.line(sayPlanApply)
		}
		err = l.out.Flush()
	}
	if err != nil {
		return unprinted(err)
	}
	return nil
}

// sentLately says of a plan that is printed which line of it an earlier run here
// sent, and that may still show: whoever runs a script would send it again.
func (o *options) sentLately(s flows.State) {
	all, unread := o.receipts()
	o.uncounted(unread)
	if line, left, ok := flows.SentBefore(s, slices.Collect(maps.Values(all))); ok {
		_, _ = fmt.Fprintf(o.err, saySentLately, checks.Line(line.Title, mostDetail), int(left.Minutes())+1)
	}
}

// printScript prints a plan as a script.
func printScript(o *options, s flows.State, form flows.ScriptForm) error {
	text, err := flows.Script(*s.Plan, form, flows.ScriptOptions{App: s.App, Cloud: s.Cloud()})
	if err != nil {
		return &exitError{code: codeFailed, cause: err}
	}
	if _, err := io.WriteString(o.out, text); err != nil {
		return unprinted(err)
	}
	return nil
}

// newErrand makes the run that walks to a plan. With a folder the run and its
// receipts are kept there; without, in memory alone. stop ends it.
func newErrand(ctx context.Context, o *options, path flows.PathID, answers map[flows.QuestionID]string, recall *flows.Recalled, dir string) (e *errand, stop func(), err error) {
	if _, err := o.way(); err != nil {
		return nil, nil, err
	}
	t, err := o.target()
	if err != nil {
		return nil, nil, err
	}
	if t.subject.App.ClientID == "" {
		return nil, nil, usage("Type --app-id with the app's client id; the vendor has it, and `onboard check` with a sign-in lists the apps of its name.", "%s has no client id in its profile", t.profile.Name)
	}
	c, err := newClients(o)
	if err != nil {
		return nil, nil, err
	}
	if err := c.openKeep(ctx); err != nil {
		c.close()
		return nil, nil, err
	}
	w := &wizard{o: o, c: c, dir: dir, start: flows.Started{
		Version: release, Domain: t.subject.Domain, Cloud: t.subject.Cloud, Person: o.user, ClientID: t.profile.ClientID, Profile: &t.profile,
		CanWrite: true, Keeps: o.keepSignIn, Login: o.loginURL, Portal: o.portalURL, Service: o.service(),
	}}
	w.start.Ways = c.ways(&t.profile)
	e = &errand{w: w, path: path, answers: answers, recall: recall}
	if dir == "" {
		if e.d, err = w.drive(ctx, journal.NewMemory()); err == nil {
			err = e.d.Do(ctx, w.start)
		}
	} else {
		var d any
		d, _, err = w.begin(ctx)
		e.d, _ = d.(*driven)
		w.warn()
	}
	stop = func() { w.halt(); c.close() }
	if err != nil {
		stop()
		return nil, nil, err
	}
	return e, stop, nil
}

// whoIs is the account of a run, in a few words.
func whoIs(a *flows.Account) string {
	if a == nil {
		return sayNobody
	}
	return checks.Line(a.UPN, 254)
}
