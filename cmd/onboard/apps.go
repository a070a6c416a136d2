package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/flows"
)

func newApps(o *options) *cobra.Command {
	apps := &cobra.Command{
		Use:   "apps",
		Short: "List, show, check and start app profiles",
		Long:  sayAppsLong,
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return listApps(o) },
	}
	apps.AddCommand(
		&cobra.Command{Use: "list", Short: "List the apps", Args: noArgs, RunE: func(*cobra.Command, []string) error { return listApps(o) }},
		&cobra.Command{Use: "show ID", Short: "Show one app: what it asks for, and why", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error { return showApp(o, args[0]) }},
		&cobra.Command{Use: "lint FILE...", Short: "Check profiles: file, line and column of whatever is wrong", Args: cobra.MinimumNArgs(1), RunE: func(_ *cobra.Command, args []string) error { return lintApps(o, args) }},
		&cobra.Command{Use: "new", Short: "Print a commented profile to start from", Args: noArgs, RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(o.out, flows.ProfileTemplate())
			return err
		}},
		&cobra.Command{Use: "schema", Short: "Print the JSON Schema of profiles, for editors", Args: noArgs, RunE: func(*cobra.Command, []string) error {
			return printSchema(o, flows.ProfileSchema)
		}},
	)
	return apps
}

// appLine is one app of `onboard apps list --json`.
type appLine struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Publisher string `json:"publisher"`
	ClientID  string `json:"clientId"`
}

func listApps(o *options) error {
	all, err := o.profiles()
	if err != nil {
		return err
	}
	if o.json {
		lines := make([]appLine, len(all))
		for i, p := range all {
			lines[i] = appLine{p.ID, p.Name, p.Publisher.Name, p.ClientID}
		}
		return json.NewEncoder(o.out).Encode(map[string]any{"schema": "onboard/apps/1", "apps": lines})
	}
	tw := tabwriter.NewWriter(o.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(tw, "ID\tAPP\tPUBLISHER\tCLIENT ID")
	for _, p := range all {
		id := p.ClientID
		if id == "" {
			id = sayNoClientID
		}
		_, _ = fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", p.ID, p.Name, p.Publisher.Name, id)
	}
	return tw.Flush()
}

func showApp(o *options, id string) error {
	p, err := o.profile(id)
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(o.out).Encode(struct {
			Schema string `json:"schema"`
			flows.Profile
		}{"onboard/app/1", p})
	}
	_, err = io.WriteString(o.out, describeApp(p))
	return err
}

// describeApp is an app in plain text: what it asks for and why, what it never
// asks for, and where its vendor answers.
func describeApp(p flows.Profile) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, by %s\n", p.Name, p.Publisher.Name)
	fmt.Fprintf(&b, "  listed as   %s\n", p.Listed())
	if p.ClientID != "" {
		fmt.Fprintf(&b, "  client id   %s\n", p.ClientID)
	} else {
		fmt.Fprintf(&b, "  client id   %s\n", sayNoClientID)
	}
	app := p.App()
	if app.NeedsUnstated {
		fmt.Fprintf(&b, "\n%s\n", sayNeedsUnstated)
	} else {
		fmt.Fprintf(&b, "\nAsks for\n")
	}
	resource := ""
	for _, n := range app.Needs {
		if n.Resource != resource {
			resource = n.Resource
			fmt.Fprintf(&b, "  on %s\n", flows.ResourceTitle(resource))
		}
		kind := ""
		if n.Role != "" {
			kind = " (for itself, without a user)"
		}
		fmt.Fprintf(&b, "    %-26s %s%s\n", n.Scope+n.Role, n.Why, kind)
	}
	section(&b, "Never asks for", p.NotRequested)
	section(&b, "Users connect by", p.Connect)
	for _, s := range p.Security {
		fmt.Fprintf(&b, "\n%s\n  %s\n", s.Question, s.Answer)
		if s.Link != "" {
			fmt.Fprintf(&b, "  %s\n", s.Link)
		}
	}
	if p.DNSPolicy != nil {
		fmt.Fprintf(&b, "\nDNS policy record\n  TXT at %s under the domain, v=%s\n", p.DNSPolicy.Label, p.DNSPolicy.Version)
	}
	if p.Support.Email != "" || p.Support.URL != "" {
		section(&b, "Support", slices.DeleteFunc([]string{p.Support.Email, p.Support.URL}, func(s string) bool { return s == "" }))
	}
	return b.String()
}

