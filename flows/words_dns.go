package flows

// leastDNS is who can publish the record: no role of Microsoft's.
const leastDNS = "admin of the domain's DNS"

// recordWords are the lines about the policy record in the DNS.
var recordWords = struct {
	wait, unfitNone, unfitThere, unseen, there string
	nothing, has, other, keeps                 string
	theRecord, theLabel, theName, theDoubled   string
	notNow                                     string
}{
	wait:       "not every name server has the record yet",
	unfitNone:  "its vendor reads no policy record in the DNS",
	unfitThere: "the policy record is published already",
	unseen:     "Nobody could look in the DNS whether the record is there.",
	there:      "Published: every name server of {domain} that answers has the policy record of {app}.",

	notNow: "it opens nothing: clear the block first, and take it as a second layer",

	theRecord: "the record that the vendor names", theLabel: "the label that the vendor names",
	theName: "the name that the vendor names", theDoubled: "a name with the domain in it twice",

	nothing: "nothing there",
	has:     "has the record",
	other:   "has another: %s",
	keeps:   "%s, and may go on saying so for %s",
}

// recordTexts are the steps of the path.
var recordTexts = map[StepID]stepText{
	DNSPublish: {"Publish the record in the DNS of {domain}", []string{
		"Wherever the DNS of {domain} is kept, add one record of the type TXT.",
		"Name: {recordLabel}",
		"Value: {record}",
		"Type only {recordLabel} as the name: most forms add {domain} by themselves. Typed whole, it lands at {recordDoubled}, where nobody looks.",
		"Amazon Route 53 and Google Cloud DNS want the value in quotation marks, Azure DNS and GoDaddy without; Cloudflare takes both. In a zone file of BIND: {recordLine}",
		"Leave other TXT records as they are. If a policy record of {app} is there already, change it: two count for none.",
		"Save. Every name server is asked here, again and again, until all of them have it.",
	}},
	DNSWait: {"Wait until every name server has it", []string{
		"The record goes at {recordName} and reads: {record}",
		"Name servers take a change over within minutes as a rule. A resolver that was asked before goes on saying “not there” for as long as the domain allows; that is counted down here, and holds nothing up.",
		"Still not there? Most likely first: the form added the domain by itself; the change was not saved or not published; the domain's name servers are another company's.",
	}},
}
