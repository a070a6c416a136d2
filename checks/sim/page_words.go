package sim

// What the pages say in more than one place.
const (
	wordsBanner = "This is not Microsoft: everything here lives in this simulator and ends with it."
)

// The names of the portal's pages, as its menus have them.
const (
	wordsOverview    = "Overview"
	wordsProperties  = "Properties"
	wordsDelete      = "Delete"
	wordsUsersPage   = "Users and groups"
	wordsAddUsers    = "Add assignment"
	wordsPermissions = "Permissions"
	wordsReview      = "Review permissions"
	wordsUserConsent = "User consent settings"
	wordsWorkflow    = "Admin consent settings"
	wordsClasses     = "Permission classifications"
	wordsAddClasses  = "Request API permissions"
	wordsRoles       = "All roles"
	wordsCA          = "Conditional Access"
	wordsSignIns     = "Sign-in logs"
	wordsAudit       = "Audit logs"
	wordsSearch      = "Search results"
)

// What the vendor's app says of a refusal.
const (
	wordsAppDenied = "Microsoft did not give us access: you left its page, or your organization wants an administrator’s approval first."
	wordsAppMore   = "Microsoft wants something more before we get access: your consent, an administrator’s approval, or another step at sign-in."
	wordsAppFailed = "Microsoft refused the sign-in."
)
