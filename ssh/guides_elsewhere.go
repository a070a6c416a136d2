package ssh

import (
	"context"
	"slices"

	"onboard.example/checks"
)

// looksForOthers warns where the database has organisations of guides that the configuration
// does not name: after a renaming, or of servers that share it and name others. What is
// nobody's is then shown to who should not see it.
func (s *Server) looksForOthers() {
	defer s.contained()
	if len(s.named) == 0 { // nobody is a guide
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), lastWords)
	defer stop()
	all, err := s.o.Cases.Organisations(ctx)
	if err != nil {
		s.o.Log.Warn("whether the database has organisations that guides does not name is not known", "why", err.Error())
		return
	}
	var others []string
	for _, one := range all {
		if !slices.Contains(s.named, one) {
			others = append(others, checks.Line(one, mostName))
		}
	}
	if len(others) == 0 {
		return
	}
	s.o.Log.Warn("the database has organisations that guides does not name: servers that share one need the same guides", "organisations", others)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.elsewhere = others
}
