package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"onboard.example/checks/signin"
)

func newSignOut(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "sign-out",
		Short: "Forget the sign-ins that --keep-sign-in kept",
		Long:  saySignOutLong,
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runSignOut(cmd.Context(), o) },
	}
}

// runSignOut empties onboard's entry in the keychain.
func runSignOut(ctx context.Context, o *options) error {
	keep, err := signin.OpenKeep(ctx, o.stateDir())
	var in *signin.InputError
	switch {
	case errors.As(err, &in):
		return &exitError{code: codeUsage, cause: errors.New(in.Say), typed: sayNoSignOut}
	case err != nil:
		return keepError(err)
	}
	if err := keep.Drop(ctx); err != nil {
		return keepError(err)
	}
	_, err = fmt.Fprint(o.out, saySignedOut)
	return err
}

// openKeep opens the keychain where --keep-sign-in wants it.
func (c *clients) openKeep(ctx context.Context) error {
	if !c.o.keepSignIn {
		return nil
	}
	var err error
	if c.keep, err = signin.OpenKeep(ctx, c.o.stateDir()); err != nil {
		return keepError(err)
	}
	return nil
}

// keepError carries a keychain that cannot be had to the command line.
func keepError(err error) error {
	var no *signin.Error
	switch {
	case errors.As(err, &no) && no.Cause == signin.CauseCancelled:
		return &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	case errors.As(err, &no):
		return &exitError{code: codeUnknown, cause: no.Failure, typed: no.Do}
	}
	return inputError(err)
}
