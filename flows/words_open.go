package flows

// The steps of the paths by which people get in: requests, the app's own
// sign-in, and the settings of user consent. Places and words of the portal are
// today's ([ED:configure-admin-consent-workflow, review-admin-consent-requests,
// configure-user-consent, configure-permission-classifications]).

var requestsTexts = map[StepID]stepText{
	RequestsWho: {"Choose who decides on requests", []string{
		"Users who meet the wall can then ask from it, and somebody has to answer.",
		"Being a reviewer gives no right to approve: that takes {role}, or a stronger role. Reviewers named later do not see older requests.",
	}},
	RequestsName: {"Name the reviewer", []string{
		"A person by their address in {domain}, or a group by its exact name.",
		"They must hold {role}, or a stronger role, to approve: being a reviewer gives no right to.",
	}},
	RequestsHow: {"Choose how to switch it on", []string{
		"Both come to the same: users can request admin consent, and the reviewers that you chose get the requests. Reviewers who are there already stay.",
		"This switch takes a " + roleGlobal + ", once.",
	}},
	RequestsPortal: {"Switch requests on in the Entra admin center", []string{
		"Open the link as a " + roleGlobal + ", or go to " + placeConsent + ", Admin consent settings. " + placeBefore,
		"Set “Users can request admin consent to apps they are unable to consent to” to Yes.",
		"Under “Who can review admin consent requests” choose: {reviewers}. Keep those who are there.",
		"Press Save. It may take up to an hour until users see it.",
	}},
	RequestsAsk: {"A user asks", []string{
		"Have somebody who was stopped start connecting {app} again: {connect}.",
		"Where the wall was, a form asks for a reason now. They fill it in and press Request approval.",
		"Still the old wall? The switch may take up to an hour to reach them. The request shows here once it is made.",
	}},
	RequestsApprove: {"A reviewer approves", []string{
		"Open the link as a reviewer, or go to Entra ID, Enterprise apps, Activity, Admin consent requests, My Pending.",
		"Choose {listed}, then Review permissions and consent.",
		"{asks}",
		"Press Accept. This approves the app for everyone; who asked is told by mail.",
		"Not “Block”: that makes a disabled enterprise app, and ends all requests for it. No program can approve for you: Microsoft Graph only reads requests.",
	}},
	RequestsWait: {"Wait until it shows", []string{
		"Consent can take a few minutes to show.",
		"Still not there? Most likely first: the reviewer lacks the role; the request was denied; it is another app of a similar name.",
	}},
}

var signInTexts = map[StepID]stepText{
	SignInOpen: {"Sign in to the app as an admin", []string{
		"Start connecting {app} as an admin of {domain}, with the role {role} or a stronger one: {connect}.",
		"Microsoft's page follows. {asks}",
		"Tick “Consent on behalf of your organization”. Without it, only you are let in.",
		"Press Accept.",
	}},
	SignInForgot: {"You forgot the box", []string{
		"What shows is consent for single people, and none for everyone: the box “Consent on behalf of your organization” was most likely left empty.",
		"The app does not ask you again: it has your consent. Open the consent link instead; it approves the same app for everyone.",
		"{asks}",
		"Press Accept.",
	}},
	SignInWait: {"Wait until it shows", []string{
		"Consent can take a few minutes to show.",
		"Still not there? Most likely first: the box was left empty; the account was of another tenant; your role is only eligible and not activated.",
	}},
}

