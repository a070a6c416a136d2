package sim

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// The words of DNS hosting.
const (
	wordsDNS           = "DNS hosting"
	wordsDNSKind       = "Not Microsoft’s: it stands in for the company that keeps the domain’s DNS"
	wordsDNSNeedGlobal = "Whoever keeps the domain changes its DNS: here, a Global Administrator."
	wordsDNSGone       = "That record is not there any more."
	wordsDNSAlias      = "An alias (CNAME) stands at this name, and beside an alias nothing else can."
	wordsDNSBad        = "Type a name without spaces, such as _hetk, and a value of at most 2048 characters."
)

func portalDNSSheet(p *pen, v portalDNSView) g.Node {
	var tabs []tab
	for _, z := range v.Zones {
		tabs = append(tabs, tab{"/portal/dns" + searchOf("zone", z), z, z == v.Zone})
	}
	return p.shell(
		v.portalFrame,
		p.tabs("Domains", tabs...),
		h.H2(text("Add a TXT record")),
		p.post(
			"/portal/dns", h.Class("fields"), csrf(v.portalFrame), hidden("zone", v.Zone),
			h.Label(h.For("name"), text("Name")),
			h.Input(
				h.ID("name"), h.Name("name"), h.Value(v.Name), h.MaxLength("253"), h.AutoComplete("off"), h.Aria("describedby", "about-name"),
				off(v.portalFrame),
			),
			h.P(h.ID("about-name"), h.Class("subtle"), text("What is before "+v.Zone+", which is added by itself; @ for "+v.Zone+" alone.")),
			h.Label(h.For("value"), text("Value")),
			h.Input(h.ID("value"), h.Name("value"), h.Value(v.Value), h.MaxLength("2048"), h.AutoComplete("off"), h.Required(), off(v.portalFrame)),
			commands(button("primary", "", "", "Add record", off(v.portalFrame))),
		),
		h.H2(text("Records of "+v.Zone)),
		table("Records of "+v.Zone, []string{"Name", "Type", "Value", "Remove"}, g.Map(v.Rows, func(r dnsRow) g.Node {
			remove := h.Td(text("–"))
			if r.Key != "" {
				remove = h.Td(p.post(
					"/portal/dns", csrf(v.portalFrame), hidden("zone", v.Zone), hidden("remove", r.Key),
					button("", "", "", "Remove", off(v.portalFrame), unseen(" the "+r.Kind+" record "+r.Name)),
				))
			}
			return h.Tr(rowHead(text(r.Name)), cells(r.Kind, r.Value), remove)
		})),
	)
}