func section(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, l := range lines {
		fmt.Fprintf(b, "  %s\n", l)
	}
}

// lintApps checks each file by itself and all of them together.
func lintApps(o *options, files []string) error {
	if err := o.mayTouchFiles(); err != nil {
		return err
	}
	var bad flows.Problems
	where := map[string]string{}
	var unread error
	for _, name := range files {
		text, err := readBounded(name, o.in)
		if err != nil { // the others are looked at all the same
			unread = errors.Join(unread, err)
			continue
		}
		p, err := flows.ParseProfile(name, text)
		var found flows.Problems
		switch {
		case errors.As(err, &found):
			bad = append(bad, found...)
		case err != nil:
			return err
		case where[p.ID] != "":
			bad = append(bad, flows.Problem{File: name, Line: 1, Col: 1, What: fmt.Sprintf("id %q is already that of %s", p.ID, where[p.ID])})
		default:
			where[p.ID] = name
			_, _ = fmt.Fprintf(o.err, "%s: fine\n", checks.Line(name, 200))
		}
	}
	if len(bad) > 0 {
		if _, err := fmt.Fprintln(o.out, checks.Block(bad.Error(), 1<<20)); err != nil {
			return err
		}
	}
	if unread != nil {
		return usage("Give the path of a profile, or - for standard input.", "%w", unread)
	}
	if len(bad) == 0 {
		return nil
	}
	return &exitError{code: codeBlocked}
}

// mayTouchFiles refuses the files that a stranger's words name.
func (o *options) mayTouchFiles() error {
	if o.noFiles {
		return usage(sayFilesElsewhere, sayNoFiles)
	}
	return nil
}

// maxInput bounds every file that a flag or an argument names.
const maxInput = 1 << 20

// readBounded reads a small file, or standard input where name is "-".
func readBounded(name string, in io.Reader) ([]byte, error) {
	from := in
	if name != "-" {
		// Not blocking: a named pipe that nobody writes to is empty, and not waited for.
		f, err := os.OpenFile(filepath.Clean(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(text) > maxInput {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxInput)
	}
	return text, nil
}

// profiles gives the built-in apps and those of --apps, by id; a profile of
// --apps takes the place of the built-in one with its id.
func (o *options) profiles() ([]flows.Profile, error) {
	all, err := flows.Builtin()
	if err != nil {
		return nil, err
	}
	if o.appsDir == "" {
		return all, nil
	}
	more, err := flows.LoadProfiles(os.DirFS(o.appsDir), ".")
	var bad flows.Problems
	switch {
	case errors.As(err, &bad):
		return nil, usage("Mend the lines above; `onboard apps lint` checks one file.", "profiles of --apps are not right:\n%w", bad)
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("Give --apps a folder with one YAML file an app.", "no folder %q", o.appsDir)
	case err != nil:
		return nil, usage("Give --apps a folder with one YAML file an app.", "%w", err)
	}
	for _, p := range more {
		all = slices.DeleteFunc(all, func(b flows.Profile) bool { return b.ID == p.ID })
	}
	all = append(all, more...)
	slices.SortFunc(all, func(a, b flows.Profile) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// profile finds one app by id.
func (o *options) profile(id string) (flows.Profile, error) {
	all, err := o.profiles()
	if err != nil {
		return flows.Profile{}, err
	}
	ids := make([]string, len(all))
	for i, p := range all {
		if strings.EqualFold(p.ID, id) {
			return p, nil
		}
		ids[i] = p.ID
	}
	return flows.Profile{}, usage("Type one of: "+strings.Join(ids, ", ")+". More come from --apps DIR.", "no app %q", id)
}
