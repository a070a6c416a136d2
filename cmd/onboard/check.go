package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/flows"
)

func newCheck(o *options) *cobra.Command {
	var schema bool
	var save, from string
	var proof probeFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say whether people can connect, and what stops them",
		Long:  sayCheckLong,
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := o.out.Write(checks.ReportSchema())
				return err
			}
			if err := proof.validate(o, from); err != nil {
				return err
			}
			if from != "" {
				return judgeSaved(cmd.Context(), o, from, save)
			}
			return runCheck(cmd.Context(), o, save, proof)
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the report, and do nothing else")
	cmd.Flags().StringVar(&save, "save", "", "keep what was read in this new file, without people's names, ids and addresses")
	cmd.Flags().StringVar(&from, "from", "", "judge what --save kept, instead of asking Microsoft; - reads standard input")
	proof.declare(cmd)
	return cmd
}

// target is what a command is asked about, checked before anything is asked.
type target struct {
	profile flows.Profile
	subject checks.Subject
	scopes  []string // that a sign-in asks for; nil: all that reading a tenant needs
}

// target reads --app, --app-id, --domain, and --cloud.
func (o *options) target() (target, error) {
	var t target
	if err := cmp.Or(o.validate(), o.byLink()); err != nil {
		return t, err
	}
	if o.app == "" {
		return t, usage("Type --app with one of the ids of `onboard apps`.", "no app was named")
	}
	p, err := o.profile(o.app)
	if err != nil {
		return t, err
	}
	if p, err = o.withAppID(p); err != nil {
		return t, err
	}
	if o.domain == "" {
		return t, usage("Type --domain with the organisation's domain, such as contoso.example.", "no domain was named")
	}
	domain, err := signin.ParseDomain(o.domain)
	if err != nil {
		return t, inputError(err)
	}
	t.profile = p
	t.subject = checks.Subject{App: p.App(), Domain: domain, Cloud: checks.Cloud(o.cloud), Person: o.user, Now: time.Now(), Login: o.loginURL, Portal: o.portalURL, Service: o.service()}
	return t, nil
}

// withAppID puts --app-id into a profile that has no client id.
func (o *options) withAppID(p flows.Profile) (flows.Profile, error) {
	if o.appID == "" {
		return p, nil
	}
	id := strings.ToLower(strings.TrimSpace(o.appID))
	if !checks.IsGUID(id) {
		return p, usage("Type it as the vendor publishes it: 00000000-0000-0000-0000-000000000000.", "--app-id %q is no client id", o.appID)
	}
	if p.ClientID != "" && !strings.EqualFold(p.ClientID, id) {
		return p, usage("Leave --app-id out, or use a profile of your own with --apps.", "%s has the client id %s", p.Name, p.ClientID)
	}
	if p.ClientID == "" {
		p.ClientID, p.ClientIDFrom = id, checks.IDGiven
	}
	return p, nil
}

