package main

// Everything that the command line itself says to people.
const (
	sayShort = "Clear the admin approval block of Microsoft 365 for one app, and prove it"

	sayLong = `onboard clears the "Need admin approval" block for one third-party app in one
Microsoft 365 tenant, and proves with Microsoft Graph that it is cleared.

Without a command it is a wizard. It changes nothing before you have seen the
plan and typed your domain. To try it without an account or a network, type

  onboard demo`

	sayAppsLong = `An app profile says what an app asks for and why, how its vendor takes admin
consent, and how users connect. Five are built in; --apps DIR adds more.`

	saySimLong = `sim serves sign-in, Microsoft Graph, DNS and an admin portal for tenants that
exist nowhere else: to rehearse a customer's policy, to train, to test. It
prints one line of JSON when it is ready and serves until it is stopped. In a
browser, https://HOST:PORT/portal is the admin center, and https://HOST:PORT/app
leads to the vendors' apps, where a user presses Connect.

  onboard sim --scenario admins-only --dir /tmp/sim
  onboard check --app hetk --domain contoso.example \
    --login-url https://HOST:PORT --graph-url https://HOST:PORT \
    --portal-url https://HOST:PORT/portal \
    --ca-file /tmp/sim/ca.pem --token-file /tmp/sim/tokens/admin@contoso.example

Its DNS can be in trouble, too: --fault dns-silent, dns-slow=DURATION,
dns-servfail, dns-refused, dns-lame, dns-truncate, dns-disagree=DURATION, and
dns-bogus=KIND, where KIND is signature, expired, early, key, unsigned, denial
or ds, each with ,server=ns1, ns2, all or resolver; and dns-strict, a resolver
that checks signatures and refuses what does not hold.

  onboard sim --scenario dns-signed --fault dns-bogus=expired,server=ns2`

	sayCheckLong = `check looks at the tenant, the account, the app and the consent policies, and
says whether people can connect and, if not, what stops them and whose move it
is. It changes nothing.

Without a sign-in it says what can be seen from outside, which proves nothing.
Exit codes: 0 open and verified, 1 blocked, 2 wrong usage, 3 cannot tell.`

	sayNotKept = "The answer above stands; only the file is missing."
	sayDNSLong = `dns asks every name server of the domain's zone, and the resolver in use, for the
record by which a domain's owner sets a policy for the app, and says who has it,
who has not, and until when an old answer may live on. DNSSEC is checked here.

Where the record is not there it prints what to publish, as the forms of common
DNS hosts want it typed. Exit codes: 0 the record is there, 1 it is absent,
invalid, twice there or not everywhere, 2 wrong usage, 3 it cannot be told.`

	sayDNSResolver = "resolver in use"
	sayDNSHas      = "has the record, and keeps it for %s"
	sayDNSServes   = "has the record (caches keep it for %s)"
	sayDNSOther    = "%s: %s"
	sayDNSNotThere = "nothing there (caches may keep that for %s)"
	sayDNSKeeps    = "nothing there, and may go on saying so for %s"
	sayDNSNothing  = "nothing there"
	sayDNSLeads    = "an alias (CNAME) to %s"
	sayDNSInZone   = ", in the zone %s"
	sayDNSMore     = "and %d more"
	sayDNSShould   = "The record as it should be:"
	sayDNSWhole    = "whole name"
	sayDNSLabel    = "host label"
	sayDNSLabelIn  = " (in the zone %s)"
	sayDNSText     = "text"
	sayDNSSame     = "%s still %s, as above."
	sayDNSNext     = "Looking again in %s. Ctrl-C ends it."

	saySaved   = "Saved in %s: what was read of %s, without people's names, ids and addresses. Names and ids of the\ntenant, of apps and of policies are in it.\n"
	sayFromOld = "As it was read on %s, by onboard %s. Nothing was asked now, so nothing here is proof.\n\n"

	sayUnasked = "unknown  %s more for which nobody is signed in: --sign-in browser, --sign-in az or --token-file\n"
	saySkipped = "skipped  %s that a failure above makes meaningless\n"

	sayStopped  = "stopped before the end; nothing was changed"
	sayOpenThis = "Open this page to sign in:\n%s\n"
	sayBorrowed = "Signing in as Microsoft's own %q: that is the name the tenant's sign-in log will show.\n"

	sayChallenged   = "Microsoft wants you to sign in again before it shows the rest.\n"
	sayNotSatisfied = "That did not come about: %s.\n  %s.\n"

	saySignedInAs  = "Signed in as %s.\n"
	saySignOutLong = `sign-out removes what --keep-sign-in kept in this machine's keychain: the
sign-ins of every account and every app that onboard signed in as. Without it
they stay until Microsoft ends them.

Microsoft is not told: an administrator ends every session of an account with
"Revoke sessions" on its page in the Entra admin center.`
	sayNoSignOut = "Run it where --keep-sign-in was used, as the same person at the same desktop."
	saySignedOut = "No sign-in is kept on this machine.\n"

	sayDeviceCode = "Open %s and type %s (asked for here at %s).\n" +
		"Never type a code that somebody sent you: whoever asked for it is then signed in as you.\n"

	sayNobody        = "nobody is signed in"
	sayNeedsClientID = "needs a client id: the vendor's for this tool, or --client-id"
	sayNoAz          = "the az command is not installed here"
	sayNoTokenFile   = "start with --token-file FILE"

	sayDemoLong = `demo starts the wizard in a simulated tenant inside this program: sign-in, Graph
and an admin portal on loopback, with no network and no account. Keys on the
screen play the admin. With --plain --auto it walks by itself.`

	sayAssumption = "onboard: assumed: %s\n"

	sayApproveMove  = "Accept, as %s"
	sayEnableMove   = "Switch the app on, as %s"
	sayActivateMove = "Activate the app again, as its vendor"
	sayNoReceipts   = "onboard: no receipt of changes can be kept, so nothing could be taken back by one: %s\n"
	sayNotSaved     = "onboard: this run cannot be kept, so it cannot be resumed: %s\n"
	sayHugeWindow   = "onboard: this window says that it is %d×%d; nothing can draw on that, so plain lines follow\n"

	sayHelpOf        = "Type `%s --help` for what there is."
	sayTryHelp       = "Type `onboard --help` for what there is."
	sayInterrupted   = "onboard: interrupted"
	sayNoClientID    = "not published; give it with --app-id"
	sayNeedsUnstated = "The vendor does not publish which permissions the app asks for. Its sign-in asks for"
)
