package tui

import (
	"os"
	"testing"
)

func TestPictures(t *testing.T) {
	dir := os.Getenv("PICS")
	if dir == "" {
		return
	}
	for _, mo := range moments() {
		for _, z := range [][2]int{{80, 24}, {40, 12}, {120, 40}} {
			o := still(t, z[0], z[1])
			o.Ground = GroundDark
			m := New(t.Context(), mo.make(t), o)
			press(m, mo.open...)
			os.WriteFile(dir+"/"+mo.name+"-"+number(z[0])+".svg", []byte(SVG(m.View().Content, z[0], z[1], true)), 0o644)
			os.WriteFile(dir+"/"+mo.name+"-"+number(z[0])+".txt", []byte(screenText(t, m.View().Content, z[0], z[1])), 0o644)
		}
	}
}
