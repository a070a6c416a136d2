package signin

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"onboard.example/checks"
)

const (
	azTimeout = time.Minute
	// azGrace is how long az's children may hold its output after it was stopped:
	// it is a shell script around Python.
	azGrace  = 2 * time.Second
	maxNoise = 16 << 10
)

// AzOptions say how to run the az command.
type AzOptions struct {
	TokenOptions

	Tenant  string // id or a domain; empty takes the account's own
	Command string // default az, found on the PATH
}

// Az takes a token from the Azure CLI, whose user has signed in to it before
// (az account get-access-token). It asks az again when the token has expired.
// The token is the Azure CLI's own: what it may read is what that app has been
// given in the tenant.
func Az(ctx context.Context, o AzOptions) (Session, error) {
	if o.Command == "" {
		o.Command = "az"
	}
	tenant := ""
	if strings.TrimSpace(o.Tenant) != "" {
		var err error
		// An id or a domain never begins with a dash, so it can not pass for a flag.
		if tenant, err = parseTenant(o.Tenant); err != nil {
			return nil, err
		}
		if tenant == anyTenant {
			tenant = ""
		}
	}
	return hand(ctx, WayAz, o.TokenOptions, func(ctx context.Context) (Secret, error) {
		return runAz(ctx, o.Command, tenant)
	})
}

func runAz(ctx context.Context, command, tenant string) (Secret, error) {
	path, err := exec.LookPath(command)
	if err != nil { // also where az lies in the current folder, which is no place to trust
		return Secret{}, CauseNoTool.make(nil)
	}
	args := []string{"account", "get-access-token", "--resource-type", "ms-graph", "-o", "json"}
	if tenant != "" {
		args = append(args, "--tenant", tenant)
	}
	limited, cancel := context.WithTimeout(ctx, azTimeout)
	defer cancel()
	out, noise := &capped{limit: maxToken}, &capped{limit: maxNoise}
	cmd := exec.CommandContext(limited, path, args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, noise, azGrace
	if err := cmd.Run(); err != nil {
		return Secret{}, azError(ctx, limited, err, noise.String(), tenant)
	}
	t, problem := parseToken(out.Bytes())
	if !bytes.HasPrefix(bytes.TrimSpace(out.Bytes()), []byte("{")) { // a lone word would pass for a token
		t, problem = Secret{}, wordsTokenJSON
	}
	if problem != "" {
		e := CauseTool.make(&checks.Failure{Message: problem})
		e.Do += tenant
		return Secret{}, e
	}
	return t, nil
}

// azError reads what az said on its error output.
func azError(ctx, limited context.Context, err error, said, tenant string) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return CauseCancelled.make(nil)
	case limited.Err() != nil:
		return CauseTimeout.make(nil)
	case errors.Is(err, exec.ErrNotFound):
		return CauseNoTool.make(nil)
	}
	r := refusal{Description: said}
	f := &checks.Failure{}
	r.fill(f)
	c := CauseTool
	switch known := r.cause(); {
	case known != CauseOther:
		c = known
	case strings.Contains(strings.ToLower(said), "az login"):
		c = CauseNotLoggedIn
	}
	e := c.make(f)
	if c == CauseNotLoggedIn || c == CauseTool {
		e.Do += tenant
		if tenant == "" {
			e.Do = strings.TrimSuffix(e.Do, " --tenant ")
		}
	}
	return e
}

// capped keeps the first limit bytes and lets the rest go, so that a command
// that never stops talking fills no memory.
type capped struct {
	bytes.Buffer

	limit int
}

func (c *capped) Write(p []byte) (int, error) {
	if room := c.limit - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
