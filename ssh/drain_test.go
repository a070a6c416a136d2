package ssh

import (
	"context"
	"errors"
	"net"
	"testing"
)

// TestDrainedBeforeServedRegression holds that a server which is told to stop before
// it has begun to serve, or just then, does not go on for ever.
func TestDrainedBeforeServedRegression(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	now, stop := context.WithCancel(t.Context())
	stop()
	s.Drain(now)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it is still listened there: %v", err)
	}
}
