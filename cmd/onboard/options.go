package main

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"onboard.example/checks"
	"onboard.example/checks/signin"
)

// options are the flags that commands share, with the process they run in.
type options struct {
	world
	app       string
	appID     string
	handoff   string
	domain    string
	user      string
	cloud     string
	clientID  string
	appsDir   string
	json      bool
	plain     bool
	noColor   bool
	loginURL  string
	graphURL  string
	portalURL string
	dnsServer string
	dnsPort   uint16
	// trustAnchor is a file of DS or DNSKEY lines, for private roots.
	trustAnchor string
	caFile      string
	tokenFile   string
	tokenMade   func() error // of a demo: the token file is there when it returns
	signIn      string
	proxy       string
	// keepSignIn keeps a sign-in in the keychain, and takes up the one there.
	keepSignIn bool
	share      string // host of a server by which the wizard's run is shared
}

// flags are some of the shared flags: those of one matter. A command declares
// the matters it has to do with, so that none takes a flag and does nothing.
type flags func(*options, *pflag.FlagSet)

func flagsOfApp(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.app, "app", "", "the app, by its id (see `onboard apps`)")
	f.StringVar(&o.appID, "app-id", "", "the app's client id, where its profile has none")
	flagsOfApps(o, f)
}

func flagsOfApps(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.appsDir, "apps", "", "folder with more app profiles")
}

func flagsOfTenant(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.domain, "domain", "", "the organisation's domain, such as contoso.example")
	f.StringVar(&o.user, "user", "", "one person to ask about, by their user principal name (such as user@contoso.example) or object id; left out: an ordinary user")
}

func flagsOfCloud(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.cloud, "cloud", "", "which cloud: public, gcc, gcc-high, dod or china; left out: found by the domain")
}

func flagsOfSignIn(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.clientID, "client-id", "", "client id with which onboard itself signs in")
	f.StringVar(&o.signIn, "sign-in", "", "how to sign in: none, browser, az, device, or, in the wizard alone, link; left out: none for check; the wizard asks, and offers this one first; with none it does not ask")
	f.StringVar(&o.tokenFile, "token-file", "", "file with a Graph access token, or - for standard input")
	f.BoolVar(&o.keepSignIn, "keep-sign-in", false, "keep the sign-in in this machine's keychain, and take up the one kept there (see `onboard sign-out`)")
}

func flagsOfJSON(o *options, f *pflag.FlagSet) {
	f.BoolVar(&o.json, "json", false, "print JSON on standard output")
}

func flagsOfScreen(o *options, f *pflag.FlagSet) {
	f.BoolVar(&o.plain, "plain", false, "plain lines instead of a screen")
	f.BoolVar(&o.noColor, "no-color", false, "no colours")
}

func flagsOfHosts(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.loginURL, "login-url", "", "address of a sign-in service in place of Microsoft's, such as a simulator's")
	f.StringVar(&o.graphURL, "graph-url", "", "address of a Graph in place of Microsoft's")
	f.StringVar(&o.portalURL, "portal-url", "", "address to which links lead in place of Microsoft's admin center, such as the portal of a simulator; with --login-url or --graph-url")
	f.StringVar(&o.proxy, "proxy", "", "proxy to go through, http:// or socks5://; none: no proxy; left out: as the environment says")
}

func flagsOfDNS(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.dnsServer, "dns-server", "", "name server to ask instead of the system's, as address or address:port; for dns also as tcp://address or tls://host")
	o.dnsPort = usualDNSPort
	f.Var((*port)(&o.dnsPort), "dns-port", "port at which authoritative name servers listen; left out: 53, and on this machine the port of --dns-server")
	f.StringVar(&o.trustAnchor, "trust-anchor", "", "file of DS or DNSKEY lines to trust instead of the root's keys, for DNSSEC under a private root")
	f.StringVar(&o.caFile, "ca-file", "", "file with further certificate authorities to trust (PEM)")
}

// flagsOfDemo are what is left of the ways to sign in: the token that the demo
// makes itself, or none.
func flagsOfDemo(o *options, f *pflag.FlagSet) {
	f.StringVar(&o.signIn, "sign-in", "", "none: do not sign in; left out: as the scenario's admin")
}

// everything is for the commands that ask Microsoft about an app in a tenant.
func everything() []flags {
	return []flags{flagsOfApp, flagsOfTenant, flagsOfCloud, flagsOfSignIn, flagsOfJSON, flagsOfScreen, flagsOfHosts, flagsOfDNS}
}

// usualDNSPort is where name servers listen.
const usualDNSPort = 53

