package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of this source; CHANGELOG.md has its entry.
const release = "0.1.0-dev"

// versionInfo is what `onboard version --json` prints.
type versionInfo struct {
	Schema   string `json:"schema"`
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersion(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			v := readVersion()
			if o.json {
				return json.NewEncoder(o.out).Encode(v)
			}
			line := "onboard " + v.Version
			if v.Revision != "" {
				line += " (" + v.Revision[:min(12, len(v.Revision))] + ")"
			}
			_, err := fmt.Fprintf(o.out, "%s %s %s\n", line, v.Go, v.Platform)
			return err
		},
	}
}

func readVersion() versionInfo {
	v := versionInfo{
		Schema: "onboard/version/1", Version: release,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
