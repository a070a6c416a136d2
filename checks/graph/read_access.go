package graph

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onboard.example/checks"
)

// evaluatePath is Graph's own what-if. It is asked by POST and changes nothing
// (v1.0 action evaluate on conditionalAccessRoot [MM, GC:conditionalaccessroot-evaluate]).
const evaluatePath = "identity/conditionalAccess/evaluate"

// samples is how many people are asked about in place of an ordinary user, and
// sampleList among how many they are looked for.
const (
	samples    = 3
	sampleList = 25
)

// whatIf is one policy in an answer of evaluate.
type whatIf struct {
	ID       string `json:"id"`
	Name     string `json:"displayName"`
	State    string `json:"state"`
	Applies  *bool  `json:"policyApplies"`
	Reasons  string `json:"analysisReasons"`
	Controls *struct {
		Operator string    `json:"operator"`
		BuiltIn  []string  `json:"builtInControls"`
		Custom   []string  `json:"customAuthenticationFactors"`
		Terms    []string  `json:"termsOfUse"`
		Strength *struct{} `json:"authenticationStrength"`
	} `json:"grantControls"`
	Session map[string]any `json:"sessionControls"`
	Where   struct {
		Locations *struct{} `json:"locations"`
		Devices   *struct{} `json:"devices"`
		Times     *struct{} `json:"times"`
		Users     struct {
			Include       []string  `json:"includeUsers"`
			Exclude       []string  `json:"excludeUsers"`
			IncludeGroups []string  `json:"includeGroups"`
			ExcludeGroups []string  `json:"excludeGroups"`
			IncludeRoles  []string  `json:"includeRoles"`
			ExcludeRoles  []string  `json:"excludeRoles"`
			IncludeGuests *struct{} `json:"includeGuestsOrExternalUsers"`
			ExcludeGuests *struct{} `json:"excludeGuestsOrExternalUsers"`
		} `json:"users"`
	} `json:"conditions"`
}

// readConditional asks Graph which policies of Conditional Access would apply to
// a sign-in: of the person asked about or, where there is none, of an ordinary
// user. For the latter the signed-in person is asked about at once; only where
// a policy that is on tells people apart, which admins are often spared by, are
// a few other people of the tenant asked about in their place, in one more stage.
func readConditional(rd *reading, t *trail) (checks.Conditional, error) {
	if _, err := appPath(rd, ""); err != nil {
		return checks.Conditional{}, err
	}
	apps, f := targets(rd.q.App)
	if f != nil {
		return checks.Conditional{}, f
	}
	if rd.q.Person != "" {
		return namedConditional(rd, t, apps)
	}
	me, others := &trail{call: t.call, ctx: t.ctx}, &trail{call: t.call, ctx: t.ctx}
	mine, people := []whatIf(nil), []string(nil)
	var mineErr, peopleErr error
	var wg sync.WaitGroup
	known := checks.IsGUID(t.claims.oid) && !t.claims.appOwn
	if known {
		wg.Go(func() {
			mineErr = guarded(func() (err error) { mine, err = evaluate(me, t.claims.oid, apps); return err })
		})
	}
	wg.Go(func() { peopleErr = guarded(func() (err error) { people, err = ordinary(others); return err }) })
	wg.Wait()
	t.seen = append(t.seen, me.seen...)
	switch {
	case mineErr != nil:
		return checks.Conditional{}, mineErr
	case known && !slices.ContainsFunc(mine, whatIf.tellsApart):
		return checks.Conditional{Asked: []checks.WhatIf{whatIfOf(checks.WhoseAll, mine)}}, nil
	}
	t.seen = append(t.seen, others.seen...)
	people = slices.DeleteFunc(people, func(id string) bool {
		return strings.EqualFold(id, t.claims.oid) || slices.ContainsFunc(mine, func(p whatIf) bool { return p.on() && containsFold(p.Where.Users.Exclude, id) })
	})
	people = people[:min(len(people), samples)]
	switch {
	case len(people) > 0:
		return sampled(t, people, apps)
	case known:
		// Nobody else can be asked about: what is known of the admin is told as such.
		return checks.Conditional{Asked: []checks.WhatIf{whatIfOf(checks.WhoseMine, mine)}}, nil
	case peopleErr != nil:
		return checks.Conditional{}, peopleErr
	}
	return checks.Conditional{}, t.lacks("people to ask about")
}

