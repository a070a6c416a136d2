package checks

import (
	"cmp"
	"strings"

	"onboard.example/checks/aadsts"
)

// WhyOf begins an answer with the text that somebody was shown. What may name a
// person is left out, unless it is wanted.
func WhyOf(text string, personal bool) WhyAsked {
	a := aadsts.Parse(text)
	if !personal {
		a = a.WithoutPersonal()
	}
	return WhyAsked{Text: a}
}

// WhyMostText is how much of a text is read, in bytes.
const WhyMostText = aadsts.MaxBytes

// ToDo is what clears it, with whom it is said to where that is not the reader.
func (w Why) ToDo() string {
	switch w.Who {
	case aadsts.TenantAdmin:
		return sayWhyForAdmin + w.Do
	case aadsts.AppVendor:
		return sayWhyForVendor + w.Do
	case aadsts.SomebodyElse:
		if w.notKnownWhose() {
			return w.Do // nobody knows yet whom to ask
		}
		return sayWhyForElse + w.Do
	case aadsts.User, aadsts.Microsoft, aadsts.Nobody, aadsts.WhoUnknown:
	}
	return w.Do
}

// Whose is whose move it is, in words: of a text that is only likelier to be another
// service's, that it is no more than likely.
func (w Why) Whose() string {
	if w.notKnownWhose() {
		return sayWhyLikelyElse
	}
	return string(w.Who)
}

// notKnownWhose reports whether it is not certain of whose service a text is.
func (w Why) notKnownWhose() bool {
	return w.Class == aadsts.NotEntra && w.Sure == aadsts.Low && w.Who == aadsts.SomebodyElse
}

// HowSure is how sure the answer is and what it rests on: the text, with what
// explains it, or what turned it.
func (w Why) HowSure() string {
	rests := w.Why
	if len(w.Reasons) > 0 {
		first := w.Reasons[0]
		switch {
		case w.Text != w.Class:
			rests = strings.TrimRight(first.Says, ".")
		case first.Check == ConsentPredict && first.Grade != Verified: // Microsoft's default, as far as anybody knows from outside
			rests += ". " + strings.TrimRight(first.Says, ".") + sayWhyAssumed
		case first.Check == ConsentPredict || first.Check == TenantFound:
			rests += ". " + strings.TrimRight(first.Says, ".")
		}
	}
	if w.Sure == aadsts.None {
		return sayWhyNotSure + rests
	}
	return string(w.Sure) + ", " + w.Grade.String() + ": " + rests
}

// OrElse is what else it may be, in words; empty: nothing.
func (w Why) OrElse() string {
	if len(w.Also) == 0 {
		return ""
	}
	var out []string
	for _, c := range w.Also {
		out = append(out, cmp.Or(alsoWords[c], strings.ReplaceAll(string(c), "_", " ")))
	}
	return sayWhyMaybe + strings.Join(out, "; ") + "."
}

// WritesTo says whom a message is for: the person's IT, the vendor's support, or
// nobody, where it is the person's own move or no one's.
func (w Why) WritesTo() (it, vendor bool) {
	switch w.Who {
	case aadsts.TenantAdmin:
		return true, false
	case aadsts.SomebodyElse: // of a text that may be anybody's nobody is sure to be the one
		return !w.notKnownWhose(), false
	case aadsts.AppVendor:
		return false, true
	case aadsts.User, aadsts.Microsoft, aadsts.Nobody, aadsts.WhoUnknown:
	}
	return false, false
}

// Named is the code to name to others, with Microsoft's own page on it: the one
// that decided, else the text's first; 0 and "" where the text has none, or so
// many that none stands for the rest. What turned the answer does not unsay what
// Microsoft showed.
func (w Why) Named() (code int, lookup string) {
	if w.Code > 0 || len(w.Codes) == 0 || w.several() {
		return w.Code, w.Lookup
	}
	return w.Codes[0].Number, w.Codes[0].Lookup
}
