package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"onboard.example/checks"
)

// ErrNotOffered says that an event never leaves the machine of its person, or is none
// of theirs.
var ErrNotOffered = errors.New("this is nothing that a run shares")

// Offered is what of a record leaves the machine of its person for a server by which
// guides come, in the state before it: no more than guides of a served run are shown
// (see Shared), and of that what stands in the list of offeredOf, kind by kind and field
// by field. What is not in the list stays: a new event, a new field or a new question
// leaves only once somebody has decided that it may, and a test holds that somebody
// has. ok is false where nothing of it leaves: of records of guides and of the server,
// which came from there, of answers that are private, and of kinds that stay.
func Offered(s State, r Record) (event json.RawMessage, ok bool) {
	if r.By != ByPerson && r.By != ByDriver || r.Event == nil {
		return nil, false
	}
	e := atHome(Shared(s, r).Event)
	if a, is := e.(Answered); is && !answerLeaves(a.Question) {
		return nil, false
	}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, false
	}
	event, err = pruned(e.Kind(), data)
	return event, err == nil
}

// ReadOffered reads an event as Offered gave it, in the state before it. Nothing is
// taken on trust: what Offered would have left out is left out here too, texts are
// cleaned and lists bounded. It fails with ErrNotOffered where its author cannot cause
// such an event, or it never leaves.
func ReadOffered(s State, by Author, k Kind, data []byte) (Event, error) {
	if len(data) > MaxRecord {
		return nil, fmt.Errorf("reading a shared event: %w", ErrTooLarge)
	}
	data, err := pruned(k, data)
	if err != nil {
		return nil, err
	}
	e, err := decode(k, data)
	if err != nil {
		return nil, err
	}
	a, answered := e.(Answered)
	if by != ByPerson && by != ByDriver || !MayAppend(by, e) || answered && !answerLeaves(a.Question) {
		return nil, ErrNotOffered
	}
	return atHome(Shared(s, Record{By: by, Event: e}).Event), nil
}

// atHome is an event without what errors of this machine say, where no field of its own
// holds them: a path, a proxy or a resolver may be in that. A finding that could not be
// looked at says which failure it was in its summary.
func atHome(e Event) Event {
	if f, ok := e.(Found); ok && f.Finding.Verdict == checks.Unknown {
		f.Finding.Detail = nil
		return f
	}
	return e
}

// answerLeaves says whether the answer to a question leaves. All others are private.
func answerLeaves(q QuestionID) bool {
	switch q {
	case AskHandoff, AskApp, AskClientID, AskFound, AskFoundYes, AskDomain, AskCloud, AskSignIn, AskHow,
		AskReviewers, AskWho, AskRevoke, AskUserIn, AskRulesIn, AskVendorIn:
		return true
	case AskConfirm: // typed under a plan: it is no answer, and stays if it ever were one
	}
	return false
}

// What leaves of the parts that several events have.
const (
	offeredProfile = `id name publisher{name mpnId} clientId clientIdFrom enterpriseAppName permissions{resource scope role why} notRequested
		adminConsent{version redirectUri} signIn{authorizeScopes redirectUri} paths dnsPolicy{label version required{*} docsUrl}
		support{email url wants} onboardClientId onboardUrl clouds connect security{question answer link}`
	offeredBack = `back{kind method path body}`
	offeredLine = `kind title method path body before after resource scopes undo ` + offeredBack
	offeredSeen = `seen{source request at value requestId until outcome state alias}`
	// offeredTold is what a run says of the program that drives it: where its links
	// lead, and what it can do.
	offeredTold  = `version ways{way why registered} canWrite keeps login service portal doors probes`
	offeredFacts = `tenants{cloud id} name domains appRead
		app{id appId name enabled enabledUnread deactivated byMicrosoft publisher ownerTenant ownRoles assignedOnly}
		grantsRead grants{id resourceId scopes raw principal cut} userGrants{id resourceId scopes raw principal cut}
		resources{id appId name scopes{id value admin} roles{id value admin}} resourcesRead rolesRead roles{id principal resourceId roleId}
		plansRead p1 assignedRead assigned{id principal resourceId roleId} consentRead consent classRead classes{api scopeId level id}
		workflowRead workflow{enabled notify remind days reviewers forms{type root}}
		policiesRead policies{id conditions{id api scopes clients type narrow} unread odd} tooMany deletedRead deleted{id appId name}
		named{appId name ownerTenant publisher{id name} created} namedMore namedRead who{id group name asked} at`
)

