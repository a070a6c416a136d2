package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh"
	"onboard.example/ssh/receipt"
)

// adminVerifySchema names the shape of `admin verify --json`.
const adminVerifySchema = "onboard/admin-verify/1"

// mostReceipts bounds how many receipts are checked at once: all of them are read first.
const mostReceipts = 100

// checkedLine is a receipt in JSON.
type checkedLine struct {
	File string `json:"file"`
	ssh.ReceiptCheck
}

func newAdminVerify(o *options, f *adminFlags) *cobra.Command {
	return &cobra.Command{
		Use: "verify RECEIPT...", Short: "Hold signed receipts of guided sessions against this server's keys and journals", Long: sayAdminVerifyLong,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > mostReceipts {
				return usage(sayAdminVerifyType, "verify takes 1 to %d receipts, and %d were named", mostReceipts, len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return checkReceipts(cmd, o, *f, args) },
	}
}

func checkReceipts(cmd *cobra.Command, o *options, f adminFlags, names []string) error {
	texts := make([][]byte, len(names))
	for i, name := range names {
		var err error
		if texts[i], err = o.readBounded(name, receipt.Most); err != nil {
			if why := (*exitError)(nil); errors.As(err, &why) {
				why.typed = sayAdminVerifyType
			}
			return err
		}
	}
	code, lines := codeOpen, make([]checkedLine, 0, len(names))
	for i, name := range names {
		a, err := f.ask(cmd, o, adminAsk{Do: "check-receipt", Receipt: texts[i]})
		if err != nil {
			return err
		}
		if a.Checked == nil {
			return &exitError{code: codeFailed, cause: errNotChecked}
		}
		code = worse(code, checkedCode(*a.Checked))
		if lines = append(lines, checkedLine{name, *a.Checked}); o.json {
			continue
		}
		if _, err := io.WriteString(o.out, checkedText(name, *a.Checked)); err != nil {
			return unprinted(err)
		}
	}
	if o.json {
		if err := json.NewEncoder(o.out).Encode(struct {
			Schema   string        `json:"schema"`
			Receipts []checkedLine `json:"receipts"`
		}{adminVerifySchema, lines}); err != nil {
			return unprinted(err)
		}
	}
	if code == codeOpen {
		return nil
	}
	return &exitError{code: code} // all is said
}

// errNotChecked says that a server answered without what was asked.
var errNotChecked = errors.New("the server says nothing of the receipt; it may be of another version")

// checkedCode is the exit code of one receipt.
func checkedCode(c ssh.ReceiptCheck) int {
	switch c.State {
	case ssh.ReceiptSame:
		return codeOpen
	case ssh.ReceiptGone:
		return codeUnknown
	case ssh.ReceiptNotGood:
		if unread(c.Fault) {
			return codeUsage
		}
	default:
	}
	return codeFailed
}

// unread says whether there was no receipt that could have been judged.
func unread(kind receipt.FaultKind) bool { return (&receipt.Fault{What: kind}).Unread() }

// worse is the code of two receipts: one that is bad tells more than one that is no
// receipt, and that more than one of which nobody can tell.
func worse(a, b int) int {
	rank := map[int]int{codeOpen: 0, codeUnknown: 1, codeUsage: 2, codeFailed: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// checkedText tells of one receipt, in lines.
func checkedText(name string, c ssh.ReceiptCheck) string {
	var b strings.Builder
	say := func(text string) { b.WriteString(checks.Line(text, 700) + "\n") } // each text in it is bounded
	head := name + ": "
	state := c.State
	switch state {
	case ssh.ReceiptNotGood:
		say(head + fmt.Sprintf(sayCheckedNotGood, c.Reason))
		return b.String()
	case ssh.ReceiptDisowned:
		say(head + fmt.Sprintf(sayCheckedDisowned, c.Reason))
		head, state = "  ", c.Journal
	default:
	}
	switch state {
	case ssh.ReceiptSame:
		say(head + fmt.Sprintf(sayCheckedSame, c.Case, c.Session, c.From, c.To, c.Sum))
	case ssh.ReceiptChanged:
		say(head + fmt.Sprintf(sayCheckedChanged, c.Case, c.Session))
	case ssh.ReceiptDamaged:
		words := sayCheckedDamaged
		if c.Damage > c.To {
			words = sayCheckedBehind
			if len(c.Changed) > 0 {
				words = sayCheckedBoth
			}
		}
		say(head + fmt.Sprintf(words, c.Case, c.Session, c.Damage))
	case ssh.ReceiptNoVisit:
		say(head + fmt.Sprintf(sayCheckedNoVisit, c.Case, c.Session))
	case ssh.ReceiptGone:
		say(head + fmt.Sprintf(sayCheckedGone, c.Case))
	default: // of a newer server
		say(head + string(state))
	}
	for _, one := range c.Changed {
		say("  " + fmt.Sprintf(sayCheckedChange, one.What, cmp.Or(one.Receipt, sayCheckedNone), cmp.Or(one.Journal, sayCheckedNone)))
	}
	if c.Since != nil {
		say("  " + fmt.Sprintf(sayDisownedFrom, c.Since.UTC().Format("2006-01-02 15:04:05 MST")))
	}
	return b.String()
}

// checkReceipt carries out what is asked about a receipt.
func (a *adminDoor) checkReceipt(text []byte) (adminAnswer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), adminTime)
	defer cancel()
	out, err := a.server.CheckReceipt(ctx, text)
	return adminAnswer{Checked: &out}, err
}
