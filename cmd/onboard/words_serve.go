package main

import "errors"

// What `onboard serve` and `onboard admin` say.
const (
	sayServeLong = `serve serves the wizard over SSH to whoever connects, with limits on what they can
make it spend. Nothing it serves can change a tenant: the customer's admin acts.
It looks from outside, and more closely where somebody signs in to look, which
its configuration decides.

  onboard serve --print-config > serve.yaml
  onboard serve --config serve.yaml --check-config
  onboard serve --config serve.yaml

SIGTERM lets it stop: sessions are told, and what they did is kept.

Where the configuration says so, a start page is served over HTTPS beside SSH, at an
address of its own or at the same port, with the fingerprints of the host keys, and
the wizard in the browser with it. Microsoft's consent page comes back there for the
apps in whose registration that address stands.`

	sayAdminLong = `admin looks after a running server through a socket that its user alone can open.
What it changes is written into the server's log.`

	sayBansLong = `add bans a net (192.0.2.7, 192.0.2.0/24, 2001:db8::/64), a key by its fingerprint
(SHA256:...), or a client by how the name begins that it gives itself
(SSH-2.0-...). Whoever is banned is told why, and until when.

Whoever is there already is told, and their connection ends.

While a key is banned everybody is asked for a key first. Whoever has none still
comes in, but a client that may ask nobody (BatchMode of OpenSSH) does not; and
who hides a banned key is not known by it.`

	sayAuditLong = `audit prints what guides and operators did, in order, and checks the chain of it: each
entry holds the SHA-256 of the one before. With --verify it prints the verdict alone.

What was changed, taken out, put in or moved is found by the chain itself. What was
cut off its end, or written anew from some place on by somebody who can write to the
database, is found by a head alone that you kept elsewhere:

  onboard admin audit --verify --kept SEQ:HASH

A long audit is read on from such a head, which must be there as it was kept. Nothing
before it is checked, and a --kept beside it must not be before it:

  onboard admin audit --verify --after SEQ:HASH

--json prints each entry byte for byte, so that ` + "`sha256sum`" + ` checks it, too.`
	sayInviteLong = `invite makes a code with which one customer begins one case, by typing the address
that is printed. It is printed once: the server keeps only what proves it. What it is
for is told to the customer; the tenant is proposed to them, and stands in the guides'
queue once the case is there, where guides names one organisation alone: with more,
a lead's invitation is what their own guides see. Neither proves anything.`
	sayTypeLasts     = "Type --lasts 48h, or leave it out."
	sayInvitedNow    = "Invitation %s, good once, until %s. The customer types:\n  %s\nIt is not shown again. `onboard admin revoke` and its number take it back.\n"
	sayNoInvitations = "There are no invitations."
	sayInviteRevoked = "Taken back: %s.\n"

	sayAuditKept     = "Type it as `onboard admin audit --verify` printed it: a number, a colon and 64 hexadecimal digits."
	sayAuditCut      = "the server could not be asked for the rest"
	sayAuditTampered = "Keep a copy of the database as it is now, and look who can write to it."

	saySeeConfig = "Type `onboard serve --print-config` for every setting and its default."
	sayLowPort   = "Ports below 1024 need the capability CAP_NET_BIND_SERVICE: `onboard serve --print-unit` prints a unit that has it."
	sayMendBans  = "Mend the file, or move it away: without it nobody is banned."
	sayNoYAML    = "cannot be read as YAML; look for a tag, such as !tag or !!binary, and leave it out"

	sayConfigListen   = "listen %q is no address with a port, such as :22 or 192.0.2.1:2222"
	sayConfigName     = "name %q is no host name that people could type"
	sayConfigPath     = "%s: %q is no absolute path"
	sayConfigNet      = "trustedProxies: %q is no net, such as 10.0.0.0/24"
	sayConfigRedirect = "  Microsoft's consent page comes back to %s, which must be registered as a redirect URI of: %s.\n"
	sayNoSuchApp      = "%s: there is no app %q"
	sayAppNoID        = "%s: the profile of %q has no client id, so nobody can say whose registration is meant"
	saySeeApps        = "Type `onboard apps` for the apps that there are; apps in the configuration names a folder with more."
	sayAppNoIDDo      = "Put the clientId into the profile, or leave the app out."
	sayProbeOne       = "probes: app %q needs one of secretFile and certFile"
	sayProbeTwice     = "probes: app %q is named twice"
	sayProbeSame      = "probes: the apps %q and %q have one client id; name one of them"
	sayProbeNoFile    = "the credential %s is no regular file"
	sayProbeOpen      = "others can read the credential %s (mode %04o): chmod o-rwx it"
	sayProbeOther     = "Nobody asks with the credential of this app here."
	sayProbeBusy      = "Many ask with the vendor's credential just now; it is asked again by itself."

	sayWebListen     = "web.listen %q is no address with a port, such as :443 or 192.0.2.1:8443"
	sayACMEBoth      = "web.acme and web.cert with web.key are both set: the certificate comes from one of them"
	sayACMENoHost    = "web.acme.hosts is empty: name the hosts that a certificate is for"
	sayACMEPort      = "web.port is %d, and an authority looks at port 443 alone (TLS-ALPN-01): leave web.acme out, or be reached at 443"
	sayACMEName      = "web.name %q is not in web.acme.hosts, so there would be no certificate for it"
	sayACMEAddress   = "web.acme.hosts: %s is an address; a certificate by ACME is for a host name here"
	sayACMEHost      = "web.acme.hosts: %q is no host name that an authority could look at, such as onboard.example"
	sayACMEEmail     = "web.acme.email %q is no e-mail address, such as it@contoso.example"
	sayACMEDirectory = "web.acme.directory is no https address of an authority's directory"
	sayConfigACME    = "  Its certificates are for %s, by ACME from %s.\n"

	sayWebTaken     = "web.listen is where SSH listens: leave it out, and write web.samePort: true"
	sayWebUnheard   = "web.%s is set, and web.listen is empty and web.samePort not true: nothing would be served there"
	sayWebName      = "web.name %q is no host name as browsers write it, such as onboard.example; where it is left out, name stands for it"
	sayWebNoCert    = "web.%s is empty: the door in the browser speaks HTTPS alone, with web.cert and web.key, or with web.acme"
	sayMetrics      = "metrics %q is no address with a port, such as 127.0.0.1:9464"
	sayMetricsOpen  = "metrics %q is an address that the public may reach: name a loopback or private one"
	sayConfigTimes  = "keep must be an hour or more, and drain more than nothing"
	sayConfigProxy  = "microsoft.proxy: write none, or the proxy's address; the environment is not asked"
	sayConfigWord   = "%s is %q; write %s"
	sayConfigWays   = "signIn.ways names each way once, and device last"
	sayConfigClient = "signIn.clientId %q is no client id, as in 00000000-0000-0000-0000-000000000000"
	sayConfigBorrow = "signIn.clientId is Microsoft's own %q: customers' sign-in logs would name that tool; register one of your own"
	sayConfigSignIn = "  People may sign in to look, by: %s.\n"
	sayConfigNoID   = "  Nobody can sign in to look: signIn.clientId is empty, and no app's profile has an onboardClientId.\n"
	sayNotThisWay   = "That way to sign in does not exist here."
	sayReadOnly     = "Nobody signs in here for more than to look."
	sayManySignIns  = "Too many sign-ins were begun here just now, from your address or from all together. Wait a minute, then try again."
	sayMoreThanLook = "Microsoft's answer lets this server do more than look (%s), so it was thrown away: the server's client id was once given more in your tenant. Its operator needs a registration that never was."
	sayUnreadToken  = "it cannot be read what"
	sayBorrowedHere = "The client id that this app's description names is Microsoft's own %q: nobody signs in with it here."
	sayConfigLimit  = "limits.%s must be more than nothing"
	sayConfigWindow = "limits.width and limits.height: 500 and 200 is the most that is drawn"
	sayConfigOrder  = "limits: bytesBurst must hold a paste, and warning come before idle and total"
	sayPlaceNoDir   = "%s is no folder, and something is to be kept there"
	sayPlaceLocked  = "nothing can be kept in %s: %w"
	sayStateOpen    = "the state folder %s is open to others (mode %04o): chmod 700 %s"

	sayGuidesName   = "%s must be a name of up to 60 signs, without any that cannot be seen"
	sayGuidesNobody = "revoked, securityKeys or answers is set, and nobody is a guide: name authorities or keys"
	sayConfigGuides = "  The support console is for: %s.\n"
	sayGuidesOf     = "guides with a certificate of %s"
	sayGuidesKeys   = "guides whose key is listed (%d)"
	sayMendAnswers  = "Mend what it names, or take it out of the folder."
	sayMendGuides   = "Mend the file: until it can be read, nobody is a guide."

	sayConfigFine  = "The configuration is fine: it listens at %s as %s, and keeps everything in %s.\n"
	sayConfigCases = "cases is neither the absolute path of a file nor a URL that begins with postgres://"
	sayConfigKept  = "  Cases are kept in %s.\n"
	sayConfigNamed = "  All servers of that database must have the same name: by it receipts of guided sessions are genuine.\n"
	sayConfigDoor  = "  The door in the browser: %s, at %s.\n"
	sayConfigAnd   = " and "
	sayConfigSame  = "  SSH and TLS answer there at the same port.\n"
	sayKeyMade     = "onboard: a host key was made: %s\n  Its fingerprint, to be published where customers find it: %s\n  `ssh fingerprint@%s` shows it in every form.\n"

	sayUnaskedServed = "unknown  %s more for which somebody signs in: onboard on a machine of your own does that\n"

	sayNotPublic = "this domain leads to an address that is not on the public internet, and what is served here looks at public domains alone; onboard on a machine of your own looks at it"

	sayNoFiles        = "no files are read here"
	sayFilesElsewhere = "onboard on a machine of your own reads them."

	sayAdminNoSocket = "%s is there, and is no socket"
	sayAdminTaken    = "a server answers at %s already"
	sayAdminWhere    = "Is it running, and are you its user? --config FILE or --socket PATH say where its socket is."
	sayAdminBroken   = "that was no request"
	sayAdminUnknown  = "nothing is called %q here"
	sayNoSuchBan     = "nobody is banned as %q"
	sayNoBans        = "Nobody is banned."
	sayUntilLifted   = "until lifted"
	sayBanAdded      = "Not served any more: %s %s.\n"
	sayBanNotYet     = "Not everywhere yet: %s.\n"
	sayBanLifted     = "Served again: %s.\n"
)

// errNoInvitation says the same of an invitation.
var errNoInvitation = errors.New("the server gave no invitation")

// errNoStatus says that a server answered without what was asked for.
var errNoStatus = errors.New("the server gave no status")
