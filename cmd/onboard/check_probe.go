package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"onboard.example/checks"
	"onboard.example/checks/signin"
)

// probeFlags name the vendor's own credential. It comes from a file or from
// standard input alone: what is typed on a command line stands in histories and
// in the list of processes.
type probeFlags struct{ secret, cert string }

func (p *probeFlags) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.secret, "probe-secret-file", "", "for the app's vendor: file with the app's secret, or - for standard input; asks Microsoft, as the app, whether it is in the tenant")
	f.StringVar(&p.cert, "probe-cert", "", "the same with a certificate: PEM file with it and its unencrypted key, or - for standard input")
}

// validate refuses what cannot be meant, before anything is read.
func (p probeFlags) validate(o *options, from string) error {
	given := p.secret + p.cert
	switch {
	case given == "":
		return nil
	case p.secret != "" && p.cert != "":
		return usage("Leave out one of the two.", "--probe-secret-file and --probe-cert exclude each other")
	case from != "":
		return usage("Leave out one of the two.", "--from asks nobody, so there is nothing to probe")
	case given == "-" && o.tokenFile == "-":
		return usage("Put one of the two into a file.", "the token and the app's credential cannot both come from standard input")
	}
	return nil
}

// readers are what asks as the app; none where no credential is given.
func (p probeFlags) readers(ctx context.Context, c *clients) ([]checks.Reader, error) {
	if p.secret == "" && p.cert == "" {
		return nil, nil
	}
	one, err := p.prober(ctx, c)
	if err != nil {
		return nil, err
	}
	return []checks.Reader{one}, nil
}

// prober is what asks as the app, with the credential that is given.
func (p probeFlags) prober(ctx context.Context, c *clients) (*signin.Prober, error) {
	var proof signin.Credential
	var err error
	if p.secret != "" {
		proof, err = signin.SecretFile(ctx, p.secret, c.o.in)
	} else {
		proof, err = signin.CertFile(ctx, p.cert, c.o.in)
	}
	if ctx.Err() != nil {
		return nil, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
	if err != nil {
		return nil, inputError(err)
	}
	reader, err := signin.NewProber(signin.ProberOptions{
		Discoverer: c.discover, Credential: proof, Transport: c.transport, LoginURL: c.o.loginURL, Now: c.now,
	})
	if err != nil {
		return nil, inputError(err)
	}
	return reader, nil
}
