package signin

// Every text of this room that a person may read.

// Inputs.
const (
	wordsProxyBad    = "the proxy is not an address"
	wordsProxyScheme = "the proxy's scheme %q is not known"
	wordsProxyDo     = "give --proxy http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, or none for no proxy"

	wordsCAFile   = "the CA file %q cannot be used: %s"
	wordsCAFileDo = "give --ca-file a PEM file with the certificate of the authority to trust (-----BEGIN CERTIFICATE-----)"
	wordsCABroken = "its block %d is not a certificate that can be read"
	wordsCAOther  = "it holds a %s and no certificate"
	wordsCANone   = "it holds no certificate"

	wordsFileEmpty     = "it is empty"
	wordsFileMissing   = "there is no such file"
	wordsFileForbidden = "you may not read it"
	wordsFileFolder    = "it is a folder"
	wordsFileLarge     = "it is far too large"

	wordsCloudBad   = "no cloud is called "
	wordsCloudDo    = "give --cloud public, gcc, gcc-high, dod or china"
	wordsLoginBad   = "the login URL is not an address"
	wordsLoginHTTPS = "the login URL must begin with https://"
	wordsLoginDo    = "give --login-url https://HOST or https://HOST:PORT"
	wordsLoginToken = "the login URL contains the word token, which the sign-in library cannot handle for device codes"
	wordsLoginTokDo = "use another name for that host, or sign in with the browser"

	wordsClientNone = "there is no client id to sign in with"
	wordsClientBad  = "%q is not a client id"
	wordsClientDo   = "give --client-id with the vendor's own registration for this tool (onboardClientId in the app's profile)." +
		" To borrow Microsoft Graph Command Line Tools instead, give --client-id " + GraphCommandLineTools +
		": your tenant's sign-in log will then name that tool of Microsoft's and not this one, and each scope needs consent for it"
	wordsTenantBad = "the tenant is neither an id nor a domain: "
	wordsTenantDo  = "give the tenant's id or one of its domains, such as contoso.com"

	wordsKeepNone   = "a sign-in cannot be kept on this machine: "
	wordsKeepDo     = "leave out --keep-sign-in: the sign-in then lasts as long as this program"
	wordsKeepFailed = "the keychain did not take part: "
	wordsKeepBuild  = "this build of onboard reaches no keychain (on macOS that needs a build with cgo)"
	wordsKeepNoBus  = "no desktop session with a keyring is here (%w)"
	keepName        = "onboard.example" // of the entry in the keychain, as is keepLabel
	keepLabel       = "sign-in to Microsoft 365"

	wordsTokenFile   = "the token file %q cannot be used: %s"
	wordsTokenStdin  = "the token on standard input cannot be used: %s"
	wordsTokenDo     = "give the access token alone, or what this prints: az account get-access-token --resource-type ms-graph -o json"
	wordsTokenSpaces = "there are spaces or line breaks within the token"
	wordsTokenShape  = "it holds nothing that looks like a token"
	wordsTokenJSON   = "it is JSON without accessToken"
	wordsTokenCut    = "the token looks cut off"
)

// What is pasted at the end of a sign-in by link. None of it is repeated.
const (
	wordsPasteDo      = "copy the whole address from your browser's address bar when it ends on the page that cannot be shown"
	wordsPasteLarge   = "that is far longer than any such address"
	wordsPasteEmpty   = "nothing was pasted"
	wordsPasteNothing = "there is no answer of Microsoft's in that: it would hold code= and state="
	wordsPasteLink    = "that is the link itself, not where it leads"
	wordsPasteLinkDo  = "open it in your browser, sign in there, then copy the address that your browser ends on"
	wordsPastePage    = "that is the address of Microsoft's page, and the sign-in is not done there yet"
	wordsPastePageDo  = "go on in that page until your browser ends on http://localhost, then copy that address"
	wordsPasteSeveral = "several answers are in that"
	wordsPasteOther   = "that address is of another sign-in, not of the one begun here"
	wordsPasteOtherDo = "open the link shown here, now, and copy the address that it ends on; an address that somebody sent you does not belong here"
	wordsPasteHalf    = "that address is not whole: its end, with the state, is missing"
	wordsPasteNoCode  = "the code in that address is missing or damaged"
	wordsPasteTwice   = "an address was taken already, and works once"
	wordsPasteTwiceDo = "wait for what Microsoft says, or begin again for a new link"
	wordsPasteOver    = "the sign-in that this address belongs to is over"
	wordsPasteOverDo  = "begin again for a new link"
	wordsPasteError   = "that is the text of an error page: AADSTS"

	wordsPasteRefusal   = "that is a refusal which does not say of which sign-in, so this one goes on; it means: "
	wordsPasteRefusalDo = "if this sign-in led to it, stop it and then: "
)

