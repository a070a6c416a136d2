package sim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The device code flow (entra-facts §12).

// deviceInterval is how many seconds a device should wait between polls.
const deviceInterval = 5

// deviceGrant is one device code, from the device's request to its token.
type deviceGrant struct {
	code     string // the device's secret
	userCode string
	reg      *Registration
	tenant   *Tenant // nil under common and organizations
	asked    scopeSet
	cc       []string
	lastPoll time.Time

	user    *User
	home    *Tenant
	signIn  signIn
	refused *refusal // told to the device at its next poll
	used    bool
}

// deviceReply is the answer to the device.
type deviceReply struct {
	UserCode string `json:"user_code"`
	Device   string `json:"device_code"`
	URI      string `json:"verification_uri"`
	URL      string `json:"verification_url,omitempty"` // the first version's name
	Expires  int    `json:"expires_in"`
	Interval int    `json:"interval"`
	Message  string `json:"message"`
}

func (s *Sim) deviceCodeV2(c *visit) answer { return s.deviceCode(c, c.get("scope"), false) }

func (s *Sim) deviceCodeV1(c *visit) answer {
	resource := strings.Join(strings.Fields(c.get("resource")), "")
	if resource == "" {
		return refuse(900144, "resource").asJSON(c)
	}
	return s.deviceCode(c, strings.TrimSuffix(resource, "/")+"/.default", true)
}

// deviceCode gives a device its codes. Whether the app may use the flow at all
// shows at the token endpoint only (7000218).
func (s *Sim) deviceCode(c *visit, scope string, v1 bool) answer {
	t, refused := s.tenantToSignIn(c.at, c.vars[0])
	if refused != nil {
		return refused.asJSON(c)
	}
	id := c.get("client_id")
	reg := s.world.registration(id)
	if id != "" && reg == nil && t == nil {
		return refuse(50059).asJSON(c)
	}
	if reg, refused = s.appAt(c, t); refused != nil {
		return refused.asJSON(c)
	}
	d := &deviceGrant{code: s.login.random() + s.login.random(), reg: reg, tenant: t}
	if d.asked, refused = s.readScopes(reg, t, scope); refused != nil {
		return refused.asJSON(c)
	}
	if d.cc, refused = capabilities(c.get("claims")); refused != nil {
		return refused.asJSON(c)
	}
	d.userCode = s.userCode(c)
	s.login.devices.put(c.now, d.code, d)
	s.login.devices.put(c.now, d.userCode, d)
	s.autoDevice(c, d)
	out := deviceReply{
		UserCode: d.userCode, Device: d.code, URI: c.at.base() + "/devicelogin",
		Expires: int(deviceLife / time.Second), Interval: deviceInterval,
	}
	out.Message = fmt.Sprintf(wordsDeviceMessage, out.URI, out.UserCode)
	if v1 {
		out.URL = out.URI
	}
	return asJSON(http.StatusOK, out)
}

// userCode is nine letters and digits that nobody mixes up, and is new.
func (s *Sim) userCode(c *visit) string {
	for {
		var b strings.Builder
		for _, r := range s.login.random() + s.login.random() {
			if !strings.ContainsRune("01AEIOU", r) && b.Len() < 9 {
				b.WriteRune(r)
			}
		}
		if _, known, _ := s.login.devices.get(c.now, b.String()); !known && b.Len() == 9 {
			return b.String()
		}
	}
}

// autoDevice answers a device code at once when --auto-approve is on.
func (s *Sim) autoDevice(c *visit, d *deviceGrant) {
	a := s.deviceAttempt(d)
	a.at = c.at
	if who, ok := s.autoAccount(a); ok {
		a.auto = true
		s.signedIn(c, a, who)
	}
}

func (s *Sim) deviceAttempt(d *deviceGrant) *attempt {
	return &attempt{
		kind: forDevice, tenant: d.tenant, pinned: d.tenant != nil, reg: d.reg, asked: d.asked, device: d,
	}
}

// devicePage is where a person types the code.
func (s *Sim) devicePage(c *visit) answer {
	return s.page(c, http.StatusOK, "device", deviceView{Code: clip(c.get("otc"))})
}

// enterCode is the post of that page.
func (s *Sim) enterCode(c *visit) answer {
	code := strings.ToUpper(strings.Join(strings.Fields(clip(c.body.Get("otc"))), ""))
	d, known, live := s.login.devices.get(c.now, code)
	switch {
	case !known || len(code) != 9 || d.user != nil || d.refused != nil:
		return s.page(c, statusPage, "device", deviceView{Code: code, Problem: wordsWrongCode})
	case !live:
		return s.page(c, statusPage, "device", deviceView{Code: code, Problem: wordsCodeExpired})
	}
	return s.welcome(c, s.begin(c, s.deviceAttempt(d)))
}

// confirmDevice asks once more, for whoever was sent a code by a stranger.
func (s *Sim) confirmDevice(c *visit, a *attempt) answer {
	if a.auto {
		a.device.user, a.device.home, a.device.signIn = a.user, a.tenant, a.signIn
		return answer{status: http.StatusOK}
	}
	a.stage = atConfirm
	return s.page(c, http.StatusOK, "confirm", confirmView{Flow: a.id, App: a.reg.Name, User: a.user.UPN})
}

// answerConfirm is the post of that question.
func (s *Sim) answerConfirm(c *visit) answer {
	a, stale := s.resume(c, atConfirm)
	if stale != nil {
		return s.asPage(c, stale)
	}
	if c.body.Get("do") != "continue" {
		return s.finish(c, a, refuse(65004).as("authorization_declined", ""))
	}
	a.stage = atEnd
	s.note(c, a, nil)
	a.device.user, a.device.home, a.device.signIn = a.user, a.tenant, a.signIn
	return s.page(c, http.StatusOK, "note", noteView{Title: a.reg.Name, Text: wordsDeviceDone})
}

// endDevice tells the device no, and the person why.
func (s *Sim) endDevice(c *visit, a *attempt, f *refusal) answer {
	a.stage = atEnd
	told := *f
	told.oauth, told.state = "authorization_declined", http.StatusBadRequest
	if told.text == "" {
		told.code, told.text = 65004, refusalTexts[65004].text
	}
	a.device.refused = &told
	if f.code == 65004 || f.code == 0 {
		return s.page(c, http.StatusOK, "note", noteView{Title: a.reg.Name, Text: wordsDeviceNo})
	}
	return s.asPage(c, f)
}

// pollDevice is the token endpoint's part of the flow.
func (s *Sim) pollDevice(c *visit) (*tokenSubject, *refusal) {
	code := c.body.Get("device_code")
	if code == "" {
		code = c.body.Get("code") // the first version's name
	}
	if code == "" {
		return nil, refuse(900144, "device_code")
	}
	d, known, live := s.login.devices.get(c.now, code)
	if !known || len(code) == 9 || d.used {
		return nil, refuse(70018)
	}
	if f := s.checkClient(c, d.reg); f != nil {
		return nil, f
	}
	switch {
	case d.refused != nil:
		return nil, d.refused
	case !live:
		return nil, refuse(70019)
	case d.user == nil && !d.lastPoll.IsZero() && c.now.Sub(d.lastPoll) < deviceInterval*time.Second:
		d.lastPoll = c.now
		return nil, refuse(70016).as(slowDown, "")
	case d.user == nil:
		d.lastPoll = c.now
		return nil, refuse(70016)
	}
	d.used = true
	return &tokenSubject{tenant: d.home, user: d.user, reg: d.reg, asked: d.asked, cc: d.cc, signIn: d.signIn}, nil
}
