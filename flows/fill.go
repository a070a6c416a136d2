package flows

import (
	"cmp"
	"fmt"
	"strings"

	"onboard.example/checks"
)

// Words fills the {placeholders} of a text with what a state knows: {app},
// {publisher}, {client}, {listed}, {asks}, {object}, {policy}, {domain}, {tenant}, {role},
// {scopes}, {connect}, {who} and {reviewers}; as expressions of PowerShell
// {objectPS}, {policyPS}, {policyNamePS} and {policyEntryPS}, and as a word of any
// shell {clientID}; of the policy record in the DNS
// {record}, {recordLabel}, {recordName}, {recordTyping} and {recordLine}.
// What is not known yet is named in general words. What it fills in comes from
// profiles and tenants; surfaces clean it like any text from outside.
func Words(s State, text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 && b.Len() == 0 {
			return text
		}
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i:]
		end := max(strings.IndexByte(text, '}'), 0) // 0: there is no placeholder any more
		if value, ok := s.placeWord(text[:end]); ok {
			b.WriteString(value)
			text = text[end+1:]
			continue
		}
		b.WriteByte('{')
		text = text[1:]
	}
}

// placeWord is what a placeholder stands for, given without its last brace; ok is false
// of what is none. It works out nothing but that, for screens ask often.
func (s State) placeWord(place string) (word string, ok bool) {
	switch strings.TrimPrefix(place, "{") {
	case "app":
		return cmp.Or(s.App.Name, words.theApp), true
	case "publisher":
		return cmp.Or(s.publisherName(), words.theVendor), true
	case "client":
		return cmp.Or(s.App.ClientID, words.theClient), true
	case "listed":
		return s.listedName(), true
	case "asks":
		return s.asksWords(s.listedName(), cmp.Or(s.publisherName(), words.theVendor)), true
	case "domain":
		return cmp.Or(s.Domain, words.theTenant), true
	case "tenant":
		return cmp.Or(s.Facts.Name, s.Domain, words.theTenant), true
	case "role":
		if s.needsGraphRole() {
			return leastRoleForAppRoles, true
		}
		return leastRole, true
	case "scopes":
		return cmp.Or(strings.Join(ScopeNames(s), " "), words.theScopes), true
	case "object":
		if s.Facts.App != nil && s.Facts.App.ID != "" {
			return s.Facts.App.ID, true
		}
		return pathWords.theObject, true
	case "policy":
		return OwnPolicyID(s.App), true
	case "clientID":
		return s.clientWord(), true
	case "objectPS":
		return s.psAppID(), true
	case "policyPS":
		return psQuote(OwnPolicyID(s.App)), true
	case "policyNamePS":
		return psQuote(fmt.Sprintf(planWords.policyName, cmp.Or(s.App.Name, words.theApp))), true
	case "policyEntryPS":
		return psQuote(forSelf + OwnPolicyID(s.App)), true
	case "connect":
		if s.Profile == nil {
			return pathWords.theConnect, true
		}
		return cmp.Or(strings.Join(s.Profile.Connect, ", "), pathWords.theConnect), true
	case "who":
		return cmp.Or(s.Answer(AskWho), pathWords.theOne), true
	case "reviewers":
		return s.reviewerWords(), true
	}
	return s.recordWord(place)
}

func (s State) publisherName() string {
	if s.Profile == nil {
		return ""
	}
	return s.Profile.Publisher.Name
}

// listedName is the name by which the app is listed, in this tenant where it is there.
func (s State) listedName() string {
	listed := s.App.Listed
	if s.Facts.App != nil {
		listed = cmp.Or(s.Facts.App.Name, listed)
	}
	return cmp.Or(listed, words.theApp)
}

// StepLine is a line of a step's text as it is read.
type StepLine struct {
	Text string
	// Lists says that the permissions stand under it that the app needs.
	Lists bool
}

