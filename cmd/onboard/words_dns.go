package main

// What is said of the DNS beside the checks of it.
const (
	sayNoPort      = "it is no port, which is a number from 1 to 65535"
	sayPublishMove = "publish the record, as whoever keeps the DNS of %s"
	sayDNSUnasked  = "A sign-in service in place of Microsoft's was named, and no DNS of its own (--dns-server)."
)
