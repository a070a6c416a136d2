package sim

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"
)

// YAML is the scenario as a file, to be changed and served with
// `onboard sim --scenario FILE.yaml`.
func (sc *Scenario) YAML() ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out, yaml.OmitZero(), yaml.Indent(2), yaml.IndentSequence(true))
	if err := enc.Encode(sc); err != nil {
		return nil, fmt.Errorf("write the scenario: %w", err)
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), nil
}