// Answers and connections.
const (
	wordsSeenUnknown = "no such tenant in this cloud (invalid_tenant)"
	wordsRefused     = "the sign-in host refused with status "
	wordsNoIssuer    = "the answer names no tenant as Microsoft's does"
	wordsNoRealm     = "the answer names no kind of domain as Microsoft's does"
	wordsThrottled   = "the sign-in host asks to slow down"
	wordsService     = "the sign-in host has a fault of its own"
	wordsRedirected  = "a redirect came instead of an answer: often a network's own log-in page"
	wordsHTML        = "a web page came instead of an answer: often a network's own log-in page or a proxy"
	wordsEmptyAnswer = "the answer was empty"
	wordsBrokenJSON  = "the answer is not the JSON it should be; something between may have changed it or cut it off"
	wordsTooLarge    = "the answer is far larger than Microsoft's ever are"
	wordsStopped     = "stopped before there was an answer"

	wordsTLSIssuer  = "its certificate is signed by %q, which this machine does not trust: often a company's TLS inspection"
	wordsTLSUnknown = "its certificate is not trusted by this machine: often a company's TLS inspection"
	wordsTLSName    = "its certificate is for another name: often a network's own log-in page"
	wordsTLSClock   = "its certificate has expired or is not valid yet: check this machine's clock"
	wordsTLSPlain   = "it does not speak TLS"

	wordsProxyAuth    = "the proxy asks for a user name and password"
	wordsProxyDown    = "the proxy does not answer"
	wordsNoName       = "this name does not resolve here"
	wordsNoDNS        = "the DNS resolver of this machine does not answer"
	wordsNoAnswer     = "no answer in time"
	wordsCutOff       = "the connection was cut off"
	wordsNoConnection = "no connection"
	wordsConnection   = "the connection failed: "

	wordsNobody    = "nobody signed in"
	wordsClaimsBad = "the claims challenge is not JSON"
	wordsAudience  = "the token is for "
	wordsDecoded   = "decoded here, its signature not checked: it is what we hold, not proof of anything"
	wordsOpaque    = "opaque: it cannot be read here"
)

// words are what to say of a cause, and the next move.
type words struct{ say, do string }

// wordsFor gives the words of a cause.
func wordsFor(c Cause) words {
	if w, ok := causeWords[c]; ok {
		return w
	}
	return causeWords[CauseOther]
}

