package ssh

// Everything that the service itself says to people: to clients, and to whoever
// starts it.
const (
	sayNoHostKey     = "no host key is named"
	sayManyHostKeys  = "%d host keys are named, and %d is the most"
	sayHostKeyTwice  = "it is named twice, under another name"
	sayHostKeyLarge  = "it is too large to be a key"
	sayHostKeyLocked = "it is locked with a passphrase; a server has nobody to ask for it"
	sayHostKeyBroken = "it is no private key"
	sayHostKeyKind   = "it is an %s key; make an ed25519 one: ssh-keygen -t ed25519 -N ''"
	sayHostKeyNoFile = "it is no regular file"
	sayHostKeyOpen   = "others can read it (mode %04o): chmod 600 %s"
	sayHostDirOpen   = "others can write into %s (mode %04o): chmod go-w it"

	sayKeys       = "Host keys of this server, ed25519:"
	sayKeyInUse   = "in use"
	sayKeyToCome  = "to follow"
	sayKnownHosts = "For a known_hosts file:"
	saySSHFP      = "For the DNS (worth something where the zone is signed):"
	sayTrust      = "What a server says of itself proves nothing: compare it with what the vendor publishes elsewhere."

	sayLimits           = "Limits:"
	sayLimitConnections = "connections: %d of one address (IPv6: one /64) at once, %g a second, %d after a pause"
	sayLimitSessions    = "sessions: %d of one connection"
	sayLimitTime        = "time: %s to log in, %s without a key, %s in all"
	sayLimitWindow      = "window: drawn up to %d columns and %d rows"
	sayLimitInput       = "input: pastes of %d KiB, %d KiB a second, %d keys a second"

	sayFull         = "The server is full. Please try again in a few minutes."
	sayBusy         = "The server is busy with others who log in. Please try again in a moment."
	sayTooFast      = "Too many connections from your address in a short time. Please wait a few seconds."
	sayTooMany      = "Too many connections from your address at once. Please close one of them."
	sayManySessions = "too many sessions on one connection"
	sayDraining     = "The server is about to stop. Please connect again in a minute."
	sayBanned       = "Your connection is not served here. Reason: %s"
	sayBannedUntil  = "Your connection is not served here until %s. Reason: %s"

	sayBanReason = "a ban needs a reason, which is what they are told"
	sayBanKey    = "%q is no fingerprint of a key; they look like SHA256: and 43 signs"
	sayBanClient = "%q is no name of a client; they begin with SSH-2.0-"
	sayBanKind   = "no kind of ban is called %q; there are net, key and client"
	sayBanNet    = "%q is no address and no net of /8 or smaller"
	sayBanOver   = "that time is over already"
	sayManyBans  = "there are %d bans already; lift some first"

	sayKept      = "Kept as case %s. If the connection breaks, %s goes on here. That code is yours alone; the help (F1) shows it again."
	sayKeptPlain = "Kept as case %s. If the connection breaks, %s goes on here. That code is yours alone."
	sayGoOn      = "To go on: %s"
	sayNoConsole = "The support console is not served here. Without a user name this is the wizard."
	sayNoStore   = "The server cannot keep cases just now. Nothing was begun. Please try again later."
	saySorry     = "Sorry: the server made a mistake, and this session has ended. It was not your fault."

	saySorryCase = "If you write to support about it, name fault %s, case %s."
	sayLookBroke = "the server made a mistake while it looked; that is its fault, and says nothing of your tenant"
	sayTotalSoon = "This session ends in %s: it has lasted as long as one may. Everything is saved; you can come straight back."
	sayIdleSoon  = "Nobody has typed for a while: this session ends in %s. Press any key to stay."
	sayDrainSoon = "The server stops in a moment, for maintenance. Everything is saved; please leave and connect again."
	sayIdle      = "Nobody typed for a while, so the session was ended."
	sayTotal     = "The session has lasted as long as one may."
	sayFlood     = "More came in than anybody types, so the session was ended."
	sayDrained   = "The server stops, for maintenance. Please connect again in a minute."
	sayTaken     = "This case was opened in another window, and goes on there."

	sayCommandSigns = "the command holds signs that no command has"
	sayCommandNone  = "no command was given"
	sayCommandLong  = "the command has too many words"
	sayNoCommand    = "%q is not a command here, and there is no shell"
	sayNoFlag       = "%q is no flag of `%s` here: what names servers, files, addresses or ways to sign in works on your own machine alone"
	sayFlagValue    = "%s takes no value"
	sayFlagEmpty    = "%s needs a value"
	sayManyWords    = "%q is one word too many for `%s`"
	sayManyCommands = "too many commands run just now; please try again in a moment"
	sayTryHelp      = "Type `%s help` for what there is."
	sayStatusUsage  = "Type `status CODE`, with the resume code of a case."
	sayStatus       = "Case %s: %s; %s, %s."

	sayHelp = `ssh HOST                the wizard
ssh why@HOST            why somebody is blocked, and whose move it is
ssh plain@HOST          the wizard on plain lines, for screen readers
ssh CODE@HOST           goes on with a case, by its resume code
ssh fingerprint@HOST    how to know that this server is genuine
ssh HOST check --app ID --domain D --json     all checks once, from outside
ssh HOST dns D --app ID --json                the app's policy record in the DNS
ssh HOST apps list | apps show ID             the apps it knows
ssh HOST status CODE --json                   where a case is
ssh HOST version`
)
