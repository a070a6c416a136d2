package flows

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onboard.example/checks"
)

// mostReturn bounds an address that came back, in bytes.
const mostReturn = 8 << 10

// mostDoor bounds a service's address, and the state of a link to it, in bytes.
const mostDoor = 1 << 10

// ReadReturn reads the address at which Microsoft's consent page left somebody:
// whole, or its query alone. Whatever is no member of a consent answer stays
// behind, so that a code in somebody's paste gets nowhere. The error comes first,
// since a page that was left says admin_consent=True as well (entra-facts §11).
// ok is false for what is no such address.
func ReadReturn(s State, address string, pasted bool) (c checks.Callback, ok bool) {
	address = strings.TrimSpace(address)
	if len(address) > mostReturn || strings.ContainsAny(address, " \n\r\t") {
		return c, false
	}
	query := address
	if u, err := url.Parse(address); err == nil && u.Scheme != "" {
		if query = u.RawQuery; query == "" {
			query = u.Fragment
		}
	}
	q, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil || !q.Has("admin_consent") && !q.Has("error") {
		return c, false
	}
	_, state := s.wayBack()
	ours := s.nonce != "" && q.Get("state") == state // without a nonce anybody could guess it
	c = checks.Callback{Error: checks.Line(q.Get("error"), 60), Ours: ours, Pasted: pasted}
	if m := returnCode.FindString(q.Get("error_description")); m != "" {
		c.AADSTS = m
	}
	if t := q.Get("tenant"); checks.IsGUID(t) {
		c.Tenant = strings.ToLower(t)
	}
	c.Consented = c.Error == "" && strings.EqualFold(q.Get("admin_consent"), "true")
	return c, true
}

// returnCode finds Microsoft's number in a description (entra-facts §13).
var returnCode = regexp.MustCompile(`AADSTS\d{4,8}`)

// News says whether what came back tells this run anything. Whatever page is open
// in the person's browser can send requests to this machine, as often as it
// likes: of what is not this run's the first counts, and nothing twice.
func (s State) News(c checks.Callback) bool {
	have := s.Callback
	switch {
	case have == nil:
		return true
	case *have == c:
		return false
	default:
		return c.Ours || c.Pasted && !have.Ours
	}
}

// came takes what the consent page brought back. It is somebody's word, as
// "I did it" is, and moves nothing but that.
func (s State) came(e Returned) State {
	step, ok := s.Step()
	if !ok || !slices.Contains(step.Links, LinkConsent) || !s.News(e.Callback) {
		return s
	}
	c := e.Callback
	s.Callback, s.CalledBack = &c, s.At
	s.Round++
	if c.Ours && !c.Pasted && s.door != "" { // what was signed counts once
		s.door, s.doorState = "", ""
	}
	if s.Said(c) != ReturnGood {
		return s
	}
	id := step.ID
	if s.Path == DirectLink {
		id = LinkApprove
	}
	if st, ok := StepByID(id); ok && st.Claim && !s.HasClaimed(id) {
		s.claims = append(slices.Clip(s.claims), id)
	}
	return s
}

// ReturnSaid is what an address that the consent page led to means for a run.
type ReturnSaid string

// What it can mean. None of them is proof: Graph has the last word.
const (
	ReturnStrange   ReturnSaid = "strange"   // it does not belong to this run, and is not believed
	ReturnError     ReturnSaid = "error"     // the page says that something went wrong, or was left
	ReturnEmpty     ReturnSaid = "empty"     // it says nothing of consent
	ReturnElsewhere ReturnSaid = "elsewhere" // it says that consent was given, in another tenant than the run's
	ReturnGood      ReturnSaid = "good"      // it says that consent was given
)

// Said says what came back. The error comes first (entra-facts §11), and the
// tenant is compared with the run's own, never taken over.
func (s State) Said(c checks.Callback) ReturnSaid {
	here := s.TenantID()
	switch {
	case !c.Ours:
		return ReturnStrange
	case c.Error != "":
		return ReturnError
	case !c.Consented:
		return ReturnEmpty
	case here != "" && c.Tenant != "" && c.Tenant != here:
		return ReturnElsewhere
	}
	return ReturnGood
}

// listen notes where the consent page is waited for. A service's address becomes
// the one that the app's page comes back to: the service says so of those apps
// alone in whose registration it stands.
func (s State) listen(e Listening) State {
	s.returnPort, s.door = e.Port, ""
	switch {
	case e.Door:
		s.returnPort, s.door = 0, doorKept
	case e.leads():
		s.returnPort, s.door, s.doorState = 0, e.At, e.State
		s.App.ConsentRedirect = e.At
	}
	return s
}