// StepLines is the text of a step, filled in. A line of a command is there once
// for each API that it is about.
func StepLines(s State, step Step) []StepLine {
	var out []StepLine
	for _, t := range step.Text {
		if t == includeLines {
			out = append(out, s.includes()...)
			continue
		}
		lists := strings.Contains(t, "{asks}") || strings.Contains(t, "these permissions and no others")
		out = append(out, StepLine{Text: Words(s, t), Lists: lists})
	}
	return out
}

// includeLines is the line of a step in whose place there are those that let in,
// by a consent policy, what the app needs of each API.
const includeLines = "{includes}"

// includes are the lines of includeLines. The ids of permissions are those that
// were read; where they were not, PowerShell finds them by their names.
func (s State) includes() (out []StepLine) {
	if s.App.NeedsUnstated {
		return []StepLine{{Text: s.asksWords(s.App.Listed, words.theVendor)}}
	}
	for _, n := range needsByResource(s.App) {
		api, _ := resourceIn(s.Facts, n.resource)
		var ids, names []string
		for _, scope := range n.scopes {
			names = append(names, psQuote(scope))
			for _, sc := range api.Scopes {
				if strings.EqualFold(sc.Value, scope) {
					ids = append(ids, psQuote(sc.ID))
				}
			}
		}
		if len(ids) != len(names) {
			find := fmt.Sprintf(shellWords.find, psQuote("appId eq '"+strings.ReplaceAll(n.resource, "'", "")+"'"), strings.Join(names, ","))
			out = append(out, StepLine{Text: fmt.Sprintf(shellWords.findOf, ResourceTitle(n.resource), strings.Join(n.scopes, ", "))}, StepLine{Text: find})
			ids = []string{"$ids"}
		} else {
			out = append(out, StepLine{Text: fmt.Sprintf(shellWords.of, ResourceTitle(n.resource), strings.Join(n.scopes, ", "))})
		}
		out = append(out, StepLine{Text: fmt.Sprintf(shellWords.include,
			psQuote(OwnPolicyID(s.App)), psQuote(n.resource), strings.Join(ids, ","), psQuote(s.clientWord()))})
	}
	return out
}

// clientWord is the client id as a word of any shell, quoted in none.
func (s State) clientWord() string {
	if checks.IsGUID(strings.ToLower(s.App.ClientID)) {
		return s.App.ClientID
	}
	return shellWords.client
}

// psAppID is the object id of the enterprise app as an expression of PowerShell:
// as it was read, else as PowerShell finds it by the client id.
func (s State) psAppID() string {
	if s.Facts.App != nil && s.Facts.App.ID != "" {
		return psQuote(s.Facts.App.ID)
	}
	return "(Get-MgServicePrincipal -Filter " + psQuote("appId eq '"+s.clientWord()+"'") + ").Id"
}

// asksWords says what Microsoft's page has to show before anybody accepts: the
// name that the app is registered under, and the permissions where the profile
// says which.
func (s State) asksWords(listed, publisher string) string {
	if s.App.NeedsUnstated {
		return fmt.Sprintf(words.asksUnsaid, listed, publisher)
	}
	return fmt.Sprintf(words.asksThese, listed)
}

// ScopeNames are the permissions that the app needs, by name, each once, as
// the consent page lists them.
func ScopeNames(s State) []string {
	var out []string
	for _, p := range s.App.Needs {
		out = addFold(out, p.Scope+p.Role)
	}
	return out
}

// reviewerWords names who is to decide on requests, as it was chosen.
func (s State) reviewerWords() string {
	switch s.Answer(AskReviewers) {
	case ReviewersMe:
		if s.Account != nil && s.Account.UPN != "" {
			return s.Account.UPN
		}
	case ReviewersRole:
		return pathWords.theRole
	case ReviewersWho:
		if who := s.Answer(AskWho); who != "" {
			return who
		}
	}
	return pathWords.theReviewers
}
