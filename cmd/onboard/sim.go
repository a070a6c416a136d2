package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/checks/sim"
)

// simFlags are the flags of `onboard sim`, and those that `demo` shares.
type simFlags struct {
	listen, dns, dir, scenario, scenarios string
	latency, rtt                          time.Duration
	faults, register                      []string
	dnsSign                               bool
	seed                                  uint64
	autoApprove                           string
	picture                               string // demo only
	list, log, print                      bool
}

func newSim(o *options) *cobra.Command {
	var f simFlags
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated Microsoft on loopback",
		Long:  saySimLong,
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runSim(cmd.Context(), o, f) },
	}
	fs := cmd.Flags()
	fs.StringVar(&f.listen, "listen", "127.0.0.1:0", "address for HTTPS")
	fs.StringVar(&f.dns, "dns", "127.0.0.1:0", "address for DNS, UDP and TCP")
	fs.StringVar(&f.dir, "dir", "", "folder for ca.pem and tokens; left out: one that is removed at the end")
	fs.StringVar(&f.scenario, "scenario", "managed-default", "what to simulate: a name of --list, a FILE.yaml, or a FILE.json that check --save wrote")
	fs.StringVar(&f.scenarios, "scenarios", "", "folder with scenario files in place of the built-in ones")
	fs.DurationVar(&f.latency, "latency", 0, "delay of every HTTPS answer, such as 60ms")
	fs.DurationVar(&f.rtt, "rtt", 0, "round-trip time of a slow network in front, TCP and TLS included, such as 60ms")
	fs.StringArrayVar(&f.faults, "fault", nil, "faults to add, such as 429:0.2,503:0.05,slow, throttle=4,retry-after=1s or dns-lame,server=ns1; may be repeated")
	fs.BoolVar(&f.dnsSign, "dns-sign", false, "sign every zone of the DNS; the trust anchor is in the ready line")
	fs.Uint64Var(&f.seed, "seed", 1, "ids and codes repeat for equal seeds")
	fs.StringArrayVar(&f.register, "register", nil, "CLIENTID, CLIENTID:SECRET or CLIENTID:@CERTIFICATE.pem of an app that the tenant owns, with everything consented; CLIENTID=SCOPE,SCOPE with these of Microsoft Graph alone")
	fs.StringVar(&f.autoApprove, "auto-approve", "", "answer sign-ins and device codes at once as this user")
	fs.BoolVar(&f.list, "list", false, "list the scenarios")
	fs.BoolVar(&f.print, "print", false, "print the scenario as a file, and do nothing else")
	fs.BoolVar(&f.log, "log", false, "log requests on standard error, without secrets")
	return cmd
}

func runSim(ctx context.Context, o *options, f simFlags) error {
	if f.list {
		return listScenarios(o, f)
	}
	if f.print {
		return printScenario(o, f)
	}
	for _, addr := range []string{f.listen, f.dns} {
		if err := loopbackOnly(addr); err != nil {
			return err
		}
	}
	s, err := sim.Start(ctx, f.options(o))
	if err != nil {
		return usage("See `onboard sim --list` and `onboard sim --help`.", "%w", err)
	}
	sayAssumed(o, s.Scenario())
	if err = s.Settle(); err == nil {
		err = json.NewEncoder(o.out).Encode(s.Ready())
	}
	if err != nil {
		_ = s.Close()
		return fmt.Errorf("print the ready line: %w", err)
	}
	<-ctx.Done()
	return s.Close()
}

// options carries the flags over to the simulator.
func (f simFlags) options(o *options) sim.Options {
	so := sim.Options{
		Listen: f.listen, DNS: f.dns, DNSSign: f.dnsSign, Dir: f.dir, Scenario: f.scenario, Latency: f.latency, RTT: f.rtt,
		Faults: f.faults, Seed: f.seed, Register: f.register, AutoApprove: f.autoApprove,
		Logger: slog.New(slog.DiscardHandler),
	}
	switch ext := filepath.Ext(f.scenario); {
	case f.scenarios != "":
		so.Scenarios = os.DirFS(f.scenarios)
	case ext == ".json" || ext == ".yaml":
		dir, name := filepath.Split(f.scenario)
		so.Scenarios, so.Scenario = os.DirFS(cmp.Or(dir, ".")), strings.TrimSuffix(name, ".yaml")
	}
	if f.log {
		so.Logger = slog.New(slog.NewTextHandler(o.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return so
}

// printScenario writes what would be served as a file of its own.
func printScenario(o *options, f simFlags) error {
	so := f.options(o)
	sc, err := sim.LoadScenario(so.Scenarios, so.Scenario)
	if err != nil {
		return usage("See `onboard sim --list` and `onboard sim --help`.", "%w", err)
	}
	text, err := sc.YAML()
	if err != nil {
		return err
	}
	sayAssumed(o, sc)
	if _, err := o.out.Write(text); err != nil {
		return fmt.Errorf("print the scenario: %w", err)
	}
	return nil
}

// sayAssumed tells people what a saved snapshot could not say.
func sayAssumed(o *options, sc *sim.Scenario) {
	for _, note := range sc.Assumed {
		_, _ = fmt.Fprintf(o.err, sayAssumption, checks.Line(note, 400))
	}
}

// loopbackOnly refuses to serve a pretended Microsoft to a network: its
// passwords are public and its pages look real.
func loopbackOnly(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usage("Type an address with a port, such as 127.0.0.1:8443.", "%q is no address", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage("Type 127.0.0.1 or [::1].", "%q is not on this machine alone, and a simulated Microsoft must not be", addr)
	}
	return nil
}

func listScenarios(o *options, f simFlags) error {
	var files fs.FS
	if f.scenarios != "" {
		files = os.DirFS(f.scenarios)
	}
	all, err := sim.Scenarios(files)
	if err != nil {
		return usage("Mend the scenario files.", "%w", err)
	}
	if o.json {
		type line struct {
			Name  string `json:"name"`
			Title string `json:"title"`
			About string `json:"about"`
		}
		lines := make([]line, len(all))
		for i, s := range all {
			lines[i] = line{s.Name, s.Title, s.About}
		}
		return json.NewEncoder(o.out).Encode(map[string]any{"schema": "onboard/scenarios/1", "scenarios": lines})
	}
	tw := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
	for _, s := range all {
		_, _ = fmt.Fprintf(tw, "%s\t%s\n", s.Name, s.About)
	}
	return tw.Flush()
}
