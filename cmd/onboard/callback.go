package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/flows"
	"onboard.example/flows/run"
)

// returner waits on this machine for Microsoft's consent page.
type returner struct{}

// Await implements run.Returner.
func (returner) Await(ctx context.Context, ask run.ReturnAsk, ready func(run.Waiting), came func(string) flows.ReturnSaid) error {
	port, ok := flows.Loopback(ask.Redirect)
	if !ok {
		return fmt.Errorf("%q leads to another machine, or nowhere", checks.Line(ask.Redirect, 200))
	}
	return signin.AwaitReturn(ctx, ask.Redirect, port,
		func(port uint16) { ready(run.Waiting{Port: port}) },
		func(query string) bool { return came(query) == flows.ReturnGood })
}

// cameBack serves what the consent page brought back to the checks.
type cameBack struct {
	callback checks.Callback
	at       time.Time
}

// Serves implements checks.Reader.
func (cameBack) Serves() []checks.Part { return []checks.Part{checks.PartCallback} }

// Read implements checks.Reader.
func (b cameBack) Read(_ context.Context, _ checks.Query, parts []checks.Part, land func(checks.Piece)) {
	if !slices.Contains(parts, checks.PartCallback) {
		return
	}
	said := fmt.Sprintf("admin_consent=%t tenant=%s error=%s %s", b.callback.Consented, b.callback.Tenant, b.callback.Error, b.callback.AADSTS)
	l := checks.Look[checks.Callback]{Read: true, Value: b.callback, At: b.at, Seen: []checks.Evidence{{
		Source: checks.SourceLogin, Request: "redirect of the consent page", At: b.at, Value: checks.Line(said, 200),
	}}}
	land(checks.NewPiece(checks.PartCallback, l, func(s *checks.Snapshot) *checks.Look[checks.Callback] { return &s.Callback }))
}
