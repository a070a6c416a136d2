package flows

import "onboard.example/checks"

// messageWords are the words of messages in one language. Placeholders are
// {app}, {listed}, {publisher}, {tenant}, {client}, {code}, {url},
// {at}, {case} and {beyond}.
//
// Names of pages and roles are those of Microsoft's localised documentation
// (learn.microsoft.com/LANG/entra/identity/enterprise-apps/grant-admin-consent),
// with the English label behind them, because admins use the portal in either;
// a name that stands in no such page known here is the English one, in quotes.
// Least roles are those of entra-facts §8 and of Microsoft's own list by task
// [ED:../role-based-access-control/delegate-by-task]; for cross-tenant access
// settings [ED:../../external-id/cross-tenant-access-settings-b2b-collaboration];
// for a user's risk that of Graph's riskyuser-dismiss; for guests Guest Inviter
// [ED:../role-based-access-control/permissions-reference].
type messageWords struct {
	subject                          map[checks.WhyAsk]string
	hello, bye                       string
	noApp, noTenant                  string                   // what to fill in where neither is known
	intro, introPlain                string                   // the second where it was not Microsoft's sign-in that stopped them
	stopped                          map[checks.WhyAsk]string // what happened
	unapproved                       string                   // in its place, where it is not known who may approve
	stranger, calls                  string                   // of an id that no description of an app has, and of its name
	service                          string                   // that is missing, where the error names it
	colon, between                   string                   // behind a heading in plain text, and a permission; between two reasons
	quoted, searchID                 string                   // a name that nobody vouches for; where such an app is found
	code, lookup, at                 string
	askHead                          string
	ask                              map[checks.WhyAsk]string
	portal                           map[checks.WhyAsk]string // by hand, where there is a place for it
	byHand, unlisted                 string
	linkHead, linkAll, linkNone      string
	linkLater                        string                       // where the vendor has to speak first
	requests                         string                       // where a request may lie already
	help, wishes                     map[checks.WhyTrouble]string // what happened, and what to do about it, where no more can be asked for than help
	askVendor                        string                       // of what the vendor has to put right
	roleHead, role, roleForRoles     string
	roleUnless                       string                   // where the page may list more than is known
	roles, effects, undos            map[checks.WhyAsk]string // but those of consent
	scopesHead, scopesUnknown, quote string                   // quote: around the vendor's own words, which are English
	scopesUnsaid                     string                   // of such an app, where not even the text names any
	scopesNamed, appRole             string                   // of a request that nobody described; the mark of an app role
	scopesLeft                       string                   // where the request names more than stands there, and how many more
	neverHead                        string
	effectHead, effect               string // of delegated permissions
	effectBeyond, effectForRoles     string
	effectUnknown, effectNothing     string
	effectDrops                      string // of an approval of an app that was approved before [ED:grant-admin-consent]
	undoHead, undo                   string
	makerHead, maker, makerSeen      string
	makerID                          string
	answersHead                      string
	supportHead                      string
	caseHead, caseHelp, caseAt       string
	caseLeft                         string // where the code has none of the permissions, because it cannot have all
	personHead, correlation, trace   string

	// To the vendor's support.
	vendorSubject, vendorIntro, vendorWants, vendorKnown string
	vendorDomain, vendorTenant, vendorClient             string
	vendorAddress, vendorShot, vendorYours               string

	// Names of a form's fields stay as the form prints them: English.
	means map[string]string // what a permission means, by its name
}

// messageTexts has the words of every language there is, by its tag.
func messageTexts(lang string) (messageWords, bool) {
	switch lang {
	case "en":
		return messageEnglish, true
	case "de":
		return messageGerman, true
	case "fr":
		return messageFrench, true
	case "es":
		return messageSpanish, true
	case "nl":
		return messageDutch, true
	case "ja":
		return messageJapanese, true
	}
	return messageWords{}, false
}

// MessageLanguages are the tags of the languages that messages are written in.
func MessageLanguages() []string { return []string{"en", "de", "fr", "es", "nl", "ja"} }
