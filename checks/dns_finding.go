package checks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The checks of the DNS, judged from a DNSLook.
const (
	CheckDNSPolicy ID = "dns/policy"
	CheckDNSAgree  ID = "dns/agree"
	CheckDNSSEC    ID = "dns/dnssec"
	CheckDNSMail   ID = "dns/mail"
	CheckDNSProof  ID = "dns/proof"
)

// DNSPatience is how long servers of one zone may normally differ after a
// change: the usual refresh of secondary servers without notice (RFC 1912 §2.2,
// 20 minutes at least).
const DNSPatience = 20 * time.Minute

// DNSLook is everything that the checks of the DNS look at.
type DNSLook struct {
	Rule       DNSRule
	Domain     string // ASCII form
	Answer     DNSAnswer
	Failed     error      // of the look for Answer
	Doubled    *DNSAnswer // at the doubled name, if that was looked at
	Mail       DNSMail
	MailFailed error // of the look for Mail
	At         time.Time
}

// Report judges the policy record.
func (l DNSLook) Report() DNSReport { return l.Rule.Compare(l.Answer, l.Failed, l.Doubled) }

// Findings judges all of it: one finding for every check of the DNS, in order.
func (l DNSLook) Findings() []Finding {
	r := l.Report()
	seen := l.seen(r)
	out := []Finding{l.policy(r), l.agree(r), l.signed(r), l.mail(), l.proof()}
	for i := range out {
		out[i].At = l.At
		if i < 3 {
			out[i].Seen = seen
		}
		out[i] = cleaned(out[i])
	}
	return out
}

// seen is what every server said, as evidence.
func (l DNSLook) seen(r DNSReport) []Evidence {
	var out []Evidence
	for i, v := range append(append([]DNSView{}, r.Servers...), r.Resolver) {
		if v.named() == "" || i == len(r.Servers) && v.Outcome == DNSUnasked {
			continue
		}
		value, alias := string(v.Outcome), ""
		if n := len(v.Aliases); n > 0 && v.Outcome == DNSFound && len(v.Found) == 0 {
			alias = v.Aliases[n-1]
			value = fmt.Sprintf(sayDNSAliasTo, alias)
		} else if len(v.Found) > 0 {
			value = strings.Join(v.Found, " | ")
		} else if v.Why != "" {
			value += ": " + v.Why
		}
		server := v.named()
		if i == len(r.Servers) {
			server = sayDNSInUse + " (" + v.Addr + ")"
		}
		e := Evidence{
			Source: SourceDNS, Request: "TXT " + v.Asked + " @" + server, At: l.Answer.At, Value: value,
			Outcome: v.Outcome, State: v.State, Alias: alias,
		}
		if v.Until != nil {
			e.Until = *v.Until
		}
		out = append(out, e)
	}
	return out
}

