package sim

import (
	"strings"
	"testing"
)

// A permission has the text that Microsoft's pages give it, or says that there is
// none: words made from its id would teach wrong ones.
func TestPermissionsHaveTextsThatAreReal(t *testing.T) {
	t.Parallel()
	apps, err := baseApps()
	if err != nil {
		t.Fatal(err)
	}
	without := 0
	for _, app := range apps {
		for _, sc := range app.Scopes {
			switch {
			case sc.Title == "" || strings.Contains(sc.Value, ".") && sc.Title == strings.ReplaceAll(sc.Value, ".", " "):
				t.Errorf("%s: %s is called %q", app.Name, sc.Value, sc.Title)
			case sc.Title == wordsNoTitle && app.AppID == graphAppID:
				without++
			}
		}
	}
	if without > 10 {
		t.Errorf("%d permissions of Microsoft Graph have no text", without)
	}
	if got := scopeTitle("Made.Up"); got != "(no text in the simulator)" {
		t.Errorf("a permission of nobody's is called %q", got)
	}
}
