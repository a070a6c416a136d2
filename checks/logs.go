package checks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onboard.example/checks/consent"
)

// stopping says what keeps somebody out, of what the log of sign-ins tells.
type stopping uint8

// In the order in which they are told.
const (
	stoppedNot stopping = iota
	stoppedAccess
	stoppedAssignment
	stoppedApp
	stoppedConsent
	stoppedElse
)

// stoppings are the AADSTS codes that say more than that a sign-in failed
// (facts/aadsts.csv, classes ca, device, assignment, app and consent).
var stoppings = map[int]stopping{
	50005: stoppedAccess, 50131: stoppedAccess, 53000: stoppedAccess, 53001: stoppedAccess, 53002: stoppedAccess,
	53003: stoppedAccess, 53009: stoppedAccess, 530032: stoppedAccess, 530033: stoppedAccess, 530035: stoppedAccess,
	530036: stoppedAccess, 50155: stoppedAccess, 135011: stoppedAccess, 700003: stoppedAccess,
	50105: stoppedAssignment, 7000112: stoppedApp,
	65001: stoppedConsent, 65004: stoppedConsent, 90008: stoppedConsent, 90093: stoppedConsent, 90094: stoppedConsent,
	90095: stoppedConsent, 900941: stoppedConsent, 900981: stoppedConsent,
}

// interrupts are codes of a sign-in that goes on: a second factor asked for, a
// device to show, a password to change. They stop nobody by themselves, and
// what became of it has an entry of its own (facts/aadsts.csv).
var interrupts = map[int]bool{
	16000: true, 16001: true, 50055: true, 50058: true, 50072: true, 50074: true, 50076: true, 50078: true, 50079: true, 50097: true,
	50125: true, 50127: true, 50129: true, 50140: true, 50144: true, 50158: true, 50187: true,
}

// ending is how somebody's newest sign-in that came to an end did so.
func ending(s SignIn) stopping {
	if s.Code == 0 {
		return stoppedNot
	}
	if w, ok := stoppings[s.Code]; ok {
		return w
	}
	return stoppedElse
}

// signIns tells how people's newest sign-ins to the app ended. It fails only
// where Conditional Access stopped people and nobody got in: of consent, of
// assignment and of the app itself the tenant says more than what once was, and
// somebody's wrong password is no news.
func signIns(_ context.Context, s Subject) (Finding, error) {
	if err := s.must(PartSignIns); err != nil {
		return Finding{}, err
	}
	log := s.Look.SignIns.Value
	newest := newestByPerson(log.Entries)
	in, groups := 0, map[stopping][]SignIn{}
	for _, e := range newest {
		if w := ending(e); w == stoppedNot {
			in++
		} else {
			groups[w] = append(groups[w], e)
		}
	}
	out := len(newest) - in
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartSignIns, fmt.Sprintf("%d in, %d stopped", in, out))}
	f.Detail = append(stoppedLines(groups), sayLogMeans)
	switch {
	case len(newest) == 0:
		f.Summary = fmt.Sprintf(sayNobodyTried, logWindow(log.Since, s.Now))
		if s.Person != "" {
			f.Summary = fmt.Sprintf(sayPersonNotTried, s.Person, logWindow(log.Since, s.Now))
		}
		return f, nil
	case out == 0:
		f.Summary = fmt.Sprintf(sayAllGotIn, counted(in, sayPersonHere, sayPeopleHere))
		return f, nil
	case in == 0 && len(groups[stoppedAccess]) > 0 && !log.More: // else somebody may have got in before
		f.Verdict = Fail
	default:
		f.Verdict = Warn
	}
	worst := worstGroup(groups)
	f.Summary = fmt.Sprintf(saySomeStopped, in, counted(out, sayPersonIs, sayPeopleAre), stoppedWord[worst])
	f.Fix = &Fix{Do: stoppedDo[worst], Why: whyTurnedAway, URL: s.appPortal(bladeSignIns), Who: stoppedWho[worst]}
	if worst == stoppedConsent && s.approved() == consent.Yes {
		f.Fix.Do, f.Fix.Who = doFreshSignIn, WhoUser
	}
	return f, nil
}

