package ssh

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onboard.example/ssh/cases"
)

// TestOrganisationsThatGuidesDoesNotName holds that a server warns as it starts of organisations
// which the database has and its configuration does not name, and says their names and no more; of
// those that it names, of nobody's and without guides it says nothing.
func TestOrganisationsThatGuidesDoesNotName(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, x := range map[string]struct {
		of   []string
		none bool // the server has no guides
		want []string
	}{
		"those it names":    {of: []string{"Example Support", ""}},
		"others":            {of: []string{"Example Support", "Fabrikam", "example support"}, want: []string{"Fabrikam", "example support"}},
		"that act":          {of: []string{"Fabrikam\u202e"}, want: []string{"Fabrikam\ufffd"}},
		"without a console": {of: []string{"Fabrikam"}, none: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openedWith(t, filepath.Join(t.TempDir(), "cases.db"), cases.Options{})
			for _, one := range x.of {
				in := cases.Invitation{Tenant: "contoso.example", Scope: "canary", By: "Ada", Organisation: one, Until: time.Now().Add(time.Hour)}
				if _, _, err := store.Invite(t.Context(), in); err != nil {
					t.Fatal(err)
				}
			}
			s := serve(t, func(so *Options) {
				if so.Cases = store; !x.none {
					so.Guides = guides(t, o.options())
				}
			})
			told := func() []string { return s.Status().GuidesElsewhere }
			const warned = "organisations that guides does not name"
			if x.want != nil {
				await(t, "the names", func() bool { return told() != nil }, s.log.String)
			}
			s.looksForOthers() // so that it has looked
			if got := told(); !slices.Equal(got, x.want) {
				t.Errorf("%q", got)
			}
			log := s.log.String()
			if strings.Contains(log, warned) != (x.want != nil) {
				t.Errorf("the log:\n%s", log)
			}
			for _, no := range []string{"contoso.example", "canary", "Ada", "\u202e"} {
				if strings.Contains(log, no) {
					t.Errorf("the log says %q:\n%s", no, log)
				}
			}
		})
	}
}
