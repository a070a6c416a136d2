package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh"
	"onboard.example/ssh/cases"
)

// adminAuditSchema names the shape of `admin audit --json`.
const adminAuditSchema = "onboard/admin-audit/1"

// auditFlags are the flags of `onboard admin audit`.
type auditFlags struct {
	verify      bool
	kept, after []string // more than one of either is refused: the last would count, unsaid
}

func newAdminAudit(o *options, f *adminFlags) *cobra.Command {
	var af auditFlags
	cmd := &cobra.Command{
		Use: "audit", Short: "Show what guides and operators did, and check that it is what was written", Long: sayAuditLong, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showAudit(cmd, o, *f, af) },
	}
	cmd.Flags().BoolVar(&af.verify, "verify", false, "say whether the audit is whole, and what its head is; print no entries")
	cmd.Flags().StringArrayVar(&af.kept, "kept", nil, "a head that was kept, as `SEQ:HASH`, which the audit must still hold")
	cmd.Flags().StringArrayVar(&af.after, "after", nil, "begin with a head that was kept, as `SEQ:HASH`, and check nothing before it")
	return cmd
}

// showAudit prints the audit as the server gives it, which is in parts.
func showAudit(cmd *cobra.Command, o *options, f adminFlags, af auditFlags) error {
	var kept, after cases.AuditHead
	switch {
	case len(af.kept) > 1:
		return usage(sayAuditKept, "--kept is given twice")
	case len(af.after) > 1:
		return usage(sayAuditKept, "--after is given twice")
	}
	if len(af.kept) == 1 {
		var ok bool
		if kept, ok = ssh.AuditKept(af.kept[0]); !ok {
			return usage(sayAuditKept, "--kept %q is no head of an audit", checks.Line(af.kept[0], 100))
		}
	}
	if len(af.after) == 1 {
		var no string
		if after, no = ssh.AuditAfter(af.after[0], kept); no != "" {
			return usage(sayAuditKept, "%s", no)
		}
	}
	again := "onboard admin" + f.typed() + " audit"
	ro := ssh.AuditReportOptions{To: o.out, Verify: af.verify, Kept: kept, After: after, Command: again + " --verify", Onward: again}
	if o.json {
		ro.Schema = adminAuditSchema
		ro.Onward += " --json"
	}
	if af.verify {
		ro.Onward += " --verify"
	}
	r := ssh.NewAuditReport(ro)
	printed := false
	for from, more := max(after.Seq, 1)-1, true; more; {
		a, err := f.ask(cmd, o, adminAsk{Do: "audit", After: from})
		if err != nil {
			if printed {
				err = errors.Join(err, r.Cut(sayAuditCut))
			}
			if onward := r.Onward(); onward != "" {
				err = fmt.Errorf("%w\n%s", err, onward)
			}
			return auditEnds(r, err)
		}
		printed = true
		for _, l := range a.Audit {
			if err := r.Add(l); err != nil {
				return auditEnds(r, err)
			}
			from = l.Seq
		}
		more = a.More
	}
	return auditEnds(r, r.End())
}

// auditEnds is how a reading of the audit ends: what was found not to be what was written
// counts before whatever else it ended with, which is said behind it.
func auditEnds(r *ssh.AuditReport, err error) error {
	bad := r.Tampered()
	if bad == nil {
		return err
	}
	if !errors.As(err, new(*cases.TamperedError)) && err != nil {
		bad = fmt.Errorf("%w; it was not read to its end: %w", bad, err)
	}
	return &exitError{code: codeFailed, cause: bad, typed: sayAuditTampered}
}
