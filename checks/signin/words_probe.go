package signin

// The words about the vendor's own credential.
const (
	wordsStdin       = "standard input"
	wordsSecretFile  = "the app's secret cannot be taken from %s: %s"
	wordsSecretDo    = "Put the secret's value, alone, into the file, as the registration showed it once when it was made."
	wordsSecretIsPEM = "it holds a certificate or a key, which belong to --probe-cert"
	wordsSecretShape = "it holds more than one word"
	wordsCertFile    = "the app's certificate cannot be taken from %s: %s"
	wordsCertDo      = "Name a PEM file with the certificate and its unencrypted RSA key. From a PFX: openssl pkcs12 -in app.pfx -nodes -out app.pem"
	wordsCertLocked  = "its key is encrypted"
	wordsCertNotPEM  = "it is no PEM file"
	wordsCertParts   = "it lacks a certificate or a key that can be read"
	wordsCertRSA     = "its key is no RSA key"
	wordsCertOther   = "its key is not the first certificate's"

	wordsProbeToken    = "a token"
	wordsProbeRoles    = "a token with roles "
	wordsProbeNoToken  = "the answer holds no token"
	wordsProbeOther    = "the token is for another tenant or another app"
	wordsProbeClouds   = "the domain is in more than one of Microsoft's clouds: name one with --cloud"
	wordsProbeNoTenant = "the domain has no tenant"
	wordsProbeUnused   = "the credential could not be used"
)

// What the browser shows when Microsoft's consent page has come back here.
const (
	wordsReturnGood = "onboard heard that consent was given, and looks whether it shows in Microsoft Graph. Go back to the terminal; this page can be closed."
	wordsReturnOdd  = "onboard heard of it: consent was not given by this page, or the page is of another link. Go back to the terminal; this page can be closed."
)
