package tui

import "onboard.example/flows"

// The second door: why somebody is blocked, and the message that gets it fixed.
const (
	wordDoorKey   = "why am I blocked?"
	wordDoorTight = "why?" // where there is little room
	wordDoorTitle = "What were you shown?"
	wordDoorHelp  = "Paste the page, its address or the error here, or type its code. It stays on this machine."
	// Of a served run it goes to the server.
	wordDoorHelpServed = "Paste the page, its address or the error here, or type its code. This server reads it and keeps none of it."
	wordDoorExample    = "AADSTS90094"
	wordDoorPasted     = "{n} pasted. Press enter for the answer."
	wordDoorChars      = "{n} characters"
	wordDoorExplain    = "explain"
	wordDoorClear      = "clear"
	wordDoorTooLarge   = "That is {n} KiB, and a text of up to 1,024 is read: nothing was pasted. Copy the page alone, or the last error of the log."
	wordDoorTooMuch    = "With these {n} KiB it would be {all} KiB, and a text of up to 1,024 is read: they were left out. Clear the first, or copy less."
	whyNothingHere     = "there is nothing to explain yet"

	wordDoorWrite        = "m writes the message for them."
	wordDoorColleagueKey = "a colleague gets in"
	wordDoorBeforeKey    = "it worked before"
	plainDoorColleague   = "A colleague gets in: how that can be."
	plainDoorBefore      = "It worked before: what ends that."

	wordDoorWriteVendor = "m writes the message to the vendor's support."
	wordDoorAskKey      = "domain"
	wordDoorAskTitle    = "Which domain is your work account of?"
	wordDoorAskHelp     = "Microsoft's public sign-in service and the DNS are asked about it, and nobody else. Nobody is notified or signed in."
	wordDoorAskNow      = "ask"
	wordDoorAsking      = "Asking Microsoft's public sign-in service and the DNS about {domain}."
	wordDoorAsked       = "Microsoft's public sign-in service and the DNS were asked about {domain}. Nobody signed in: who you are was not looked at."
	wordDoorUnreached   = "Microsoft's public sign-in service was asked about {domain} and could not be reached: this is what the text says. Check the network, or ask again."
	// Of a served run the network is not the person's to check.
	wordDoorUnreachedServed = "Microsoft's public sign-in service was asked about {domain} and could not be reached from this server: this is what the text says. Ask again."
	wordDoorSeen            = "What this run has seen of {domain} counts, too."
	wordDoorNotAsked        = "Nobody could be asked. {why}"
	wordDoorNobodyAsked     = "Nobody was asked about your organisation: this is what the text says."
	wordDoorAskHint         = "d asks about your domain, and makes it surer."
	wordDoorPersonal        = "{domain} is for personal mail, and no organisation's: nobody was asked about it. Where is your work account?"
	whyNoAsking             = "nobody can be asked from here: onboard why --domain asks"
	whyNoDomain             = "there is no domain yet"

	wordDoorLess    = "less"
	wordDoorMore    = "more"
	wordDoorAnother = "another text"
	wordDoorMessage = "message"
	wordDoorStart   = "approve it here"
	wordDoorLook    = "look at it here"
	whyOtherApp     = "the text is about another app than this run: close this and choose it"
	whyNoApp        = "the text does not name the app: close this and choose it"

	wordMessageFor   = "{form}, in {lang}"
	wordMessageForm  = "form"
	wordMessageLang  = "language"
	wordMessageTight = "lang" // where there is little room
	wordMessageEdit  = "edit"
	wordMessageOpen  = "open in mail"
	wordMessagePage  = "open their page"
	wordMessageCut   = "A mail program opens with a shortened form: its links hold little. Copied or saved, it is whole."
	wordMessageTo    = "To: {who}"
	wordMessageAt    = "The vendor takes it at {url}"
	wordMessageSave  = "save"
	wordEdited       = "as you edited it"
	wordEditedBefore = "as you edited it, before the answer changed"
	wordEditTitle    = "Edit the message"
	wordEditDone     = "done"
	wordEditLine     = "new line"
	whyNoMail        = "only a mail, or a page of the vendor's, can be opened"
	whyMailLong      = "too long for a mail program's link: copy it, or save it"

	wordKnownAdvice = "That is what the code says; what is so is looked at."

	plainDoorKey     = "I am blocked myself: say why."
	plainDoorHelp    = "Paste or type what you were shown. End it with a line that holds only a dot."
	plainDoorMessage = "Write the message: {form}, in {lang}."
	plainDoorStart   = "Approve it here."
	plainDoorLook    = "Look at it here."
	plainDoorAsk     = "Ask about the domain of your work account: it makes the answer surer."
	plainDoorForm    = "Another form: {form}."
	plainDoorLang    = "Another language: {lang}."
	plainDoorDetails = "All that was read."
	plainDoorAnother = "Explain another text."
	plainDoorBack    = "Back to the apps."
	plainDoorLong    = "One line was longer than {n} characters and is left out: for such a text use onboard why --file."
	plainDoorMuch    = "That is more than 1,024 KiB: nothing of it is read. Use onboard why --file."
	// Of a served run there are no files.
	plainDoorLongServed = "One line was longer than {n} characters and is left out. For such a text run onboard why --file on a machine of your own."
	plainDoorMuchServed = "That is more than 1,024 KiB: nothing of it is read. For such a text run onboard why --file on a machine of your own."
)

// scriptTitles name the forms of a plan's script.
var scriptTitles = map[flows.ScriptForm]string{
	flows.FormPowerShell: "PowerShell", flows.FormM365: "CLI for Microsoft 365", flows.FormAz: "az", flows.FormHTTP: "curl",
	flows.FormTerraform: "Terraform", flows.FormTicket: "a ticket",
}

// formTitles and langTitles name forms and languages; languages in their own.
var (
	formTitles = map[string]string{
		"email": "e-mail", "teams": "Teams", "slack": "Slack", "servicenow": "ServiceNow", "jira": "Jira", "support": "the vendor's support",
	}
	langTitles = map[string]string{
		"en": "English", "de": "Deutsch", "fr": "français", "es": "español", "nl": "Nederlands", "ja": "日本語",
	}
)
