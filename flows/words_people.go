package flows

// The steps of the paths about people: the pilot, those who are stopped
// although all is approved, and taking consent back ([ED:assign-user-or-group-
// access-portal, manage-application-permissions, delete-application-portal]).

var pilotTexts = map[StepID]stepText{
	PilotWho: {"Choose who goes first", []string{
		"One person by their address in {domain}, or one group by its exact name.",
		"A person gets a grant of their own, and nothing changes for anybody else. A group is assigned, and then the app is approved for those assigned alone: that takes Entra ID P1, and members of groups within the group do not count.",
	}},
	PilotHow: {"Choose how", []string{
		"By Graph, a person gets a grant of their own. The admin center knows no such grant: by hand, a person is assigned like a group, and the app is for those assigned alone.",
	}},
	PilotCreate: {words.createTitle, []string{
		"{listed} is not in {domain} yet, and the admin center lists an app only once it is there.",
		"In PowerShell: New-MgServicePrincipal -AppId {clientID}",
		"Or in the Azure CLI: az ad sp create --id {clientID}",
		"Creating it so grants nothing.",
	}},
	PilotRequire: {"Close the app to who is not assigned", []string{
		"Open the link, or go to " + placeApp + ", Properties.",
		"Set “Assignment required?” to Yes. Whoever uses the app today and is not assigned is shut out by it.",
		"If its sign-in is off, set “Enabled for users to sign in?” to Yes as well, not before. Somebody may have switched it off on purpose: ask first.",
		"Press Save.",
	}},
	PilotAssign: {"Assign {who}", []string{
		"Open the link, or go to " + placeApp + ", Users and groups, Add user/group.",
		"Choose {who}, then Select, then Assign. Without Entra ID P1 no group can be chosen: assign people.",
		"Nobody is shut out by this.",
	}},
	PilotGrant: {"Grant admin consent", []string{
		"Open the link, or go to " + placeApp + ", Security, Permissions, and choose Grant admin consent for your organisation.",
		"{asks}",
		"Press Accept. It holds for everyone, and only those assigned can use it.",
	}},
	PilotWait: {"Wait until it shows", []string{
		"An assignment and a grant show within a few minutes as a rule.",
		"{who} must start connecting anew: a tab left open still shows the wall.",
	}},
}

