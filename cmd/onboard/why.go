package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"onboard.example/checks/aadsts"
)

// whySchema names the shape of `why --json`.
const whySchema = "onboard/why/1"

// whyReport is what `why --json` prints.
type whyReport struct {
	Schema string `json:"schema"`
	aadsts.Answer
}

func newWhy(o *options) *cobra.Command {
	var file string
	var personal bool
	cmd := &cobra.Command{
		Use:   "why [TEXT...]",
		Short: "Say what an error of Microsoft's means, whose move it is, and what to do",
		Long:  sayWhyLong,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), o, args, file, personal)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "read the text from this file; - is standard input")
	cmd.Flags().BoolVar(&personal, "include-personal", false, "print addresses, correlation ids and the like, too")
	return cmd
}

// runWhy answers from the text alone: nobody is asked, and nothing is kept.
func runWhy(ctx context.Context, o *options, args []string, file string, personal bool) error {
	if file != "" && len(args) > 0 {
		return usage("Leave out one of the two.", "there is a text, and a file too")
	}
	text, err := o.pasted(ctx, args, file)
	if err != nil {
		return err
	}
	a := aadsts.ParseBytes(text)
	if !personal {
		a = a.WithoutPersonal()
	}
	if o.json {
		err = json.NewEncoder(o.out).Encode(whyReport{whySchema, a})
	} else {
		_, err = o.out.Write(explained(a))
	}
	switch {
	case err != nil:
		return unprinted(err)
	case a.Class == aadsts.Unknown:
		return &exitError{code: codeUnknown}
	}
	return nil
}

// pasted is the text to explain: of the arguments, of a file, or of standard
// input. More than is read of a text is never held.
func (o *options) pasted(ctx context.Context, args []string, file string) ([]byte, error) {
	if len(args) > 0 {
		return []byte(strings.Join(args, " ")), nil
	}
	in := o.in
	if file != "" && file != "-" {
		// Not blocking: a named pipe that nobody writes to is empty, and not waited for.
		f, err := os.OpenFile(filepath.Clean(file), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, usage("Type the name of a file with the text, or - for standard input.", "--file: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	} else if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(o.err, sayWhyPaste)
	}
	type outcome struct {
		text []byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(in, aadsts.MaxBytes+1))
		done <- outcome{text, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, usage("Type the name of a file with the text, or - for standard input.", "read the text: %w", r.err)
		}
		return r.text, nil
	case <-ctx.Done():
		return nil, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
}

// explained is an answer for people: five lines first, then the details.
func explained(a aadsts.Answer) []byte {
	var b bytes.Buffer
	line := func(head, text string) {
		if text != "" {
			_, _ = fmt.Fprintf(&b, "%-14s %s\n", head, text)
		}
	}
	line(sayWhyWhat, a.What)
	line(sayWhyWho, string(a.Who))
	line(sayWhyDo, a.Do)
	line(sayWhySure, says(string(a.Sure)+":", a.Why))
	line(sayWhyElse, alsoPossible(a.Also))
	line(sayWhySkip, a.Skip)
	b.WriteByte('\n')
	head := sayWhyCodes
	for _, c := range a.Codes {
		text := fmt.Sprintf("AADSTS%d", c.Number)
		if c.Name != "" {
			text += " " + c.Name
		}
		if c.Guess {
			text += sayWhyGuess
		}
		if !c.Known {
			text += sayWhyUnlisted
		}
		line(head, text+"  "+c.Lookup)
		head = ""
	}
	line(sayWhyApp, says(a.App.Name, a.App.ID))
	line(sayWhyTenant, says(a.Tenant.Name, a.Tenant.ID))
	line(sayWhyScopes, strings.Join(a.Scopes, " "))
	if !a.At.IsZero() {
		line(sayWhyAt, a.At.UTC().Format(time.RFC3339))
	}
	p := a.Personal
	line(sayWhyPeople, strings.Join(p.Addresses, " "))
	line(sayWhyTrace, says(p.Trace, p.Correlation, p.RequestID))
	if a.AdminConsent {
		line("", sayWhyClaim)
	}
	if a.Secret {
		line("", sayWhySecret)
	}
	if a.Cut {
		line("", fmt.Sprintf(sayWhyCut, aadsts.MaxBytes>>20))
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// alsoPossible lists what else it may be, in words.
func alsoPossible(classes []aadsts.Class) string {
	var out []string
	for _, c := range classes {
		out = append(out, strings.ReplaceAll(string(c), "_", " "))
	}
	if len(out) == 0 {
		return ""
	}
	return sayWhyMaybe + strings.Join(out, "; ")
}