func runCheck(ctx context.Context, o *options, save string, proof probeFlags) error {
	if save != "" {
		if err := o.mayTouchFiles(); err != nil {
			return err
		}
	}
	t, err := o.target()
	if err != nil {
		return err
	}
	if o.keepSignIn && o.signIn == "" {
		return usage("Type --sign-in browser or --sign-in device as well.", "check signs in only as --sign-in says, so there is nothing to keep")
	}
	keep, err := newSavedFile(save)
	if err != nil {
		return err
	}
	defer keep.drop()
	c, err := newClients(o)
	if err != nil {
		return err
	}
	defer c.close()
	prober, err := proof.readers(ctx, c)
	if err != nil {
		return err
	}
	if err := c.openKeep(ctx); err != nil {
		return err
	}
	c.opensLinks()
	if err := c.signInFor(ctx, t); err != nil {
		return err
	}
	readers, err := c.readers(t.cloud(c))
	if err != nil {
		return err
	}
	readers = append(readers, prober...)
	var findings []checks.Finding
	lines, watched := newCheckLines(o.out), o.watched()
	lines.elsewhere = o.elsewhere
	if !o.json {
		lines.service(t.subject)
	}
	snap := checks.Run(ctx, t.subject, readers, nil, func(f checks.Finding) {
		findings = append(findings, f)
		if watched && !o.json {
			lines.finding(f)
		}
	})
	if ctx.Err() != nil {
		return &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
	if !watched && !o.json {
		for _, f := range checks.InOrder(findings) {
			lines.finding(f)
		}
	}
	t.subject.Look = &snap
	overall := checks.Decide(findings, t.subject)
	if o.json {
		err = json.NewEncoder(o.out).Encode(reportOf(t, findings, overall))
	} else {
		err = lines.overall(overall, c.current() != nil)
	}
	// The answer comes first: a full disk costs what was to be kept, and no more.
	switch kept := keep.write(o, t.subject); {
	case err != nil:
		return unprinted(errors.Join(err, kept))
	case kept != nil:
		return &exitError{code: codeFailed, cause: kept, typed: sayNotKept}
	}
	return exitFor(overall)
}

// watched says whether a person sees the output come: findings are then shown as
// they land. In a file or a pipe they are in the table's order, so that two
// runs can be compared.
func (o *options) watched() bool {
	f, ok := o.out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// opensLinks shows every link that a sign-in has the person open, and opens it.
func (c *clients) opensLinks() {
	c.open = func(ctx context.Context, url string) error {
		if _, err := fmt.Fprintf(c.o.err, sayOpenThis, url); err != nil {
			return fmt.Errorf("show the link: %w", err)
		}
		_ = machine{}.Open(ctx, url) // the link stands there: a browser that does not open is no end
		return nil
	}
}

// unprinted is an answer that did not get out: whoever branches on the code
// cannot tell.
func unprinted(err error) error {
	return &exitError{code: codeUnknown, cause: fmt.Errorf("print the report: %w", err)}
}

// cloud is the cloud whose Graph is read: the one chosen, else the one that the
// token in hand is for, else the public one.
func (t target) cloud(c *clients) checks.Cloud {
	if t.subject.Cloud != "" || c.session == nil {
		return t.subject.Cloud
	}
	return c.session.Account().Cloud
}

// signInFor signs in as the flags say. Without any, nobody does.
func (c *clients) signInFor(ctx context.Context, t target) error {
	session, err := c.signInBy(ctx, t)
	if err != nil {
		var in *signin.InputError
		var no *signin.Error
		switch {
		case errors.As(err, &in):
			return inputError(err)
		case errors.As(err, &no) && no.Cause == signin.CauseCancelled:
			return &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
		case errors.As(err, &no):
			return &exitError{code: codeUnknown, cause: no, typed: no.Do}
		}
		return err
	}
	c.signedIn(session)
	if c.keep != nil { // who was kept is not for the person to guess
		_, err = fmt.Fprintf(c.o.err, saySignedInAs, checks.Line(session.Account().UPN, 254))
	}
	return err
}

func (c *clients) signInBy(ctx context.Context, t target) (signin.Session, error) {
	o := c.o
	if o.tokenFile != "" {
		return c.handed(ctx)
	}
	switch o.signIn {
	case "az":
		return signin.Az(ctx, signin.AzOptions{Tenant: t.subject.Domain, TokenOptions: signin.TokenOptions{GraphURL: o.graphURL}})
	case "browser", "device":
		client, err := c.client(c.clientID(&t.profile), t.subject.Domain, t.subject.Cloud, "", false)
		if err != nil {
			return nil, err
		}
		if name, borrowed := signin.Borrowed(c.clientID(&t.profile)); borrowed {
			_, _ = fmt.Fprintf(o.err, sayBorrowed, name)
		}
		scopes := t.scopes
		if scopes == nil {
			scopes = checks.ReadScopes()
		}
		if o.signIn == "browser" {
			return client.Browser(ctx, scopes)
		}
		return client.Device(ctx, scopes, func(p signin.Prompt) {
			_, _ = fmt.Fprintf(o.err, sayDeviceCode, p.URL, p.UserCode, p.StartedAt.Format("15:04"))
		})
	}
	return nil, nil
}

// exitFor gives the exit code of a verdict (product contract): green is for
// Verified alone.
func exitFor(v checks.Overall) error {
	switch {
	case v.State == checks.StateOpen && v.Grade == checks.Verified:
		return nil
	case v.State == checks.StateBlocked:
		return &exitError{code: codeBlocked}
	default:
		return &exitError{code: codeUnknown}
	}
}

// reportOf makes the report of `check --json`.
func reportOf(t target, findings []checks.Finding, v checks.Overall) checks.Report {
	var paths []checks.Path
	for _, p := range rankedPaths(t, findings) {
		paths = append(paths, checks.Path{ID: string(p.Path.ID), Fits: p.Fits, Rank: p.Rank, Least: p.Path.Least, Why: p.Why})
	}
	return checks.NewReport(t.subject, findings, v, paths)
}

// rankedPaths folds what was found into a run's state and ranks the paths that
// fit it.
func rankedPaths(t target, findings []checks.Finding) []flows.Ranked {
	s := flows.Apply(flows.State{}, flows.Started{
		Version: release, Domain: t.subject.Domain, Cloud: t.subject.Cloud, Person: t.subject.Person, Profile: &t.profile,
	})
	s = flows.Apply(s, flows.Learned{Facts: flows.FactsOf(t.subject.Look, t.subject.App)})
	for _, f := range findings {
		s = flows.Apply(s, flows.Found{Finding: f})
	}
	return flows.Rank(s)
}