var afterTexts = map[StepID]stepText{
	AfterLook: {"What stops them", []string{
		"The app is approved. What Graph can see of the usual causes stands below: the app being off, an assignment, the API behind it, Conditional Access, the log of sign-ins.",
		"Go on: where one of them shows, its step comes next; where none does, those that nobody can see in Graph.",
	}},
	AfterOff: {"Switch the app's sign-in on", []string{
		"Somebody may have switched it off on purpose: ask first.",
		"Open the link, or go to " + placeApp + ", Properties.",
		"Set “Enabled for users to sign in?” to Yes, and press Save.",
	}},
	// [G21:resources/serviceprincipal] disabledByMicrosoftStatus
	AfterStopped: {"Microsoft disabled the app: the vendor must act", []string{
		"Leave its switch and its consent as they are: nothing that an admin of {domain} can set lifts this.",
		"Tell {publisher} that Microsoft disabled the app, with its client id: {client}. The reason is between Microsoft and them.",
		"Connect again once they say that it is settled.",
	}},
	// isDisabled is of the registration and holds for all tenants; no page of the
	// portal sets it ([ED:deactivate-application-portal], [MM] isDisabled).
	AfterAsleep: {"The vendor must activate the app again", []string{
		"The app is deactivated. That is done where it is registered, and holds for all tenants: “Enabled for users to sign in?” does not show it, and setting it changes nothing.",
		"Leave its switch and its consent as they are. Ask {publisher} to activate the registration again; its client id: {client}.",
		"They say that it is active? Then ask the admins of {domain} whether one of them has set isDisabled on the enterprise app by Graph.",
	}},
	AfterOwn: {"Activate your app's registration again", []string{
		"The app is deactivated, and it is registered in {domain} itself. Ask its owners first: it may be on purpose. “Enabled for users to sign in?” does not show it, and setting it changes nothing.",
		"By Graph, as an " + roleApps + " or an owner of the registration: in Graph Explorer, PATCH /v1.0/applications(appId='{clientID}') with the body {\"isDisabled\": false}.",
		"It holds for all tenants in which the app is used.",
	}},
	AfterAssign: {"Assign those who are stopped", []string{
		"Open the link, or go to " + placeApp + ", Users and groups, Add user/group, and assign them. A group takes Entra ID P1; groups within it do not count.",
		"Or open it to everyone: Properties, “Assignment required?”, No. After a pilot, this is how it is widened to all.",
	}},
	AfterService: {"Look at the API behind the app", []string{
		"An API that the app needs is off in {domain}, or not there. A grant on it does not help.",
		"Enterprise apps, Application type: Microsoft Applications, the API, Properties: switch its sign-in on again, or restore the licence of its service.",
		"Exchange Web Services is being retired in Exchange Online, tenant by tenant. Whether it still answers here is not in Graph: see Microsoft's current notice, and Get-OrganizationConfig, EwsEnabled.",
	}},
	AfterAccess: {"Look at Conditional Access", []string{
		"Open the link as a " + roleAccess + ", or go to Entra ID, Conditional Access, Policies. The finding below names the policy.",
		"Use What If for one of those who are stopped and this app: it says which conditions apply.",
		"Except the app or these people from the policy, if that is meant; else have them meet it, such as by a managed device.",
	}},
	AfterUser: {"The user's own side", []string{
		"Nothing in Graph shows a cause. Have one of those who are stopped go through these, the likeliest first:",
		"Start connecting from the beginning, in a private window: an open tab, and a token from before, do not notice the approval.",
		"Sign in with the work account of {domain}: a personal account, or one of another tenant, meets its own wall.",
		"Send you the text of the page. Its AADSTS number names the cause: onboard why reads it.",
	}},
	AfterRules: {"Rules that Graph does not show", []string{
		"Defender for Cloud Apps: security.microsoft.com, Cloud apps, Policies, Policy management, and OAuth apps. Look for a session or access policy for this app or Office 365, and for the app being banned.",
		"Intune: intune.microsoft.com, Apps, App protection policies. A phone that the policy does not cover is stopped where a computer is not.",
		"Look for {app} by name and by its client id: {client}.",
	}},
	AfterVendor: {"The vendor's side", []string{
		"An app that asks with prompt=consent at each sign-in shows the wall again to users who may not consent, although consent is in place. Reported publicly; look for it in the address of the page.",
		"An app that asks for more than before needs the new permission approved. Compare what its page lists with what is granted.",
		"An app that uses Exchange Web Services stops when Microsoft retires it for {domain}.",
		"Send {publisher} the text of the page, its address, and your tenant's domain.",
	}},
}

var revokeTexts = map[StepID]stepText{
	RevokeWhat: {"Choose how much to take back", []string{
		"The grants are what the app may do. Without them nobody's connection is renewed: who is connected keeps working until the current access token expires, about an hour as a rule.",
		"Deleting the enterprise app takes its assignments and settings with it. It does not keep the app out: where users may consent, the next one brings it back.",
	}},
	RevokeHow: {"Choose how", []string{
		"By Graph, one plan takes back everything that shows. The admin center takes back what admins granted; what users granted for themselves takes PowerShell.",
	}},
	RevokePortal: {"Take back what admins granted", []string{
		"Open the link, or go to " + placeApp + ", Security, Permissions, Admin consent.",
		"For each permission choose …, Revoke permission, and confirm. Older pages call it Remove admin consent.",
		"The page shows permissions of single users under User consent, and cannot take those back.",
	}},
	RevokeUsers: {"Take back what users granted", []string{
		"Connect-MgGraph -Scopes Application.Read.All,DelegatedPermissionGrant.ReadWrite.All",
		"The next lists every grant of {listed} that is left; PrincipalId is the user's object id:",
		"$left = Get-MgServicePrincipalOauth2PermissionGrant -ServicePrincipalId {objectPS} -All; $left | Format-List Id,ConsentType,PrincipalId,Scope",
		"The next deletes those that were listed, everyone's and each user's:",
		"$left | ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id }",
	}},
	RevokeDelete: {"Delete the enterprise app", []string{
		"Open the link, or go to " + placeApp + ", Properties, Delete.",
		"To keep the app out instead, leave it there and set “Enabled for users to sign in?” to No: a disabled app lets nobody in, whoever consents.",
	}},
	RevokeWait: {"Wait until it is gone", []string{
		"That a grant is gone shows within minutes as a rule.",
		"Who is connected keeps working until the current access token expires, about an hour as a rule; renewing it then fails.",
	}},
}
