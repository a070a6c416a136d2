package flows

// QuestionID names a question. Ids are stable: answers are kept under them.
type QuestionID string

// The questions of this release.
const (
	AskApp      QuestionID = "app"
	AskClientID QuestionID = "client-id"
	AskFound    QuestionID = "found"     // which of the apps that were found by name
	AskFoundYes QuestionID = "found-yes" // the typed yes to it
	AskDomain   QuestionID = "domain"
	AskCloud    QuestionID = "cloud"
	AskSignIn   QuestionID = "sign-in"
	AskHow      QuestionID = "how"     // by hand or by Graph, where a path has a plan
	AskConfirm  QuestionID = "confirm" // the domain, typed, under a plan

	AskReviewers QuestionID = "reviewers" // consent-requests: who decides
	AskWho       QuestionID = "who"       // a person by address, or a group by name
	AskRevoke    QuestionID = "revoke"    // how much is taken back

	// Whether people get in now, after each sort of cause that nobody can see
	// in Graph.
	AskUserIn   QuestionID = "in-user"
	AskRulesIn  QuestionID = "in-rules"
	AskVendorIn QuestionID = "in-vendor"
)

// The answers to AskReviewers.
const (
	ReviewersMe   = "me"   // whoever is signed in
	ReviewersRole = "role" // everybody who holds the least role that may approve
	ReviewersWho  = "who"  // the answer to AskWho
)

// The answers to AskRevoke.
const (
	RevokeGrants = "grants" // what was consented to, and no more
	RevokeApp    = "app"    // the enterprise app as well
)

// The answers to whether people get in now.
const (
	InYes = "yes"
	InNo  = "no"
)

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	Choice QuestionKind = "choice" // one of Options, by id
	Text   QuestionKind = "text"   // a line of text
	Typed  QuestionKind = "typed"  // the very text of Want, typed as a confirmation
)

// Question is something that a person is asked, as data: any surface can put
// it. Rule names the validation that Accept applies.
type Question struct {
	ID      QuestionID
	Kind    QuestionKind
	Title   string // the question
	Help    string // one line below it
	Facts   []Fact // what it is about, below that, each on its own line
	Example string // for Text
	Options []Option
	// Instead is an answer in place of the text, by its id; nil: there is none.
	Instead *Option
	Want    string // for Typed
	Rule    RuleName
	Answer  string // what was answered before, or the default; empty: none
	// Optional says that the place can be left without an answer.
	Optional bool
}

// Fact is one thing that a question is about, behind its heading; with Warn set
// it is a warning, which may have none.
type Fact struct {
	Head, Text string
	Warn       bool
}

// Option is one answer of a choice. Why says why it cannot be taken now;
// empty: it can.
type Option struct {
	ID    string
	Title string
	Help  string
	Why   string
}

// RuleName names a validation rule.
type RuleName string

// The validation rules.
const (
	RuleOption RuleName = "option"
	RuleDomain RuleName = "domain"
	RuleGUID   RuleName = "guid"
	RuleTyped  RuleName = "typed"
	RuleYes    RuleName = "yes" // the word of Want, typed in full
	RuleWho    RuleName = "who"
)
