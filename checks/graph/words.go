package graph

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"onboard.example/checks"
)

// Every word of this package that a person may see is here.
const (
	wordNoSignIn     = "nobody signed in"
	wordOddToken     = "the token holds characters that no token has"
	wordCancelled    = "stopped before the answer came"
	wordNoClientID   = "no client id"
	wordBadAppName   = "the app's profile gives it no name that a tenant could list"
	wordBadClientID  = "the client id is no GUID"
	wordBadUser      = "the person is named neither by an object id nor by an address"
	wordBadResource  = "the app id of an API is no GUID"
	wordRedirect     = "the answer sends us to another address, as captive portals and proxies do"
	wordPortal       = "a web page came instead of data, as captive portals and proxies send"
	wordNotJSON      = "the answer is not what Microsoft Graph sends"
	wordNoEnvelope   = "the answer does not carry Microsoft Graph's error form, so it may be a proxy's"
	wordEmpty        = "the answer is empty"
	wordEmptyObject  = "everything"
	wordCut          = "the answer was cut short"
	wordOdd          = "the answer could not be read"
	wordLoop         = "the list goes round in circles"
	wordElsewhere    = "the list goes on at an address that is not Microsoft Graph's"
	wordTLS          = "the certificate is not trusted; a company proxy or a virus scanner that opens connections does that"
	wordTLSName      = "the certificate belongs to another name; a captive portal or a proxy does that"
	wordTLSTime      = "the certificate is expired or not yet valid; see whether this machine's clock is right"
	wordNotTLS       = "the other side does not speak TLS; a captive portal or a proxy does that"
	wordTLSOther     = "no secure connection could be made"
	wordDNS          = "the name of Microsoft Graph's host could not be looked up"
	wordRefused      = "the connection was refused"
	wordNoNetwork    = "there is no way to the host; see whether this machine is online"
	wordDialSlow     = "the host did not answer"
	wordDropped      = "the connection broke"
	wordProxy        = "the proxy did not let us through"
	wordNoAnswer     = "the host could not be reached"
	wordExpired      = "the token has expired: sign in again"
	wordNotYet       = "the token is not valid yet; see whether this machine's clock is right"
	wordOtherCloud   = "the token is from another cloud"
	wordChallenge    = "Microsoft wants a new sign-in before it goes on"
	wordBadToken     = "Microsoft Graph does not accept the token"
	wordOldWrite     = "this reader does not write"
	wordNotSent      = "the log was not asked for, because the sign-in lacks the permission"
	wordOffOrigin    = "the request would leave Microsoft Graph's address"
	wordAnother      = "another tenant is signed in than the one that was confirmed"
	wordNoBacking    = "Microsoft knows no app with this id that other tenants may use: the id is wrong, the app is only for its own tenant, or it was registered minutes ago"
	wordNotConfirmed = "this change was not confirmed"
	wordNotAgreed    = "it is not what was agreed to, so it was not sent"
	wordUnsent       = "what has to be known before it could not be asked, so it was not sent"
	wordNotWritable  = "no plan holds a write of this form, so it was not sent"
	wordBadDeleted   = "it is no object id"
	wordBadWho       = "it is neither an address, nor an object id, nor the name of a group"
	wordNoPerson     = "nobody of this tenant has this user principal name or object id"
	wordNoPrincipal  = "neither a person nor a group of this tenant has this object id"
	wordNoGroup      = "no group of this tenant has this name"
	wordManyGroups   = "several groups may be meant: the object id of one tells them apart"
	sayAbsent        = "not in this tenant"
)

// maxMessage and maxValue bound texts from outside, in characters.
const (
	maxMessage = 400
	maxValue   = 200
	maxName    = 256
)

// clean makes a message from outside fit to be shown.
func clean(s string) string { return checks.Line(s, maxMessage) }

// name cleans a short text from outside, such as a display name or an id.
func name(s string) string { return checks.Line(s, maxName) }

// join appends what the other side said to what it means.
func join(word, said string) string {
	if said = clean(said); said == "" {
		return word
	}
	return checks.Line(word+": "+said, maxMessage)
}

func wordTooLarge(limit int64) string {
	return fmt.Sprintf("the answer is larger than %d KiB", limit>>10)
}

func wordTooMany(pages int) string {
	return fmt.Sprintf("the list has more than %d pages, which is more than is read", pages)
}

func wordSlow(d time.Duration) string { return fmt.Sprintf("no whole answer within %s", d) }

// wordOtherType says of what type a member came; both are the answer's own words.
func wordOtherType(member, kind string) string { return member + " is of type " + kind }

func wordLacks(what string) string { return "the answer lacks " + what }

func wordClock(skew time.Duration) string {
	if skew > 0 {
		return fmt.Sprintf("this machine's clock is %s ahead of Microsoft's", skew.Round(time.Second))
	}
	return fmt.Sprintf("this machine's clock is %s behind Microsoft's", (-skew).Round(time.Second))
}

// seenStatus is how evidence shows an answer's status.
func seenStatus(status int, code string) string {
	s := strconv.Itoa(status)
	if t := http.StatusText(status); t != "" {
		s += " " + t
	}
	if code != "" {
		s += ", " + code
	}
	return checks.Line(s, maxValue)
}

// seenPause is how evidence shows that a request was tried again.
func seenPause(what string, wait time.Duration) string {
	return checks.Line(fmt.Sprintf("%s; tried again after %s", what, wait.Round(time.Millisecond)), maxValue)
}

// counted is "no grants", "1 grant", "3 grants".
func counted(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// countedOf is counted, for a list that may go on.
func countedOf(n int, noun string, more bool) string {
	if more {
		return "the newest " + counted(n, noun)
	}
	return counted(n, noun)
}

// told is a boolean that may not be there.
func told(b *bool) string {
	if b == nil {
		return "null"
	}
	return strconv.FormatBool(*b)
}
