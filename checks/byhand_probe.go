package checks

import (
	"net/url"
	"strings"
)

// ProbeRequest is how evidence prints the vendor's probe as it was sent: the
// token endpoint, and the form with the credential masked. proof is
// client_secret or client_assertion.
func ProbeRequest(endpoint, clientID, scope, proof string) string {
	return "POST " + endpoint + " grant_type=client_credentials&client_id=" + url.QueryEscape(clientID) +
		"&scope=" + url.QueryEscape(scope) + "&" + proof + "=" + probeMask
}

// probeMask stands for the credential, of which nothing is ever printed.
const probeMask = "•••"

// probeByHand gives the commands that ask as the vendor's app again. The
// credential comes from a file of whoever pastes them, so that it stands in no
// history of commands; what is no probe of ours is refused.
func probeByHand(e Evidence) []Command {
	rest, ok := strings.CutPrefix(e.Request, "POST ")
	if !ok || e.Source != SourceLogin {
		return nil
	}
	address, form, _ := strings.Cut(rest, " ")
	at, ok := handURL("GET " + address)
	if !ok || !strings.HasSuffix(at, "/oauth2/v2.0/token") {
		return nil
	}
	q, err := url.ParseQuery(form)
	if err != nil || len(q) != 4 || q.Get("grant_type") != "client_credentials" || !IsGUID(q.Get("client_id")) {
		return nil
	}
	id, scope := q.Get("client_id"), q.Get("scope")
	root, ok := strings.CutSuffix(scope, "/.default")
	if _, fine := handURL("GET " + root); !ok || !fine {
		return nil
	}
	tenant := strings.TrimSuffix(at, "/oauth2/v2.0/token")
	tenant = tenant[strings.LastIndex(tenant, "/")+1:]
	if !IsGUID(tenant) {
		return nil
	}
	switch {
	case q.Get("client_secret") == probeMask:
		return []Command{
			{"PowerShell", "Invoke-RestMethod -Method Post -Uri " + quotePowerShell(at) + " -Body @{grant_type='client_credentials'; client_id='" + id +
				"'; scope=" + quotePowerShell(scope) + "; client_secret=(Get-Content -Raw ./secret.txt).Trim()}"},
			// Not az: it takes a secret as an argument, where every process can read it.
			{"curl", `tr -d '\r\n' < ./secret.txt | curl --silent --show-error --globoff --data grant_type=client_credentials --data client_id=` + id + " --data-urlencode " +
				QuotePOSIX("scope="+scope) + " --data-urlencode client_secret@- " + QuotePOSIX(at)},
		}
	case q.Get("client_assertion") == probeMask:
		return []Command{
			{"m365", "m365 login --authType certificate --certificateFile ./key-and-certificate.pem --appId " + id + " --tenant " + tenant},
			{"az", "az login --service-principal --allow-no-subscriptions --tenant " + tenant + " --username " + id + " --certificate ./key-and-certificate.pem"},
		}
	}
	return nil
}
