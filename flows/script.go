package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"onboard.example/checks"
)

// ScriptForm is a language that a plan can be written in, for an admin who
// would rather run it by hand.
type ScriptForm string

// The forms of scripts.
const (
	FormPowerShell ScriptForm = "powershell" // the Microsoft Graph module
	FormM365       ScriptForm = "m365"       // CLI for Microsoft 365, in bash
	FormAz         ScriptForm = "az"         // az rest, in bash
	FormHTTP       ScriptForm = "http"       // curl, in bash, with a token from the environment
	FormTerraform  ScriptForm = "terraform"  // azuread where it has the resource, az rest else
	FormTicket     ScriptForm = "ticket"     // text for a change ticket
)

// ScriptForms are all forms, in the order in which they are offered.
func ScriptForms() []ScriptForm {
	return []ScriptForm{FormPowerShell, FormM365, FormAz, FormHTTP, FormTerraform, FormTicket}
}

// ScriptOptions are what a script needs to know beyond its plan.
type ScriptOptions struct {
	App   checks.App
	Cloud checks.Cloud // whose roots and flags; empty: the public one
}

// The reasons for which no script can be written.
var (
	ErrNoForm  = errors.New("there is no such form of a script")
	ErrNothing = errors.New("the plan changes nothing: there is nothing to write")
	ErrOddPlan = errors.New("the plan holds a request that fits no script")
	ErrNoCloud = errors.New("a cloud of that name is not known")
)

// Script writes a plan as a script or a text. It does what the plan says and
// nothing else, refuses to run in another tenant, shows every change by looking
// again, and carries its way back, which runs only where it is asked for. No
// secret is in it, and no text from outside leaves its quotes.
func Script(p Plan, form ScriptForm, o ScriptOptions) (string, error) {
	if !slices.Contains(ScriptForms(), form) {
		return "", fmt.Errorf("%w: %s", ErrNoForm, checks.Line(string(form), 40))
	}
	s, err := scriptOf(p, o)
	if err != nil {
		return "", err
	}
	switch form {
	case FormPowerShell:
		return s.powershell()
	case FormM365:
		return s.bash(m365Tool())
	case FormAz:
		return s.bash(azTool())
	case FormHTTP:
		return s.bash(httpTool())
	case FormTerraform:
		return s.terraform(), nil
	case FormTicket:
	}
	return s.ticket(), nil
}

// script is a plan that was found fit to be written.
type script struct {
	Plan
	app   checks.App
	cloud checks.Endpoints
	lines []scriptLine
}

// scriptLine is a line of a plan with what a script has to know about it.
type scriptLine struct {
	Change
	n     int
	look  look   // how to see what it changed
	id    string // of what it changes or takes away; empty: it makes it
	was   string // what look gives before; empty: it is not there
	is    string // what look gives afterwards
	blind bool   // what it makes cannot be looked for before it has an id
}

// oddPath tells a path that could not be the whole of what it looks like.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+$`)

// scriptOf reads a plan; what no script of ours could carry is refused.
func scriptOf(p Plan, o ScriptOptions) (script, error) {
	s := script{Plan: p, app: o.App}
	if o.Cloud == "" {
		o.Cloud = checks.CloudPublic
	}
	var ok bool
	if s.cloud, ok = checks.EndpointsOf(o.Cloud); !ok {
		return s, fmt.Errorf("%w: %s", ErrNoCloud, checks.Line(string(o.Cloud), 40))
	}
	switch {
	case len(p.Lines) == 0:
		return s, ErrNothing
	case !checks.IsGUID(p.Tenant), !plainPath.MatchString("/" + p.Sum()):
		return s, fmt.Errorf("%w: no tenant, or no name", ErrOddPlan)
	}
	made := false
	for i, c := range p.Lines {
		if !fits(c.Method, c.Path, c.Body, made) || c.Back != nil && !fits(c.Back.Method, c.Back.Path, c.Back.Body, true) {
			return s, fmt.Errorf("%w: %s %s", ErrOddPlan, checks.Line(c.Method, 10), checks.Line(c.Path, 100))
		}
		l, err := scriptLineOf(c, i+1)
		if err != nil {
			return s, err
		}
		s.lines = append(s.lines, l)
		made = made || c.Kind == CreateApp
	}
	return s, nil
}

// fits says whether a request can be put into a script: its path holds nothing
// but ids and names, its body is an object, and the app it may speak of is made
// by a line before it.
func fits(method, at, body string, made bool) bool {
	if !made && strings.Contains(at+body, NewAppRef) {
		return false
	}
	at = strings.NewReplacer(NewAppRef, "x", NewObjectRef, "x").Replace(at)
	if !slices.Contains([]string{"POST", "PATCH", "PUT", "DELETE"}, method) || !plainPath.MatchString(at) {
		return false
	}
	var o map[string]any
	return body == "" || json.Unmarshal([]byte(body), &o) == nil && o != nil
}

// lastID is the id at the end of a path; empty where the path is a collection.
func lastID(c Change) string {
	if c.Method == "POST" || strings.HasPrefix(c.Path, "/policies/a") { // there is one of these for a tenant
		return ""
	}
	return path.Base(c.Path)
}

// collection is the path above an object.
func collection(at string) string { return path.Dir(at) }

// makesApp is the line that makes the enterprise app, by its number; 0: none.
func (s script) makesApp() int {
	for _, l := range s.lines {
		if l.Kind == CreateApp {
			return l.n
		}
	}
	return 0
}

// makesPolicy says whether a line makes the consent policy: what other lines
// let into it goes with it.
func (s script) makesPolicy() bool {
	return slices.ContainsFunc(s.lines, func(l scriptLine) bool { return l.Kind == CreatePolicy })
}

// roles are the least directory roles of the lines, each once.
func (s script) roles() string {
	var out []string
	for _, l := range s.lines {
		out = addFold(out, l.Role)
	}
	return strings.Join(out, ", ")
}

// count says how many changes there are.
func (s script) count() string {
	if len(s.lines) == 1 {
		return scriptWords.oneChange
	}
	return fmt.Sprintf(scriptWords.changes, len(s.lines))
}

// log is the name of the file that keeps what a script did.
func (s script) log() string { return "onboard-" + s.Sum() + ".done" }