var causeWords = map[Cause]words{
	CauseDeclined: {
		"the sign-in was declined, or left at Microsoft's wall: both come back alike",
		"try again and accept; if the page said \"Need admin approval\", an administrator must sign in, or go on without signing in",
	},
	CauseAdminNeeded: {
		"this tool's own app needs an administrator's approval in this tenant before you can sign in to it",
		"sign in as a Cloud Application Administrator, Application Administrator or Global Administrator, or go on without signing in: open the consent link, or use az or a token",
	},
	CauseConsent: {
		"there is no consent yet for what is asked",
		"sign in again in the browser and accept; where that shows \"Need admin approval\", an administrator must",
	},
	CauseAssignment: {
		"this tool's app may be used here only by people assigned to it, and this account is not",
		"have the account assigned in Enterprise apps, under Users and groups, or sign in as somebody who is",
	},
	CausePolicy: {
		"a Conditional Access policy or security default of this tenant forbids this sign-in",
		"sign in from a place and device that the policy accepts; the sign-in log names the policy",
	},
	CauseRestricted: {
		"this network, your own organization or this tenant does not let your account sign in here",
		"sign in with an account of the tenant itself, or from another network; whoever runs the network or the two tenants can allow it (tenant restrictions, cross-tenant access)",
	},
	CauseDeviceCode: {
		"a policy of this tenant forbids signing in by device code",
		"sign in with the browser of a managed device instead, or use az or a token from there",
	},
	CauseDevice: {
		"this tenant asks for a managed or compliant device",
		"sign in from a device that your organization manages",
	},
	CauseMFA: {
		"Microsoft asks for more proof of who you are",
		"sign in again in the browser and complete the extra step",
	},
	CausePublicFlow: {
		"the app registration of this client id does not allow public clients",
		"the vendor switches on \"Allow public client flows\" and registers http://localhost under Mobile and desktop applications",
	},
	CauseUnknownApp: {
		"Microsoft does not know this client id in this tenant and cloud",
		"check --client-id and --cloud; an app registered in the public cloud does not exist in the others, and a single-tenant app not in other tenants",
	},
	CauseAppSetup: {
		"the app registration of this client id does not fit",
		"the vendor registers it for several tenants, with http://localhost as redirect under Mobile and desktop applications",
	},
	CauseAppDisabled: {
		"the app behind this client id is disabled in this tenant",
		"an administrator enables it in Enterprise apps, under Properties, or give another --client-id",
	},
	CauseUnknownTenant: {
		"Microsoft does not know this tenant in this cloud",
		"check the domain and --cloud",
	},
	CauseOtherTenant: {
		"this account does not belong to the tenant: it is from another organization, or a personal one",
		"sign in with a work or school account of the tenant",
	},
	CauseOtherPerson: {
		"another account signed in than before",
		"choose the same account again, or start over to change it",
	},
	CauseAccount: {
		"Microsoft does not accept this account: unknown, disabled or locked, or the password is out of date",
		"check the user name and password on Microsoft's page, or ask your administrator",
	},
	CauseSessionEnded: {
		"the sign-in has ended: it expired or was revoked",
		"sign in again",
	},
	CauseTokenExpired: {
		"the token has expired",
		"get a new one: az account get-access-token --resource-type ms-graph -o json",
	},
	CauseTokenEarly: {
		"the token is not valid yet: this machine's clock, or that of the machine it came from, is wrong",
		"set the clock, then get a new token",
	},
	CauseTokenOther: {
		"the token is for another API than Microsoft Graph",
		"get one for Microsoft Graph: az account get-access-token --resource-type ms-graph -o json",
	},
	CauseFixed: {
		"a token that was handed over cannot be renewed or widened here",
		"get a new token with what is missing, or sign in with the browser",
	},
	CauseScopes: {
		"signed in, but not everything that was asked for was given",
		"go on with what was given, or have an administrator approve the rest",
	},
	CauseCodeExpired: {
		"the device code ran out before it was used",
		"start again for a new code",
	},
	CauseCodeSpent: {
		"the code in that address was used already, or is too old: it works once, and for minutes",
		"begin again for a new link, and paste the address as soon as your browser ends on it",
	},
	CauseTimeout: {
		"nobody answered in time",
		"start again",
	},
	CauseCancelled: {wordsStopped, "start again"},
	CausePort: {
		"no port of this machine could be listened on for the browser's answer",
		"close the program that holds the port, or use a device code, az or a token",
	},
	CauseBrowser: {
		"the browser could not be opened",
		"open the printed link in a browser of this machine, or use a device code, az or a token",
	},
	CausePage: {
		"the browser's answer did not come from the sign-in that was begun",
		"start again, and finish in the page that opens",
	},
	CauseNetwork: {
		"Microsoft's sign-in service could not be reached",
		"check the network, and --proxy if there is a proxy",
	},
	CauseTLS: {
		"the certificate of the sign-in service is not trusted",
		"if your organization inspects TLS, give its authority with --ca-file",
	},
	CauseNotMicrosoft: {
		"something other than Microsoft answered",
		"open a web page in a browser of this machine first: the network may want you to log in; or give --proxy",
	},
	CauseThrottled: {
		"Microsoft asks to slow down",
		"wait, then try again",
	},
	CauseService: {
		"Microsoft's sign-in service has a fault",
		"try again in a few minutes",
	},
	CauseNoTool: {
		"the az command is not installed, or not on the PATH",
		"install the Azure CLI, or sign in with the browser",
	},
	CauseNotLoggedIn: {
		"az is not logged in to this tenant",
		"run: az login --allow-no-subscriptions --tenant ",
	},
	CauseTool: {
		"az failed",
		"run by hand to see more: az account get-access-token --resource-type ms-graph --tenant ",
	},
	CauseKeychain: {
		"the keychain of this machine, where the sign-in is kept, failed",
		"unlock the keychain and try again, or leave out --keep-sign-in",
	},
	CauseOther: {
		"the sign-in failed",
		"look the code up at https://login.microsoftonline.com/error",
	},
}