func (l DNSLook) policy(r DNSReport) Finding {
	f := Finding{Check: CheckDNSPolicy, Grade: Verified, Summary: r.Reason, Detail: r.Beside(), Zone: r.Home}
	switch r.State {
	case DNSOk:
		f.Verdict = Pass
		return f
	case DNSError:
		f.Verdict, f.Fix = Unknown, l.unloop(r)
	case DNSDisagree:
		f.Verdict = Pending
	case DNSAbsent, DNSInvalid, DNSAmbiguous:
		f.Verdict = Fail
		if r.State == DNSAbsent { // nothing is wrong: it is a second layer, for those who want it
			f.Verdict = Warn
		}
		if r.State == DNSAbsent && l.nowhere() { // its zone is somebody else's, such as a registry's
			f.Detail = append([]string{fmt.Sprintf(sayMailNoDomain, l.Domain)}, f.Detail...)
			return f
		}
		if r.State == DNSAbsent && l.Answer.Top != "" && len(r.Aliases) == 0 {
			return f // there is nowhere to publish it
		}
		p := l.Rule.Publish(l.Domain, r.Home)
		if n := len(r.Aliases); n > 0 && (r.State != DNSAbsent || r.AliasBy == DNSAliasTree) { // it is there that something stands, or is to stand
			p.HostLabel, p.Zone, p.Warning = within(r.Aliases[n-1], r.Zone), r.Zone, ""
		}
		f.Fix = &Fix{Do: fmt.Sprintf(doDNSPublish, p.HostLabel, p.Zone, p.Text), Why: p.Warning, Who: WhoAdmin}
		switch {
		case r.State == DNSAmbiguous:
			f.Fix.Do = fmt.Sprintf(doDNSKeepOne, p.HostLabel, p.Zone, p.Text)
		case r.foreign:
			f.Detail = append(f.Detail, sayDNSForeign)
		case r.State == DNSInvalid:
			f.Fix.Do = fmt.Sprintf(doDNSChange, p.HostLabel, p.Zone, p.Text)
		case r.AliasBy == DNSAliasTree:
			f.Fix.Do = fmt.Sprintf(doDNSThere, p.HostLabel, p.Zone, p.Text)
		case r.AliasBy == DNSAliasWildcard:
		case len(r.Aliases) > 0:
			f.Fix.Do = fmt.Sprintf(doDNSUnalias, p.HostLabel, p.Zone, p.Text)
		case r.Doubled != "":
			f.Fix.Do = fmt.Sprintf(doDNSRename, p.HostLabel, p.Zone)
		}
	}
	return f
}

// unloop is what to do about an alias at the name that leads nowhere; nil: there is none,
// or it is not the name's own to mend.
func (l DNSLook) unloop(r DNSReport) *Fix {
	p := l.Rule.Publish(l.Domain, r.Home)
	switch {
	case !l.Answer.Endless || r.AliasBy == DNSAliasTree || r.AliasBy == "":
		return nil
	case r.AliasBy == DNSAliasWildcard: // a record of the name's own goes before it
		return &Fix{Do: fmt.Sprintf(doDNSPublish, p.HostLabel, p.Zone, p.Text), Why: p.Warning, Who: WhoAdmin}
	}
	return &Fix{Do: fmt.Sprintf(doDNSUnalias, p.HostLabel, p.Zone, p.Text), Why: p.Warning, Who: WhoAdmin}
}

// nowhere says whether the DNS was seen to have no such domain.
func (l DNSLook) nowhere() bool { return l.MailFailed == nil && l.Mail.Known && !l.Mail.Exists }

func (l DNSLook) agree(r DNSReport) Finding {
	f := Finding{Check: CheckDNSAgree, Grade: Verified}
	var counted, others []DNSView
	for i, v := range append(slices.Clone(r.Servers), r.Way...) {
		switch v.Outcome {
		case DNSFound, DNSNoData, DNSNoName:
			if i < len(r.Servers) {
				counted = append(counted, v)
			}
		case DNSLame, DNSFailed, DNSSilent, DNSForged, DNSBarred:
			others = append(others, v)
			f.Detail = append(f.Detail, v.uncounted())
		case DNSNoPath, DNSUnasked:
		}
	}
	if r.Unasked > 0 {
		f.Detail = append(f.Detail, unasked(r.Unasked))
	}
	deciding, out, zone := servers(counted), servers(others), zoneSaid(r.Zone)
	switch {
	case deciding == 0 && len(r.Servers) == 0:
		f.Summary = sayDNSAgreeNone
	case deciding == 0:
		f.Summary = r.Reason
	case r.differ:
		f.Verdict, f.Summary = Pending, differing(deciding, zone)
	case out > 0:
		f.Verdict, f.Summary = Warn, agreeing(deciding, zone)+uncounted(out)
	case r.Unasked > 0:
		f.Verdict, f.Summary = Warn, unasked(r.Unasked)
	default:
		f.Verdict, f.Summary = Pass, allAgree(deciding, servers(r.Servers), zone)
	}
	if deciding > 0 && !r.differ && !l.Answer.Agree {
		f.Detail = append(f.Detail, sayDNSBesideRecord)
	}
	return f
}

