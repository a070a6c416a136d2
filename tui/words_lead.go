package tui

// What a lead reads at the console, of invitations.
const (
	wordInvites     = "Invitations"
	wordInvitesCome = "They are being listed."
	wordInvitesNone = "There are none. Each begins one case, once."
	wordInvitesBusy = "One moment …"
	wordInviteOpen  = "open for {time}"
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
	wordInviteNot        = "Not made: {why}"
	wordInvited          = "Invitation {number} is made. This is what the customer types:"
	wordInvitedOnce      = "It is shown this once, and is kept nowhere. Whoever has it begins the case."
	wordInvitedHave      = "{yes} when you have it: it goes from the screen then."

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
	plainInviteYes  = "invite"
	plainInviteSure = "Type invite to make it, or nothing to leave it:"
	plainInviteNot  = "None was made."
)

// plainInviteAsks ask for what an invitation is to be.
var plainInviteAsks = [3]string{"Domain, or nothing:", "For, or nothing:", "Days, or nothing for 7:"}