// leads says whether it is a service that waits, at an address that a link can
// lead to.
func (e Listening) leads() bool {
	u, err := url.Parse(e.At)
	return err == nil && u.Scheme == "https" && u.Host != "" && e.State != "" && max(len(e.At), len(e.State)) <= mostDoor
}

// doorKept stands for a service's address in a run as a guide has it.
const doorKept = "kept"

// wayBack is where the link leads back to, with the state that it carries; empty:
// nowhere.
func (s State) wayBack() (redirect, state string) {
	if s.door != "" {
		return s.door, s.doorState
	}
	return s.consentRedirect(), consentState(s)
}

// RunID tells this run from every other; empty: it has none. It is no secret.
func (s State) RunID() string { return s.nonce }

// DoorState is the state that the run's link to a service carried last, and that
// has not come back; empty: there is none.
func (s State) DoorState() string { return s.doorState }

// registered is the address of the app's profile.
func (s State) registered() string {
	if s.Profile == nil {
		return ""
	}
	return s.Profile.AdminConsent.RedirectURI
}

// consentRedirect is the registered address as the link carries it: with the port
// at which this machine waits, where the registration leaves the port open.
func (s State) consentRedirect() string {
	back := s.registered()
	u, port, ok := loopback(back)
	if !ok || port != 0 || s.returnPort == 0 {
		return back
	}
	u.Host += ":" + strconv.Itoa(int(s.returnPort)) // which had none: see loopback
	return u.String()
}

// Loopback says whether a registered address leads to this machine, so that it
// can be waited at, and at which port; 0 is any, which Microsoft allows for
// localhost (product §11).
func Loopback(redirect string) (port uint16, ok bool) {
	_, port, ok = loopback(redirect)
	return port, ok
}

func loopback(redirect string) (u *url.URL, port uint16, ok bool) {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, 0, false
	}
	switch host := u.Hostname(); {
	case host != "localhost" && host != "127.0.0.1" && host != "::1":
		return nil, 0, false
	case u.Port() == "":
		return u, 0, host == "localhost"
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return u, uint16(n), err == nil && n > 0
}

// wantReturn is the wait for the consent page, for as long as its link is shown
// and nothing good came back: at the registered address where that leads to this
// machine, or at a service's own, which knows of which apps it is registered. That
// the tenant shows the consent ends it not: the browser may still be on its way,
// and would find nobody.
func wantReturn(s State) (Want, bool) {
	step, ok := s.Step()
	if !ok || !slices.Contains(step.Links, LinkConsent) || s.Callback != nil && s.Said(*s.Callback) == ReturnGood {
		return Want{}, false
	}
	if _, ok := Loopback(s.registered()); !ok && !s.doors {
		return Want{}, false
	}
	return Want{Kind: WantReturn, Redirect: s.registered(), Client: s.App.ClientID}, true
}

// TakesReturn says whether an address that the consent page led to means
// something at this place.
func TakesReturn(s State) bool {
	step, ok := s.Step()
	return ok && s.App.ConsentRedirect != "" && slices.Contains(step.Links, LinkConsent)
}

// ReturnHint says in a line what becomes of the address that Microsoft's page
// leads to after Accept; empty where the link leads nowhere, or it came already.
func ReturnHint(s State) string {
	switch {
	case !TakesReturn(s), s.Callback != nil && s.Said(*s.Callback) == ReturnGood:
		return ""
	case s.door != "":
		return words.returnDoor
	case s.returnPort != 0:
		return words.returnHeard
	default:
		return words.returnPaste
	}
}

// LooksAt are the checks that are looked at while the person is at a step. What
// the consent page brought back is among them once something came.
func (s State) LooksAt(st Step) []checks.ID {
	out := slices.DeleteFunc(slices.Clone(st.Looks()), func(id checks.ID) bool {
		return id == checks.VendorCallback && (s.Callback == nil || s.App.ConsentRedirect == "")
	})
	if slices.Contains(st.Checks, checks.AppGrant) {
		out = append(out, s.probe()...)
	}
	return out
}

// probe is the vendor's own look, where there is one for the run's app, and once
// somebody said that consent was given: before, it would tell whoever names a
// domain whether that is a customer of the vendor's, and the run nothing.
func (s State) probe() []checks.ID {
	ours := func(id string) bool { return strings.EqualFold(id, s.App.ClientID) }
	if len(s.claims) == 0 || s.App.ClientID == "" || !slices.ContainsFunc(s.probes, ours) {
		return nil
	}
	return []checks.ID{checks.VendorProbe}
}
