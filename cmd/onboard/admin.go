package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh"
)

// adminSchemas name the shapes of `admin --json`.
const (
	adminStatusSchema = "onboard/admin-status/1"
	adminBansSchema   = "onboard/admin-bans/1"
)

// adminFlags are the flags of `onboard admin`.
type adminFlags struct {
	config, socket, reason string
	lasts                  time.Duration
}

// path is where the server's socket is.
func (f adminFlags) path(o *options) (string, error) {
	if f.socket != "" {
		return f.socket, nil
	}
	c, err := readServe(f.config, o.in)
	return c.Admin, err
}

// typed is how the flags that say which server are typed again, behind `onboard admin`.
func (f adminFlags) typed() string {
	switch {
	case f.socket != "":
		return " --socket " + checks.QuotePOSIX(f.socket)
	case f.config != "":
		return " --config " + checks.QuotePOSIX(f.config)
	}
	return ""
}

func newAdmin(o *options) *cobra.Command {
	var f adminFlags
	cmd := &cobra.Command{Use: "admin", Short: "Look after a running `onboard serve`", Long: sayAdminLong, Args: noArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.PersistentFlags().StringVar(&f.config, "config", "", "configuration file of the server, which says where its socket is")
	cmd.PersistentFlags().StringVar(&f.socket, "socket", "", "the server's socket, in place of --config")
	bans := &cobra.Command{Use: "bans", Short: "List who is not served", Args: noArgs, RunE: func(cmd *cobra.Command, _ []string) error { return listBans(cmd, o, f) }}
	add := &cobra.Command{
		Use: "add net|key|client VALUE", Short: "Serve somebody no more", Long: sayBansLong, Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return addBan(cmd, o, f, args) },
	}
	add.Flags().StringVar(&f.reason, "reason", "", "why; they are told")
	add.Flags().DurationVar(&f.lasts, "for", 0, "how long, such as 24h; left out: until it is lifted")
	lift := &cobra.Command{
		Use: "lift VALUE", Short: "Serve somebody again", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return liftBan(cmd, o, f, args[0]) },
	}
	bans.AddCommand(add, lift)
	status := &cobra.Command{Use: "status", Short: "Say what is going on", Args: noArgs, RunE: func(cmd *cobra.Command, _ []string) error { return showStatus(cmd, o, f) }}
	cmd.AddCommand(status, bans, newAdminAudit(o, &f), newAdminReceiptKeys(o, &f), newAdminVerify(o, &f))
	cmd.AddCommand(newAdminInvite(o, &f)...)
	return cmd
}

// ask asks the server that the flags name.
func (f adminFlags) ask(cmd *cobra.Command, o *options, ask adminAsk) (adminAnswer, error) {
	path, err := f.path(o)
	if err != nil {
		return adminAnswer{}, err
	}
	return askAdmin(cmd.Context(), path, ask)
}

func showStatus(cmd *cobra.Command, o *options, f adminFlags) error {
	a, err := f.ask(cmd, o, adminAsk{Do: "status"})
	if err != nil {
		return err
	}
	if a.Status == nil {
		return &exitError{code: codeFailed, cause: errNoStatus}
	}
	s := *a.Status
	if o.json {
		return json.NewEncoder(o.out).Encode(struct {
			Schema string `json:"schema"`
			ssh.Status
		}{adminStatusSchema, s})
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	rows := []struct {
		name string
		is   any
	}{
		{"serving since", s.Since.Format(time.RFC3339)},
		{"host key", s.Fingerprint},
		{"stopping", s.Draining},
		{"connections", s.Connections},
		{"not logged in yet", s.Handshakes},
		{"sources", s.Sources},
		{"refused so far", s.Refused},
		{"sessions", s.Sessions},
		{"sessions so far", s.Served},
		{"that broke", s.Broke},
		{"commands", s.Commands},
		{"bans", s.Bans},
		{"guides", s.Guides},
		{"refused as guides so far", s.GuidesRefused},
	}
	if s.GuideTrouble != "" {
		rows = append(rows, struct {
			name string
			is   any
		}{"nobody is a guide", checks.Line(s.GuideTrouble, 300)})
	}
	for _, one := range s.GuidesElsewhere {
		rows = append(rows, struct {
			name string
			is   any
		}{"not named in guides", checks.Line(one, 80)})
	}
	for _, row := range rows {
		_, _ = fmt.Fprintf(w, "%s\t%v\n", row.name, row.is) // into memory
	}
	return w.Flush()
}

func listBans(cmd *cobra.Command, o *options, f adminFlags) error {
	a, err := f.ask(cmd, o, adminAsk{Do: "bans"})
	if err != nil {
		return err
	}
	if o.json {
		if a.Bans == nil {
			a.Bans = []ssh.Ban{}
		}
		return json.NewEncoder(o.out).Encode(struct {
			Schema string    `json:"schema"`
			Bans   []ssh.Ban `json:"bans"`
		}{adminBansSchema, a.Bans})
	}
	if len(a.Bans) == 0 {
		_, err := fmt.Fprintln(o.out, sayNoBans)
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, b := range a.Bans {
		until := sayUntilLifted
		if !b.Until.IsZero() {
			until = b.Until.Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", b.Kind, checks.Line(b.Value, 255), until, checks.Line(b.Reason, 200)) // into memory
	}
	return w.Flush()
}

func addBan(cmd *cobra.Command, o *options, f adminFlags, args []string) error {
	ban := ssh.Ban{Kind: ssh.BanKind(args[0]), Value: args[1], Reason: f.reason}
	if f.lasts < 0 {
		return usage("Type --for 24h, or leave it out.", "--for %s is over before it begins", f.lasts)
	}
	if f.lasts > 0 {
		ban.Until = time.Now().Add(f.lasts).UTC().Truncate(time.Second)
	}
	a, err := f.ask(cmd, o, adminAsk{Do: "ban", Ban: &ban})
	if err != nil {
		return err
	}
	for _, b := range a.Bans {
		_, _ = fmt.Fprintf(o.out, sayBanAdded, b.Kind, checks.Line(b.Value, 255))
	}
	return o.toldLate(a)
}

func liftBan(cmd *cobra.Command, o *options, f adminFlags, value string) error {
	a, err := f.ask(cmd, o, adminAsk{Do: "lift", Value: value})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(o.out, sayBanLifted, checks.Line(value, 255)) // a broken pipe ends what follows
	return o.toldLate(a)
}

// toldLate says what of a change is not everywhere yet.
func (o *options) toldLate(a adminAnswer) error {
	if a.Late == "" {
		return nil
	}
	_, err := fmt.Fprintf(o.out, sayBanNotYet, checks.Line(a.Late, 400))
	return err
}
