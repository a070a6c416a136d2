package checks

// The words about what the vendor's own side can see.

const (
	titleVendorProbe    = "The vendor's own credential finds the app"
	titleVendorCallback = "Microsoft's consent page came back"

	sayProbeUnasked    = "Not asked: no credential of the vendor's was given (--probe-secret-file or --probe-cert)."
	sayProbeThere      = "The enterprise app is in the tenant: Microsoft gave the vendor a token for it."
	sayProbeThereMeans = "One person's own consent makes the enterprise app too: whether consent covers everybody, a token of the app's own does not tell."
	sayProbeRoles      = "The app's own token carries its app permissions: %s."
	sayProbeLacks      = "The enterprise app is in the tenant; its own token lacks %s."
	sayProbeOtherRoles = "App permissions on other APIs than Microsoft Graph are not in this token."
	sayProbeOpaque     = "The token cannot be read, so it does not tell which app permissions were granted."
	sayProbeAbsent     = "Nobody in the tenant has consented to %s yet: there is no enterprise app of it."
	sayProbeOff        = "The enterprise app of %s is in the tenant and disabled."
	sayProbeHeld       = "The enterprise app is in the tenant; the tenant's rules keep the app's own sign-in out (%s)."
	sayProbeHeldMeans  = "Such a rule is about the app signing in as itself: it says nothing of people who sign in."
	sayProbeStrange    = "Microsoft knows no such client id in this tenant."
	sayProbeNoTenant   = "Microsoft's sign-in knows no such tenant in this cloud."
	sayProbeOther      = "The vendor's credential got an answer that this version does not know."
	sayProbeCredential = "Microsoft did not take the vendor's credential: it says nothing about this tenant."

	doProbeAbsent     = "Have an admin of the tenant approve the app: that makes its enterprise app."
	whyProbeAbsent    = "Microsoft answers so for an app that is registered and has no enterprise app in the tenant (AADSTS7000229)."
	doProbeOff        = "Under Enterprise apps, open the app, Properties, and set Enabled for users to sign in to Yes."
	whyProbeOff       = "While it is disabled nobody gets in, whatever was consented (AADSTS7000112)."
	doProbeHeld       = "If the app is to work by itself, assign it or except it from the policy; for people nothing has to be done."
	whyProbeHeld      = "A policy for workload identities, or an API that wants assignment, stops the app's own sign-in alone."
	doProbeStrange    = "Compare the client id and the cloud with the registration, and see that it takes accounts of any organisation."
	whyProbeStrange   = "A wrong id, another cloud and an app for one tenant alone are all answered so (AADSTS700016)."
	whyProbeNoTenant  = "Discovery named it and the sign-in does not know it: it may be in another cloud, or gone (AADSTS90002)."
	doProbeCredential = "Use a secret or a certificate that stands, unexpired, in the app's own registration: the secret's value, not its id."
	whyProbeCred      = "Until Microsoft takes it, no answer is about the customer's tenant."
	doProbeLacks      = "Have an admin who may grant app permissions consent to them, then look again."
	whyProbeLacks     = "Microsoft lists in the token what was granted on Microsoft Graph."

	sayNoCallback        = "No consent page has come back yet."
	sayCallback          = "Microsoft's consent page came back and says that consent was given. Graph has the last word."
	sayCallbackError     = "The consent page came back with an error: %s."
	sayCallbackStrange   = "An address came back that does not belong to this link: it is not believed."
	sayCallbackEmpty     = "The address that came back says nothing of consent."
	sayCallbackElsewhere = "The consent page came back for another tenant: %s."
	sayCallbackPasted    = "The address was pasted."
	doCallbackAgain      = "Open the consent link again, with an admin of the organisation's own tenant, and accept."
	whyCallbackAgain     = "Consent counts only in the tenant that the link is for, and only once it was accepted."
)
