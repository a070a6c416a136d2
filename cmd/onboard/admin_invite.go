package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
)

// The shapes of `admin invite --json` and `admin invitations --json`.
const (
	adminInvitedSchema     = "onboard/admin-invited/1"
	adminInvitationsSchema = "onboard/admin-invitations/1"
)

// invitationLine is an invitation in JSON. Its code is in none.
type invitationLine struct {
	Number string     `json:"number"`
	For    string     `json:"for,omitempty"`
	Tenant string     `json:"tenant,omitempty"`
	By     string     `json:"by"`
	State  string     `json:"state"` // open, used, revoked or over
	Made   time.Time  `json:"made"`
	Until  time.Time  `json:"until"`
	Used   *time.Time `json:"used,omitempty"`
}

// lineOf is an invitation as it stands at a moment.
func lineOf(in cases.Invitation, now time.Time) invitationLine {
	l := invitationLine{Number: string(in.Number), For: in.Scope, Tenant: in.Tenant, By: in.By, State: in.State(now), Made: in.Made, Until: in.Until}
	if !in.Used.IsZero() {
		l.Used = &in.Used
	}
	return l
}

func newAdminInvite(o *options, f *adminFlags) []*cobra.Command {
	var w ssh.Wish
	invite := &cobra.Command{
		Use: "invite", Short: "Invite a customer: make a code that begins one case", Long: sayInviteLong, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return inviteOne(cmd, o, *f, w) },
	}
	invite.Flags().StringVar(&w.For, "for", "", "what it is for, in a line; the customer reads it")
	invite.Flags().StringVar(&w.Tenant, "tenant", "", "the customer's domain; it is proposed to them, and guides see it where guides names one organisation")
	invite.Flags().DurationVar(&w.Lasts, "lasts", ssh.InviteLasts, "how long it can be used, such as 48h")
	list := &cobra.Command{
		Use: "invitations", Short: "List the invitations, and what became of them", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return listInvitations(cmd, o, *f) },
	}
	revoke := &cobra.Command{
		Use: "revoke NUMBER", Short: "Take an invitation back", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return revokeInvitation(cmd, o, *f, args[0]) },
	}
	return []*cobra.Command{invite, list, revoke}
}

func inviteOne(cmd *cobra.Command, o *options, f adminFlags, w ssh.Wish) error {
	if w.Lasts <= 0 {
		return usage(sayTypeLasts, "--lasts %s is over before it begins", w.Lasts)
	}
	a, err := f.ask(cmd, o, adminAsk{Do: "invite", Invite: &w})
	if err != nil {
		return err
	}
	if len(a.Invitations) != 1 || a.Address == "" {
		return &exitError{code: codeFailed, cause: errNoInvitation}
	}
	in := a.Invitations[0]
	if o.json {
		return json.NewEncoder(o.out).Encode(struct {
			Schema  string `json:"schema"`
			Address string `json:"address"`
			invitationLine
		}{adminInvitedSchema, a.Address, lineOf(in, time.Now())})
	}
	_, err = fmt.Fprintf(o.out, sayInvitedNow, in.Number, in.Until.Format(time.RFC3339), checks.Line(a.Address, 400))
	return err
}

func listInvitations(cmd *cobra.Command, o *options, f adminFlags) error {
	a, err := f.ask(cmd, o, adminAsk{Do: "invitations"})
	if err != nil {
		return err
	}
	now := time.Now()
	lines := make([]invitationLine, len(a.Invitations))
	for i, in := range a.Invitations {
		lines[i] = lineOf(in, now)
	}
	if o.json {
		return json.NewEncoder(o.out).Encode(struct {
			Schema      string           `json:"schema"`
			Invitations []invitationLine `json:"invitations"`
		}{adminInvitationsSchema, lines})
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(o.out, sayNoInvitations)
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Number, l.State, l.Until.Format(time.RFC3339), checks.Line(l.Tenant, 255), checks.Line(l.By, 200), checks.Line(l.For, 200)) // into memory
	}
	return w.Flush()
}

func revokeInvitation(cmd *cobra.Command, o *options, f adminFlags, number string) error {
	if _, err := f.ask(cmd, o, adminAsk{Do: "revoke", Value: number}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(o.out, sayInviteRevoked, checks.Line(number, 40))
	return err
}

// invitations carries out what is asked about invitations.
func (a *adminDoor) invitations(ask adminAsk) (out adminAnswer, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), adminTime)
	defer cancel()
	switch ask.Do {
	case "invite":
		if ask.Invite == nil {
			return adminAnswer{Error: sayAdminBroken}, nil
		}
		in, err := a.server.Invite(ctx, *ask.Invite)
		return adminAnswer{Invitations: []cases.Invitation{in.Invitation}, Address: in.Address}, err
	case "revoke":
		return adminAnswer{}, a.server.Revoke(ctx, ask.Value)
	}
	all, err := a.server.Invitations(ctx)
	return adminAnswer{Invitations: all}, err
}
