package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/flows/journal"
)

func newUndo(o *options) *cobra.Command {
	var yes yesFlags
	cmd := &cobra.Command{
		Use:   "undo [RECEIPT]",
		Short: "Take back what a receipt says was done; without one, list receipts",
		Long:  sayUndoLong,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("Type one at a time.", "undo takes back one receipt, and %d were named", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listReceipts(o)
			}
			r, kept, err := o.readReceipt(args[0])
			if err != nil {
				return err
			}
			if err := o.aboutReceipt(r); err != nil {
				return err
			}
			if yes.mean != "" {
				if err := means(yes.mean, r.Tenant.Domain); err != nil {
					return err
				}
			}
			all, unread := o.receipts()
			if by := backBy(all, r); by != "" {
				return &exitError{code: codeFailed, cause: fmt.Errorf("it was taken back already: %s", by), typed: "What is there now somebody made since."}
			}
			if !o.json {
				_, _ = fmt.Fprintf(o.err, sayReceiptOf, checks.Line(cmp.Or(r.By, sayReceiptBy), 254), r.At.UTC().Format("2006-01-02 15:04"), checks.Line(cmp.Or(r.Digest, string(r.Plan)), 40))
			}
			o.uncounted(unread)
			recall := flows.Recall(r, slices.Collect(maps.Values(all))...)
			recall.Strange = !kept
			return carry(cmd.Context(), o, flows.Undo, nil, &recall, yes)
		},
	}
	yes.declare(cmd)
	return cmd
}

// readReceipt reads a receipt by its name, or from a file: then it is not one
// that is kept here.
func (o *options) readReceipt(name string) (r flows.Receipt, isKept bool, err error) {
	kept, err := journal.OpenReceipts(filepath.Join(o.stateDir(), "receipts"))
	if err == nil {
		for _, n := range []string{name, name + ".json"} { // as a list of files shows it, or by its name alone
			if r, err = kept.Read(n); err == nil {
				return r, true, nil
			} else if !errors.Is(err, journal.ErrNoReceipt) {
				break
			}
		}
	}
	if _, there := os.Stat(name); there == nil {
		r, err = journal.ReadReceipt(name)
	}
	switch {
	case errors.Is(err, journal.ErrNoReceipt):
		return r, false, usage("Type `onboard undo` for a list.", "there is no receipt %q", checks.Line(name, 120))
	case err != nil:
		return r, false, &exitError{code: codeUsage, cause: err}
	}
	return r, false, nil
}

// aboutReceipt takes tenant and app from a receipt, and refuses flags that name
// others.
func (o *options) aboutReceipt(r flows.Receipt) error {
	if o.domain != "" && !strings.EqualFold(o.domain, r.Tenant.Domain) {
		return usage("Leave --domain out.", "the receipt is of %s", checks.Line(r.Tenant.Domain, 253))
	}
	if o.app != "" && o.app != r.App.ID {
		return usage("Leave --app out.", "the receipt is of %s", checks.Line(r.App.ID, 80))
	}
	o.domain, o.app, o.cloud = r.Tenant.Domain, r.App.ID, cmp.Or(o.cloud, string(r.Tenant.Cloud))
	p, err := o.profile(o.app)
	if err != nil {
		return err
	}
	if p.ClientID == "" && o.appID == "" {
		return usage("Type --app-id with the client id of the app that is meant; the receipt says "+checks.Line(r.App.ClientID, 40)+".", "%s has no client id in its profile", checks.Line(p.Name, 120))
	}
	return nil
}

// receipts are those kept here that can be read, by their names; unread says of
// the others why not.
func (o *options) receipts() (all map[string]flows.Receipt, unread []error) {
	all = map[string]flows.Receipt{}
	dir := filepath.Join(o.stateDir(), "receipts")
	switch _, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return all, nil // nothing was ever kept
	case err != nil: // there may be some
		return all, []error{fmt.Errorf("looking for receipts: %w", err)}
	}
	kept, err := journal.OpenReceipts(dir)
	if err != nil {
		return all, []error{err}
	}
	names, err := kept.List()
	if err != nil {
		return all, []error{err}
	}
	for _, name := range names {
		switch r, err := kept.Read(name); {
		case err == nil:
			all[name] = r
		case !errors.Is(err, journal.ErrNoReceipt): // else it was moved away in this moment
			unread = append(unread, err)
		}
	}
	return all, unread
}

// uncounted says which receipts cannot be read, so that what they tell of is not
// counted.
func (o *options) uncounted(unread []error) {
	for _, err := range unread {
		_, _ = fmt.Fprintf(o.err, sayUncounted, checks.Line(err.Error(), 300))
	}
}

// backBy names the receipt, among some, by which another one was taken back; empty:
// none did.
func backBy(all map[string]flows.Receipt, r flows.Receipt) string {
	for name, by := range all {
		if r.TakenBack(by) {
			return name
		}
	}
	return ""
}

// tookBack names the receipt, among those kept here, that another one took back:
// of those of old, which may share a plan's id, the last before it. Where none is
// kept it is the plan that is named.
func tookBack(all map[string]flows.Receipt, names []string, by flows.Receipt) string {
	for _, name := range names {
		if r, ok := all[name]; ok && by.Undid(r) {
			return name
		}
	}
	return fmt.Sprintf(sayPlanNamed, checks.Line(string(by.Undoes), 40))
}

// listReceipts prints the receipts that are kept, newest first.
func listReceipts(o *options) error {
	kept, err := journal.OpenReceipts(filepath.Join(o.stateDir(), "receipts"))
	var names []string
	if err == nil {
		names, err = kept.List()
	}
	if err != nil {
		return &exitError{code: codeFailed, cause: err}
	}
	all, _ := o.receipts() // those that cannot be read are named in the list
	l := newPlanLines(o.out)
	for _, name := range names {
		r, err := kept.Read(name)
		if err != nil {
			l.line("%s\n     %s\n", name, checks.Line(err.Error(), 200))
			continue
		}
		what := sayReceiptPart
		switch {
		case backBy(all, r) != "":
			what = sayReceiptGone
		case r.Done:
			what = sayReceiptWhole
		}
		if r.Undoes != "" {
			what = fmt.Sprintf(sayReceiptUndo, tookBack(all, names, r))
			if r.Left {
				what += sayReceiptLeft
			}
		}
		l.line("%s\n     %s, %s: %s\n", name, checks.Line(r.App.Name, 120), checks.Line(r.Tenant.Domain, 253), what)
		for _, line := range r.Lines {
			l.line("     %-9s %s\n", checks.Line(line.Outcome, 20), checks.Line(line.Title, 200))
		}
	}
	if len(names) == 0 {
		l.line(sayNoReceipt)
	}
	if err := l.out.Flush(); err != nil {
		return unprinted(err)
	}
	return nil
}
