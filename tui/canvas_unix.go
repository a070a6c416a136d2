//go:build unix

package tui

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// drawsItself says that frames are drawn by us on this system.
const drawsItself = true

// resizes calls changed after every change of the terminal's size, until ctx
// ends.
func resizes(ctx context.Context, changed func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGWINCH)
	defer signal.Stop(c)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c:
			changed()
		}
	}
}
