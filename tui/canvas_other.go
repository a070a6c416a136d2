//go:build !unix

package tui

import "context"

// drawsItself says that the library draws on this system: consoles differ.
const drawsItself = false

// resizes is the library's matter here.
func resizes(context.Context, func()) {}
