package checks_test

import (
	"slices"
	"strings"
	"testing"

	"onboard.example/checks"
)

func probed(p checks.Probe) change {
	return look(func(l *checks.Snapshot) { l.Probe = read(p, "probe") })
}

func cameBack(c checks.Callback) change {
	return look(func(l *checks.Snapshot) { l.Callback.Value = c })
}

func vendorCases() []judged {
	role := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	exchange := alsoNeeds(checks.Permission{Resource: checks.ExchangeOnline, Role: "full_access_as_app"})
	nowhere := look(func(l *checks.Snapshot) { l.Discovery.Value.Found = nil })
	unprobed := func(f checks.Failure) change {
		return look(func(l *checks.Snapshot) { l.Probe = failed[checks.Probe](f) })
	}
	there := checks.ProbeThere
	return []judged{
		{"there", checks.VendorProbe, nil, pass, checks.Inferred, "whether consent covers everybody", ""},
		{"there, with its role", checks.VendorProbe, []change{role, probed(checks.Probe{Answer: there, Roles: []string{"calendars.read"}})}, pass, checks.Verified, "carries its app permissions: Calendars.Read", ""},
		{"there, with its role and another's", checks.VendorProbe, []change{role, exchange, probed(checks.Probe{Answer: there, Roles: []string{"Calendars.Read"}})}, pass, checks.Verified, "other APIs", ""},
		{"there, roles elsewhere alone", checks.VendorProbe, []change{exchange}, pass, checks.Inferred, "is in the tenant", ""},
		{"there, without its role", checks.VendorProbe, []change{role}, warn, checks.Verified, "lacks Calendars.Read", checks.WhoAdmin},
		{"there, unreadable", checks.VendorProbe, []change{role, probed(checks.Probe{Answer: there, Opaque: true})}, pass, checks.Inferred, "cannot be read", ""},
		{"nobody consented", checks.VendorProbe, []change{probed(checks.Probe{Answer: checks.ProbeAbsent, Code: "AADSTS7000229"})}, fail, checks.Asserted, "Nobody in the tenant has consented to Hetk", checks.WhoAdmin},
		{"disabled", checks.VendorProbe, []change{probed(checks.Probe{Answer: checks.ProbeOff, Code: "AADSTS7000112"})}, fail, checks.Asserted, "disabled", checks.WhoAdmin},
		{"held", checks.VendorProbe, []change{probed(checks.Probe{Answer: checks.ProbeHeld, Code: "AADSTS53003"})}, warn, checks.Inferred, "AADSTS53003", checks.WhoAdmin},
		{"strange", checks.VendorProbe, []change{probed(checks.Probe{Answer: checks.ProbeStrange, Code: "AADSTS700016"})}, unknown, checks.GradeUnknown, "no such client id", checks.WhoVendor},
		{"no tenant", checks.VendorProbe, []change{probed(checks.Probe{Answer: checks.ProbeNoTenant, Code: "AADSTS90002"})}, unknown, checks.GradeUnknown, "no such tenant", checks.WhoUser},
		{"an answer of later", checks.VendorProbe, []change{probed(checks.Probe{Answer: "later"})}, unknown, checks.GradeUnknown, "does not know", ""},
		{"own credential bad", checks.VendorProbe, []change{unprobed(checks.Failure{Kind: checks.FailCredential, Status: 401, Code: "AADSTS7000222", Message: "expired"})}, unknown, checks.GradeUnknown, "says nothing about this tenant", checks.WhoVendor},
		{"a captive portal", checks.VendorProbe, []change{unprobed(checks.Failure{Kind: checks.FailNotJSON})}, unknown, checks.GradeUnknown, "sign-in page of the network", checks.WhoUser},
		{"not asked", checks.VendorProbe, []change{look(func(l *checks.Snapshot) { l.Probe = checks.Look[checks.Probe]{} })}, skipped, checks.GradeUnknown, "--probe-secret-file", ""},
		{"of no tenant", checks.VendorProbe, []change{nowhere}, skipped, checks.GradeUnknown, "tenant/found", ""},

		{"came back", checks.VendorCallback, nil, pass, checks.Asserted, "Graph has the last word", ""},
		{"came back, pasted, no tenant", checks.VendorCallback, []change{cameBack(checks.Callback{Consented: true, Ours: true, Pasted: true})}, pass, checks.Asserted, "pasted", ""},
		{"for another tenant", checks.VendorCallback, []change{cameBack(checks.Callback{Consented: true, Ours: true, Tenant: fabrikamID})}, warn, checks.Asserted, fabrikamID, checks.WhoAdmin},
		{"with an error", checks.VendorCallback, []change{cameBack(checks.Callback{Error: "access_denied", AADSTS: "AADSTS65004", Ours: true})}, fail, checks.Asserted, "access_denied AADSTS65004", checks.WhoAdmin},
		{"with an error of another link", checks.VendorCallback, []change{cameBack(checks.Callback{Error: "access_denied"})}, unknown, checks.GradeUnknown, "not believed", checks.WhoAdmin},
		{"of another link", checks.VendorCallback, []change{cameBack(checks.Callback{Consented: true, Tenant: contosoID})}, unknown, checks.GradeUnknown, "not believed", checks.WhoAdmin},
		{"empty", checks.VendorCallback, []change{cameBack(checks.Callback{Ours: true})}, unknown, checks.GradeUnknown, "says nothing of consent", checks.WhoAdmin},
		{"unread", checks.VendorCallback, []change{look(func(l *checks.Snapshot) {
			l.Callback = failed[checks.Callback](checks.Failure{Kind: checks.FailCancelled, Message: "stopped"})
		})}, unknown, checks.GradeUnknown, "", ""},
		{"not yet", checks.VendorCallback, []change{look(func(l *checks.Snapshot) { l.Callback = checks.Look[checks.Callback]{} })}, skipped, checks.GradeUnknown, "No consent page", ""},
	}
}

