//go:build xterm

package web

import (
	"embed"
	"io/fs"
)

// What npm brings for the page with the wizard (assets/package-lock.json), and what
// of it is ours. It is put in by `task build`, which brings it first.
//
//go:embed assets/wizard.js assets/wizard.css
//go:embed assets/node_modules/@xterm/xterm/lib/xterm.js assets/node_modules/@xterm/xterm/css/xterm.css assets/node_modules/@xterm/xterm/LICENSE
//go:embed assets/node_modules/@xterm/addon-fit/lib/addon-fit.js assets/node_modules/@xterm/addon-fit/LICENSE
var assets embed.FS

// Assets are what the page with the wizard is made of.
func Assets() fs.FS {
	in, err := fs.Sub(assets, "assets")
	if err != nil { // the name is one
		return nil
	}
	return in
}
