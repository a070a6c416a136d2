package checks

import (
	"cmp"
	"fmt"
	"strings"
)

// Whose an app is. A name proves nothing, for anyone can take one; a verified
// publisher says who an app is of, and whether that is whom the profile means
// only the profile and the vendor can say.

// maxNamed bounds a name inside a sentence, in characters.
const maxNamed = 60

// called reports whether a name in the tenant is one that the profile gives the
// app.
func (a App) called(name string) bool {
	return a.Undescribed || sameName(name, a.Name) || a.Listed != "" && sameName(name, a.Listed)
}

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// otherPublisher reports whether a verified publisher is another one than the
// profile names, and whom it names. The partner id decides where the profile has
// it, for a company may be verified under a longer name.
func (a App) otherPublisher(p Publisher) (other bool, named string) {
	switch {
	case a.Undescribed:
		return false, ""
	case a.PublisherID != "":
		named = cmp.Or(a.Publisher, sayTheVendor) + fmt.Sprintf(sayPartnerID, Line(a.PublisherID, maxNamed))
		return !sameName(a.PublisherID, p.ID), named
	case a.Publisher == "":
		return false, ""
	}
	return !sameName(a.Publisher, p.Name), Line(a.Publisher, maxNamed)
}

// askWhose is the move that settles whose a client id is.
func (a App) askWhose() *Fix {
	vendor := Line(a.Publisher, maxNamed)
	if vendor == "" || a.Undescribed {
		vendor = sayTheVendor
	}
	return &Fix{Do: fmt.Sprintf(doAskWhose, vendor, Line(a.ClientID, 40)), Why: whyAskWhose, Who: WhoAdmin}
}

// idNote says who says that the client id is the app's; nothing where its
// profile does.
func (a App) idNote() []string {
	if note := IDNote(a.IDFrom); note != "" {
		return []string{note}
	}
	return nil
}

// IDNote says in a sentence who says that a client id is the app's; empty where
// its profile does.
func IDNote(from IDSource) string {
	switch from {
	case IDOfProfile:
		return ""
	case IDFound:
		return sayIDFound
	case IDGiven:
	}
	return sayIDGiven
}

// OtherOwner reports a finding that warns of whose the app is: it goes by another
// name than its profile says, or its verified publisher is another.
func OtherOwner(f Finding) bool {
	return f.Verdict == Warn && f.Fix != nil && f.Fix.Why == whyAskWhose
}

// Holds reports whether what the check asks is so. A warning that the enterprise
// app goes by another name is about whose it is, and not about whether it is
// there.
func (f Finding) Holds() bool {
	return f.Verdict == Pass || f.Check == AppPresent && OtherOwner(f)
}

// saidWhose puts into an opening whose app it is that opens, where not the
// app's own profile says so or something seen speaks against it: a green verdict
// never passes for one about another app.
func (b *bench) saidWhose(o Overall) Overall {
	here, by := b.on[AppPresent], b.on[AppPublisher]
	if OtherOwner(here) {
		o.Reason += " " + here.Summary
	}
	given := b.s.App.IDFrom != IDOfProfile
	switch seen := by.Verdict == Pass || by.Verdict == Warn; {
	case OtherOwner(by), given && seen:
		o.Reason += " " + fmt.Sprintf(sayPublisherIs, by.Summary)
	case given:
		o.Reason += " " + sayPublisherUnseen
	}
	if given {
		o.Reason += " " + IDNote(b.s.App.IDFrom)
	}
	return o
}
