package cases

import (
	"errors"
	"testing"
	"time"
)

// What is begun anew each time comes to an end, and says so in words for callers.
func TestBeginningAnewComesToAnEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, make maker) {
		s := make(t, Options{})
		tries, from := 0, time.Now()
		err := s.submit(&job{ctx: t.Context(), do: func(*queries) (answer, fault error) {
			if tries++; tries > 1<<20 {
				return nil, errors.New("it never ends")
			}
			return nil, errAgain
		}})
		if took := time.Since(from); took > answerTime+time.Second {
			t.Errorf("it took %s", took)
		}
		if err = s.storing(t.Context(), "trying", err); !errors.Is(err, ErrAway) || errors.Is(err, errAgain) || tries < 2 {
			t.Errorf("after %d tries: %v", tries, err)
		}
	})
}
