// Command onboard clears Microsoft 365's "Need admin approval" block for one
// third-party app in one tenant, and proves that it is cleared.
//
// This folder is the only one that knows concrete clients: it parses flags,
// wires the rooms together, prints and chooses the exit code. One file a
// command. What a command prints for programs goes to standard output alone;
// everything for people that is not the command's result goes to standard
// error.
package main

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"onboard.example/ssh/web"
)

func main() {
	exitProcess(realMain(web.Assets()))
}

// exitProcess is the one place that ends the process.
func exitProcess(code int) { os.Exit(code) }

// realMain runs the command line of the process and gives its exit code. assets are
// those of the wizard in the browser; nil: there are none.
func realMain(assets fs.FS) int {
	// colorprofile reads NO_COLOR as a boolean, so NO_COLOR=yes would be
	// ignored; no-color.org asks for any value that is not empty.
	if os.Getenv("NO_COLOR") != "" {
		if err := os.Setenv("NO_COLOR", "1"); err != nil {
			return codeUsage
		}
	}
	in := os.Stdin
	defer unasked()()
	quietBrowser()
	// A terminal that goes away (SIGHUP) is an end like any other: what is being
	// written is finished, and what a simulator made is removed.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process, whatever it hangs in
	return execute(ctx, world{args: os.Args[1:], in: in, out: os.Stdout, err: os.Stderr, env: os.Environ(), assets: assets})
}

// unasked keeps the terminal from being asked for its colours when help is
// printed: some never answer, and others show the question. fang asks wherever
// the process's own standard input is a terminal, and has no option for it.
// Commands read from their world and do not notice. On Windows the console is
// asked all the same, through CONIN$.
func unasked() (back func()) {
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return func() {}
	}
	in := os.Stdin
	os.Stdin = nothing
	return func() {
		os.Stdin = in
		_ = nothing.Close()
	}
}
