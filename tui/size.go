package tui

import tea "charm.land/bubbletea/v2"

// class is the size class of a window, decided once for each size.
type class uint8

// The classes (columns × rows): below 40×10 there is only a polite line;
// narrow is below 80 columns, wide from 120.
const (
	tooSmall class = iota
	narrow
	normal
	wide
)

// Limits of what a client may say its window is. A cell costs about 230 bytes
// in the renderer, so sizes are clamped before anything is laid out.
const (
	maxWidth  = 500
	maxHeight = 200
	// column is the widest that text for reading gets, in cells.
	column = 96
)

// size is a window in cells with its class.
type size struct {
	w, h  int
	class class
}

// sizeOf clamps a window and finds its class. Nothing is too large or too
// small for it: 0×0 is a window that shows nothing yet.
func sizeOf(w, h int) size {
	s := size{w: min(max(w, 0), maxWidth), h: min(max(h, 0), maxHeight)}
	switch {
	case s.w < 40 || s.h < 10:
		s.class = tooSmall
	case s.w < 80:
		s.class = narrow
	case s.w < 120:
		s.class = normal
	default:
		s.class = wide
	}
	return s
}

// Drawable says whether a window can be drawn on. Where it cannot, plain lines
// do: the library takes its memory by what the terminal says at the start,
// before anything of ours could clamp it, and 10000×10000 takes all there is.
func Drawable(width, height int) bool { return width <= 4*maxWidth && height <= 4*maxHeight }

// clamped keeps the renderer, too, within the limits.
func clamped(_ tea.Model, msg tea.Msg) tea.Msg {
	if w, ok := msg.(tea.WindowSizeMsg); ok {
		s := sizeOf(w.Width, w.Height)
		return tea.WindowSizeMsg{Width: s.w, Height: s.h}
	}
	return msg
}

// text is the width of running text: the window less a cell at either side,
// and never more than the column.
func (s size) text() int { return max(min(s.w-2, column), 1) }

// span is the width of the whole body: in wide windows two columns.
func (s size) span() int {
	if s.class == wide {
		return min(s.w-2, 2*column+gutter)
	}
	return s.text()
}

// gutter is the space between two columns, in cells.
const gutter = 3

// split divides a wide body into a left and a right column.
func (s size) split() (left, right int) {
	left = min((s.span()-gutter)*3/5, column)
	return left, min(s.span()-gutter-left, column)
}

// tight says that a window is too low for empty lines around the body.
func (s size) tight() bool { return s.h < 18 }

// body is how many rows are left for the body.
func (s size) body() int {
	if s.tight() {
		return max(s.h-4, 1)
	}
	return max(s.h-6, 1)
}