func (l DNSLook) signed(r DNSReport) Finding {
	f := Finding{Check: CheckDNSSEC, Grade: Verified}
	zone := r.Zone
	switch {
	case l.Failed != nil:
		f.Summary = sayDNSSignedNone
	case r.Security == DNSSecure && r.Zone == ".":
		f.Verdict, f.Summary = Pass, sayDNSSecureRoot
	case r.Security == DNSSecure:
		f.Verdict, f.Summary = Pass, fmt.Sprintf(sayDNSSecure, r.Signed, zone)
	case r.Security == DNSInsecure && l.Answer.Weak:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayDNSWeak, r.Signed)
		f.Fix = &Fix{Do: fmt.Sprintf(doDNSSignAnew, zone), Who: WhoAdmin}
	case r.Security == DNSInsecure:
		f.Verdict, f.Summary = Pass, fmt.Sprintf(sayDNSInsecure, r.Signed)
	case r.Security == DNSBogus:
		f.Verdict, f.Summary = Fail, r.Reason
		f.Fix = l.repair(r)
	default:
		f.Summary = fmt.Sprintf(sayDNSUnchecked, r.Signed)
		if l.Answer.Fault == DNSFaultTime {
			f.Fix = l.repair(r)
		}
	}
	return f
}

// repair says what is to be done, and by whom, about signatures that do not hold. It is
// not always the domain's: who takes away its DS for a clock that is wrong switches
// DNSSEC off for nothing.
func (l DNSLook) repair(r DNSReport) *Fix {
	fix := func(who Who, do string, args ...any) *Fix {
		return &Fix{Do: fmt.Sprintf(do, args...), Why: r.Signed, Who: who}
	}
	broken := cmp.Or(trimDot(l.Answer.Broken), r.Zone)
	home := cmp.Or(r.Home, r.Zone)
	inside := func(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }
	odd := oddServers(r)
	switch {
	case odd != "" && r.Zone == ".":
		return fix(WhoAdmin, doDNSOnTheWay)
	case odd != "" && inside(broken, home):
		return fix(WhoAdmin, doDNSServeAlike, odd, broken)
	case odd != "": // its keys came well signed, so it is none above home
		return fix(WhoElse, doDNSBeyond, home, broken, home)
	case l.Answer.Fault == DNSFaultAnchor:
		return fix(WhoAdmin, doDNSAnchor)
	case l.Answer.Broken == "." && l.Answer.Fault == DNSFaultTime:
		return fix(WhoAdmin, doDNSClockRoot, l.Answer.At.UTC().Format(dnsUntil))
	case l.Answer.Broken == ".":
		return fix(WhoAdmin, doDNSOnTheWay)
	case l.Answer.Fault == DNSFaultTime && inside(broken, home):
		return fix(WhoAdmin, doDNSClock, l.Answer.At.UTC().Format(dnsUntil), broken)
	case l.Answer.Fault == DNSFaultTime:
		return fix(WhoAdmin, doDNSClockOther, l.Answer.At.UTC().Format(dnsUntil), home, broken)
	case inside(broken, home):
		return fix(WhoAdmin, doDNSRepair, broken)
	case inside(home, broken):
		return fix(WhoElse, doDNSAbove, home, broken)
	}
	return fix(WhoElse, doDNSBeyond, home, broken, home)
}

// oddServers names the servers whose signatures do not hold where another's of the same
// zone do: by the same keys, the same DS and the same clock. Empty: there are none. The
// zones on the way come first, as what does not hold first is what was told; an alias
// is followed only out of a zone of which some server's answer holds.
func oddServers(r DNSReport) string {
	named := func(views []DNSView) string {
		var odd []string
		for _, v := range views {
			if v.Outcome == DNSForged {
				odd = append(odd, v.named())
			}
		}
		return strings.Join(odd, ", ")
	}
	if odd := named(r.Way); odd != "" {
		return odd
	}
	if !slices.ContainsFunc(r.Servers, func(v DNSView) bool { return v.Outcome.Decides() }) {
		return ""
	}
	return named(r.Servers)
}

