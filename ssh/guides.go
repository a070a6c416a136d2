package ssh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
)

// GuideRole is what a guide is there for.
type GuideRole string

// The roles. What each may do stands in powers.
const (
	RoleGuide   GuideRole = "guide"
	RoleLead    GuideRole = "lead"
	RoleAuditor GuideRole = "auditor"
)

// Known says whether it is one of Roles.
func (r GuideRole) Known() bool { return slices.Contains(Roles(), r) }

// Roles are all roles, in the order in which they are told.
func Roles() []GuideRole { return []GuideRole{RoleGuide, RoleLead, RoleAuditor} }

// Power is one thing that a guide may do. There is none for answering, confirming
// or signing in, nor for what a customer keeps to themselves: nobody has that.
type Power uint8

// The powers.
const (
	PowerQueue    Power = iota // see which cases there are: number, step, age, who waits
	PowerWatch                 // ask a customer to be watched
	PowerHelp                  // point, write notes, suggest a path, have checks look again
	PowerInvite                // make and revoke invitations
	PowerHandOver              // give a case to another guide
	PowerErase                 // erase a case
	PowerReplay                // replay what was recorded with other guides of the organisation, once it is over
	PowerAudit                 // read the audit
)

// powers is what each role may do. An auditor sees no case.
var powers = map[GuideRole][]Power{
	RoleGuide:   {PowerQueue, PowerWatch, PowerHelp},
	RoleLead:    {PowerQueue, PowerWatch, PowerHelp, PowerInvite, PowerHandOver, PowerErase, PowerReplay},
	RoleAuditor: {PowerAudit},
}

// Guide is somebody who has proved to be a guide. Guides makes them; the zero value
// is nobody and may do nothing. It says who somebody is and what they may do, and
// leads to no case.
type Guide struct {
	name, organisation, keyID, print string
	roles                            []GuideRole
	until                            time.Time
}

// Name is by which customers know the guide.
func (g Guide) Name() string { return g.name }

// Organisation is whom the guide works for.
func (g Guide) Organisation() string { return g.organisation }

// KeyID is the key id of the guide's certificate; empty: it is a listed key.
func (g Guide) KeyID() string { return g.keyID }

// Roles are the guide's, in the order of Roles.
func (g Guide) Roles() []GuideRole { return slices.Clone(g.roles) }

// Until is when the guide's certificate runs out; zero: never.
func (g Guide) Until() time.Time { return g.until }

// May says whether the guide may do something.
func (g Guide) May(p Power) bool {
	return slices.ContainsFunc(g.roles, func(r GuideRole) bool { return slices.Contains(powers[r], p) })
}

// rolesWord tells the roles in a word or more.
func (g Guide) rolesWord() string {
	out := make([]string, len(g.roles))
	for i, r := range g.roles {
		out[i] = string(r)
	}
	return strings.Join(out, ", ")
}

// GuidesOptions say who is a guide.
type GuidesOptions struct {
	// Authorities sign OpenSSH user certificates of guides.
	Authorities []Authority
	// Keys are those of guides who have no certificate.
	Keys []GuideKey
	// Principals are the names in a certificate that give a role; a role without any
	// goes by its own name.
	Principals map[GuideRole][]string
	// SecurityKeys lets in nobody but who touched a FIDO security key (sk- keys).
	SecurityKeys bool
	// Revoked is a file of what counts no longer, see SECURITY.md; empty: there is none.
	Revoked string
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
}

// Authority is who signs certificates of an organisation's guides.
type Authority struct {
	Organisation string
	// File holds its public keys, one on a line, as ssh-keygen writes them: the
	// one in use, and others while it is changed.
	File string
}

// GuideKey is one guide's key.
type GuideKey struct {
	Name, Organisation string
	Role               GuideRole
	Key                gossh.PublicKey
}

// Guides says who is a guide. Its files are read again once they have changed.
// While one of them cannot be read, nobody is a guide: it may be the one that says
// who is none any more. Its methods are safe for use by several goroutines.
type Guides struct {
	o     GuidesOptions
	names map[string]GuideRole // by principal

	mu      sync.Mutex
	stamps  []stamp
	trusted *trusted // nil: why
	why     error    // what cannot be read; nil: all can
}

// trusted is what the configuration and its files said at one moment.
type trusted struct {
	authorities map[string]Authority // by public key, as marshalled
	keys        map[string]GuideKey  // likewise
	revoked     *revoked
}

