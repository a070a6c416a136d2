package main

import (
	"context"
	"crypto/tls"
	_ "embed" // the schema of dns --json
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/checks/resolve"
	"onboard.example/checks/signin"
	"onboard.example/flows"
)

// How often a watched record is looked at again: soon at first, for whoever has
// just published it, then as rarely as servers take over a zone.
const (
	dnsFirst = 5 * time.Second
	dnsMost  = time.Minute
)

// dnsSchema names the shape of `dns --json`.
const dnsSchema = "onboard/dns/1"

//go:embed dns.schema.json
var dnsSchemaJSON []byte

// dnsSchemaText is the JSON Schema of dnsReport.
func dnsSchemaText() []byte { return slices.Clone(dnsSchemaJSON) }

// dnsReport is what `dns --json` prints: a line for each look.
type dnsReport struct {
	Schema   string                 `json:"schema"`
	App      checks.ReportApp       `json:"app"`
	Domain   dnsDomain              `json:"domain"`
	At       time.Time              `json:"at"`
	Policy   checks.DNSReport       `json:"policy"`
	Publish  *checks.DNSPublication `json:"publish"` // null: what was typed is no domain name
	Mail     *checks.DNSMailReport  `json:"mail"`    // null: it was not looked at
	Findings []checks.Finding       `json:"findings"`
}

// dnsDomain is the domain that was asked about, in its forms.
type dnsDomain struct {
	ASCII        string `json:"ascii"`
	Unicode      string `json:"unicode"`
	Organisation string `json:"organisation"` // the domain that was registered
}

