package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh/cases"
)

// adminAuditSchema names the shape of `admin audit --json`.
const adminAuditSchema = "onboard/admin-audit/1"

// auditFlags are the flags of `onboard admin audit`.
type auditFlags struct {
	verify bool
	kept   string
}

// auditLine is an entry in `admin audit --json`. Its hash is the SHA-256 of the bytes
// of entry, which is JSON and holds the hash of the one before as prev.
type auditLine struct {
	Seq   uint64 `json:"seq"`
	Hash  string `json:"hash"`
	Entry string `json:"entry"`
}

// auditReport is what `admin audit --json` prints.
type auditReport struct {
	Schema   string          `json:"schema"`
	Entries  []auditLine     `json:"entries"`
	Head     cases.AuditHead `json:"head"`
	Whole    bool            `json:"whole"`
	Tampered string          `json:"tampered,omitempty"` // what is not as it was written
}

func newAdminAudit(o *options, f *adminFlags) *cobra.Command {
	var af auditFlags
	cmd := &cobra.Command{
		Use: "audit", Short: "Show what guides and operators did, and check that it is what was written", Long: sayAuditLong, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showAudit(cmd, o, *f, af) },
	}
	cmd.Flags().BoolVar(&af.verify, "verify", false, "say whether the audit is whole, and what its head is; print no entries")
	cmd.Flags().StringVar(&af.kept, "kept", "", "a head that was kept, as SEQ:HASH, which the audit must still hold")
	return cmd
}

// keptHead reads a head as people keep it.
func keptHead(text string) (cases.AuditHead, error) {
	if text == "" {
		return cases.AuditHead{}, nil
	}
	seq, hash, ok := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseUint(seq, 10, 63)
	if !ok || err != nil || n == 0 || len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return cases.AuditHead{}, usage(sayAuditKept, "--kept %q is no head of an audit", checks.Line(text, 100))
	}
	return cases.AuditHead{Seq: n, Hash: hash}, nil
}

func showAudit(cmd *cobra.Command, o *options, f adminFlags, af auditFlags) error {
	kept, err := keptHead(af.kept)
	if err != nil {
		return err
	}
	r := auditReport{Schema: adminAuditSchema, Entries: []auditLine{}}
	chain := cases.Chain{Kept: kept}
	var bad error
	for after := uint64(0); ; {
		a, err := f.ask(cmd, o, adminAsk{Do: "audit", After: after})
		if err != nil {
			return err
		}
		for _, l := range a.Audit {
			if bad == nil {
				bad = chain.Add(l)
			}
			after = l.Seq
			if o.json && !af.verify {
				r.Entries = append(r.Entries, auditLine{l.Seq, l.Hash, string(l.Raw)})
			} else if !af.verify {
				_, _ = fmt.Fprintln(o.out, auditText(l)) // a broken pipe ends what follows
			}
		}
		if !a.More {
			break
		}
	}
	if bad == nil {
		bad = chain.End()
	}
	return o.auditVerdict(r, chain.Head(), bad)
}

// auditText is an entry for people.
func auditText(l cases.Logged) string {
	words := []string{fmt.Sprintf("%6d", l.Seq), l.At.UTC().Format(time.RFC3339), l.Who}
	for _, w := range []string{l.Role, l.Did, string(l.Case), l.More} {
		if w != "" {
			words = append(words, w)
		}
	}
	return checks.Line(strings.Join(words, "  "), 2000)
}

// auditVerdict says whether the audit is whole.
func (o *options) auditVerdict(r auditReport, head cases.AuditHead, bad error) error {
	r.Head, r.Whole = head, bad == nil
	tampered := (*cases.TamperedError)(nil)
	if errors.As(bad, &tampered) {
		r.Tampered = tampered.Error()
	}
	if o.json {
		if err := json.NewEncoder(o.out).Encode(r); err != nil {
			return err
		}
	} else if bad == nil {
		if head.Seq == 0 {
			_, err := fmt.Fprintln(o.out, sayAuditEmpty)
			return err
		}
		_, err := fmt.Fprintf(o.out, sayAuditWhole, head.Seq, head.Hash, head.Seq, head.Hash)
		return err
	}
	if bad != nil {
		return &exitError{code: codeFailed, cause: bad, typed: sayAuditTampered}
	}
	return nil
}
