package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh/receipt"
)

// adminReceiptKeysSchema names the shape of `admin receipt-keys --json`.
const adminReceiptKeysSchema = "onboard/admin-receipt-keys/1"

// receiptKeyLine is a key in JSON: the half that everybody may have.
type receiptKeyLine struct {
	Fingerprint string     `json:"fingerprint"`
	From        *time.Time `json:"from,omitempty"`  // left out: it is the first
	Until       *time.Time `json:"until,omitempty"` // left out: it is in use, or is to be
	Line        string     `json:"line"`            // of a file of allowed signers
}

func newAdminReceiptKeys(o *options, f *adminFlags) *cobra.Command {
	var anew bool
	cmd := &cobra.Command{
		Use: "receipt-keys", Short: "List the keys that sign receipts of guided sessions, or make a new one", Long: sayReceiptKeysLong, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return showReceiptKeys(cmd, o, *f, anew) },
	}
	cmd.Flags().BoolVar(&anew, "new", false, "make a new key, which is in use a minute later")
	return cmd
}

func showReceiptKeys(cmd *cobra.Command, o *options, f adminFlags, anew bool) error {
	do := "receipt-keys"
	if anew {
		do = "new-receipt-key"
	}
	a, err := f.ask(cmd, o, adminAsk{Do: do})
	if err != nil {
		return err
	}
	if o.json {
		lines := make([]receiptKeyLine, len(a.Keys))
		for i, k := range a.Keys {
			lines[i] = receiptKeyLine{Fingerprint: k.Fingerprint, Line: k.Line()}
			if !k.From.IsZero() {
				lines[i].From = &k.From
			}
			if !k.Until.IsZero() {
				lines[i].Until = &k.Until
			}
		}
		return json.NewEncoder(o.out).Encode(struct {
			Schema string           `json:"schema"`
			Keys   []receiptKeyLine `json:"keys"`
		}{adminReceiptKeysSchema, lines})
	}
	if n := len(a.Keys); anew && n > 0 {
		_, _ = fmt.Fprintf(o.out, sayReceiptKeyMade, a.Keys[n-1].From.Format(time.RFC3339)) // a broken pipe ends what follows
	}
	for _, k := range a.Keys {
		if _, err := fmt.Fprintln(o.out, checks.Line(k.Line(), 400)); err != nil {
			return unprinted(err)
		}
	}
	return nil
}

// receiptKeys carries out what is asked about keys for receipts.
func (a *adminDoor) receiptKeys(ask adminAsk) (adminAnswer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), adminTime)
	defer cancel()
	var keys []receipt.Key
	var err error
	if ask.Do == "new-receipt-key" {
		keys, err = a.server.NewReceiptKey(ctx)
	} else {
		keys, err = a.server.ReceiptKeys(ctx)
	}
	return adminAnswer{Keys: keys}, err
}
