package tui

// The second door: why somebody is blocked, and the message that gets it fixed.
const (
	wordDoorKey      = "why am I blocked?"
	wordDoorTitle    = "What were you shown?"
	wordDoorHelp     = "Paste the page, its address or the error here, or type its code. It stays on this machine."
	wordDoorExample  = "AADSTS90094"
	wordDoorPasted   = "{n} pasted. Press enter for the answer."
	wordDoorChars    = "{n} characters"
	wordDoorExplain  = "explain"
	wordDoorClear    = "clear"
	wordDoorTooLarge = "That is {n} KiB, and a text of up to 1,024 is read: nothing was pasted. Copy the page alone, or the last error of the log."
	whyNothingHere   = "there is nothing to explain yet"

	wordDoorWho          = "whose move"
	wordDoorDo           = "what to do"
	wordDoorSure         = "how sure"
	wordDoorNext         = "next best"
	wordDoorNone         = "Copy what you see then, and ask again with it."
	wordDoorWrite        = "m writes the message for them."
	wordDoorColleague    = "a colleague"
	wordDoorBefore       = "before"
	wordDoorColleagueKey = "a colleague gets in"
	wordDoorBeforeKey    = "it worked before"
	plainDoorColleague   = "A colleague gets in: how that can be."
	plainDoorBefore      = "It worked before: what ends that."

	wordDoorSkip    = "not worth it"
	wordDoorApp     = "app"
	wordDoorTenant  = "tenant"
	wordDoorCodes   = "codes"
	wordDoorSecret  = "The text holds what looks like a code or a token: do not pass it on."
	wordDoorClaim   = "An address that says so proves nothing yet."
	wordDoorLess    = "less"
	wordDoorMore    = "more"
	wordDoorAnother = "another text"
	wordDoorMessage = "message"
	wordDoorStart   = "approve it here"
	whyNoApp        = "the text does not name the app: close this and choose it"

	wordMessageFor  = "{form}, in {lang}"
	wordMessageForm = "form"
	wordMessageLang = "language"
	wordMessageEdit = "edit"
	wordMessageOpen = "open in mail"
	wordMessageSave = "save"
	wordEdited      = "as you edited it"
	wordEditTitle   = "Edit the message"
	wordEditDone    = "done"
	wordEditLine    = "new line"
	whyNoMail       = "only a mail can be opened in a mail program"

	wordKnownAdvice = "That is what the code says; what is so is looked at."

	plainDoorKey     = "I am blocked myself: say why."
	plainDoorHelp    = "Paste or type what you were shown. End it with a line that holds only a dot."
	plainDoorMessage = "Write the message: {form}, in {lang}."
	plainDoorForm    = "Another form: {form}."
	plainDoorLang    = "Another language: {lang}."
	plainDoorDetails = "All that was read."
	plainDoorAnother = "Explain another text."
	plainDoorBack    = "Back to the apps."
	plainDoorLong    = "One line was longer than {n} characters and is left out: for such a text use onboard why --file."
	plainDoorMuch    = "That is more than 1,024 KiB: nothing of it is read. Use onboard why --file."
)

// formTitles and langTitles name forms and languages; languages in their own.
var (
	formTitles = map[string]string{
		"email": "e-mail", "teams": "Teams", "slack": "Slack", "servicenow": "ServiceNow", "jira": "Jira", "support": "the vendor's support",
	}
	langTitles = map[string]string{
		"en": "English", "de": "Deutsch", "fr": "français", "es": "español", "nl": "Nederlands", "ja": "日本語",
	}
)