// newestByPerson keeps of everybody the newest sign-in that came to an end, the
// newest of all first.
func newestByPerson(entries []SignIn) []SignIn {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b SignIn) int { return b.At.Compare(a.At) })
	seen, out := map[string]bool{}, []SignIn{}
	for _, e := range sorted {
		who := strings.ToLower(e.User)
		if interrupts[e.Code] || who != "" && seen[who] {
			continue
		}
		seen[who] = true
		out = append(out, e)
	}
	return out
}

// stoppedLines says of each way of being stopped whom it hit and when last.
func stoppedLines(groups map[stopping][]SignIn) []string {
	var lines []string
	for w := stoppedAccess; w <= stoppedElse; w++ {
		g := groups[w]
		if len(g) == 0 {
			continue
		}
		line := fmt.Sprintf(sayStoppedBy, stoppedWord[w], counted(len(g), sayPersonHere, sayPeopleHere), logTime(g[0].At), g[0].Code)
		if len(g[0].Policies) > 0 {
			line = fmt.Sprintf(sayStoppedPolicy, line, quotedList(g[0].Policies))
		}
		lines = append(lines, line)
	}
	return lines
}

func worstGroup(groups map[stopping][]SignIn) stopping {
	for w := stoppedAccess; w < stoppedElse; w++ {
		if len(groups[w]) > 0 {
			return w
		}
	}
	return stoppedElse
}

// logTime is a time of a log, to the minute.
func logTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// logWindow is how far back a log was read, in days.
func logWindow(since, now time.Time) string {
	days := int((now.Sub(since) + 12*time.Hour) / (24 * time.Hour))
	return counted(max(days, 1), sayDay, sayDays)
}

// audit tells what the audit log says of consent to the app: who is not told,
// only whether it was for everyone. It explains and decides nothing, so it
// warns at most.
func audit(_ context.Context, s Subject) (Finding, error) {
	if s.App.ClientID == "" {
		return Finding{}, &unreadError{part: PartAudit, failure: &Failure{Kind: FailNoClientID}}
	}
	if err := s.must(PartAudit); err != nil {
		return Finding{}, err
	}
	log := s.Look.Audit.Value
	own := slices.DeleteFunc(slices.Clone(log.Entries), func(e ConsentEvent) bool { return !s.ofApp(e) })
	slices.SortStableFunc(own, func(a, b ConsentEvent) int { return b.At.Compare(a.At) })
	f := Finding{Verdict: Pass, Grade: Verified, Seen: s.seen(PartAudit, fmt.Sprintf("%d of %d are for this app", len(own), len(log.Entries)))}
	if log.More {
		f.Detail = append(f.Detail, fmt.Sprintf(sayLogMore, len(log.Entries)))
	}
	if len(own) == 0 {
		f.Summary = fmt.Sprintf(sayNoConsents, logWindow(log.Since, s.Now))
		return f, nil
	}
	last := own[0]
	for _, e := range own[1:] {
		f.Detail = append(f.Detail, fmt.Sprintf(sayConsentBefore, logTime(e.At), consentWord(e), cmp.Or(e.Reason, e.Result)))
	}
	if strings.EqualFold(last.Result, "success") {
		f.Summary = fmt.Sprintf(sayConsented, logTime(last.At), consentWord(last))
		return f, nil
	}
	f.Summary = fmt.Sprintf(sayConsentFailed, logTime(last.At), cmp.Or(last.Reason, last.Result))
	if s.approved() == consent.Yes { // by Graph since then, which the log has under another name
		f.Detail = append(f.Detail, sayConsentSince)
		return f, nil
	}
	f.Verdict = Warn
	f.Fix = &Fix{Do: doApprove, Why: whyConsentFailed, URL: s.appPortal(bladeAudit), Who: WhoAdmin}
	return f, nil
}

// ofApp reports an event that names the app, by its client id or that of its
// enterprise app. Names are not gone by: anyone can take one.
func (s Subject) ofApp(e ConsentEvent) bool {
	sp := s.Look.App.Value
	return slices.ContainsFunc(e.Apps, func(id string) bool { return strings.EqualFold(id, s.App.ClientID) }) ||
		sp != nil && sp.ID != "" && slices.ContainsFunc(e.Targets, func(id string) bool { return strings.EqualFold(id, sp.ID) })
}

func consentWord(e ConsentEvent) string {
	switch {
	case e.Admin == nil:
		return sayConsentSomebody
	case *e.Admin:
		return sayConsentEveryone
	default:
		return sayConsentSelf
	}
}
