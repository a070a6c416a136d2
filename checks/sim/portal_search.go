package sim

import (
	"net/http"
	"strings"
)

// The search box on top of the portal: pages by their names, and applications.

// portalPlaces are the pages that the search finds, with where they are.
var portalPlaces = []struct{ Path, Words, Where string }{
	{"/portal/apps", "All applications", wordsAppsPage},
	{"/portal/consent", wordsUserConsent, wordsAppsPage + " › " + wordsConsentPage},
	{"/portal/consent/admin", wordsWorkflow, wordsAppsPage + " › " + wordsConsentPage},
	{"/portal/consent/classifications", wordsClasses, wordsAppsPage + " › " + wordsConsentPage},
	{"/portal/requests", wordsRequestsPage, wordsAppsPage + " › Activity"},
	{"/portal/conditional-access", wordsCA, "Entra ID"},
	{"/portal/roles", "Roles and administrators", "Entra ID"},
	{"/portal/signins", wordsSignIns, "Monitoring & health"},
	{"/portal/audit", wordsAudit, "Monitoring & health"},
}

type portalSearchView struct {
	portalFrame
	Found []searchHit
}

type searchHit struct{ Path, Words, Where string }

func (s *Sim) portalSearch(c *visit, who account) answer {
	f := s.frame(c, who, bladeNone, "", wordsSearch)
	f.Find = strings.TrimSpace(clip(c.get("find")))
	v := portalSearchView{portalFrame: f}
	q := strings.ToLower(f.Find)
	for _, place := range portalPlaces {
		if q != "" && strings.Contains(strings.ToLower(place.Words+" "+place.Where), q) {
			v.Found = append(v.Found, searchHit(place))
		}
	}
	for _, sp := range who.tenant.Services {
		if q != "" && (strings.Contains(strings.ToLower(sp.Name), q) || strings.EqualFold(sp.AppID, q)) {
			v.Found = append(v.Found, searchHit{"/portal/apps/" + sp.ID, sp.Name, wordsAppsPage})
		}
	}
	return s.page(c, http.StatusOK, "portal-search", v)
}
