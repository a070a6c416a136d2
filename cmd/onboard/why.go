package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"onboard.example/checks"
	"onboard.example/checks/aadsts"
	"onboard.example/flows"
)

// whyFlags are those of why alone.
type whyFlags struct {
	file      string
	personal  bool
	details   bool
	developer bool
	colleague bool
	before    bool
	schema    bool
	message   string
	lang      string
}

func newWhy(o *options) *cobra.Command {
	var f whyFlags
	cmd := &cobra.Command{
		Use:   "why [TEXT...]",
		Short: "Say what an error of Microsoft's means, whose move it is, and what to do",
		Long:  sayWhyLong,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.schema {
				_, err := o.out.Write(whySchemaText())
				return err
			}
			return runWhy(cmd.Context(), o, args, f)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.file, "file", "", "read the text from this file; - is standard input")
	fs.BoolVar(&f.personal, "include-personal", false, "print addresses, correlation ids and the like, too")
	fs.BoolVar(&f.details, "details", false, "print everything that was read and seen, below the five lines")
	fs.BoolVar(&f.developer, "developer", false, "speak to the developer whose app it is: what is theirs, which parameters cause it, how to rehearse it")
	fs.BoolVar(&f.colleague, "colleague-works", false, "a colleague gets in: say how that can be")
	fs.BoolVar(&f.before, "worked-before", false, "it worked before: say what ends that")
	fs.StringVar(&f.message, "message", "", "print a message instead, ready to send: "+formNames())
	fs.StringVar(&f.lang, "lang", "en", "language of the message: "+strings.Join(flows.MessageLanguages(), ", "))
	fs.BoolVar(&f.schema, "schema", false, "print the JSON Schema of the answer, and do nothing else")
	return cmd
}

func formNames() string {
	var names []string
	for _, f := range flows.MessageForms() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// check refuses flags that cannot be meant, before anything is read.
func (f whyFlags) check(o *options, args []string) error {
	if err := cmp.Or(o.validate(), o.byLink()); err != nil {
		return err
	}
	switch {
	case f.file != "" && len(args) > 0:
		return usage("Leave out one of the two.", "there is a text, and a file too")
	case f.message != "" && !slices.Contains(flows.MessageForms(), flows.MessageForm(f.message)):
		return usage("Type one of: "+formNames()+".", "no form of message called %q", checks.Line(f.message, 40))
	case !slices.Contains(flows.MessageLanguages(), f.lang):
		return usage("Type one of: "+strings.Join(flows.MessageLanguages(), ", ")+".", "no messages in %q", checks.Line(f.lang, 40))
	case f.developer && f.message != "":
		return usage("Leave out one of the two.", "--developer explains, and --message writes to IT or to support")
	case o.keepSignIn:
		return usage("Leave it out.", "why signs in for one look, and keeps nothing")
	case o.tokenFile == "-" && len(args) == 0 && (f.file == "" || f.file == "-"):
		return usage("Put the token into a file.", "--token-file - is where the text is read from")
	case o.signsIn() && o.domain == "" && !strings.Contains(o.user, "@"):
		return usage("Type --domain with your organisation's domain, such as contoso.example.", "nobody can sign in without a domain")
	}
	return nil
}

// signsIn says whether the flags ask for a sign-in.
func (o *options) signsIn() bool { return o.tokenFile != "" || o.signIn != "" && o.signIn != "none" }

// runWhy answers from the text and, where a domain is given, from what Microsoft
// and the DNS say of it. Nothing is kept.
func runWhy(ctx context.Context, o *options, args []string, f whyFlags) error {
	if err := f.check(o, args); err != nil {
		return err
	}
	text, err := o.pasted(ctx, args, f.file)
	if err != nil {
		return err
	}
	a := aadsts.ParseBytes(text)
	var nothing error // with a domain, that is asked about; without one there is nothing to ask
	if a.Empty && o.domain == "" && o.user == "" {
		nothing = usage(sayWhyTypeText, "there is no text")
		if !o.json {
			return nothing
		}
	}
	if !f.personal {
		a = a.WithoutPersonal()
	}
	l, err := o.lookWhy(ctx, a, f)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		err = l.printJSON(f)
	case f.message != "":
		err = l.printMessage(f)
	default:
		_, err = o.out.Write(l.lines(f))
	}
	switch {
	case err != nil:
		return unprinted(err)
	case nothing != nil:
		return nothing
	case l.why.Class == aadsts.Unknown:
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
	if err := o.mayTouchFiles(); err != nil {
		return nil, err
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
