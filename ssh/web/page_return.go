package web

import (
	"fmt"
	"net/http"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"onboard.example/checks"
)

// returnPages are the pages of those who come back from Microsoft.
var returnPages = [fates]struct {
	status      int
	mark        string // of the style
	title, text string
	next        string
}{
	fateStrange:   {http.StatusBadRequest, "bad", sayStrangeTitle, sayStrange, sayStrangeNext},
	fateOld:       {http.StatusGone, "bad", sayOldTitle, sayOld, sayNewLink},
	fateKept:      {http.StatusAccepted, "bad", sayKeptTitle, sayKept, sayKeptNext},
	fateAway:      {http.StatusServiceUnavailable, "bad", sayAwayTitle, sayAway, sayAwayNext},
	fateUsed:      {http.StatusGone, "bad", sayUsedTitle, sayUsed, sayUsedNext},
	fateNothing:   {http.StatusBadRequest, "bad", sayNothingTitle, sayNothing, sayNewLink},
	fateError:     {http.StatusOK, "bad", sayErrorTitle, sayError, sayNewLink},
	fateElsewhere: {http.StatusOK, "bad", sayElsewhereTitle, sayElsewhere, sayElsewhereNext},
	fateGood:      {http.StatusOK, "good", sayGoodTitle, sayGood, sayGoodNext},
	fateHanded:    {http.StatusAccepted, "bad", sayHandedTitle, sayHanded, sayUsedNext},
}

// returnPage tells a person what became of what they brought. Of that itself it
// shows no more than an error's own word and number, and a tenant's id, each held
// to its form, and says whose words they are.
func returnPage(f fate, c checks.Callback) g.Node {
	p := returnPages[f]
	body := []g.Node{h.P(h.Class(p.mark), g.Text(p.text))}
	switch {
	case f == fateError:
		if said := strings.TrimSpace(errorWord(c.Error) + " " + c.AADSTS); said != "" {
			body = append(body, h.P(g.Text(sayErrorSaid), h.Code(g.Text(said))))
		}
		if c.Error == "access_denied" {
			body = append(body, h.P(g.Text(sayErrorDenied)))
		}
	case f == fateElsewhere && c.Tenant != "":
		body = append(body, h.P(g.Text(fmt.Sprintf(sayElsewhereSaid, c.Tenant))))
	}
	return page(p.title, append(body, h.P(g.Text(p.next)))...)
}

// errorWord is an error's word as OAuth has them; whatever else came is left out.
func errorWord(word string) string {
	if len(word) > 40 || strings.ContainsFunc(word, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' }) {
		return ""
	}
	return word
}