// TestProbeOpensNothing: whatever the vendor's side says, nothing is green by it;
// it may only say that there is no approval, or that the app is disabled.
func TestProbeOpensNothing(t *testing.T) {
	t.Parallel()
	there := probed(checks.Probe{Answer: checks.ProbeThere, Roles: []string{"Calendars.Read"}})
	role := alsoNeeds(checks.Permission{Resource: checks.MicrosoftGraph, Role: "Calendars.Read"})
	if o := verdict(subject(outside(), there, role)); o.State == checks.StateOpen {
		t.Errorf("open by a token of the app's own: %+v", o)
	}
	absent := probed(checks.Probe{Answer: checks.ProbeAbsent})
	o := verdict(subject(outside(), absent))
	if o.State != checks.StateBlocked || o.Grade != checks.Inferred || !slices.Contains(o.Because, checks.VendorProbe) {
		t.Errorf("without a sign-in, nobody consented: %+v", o)
	}
	off := probed(checks.Probe{Answer: checks.ProbeOff})
	if o := verdict(subject(outside(), off)); o.State != checks.StateBlocked || o.Because[0] != checks.VendorProbe || o.Whose != checks.WhoAdmin {
		t.Errorf("disabled by the probe: %+v", o)
	}
	for _, stale := range []change{off, absent} { // Graph saw it later, and otherwise
		if o := verdict(subject(approved(), stale)); o.State != checks.StateOpen || o.Grade != checks.Verified {
			t.Errorf("approved in Graph: %+v", o)
		}
	}
	bad := look(func(l *checks.Snapshot) {
		l.Probe = failed[checks.Probe](checks.Failure{Kind: checks.FailCredential})
	})
	o = verdict(subject(approved(), bad))
	if o.State != checks.StateOpen || slices.ContainsFunc(o.NotLooked, func(s string) bool { return strings.Contains(s, "vendor") }) {
		t.Errorf("a bad credential of the vendor's is no doubt about the tenant: %+v", o)
	}
}

func TestProbeByHand(t *testing.T) {
	t.Parallel()
	const token = "https://login.microsoftonline.com/" + contosoID + "/oauth2/v2.0/token"
	hand := func(request string) []checks.Command {
		return checks.ByHand(checks.Evidence{Source: checks.SourceLogin, Request: request})
	}
	secret := hand(checks.ProbeRequest(token, clientID, "https://graph.microsoft.com/.default", "client_secret"))
	if len(secret) != 2 || secret[1].Line != `tr -d '\r\n' < ./secret.txt | `+"curl --silent --show-error --globoff --data grant_type=client_credentials --data client_id="+clientID+
		" --data-urlencode 'scope=https://graph.microsoft.com/.default' --data-urlencode client_secret@- '"+token+"'" {
		t.Errorf("with a secret: %+v", secret)
	}
	cert := hand(checks.ProbeRequest(token, clientID, "https://graph.microsoft.com/.default", "client_assertion"))
	if len(cert) != 2 || !strings.Contains(cert[1].Line, "--certificate ./key-and-certificate.pem") {
		t.Errorf("with a certificate: %+v", cert)
	}
	for _, c := range slices.Concat(secret, cert) {
		if strings.Contains(c.Line, "•") {
			t.Errorf("a mask in a command: %s", c.Line)
		}
	}
	for _, odd := range []string{
		"POST " + token,
		"POST " + token + " grant_type=password&client_id=" + clientID + "&scope=https://graph.microsoft.com/.default&client_secret=•••",
		"POST " + token + " grant_type=client_credentials&client_id=x&scope=https://graph.microsoft.com/.default&client_secret=•••",
		"POST " + token + " grant_type=client_credentials&client_id=" + clientID + "&scope=x&client_secret=•••",
		"POST " + token + " grant_type=client_credentials&client_id=" + clientID + "&scope=https://graph.microsoft.com/.default&client_secret=leak",
		"POST https://login.microsoftonline.com/common/oauth2/v2.0/token grant_type=client_credentials&client_id=" + clientID + "&scope=https://graph.microsoft.com/.default&client_secret=•••",
		"POST http://login.microsoftonline.com/" + contosoID + "/oauth2/v2.0/token grant_type=client_credentials&client_id=" + clientID + "&scope=https://graph.microsoft.com/.default&client_secret=•••",
		checks.ProbeRequest("https://h/$(x)/"+contosoID+"/oauth2/v2.0/token\n", clientID, "https://graph.microsoft.com/.default", "client_secret"),
	} {
		if got := hand(odd); got != nil {
			t.Errorf("%s by hand: %+v", odd, got)
		}
	}
}
