package web

import (
	"net/http"
	"strings"
)

// sentOn marks an address that somebody was sent on to. Whoever comes with it is not
// sent on again: what stands between may name another host to the door than the one
// that the browser knows, and would have it go round for ever.
const sentOn = "moved"

// atHome sends whoever opens a page at another host than the configured one on to it,
// where there is a wizard to be opened: that takes no page of another origin. A
// certificate can be for several hosts, and each of them can be typed with a dot at its
// end, or with the port left out.
func (d *Door) atHome(path string, page http.HandlerFunc) http.HandlerFunc {
	wizard := d.o.Wizard
	if wizard == nil || wizard.Assets == nil {
		return page
	}
	home := strings.TrimPrefix(wizard.Origin, "https://")
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.EqualFold(strings.TrimSuffix(r.Host, ":443"), home) || r.URL.RawQuery == sentOn { // 443 goes without saying
			page(w, r)
			return
		}
		w.Header().Set("Location", wizard.Origin+path+"?"+sentOn)
		refuse(w, http.StatusTemporaryRedirect, sayElsewhereHost)
	}
}
