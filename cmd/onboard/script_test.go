package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onboard.example/checks/sim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"onboard": func() { exitProcess(realMain(npmAssets())) },
	})
}

// TestScripts runs the binary as people and scripts do: testdata/script holds
// one file a theme, attacks among them, and one for each path.
func TestScripts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	setup := func(env *testscript.Env) error {
		env.Values[simulated] = &scripted{ctx: ctx}
		return nil
	}
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, Setup: setup, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"simulate": simulateScript,
		"tenant":   tenantScript,
		"approve":  approveScript,
		"publish":  publishScript,
	}})
}

// scripted is what a script has beside its files.
type scripted struct {
	ctx   context.Context // of the test
	s     *sim.Sim        // nil before simulate
	flags []string        // that point onboard at it
}

const simulated = "simulated"

// of is what a script has.
func of(ts *testscript.TestScript) *scripted {
	v, ok := ts.Value(simulated).(*scripted)
	if !ok {
		ts.Fatalf("the script was not set up")
	}
	return v
}

// simulateScript starts a scenario for the rest of a script: simulate NAME, or
// simulate FILE.yaml. It
// sets CLIENT to the client id of an app whose profile has none.
func simulateScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: simulate SCENARIO")
	}
	v, o := of(ts), sim.Options{Scenario: args[0], Dir: ts.MkAbs("sim")}
	if name, own := strings.CutSuffix(args[0], ".yaml"); own {
		o.Scenario, o.Scenarios = name, os.DirFS(ts.MkAbs("."))
	}
	s, err := sim.Start(v.ctx, o)
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	r := s.Ready()
	v.s, v.flags = s, append(against(r), "--token-file", filepath.Join(filepath.Dir(r.CA), "tokens", r.Tenants[0].Users[0].UPN), "--domain", r.Tenants[0].Domain)
	for _, e := range s.Scenario().Expect {
		if e.ClientID != "" {
			ts.Setenv("CLIENT", e.ClientID)
		}
	}
	ts.Setenv("HOME", ts.MkAbs("home"))
	// What was sent to one tenant is nothing to the next, though its ids are the same.
	ts.Setenv("XDG_STATE_HOME", ts.MkAbs("state-"+args[0]))
}

// tenantScript runs onboard against the simulator as its admin: [!] tenant
// COMMAND ARGS...
func tenantScript(ts *testscript.TestScript, neg bool, args []string) {
	switch err := ts.Exec("onboard", append(args, of(ts).flags...)...); {
	case err == nil && neg:
		ts.Fatalf("onboard %v ended well", args)
	case err != nil && !neg:
		ts.Fatalf("onboard %v: %v", args, err)
	}
}

// approveScript plays somebody who presses Accept on Microsoft's consent page:
// [!] approve UPN CLIENTID.
func approveScript(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: approve UPN CLIENTID")
	}
	if err := of(ts).s.Approve(of(ts).ctx, args[0], args[1], nil); (err == nil) == neg {
		ts.Fatalf("approve: %v", err)
	}
}

// publishScript plays whoever keeps the domain's DNS: publish NAME VALUE.
func publishScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: publish NAME VALUE")
	}
	ts.Check(of(ts).s.Publish("contoso.example", args[0], args[1]))
}
