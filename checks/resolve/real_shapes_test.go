package resolve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/checks"
)

// shape is a way in which the policy record may stand, or not, in the real tree: at a
// domain of its own in contoso.example, which is signed.
type shape struct {
	lines        string // of the zone file; D is the domain
	state        checks.DNSState
	says, advice string
}

func shapes() map[string]shape {
	const good = `_hetk.D 300 TXT "v=hetk1; policy=private"`
	return map[string]shape{
		"published":   {good, checks.DNSOk, "The record is at _hetk.D", ""},
		"beside":      {good + "\n" + `_hetk.D 300 TXT "v=spf1 -all"`, checks.DNSOk, "The record is at", ""},
		"strings":     {`_hetk.D 300 TXT "v=hetk1;" " policy=private"`, checks.DNSOk, "comes in 2 strings", ""},
		"unknown":     {`_hetk.D 300 TXT "v=hetk1; policy=private; x=1"`, checks.DNSOk, "The tag x means nothing here", ""},
		"alias":       {"_hetk.D 300 CNAME policy.D\n" + `policy.D 300 TXT "v=hetk1; policy=private"`, checks.DNSOk, "is an alias", ""},
		"wildcard":    {`*.D 300 TXT "v=hetk1; policy=private"`, checks.DNSOk, "A wildcard answers", ""},
		"absent":      {`other.D 300 TXT "x"`, checks.DNSAbsent, "There is no _hetk.D", "add a TXT record"},
		"others":      {`_hetk.D 300 TXT "hello"`, checks.DNSAbsent, "There is no policy record at", "add a TXT record"},
		"elsewhere":   {"_hetk.D 300 A 192.0.2.1", checks.DNSAbsent, "There is no policy record at", "add a TXT record"},
		"doubled":     {`_hetk.D.contoso.example. 300 TXT "v=hetk1; policy=private"` + "\nother.D 300 A 192.0.2.1", checks.DNSAbsent, "the form added the domain by itself", "alone: the form adds contoso.example"},
		"inway":       {"_hetk.D 300 CNAME www.D\nwww.D 300 A 192.0.2.1", checks.DNSAbsent, "there is an alias (CNAME) to www.D", "remove the alias"},
		"wild":        {"*.D 300 CNAME www.contoso.example.", checks.DNSAbsent, "leave the wildcard", "add a TXT record: name _hetk"},
		"tree":        {"D 300 DNAME nowhere.contoso.example.", checks.DNSAbsent, "All that is below D is led elsewhere (DNAME)", "name _hetk.nowhere (in the zone contoso.example)"},
		"two":         {good + "\n" + `_hetk.D 300 TXT "v=hetk1; policy=open"`, checks.DNSAmbiguous, "There are 2 policy records", "keep one TXT record"},
		"version":     {`_hetk.D 300 TXT "v=hetk2; policy=private"`, checks.DNSInvalid, "At character 3", "change the TXT record"},
		"syntax":      {`_hetk.D 300 TXT "v=hetk1; policy private"`, checks.DNSInvalid, "At character 17: An equals sign is missing", "change the TXT record"},
		"tag":         {`_hetk.D 300 TXT "v=hetk1"`, checks.DNSInvalid, "The tag policy is missing", "change the TXT record"},
		"unseen":      {`_hetk.D 300 TXT "v=hetk1; policy=private\000"`, checks.DNSInvalid, `A control character (\000)`, "change the TXT record"},
		"quoted":      {`_hetk.D 300 TXT "\"v=hetk1; policy=private\""`, checks.DNSInvalid, "type it without them", "change the TXT record"},
		"xn--bro-hoa": {`other.D 300 TXT "x"`, checks.DNSAbsent, "There is no _hetk.D", "add a TXT record"},
	}
}

// lines are those of all shapes, for the zone contoso.example.
func shapeLines() []string {
	var out []string
	for name, s := range shapes() {
		text := strings.ReplaceAll(s.lines, "D.contoso.example.", name+".contoso.example.contoso.example.")
		for l := range strings.SplitSeq(text, "\n") {
			for _, at := range []string{".D ", " D "} {
				l = strings.ReplaceAll(l, at, at[:1]+name+".contoso.example. ")
			}
			if rest, ok := strings.CutSuffix(l, ".D"); ok {
				l = rest + "." + name + ".contoso.example."
			}
			if rest, ok := strings.CutPrefix(l, "D "); ok {
				l = name + ".contoso.example. " + rest
			}
			out = append(out, l)
		}
	}
	return out
}

// TestRealServersOfEveryShape: each way in which the record may stand has a state and
// words of its own, as knot and nsd serve it and unbound resolves it.
func TestRealServersOfEveryShape(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	rule := checks.DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	anchors := w.trusted(t)
	for name, c := range shapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			domain := name + ".contoso.example"
			r, err := New(Options{Server: fmt.Sprintf("127.0.1.1:%d", w.port), Port: uint16(w.port), Anchors: anchors, Timeout: 5 * time.Second, Deadline: 20 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			look := r.LookDomain(t.Context(), rule, domain)
			got, advice := look.Report(), ""
			if f := look.Findings()[0]; f.Fix != nil {
				advice = f.Fix.Do
			}
			want := strings.NewReplacer("_hetk.D", "_hetk."+domain, "www.D", "www."+domain, "below D", "below "+domain).Replace(c.says)
			said := strings.Join(append([]string{got.Reason}, got.Notes...), " ")
			if got.State != c.state || !strings.Contains(said, want) || !strings.Contains(advice, c.advice) || (c.advice == "") != (advice == "") {
				t.Errorf("%s: %s; %s", got.State, said, advice)
			}
			if got.Security != checks.DNSSecure || got.Home != "contoso.example" || len(got.Servers) != 2 {
				t.Errorf("%s %q, in %s: %+v", got.Security, got.Signed, got.Home, got.Servers)
			}
		})
	}
}