// OpenGuides holds options to what can be meant, and reads the files that they
// name. One that cannot be read is no error: Trouble tells of it, and nobody is a
// guide until it can.
func OpenGuides(o GuidesOptions) (*Guides, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	g := &Guides{o: o, names: map[string]GuideRole{}}
	for _, r := range Roles() {
		names := o.Principals[r]
		if len(names) == 0 {
			names = []string{string(r)}
		}
		for _, name := range names {
			if other, taken := g.names[name]; taken && other != r {
				return nil, fmt.Errorf(sayPrincipalTwice, checks.Line(name, 80), other, r)
			}
			if !GuideName(name) {
				return nil, fmt.Errorf(sayPrincipalNone, checks.Line(name, 80))
			}
			g.names[name] = r
		}
	}
	for _, k := range o.Keys {
		switch {
		case !GuideName(k.Name), !GuideName(k.Organisation):
			return nil, errors.New(sayGuideName)
		case !k.Role.Known():
			return nil, fmt.Errorf(sayGuideRole, checks.Line(string(k.Role), 40))
		}
		if err := keyWorks(k.Key); err != nil {
			return nil, fmt.Errorf(sayGuideKeyOf, checks.Line(k.Name, mostName), err)
		}
		if o.SecurityKeys && !onHardware(k.Key) {
			return nil, fmt.Errorf(sayGuideSoftKey, checks.Line(k.Name, mostName))
		}
	}
	for _, a := range o.Authorities {
		if !GuideName(a.Organisation) {
			return nil, errors.New(sayGuideName)
		}
	}
	if err := g.alike(); err != nil {
		return nil, err
	}
	_, _ = g.now() // Trouble says what is wrong
	return g, nil
}

// Trouble is why nobody is a guide just now; nil: who is one can be known.
func (g *Guides) Trouble() error {
	_, err := g.now()
	return err
}

// watchEvery is how often the files are looked at while nobody asks.
const watchEvery = 2 * time.Second

// Keep looks at the files until ctx ends, so that what is wrong with one stands in
// the log before a guide comes.
func (g *Guides) Keep(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = g.now() // which logs it
		}
	}
}

// now is what is trusted now. The files are read again where they have changed, and until
// they can be: what kept them from it may be in no file's stamp.
func (g *Guides) now() (*trusted, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	stamps := g.look()
	first, before := g.stamps == nil, g.why
	changed := first || !slices.EqualFunc(stamps, g.stamps, stamp.same)
	if !changed && before == nil && !slices.ContainsFunc(stamps, unsettled) {
		return g.trusted, nil
	}
	g.stamps = stamps
	g.trusted, g.why = g.read()
	switch {
	case g.why != nil && (changed || before == nil || before.Error() != g.why.Error()):
		g.o.Log.Error("nobody is a guide: what says who is one cannot be read", "why", g.why.Error())
	case g.why == nil && !first && (changed || before != nil):
		g.o.Log.Info("who is a guide was read again")
	}
	return g.trusted, g.why
}

// read reads the files.
func (g *Guides) read() (*trusted, error) {
	t := &trusted{authorities: map[string]Authority{}, keys: map[string]GuideKey{}, revoked: new(revoked)}
	for _, a := range g.o.Authorities {
		keys, err := readAuthority(a.File)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			id := string(key.Marshal())
			if other, taken := t.authorities[id]; taken {
				return nil, fmt.Errorf(sayAuthorityTwice, gossh.FingerprintSHA256(key), checks.Line(other.Organisation, mostName), checks.Line(a.Organisation, mostName))
			}
			t.authorities[id] = a
		}
	}
	for _, k := range g.o.Keys {
		id := string(k.Key.Marshal())
		if other, taken := t.keys[id]; taken {
			return nil, fmt.Errorf(sayGuideKeyTwice, gossh.FingerprintSHA256(k.Key), checks.Line(other.Name, mostName), checks.Line(k.Name, mostName))
		}
		if _, signs := t.authorities[id]; signs {
			return nil, fmt.Errorf(sayGuideKeySigns, gossh.FingerprintSHA256(k.Key), checks.Line(k.Name, mostName))
		}
		t.keys[id] = k
	}
	if g.o.Revoked == "" {
		return t, nil
	}
	var err error
	t.revoked, err = readRevoked(g.o.Revoked)
	if err != nil {
		return nil, err
	}
	return t, nil
}
