package ssh

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/tui"
)

// statusSchema names the shape of `status --json`.
const statusSchema = "onboard/status/1"

// caseStatus is where a case is. It holds nothing of the tenant but its domain:
// whoever has the code has the case.
type caseStatus struct {
	Schema  string `json:"schema"`
	Case    string `json:"case"`
	App     string `json:"app"`
	Domain  string `json:"domain"`
	Where   string `json:"where"`
	Ended   bool   `json:"ended"`
	Verdict string `json:"verdict"` // open, blocked or unknown
	Grade   string `json:"grade"`
}

// status tells where the case of a code is. Nobody is sent away from it.
func (s *session) status(args []string, errs io.Writer) int {
	asJSON := len(args) > 0 && args[0] == "--json"
	if len(args) == 0 || asJSON && len(args) == 1 {
		complain(errs, sayStatusUsage)
		return codeUsage
	}
	code := args[len(args)-1]
	st, err := s.look(code)
	if err != nil {
		return s.noCase(err, func(text string) { complain(errs, text) })
	}
	if asJSON {
		text, err := json.Marshal(st)
		if err != nil {
			return codeUnknown
		}
		_, _ = s.out.Write(append(text, '\n'))
		return codeDone
	}
	s.say(fmt.Sprintf(sayStatus, st.Case, st.Where, st.Verdict, st.Grade))
	return codeDone
}

// look folds the journal of a case.
func (s *session) look(code string) (caseStatus, error) {
	c, err := s.srv.o.Cases.Resume(s.ctx, s.try(code))
	if err != nil {
		return caseStatus{}, err
	}
	rs, err := c.Since(s.ctx, 0)
	if err != nil {
		return caseStatus{}, err
	}
	st := flows.Fold(flows.State{}, rs...)
	v := st.Overall()
	return caseStatus{
		Schema: statusSchema, Case: string(c.Number()), App: st.App.Name, Domain: st.Domain, Where: tui.Where(st), Ended: st.End != "",
		Verdict: string(v.State), Grade: v.Grade.String(),
	}, nil
}

// erase removes the case of a code for good. A session that is at it ends.
func (s *session) erase(args []string, errs io.Writer) int {
	if len(args) != 1 {
		complain(errs, sayEraseUsage)
		return codeUsage
	}
	n, err := s.srv.o.Cases.Erase(s.ctx, s.try(args[0]))
	soon := errors.Is(err, cases.ErrUnwiped)
	if err != nil && !soon {
		return s.noCase(err, func(text string) { complain(errs, text) })
	}
	s.srv.oust(n)
	s.say(fmt.Sprintf(sayErased, n))
	if soon {
		s.say(sayErasedSoon)
	}
	return codeDone
}

// oust ends the session that is at a case which was erased; one at another server hears
// of it by its seat.
func (s *Server) oust(n cases.Number) {
	s.mu.Lock()
	there := s.atWork[string(n)]
	s.mu.Unlock()
	if there != nil {
		there.cancel(errErased)
	}
}

// complain tells what is wrong.
func complain(errs io.Writer, what string) { _, _ = fmt.Fprintf(errs, "onboard: %s\n", what) }
