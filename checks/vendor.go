package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// ProbeAnswer is what Microsoft's sign-in answers to the vendor's own
// credential, asked in the customer's tenant (entra-facts §12).
type ProbeAnswer string

// The answers that say something about the tenant, or about the app in it. A
// credential that Microsoft does not take says nothing about either: that is a
// Failure of kind FailCredential.
const (
	ProbeThere    ProbeAnswer = "there"     // a token: the enterprise app is in the tenant
	ProbeAbsent   ProbeAnswer = "absent"    // 7000229: nobody consented yet
	ProbeOff      ProbeAnswer = "off"       // 7000112: there, and disabled
	ProbeHeld     ProbeAnswer = "held"      // there, and an assignment or a policy keeps the app's own sign-in out
	ProbeStrange  ProbeAnswer = "strange"   // 700016: no such client id there, or not consented
	ProbeNoTenant ProbeAnswer = "no-tenant" // 90002: no such tenant in this cloud
)

// Probe is what the vendor's own credential learned of a tenant.
type Probe struct {
	TenantID string      `json:"tenantId"`
	Answer   ProbeAnswer `json:"answer"`
	Code     string      `json:"code,omitempty"` // AADSTS and the number
	// Roles are the app roles of Microsoft Graph that the token carries: granted
	// application permissions. It is never read where there is no token.
	Roles []string `json:"roles,omitempty"`
	// Opaque is set where the token could not be read: then Roles says nothing.
	Opaque bool `json:"opaque,omitempty"`
}

// Callback is what Microsoft's consent page said when it sent a browser back.
// Anybody can write such an address, so it is believed in nothing: Asserted at
// most, and Graph has the last word (entra-facts §11).
type Callback struct {
	Consented bool   `json:"consented"`        // admin_consent=True and no error
	Error     string `json:"error,omitempty"`  // the error member, read before anything else
	AADSTS    string `json:"aadsts,omitempty"` // Microsoft's number in the description, with that word before it
	Tenant    string `json:"tenant,omitempty"`
	// Ours says that the state is the one this run's link carries.
	Ours bool `json:"ours"`
	// Pasted says that a person gave the address; else a browser came here.
	Pasted bool `json:"pasted,omitempty"`
}

func vendorChecks() []Check {
	return []Check{
		{ID: VendorProbe, Title: titleVendorProbe, Needs: []ID{TenantFound}, Reads: []Part{PartProbe}, Run: vendorProbe},
		{
			ID: VendorCallback, Title: titleVendorCallback, Needs: []ID{TenantFound}, Reads: []Part{PartCallback},
			For: func(a App) bool { return a.ConsentRedirect != "" }, Run: vendorCallback,
		},
	}
}

// Vendor reports the checks that the vendor's side alone can make: by its own
// credential, or by the address that it registered.
func (c Check) Vendor() bool { return strings.HasPrefix(string(c.ID), "vendor/") }

// vendorProbe says whether the enterprise app is in the tenant. That somebody
// consented is not that consent covers everybody: one user's own consent makes
// the enterprise app too. So a delegated-only app's probe is an inference, and
// only the roles that a token lists are seen (entra-facts §12).
func vendorProbe(_ context.Context, s Subject) (Finding, error) {
	if l := s.Look.Probe; !l.Read && l.Failure == nil {
		return Finding{Verdict: Skipped, Summary: sayProbeUnasked}, nil
	}
	if err := s.must(PartProbe); err != nil {
		return Finding{}, err
	}
	p := s.Look.Probe.Value
	f := Finding{Seen: s.seen(PartProbe, "")}
	switch p.Answer {
	case ProbeThere:
		return s.probedThere(f, p), nil
	case ProbeAbsent:
		f.Verdict, f.Grade, f.Summary = Fail, Asserted, fmt.Sprintf(sayProbeAbsent, s.App.Name)
		f.Fix = &Fix{Do: doProbeAbsent, Why: whyProbeAbsent, Who: WhoAdmin}
	case ProbeOff:
		f.Verdict, f.Grade, f.Summary = Fail, Asserted, fmt.Sprintf(sayProbeOff, s.App.Name)
		f.Fix = &Fix{Do: doProbeOff, Why: whyProbeOff, Who: WhoAdmin}
	case ProbeHeld:
		f.Verdict, f.Grade, f.Summary = Warn, Inferred, fmt.Sprintf(sayProbeHeld, p.Code)
		f.Detail = []string{sayProbeHeldMeans}
		f.Fix = &Fix{Do: doProbeHeld, Why: whyProbeHeld, Who: WhoAdmin}
	case ProbeStrange:
		f.Summary = sayProbeStrange
		f.Fix = &Fix{Do: doProbeStrange, Why: whyProbeStrange, Who: WhoVendor}
	case ProbeNoTenant:
		f.Summary = sayProbeNoTenant
		f.Fix = &Fix{Do: doCheckDomain, Why: whyProbeNoTenant, Who: WhoUser}
	default: // of a file that another version wrote
		f.Summary = sayProbeOther
	}
	return f, nil
}