// namedConditional asks about the person asked about, whose object id takes one
// more round trip where they are named by an address.
func namedConditional(rd *reading, t *trail, apps []string) (checks.Conditional, error) {
	id := strings.TrimSpace(rd.q.Person)
	if !checks.IsGUID(id) {
		l := rd.person()
		t.seen = append(t.seen, l.seen...)
		switch {
		case l.err != nil:
			return checks.Conditional{}, l.err
		case l.value == nil:
			return checks.Conditional{Asked: []checks.WhatIf{}}, nil // nobody of that name: nothing to ask
		}
		id = l.value.ID
	}
	found, err := evaluate(t, id, apps)
	if err != nil {
		return checks.Conditional{}, err
	}
	return checks.Conditional{Asked: []checks.WhatIf{whatIfOf(checks.WhoseNamed, found)}}, nil
}

// sampled asks about several people at once.
func sampled(t *trail, people, apps []string) (checks.Conditional, error) {
	found, err := eachResource(t, people, func(t *trail, id string) ([]whatIf, error) { return evaluate(t, id, apps) })
	if err != nil {
		return checks.Conditional{}, err
	}
	out := checks.Conditional{Asked: []checks.WhatIf{}}
	for _, f := range found {
		out.Asked = append(out.Asked, whatIfOf(checks.WhoseSample, f))
	}
	return out, nil
}

