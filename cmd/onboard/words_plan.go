package main

// What plan, apply and undo say.
const (
	sayPlanLong = `plan reads the tenant and shows what a path would change in it: each request
exactly as it would be sent, what is there before and after, who gains what, the
least role and permissions it takes, and how to take it back. It changes nothing.

--as prints it as a script with its undo. Before they came to you, http, m365 and
az were run against a simulated Microsoft, and so was terraform, but for the app
roles and assignments that its azuread provider makes. Those, and the whole of
powershell, were checked in their form alone: read them with care.

Exit codes: 0 the plan is shown, or nothing is to be done, 1 there can be no
such plan, 2 wrong usage, 3 the tenant could not be read.`

	sayApplyLong = `apply makes the same plan as plan, shows it, and carries it out once you have
typed the tenant's domain, or given it as --yes-i-mean. Only then it asks for the
permissions to write. Each line is written once and read again before the next,
and a receipt says what was sent; without one that can be kept, nothing is. What
an earlier run may have made is not made a second time.

Exit codes: 0 every line was seen in the tenant, or nothing was to be done, 1 a
line was refused, 2 wrong usage or not agreed to, 3 it cannot be told whether a
line was done.`

	sayUndoLong = `undo takes back what a receipt says was done: the last line first, and only what
stands as the receipt left it. Where somebody changed something since, it does
nothing and says what. It shows its plan and asks for the domain, as apply does.

At its end everything is read once more. What shows again then was not taken
back: undo says what, and takes it up again the next time.

Exit codes: 0 all is as it was before, 1 it is not, or it was not to be taken
back, 2 wrong usage or not agreed to, 3 it cannot be told.

Without a receipt it lists those that are kept.`

	sayPlanHead       = "%s: %s in %s (tenant %s), as %s\n"
	sayPlanApp        = "  enterprise app %s, app id %s, verified publisher %s\n"
	sayPlanNoApp      = "  app id %s; the enterprise app is not there yet\n"
	sayNoPublisher    = "none"
	sayUndoEmpty      = "Nothing of it is left to take back.\n"
	sayUndoByHand     = "Nothing of it is left that a request from here could take back.\n"
	sayPlanEmpty      = "Nothing to do: all is in place.\n"
	sayPlanGone       = "Nothing to do: %s.\n"
	sayPlanNothing    = "Nothing that this path could change is left, and it is not done by that.\n"
	sayPlanUnfit      = "\n! This path does not fit here: %s\n"
	sayPlanSends      = "request"
	sayPlanBefore     = "before"
	sayPlanAfter      = "after"
	sayPlanEffect     = "effect"
	sayPlanNeeds      = "needs"
	sayPlanBenchmark  = "baselines"
	sayPlanUndo       = "undo"
	sayPlanID         = "\nPlan %s.\n"
	sayPlanApply      = "Nothing was changed. To carry it out, type `onboard apply` with the same flags.\n"
	saySaid           = "said"
	sayWaits          = "waiting"
	sayRequestID      = "request id"
	sayTypeDomain     = "Type %s to apply, or anything else to change nothing: "
	sayNotAgreed      = "that is not the domain, so nothing was changed"
	sayPlanDone       = "Done: every line was seen in the tenant.\n"
	sayVerdictNow     = "Now %s, %s: %s\n"
	sayReceiptAt      = "The receipt is %s. To take it back: onboard undo %s\n"
	sayNoReceiptKept  = "No receipt is kept: %s. What was sent is above.\n"
	sayReceiptWhole   = "done"
	sayReceiptPart    = "not carried to its end"
	sayReceiptGone    = "done, and taken back since"
	sayReceiptUndo    = "took back %s"
	sayReceiptLeft    = ", and not all of it held: undo that one again"
	sayPlanNamed      = "plan %s"
	sayReceiptOf      = "A receipt of %s, of %s UTC: plan %s.\n"
	sayReceiptBy      = "somebody"
	sayNoReceipt      = "No receipt is kept on this machine.\n"
	sayNoDigest       = "it takes the digest of a plan, 16 of 0-9 and a-f, as `onboard plan` prints it behind \"Plan\""
	sayPlanIsID       = "%s is no digest, but the id of the one run of which the receipt %s is, of a plan with the digest %s; the plan is %s now"
	sayPlanOther      = "the plan is %s now, and not %s: the tenant or what is asked for is not as it was then, or that is no plan's digest"
	saySentBefore     = "an earlier run sent this, and it may still show: %s; nothing is made twice"
	sayNotCounted     = "nothing was changed: %w"
	sayUncounted      = "! %s: what it tells of is not counted\n"
	saySentLately     = "! An earlier run sent this, and it may still show: %s. Look again in %d min, before this is run.\n"
	saySentBeforeNext = "Look again in %d min."
)