// probedThere weighs a token. Roles are Microsoft's own list of what the app was
// granted on Microsoft Graph; what it was granted on other APIs is not in it.
func (s Subject) probedThere(f Finding, p Probe) Finding {
	f.Verdict, f.Grade, f.Summary = Pass, Inferred, sayProbeThere
	f.Detail = []string{sayProbeThereMeans}
	var need, lack []string
	other := false
	for _, n := range s.App.roles() {
		if n.Resource != MicrosoftGraph && n.Resource != "" {
			other = true
			continue
		}
		need = append(need, n.Role)
		if !slices.ContainsFunc(p.Roles, func(r string) bool { return strings.EqualFold(r, n.Role) }) {
			lack = append(lack, n.Role)
		}
	}
	if len(need) == 0 {
		return f
	}
	if p.Opaque {
		f.Detail = append(f.Detail, sayProbeOpaque)
		return f
	}
	if len(lack) > 0 {
		f.Verdict, f.Grade = Warn, Verified
		f.Summary = fmt.Sprintf(sayProbeLacks, strings.Join(lack, ", "))
		f.Fix = &Fix{Do: doProbeLacks, Why: whyProbeLacks, Who: WhoAdmin}
		return f
	}
	f.Grade, f.Summary = Verified, fmt.Sprintf(sayProbeRoles, strings.Join(need, ", "))
	if other {
		f.Detail = append(f.Detail, sayProbeOtherRoles)
	}
	return f
}

// vendorCallback tells what the consent page said on its way back.
func vendorCallback(_ context.Context, s Subject) (Finding, error) {
	l := s.Look.Callback
	if !l.Read && l.Failure == nil {
		return Finding{Verdict: Skipped, Summary: sayNoCallback}, nil
	}
	if err := s.must(PartCallback); err != nil {
		return Finding{}, err
	}
	c := l.Value
	f := Finding{Grade: Asserted, Seen: s.seen(PartCallback, "")}
	again := &Fix{Do: doCallbackAgain, Why: whyCallbackAgain, Who: WhoAdmin}
	here := func(t CloudTenant) bool { return strings.EqualFold(t.TenantID, c.Tenant) }
	switch {
	case !c.Ours: // anybody's word, whatever it says
		f.Grade, f.Summary = GradeUnknown, sayCallbackStrange
		f.Fix = again
	case c.Error != "":
		f.Verdict, f.Fix = Fail, again
		f.Summary = fmt.Sprintf(sayCallbackError, strings.TrimSpace(Line(c.Error, 60)+" "+Line(c.AADSTS, 20)))
	case !c.Consented:
		f.Grade, f.Summary, f.Fix = GradeUnknown, sayCallbackEmpty, again
	case c.Tenant != "" && len(s.candidates()) > 0 && !slices.ContainsFunc(s.candidates(), here):
		f.Verdict, f.Fix = Warn, again
		f.Summary = fmt.Sprintf(sayCallbackElsewhere, c.Tenant)
	default:
		f.Verdict, f.Summary = Pass, sayCallback
	}
	if c.Pasted {
		f.Detail = append(f.Detail, sayCallbackPasted)
	}
	return f, nil
}
