package sim

import (
	"hash/fnv"
	"time"
)

// Replication: what was written is seen a while later, each object after a time of
// its own.

// What can lag, as of= names it.
const (
	lagServices = "servicePrincipals"
	lagGrants   = "oauth2PermissionGrants"
)

// lagRules say how long new or changed objects stay unseen by reads.
type lagRules struct {
	all      time.Duration
	kinds    map[string]lagRule
	spread   time.Duration
	workflow time.Duration // until the request form follows its switch (entra-facts §6: up to an hour)
	seed     uint64
}

type lagRule struct{ wait, spread time.Duration }

func (l *lagRules) add(f *fault) {
	if f.of == "" {
		l.all, l.spread = f.wait, f.spread
		return
	}
	if l.kinds == nil {
		l.kinds = map[string]lagRule{}
	}
	l.kinds[f.of] = lagRule{f.wait, f.spread}
}

// of is the lag of one object. The spread is drawn from the seed and its id.
func (l lagRules) of(kind, id string) time.Duration {
	r, ok := l.kinds[kind]
	if !ok {
		r = lagRule{l.all, l.spread}
	}
	if r.spread <= 0 {
		return r.wait
	}
	return r.wait + time.Duration(chance(l.seed, kind+id, 0)*float64(r.spread))
}

// chance is a number from 0 up to, but not, 1, which is the same for the same
// arguments.
func chance(seed uint64, about string, n uint64) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(about)) // never fails
	x := h.Sum64() + seed*0x9e3779b97f4a7c15 + n*0xd1b54a32d192ed03
	// The finalizer of splitmix64 spreads neighbouring numbers.
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}

// switchSeen is the last change of a tenant's workflow switch.
type switchSeen struct {
	on, was bool
	at      time.Time
}

// noticeSwitches looks whether a request has turned a workflow switch. It takes
// World.mu itself.
func (s *Sim) noticeSwitches() {
	if s.world.lag.workflow <= 0 {
		return
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	for _, t := range s.world.tenants {
		seen, known := s.login.switches[t]
		if on := t.Workflow.Enabled; !known || seen.on != on {
			s.login.switches[t] = switchSeen{on: on, was: seen.on, at: s.now()}
			if !known {
				s.login.switches[t] = switchSeen{on: on, was: on}
			}
		}
	}
}

// workflowOn says whether a blocked user is offered the request form: the switch
// as it was until the lag is over.
func (s *Sim) workflowOn(t *Tenant) bool {
	seen, known := s.login.switches[t]
	if known && s.now().Before(seen.at.Add(s.world.lag.workflow)) {
		return seen.was
	}
	return t.Workflow.Enabled
}