func newDNS(o *options) *cobra.Command {
	var watch, schema bool
	cmd := &cobra.Command{
		Use:   "dns DOMAIN",
		Short: "Ask for the app's policy record where it counts: at the domain's own name servers",
		Long:  sayDNSLong,
		Args: func(cmd *cobra.Command, args []string) error {
			if schema {
				return nil
			}
			return oneDomain(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				_, err := o.out.Write(dnsSchemaText())
				return err
			}
			return runDNS(cmd.Context(), o, args[0], watch)
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the answer, and do nothing else")
	cmd.Flags().BoolVar(&watch, "watch", false, "look again until every server and the resolver in use have the record")
	return cmd
}

// oneDomain wants the domain and nothing else.
func oneDomain(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("Type `onboard dns contoso.example`.", "dns takes one domain, and there are %d", len(args))
	}
	return nil
}

// dnsLooker looks at one domain's record, as often as it is asked to.
type dnsLooker struct {
	o       *options
	profile flows.Profile
	rule    checks.DNSRule
	domain  resolve.Domain
	how     resolve.Options
	lines   *dnsLines
	wait    func(ctx context.Context, d time.Duration) bool // false: ctx ended first
}

func runDNS(ctx context.Context, o *options, typed string, watch bool) error {
	if err := o.validate(); err != nil {
		return err
	}
	profile, err := o.dnsProfile()
	if err != nil {
		return err
	}
	l := dnsLooker{o: o, profile: profile, lines: &dnsLines{out: o.out, width: o.columns}, wait: waited}
	l.rule = checks.DNSRule{Label: profile.DNSPolicy.Label, Version: profile.DNSPolicy.Version, Required: profile.DNSPolicy.Required}
	if l.domain, err = resolve.ParseDomain(typed); err != nil {
		return l.noDomain(err)
	}
	if l.how, err = o.resolveOptions(); err != nil {
		return err
	}
	return l.run(ctx, watch)
}

// run looks once or, to watch, until there is nothing left to wait for.
func (l dnsLooker) run(ctx context.Context, watch bool) error {
	for pause := dnsFirst; ; pause = min(pause+pause/2, dnsMost) {
		r, err := l.look(ctx)
		if err != nil {
			return err
		}
		settled := r.Policy.State == checks.DNSOk && r.Policy.Settled
		if !watch || settled {
			return exitForDNS(r.Policy.State)
		}
		if !l.o.json {
			l.lines.next(pause)
		}
		if !l.wait(ctx, pause) {
			return &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
		}
	}
}

// noDomain tells what was typed that is no domain name, to programs too.
func (l dnsLooker) noDomain(err error) error {
	if l.o.json {
		r := dnsReport{
			Schema: dnsSchema, App: appOf(l.profile), At: time.Now().UTC(), Findings: []checks.Finding{},
			Policy: checks.DNSReport{
				State: checks.DNSError, Reason: checks.Line(err.Error(), 300), Wanted: l.rule.Line(), Security: checks.DNSIndeterminate,
				Servers: []checks.DNSView{}, Have: []string{}, Lack: []string{}, Resolver: checks.DNSView{Found: []string{}, Outcome: checks.DNSUnasked, State: checks.DNSError},
			},
		}
		if err := json.NewEncoder(l.o.out).Encode(r); err != nil {
			return unprinted(err)
		}
	}
	return inputError(err)
}

// look looks once, with a resolver that remembers nothing, and prints what it
// saw.
func (l dnsLooker) look(ctx context.Context) (dnsReport, error) {
	r, err := resolve.New(l.how)
	seen := checks.DNSLook{Rule: l.rule, Domain: l.domain.ASCII, At: time.Now(), Failed: err, MailFailed: err}
	seen.Answer.Name, _ = l.rule.Names(l.domain.ASCII, "")
	switch {
	case err != nil && l.how.Server != "":
		return dnsReport{}, usage("Give --dns-server an address, such as 192.0.2.53, tcp://192.0.2.53 or tls://dns.example.", "%w", err)
	case err == nil: // else this machine has no resolver, and nothing typed is wrong
		seen = r.LookDomain(ctx, l.rule, l.domain.ASCII)
	}
	if ctx.Err() != nil { // what was cut off is no news
		return dnsReport{}, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
	policy := seen.Report()
	publish, mail := l.rule.Publish(l.domain.ASCII, policy.Home), seen.Mail.Judge()
	report := dnsReport{
		Schema: dnsSchema, App: appOf(l.profile), At: seen.At.UTC(), Policy: policy, Publish: &publish, Findings: seen.Findings(),
		Domain: dnsDomain{ASCII: l.domain.ASCII, Unicode: l.domain.Unicode, Organisation: l.domain.Organisation},
	}
	if seen.MailFailed == nil {
		report.Mail = &mail
	}
	if l.o.json {
		err = json.NewEncoder(l.o.out).Encode(report)
	} else {
		err = l.lines.report(report)
	}
	if err != nil {
		return dnsReport{}, unprinted(err)
	}
	return report, nil
}

// dnsProfile is the app whose record is asked for: the one of --app, else the
// only one that has a policy record.
func (o *options) dnsProfile() (flows.Profile, error) {
	all, err := o.profiles()
	if err != nil {
		return flows.Profile{}, err
	}
	var have []flows.Profile
	var ids []string
	for _, p := range all {
		if p.DNSPolicy != nil {
			have, ids = append(have, p), append(ids, p.ID)
		}
	}
	if o.app != "" {
		p, err := o.profile(o.app)
		if err == nil && p.DNSPolicy == nil {
			return p, usage("Those that have one: "+strings.Join(ids, ", ")+".", "%s has no policy record in the DNS", p.Name)
		}
		return p, err
	}
	if len(have) != 1 {
		return flows.Profile{}, usage("Type --app with one of: "+strings.Join(ids, ", ")+".", "%d apps have a policy record in the DNS, and none was named", len(have))
	}
	return have[0], nil
}

// resolveOptions are the flags that say whom to ask, and what to trust.
func (o *options) resolveOptions() (resolve.Options, error) {
	how := resolve.Options{Server: o.dnsServer, PublicOnly: o.publicOnly}
	if o.dnsPort != usualDNSPort { // which goes without saying
		how.Port = o.dnsPort
	}
	if o.dnsPort == 0 { // of a configuration: the flag takes none
		return how, usage("Give a port from 1 to 65535.", "the DNS port 0 is no port")
	}
	if o.caFile != "" { // for tls:// alone
		tr, err := signin.Transport(signin.TransportOptions{CAFile: o.caFile, Proxy: "none"})
		if err != nil {
			return how, inputError(err)
		}
		how.TLS = &tls.Config{RootCAs: tr.TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
	}
	if o.trustAnchor == "" {
		return how, nil
	}
	anchors, err := o.anchors()
	if err != nil {
		return how, usage("Give --trust-anchor a file of DS or DNSKEY lines, as in a zone file.", "--trust-anchor: %w", err)
	}
	how.Anchors = anchors
	return how, nil
}

func (o *options) anchors() ([]dns.RR, error) {
	text, err := readBounded(o.trustAnchor, o.in)
	if err != nil {
		return nil, err
	}
	return resolve.ParseAnchors(strings.NewReader(string(text)))
}

func appOf(p flows.Profile) checks.ReportApp {
	return checks.ReportApp{ID: p.ID, Name: p.Name, ClientID: p.ClientID}
}

// exitForDNS gives the exit code of a record's state (product contract).
func exitForDNS(s checks.DNSState) error {
	switch s {
	case checks.DNSOk:
		return nil
	case checks.DNSAbsent, checks.DNSInvalid, checks.DNSAmbiguous, checks.DNSDisagree:
		return &exitError{code: codeBlocked}
	case checks.DNSError:
	}
	return &exitError{code: codeUnknown}
}

// waited pauses; false means that ctx ended first.
func waited(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// says joins what is not empty.
func says(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}
