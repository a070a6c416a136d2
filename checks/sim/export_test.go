package sim

import (
	"fmt"
	"sync"
)

// sharedKeys makes one signing key for all simulators of a test run that ask it:
// making them took more of the processor than all else that the tests do. What
// tests that a foreign key is refused has keys of its own.
var sharedKeys = sync.OnceValues(newKeyPair)

// ShareKeys has a simulator sign with sharedKeys.
func ShareKeys(o *Options) { o.keys = sharedKeys }

// What the comparison with the product's evaluator needs of the world, which
// no scenario file could say ten thousand times.

// AddTenant puts t into the world. The caller must not share t afterwards.
func (w *World) AddTenant(t *Tenant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tenants = append(w.tenants, t)
}

// AddApp puts a registration into the world.
func (w *World) AddApp(r *Registration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.apps = append(w.apps, r)
}

// Ask decides whether the user of a tenant may consent to what an app asks
// for. It is decide under the world's lock; an unknown tenant, user or app is an error.
func (w *World) Ask(tenantID, upn, appID string, asked ...AskedScope) (Ruling, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	t := w.tenantFor(tenantID, nil)
	if t == nil {
		return Ruling{}, fmt.Errorf("ask: no tenant %q", tenantID)
	}
	u, reg := t.userByUPN(upn), w.registration(appID)
	if u == nil || reg == nil {
		return Ruling{}, fmt.Errorf("ask: no user %q or no app %q", upn, appID)
	}
	return w.decide(t, u, reg, asked), nil
}