func (l DNSLook) mail() Finding {
	f := Finding{Check: CheckDNSMail, Grade: Inferred}
	if l.Mail.Domain == "" { // nothing was had
		l.Mail.Domain = l.Domain
	}
	m := l.Mail.Judge()
	f.Summary, f.Detail = m.Summary, m.Signs
	switch m.Place {
	case MailMicrosoft, MailHybrid:
		f.Verdict = Pass
	case MailGoogle, MailElsewhere, MailNone:
		f.Verdict = Warn
	case MailUnknown:
		if l.MailFailed != nil {
			f.Detail = []string{failed(l.MailFailed)}
		}
	}
	if f.Verdict != Unknown {
		f.Seen = []Evidence{{Source: SourceDNS, Request: "MX " + l.Domain, Value: strings.Join(l.Mail.MX, " "), At: l.At}}
	}
	return f
}

// failed says why nothing was had; a failure's kind is not for people.
func failed(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}

func (l DNSLook) proof() Finding {
	f := Finding{Check: CheckDNSProof, Grade: Inferred}
	at, proof := l.Domain, ownershipProofs(l.Mail.Texts)
	above := ownershipProofs(l.Mail.AboveTexts)
	switch {
	case len(proof) > 0:
		f.Verdict, f.Summary = Pass, fmt.Sprintf(sayDNSProof, l.Domain)
	case l.nowhere():
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayMailNoDomain, l.Domain)
	case l.MailFailed != nil || !l.Mail.KnownTexts:
		f.Summary = fmt.Sprintf(sayDNSProofNot, l.Domain)
		return f
	case len(above) > 0:
		at, proof = l.Mail.Above, above
		f.Verdict, f.Summary = Pass, fmt.Sprintf(sayDNSProofAbove, l.Domain, l.Mail.Above)
	case l.Mail.Above != "" && !l.Mail.AboveKnown:
		f.Summary = fmt.Sprintf(sayDNSProofNot, l.Domain)
		return f
	default:
		f.Verdict, f.Summary = Warn, fmt.Sprintf(sayDNSNoProof, l.Domain)
	}
	f.Seen = []Evidence{{Source: SourceDNS, Request: "TXT " + at, Value: strings.Join(proof, " "), At: l.At}}
	return f
}

// dnsByHand is DNSByHand for the request of a piece of evidence: KIND NAME, with
// @ADDRESS or @HOST (ADDRESS) behind it where one server was asked.
func dnsByHand(request string) []Command {
	question, server, _ := strings.Cut(request, " @")
	kind, name, ok := strings.Cut(question, " ")
	if host, addr, named := strings.Cut(server, " ("); named && host == sayDNSInUse {
		server = "" // it is asked as any program asks it
	} else if named {
		server = strings.TrimSuffix(addr, ")")
	}
	if !ok {
		return nil
	}
	return DNSByHand(name, kind, server)
}

// DNSByHand gives the commands that ask one server again without this tool; an
// empty addr asks the resolver in use. It gives nothing for what is no plain name
// or address. Lines for dig are quoted for POSIX shells.
func DNSByHand(name, kind, addr string) []Command {
	plainWord := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
			return !letter(r) && (r < '0' || r > '9') && !strings.ContainsRune("_-.:%", r)
		})
	}
	if !plainWord(name) || !plainWord(kind) || strings.HasPrefix(name, "-") {
		return nil
	}
	dig, ps := "dig", "Resolve-DnsName -DnsOnly -Name "+quotePowerShell(name)+" -Type "+kind
	if addr != "" {
		colon := strings.LastIndexByte(addr, ':')
		host, port := strings.Trim(addr[:max(colon, 0)], "[]"), addr[colon+1:]
		if !plainWord(host) || !plainWord(port) {
			return nil
		}
		dig += " +norecurse " + QuotePOSIX("@"+host) + " -p " + port
		if port == "53" {
			ps += " -NoRecursion -Server " + quotePowerShell(host)
		} else {
			ps = "" // it knows no other port
		}
	}
	out := []Command{{"dig", dig + " +dnssec " + QuotePOSIX(name) + " " + kind}}
	if ps != "" {
		out = append(out, Command{"PowerShell", ps})
	}
	return out
}
