package flows

// leastDNS is who can publish the record: no role of Microsoft's.
const leastDNS = "admin of the domain's DNS"

// recordWords are the lines about the policy record in the DNS.
var recordWords = struct {
	wait, unfitNone, unfitThere, unseen, there string
	nothing, has, alias, other, keeps          string
	theRecord, theLabel, theName               string
	typeLabel, typeWhole                       string
	notNow                                     string
}{
	wait:       "not every name server has the record yet",
	unfitNone:  "its vendor reads no policy record in the DNS",
	unfitThere: "the policy record is published already",
	unseen:     "Nobody could look in the DNS whether the record is there.",
	there:      "Published: every name server of {domain} that answers has the policy record of {app}.",

	notNow: "it opens nothing: clear the block first, and take it as a second layer",

	theRecord: "the record that the vendor names", theLabel: "the label that the vendor names",
	theName: "the name that the vendor names",

	typeLabel: "Type only %s as the name: most forms add %s by themselves. Typed whole, it lands at %s, where nobody looks.",
	typeWhole: "That is the whole name. Most forms add the zone, which is the domain or one above it, by themselves: type what is before the zone. Typed whole there, it lands at a name with the zone in it twice, where nobody looks.",

	nothing: "nothing there",
	has:     "has the record",
	alias:   "has an alias (CNAME) to %s",
	other:   "has another: %s",
	keeps:   "%s, and may go on saying so for %s",
}

// recordTexts are the steps of the path.
var recordTexts = map[StepID]stepText{
	DNSPublish: {"Publish the record in the DNS of {domain}", []string{
		"Wherever the DNS of {domain} is kept, add one record of the type TXT.",
		"Name: {recordLabel}",
		"Value: {record}",
		"{recordTyping}",
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
