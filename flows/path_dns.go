package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onboard.example/checks"
)

// published are the checks that prove the policy record.
func published() []checks.ID { return []checks.ID{checks.CheckDNSPolicy, checks.CheckDNSAgree} }

// dnsPolicy publishes the vendor's policy record in the DNS. Nobody has to sign in
// for it: the DNS is open to all.
func dnsPolicy() Path {
	there := guardPublished()
	done := Edge{there, ToProof}
	publish := newStep(DNSPublish, recordTexts[DNSPublish], published(), done, claimed(DNSPublish, DNSWait)).claim().by(there)
	wait := newStep(DNSWait, recordTexts[DNSWait], published(), done, Edge{guardNoDNS(), ToProof}).by(there)
	return pathTexts[DNSRecord].path(Path{
		ID: DNSRecord, Goal: GoalPolicy, Least: leastDNS, Effect: EffectApp, Minutes: 5,
		Steps: []Step{publish.watching(checks.CheckDNSSEC), wait.watching(checks.CheckDNSSEC)},
	})
}

// guardPublished holds once every name server that decides has a valid record.
// Servers that are lame or silent warn, and decide nothing (product §9).
func guardPublished() Guard {
	return Guard{Name: "the policy record is on every name server", Why: recordWords.wait, Holds: func(s State) bool {
		record, ok := s.now(checks.CheckDNSPolicy)
		agree, looked := s.now(checks.CheckDNSAgree)
		return ok && looked && record.Verdict == checks.Pass && record.Grade == checks.Verified &&
			(agree.Verdict == checks.Pass || agree.Verdict == checks.Warn)
	}}
}

// guardNoDNS holds where nobody here can tell what the DNS says.
func guardNoDNS() Guard {
	return Guard{Name: "the DNS cannot be asked here", Why: recordWords.wait, Holds: func(s State) bool {
		record, ok := s.now(checks.CheckDNSPolicy)
		return ok && record.Verdict == checks.Unknown && len(record.Seen) == 0
	}}
}

// unfitRecord says why there is no policy record to publish.
func (s State) unfitRecord() string {
	switch {
	case s.App.DNS == nil:
		return recordWords.unfitNone
	case s.Profile != nil && len(s.Profile.Paths) > 0 && !slices.Contains(s.Profile.Paths, DNSRecord):
		return words.unfitVendor
	case s.gave(checks.CheckDNSPolicy, checks.Pass):
		return recordWords.unfitThere
	}
	return ""
}

// reachedRecord says whether the record is published, and who has it not yet.
func (s State) reachedRecord() Reached {
	r := Reached{Goal: GoalPolicy, Done: guardPublished().Holds(s), Head: recordWords.unseen, Notes: []string{}}
	h, ok := s.counts(checks.CheckDNSPolicy)
	if ok {
		r.Head, r.Notes = h.Summary, append(r.Notes, h.Detail...)
	}
	if r.Done {
		r.Head = Words(s, recordWords.there)
	}
	return r
}

// recordWord is what one of the {placeholders} of the policy record stands for, given
// without its last brace; ok is false of what is none.
func (s State) recordWord(place string) (word string, ok bool) {
	if !strings.HasPrefix(place, "{record") {
		return "", false
	}
	for pair := range slices.Chunk(s.recordPairs(), 2) {
		if pair[0] == place+"}" {
			return pair[1], true
		}
	}
	return "", false
}

// recordPairs are what the {placeholders} of the policy record stand for.
func (s State) recordPairs() []string {
	if s.App.DNS == nil || s.Domain == "" {
		return []string{
			"{record}", recordWords.theRecord, "{recordLabel}", recordWords.theLabel, "{recordName}", recordWords.theName,
			"{recordTyping}", recordWords.typeWhole, "{recordLine}", recordWords.theRecord,
		}
	}
	zone := s.recordZone()
	p := s.App.DNS.Publish(s.Domain, zone)
	label, typing := p.HostLabel, fmt.Sprintf(recordWords.typeLabel, p.HostLabel, p.Zone, p.Doubled)
	if zone == "" { // which part of the name a form adds is not known: it is told whole
		label, typing = p.FullName, recordWords.typeWhole
	}
	bind := ""
	for _, f := range p.Forms {
		if f.Name == "" {
			bind = f.Value
		}
	}
	return []string{
		"{record}", p.Text, "{recordLabel}", label, "{recordName}", p.FullName, "{recordTyping}", typing, "{recordLine}", bind,
	}
}

// recordZone is the zone of the DNS that the policy record belongs in, which is
// above the domain where that has no zone of its own; empty: nobody looked.
func (s State) recordZone() string {
	h, ok := s.Finding(checks.CheckDNSPolicy)
	if !ok {
		return ""
	}
	return h.Zone
}

// NameServer is what one server said of the policy record. Its texts come from
// outside: clean them.
type NameServer struct {
	Name  string // by which it is known
	Asked string // the name that it was asked about
	Found string // as it was found; empty: nothing is there
	Has   bool   // the record as it is wanted
	Out   bool   // what it said does not count: nobody waits for it
	Until time.Time
	Say   string // in a word or two, for a list
}

// NameServers lists what every name server of the domain, and the resolver in use,
// said of the policy record when they were asked last. at is now: what a cache
// goes on saying is counted down to it.
func NameServers(s State, at time.Time) []NameServer {
	h, ok := s.Finding(checks.CheckDNSPolicy)
	if !ok || s.App.DNS == nil {
		return nil
	}
	var out []NameServer
	for _, e := range h.Seen {
		asked, server, ok := strings.Cut(strings.TrimPrefix(e.Request, "TXT "), " @")
		if !ok || e.Source != checks.SourceDNS {
			continue
		}
		n := NameServer{Name: server, Asked: asked, Until: e.Until}
		switch {
		case e.Outcome == checks.DNSNoName || e.Outcome == checks.DNSNoData:
			n.Say = recordWords.nothing
		case !e.Outcome.Decides():
			n.Out, n.Say = true, e.Value
			if _, why, ok := strings.Cut(e.Value, ": "); ok {
				n.Say = why
			}
		case e.State == checks.DNSOk:
			n.Has, n.Found, n.Say = true, e.Value, recordWords.has
		case e.Alias != "": // where servers differ, nobody goes where it leads
			n.Say = fmt.Sprintf(recordWords.alias, e.Alias)
		default:
			n.Found, n.Say = e.Value, fmt.Sprintf(recordWords.other, e.Value)
		}
		if left := e.Until.Sub(at).Round(time.Second); !n.Has && !e.Until.IsZero() && left > 0 {
			n.Say = fmt.Sprintf(recordWords.keeps, n.Say, checks.DNSLasts(left))
		}
		out = append(out, n)
	}
	return out
}
