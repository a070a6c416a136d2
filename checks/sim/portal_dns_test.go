package sim

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/miekg/dns"
)

// TestPortalPublishesRecords: what is typed into the form is on every name server
// at once; typed whole it lands where nobody looks, as at most hosts of the DNS.
func TestPortalPublishesRecords(t *testing.T) {
	t.Parallel()
	s := nameServers(t, "    dns: {records: ['_alias CNAME www']}")
	const name, value = "_hetk.contoso.example.", "v=hetk1; policy=private"
	r := portalAs(t, s, adminUPN, "dns").sees("DNS hosting", "Not Microsoft’s", "Records of contoso.example", "contoso-example.mail.protection.outlook.com")
	r.press("Add record", "name", "_hetk", "value", value).sees("The record was added.", value, "Remove the TXT record _hetk")
	for _, role := range []dnsRole{dnsFirst, dnsSecond} {
		if got := answers(mustAskAt(t, s, role, name, dns.TypeTXT, false)); len(got) != 1 || got[0] != value {
			t.Errorf("%s: %q", role, got)
		}
	}
	r.press("Remove the TXT record _hetk").sees("The record was removed.").lacks(value)
	if got := mustAskAt(t, s, dnsFirst, name, dns.TypeTXT, false); got.Rcode != dns.RcodeNameError {
		t.Errorf("removed, and there: %s", got)
	}
	r.press("Add record", "name", "_hetk.contoso.example", "value", value).sees("_hetk.contoso.example")
	if got := answers(mustAskAt(t, s, dnsFirst, "_hetk.contoso.example.contoso.example.", dns.TypeTXT, false)); len(got) != 1 {
		t.Errorf("the doubled name: %q", got)
	}
	r.open("/portal/dns").press("Add record", "name", "", "value", `a "b" \ c`).sees(`a "b" \ c`)
	r.press("Add record", "name", "two words", "value", "x").sees("Type a name without spaces")
	r.open("/portal/dns").press("Add record", "name", "_alias", "value", "x").sees("beside an alias nothing else can")
	portalAs(t, s, "user@contoso.example", "dns").sees("here, a Global Administrator")
}

// walkRecord publishes the policy record in a browser, by keys alone, and takes it
// away again.
func walkRecord(t *testing.T, b *chrome, s *Sim) {
	admin := b.person(t, s, "admin").portal(adminUPN, "dns").sees("DNS hosting", "Records of contoso.example").look("portal-dns")
	admin.do("the first field", chromedp.Focus(chromedp.CSS("#name")), chromedp.KeyEvent("_hetk"), chromedp.KeyEvent(kb.Tab))
	admin.do("the second field", chromedp.KeyEvent("v=hetk1; policy=private"))
	admin.leave("add", chromedp.KeyEvent(kb.Enter))
	admin.sees("The record was added.").look("portal-dns-added")
	if got := answers(mustAskAt(t, s, dnsFirst, "_hetk.contoso.example.", dns.TypeTXT, false)); len(got) != 1 {
		t.Errorf("published: %q", got)
	}
	admin.press("Remove the TXT record _hetk").sees("The record was removed.")
	b.person(t, s, "user").portal(userUPN, "dns").sees("here, a Global Administrator").look("portal-dns-locked")
}
