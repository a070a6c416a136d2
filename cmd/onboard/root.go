package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"time"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"onboard.example/checks"
)

// world is what a run of the command touches of its process.
type world struct {
	args []string
	in   io.Reader
	out  io.Writer
	err  io.Writer
	env  []string // KEY=VALUE
	// patience is how long a write that was accepted is looked for; 0: as long
	// as a driver looks. Tests have less.
	patience time.Duration

	// publicOnly is of what strangers ask for over SSH: nothing that follows from
	// their words leads to an address that is not public. lookup, where it is set,
	// finds addresses.
	publicOnly bool
	// noFiles is of a command that a stranger typed: no file that its words name
	// is read or made.
	noFiles bool
	lookup  *net.Resolver
	// assets are what the wizard in the browser is made of; nil: there are none.
	assets fs.FS
	// elsewhere is what is said of what needs a sign-in; empty: --sign-in.
	elsewhere string
}

// Exit codes (product contract): scripts branch on them.
const (
	codeOpen        = 0   // open and Verified, or done
	codeBlocked     = 1   // blocked
	codeFailed      = 1   // or failed: what was to be done was not
	codeUsage       = 2   // wrong usage or configuration
	codeUnknown     = 3   // cannot tell, or not Verified
	codeInterrupted = 130 // Ctrl-C
)

// exitError carries an exit code up to execute. With a nil cause nothing is
// printed: the command has said all there is to say.
type exitError struct {
	code  int
	cause error
	typed string // what to type instead, if anything
}

func (e *exitError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.cause.Error()
}

func (e *exitError) Unwrap() error { return e.cause }

// usage makes an error of wrong usage: what is wrong, then what to type.
func usage(typed, format string, args ...any) error {
	return &exitError{code: codeUsage, cause: fmt.Errorf(format, args...), typed: typed}
}

// execute parses the arguments, runs the command and gives the exit code.
func execute(ctx context.Context, w world) int {
	root := newRoot(w)
	// Errors do not pass through fang: on the way it would ask the terminal for
	// its colours, and some never answer.
	var ended error
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		ended = &exitError{code: codeUsage, cause: err, typed: fmt.Sprintf(sayHelpOf, cmd.CommandPath())}
		return nil // which ends the run as well
	})
	keepErrors(root, &ended)
	err := fang.Execute(ctx, root, fang.WithoutVersion(), fang.WithColorSchemeFunc(colours), fang.WithErrorHandler(func(out io.Writer, _ fang.Styles, err error) {
		explain(out, err)
	}))
	var exit *exitError
	switch {
	case ended == nil && err == nil:
		return codeOpen
	case ended == nil: // cobra's own, which fang has told
		return codeUsage
	}
	explain(w.err, ended)
	switch {
	case errors.As(ended, &exit):
		return exit.code
	case errors.Is(ended, context.Canceled):
		return codeInterrupted
	default: // a disk, a pipe: nothing that was typed wrongly
		return codeFailed
	}
}

// colours are those of help. They are the terminal's own, readable on light and
// on dark ground: which of the two it has is not known, because nobody asks.
func colours(ground lipgloss.LightDarkFunc) fang.ColorScheme {
	c := fang.AnsiColorScheme(ground)
	c.Base, c.Description, c.Argument, c.Help, c.Dash = lipgloss.NoColor{}, lipgloss.NoColor{}, lipgloss.NoColor{}, lipgloss.NoColor{}, lipgloss.NoColor{}
	c.Comment = lipgloss.NoColor{}
	return c
}

// keepErrors makes every command of a tree leave its error in ended, and run
// only if its arguments gave none.
func keepErrors(cmd *cobra.Command, ended *error) {
	if fits := cmd.Args; fits != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			*ended = wrongly(fits(cmd, args))
			return nil
		}
	}
	if do := cmd.RunE; do != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if *ended == nil {
				*ended = do(cmd, args)
			}
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		keepErrors(c, ended)
	}
}

// wrongly makes an error of cobra's about arguments one of usage.
func wrongly(err error) error {
	var exit *exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return &exitError{code: codeUsage, cause: err, typed: sayTryHelp}
}

// explain prints an error for people: what is wrong, then what to type.
func explain(out io.Writer, err error) {
	var exit *exitError
	if errors.As(err, &exit) && exit.cause == nil {
		return
	}
	if errors.Is(err, context.Canceled) && !errors.As(err, &exit) {
		_, _ = fmt.Fprintln(out, sayInterrupted)
		return
	}
	lines := strings.Split(checks.Block(err.Error(), 16<<10), "\n")
	_, _ = fmt.Fprintf(out, "onboard: %s\n", strings.Join(lines, "\n  "))
	if exit != nil && exit.typed != "" {
		_, _ = fmt.Fprintf(out, "  %s\n", exit.typed)
	}
}

// newRoot builds the whole command tree; a fresh one for every run.
func newRoot(w world) *cobra.Command {
	o := &options{world: w}
	root := &cobra.Command{
		Use:           "onboard",
		Short:         sayShort,
		Long:          sayLong,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(w.args)
	root.SetIn(w.in)
	root.SetOut(w.out)
	root.SetErr(w.err)
	for _, declare := range everything() {
		declare(o, root.Flags())
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return runWizard(cmd.Context(), o) }
	root.Flags().StringVar(&o.handoff, "case", "", "open at what this hand-off code says, after you have seen it (see `onboard why`)")
	root.Flags().StringVar(&o.share, "share", "", sayShareFlag)
	root.AddCommand(
		o.with(newCheck(o), everything()...),
		o.with(newPlan(o), everything()...),
		o.with(newApply(o), everything()...),
		o.with(newUndo(o), everything()...),
		o.with(newVerify(o), flagsOfJSON, flagsOfScreen),
		o.with(newDemo(o), flagsOfApp, flagsOfTenant, flagsOfDemo, flagsOfScreen),
		o.with(newSim(o), flagsOfJSON, flagsOfScreen),
		newServe(o),
		o.with(newAdmin(o), flagsOfJSON),
		o.with(newDNS(o), flagsOfApp, flagsOfJSON, flagsOfScreen, flagsOfDNS, unheard(flagsOfTenant, flagsOfCloud, flagsOfSignIn, flagsOfHosts)),
		o.with(newWhy(o), everything()...),
		o.with(newApps(o), flagsOfApps, flagsOfJSON, flagsOfScreen),
		o.with(newSignOut(o), flagsOfScreen),
		o.with(newVersion(o), flagsOfJSON, flagsOfScreen),
	)
	return root
}

// noArgs refuses words where only flags belong, and names the first one.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Sprintf(sayHelpOf, cmd.CommandPath()), "%q is not a command of `%s`", args[0], cmd.CommandPath())
}
