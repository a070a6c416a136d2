package main

// What `onboard why` says to people.
const (
	sayWhyLong = `why reads what somebody was shown when Microsoft stopped their sign-in: a page
that was copied, an address, JSON, a line of a log, words read off a screenshot.
It says what happened, whose move it is, what to do, how sure that is, and what
is next best; --details says the rest. It keeps nothing.

  onboard why AADSTS90094
  onboard why --file error.html --domain contoso.example --app hetk
  pbpaste | onboard why --message email --lang de

By itself it asks nobody. With --domain, or --user, it asks Microsoft's public
sign-in service and the DNS about that domain; with --sign-in besides, it signs
in with User.Read and nothing more, to see who and where you are.

--message writes to whoever looks after the tenant, or to the vendor's support,
with a hand-off code that opens their ` + "`onboard --case`" + ` at the same place.

What names a person stays out of the answer unless --include-personal is given.
Exit codes: 0 explained, 2 wrong usage, 3 not recognised.`

	sayWhyPaste        = "Paste what you were shown, then press Ctrl-D on a line of its own.\n"
	sayWhyTypeText     = "Type what you were shown behind why, name a file with --file, or paste it when asked."
	sayWhyWhat         = "what happened"
	sayWhyWho          = "whose move"
	sayWhyDo           = "what to do"
	sayWhySure         = "how sure"
	sayWhyNext         = "next best"
	sayWhyWrite        = "Send it as a message: --message email, teams, slack, servicenow or jira."
	sayWhyWriteVendor  = "Send it as a message: --message support."
	sayWhyNothingElse  = "Copy what you see then, and ask again with it."
	sayWhyMore         = "--details says more."
	sayWhyNarrow       = " --domain and --app make it surer."
	sayWhyColleague    = "a colleague"
	sayWhyBefore       = "before"
	sayWhySkip         = "not worth it"
	sayWhySeen         = "seen"
	sayWhyCodes        = "codes"
	sayWhyGuess        = " (as far as it can be read)"
	sayWhyUnlisted     = " (not among those known here)"
	sayWhyApp          = "app"
	sayWhyTenant       = "tenant"
	sayWhyScopes       = "permissions"
	sayWhyAt           = "time"
	sayWhyAs           = "signed in"
	sayWhyPeople       = "addresses"
	sayWhyTrace        = "ids of it"
	sayWhyLink         = "consent link"
	sayWhyCase         = "hand-off"
	sayWhyAskToo       = "Nobody was asked. With --domain the answer gets surer, and links are tied to that tenant."
	sayWhyClaim        = "An address that says so proves nothing: look with `onboard check`."
	sayWhySecret       = "The text holds what looks like a code or a token: do not pass it on."
	sayWhyCut          = "Only the first %d MiB were read."
	sayWhyOtherApp     = "The text is about another app, %s; this message is about %s."
	sayWhyYourMove     = "This is your own move: %s"
	sayWhyVendorMove   = "Your IT cannot set this right, the app's vendor can (--message support): %s"
	sayWhyNoMove       = "Nobody at your IT can set this right: %s"
	sayWhyStranger     = "The app's id, %s, is in no description of the app: ask the vendor for its id before anybody approves it."
	sayWhyStrangerSaid = " The message says so."

	sayDevMeans    = "for developers"
	sayDevYours    = "yours"
	sayDevTenant   = "the tenant's"
	sayDevParams   = "parameters"
	sayDevCause    = " (may cause it)"
	sayDevRehearse = "rehearse"

	sayMessageTo      = "To: %s\n"
	sayMessageSubject = "Subject: %s\n\n"
	sayMessageOpen    = "\nTo open it:\n%s\n"
)
