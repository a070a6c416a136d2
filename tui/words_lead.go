package tui

// What a lead reads at the console, of invitations.
const (
	wordInvites     = "Invitations"
	wordInvitesCome = "They are being listed."
	wordInvitesNone = "There are none. Each begins one case, once."
	wordInvitesBusy = "One moment …"
	wordInviteOpen  = "{time} left"
	wordInvitesNot  = "They cannot be listed just now: {why}"
	wordRevokeNot   = "Invitation {number} is not taken back, as far as is known: {why}"
	wordInviteSure  = "Take invitation {number} back? {yes} does, {no} does not."

	wordInviteNew        = "A new invitation"
	wordInviteTenant     = "The customer's domain"
	wordInviteTenantHelp = "It is proposed to them, and guides see it in the queue. Nothing: none is named."
	wordInviteFor        = "What it is for"
	wordInviteForHelp    = "The customer reads it. One line, or nothing."
	wordInviteDays       = "Days it can be used"
	wordInviteDaysHelp   = "It is good once. Afterwards it opens nothing."
	wordInviteBadDays    = "a number of days, from 1 to {most}"
	wordInviteNoTenant   = "none is named"
	wordInviteNoFor      = "nothing is said of it"
	wordInviteAsk        = "{yes} makes it, {no} goes back. Your name stands in it, and in the audit."
	wordInviteMaking     = "It is being made …"
	wordInviteNot        = "Not made, as far as is known: {why}"
	wordInvited          = "Invitation {number} is made. This is what the customer types:"
	wordInvitedOnce      = "It is shown this once, and is kept nowhere. Whoever has it begins the case."
	wordInvitedHave      = "{yes} when you have it: it goes from the screen then."

	wordErase       = "Erase case {case} for good?"
	wordEraseWhat   = "All of it goes, at every server, with its resume code. Whoever is at it is told, and their session ends. It cannot be taken back. That you did it stays in the audit."
	wordEraseTight  = "All of it goes, with its code. It cannot be taken back."
	wordEraseType   = "Type {case} to erase it, or {no} to leave it."
	wordEraseNot    = "That is not the number of this case, {case}: nothing was erased."
	wordErasing     = "It is being erased …"
	wordEraseFailed = "Not erased, as far as is known: {why}"
	wordErased      = "Case {case} is erased."

	keyErase       = "erase the case"
	whyErasing     = "it is being erased"
	keyInvitations = "invitations"
	keyInviteNew   = "new one"
	keyInvite      = "make it"
	keyRevoke      = "take it back"
	keyInvitedHave = "I have it"
	whyOnlyLead    = "that is for leads, and your role is another"
	whyInviting    = "one moment"
	whyNoInvite    = "there is none"
	whyInviteShut  = "it can be used no more"
)

// inviteStates say how an invitation stands that is not open.
var inviteStates = map[string]string{"used": "used", "revoked": "taken back", "over": "over"}

// The same on plain lines.
const (
	plainInvite     = "i"
	plainInviteNew  = "new"
	plainRevoke     = "revoke"
	plainInvitesAsk = "i: invitations."
	plainInviteKeys = "i new: make one. i revoke and a number: take one back."
	plainInvitation = "{number}, {state}: {about}."
	plainInviteMore = "And {n} older ones."
	plainRevoked    = "Invitation {number} is taken back."
	plainErase      = "x"
	plainEraseAsk   = "x and a number: erase that case."
	plainEraseType  = "Type {case} to erase it, or nothing to leave it:"
	plainEraseWhich = "No case of the list has that number."
	plainInviteYes  = "invite"
	plainInviteSure = "Type invite to make it, or nothing to leave it:"
	plainInviteNot  = "None was made."
)

// plainInviteAsks ask for what an invitation is to be.
var plainInviteAsks = [3]string{"Domain, or nothing:", "For, or nothing:", "Days, or nothing for 7:"}