// offeredOf is the list of what leaves: of each kind its fields, by their names in a
// journal. Those of a part stand in braces behind it, and a star is every name of a
// map of texts. ok is false of a kind of which nothing leaves.
func offeredOf(k Kind) (fields string, ok bool) {
	switch k {
	case KindStarted:
		return `language domain cloud person clientId hint profile{` + offeredProfile + `}
			handed{app clientId domain tenantId cloud scopes aadsts unvouched profile{` + offeredProfile + `}} ` + offeredTold, true
	case KindResumed:
		return offeredTold, true
	case KindPicked:
		return `profile{` + offeredProfile + `}`, true
	case KindAnswered:
		return `question value`, true
	case KindFound:
		return `finding{check verdict grade summary detail fix{do why url who} at zone ` + offeredSeen + `} round next`, true
	case KindLooked:
		return `checks round at next`, true
	case KindLearned:
		return `facts{` + offeredFacts + `} round checks`, true
	case KindSignedIn:
		return `account{id upn tenantId roles scopes way}`, true
	case KindSignInFailed:
		return `attempt reason code`, true
	case KindChose:
		return `path`, true
	case KindClaimed:
		return `step`, true
	case KindReturned:
		return `callback{consented error aadsts tenant ours pasted}`, true
	case KindPlanned:
		return `plan{id digest path undoes tenant domain warnings lines{scope role effect benchmark warning ` + offeredLine + `}}`, true
	case KindRecalled:
		return `plan app{id name clientId} tenant{id domain cloud} strange tried lines{outcome objectId requestId at ` + offeredLine + `}`, true
	case KindConfirmed:
		return `plan typed`, true
	case KindApplying:
		return `plan line at`, true
	case KindApplied:
		return `plan line outcome before after status objectId requestId at`, true
	case KindReread:
		return `plan line seen at until`, true
	case KindStopped:
		return `plan why`, true
	case KindFiled:
		return `plan name`, true
	case KindAdvanced:
		return `to`, true
	case KindNoted:
		return `text`, true
	case KindWatched:
		return `visit here why`, true
	case KindRecorded:
		return `visit ask on why`, true
	case KindTroubled:
		return `what since`, true
	case KindEnded:
		return `why`, true
	case KindListening, KindSignedOut, KindWentBack, KindAskedAgain, KindUnrecorded: // that it happened
		return ``, true
	case KindPointed, KindSuggested, KindAskedToWatch, KindAskedRecord: // of guides and of the server
	}
	return ``, false
}

// fields are names of a JSON object, each with those of the object behind it; nil: what
// is behind it is no object.
type fields map[string]fields

// everyName stands for all names of an object.
const everyName = "*"

// fieldsOf reads a list as it stands in offeredOf.
func fieldsOf(list string) fields {
	out, _ := readFields(list)
	return out
}

// readFields reads up to the brace that closes the list.
func readFields(list string) (out fields, rest string) {
	out, word, last := fields{}, "", ""
	end := func() {
		if word != "" {
			out[word], last, word = nil, word, ""
		}
	}
	for i := 0; i < len(list); i++ {
		switch c := list[i]; c {
		case ' ', '\t', '\n':
			end()
		case '{':
			end()
			of, after := readFields(list[i+1:])
			out[last], list, i = of, after, -1
		case '}':
			end()
			return out, list[i+1:]
		default:
			word += string(c)
		}
	}
	end()
	return out, ""
}

// pruned is an encoded event with the fields that leave, and no other.
func pruned(k Kind, data []byte) (json.RawMessage, error) {
	list, ok := offeredOf(k)
	if !ok {
		return nil, ErrNotOffered
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading a shared event: %w", err)
	}
	whole, ok := v.(map[string]any)
	if !ok || dec.More() {
		return nil, fmt.Errorf("reading a shared event: %w", ErrNotOffered)
	}
	fieldsOf(list).prune(whole)
	out, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("writing a shared event: %w", err)
	}
	return out, nil
}

// prune takes out of an object whatever is not among the fields.
func (f fields) prune(v map[string]any) {
	for name, one := range v {
		under, known := f[name]
		if !known {
			under, known = f[everyName]
		}
		kept, ok := under.keep(one)
		if !known || !ok {
			delete(v, name)
			continue
		}
		v[name] = kept
	}
}

// keep is what stands behind a field, pruned; ok is false where that is an object of
// which nothing is known, or no object where one is expected.
func (f fields) keep(v any) (kept any, ok bool) {
	switch v := v.(type) {
	case map[string]any:
		if f == nil {
			return nil, false
		}
		f.prune(v)
		return v, true
	case []any:
		out := make([]any, 0, len(v))
		for _, one := range v {
			k, ok := f.keep(one)
			if !ok {
				return nil, false
			}
			out = append(out, k)
		}
		return out, true
	case nil:
		return nil, true
	}
	return v, f == nil
}
