package checks

import (
	"context"
	"encoding/json"
	"time"
)

// DNSOutcome says what one server did with a question. Ids are printed.
type DNSOutcome string

// The outcomes. Only Found, NoData and NoName decide anything.
const (
	DNSFound   DNSOutcome = "found"     // records, or an alias
	DNSNoData  DNSOutcome = "no-data"   // the name exists, the type does not
	DNSNoName  DNSOutcome = "no-name"   // the name does not exist
	DNSLame    DNSOutcome = "lame"      // answered without authority
	DNSFailed  DNSOutcome = "failed"    // SERVFAIL, REFUSED, or an answer that cannot be read
	DNSSilent  DNSOutcome = "silent"    // no answer in time, or no connection
	DNSForged  DNSOutcome = "forged"    // signed, and the signatures do not fit
	DNSBarred  DNSOutcome = "barred"    // not asked: its address is not one to ask
	DNSUnasked DNSOutcome = "not-asked" // there was nothing to ask, or nobody
	DNSNoPath  DNSOutcome = "no-path"   // not asked: this machine has no network of that kind, as IPv6
)

// Decides reports whether the outcome says what the zone holds.
func (o DNSOutcome) Decides() bool { return o == DNSFound || o == DNSNoData || o == DNSNoName }

// DNSSecurity is what DNSSEC says about an answer (RFC 4033 §5).
type DNSSecurity string

// The states, from best to worst.
const (
	DNSSecure        DNSSecurity = "secure"        // signed all the way from a trust anchor
	DNSInsecure      DNSSecurity = "insecure"      // proved to be unsigned
	DNSIndeterminate DNSSecurity = "indeterminate" // no anchor above, or keys could not be had
	DNSBogus         DNSSecurity = "bogus"         // signed, and the signatures do not fit
)

// DNSReply is what one server said. Text in it is as it was sent: clean it.
type DNSReply struct {
	Host     string        `json:"host"` // name server; empty for the resolver in use
	Addr     string        `json:"addr"` // address and port
	Outcome  DNSOutcome    `json:"outcome"`
	Rcode    string        `json:"rcode"`
	Texts    [][]string    `json:"texts,omitempty"`   // TXT records, each a list of strings
	Aliases  []string      `json:"aliases,omitempty"` // names passed on the way
	TTL      time.Duration `json:"-"`                 // of the records
	Negative time.Duration `json:"-"`                 // how long "not there" may be kept
	Took     time.Duration `json:"-"`
	Why      string        `json:"why,omitempty"` // for a person; empty where the outcome decides
}

// dnsReply is a DNSReply as it is written: its times in units that their names tell.
type dnsReply struct {
	plainReply
	TTL      int64 `json:"ttlSeconds"`
	Negative int64 `json:"negativeSeconds"`
	Took     int64 `json:"tookMs"`
}

// dnsReplyRead is a DNSReply as it is read. Files written before the names told the
// units have ttl and negative: seconds beside tookMs, nanoseconds beside took.
type dnsReplyRead struct {
	plainReply
	TTL         *int64 `json:"ttlSeconds"`
	Negative    *int64 `json:"negativeSeconds"`
	OldTTL      int64  `json:"ttl"`
	OldNegative int64  `json:"negative"`
	Took        int64  `json:"tookMs"`
	Nanos       *int64 `json:"took"`
}

type plainReply DNSReply

// MarshalJSON implements json.Marshaler.
func (r DNSReply) MarshalJSON() ([]byte, error) {
	return json.Marshal(dnsReply{plainReply(r), int64(r.TTL / time.Second), int64(r.Negative / time.Second), r.Took.Milliseconds()})
}

// UnmarshalJSON implements json.Unmarshaler. Times that the DNS cannot have are none.
func (r *DNSReply) UnmarshalJSON(text []byte) error {
	var in dnsReplyRead
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	const most = 1<<31 - 1 // RFC 2181 §8
	bounded := func(n int64, unit time.Duration) time.Duration {
		if n < 0 || n > most*int64(time.Second/unit) {
			return 0
		}
		return time.Duration(n) * unit
	}
	kept := func(said *int64, old int64) time.Duration {
		switch {
		case said != nil:
			return bounded(*said, time.Second)
		case in.Nanos != nil:
			return bounded(old, time.Nanosecond).Truncate(time.Second)
		}
		return bounded(old, time.Second)
	}
	*r = DNSReply(in.plainReply)
	r.TTL, r.Negative = kept(in.TTL, in.OldTTL), kept(in.Negative, in.OldNegative)
	if r.Took = bounded(in.Took, time.Millisecond); in.Nanos != nil {
		r.Took = bounded(*in.Nanos, time.Nanosecond)
	}
	return nil
}

// DNSFault says what is wrong with signatures that do not hold. Ids are printed.
type DNSFault string

// The faults that have advice of their own.
const (
	DNSFaultTime   DNSFault = "time"   // expired or not valid yet: by this machine's clock
	DNSFaultAnchor DNSFault = "anchor" // the keys are not those of the trust anchor
)

// DNSAliasBy says what makes a name an alias. Ids are printed.
type DNSAliasBy string

// What makes a name an alias.
const (
	DNSAliasOwn      DNSAliasBy = "cname"    // a CNAME at the name
	DNSAliasWildcard DNSAliasBy = "wildcard" // a CNAME for every name that nobody made
	DNSAliasTree     DNSAliasBy = "dname"    // a DNAME above, for all that is below it
)

// DNSAnswer is what is known about the TXT records at one name.
type DNSAnswer struct {
	Name    string     `json:"name"`  // asked for, with the dot at the end
	Asked   string     `json:"asked"` // the last name on the way of the aliases, or Top; the servers are asked for this
	Zone    string     `json:"zone"`  // apex of the zone that Asked is in
	Home    string     `json:"home"`  // apex of the zone that Name is in: another one, where an alias led on; empty: it is in none
	At      time.Time  `json:"at"`
	Servers []DNSReply `json:"servers"`
	// Way is the same of the zones on the way of the aliases, and Unasked how many name
	// servers, or addresses of some, were not asked, as there are too many.
	Way      []DNSReply  `json:"way,omitempty"`
	Unasked  int         `json:"unasked,omitempty"`
	Resolver DNSReply    `json:"resolver"`
	Aliases  []string    `json:"aliases,omitempty"`
	AliasBy  DNSAliasBy  `json:"aliasBy,omitempty"` // how Name leads to the first of Aliases; empty: it does not
	Tree     string      `json:"tree,omitempty"`    // of a DNAME, where it stands
	Endless  bool        `json:"endless,omitempty"` // the aliases lead in a circle, or on for too long
	Top      string      `json:"top,omitempty"`     // the last name's top-level domain, where the root has none of that name; Zone is the root then
	Wildcard bool        `json:"wildcard"`          // a name that nobody made has the same
	Agree    bool        `json:"agree"`             // all servers that decide say the same, and one does
	Security DNSSecurity `json:"security"`
	Weak     bool        `json:"weak,omitempty"`   // insecure although there are signatures: they no longer count
	Broken   string      `json:"broken,omitempty"` // the zone whose signing does not hold
	Fault    DNSFault    `json:"fault,omitempty"`  // and what is wrong with it
	Reason   string      `json:"reason"`           // why the security is what it is; of secure, from where on it is signed; for a person
}

// DNSReader looks up TXT records at the authoritative servers of a name and at
// the resolver in use. The error says that nothing could be learned.
type DNSReader interface {
	LookTXT(ctx context.Context, name string) (DNSAnswer, error)
}