// ordinary lists some people of the tenant: members, not guests, whose accounts
// are on. Only their ids are asked for.
func ordinary(t *trail) ([]string, error) {
	found, _, err := onePage[struct {
		ID string `json:"id"`
	}](t, ask{
		path: "users", query: "$select=id&$top=" + strconv.Itoa(sampleList) + "&$filter=" + escaped("accountEnabled eq true and userType eq 'Member'"), need: needUser,
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, u := range found {
		if checks.IsGUID(u.ID) {
			ids = append(ids, u.ID)
		}
	}
	t.saw("%d people", len(ids))
	return ids, nil
}

// targets are what the sign-in is to: the app, the APIs it uses and, for scopes
// of Microsoft Graph, the services behind them, whose policies apply as well
// ([ED:../../identity-platform/v2-conditional-access-dev-guide]: policies are
// enforced "based on the data behind Graph").
func targets(app checks.App) ([]string, *checks.Failure) {
	apis, _, f := neededResources(app)
	if f != nil {
		return nil, f
	}
	out := append([]string{strings.ToLower(strings.TrimSpace(app.ClientID))}, apis...)
	for _, p := range app.Needs {
		if !strings.EqualFold(p.Resource, checks.MicrosoftGraph) {
			continue
		}
		family, _, _ := strings.Cut(p.Scope+p.Role, ".")
		if behind := behindGraph[strings.ToLower(family)]; behind != "" {
			out = append(out, behind)
		}
	}
	slices.Sort(out[1:])
	return slices.Compact(out), nil
}

// App ids of the services behind Microsoft Graph (entra-facts §14; Teams: learn.microsoft.com,
// first-party app ids).
const (
	sharePoint = "00000003-0000-0ff1-ce00-000000000000"
	teams      = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
)

// behindGraph names the service that holds what a family of Graph's scopes
// reaches. Microsoft gives the rule and two examples (mail: Exchange, channel
// messages: Teams); the rest of the table follows from where the data lies.
var behindGraph = map[string]string{
	"calendars": checks.ExchangeOnline, "contacts": checks.ExchangeOnline, "mail": checks.ExchangeOnline,
	"mailboxsettings": checks.ExchangeOnline, "mailboxfolder": checks.ExchangeOnline, "mailboxitem": checks.ExchangeOnline,
	"ews": checks.ExchangeOnline, "imap": checks.ExchangeOnline, "pop": checks.ExchangeOnline, "smtp": checks.ExchangeOnline,
	"files": sharePoint, "sites": sharePoint, "notes": sharePoint,
	"chat": teams, "chatmessage": teams, "channel": teams, "channelmessage": teams, "team": teams, "onlinemeetings": teams,
}

// evaluate asks about one person's ordinary sign-in, in a browser on Windows: no risk, and
// nothing said of place, device and time, which differ from day to day.
func evaluate(t *trail, userID string, apps []string) ([]whatIf, error) {
	body, err := json.Marshal(map[string]any{
		"signInIdentity":   map[string]any{"@odata.type": "#microsoft.graph.userSignIn", "userId": userID},
		"signInContext":    map[string]any{"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": apps},
		"signInConditions": map[string]any{"clientAppType": "browser", "devicePlatform": "windows", "signInRiskLevel": "none", "userRiskLevel": "none"},
		// Those that do not apply come with the reason, which may be one that we left open.
		"appliedPoliciesOnly": false,
	})
	if err != nil {
		return nil, &checks.Failure{Kind: checks.FailRequest, Message: clean(err.Error())}
	}
	found, more, err := onePage[whatIf](t, ask{method: http.MethodPost, path: evaluatePath, body: body, need: needEvaluate})
	if err != nil {
		return nil, err
	}
	if more {
		return nil, t.failure(checks.FailRequest, wordTooMany(1))
	}
	on, applies := 0, 0
	for _, p := range found {
		if p.Applies == nil || p.State == "" {
			return nil, t.lacks("policyApplies or state")
		}
		if p.on() {
			on++
		}
		if p.on() && *p.Applies {
			applies++
		}
	}
	t.saw("userId %s, includeApplications %s: %d of %d policies that are on would apply", userID, strings.Join(apps, " "), applies, on)
	return found, nil
}

// on says whether a policy is enforced; report-only ones never stop anybody
// (entra-facts §8). A state that is not known counts as enforced.
func (p whatIf) on() bool {
	return !strings.EqualFold(p.State, "disabled") && !strings.EqualFold(p.State, "enabledForReportingButNotEnforced")
}

// tellsApart says whether a policy is on and does not mean all people alike.
func (p whatIf) tellsApart() bool {
	u := p.Where.Users
	all := len(u.Include) == 1 && strings.EqualFold(u.Include[0], "All") &&
		len(u.Exclude)+len(u.ExcludeGroups)+len(u.ExcludeRoles) == 0 && u.ExcludeGuests == nil
	return p.on() && !all
}

// whatIfOf copies what is judged. Policies that are off are left out: they
// stop nobody, and tenants keep many of them.
func whatIfOf(whose checks.Whose, found []whatIf) checks.WhatIf {
	out := checks.WhatIf{Whose: whose, Policies: []checks.PolicyEffect{}}
	for _, p := range found {
		if !p.on() {
			continue
		}
		e := checks.PolicyEffect{ID: name(p.ID), Name: name(p.Name), Applies: *p.Applies, Controls: []string{}, Open: []string{}, Reasons: []string{}}
		for r := range strings.SplitSeq(p.Reasons, ",") {
			if r = strings.TrimSpace(r); r != "" && !strings.EqualFold(r, "notSet") {
				e.Reasons = append(e.Reasons, name(r))
			}
		}
		if g := p.Controls; g != nil {
			e.All = strings.EqualFold(g.Operator, "AND")
			e.Controls = append(e.Controls, names(g.BuiltIn)...)
			if g.Strength != nil {
				e.Controls = append(e.Controls, "authenticationStrength")
			}
			if len(g.Terms) > 0 {
				e.Controls = append(e.Controls, "termsOfUse")
			}
			if len(g.Custom) > 0 {
				e.Controls = append(e.Controls, "customAuthenticationFactor")
			}
		}
		for _, open := range []struct {
			set  *struct{}
			name string
		}{{p.Where.Locations, "location"}, {p.Where.Devices, "devices"}, {p.Where.Times, "time"}} {
			if open.set != nil {
				e.Open = append(e.Open, open.name)
			}
		}
		e.Proxied = p.Session["cloudAppSecurity"] != nil
		out.Policies = append(out.Policies, e)
	}
	return out
}
