package checks

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Command is one line that takes the same look by hand.
type Command struct {
	Tool string // PowerShell, m365, az, curl
	Line string // to be pasted whole; never more than one line
}

// ByHand gives the commands that take a look again without this tool: Graph by
// PowerShell's Microsoft.Graph module, CLI for Microsoft 365 and the Azure
// CLI; public pages by PowerShell and curl. It gives nothing for what was not
// a GET of an https address, such as what a token said of itself, but for
// Graph's what-if and the vendor's probe, which are asked by POST and change nothing. Lines for m365,
// az and curl are quoted for POSIX shells.
func ByHand(e Evidence) []Command {
	if u, body, ok := whatIfRequest(e); ok {
		return []Command{
			{"PowerShell", "Invoke-MgGraphRequest -Method POST -Uri " + quotePowerShell(u) + " -ContentType 'application/json' -Body " + quotePowerShell(body)},
			{"m365", "m365 request --method post --url " + QuotePOSIX(u) + " --content-type application/json --body " + QuotePOSIX(body)},
			{"az", "az rest --method post --url " + QuotePOSIX(u) + " --headers Content-Type=application/json --body " + QuotePOSIX(body) + azResource(u)},
		}
	}
	if e.Source == SourceDNS {
		return dnsByHand(e.Request)
	}
	if probe := probeByHand(e); probe != nil {
		return probe
	}
	request, host, asked := strings.Cut(e.Request, hostNote)
	u, ok := handURL(request)
	if !ok {
		return nil
	}
	if asked {
		return otherHost(e.Source, u, strings.TrimSuffix(host, ")"))
	}
	switch e.Source {
	case SourceGraph:
		return []Command{
			{"PowerShell", "Invoke-MgGraphRequest -Method GET -Uri " + quotePowerShell(u)},
			{"m365", "m365 request --method get --url " + QuotePOSIX(u)},
			{"az", "az rest --method get --url " + QuotePOSIX(u) + azResource(u)},
		}
	case SourceLogin:
		return []Command{
			{"PowerShell", "Invoke-RestMethod -Method Get -Uri " + quotePowerShell(u)},
			{"curl", "curl --silent --show-error --globoff " + QuotePOSIX(u)},
		}
	default:
		return nil
	}
}

// whatIfRequest takes address and body from the evidence of Graph's what-if. Of
// the POSTs to Graph it is the only one that is ever printed to be pasted: any
// other address, or a body that is no JSON object, is refused.
func whatIfRequest(e Evidence) (u, body string, ok bool) {
	rest, ok := strings.CutPrefix(e.Request, "POST ")
	if !ok || e.Source != SourceGraph {
		return "", "", false
	}
	address, body, _ := strings.Cut(rest, " ")
	u, ok = handURL("GET " + address)
	if !ok || !strings.HasSuffix(u, "/v1.0/identity/conditionalAccess/evaluate") || !strings.HasPrefix(body, "{") ||
		!json.Valid([]byte(body)) || strings.ContainsFunc(body, unsafeInCommand) {
		return "", "", false
	}
	return u, body, true
}

// hostNote is how a request says that it went to one address under the name of
// another host, as requests to a simulator do.
const hostNote = " (Host: "

// otherHost is ByHand for such a request: of the tools, curl alone can do it.
func otherHost(source, u, host string) []Command {
	if source != SourceLogin || host == "" || strings.ContainsFunc(host, func(r rune) bool { return r == ' ' || unsafeInCommand(r) }) {
		return nil
	}
	return []Command{{"curl", "curl --silent --show-error --globoff --header " + QuotePOSIX("Host: "+host) + " " + QuotePOSIX(u)}}
}

// handURL takes the address from a request as sent. Requests come from our
// own readers and from files; one that is no plain https GET is refused.
func handURL(request string) (string, bool) {
	rest, ok := strings.CutPrefix(request, "GET ")
	if !ok || !utf8.ValidString(rest) || strings.ContainsFunc(rest, unsafeInCommand) {
		return "", false
	}
	rest = strings.ReplaceAll(rest, " ", "%20")
	u, err := url.Parse(rest)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Opaque != "" {
		return "", false
	}
	return rest, true
}

// unsafeInCommand reports what has no place in an address that is to be pasted
// into a shell, quoted or not.
func unsafeInCommand(r rune) bool {
	return unicode.IsControl(r) || r != ' ' && unicode.IsSpace(r) || hidden(r) || r == utf8.RuneError
}

// azResource names the API to ask a token for, where the Azure CLI can not tell
// it from the address.
func azResource(u string) string {
	at, err := url.Parse(u)
	if err != nil || at.Host == "graph.microsoft.com" {
		return ""
	}
	return " --resource " + QuotePOSIX("https://"+at.Host)
}

// quotePowerShell makes a literal string. PowerShell takes four typographic
// quotes for a single quote as well; each is doubled to stand for itself.
func quotePowerShell(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch r {
		case '\'', '\u2018', '\u2019', '\u201a', '\u201b':
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// QuotePOSIX makes a literal word of a POSIX shell.
func QuotePOSIX(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
