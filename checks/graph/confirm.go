package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"onboard.example/checks"
)

// Agreement is what a person read and agreed to: these writes in one tenant, in
// this order, with these scopes.
type Agreement struct {
	Tenant string   // its id
	Scopes []string // delegated, and no others are asked for
	Writes []Write
	// NewApp is the text that stands in Writes for the object id of the
	// enterprise app that an earlier one of them makes; empty: for nothing.
	NewApp string
}

// Confirmed is what a person confirmed: changes in one tenant, with scopes
// that are asked for only now. Only Confirm makes a valid one.
type Confirmed struct {
	Agreement

	appID string // client id of the enterprise app that one of the writes makes; empty: none does
}

// sampleID stands for an id that only Microsoft's answer will bring, where the
// form of a write is looked at before.
const sampleID = "00000000-0000-0000-0000-000000000001"

// Confirm records that a person confirmed what is agreed to. The error is a
// *checks.Failure where a changer could never send it all: where no plan holds
// such a write, where the scopes do not cover one, or where it waits for an id
// that nothing before it brings. So that is known before the first is sent.
func Confirm(a Agreement) (Confirmed, error) {
	switch {
	case !checks.IsGUID(a.Tenant):
		return Confirmed{}, errors.New("confirm changes: the tenant's id is no GUID")
	case len(a.Scopes) == 0 || slices.Contains(a.Scopes, ""):
		return Confirmed{}, errors.New("confirm changes: no scopes were named")
	case len(a.Writes) == 0:
		return Confirmed{}, errors.New("confirm changes: there are none")
	case checks.IsGUID(a.NewApp):
		return Confirmed{}, errors.New("confirm changes: an id cannot stand for another")
	}
	c := Confirmed{Agreement: a}
	c.Scopes, c.Writes = slices.Clone(a.Scopes), slices.Clone(a.Writes)
	for _, w := range c.Writes {
		bound, waits := c.bind(w, sampleID)
		f, ok := formOf(bound)
		if !ok || waits && c.appID == "" {
			return Confirmed{}, fmt.Errorf("%s %s: %w", w.Method, w.Path, &checks.Failure{Kind: checks.FailRequest, Message: wordNotWritable})
		}
		if lacking := f.need.lacking(c.Scopes); lacking != nil {
			return Confirmed{}, fmt.Errorf("%s %s: %w", w.Method, w.Path, &checks.Failure{Kind: checks.FailScope, Message: wordNotConfirmed, Missing: lacking})
		}
		if m, ok := readMembers(bound.Body); ok && bound.Path == "/servicePrincipals" {
			c.appID, _ = m["appId"].(string)
		}
	}
	return c, nil
}

// bind puts an id in the place of what stands for it; waits says whether there
// was any.
func (c Confirmed) bind(w Write, id string) (bound Write, waits bool) {
	if c.NewApp == "" || !strings.Contains(w.Path+w.Body, c.NewApp) {
		return w, false
	}
	w.Path, w.Body = strings.ReplaceAll(w.Path, c.NewApp, id), strings.ReplaceAll(w.Body, c.NewApp, id)
	return w, true
}

// idIn is the id that a write has where what was agreed to has a placeholder;
// ok is false where it differs in anything else, or where that is no id.
func (c Confirmed) idIn(w, agreed Write) (id string, ok bool) {
	at, in := agreed.Path, w.Path
	if !strings.Contains(at, c.NewApp) {
		at, in = agreed.Body, w.Body
	}
	before, _, _ := strings.Cut(at, c.NewApp)
	if !strings.HasPrefix(in, before) || len(in) < len(before)+len(sampleID) {
		return "", false
	}
	id = in[len(before) : len(before)+len(sampleID)]
	bound, _ := c.bind(agreed, id)
	return id, checks.IsGUID(id) && bound == w
}

// progress is how far the writes of a confirmed plan have come.
type progress struct {
	mu   sync.Mutex
	next int    // of the writes, the one that may be sent now
	busy bool   // it is being sent
	app  string // object id of the enterprise app that was made, by Microsoft's word; empty: not known
}

// take holds a write against the one whose turn it is, and takes that turn.
// given is the id that stands in it for the app that was made, where Microsoft
// did not say that id to us yet: it must be asked. Whoever took it gives it back
// by settle.
func (ch *Changer) take(w Write) (given string, err error) {
	p := &ch.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	no := &checks.Failure{Kind: checks.FailRequest, Message: wordNotAgreed}
	if p.busy || p.next >= len(ch.confirmed.Writes) {
		return "", no
	}
	agreed := ch.confirmed.Writes[p.next]
	bound, waits := ch.confirmed.bind(agreed, p.app)
	switch {
	case !waits || p.app != "":
		if w != bound {
			return "", no
		}
	default:
		var ok bool
		if given, ok = ch.confirmed.idIn(w, agreed); !ok {
			return "", no
		}
	}
	p.busy = true
	return given, nil
}

// settle gives the turn back: to the same write where Microsoft did not take
// it, so that it may be sent again, else to the next. What may have landed is
// never sent a second time.
func (ch *Changer) settle(w Write, a Answered, err error) {
	p := &ch.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = false
	if err == nil && w.Path == "/servicePrincipals" && checks.IsGUID(a.ObjectID) {
		p.app = a.ObjectID
	}
	if !untaken(err) {
		p.next++
	}
}

// untaken says whether an error means that nothing was written: Microsoft's own
// answer that refuses does, or that it was not sent at all. Where somebody waited
// too long (408) that is not known, and where it is so already (409) there is
// nothing to send again.
func untaken(err error) bool {
	var f *checks.Failure
	if err == nil || !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case checks.FailNotJSON, checks.FailCut, checks.FailService:
		return false
	case checks.FailNoAccess, checks.FailScope, checks.FailWrongTenant, checks.FailSignIn, checks.FailRequest:
		if f.Status == 0 {
			return true
		}
	default:
	}
	return f.Status >= 400 && f.Status < 500 && f.Status != http.StatusRequestTimeout && f.Status != http.StatusConflict
}

// unsent is an error of what is asked before a write, when the write itself was
// not sent: where it would leave a write in doubt, it is one that does not.
func unsent(err error) error {
	var f *checks.Failure
	if untaken(err) || !errors.As(err, &f) {
		return err
	}
	return &checks.Failure{Kind: checks.FailRequest, Message: join(wordUnsent, f.Message), RequestID: f.RequestID}
}

// asked holds the id of the enterprise app that was made against what Microsoft
// says now: the answer to making it did not bring it, because none came, or
// because it was there already.
func (ch *Changer) asked(ctx context.Context, c *call, given string) error {
	path, _ := byAppID(ch.confirmed.appID, "") // a GUID, by the form of the write
	sp, err := one[servicePrincipalRead](&trail{call: c, ctx: ctx},
		ask{path: path, query: "$select=id,appId", need: needApps})
	if err != nil {
		return err
	}
	if text(sp.ID) != given {
		return &checks.Failure{Kind: checks.FailRequest, Message: wordNotAgreed}
	}
	ch.progress.mu.Lock()
	defer ch.progress.mu.Unlock()
	ch.progress.app = given
	return nil
}
