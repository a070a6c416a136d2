package sim

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed scenarios/*.yaml
var builtin embed.FS

// builtinScenarios are the scenario files that ship in the binary.
func builtinScenarios() (fs.FS, error) { return fs.Sub(builtin, "scenarios") }

// maxScenario bounds a scenario file, in bytes.
const maxScenario = 1 << 20

// Scenario is one simulated situation: what differs from the shared base, and
// what a correct product must find in it.
type Scenario struct {
	Name  string `yaml:"-"` // the file's name without .yaml
	Title string `yaml:"title"`
	About string `yaml:"about"` // one line
	// Tenants are the organisations; the first is contoso.example.
	Tenants []tenantSpec `yaml:"tenants"`
	// Apps changes registrations of the base.
	Apps []appSpec `yaml:"apps"`
	// Faults are switched on from the start, written as in Options.Faults.
	Faults []string `yaml:"faults"`
	// Expect is what a correct product says. The simulator does not read it.
	Expect []Expect `yaml:"expect"`
}

// Expect is what one run of the product must say.
type Expect struct {
	As  string `yaml:"as"`  // UPN whose token is used, or none
	App string `yaml:"app"` // profile id
	// ClientID is the app's, where its profile has none: this world's own.
	ClientID string `yaml:"-"`
	Domain   string `yaml:"domain"` // what is asked about; default the first tenant's domain
	Exit     int    `yaml:"exit"`
	State    string `yaml:"state"` // open, blocked, unknown
	Grade    string `yaml:"grade"` // verified, asserted, inferred, unknown
	// Findings are verdicts by check id: pass, warn, fail, pending, unknown, skipped.
	Findings map[string]string `yaml:"findings"`
}

type tenantSpec struct {
	Domain  string   `yaml:"domain"`
	Domains []string `yaml:"domains"` // further verified ones
	// TXT are more records of the first domain, by label: _hetk, or @ for itself.
	TXT      map[string][]string `yaml:"txt"`
	Name     string              `yaml:"name"`
	ID       string              `yaml:"id"`
	Cloud    string              `yaml:"cloud"`
	Realm    string              `yaml:"realm"`
	Premium  string              `yaml:"premium"`
	Consent  consent             `yaml:"consent"`
	Risky    *bool               `yaml:"riskyAppsAllowed"`
	Defaults *bool               `yaml:"securityDefaults"`
	Silent   *bool               `yaml:"silentPatch"` // default: as Microsoft-managed tenants do

	Users      []userSpec    `yaml:"users"`
	Groups     []groupSpec   `yaml:"groups"`
	Apps       []serviceSpec `yaml:"apps"`
	Policies   []policySpec  `yaml:"policies"`
	Classified []classSpec   `yaml:"classified"`
	Workflow   *workflowSpec `yaml:"workflow"`
	Access     []accessSpec  `yaml:"access"`    // Conditional Access policies
	Locations  []placeSpec   `yaml:"locations"` // the places they name
	Requests   []requestSpec `yaml:"requests"`  // what users asked admins for
	SignIns    []signInSpec  `yaml:"signIns"`   // what the sign-in log holds from the start
}

// consent is the user consent choice: managed, none, low, all, or a list of
// entries as Graph prints them.
type consent []string

type userSpec struct {
	UPN      string   `yaml:"upn"`
	Name     string   `yaml:"name"`
	Password string   `yaml:"password"`
	Disabled bool     `yaml:"disabled"`
	Guest    bool     `yaml:"guest"`
	Roles    []string `yaml:"roles"`
	Eligible []string `yaml:"eligible"`
	Policies []string `yaml:"selfPolicies"`
}

type groupSpec struct {
	Name    string   `yaml:"name"`
	Members []string `yaml:"members"` // UPNs
}

type serviceSpec struct {
	App                string      `yaml:"app"` // short name or client id
	Disabled           bool        `yaml:"disabled"`
	Deactivated        *bool       `yaml:"isDisabled"`
	DisabledByMS       string      `yaml:"disabledByMicrosoftStatus"`
	AssignmentRequired bool        `yaml:"assignmentRequired"`
	Assigned           []string    `yaml:"assigned"` // UPNs or group names
	Grants             []grantSpec `yaml:"grants"`
	Roles              []string    `yaml:"roles"`  // application permissions of Microsoft Graph
	Owners             []string    `yaml:"owners"` // UPNs
}

type grantSpec struct {
	For      string `yaml:"for"`      // everyone or a UPN
	Resource string `yaml:"resource"` // graph, exchange or an app id
	Scope    string `yaml:"scope"`    // kept as written
	// Ago is when it was made, and By the UPN who made it; without them it is
	// long established.
	Ago time.Duration `yaml:"ago"`
	By  string        `yaml:"by"`
}

type policySpec struct {
	ID       string    `yaml:"id"`
	Name     string    `yaml:"name"`
	Includes []setSpec `yaml:"includes"`
	Excludes []setSpec `yaml:"excludes"`
}

type setSpec struct {
	Type       string   `yaml:"permissionType"`
	Class      string   `yaml:"classification"`
	Resource   string   `yaml:"resource"`
	Scopes     []string `yaml:"scopes"`
	Clients    []string `yaml:"clients"`
	Tenants    []string `yaml:"clientTenants"`
	Publishers []string `yaml:"clientPublishers"`
	Verified   bool     `yaml:"verifiedPublisherOnly"`
}

type classSpec struct {
	Resource string   `yaml:"resource"`
	Level    string   `yaml:"level"`
	Scopes   []string `yaml:"scopes"`
}

type workflowSpec struct {
	Enabled   bool     `yaml:"enabled"`
	Days      int      `yaml:"days"`
	Reviewers []string `yaml:"reviewers"` // UPNs
}

// accessSpec is a Conditional Access policy. Names stand for ids: UPNs, groups,
// roles, apps, locations.
type accessSpec struct {
	Name      string   `yaml:"name"`
	State     string   `yaml:"state"` // enabled (default), disabled, report
	Users     []string `yaml:"users"` // All, GuestsOrExternalUsers, UPNs, group or role names; default All
	But       []string `yaml:"exceptUsers"`
	Apps      []string `yaml:"apps"` // All, Office365, apps; default All
	ButApps   []string `yaml:"exceptApps"`
	Clients   []string `yaml:"clients"` // default all
	Platforms []string `yaml:"platforms"`
	Places    []string `yaml:"locations"`
	ButPlaces []string `yaml:"exceptLocations"`
	Flow      string   `yaml:"flow"`    // deviceCodeFlow
	Grant     []string `yaml:"grant"`   // block, mfa, compliantDevice …
	Session   string   `yaml:"session"` // of Defender for Cloud Apps: monitorOnly, blockDownloads, mcasConfigured
}

// placeSpec is a named location: ranges or countries.
type placeSpec struct {
	Name      string   `yaml:"name"`
	Ranges    []string `yaml:"ranges"`
	Countries []string `yaml:"countries"`
	Trusted   bool     `yaml:"trusted"`
}

// requestSpec is a user's request to the reviewers.
type requestSpec struct {
	As     string   `yaml:"as"`
	App    string   `yaml:"app"`
	Scopes []string `yaml:"scopes"` // of Microsoft Graph; default everything the app is registered with
	Reason string   `yaml:"reason"`
}

// signInSpec is a line of the sign-in log.
type signInSpec struct {
	As     string        `yaml:"as"`
	App    string        `yaml:"app"`
	Code   int           `yaml:"code"`
	Reason string        `yaml:"reason"`
	Ago    time.Duration `yaml:"ago"`
}

// appSpec changes a registration of the base, or adds one.
type appSpec struct {
	App        string     `yaml:"app"` // short name or client id
	Name       string     `yaml:"name"`
	Unverified bool       `yaml:"unverified"`
	Registered *time.Time `yaml:"registered"`
	Home       string     `yaml:"homeDomain"` // a domain of this scenario owns the app
	Single     bool       `yaml:"singleTenant"`
	Redirects  []string   `yaml:"redirects"`
	Prompt     string     `yaml:"prompt"` // what the app's own page adds to its sign-in: consent, login, select_account
	Scopes     []string   `yaml:"scopes"` // of Microsoft Graph, for apps that the base lacks
}

// Scenarios lists the scenarios of a folder by name, each parsed and checked.
// A nil folder means the built-in ones.
func Scenarios(files fs.FS) ([]*Scenario, error) {
	files, err := orBuiltin(files)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var out []*Scenario
	for _, n := range names {
		sc, err := LoadScenario(files, strings.TrimSuffix(n, ".yaml"))
		if err != nil {
			return nil, err
		}
		out = append(out, sc)
	}
	return out, nil
}

func orBuiltin(files fs.FS) (fs.FS, error) {
	if files != nil {
		return files, nil
	}
	return builtinScenarios()
}

// LoadScenario reads one scenario by name. A nil folder means the built-in
// ones. Errors name file, line and column.
func LoadScenario(files fs.FS, name string) (*Scenario, error) {
	files, err := orBuiltin(files)
	if err != nil {
		return nil, err
	}
	file := name + ".yaml"
	if path.Base(file) != file {
		return nil, fmt.Errorf("scenario %q: a name, not a path, is wanted", name)
	}
	data, err := fs.ReadFile(files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no scenario %q; there are: %s", name, strings.Join(scenarioNames(files), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	if len(data) > maxScenario {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxScenario)
	}
	return parseScenario(name, data)
}

func scenarioNames(files fs.FS) []string {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil
	}
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], ".yaml")
	}
	slices.Sort(names)
	return names
}

// parseScenario parses one file; unknown keys are errors.
func parseScenario(name string, data []byte) (*Scenario, error) {
	sc := &Scenario{Name: name}
	if err := decodeYAML(data, sc); err != nil {
		return nil, fmt.Errorf("%s.yaml: %s", name, yaml.FormatError(err, false, true))
	}
	if len(sc.Tenants) == 0 {
		sc.Tenants = []tenantSpec{{}}
	}
	if sc.Title == "" || sc.About == "" {
		return nil, fmt.Errorf("%s.yaml:1:1: title and about are needed", name)
	}
	for i, e := range sc.Expect {
		if e.App == "" || e.As == "" || e.State == "" {
			return nil, fmt.Errorf("%s.yaml: expect[%d]: as, app and state are needed", name, i)
		}
		if id := vendorKeys[e.App]; id != hetkAppID { // Hetk's page names its own
			sc.Expect[i].ClientID = id
		}
	}
	// A world built once shows that every name in the file means something.
	if _, err := sc.world(time.Now, 0); err != nil {
		return nil, fmt.Errorf("%s.yaml: %w", name, err)
	}
	return sc, nil
}

// decodeYAML reads YAML strictly. The library panics on some odd input, such as
// a list that is written as a scalar with a tag of its own: that is an error of
// the file as well.
func decodeYAML(data []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the file cannot be read as YAML: %v", r)
		}
	}()
	return yaml.UnmarshalWithOptions(data, into, yaml.Strict())
}

// UnmarshalYAML accepts one word or a list of entries.
func (c *consent) UnmarshalYAML(data []byte) error {
	var list []string
	if err := yaml.Unmarshal(data, &list); err == nil {
		*c = append(consent{}, list...)
		return nil
	}
	var word string
	if err := yaml.Unmarshal(data, &word); err != nil {
		return err
	}
	entries, err := consentChoice(word)
	*c = entries
	return err
}

const selfPrefix = "ManagePermissionGrantsForSelf."

// consentChoice are the portal's radio buttons (entra-facts §3).
func consentChoice(word string) (consent, error) {
	self := map[string][]string{
		"none": {},
		"low":  {selfPrefix + "microsoft-user-default-low"},
		"all":  {selfPrefix + "microsoft-user-default-legacy"},
		"managed": {
			selfPrefix + "microsoft-user-default-recommended",
			selfPrefix + "microsoft-user-default-allow-consent-apps",
		},
	}
	entries, ok := self[word]
	if !ok {
		return nil, fmt.Errorf("consent: %q is none of managed, none, low, all, nor a list", word)
	}
	return append(append(consent{}, entries...), ownedResource...), nil
}
