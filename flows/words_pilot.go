package flows

// warnWords are what other plans warn of.
var warnWords = struct{ adminOnly, notAdminOnly, reviewers string }{
	adminOnly:    "Users may then consent to what its API leaves to admins: %s. That is more than any choice in the admin center gives them.",
	notAdminOnly: "lets users consent to what its API leaves to admins: %s",
	// [GC:adminconsentrequestpolicy-update]; entra-facts §6
	reviewers: "Microsoft documents people alone as reviewers; a group's or a role's form is read from tenants. See afterwards that they are listed under Admin consent settings: requests that nobody gets wait for nobody.",
}

// pilotWords are what a pilot's plan warns of.
var pilotWords = struct {
	rolesAgain, usersAgain, licence, noLicence, also, alsoOne, alsoSome, alsoMany string
}{
	rolesAgain: "The app holds application permissions. Once its sign-in is on, it may use them again by itself.",
	usersAgain: "Where users may consent for themselves, they can do so in this app once its sign-in is on.",
	// [ED:assign-user-or-group-access-portal]
	licence:   "Assigning a group takes Entra ID P1, and whether the tenant has it could not be read. Without it the assignment is refused, and nobody is shut out by then.",
	noLicence: "Assigning a group takes Entra ID P1, and none was found here. Where there is none Microsoft is expected to refuse the assignment, before anybody is shut out. An enterprise app that had to be made first stays; undo takes it back.",
	also:      "Besides, assigned to the app already and let in as well: %s. See Users and groups; whoever is not meant is removed there first.",
	alsoOne:   "one person or group", alsoSome: "%d people or groups", alsoMany: "many people or groups",
}
