package flows

// shellWords are the lines of a step that are made for each API, those to paste
// and those above them.
var shellWords = struct{ of, findOf, find, include, client string }{
	of:      "For %s, these and no others: %s.",
	findOf:  "For %s, these and no others: %s. Their ids first:",
	find:    "$ids = @((Get-MgServicePrincipal -Filter %s).Oauth2PermissionScopes | Where-Object Value -in %s | ForEach-Object Id)",
	client:  "CLIENT-ID",
	include: "New-MgPolicyPermissionGrantPolicyInclude -PermissionGrantPolicyId %s -PermissionType delegated -ResourceApplication %s -Permissions %s -ClientApplicationIds %s",
}
