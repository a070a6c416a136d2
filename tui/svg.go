package tui

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Geometry of a picture, in its own units: a cell and the margin around all.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	baseline   = 13.5
	margin     = 14.0
)

// SVG draws one settled frame, as View().Content gives it, as a picture of w×h
// cells. The same content gives the same bytes: no clock, no fonts of ours, no
// browser. Only text, rectangles and colours come out.
func SVG(content string, w, h int, dark bool) string {
	return SVGs([]string{content}, w, h, dark, 0)
}

// SVGs draws several frames that follow each other every seconds, for ever.
// Where the reader's system asks for reduced motion only the last is shown.
func SVGs(frames []string, w, h int, dark bool, seconds float64) string {
	s := sizeOf(w, h)
	w, h = max(s.w, 1), max(s.h, 1)
	ground, ink := "#ffffff", "#24292f"
	if dark {
		ground, ink = "#16181d", "#d6dae1"
	}
	width, height := float64(w)*cellWidth+2*margin, float64(h)*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" width="%.0f" height="%.0f" role="img"><title>%s</title>`,
		width, height, width, height, html.EscapeString(wordPictureTitle))
	b.WriteString(`<style>text{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:14px;white-space:pre}`)
	animate(&b, len(frames), seconds)
	fmt.Fprintf(&b, `</style><rect width="100%%" height="100%%" rx="8" fill="%s"/>`, ground)
	for i, f := range frames {
		fmt.Fprintf(&b, `<g class="f" id="f%d" transform="translate(%.1f,%.1f)">`, i, margin, margin)
		drawFrame(&b, f, w, h, ink)
		b.WriteString(`</g>`)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// animate writes the style that shows one frame after the other.
func animate(b *strings.Builder, n int, seconds float64) {
	if n < 2 || seconds <= 0 {
		return
	}
	// What knows no animation shows one frame instead of none.
	fmt.Fprintf(b, `.f{visibility:hidden}#f%d{visibility:visible}`, 1)
	for i := range n {
		from, to := float64(i)/float64(n)*100, float64(i+1)/float64(n)*100
		first := "hidden"
		if i == 0 {
			first = "visible"
		}
		fmt.Fprintf(b, `#f%d{animation:k%d %.2fs step-end infinite}@keyframes k%d{0%%{visibility:%s}%.3f%%{visibility:visible}`, i, i, seconds*float64(n), i, first, from)
		if i < n-1 {
			fmt.Fprintf(b, `%.3f%%{visibility:hidden}`, to)
		}
		b.WriteString(`}`)
	}
	b.WriteString(`@media (prefers-reduced-motion:reduce){.f{animation:none!important;visibility:hidden!important}.f:last-of-type{visibility:visible!important}}`)
}

// drawFrame writes the cells of a frame, a run of equal cells at a time.
func drawFrame(b *strings.Builder, content string, w, h int, ink string) {
	buf := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(content).Draw(buf, buf.Bounds())
	for y, line := range buf.Lines {
		for x := 0; x < len(line); {
			cell := line[x]
			if cell.IsZero() || cell.Content == " " && cell.Style.Bg == nil && cell.Style.Attrs&uv.AttrReverse == 0 {
				x++
				continue
			}
			end, text := x, ""
			for end < len(line) && !line[end].IsZero() && line[end].Style.Equal(&cell.Style) && (end == x || line[end].Width == 1 && cell.Width == 1) {
				text += line[end].Content
				end += max(line[end].Width, 1)
			}
			drawRun(b, cell.Style, strings.TrimRight(text, " "), x, y, end-x, ink)
			x = end
		}
	}
}

// drawRun writes text of one style; wide is its width in cells with the
// spaces that were trimmed.
func drawRun(b *strings.Builder, st uv.Style, text string, x, y, wide int, ink string) {
	fg, bg := hexOf(st.Fg, ink), hexOf(st.Bg, "")
	if st.Attrs&uv.AttrReverse != 0 {
		fg, bg = hexOf(st.Bg, "#16181d"), hexOf(st.Fg, ink)
	}
	px, py := float64(x)*cellWidth, float64(y)*cellHeight
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, px, py, float64(wide)*cellWidth, cellHeight, bg)
	}
	if text == "" {
		return
	}
	weight := ""
	if st.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s xml:space="preserve">%s</text>`,
		px, py+baseline, float64(cells(text))*cellWidth, fg, weight, html.EscapeString(text))
}

// hexOf writes a colour as #rrggbb, or the default where there is none.
func hexOf(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, bl, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, bl>>8)
}
