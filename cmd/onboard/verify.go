package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/ssh/receipt"
)

func newVerify(o *options) *cobra.Command {
	var keys []string
	var schema bool
	cmd := &cobra.Command{
		Use:   "verify RECEIPT",
		Short: "Say whether the signed receipt of a guided session is genuine",
		Long:  sayVerifyLong,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && !schema {
				return usage(sayVerifyUsage, "verify takes one receipt, and %d were named", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if schema {
				return printSchema(o, receipt.Document)
			}
			return runVerify(o, args[0], keys)
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "what you trust: a file with what `ssh fingerprint@HOST` printed, a key (ssh-ed25519 ...) or its fingerprint (SHA256:...); may be given again")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of --json, and do nothing else")
	return cmd
}

func runVerify(o *options, name string, keys []string) error {
	var trusted []receipt.Key
	for _, k := range keys {
		some, err := trustedKeys(k)
		if err != nil {
			return err
		}
		trusted = append(trusted, some...)
	}
	text, err := o.readBounded(name, receipt.Most)
	if err != nil {
		return err
	}
	v := receipt.Judge(text, trusted)
	code := map[string]int{receipt.StateGood: codeOpen, receipt.StateBad: codeFailed, receipt.StateUnknown: codeUnknown}[v.State]
	if v.Unread() {
		code = codeUsage
	}
	if o.json {
		if err := json.NewEncoder(o.out).Encode(v); err != nil {
			return unprinted(err)
		}
	} else if v.Session != nil {
		if _, err := io.WriteString(o.out, verdictLines(v)); err != nil {
			return unprinted(err)
		}
	}
	switch {
	case code == codeOpen:
		return nil
	case o.json || v.State == receipt.StateUnknown:
		return &exitError{code: code} // all is said
	}
	return &exitError{code: code, cause: fmt.Errorf("not genuine: %s", v.Reason), typed: typedFor(v)}
}

// typedFor is what to do about a receipt that is not good.
func typedFor(v receipt.Verdict) string {
	switch v.Fault {
	case receipt.FaultOtherKey:
		return sayVerifyOther
	case receipt.FaultServer:
		return sayVerifyServer
	case receipt.FaultDisowned:
		return sayVerifyDisown
	case receipt.FaultTime:
		return sayVerifyTime
	case receipt.FaultNoReceipt, receipt.FaultLarge:
		return sayVerifyUsage
	case receipt.FaultVersion:
		return sayVerifyNewer
	default:
		return sayVerifyAnew
	}
}

// trustedKeys are the keys that a --key names.
func trustedKeys(k string) ([]receipt.Key, error) {
	text, isKey := k, strings.HasPrefix(k, "ssh-") || strings.HasPrefix(k, "SHA256:") || strings.Contains(k, "namespaces=")
	if _, err := os.Stat(k); err == nil || !isKey { // a file may be called as it likes
		f, err := os.Open(k)
		if err != nil {
			return nil, usage(sayVerifyKey, "read the keys: %w", err)
		}
		defer func() { _ = f.Close() }() // it was read
		read, err := io.ReadAll(io.LimitReader(f, receipt.MostKeys+1))
		switch {
		case err != nil:
			return nil, usage(sayVerifyKey, "read the keys: %w", err)
		case len(read) > receipt.MostKeys:
			return nil, usage(sayVerifyKey, "%s is larger than %d KiB, and no list of keys is", checks.Line(k, 200), receipt.MostKeys>>10)
		}
		text = string(read)
	}
	keys, err := receipt.ParseKeys(text)
	if err != nil {
		return nil, usage(sayVerifyKey, "--key %s: %w", checks.Line(k, 120), err)
	}
	return keys, nil
}

// readBounded reads a file, or what comes in where it is called -, and one byte more
// than there may be at most.
func (o *options) readBounded(name string, most int64) ([]byte, error) {
	in := o.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usage(sayVerifyUsage, "read the receipt: %w", err)
		}
		defer func() { _ = f.Close() }() // it was read
		in = f
	}
	if in == nil {
		return nil, usage(sayVerifyUsage, "read the receipt: %w", errors.New("nothing comes in"))
	}
	text, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, usage(sayVerifyUsage, "read the receipt: %w", err)
	}
	return text, nil
}

// verdictLines tell a receipt that is as somebody signed it.
func verdictLines(v receipt.Verdict) string {
	s, at := v.Session, func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
	line := func(text string) string { return checks.Line(text, 200) }
	head := fmt.Sprintf(sayGenuine, line(s.Server), v.Key)
	if !v.Named() { // a key by itself, and no list in which it could be disowned
		head = fmt.Sprintf(sayGenuineKey, v.Key, line(s.Server)) + sayAskDisowned
	}
	if v.Disowned != nil {
		head += fmt.Sprintf(sayDisownedFrom, at(*v.Disowned))
	}
	if v.State != receipt.StateGood {
		head = fmt.Sprintf(sayNotKnown, v.Reason, v.Key, line(s.Server))
	}
	var b strings.Builder
	b.WriteString(head)
	nothing := sayNothingElse
	if s.Did.Other > 0 {
		nothing = fmt.Sprintf(sayOtherRecords, s.Did.Other)
	}
	for _, l := range [][2]string{
		{"case", fmt.Sprintf("%s, guided session %d", line(s.Case), s.N)},
		{"guide", fmt.Sprintf("%s of %s, with the key %s", line(s.Guide.Name), line(s.Guide.Organisation), line(s.Guide.Key))},
		{"asked", at(s.Asked)},
		{"let in", fmt.Sprintf(sayLetIn, at(s.Allowed), at(s.Until))},
		{"ended", at(s.Ended.At) + ", " + endedWords(s.Ended.By)},
		{"did", fmt.Sprintf(sayDid, s.Did.Points, s.Did.Notes, s.Did.Suggestions, s.Did.Looks, nothing)},
		{"meanwhile", fmt.Sprintf(sayMeanwhile, s.Mean.Answers, s.Mean.Confirmations, s.Mean.Changes)},
		{"where", placeWords(s.Start) + " to " + placeWords(s.Finish)},
		{"journal", fmt.Sprintf(sayJournalSum, s.Journal.From, s.Journal.To, line(s.Journal.SHA256))},
	} {
		_, _ = fmt.Fprintf(&b, "  %-10s %s\n", l[0], l[1]) // into memory
	}
	return b.String()
}

// endedWords say how a session ended.
func endedWords(by string) string {
	if words, ok := sayEndedBy[by]; ok {
		return words
	}
	return checks.Line(by, 40)
}

func placeWords(p receipt.Place) string {
	return checks.Line(strings.TrimSpace(p.Stage+" "+p.Step), 120)
}
