package sim

import (
	"net/http"
	"slices"
	"strings"
)

// The wall, with or without a form to ask an admin.

// wall says that only an admin can go on: with a form to ask one where the
// tenant has switched that on (90095), without where it has not (90094).
func (s *Sim) wall(c *visit, a *attempt, r Ruling) answer {
	code := 90094
	switch on := s.workflowOn(a.tenant); {
	case r.Kind == RulingRisky && on:
		code = 900981
	case r.Kind == RulingRisky:
		code = 900941
	case on:
		code = 90095
	}
	f := refuse(code)
	s.note(c, a, f)
	if r.Kind == RulingRisky {
		s.auditRefused(a)
	}
	if a.req.prompt == "none" {
		return s.finish(c, a, f.as(oauthInteraction, ""))
	}
	if a.auto && a.kind == forDevice {
		return s.endDevice(c, a, f)
	}
	a.stage = atWall
	return s.wallPage(c, a, f, "")
}

func (s *Sim) wallPage(c *visit, a *attempt, f *refusal, problem string) answer {
	v := wallView{
		consentView: s.consentView(a, a.asked.list), Code: f.code, Text: f.Error(), Request: c.trace,
		Correlation: c.correlation, Stamp: c.stamp(), Problem: problem, MayAsk: s.workflowOn(a.tenant),
		Waiting: a.tenant.openRequest(a.user, a.reg.AppID), MayLeave: a.kind == forDevice || !a.req.noReply,
	}
	status := http.StatusOK
	if problem != "" {
		status = statusPage
	}
	if v.MayAsk {
		return s.page(c, status, "request", v)
	}
	return s.page(c, status, "wall", v)
}

// answerWall is the post of a wall: ask an admin, become another account, or
// leave.
func (s *Sim) answerWall(c *visit) answer {
	a, stale := s.resume(c, atWall, atAsked)
	if stale != nil {
		return s.asPage(c, stale)
	}
	switch c.body.Get("do") {
	case "ask":
		return s.ask(c, a)
	case "switch":
		return s.accountPage(c, a, http.StatusOK, "", "")
	}
	// Leaving the wall looks like a plain cancel to the app, without a code.
	return s.finish(c, a, &refusal{oauth: oauthDenied, sub: "cancel"})
}

// maxReason is what the justification box holds.
const maxReason = 500

// ask files the user's request with the admins.
func (s *Sim) ask(c *visit, a *attempt) answer {
	reason := strings.TrimSpace(c.body.Get("reason"))
	switch {
	case !s.workflowOn(a.tenant) || a.stage != atWall:
		return s.wallPage(c, a, refuse(90094), "")
	case reason == "":
		return s.wallPage(c, a, refuse(90095), wordsNeedReason)
	}
	if r := []rune(reason); len(r) > maxReason {
		reason = string(r[:maxReason])
	}
	missing := s.world.missing(a.tenant, a.user, a.reg, a.asked.list)
	if len(missing) == 0 {
		missing = slices.Clone(a.asked.list)
	}
	s.world.askAdmin(a.tenant, a.user, a.reg, missing, reason)
	a.stage = atAsked
	return s.page(c, http.StatusOK, "sent", wallView{consentView: s.consentView(a, nil), MayLeave: true})
}
