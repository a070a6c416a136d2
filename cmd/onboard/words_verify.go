package main

// What `onboard verify`, `onboard admin verify` and `onboard admin receipt-keys` say.
const (
	sayVerifyLong = `verify says whether a signed receipt of a guided session is genuine: that it is as a
server of onboard signed it, and with a key that you trust. RECEIPT is a file, or - for
what comes in. The receipt of a plan that was carried out is another thing, and not
signed: ` + "`onboard undo`" + ` reads it.

  ssh CODE@onboard.example receipt > receipt.json
  ssh fingerprint@onboard.example > keys
  onboard verify --key keys receipt.json

What you trust is what you say with --key: take the keys from the server itself once
you know that it is genuine, not from who hands you the receipt. Without --key nothing
is known about who signed it, and verify ends with 3.

Without onboard, with OpenSSH 9.1 or newer and jq:

  jq -j .payload receipt.json > payload
  jq -j .signature receipt.json > signature
  at=$(jq -r '.ended.at | sub("[.].*"; "Z") | gsub("[-:T]"; "")' payload)
  grep namespaces= keys | sed 's/^ *//' > signers
  set -- -I onboard.example -n onboard-session-receipt -O verify-time=$at
  ssh-keygen -Y verify -f signers -s signature "$@" < payload

The time that ssh-keygen goes by is that at which the session ended: each key is good for
sessions of its time, also once there is a newer one.

It ends with 0 where it is genuine, 1 where it is not, 2 where there is no receipt to
be read, and 3 where nobody can tell.`
	sayVerifyUsage  = "Type `onboard verify --key KEYS RECEIPT`: a file that `ssh CODE@HOST receipt` printed, or - for what comes in."
	sayVerifyKey    = "Type --key FILE with what `ssh fingerprint@HOST` printed, a key (ssh-ed25519 AAAA...) or its fingerprint (SHA256:...)."
	sayVerifyOther  = "Whoever signed it is not who you trust. Take the keys anew from `ssh fingerprint@HOST`, if they may be old."
	sayVerifyServer = "The key is right and the name is another. If whoever runs that server says that it has, or had, both names, write both in front of the key's line, NAME,OTHER, and hold it against that; else do not trust it."
	sayVerifyTime   = "The key is one of the server's, and was not in use then: somebody may have had it who should not. Take the keys anew from `ssh fingerprint@HOST` if they may be old, and ask whoever runs that server."
	sayVerifyDisown = "It proves nothing: do not trust it. If it is yours, fetch it again by `ssh CODE@HOST receipt`: the server signs it with a key that nobody else has."
	sayVerifyNewer  = "Take a newer onboard."
	sayVerifyAnew   = "Have it sent to you anew, as the file that it is; `ssh CODE@HOST receipt` prints it again while the case is kept."

	sayGenuine      = "Genuine: signed by %s, with the key %s, which you trust.\n"
	sayGenuineKey   = "Genuine: signed with the key %s, which you trust. That it is of %s is what the receipt says of itself.\n"
	sayAskDisowned  = "Whether that key was disowned since, this cannot know: `ssh fingerprint@HOST > keys` at the server from which you have that key, and then --key keys, says so.\n"
	sayDisownedFrom = "That key is disowned for sessions that ended from %s on. Who has a copy of it can write an earlier time, too: ask whoever runs that server.\n"
	sayNotKnown     = "Not known: %s (%s).\n`ssh fingerprint@%s > keys`, and then --key keys, holds it against the server's own. Until then this is what somebody says:\n"
	sayNothingElse  = "nothing else of theirs stands in the journal"
	sayOtherRecords = "and %d records of theirs of another kind, which cannot be"
	sayLetIn        = "%s, until %s at most"
	sayDid          = "points: %d, notes: %d, suggestions: %d, looks: %d; %s"
	sayMeanwhile    = "by the customer: answers: %d, confirmations: %d, changes to the tenant: %d"
	sayJournalSum   = "records %d to %d, SHA-256 %s"

	sayAdminVerifyLong = `verify holds signed receipts of guided sessions against what this server, and whichever
shares its database, keeps itself: whether one of its keys signed the receipt, and whether
the journal of its case, added up anew, still gives what it says. RECEIPT is a file that
` + "`ssh CODE@HOST receipt`" + ` printed, or - for what comes in.

  as it was      the journal gives the receipt's words and sum
  changed        it does not, and in what; somebody wrote to the database
  damaged        a record of the case cannot be read, or is missing
  no session     the case has no such guided session
  not genuine    no key of this store signed it; the case is not looked at
  disowned       one did that is disowned, and what the journal gives is said with it
  no verdict     the case is gone: erased, its time over, or of another database

That you looked at a case stands in the audit. Nothing of the tenant is read out, nor of
what was answered or noted. It ends with 0 where all are as they were, 1 where one is
changed, damaged, of no session or not genuine, 2 where one is no receipt, and 3 where
there is no verdict.`
	sayAdminVerifyType = "Type `onboard admin verify RECEIPT`: a file that `ssh CODE@HOST receipt` printed, or - for what comes in."
	sayCheckedNotGood  = "Not genuine: %s."
	sayCheckedDisowned = "Not genuine: %s. Held against the journal all the same:"
	sayCheckedSame     = "As it was: the journal of case %s gives what the receipt says of guided session %d, records %d to %d, SHA-256 %s."
	sayCheckedChanged  = "Changed: the journal of case %s gives another guided session %d than the receipt says. Somebody wrote to the database, or the receipt's key was used by another."
	sayCheckedDamaged  = "Damaged: record %[3]d of case %[1]s cannot be read, or is missing, within guided session %[2]d or before it. Nobody can say what it was."
	sayCheckedBehind   = "Damaged: record %[3]d of case %[1]s cannot be read, or is missing, behind guided session %[2]d, of which the journal gives what the receipt says."
	sayCheckedBoth     = "Damaged: record %[3]d of case %[1]s cannot be read, or is missing, behind guided session %[2]d, of which the journal gives another than the receipt says."
	sayCheckedNoVisit  = "No session: case %s has no such guided session as the receipt's number %d. Its record was taken out, or the receipt's key was used by another."
	sayCheckedGone     = "No verdict: there is no case %s here: it was erased, its time is over, or it is kept in another database."
	sayCheckedChange   = "%s: %s in the receipt, %s by the journal"
	sayCheckedNone     = "nothing"

	sayReceiptKeysLong = `receipt-keys lists the keys with which receipts of guided sessions are signed, each with
the time in which sessions ended that it signs for; ` + "`ssh fingerprint@HOST`" + ` prints them, too.
With --new there is a new one a minute later, at every server of the database. The
keys before it stay: what they signed is verified with them.

With --disown there is one that nobody is to believe any more, since somebody may have a
copy: ` + "`ssh fingerprint@HOST`" + ` says so from then on, ` + "`onboard verify`" + ` refuses by that list what it
signed, and so does ssh-keygen. Another key takes its place at once, and receipts that it
signed are given anew, signed by that. Who fetched one before fetches it again. --since
leaves good what ended earlier; but who has the key can write any time.`
	sayReceiptKeyDisowned = "The key %s is disowned. Publish this where customers find it; who fetched a receipt by that key fetches it again:\n"
	sayDisownTime         = "Type `onboard admin receipt-keys --disown SHA256:... --since 2026-11-22T07:30:00Z`, or leave --since out."
	sayReceiptKeyMade     = "A new key is in use from %s. Publish it where customers find it:\n"
)

// sayEndedBy says how a guided session ended.
var sayEndedBy = map[string]string{
	"customer":   "by the customer",
	"guide":      "by the guide, who left",
	"connection": "with the guide's connection",
	"time":       "for its time was over",
	"run":        "with the customer's run",
	"hand-over":  "by the customer's yes to the colleague whom the guide handed the case to",
}