// unheard takes flags without showing them: a command that asks less than the
// others can be started with the same words as they.
func unheard(which ...flags) flags {
	return func(o *options, f *pflag.FlagSet) {
		quiet := pflag.NewFlagSet("", pflag.ContinueOnError)
		for _, declare := range which {
			declare(o, quiet)
		}
		quiet.VisitAll(func(one *pflag.Flag) { one.Hidden = true })
		f.AddFlagSet(quiet)
	}
}

// with declares flags on a command, and on those below it.
func (o *options) with(cmd *cobra.Command, which ...flags) *cobra.Command {
	for _, declare := range which {
		declare(o, cmd.PersistentFlags())
	}
	return cmd
}

// mostUser bounds a person's address, in bytes: Entra's own bound is 113
// characters, and a guest's holds another one.
const mostUser = 256

// validUser refuses what names nobody, before it stands in an address.
func (o *options) validUser() error {
	o.user = strings.TrimSpace(o.user)
	at := strings.LastIndex(o.user, "@")
	switch {
	case o.user == "" || checks.IsGUID(o.user):
		return nil
	case len(o.user) > mostUser, at < 1, strings.HasPrefix(o.user, "$"),
		o.user != checks.Line(o.user, mostUser), strings.ContainsAny(o.user, " /\\?\uFFFD"):
		return usage("Type the address that they sign in with, such as user@contoso.example, or their object id.", "--user %q names nobody", checks.Line(o.user, 80))
	}
	if _, err := signin.ParseDomain(o.user[at+1:]); err != nil {
		return usage("Type the address that they sign in with, such as user@contoso.example, or their object id.", "--user %q names nobody", checks.Line(o.user, 80))
	}
	return nil
}

// signInWays are the values of --sign-in.
var signInWays = []string{"none", "browser", "link", "device", "az"}

// byLink refuses a sign-in by link to a command, which has nowhere to paste what comes
// of it.
func (o *options) byLink() error {
	if o.signIn != "link" {
		return nil
	}
	return usage("Type --sign-in browser, --sign-in az or --sign-in device; or `onboard --sign-in link` for the wizard.", "--sign-in link wants an address pasted back, and a command reads none")
}

// validate refuses flags that cannot be meant, before anything is asked.
func (o *options) validate() error {
	if o.cloud != "" {
		if _, ok := checks.EndpointsOf(checks.Cloud(o.cloud)); !ok {
			return usage("Type one of: public, gcc, gcc-high, dod, china.", "no cloud %q", o.cloud)
		}
	}
	if o.signIn != "" && !slices.Contains(signInWays, o.signIn) {
		return usage("Type one of: "+strings.Join(signInWays, ", ")+".", "no way to sign in called %q", o.signIn)
	}
	if err := o.validUser(); err != nil {
		return err
	}
	if o.clientID != "" && !checks.IsGUID(o.clientID) {
		return usage("Type it as it stands in the registration: 00000000-0000-0000-0000-000000000000.", "--client-id %q is no client id", o.clientID)
	}
	if o.tokenFile != "" && o.signIn != "" {
		return usage("Leave out one of the two.", "--token-file and --sign-in exclude each other")
	}
	if o.keepSignIn && (o.tokenFile != "" || o.signIn == "none" || o.signIn == "az") {
		return usage("Leave out one of the two.", "--keep-sign-in keeps a sign-in by browser, link or device code, and there is none with %s", cmp.Or(o.signIn, "--token-file"))
	}
	for _, one := range []struct{ flag, value string }{{"--login-url", o.loginURL}, {"--graph-url", o.graphURL}, {"--portal-url", o.portalURL}} {
		if one.value == "" {
			continue
		}
		u, err := url.Parse(one.value)
		if err == nil && u.User != nil { // a password may stand in it, so none of it is repeated
			return usage("Type the address alone, such as https://127.0.0.1:8443.", "%s holds a user name, which is never sent there", one.flag)
		}
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return usage("Type the address alone, such as https://127.0.0.1:8443.", "%s %q is no https address", one.flag, one.value)
		}
	}
	o.loginURL, o.graphURL, o.portalURL = strings.TrimRight(o.loginURL, "/"), strings.TrimRight(o.graphURL, "/"), strings.TrimRight(o.portalURL, "/")
	if o.portalURL != "" && o.service() == "" { // links to Microsoft's tenants lead to Microsoft
		return usage("Type --login-url and --graph-url of the same service as well.", "--portal-url is not Microsoft's, and it is Microsoft that is asked")
	}
	return nil
}
