package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/checks/sim"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

func newDemo(o *options) *cobra.Command {
	var f simFlags
	var auto bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Walk the wizard in a simulated tenant: no network, no account",
		Long:  sayDemoLong,
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), o, f, auto) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.scenario, "scenario", "managed-default", "what to simulate: a name of sim --list, a FILE.yaml, or a FILE.json that check --save wrote")
	fs.DurationVar(&f.latency, "latency", 0, "delay of every answer, such as 60ms")
	fs.StringArrayVar(&f.faults, "fault", nil, "faults to add, as for sim; may be repeated")
	fs.StringVar(&f.picture, "picture", "", "draw the run into this SVG file, and do nothing else")
	_ = fs.MarkHidden("picture") // for the README alone
	fs.BoolVar(&auto, "auto", false, "with --plain: take the first advised choice, and play the admin too")
	return cmd
}

// runDemo starts a simulator and the wizard in its tenant. Nothing is kept:
// the tenant is gone with the process.
func runDemo(ctx context.Context, o *options, f simFlags, auto bool) error {
	if auto && !o.plain {
		return usage("Type `onboard demo --plain --auto`.", "--auto is for plain lines")
	}
	if o.signIn != "" && o.signIn != "none" {
		return usage("Leave it out, or type --sign-in none.", "a demo has no account to sign in with: --sign-in %s", checks.Line(o.signIn, 40))
	}
	f.listen, f.dns, f.seed = "127.0.0.1:0", "127.0.0.1:0", 1
	s, err := sim.Start(ctx, f.options(o))
	if err != nil {
		return usage("See `onboard sim --list`.", "%w", err)
	}
	defer s.Close()
	r := s.Outline()
	base := s.LoginURL()
	admin := r.Tenants[0].Users[0].UPN
	o.loginURL, o.graphURL, o.portalURL, o.caFile = base, base, base+"/portal", r.CA
	o.dnsServer, o.trustAnchor = r.DNS, r.TrustAnchor
	who, domain := caseOf(s.Scenario(), r.Tenants[0], auto)
	if o.signIn == "" && who != "none" {
		o.tokenFile, o.tokenMade = filepath.Join(filepath.Dir(r.CA), "tokens", who), s.Settle
	}
	o.aboutScenario(s.Scenario(), s.VendorApp)
	sayAssumed(o, s.Scenario())
	if o.domain == "" {
		o.domain = domain
	}
	start, err := o.start()
	if err != nil {
		return err
	}
	c, err := newClients(o)
	if err != nil {
		return err
	}
	defer c.close()
	w := &wizard{o: o, c: c, start: start, auto: auto, play: &rehearsal{s: s, c: c, admin: admin}}
	if f.picture != "" {
		return w.picture(ctx, f.picture)
	}
	return w.run(ctx)
}

// aboutScenario fills in what a demo is about where nobody said: the app of the
// scenario's story, and for an app whose profile has no client id the one it has
// in the simulator.
func (o *options) aboutScenario(sc *sim.Scenario, clientID func(app string) string) {
	known := ""
	if o.app == "" && len(sc.Expect) > 0 {
		o.app = sc.Expect[0].App
	} else if o.app == "" {
		o.app, o.user, known = cmp.Or(sc.Case.App, "hetk"), cmp.Or(o.user, sc.Case.Person), sc.Case.ClientID
	}
	if p, err := o.profile(o.app); err == nil && p.ClientID == "" { // an error is told where the profile is taken
		o.appID = cmp.Or(o.appID, known, clientID(o.app))
	}
}

// caseOf says who signs in and for which domain: whose case the scenario is;
// where nobody sits at the keys, the first tenant's admin.
func caseOf(sc *sim.Scenario, first sim.ReadyTenant, auto bool) (who, domain string) {
	who, domain = first.Users[0].UPN, first.Domain
	if !auto {
		who, domain = cmp.Or(sc.Case.As, who), cmp.Or(sc.Case.Domain, domain)
	}
	if len(sc.Expect) > 0 && !auto {
		who, domain = cmp.Or(sc.Expect[0].As, who), cmp.Or(sc.Expect[0].Domain, domain)
	}
	return who, domain
}

