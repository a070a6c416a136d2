package sim

import (
	_ "embed"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
)

// The gist of the codes that Microsoft's look-up page knows, those included that
// nothing here answers with (entra-facts §13).
//
//go:embed data/aadsts.csv
var codeGists string

// errorPage is /error?code=N: Microsoft's own look-up of a code.
func (s *Sim) errorPage(c *visit) answer {
	code, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(c.get("code"))), "AADSTS"))
	view := lookupView{Code: code, Asked: strconv.Itoa(code)}
	if text, known := refusalTexts[code]; known && err == nil {
		view.Text = strings.ReplaceAll(text.text, "%s", "{…}")
		return s.page(c, http.StatusOK, "lookup", view)
	}
	if view.Text = gistOf(view.Asked); err != nil || view.Text == "" {
		return s.page(c, http.StatusNotFound, "lookup", lookupView{Asked: clip(c.get("code"))})
	}
	return s.page(c, http.StatusOK, "lookup", view)
}

// gistOf is what a code means and what to do; empty if nobody knows it.
func gistOf(code string) string {
	rows, err := csv.NewReader(strings.NewReader(codeGists)).ReadAll()
	if err != nil {
		return ""
	}
	for _, r := range rows[1:] {
		if r[0] == code {
			return r[1] + ": " + r[2] + ". " + r[3] + "."
		}
	}
	return ""
}
