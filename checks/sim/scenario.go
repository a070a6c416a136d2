package sim

import (
	"embed"
	"errors"
	"fmt"
	"io"
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
	// Apps changes registrations of the base, and APIs what they publish.
	Apps []appSpec `yaml:"apps"`
	APIs []apiSpec `yaml:"apis"`
	// Faults are switched on from the start, written as in Options.Faults.
	Faults []string `yaml:"faults"`
	// Case is whose case it is where Expect does not say.
	Case caseSpec `yaml:"case"`
	// Assumed is what is not known of the tenant that this was made from, and
	// what was taken instead, for people to read.
	Assumed []string `yaml:"assumed"`
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
// ones. NAME.json is a snapshot that `onboard check --save` wrote: see
// LoadSaved. Errors name file, line and column.
func LoadScenario(files fs.FS, name string) (*Scenario, error) {
	files, err := orBuiltin(files)
	if err != nil {
		return nil, err
	}
	file := name + ".yaml"
	if path.Base(file) != file {
		return nil, fmt.Errorf("scenario %q: a name, not a path, is wanted", name)
	}
	if strings.HasSuffix(name, savedSuffix) {
		return openSaved(files, name)
	}
	f, err := files.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no scenario %q; there are: %s", name, strings.Join(scenarioNames(files), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("read scenario: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxScenario+1))
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
