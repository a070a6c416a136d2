package tui

import (
	"strings"

	"rsc.io/qr"
)

// qrRows draws a link as a code for a phone's camera: two modules to a cell,
// the light ones painted, with the quiet zone that readers need. It is nil where it does not fit w×h cells or
// cannot be drawn without UTF-8.
func qrRows(link string, w, h int, ascii bool) []row {
	if ascii {
		return nil
	}
	code, err := qr.Encode(link, qr.L)
	if err != nil {
		return nil
	}
	const quiet = 2
	n := code.Size + 2*quiet
	if n > w || (n+1)/2 > h {
		return nil
	}
	light := func(x, y int) bool { return y < n && !code.Black(x-quiet, y-quiet) }
	rows := make([]row, 0, (n+1)/2)
	for y := 0; y < n; y += 2 {
		var b strings.Builder
		for x := range n {
			switch up, down := light(x, y), light(x, y+1); {
			case up && down:
				b.WriteRune('█')
			case up:
				b.WriteRune('▀')
			case down:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		rows = append(rows, say(RoleCode, b.String()))
	}
	return rows
}
