package checks

// Every word about the DNS that a person reads.
const (
	sayDNSSeveral   = "There are %d policy records; there must be one, or none counts."
	sayDNSKeepOne   = "Keep one of them: %s"
	sayDNSBeside    = "Another TXT record beside it looks like an attempt and is passed over: %s"
	sayDNSTwice     = "The tag %s is there twice."
	sayDNSLacks     = "The tag %s is missing; add %[1]s=%s."
	sayDNSValue     = "The tag %s says %q; wanted is %s."
	sayDNSCase      = "%s is read as %s, but better written just so."
	sayDNSUnknown   = "The tag %s means nothing here and is passed over."
	sayDNSBlank     = "The record begins with a space; remove it."
	sayDNSQuotes    = "The quotation marks are part of the record; type it without them."
	sayDNSSeparator = "A semicolon is missing after v=%s."
	sayDNSVersion   = "The version is %q; wanted is %s, in just this case."
	sayDNSBegin     = "The record must begin with v=%s."
	sayDNSEmptyTag  = "There is nothing before this semicolon."
	sayDNSTagName   = "A tag cannot begin with %q."
	sayDNSEquals    = "An equals sign is missing after %s."
	sayDNSCharacter = "The character %q cannot stand in a record."
	sayDNSEnds      = "The record ends here, and a tag is missing."
)
