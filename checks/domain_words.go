package checks

// What is said of a domain that was typed.
const (
	sayDomainEmpty    = "no domain was given"
	doTypeDomain      = "type the part behind the @ of a work address, such as contoso.com"
	sayDomainBad      = "%q is not a domain: %s"
	sayDomainMany     = "there is more than one in it"
	sayDomainLong     = "it is too long"
	sayDomainDot      = "it has no dot"
	sayDomainShape    = "only letters, digits, hyphens and dots make one"
	sayDomainAddress  = "it is an IP address"
	sayDomainLogin    = "it is Microsoft's own sign-in host"
	sayDomainGUID     = "that is an id, not a domain"
	sayDomainPersonal = "%s is for personal accounts"
	doDomainPersonal  = "type the domain of your work or school address"
)
