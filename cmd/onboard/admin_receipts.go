package main

import (
	"context"
	"encoding/json"
	"errors"
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
	Disowned    bool       `json:"disowned,omitempty"`
	Since       *time.Time `json:"since,omitempty"` // as of when; left out: for all its time
	Line        string     `json:"line,omitempty"`  // of a file of allowed signers; left out: it signs for nothing any more
}

func newAdminReceiptKeys(o *options, f *adminFlags) *cobra.Command {
	var anew bool
	var disown, since string
	cmd := &cobra.Command{
		Use: "receipt-keys", Short: "List the keys that sign receipts of guided sessions, or make a new one", Long: sayReceiptKeysLong, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			what := adminAsk{Do: "receipt-keys"}
			switch {
			case disown != "":
				what = adminAsk{Do: "disown-receipt-key", Value: disown}
			case anew:
				what.Do = "new-receipt-key"
			}
			if since != "" {
				var err error
				if what.Since, err = time.Parse(time.RFC3339, since); err != nil || disown == "" || what.Since.IsZero() {
					return usage(sayDisownTime, "--since %s: %w", checks.Line(since, 60), errDisownTime)
				}
			}
			return showReceiptKeys(cmd, o, *f, what)
		},
	}
	cmd.Flags().BoolVar(&anew, "new", false, "make a new key, which is in use a minute later")
	cmd.Flags().StringVar(&disown, "disown", "", "disown the key with a fingerprint (SHA256:...), of which somebody may have a copy; another takes its place at once")
	cmd.Flags().StringVar(&since, "since", "", "with --disown: for sessions that ended at this time or later, such as 2026-11-22T07:30:00Z (default: for all; who has the key can write an earlier time)")
	cmd.MarkFlagsMutuallyExclusive("new", "disown")
	return cmd
}

// errDisownTime says that --since is not what it is for.
var errDisownTime = errors.New("it is no time, or nothing is disowned")

func showReceiptKeys(cmd *cobra.Command, o *options, f adminFlags, what adminAsk) error {
	a, err := f.ask(cmd, o, what)
	if err != nil {
		return err
	}
	if o.json {
		lines := make([]receiptKeyLine, len(a.Keys))
		for i, k := range a.Keys {
			lines[i] = receiptKeyLine{Fingerprint: k.Fingerprint, Disowned: k.Disowned}
			if !k.Never() {
				lines[i].Line = k.Line()
			}
			if !k.Since.IsZero() {
				lines[i].Since = &k.Since
			}
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
	switch n := len(a.Keys); {
	case what.Do == "disown-receipt-key":
		_, _ = fmt.Fprintf(o.out, sayReceiptKeyDisowned, checks.Line(what.Value, 80)) // likewise
	case what.Do == "new-receipt-key" && n > 0:
		_, _ = fmt.Fprintf(o.out, sayReceiptKeyMade, a.Keys[n-1].From.Format(time.RFC3339)) // a broken pipe ends what follows
	}
	for _, k := range a.Keys {
		for _, l := range k.Lines() {
			if _, err := fmt.Fprintln(o.out, checks.Line(l, 400)); err != nil {
				return unprinted(err)
			}
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
	switch ask.Do {
	case "new-receipt-key":
		keys, err = a.server.NewReceiptKey(ctx)
	case "disown-receipt-key":
		keys, err = a.server.DisownReceiptKey(ctx, ask.Value, ask.Since)
	default:
		keys, err = a.server.ReceiptKeys(ctx)
	}
	return adminAnswer{Keys: keys}, err
}