// rehearsal is the admin of a simulated tenant, played by keys.
type rehearsal struct {
	s     *sim.Sim
	c     *clients
	admin string
}

// The moves there are: what the wizard waits for.
const (
	approveMove  = "approve"
	enableMove   = "enable"
	activateMove = "activate"
	publishMove  = "publish"
)

// Moves implements run.Play: while consent is waited for, the admin can press
// Accept; where the app's sign-in is off, they can switch it on, and where the app
// is deactivated, its vendor can activate it. What Microsoft disabled is no admin's to mend.
func (p *rehearsal) Moves(s flows.State) []run.Move {
	if s.Place.Stage != flows.StageSteps || s.App.ClientID == "" {
		return nil
	}
	if s.Path == flows.DNSRecord {
		return p.recordMoves(s)
	}
	var out []run.Move
	step, _ := s.Step()
	here := slices.Contains(s.LooksAt(step), checks.AppGrant) // a page on which there is an Accept
	if grant, looked := s.Finding(checks.AppGrant); here && (!looked || grant.Verdict != checks.Pass) {
		out = append(out, run.Move{ID: approveMove + " " + s.App.ClientID, Key: "A", Title: fmt.Sprintf(sayApproveMove, p.admin)})
	}
	app := s.Facts.App
	if on, looked := s.Finding(checks.AppEnabled); !looked || on.Verdict != checks.Fail || app == nil || app.ByMicrosoft != "" {
		return out
	}
	if app.Deactivated {
		return append(out, run.Move{ID: activateMove + " " + s.App.ClientID, Key: "E", Title: sayActivateMove})
	}
	return append(out, run.Move{ID: enableMove + " " + s.App.ClientID, Key: "E", Title: fmt.Sprintf(sayEnableMove, p.admin)})
}

// recordMoves are those of whoever keeps the domain's DNS: to publish what the
// wizard asks for.
func (p *rehearsal) recordMoves(s flows.State) []run.Move {
	if record, looked := s.Finding(checks.CheckDNSPolicy); s.App.DNS == nil || looked && record.Verdict == checks.Pass {
		return nil
	}
	r := s.App.DNS.Publish(s.Domain, "")
	return []run.Move{{
		ID:  strings.Join([]string{publishMove, s.Domain, r.HostLabel, r.Text}, " "),
		Key: "P", Title: fmt.Sprintf(sayPublishMove, s.Domain),
	}}
}

// Make implements run.Play.
func (p *rehearsal) Make(ctx context.Context, id string) error {
	if what, ok := strings.CutPrefix(id, publishMove+" "); ok {
		if part := strings.SplitN(what, " ", 3); len(part) == 3 {
			return p.s.Publish(part[0], part[1], part[2])
		}
	}
	var move, client string
	if _, err := fmt.Sscan(id, &move, &client); err == nil {
		switch move {
		case approveMove:
			return p.s.Approve(ctx, p.admin, client, nil)
		case enableMove:
			return p.set(ctx, client, `{"accountEnabled":true}`)
		case activateMove:
			return p.set(ctx, client, `{"isDisabled":false}`)
		}
	}
	return fmt.Errorf("no such move %q", id)
}

// set changes an enterprise app as the portal does: by Graph, with the admin's
// token.
func (p *rehearsal) set(ctx context.Context, client, what string) error {
	token, err := p.s.Token(p.admin)
	if err != nil {
		return fmt.Errorf("change %s: %w", client, err)
	}
	to := p.c.graphRoot("") + "/v1.0/servicePrincipals(appId='" + url.PathEscape(client) + "')"
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, to, strings.NewReader(what))
	if err != nil {
		return fmt.Errorf("change %s: %w", client, err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Transport: p.c.transport}).Do(r)
	if err != nil {
		return fmt.Errorf("change %s: %w", client, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("change %s: the portal answered %s", client, answer.Status)
	}
	return nil
}