var lowTexts = map[StepID]stepText{
	LowHow: {"Choose how", []string{
		"Two things come together: users may consent to verified publishers for low-impact permissions, and every permission of {app} is classified Low.",
		"It holds for every app of a verified publisher that asks for no more. An approval of this one app would leave the setting alone.",
	}},
	LowCreate: createText(),
	LowConsent: {"Set what users may consent to", []string{
		"Open the link as a " + roleGlobal + ", or go to " + placeConsent + ", User consent settings. By Graph, " + rolePrivileged + " is enough. " + placeBefore,
		"Choose “Allow user consent for apps from verified publishers, for selected permissions”.",
		"Press Save. What users could consent to before is replaced by it.",
	}},
	LowClassify: {"Classify the app's permissions Low", []string{
		"Open the link, or go to " + placeConsent + ", Permission classifications, Low. Cloud Application Administrator is enough.",
		"Choose Add permissions, the API, Delegated permissions, and tick these permissions and no others:",
		"Those of the sign-in belong to it: one that is missing makes the whole request an admin's.",
		"Press Add permissions, and see that the list under Low has them all.",
	}},
	LowWait: {"Wait until it shows", []string{
		"A change of these settings shows within minutes as a rule; it may take up to an hour.",
		"It holds for consent from now on: people must start connecting again. In a tenant that Microsoft manages, the setting may be accepted and not kept: look at the page once more.",
	}},
}

var allTexts = map[StepID]stepText{
	AllHow: {"Choose how", []string{
		"This is a weakening of the whole tenant: every user may then consent to any app. Approving this one app does not need it.",
		"Both ways come to the same setting. What it is now is kept in the plan, to be set back.",
	}},
	AllCreate: createText(),
	AllConsent: {"Set what users may consent to", []string{
		"Open the link as a " + roleGlobal + ", or go to " + placeConsent + ", User consent settings. By Graph, " + rolePrivileged + " is enough. " + placeBefore,
		"Note what is chosen now, to be able to set it back.",
		"Choose “Allow user consent for apps”, and press Save.",
	}},
	AllWait: {"Wait until it shows", []string{
		"A change of these settings shows within minutes as a rule; it may take up to an hour.",
		"It holds for consent from now on: people must start connecting again. In a tenant that Microsoft manages, the setting may be accepted and not kept: look at the page once more.",
	}},
}

var policyTexts = map[StepID]stepText{
	PolicyHow: {"Choose how", []string{
		"A consent policy that names {app} alone, and its permissions, is made and assigned to users. What they may consent to otherwise stays.",
		"The admin center cannot make one: by hand it is PowerShell. It shows a note there that the settings were customised.",
	}},
	PolicyCreate: createText(),
	PolicyShell: {"Make the policy in PowerShell", []string{
		"In PowerShell, as a " + rolePrivileged + ". By Graph, the plan of this path is written as one script, with its way back: onboard plan --as powershell.",
		"Connect-MgGraph -Scopes Application.Read.All,Policy.ReadWrite.PermissionGrant,Policy.ReadWrite.Authorization",
		"New-MgPolicyPermissionGrantPolicy -Id {policyPS} -DisplayName {policyNamePS} -Description 'Users may consent to this app alone'",
		includeLines,
		"The next three add the policy to what is assigned: += keeps that, and = in its place would take it away.",
		"$role = (Get-MgPolicyAuthorizationPolicy).DefaultUserRolePermissions",
		"$role.PermissionGrantPoliciesAssigned += {policyEntryPS}",
		"Update-MgPolicyAuthorizationPolicy -DefaultUserRolePermissions $role",
	}},
	PolicyWait: {"Wait until it shows", []string{
		"A change of these settings shows within minutes as a rule; it may take up to an hour.",
		"It holds for consent from now on: people must start connecting again. In a tenant that Microsoft manages, the setting may be accepted and not kept: then approve the app by another way.",
	}},
}

// createText is the making of the enterprise app without any approval, where a
// path rests on what Graph says of the app.
func createText() stepText {
	return stepText{words.createTitle, []string{
		"{listed} is not in {domain} yet. Who its publisher is, and what users may consent to in it, shows only once it is there.",
		"In PowerShell: New-MgServicePrincipal -AppId {clientID}",
		"Or in the Azure CLI: az ad sp create --id {clientID}",
		"Creating it so grants nothing.",
	}}
}
