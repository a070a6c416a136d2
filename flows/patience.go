package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// How long Microsoft may take to show a change that it accepted. An enterprise
// app and what hangs on it are commonly seen within seconds, and waited for two
// minutes (entra-facts §15 [PUB pattern; K]). The workflow is documented to take
// up to an hour; of the user consent setting it is not documented (entra-facts
// §3 [K], §6 [ED:configure-admin-consent-workflow]). Where Microsoft manages the
// setting, a change may be accepted and never made (entra-facts §3).
const (
	patienceObject  = 2 * time.Minute
	patienceManaged = 5 * time.Minute
	patiencePolicy  = 10 * time.Minute
	patienceSetting = time.Hour
)

// Patience is how long a line of a kind is looked for after Microsoft accepted it.
func Patience(f Facts, k ChangeKind) time.Duration {
	switch k {
	case SetConsent:
		if managedConsent(f.Consent) {
			return patienceManaged
		}
		return patienceSetting
	case SetWorkflow:
		return patienceSetting
	case Classify, Unclassify, CreatePolicy, AddCondition, DeletePolicy, DeleteCondition:
		return patiencePolicy
	case CreateApp, DeleteApp, RestoreApp, EnableApp, DisableApp, CreateGrant, WidenGrant, NarrowGrant, DeleteGrant, GrantOne, AssignRole, Assign, Unassign,
		RequireAssignment, FreeAssignment:
	}
	return patienceObject
}

// managedConsent says whether Microsoft manages the user consent setting.
func managedConsent(assigned []string) bool {
	return slices.ContainsFunc(assigned, func(e string) bool {
		return isForSelf(e) && (strings.EqualFold(e[len(forSelf):], policyManaged) || strings.EqualFold(e[len(forSelf):], policyMail))
	})
}

// Waiting says in a line what is waited for while a plan is carried out, and how
// long that is normal; empty: for nothing.
func Waiting(s State) string {
	if !s.applying() {
		return ""
	}
	for i, l := range s.Lines {
		if l.Until.IsZero() {
			continue
		}
		most := Patience(s.Facts, s.Plan.Lines[i].Kind)
		normal := planWords.waitObject
		switch {
		case most >= patienceSetting:
			normal = planWords.waitSetting
		case s.Plan.Lines[i].Kind == SetConsent:
			normal = planWords.waitManaged
		case most >= patiencePolicy:
			normal = planWords.waitPolicy
		}
		minutes := int(l.Until.Sub(l.Applied.At).Round(time.Minute) / time.Minute)
		return fmt.Sprintf(planWords.waits, normal, max(minutes, 1))
	}
	return ""
}

// WhyStopped says in a sentence why the last plan was not carried further;
// empty: it was not stopped.
func WhyStopped(s State) string {
	text := StopWords(s)
	if s.Stop != nil && s.Stop.Text != "" {
		text += " " + s.Stop.Text
	}
	return text
}

// StopWords is WhyStopped without what Microsoft, or whoever else, said to it.
func StopWords(s State) string {
	switch {
	case s.Stop == nil:
		return ""
	case s.Stop.Why == StopUnseen:
		return unseenWords(s)
	case planWords.stopped[s.Stop.Why] == "":
		return planWords.stoppedElse
	}
	return planWords.stopped[s.Stop.Why]
}

// unseenWords say what it may mean that a change does not show: mostly that it
// is too early. The next plan may be in hand already.
func unseenWords(s State) string {
	for _, r := range slices.Backward(ReceiptsOf(s)) {
		i := slices.IndexFunc(r.Lines, func(l ReceiptLine) bool { return l.Outcome == LineUnseen.String() })
		if r.Plan != s.Stop.Plan || i < 0 {
			continue
		}
		switch k := r.Lines[i].Kind; {
		case k == SetConsent && managedConsent(s.Facts.Consent):
			return planWords.unseenManaged + " " + managedNext(r.Path)
		case Patience(s.Facts, k) >= patienceSetting:
			return planWords.unseenSetting
		}
		break
	}
	return planWords.unseen
}

// managedNext is what is left to do where Microsoft does not let the setting be
// changed from here: no choice in the admin center stands for a policy of one's
// own (entra-facts §3).
func managedNext(of PathID) string {
	if of == AppPolicy {
		return planWords.managedOwn
	}
	return planWords.managedElse
}
