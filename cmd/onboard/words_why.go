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

	sayWhyPaste       = "Paste what you were shown, then press Ctrl-D on a line of its own.\n"
	sayWhyTypeText    = "Type what you were shown behind why, name a file with --file, or paste it when asked."
	sayWhyWrite       = "Send it as a message: --message email, teams, slack, servicenow or jira."
	sayWhyWriteVendor = "Send it as a message: --message support."
	sayWhyMore        = "--details says more."
	sayWhyNarrow      = " --domain and --app make it surer."
	sayWhyUnheard     = "Microsoft's public sign-in service was asked about %s and could not be reached: this is what the text says."
	sayWhyAskToo      = "Nobody was asked. With --domain the answer gets surer, and links are tied to that tenant."

	sayDevMeans    = "for developers"
	sayDevYours    = "yours"
	sayDevTenant   = "the tenant's"
	sayDevParams   = "parameters"
	sayDevCause    = " (may cause it)"
	sayDevRehearse = "rehearse"

	sayMessageTo      = "To: %s\n"
	sayMessageSubject = "Subject: %s\n\n"
	sayMessageOpen    = "\nTo open it:\n%s\n"
	sayMessageShort   = "\nTo open it, shortened, for a mail link holds little: the whole of it is above.\n%s\n"
)
