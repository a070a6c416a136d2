package main

// What is said of the DNS beside the checks of it.
const (
	sayDNSUnasked = "A sign-in service in place of Microsoft's was named, and no DNS of its own (--dns-server)."
)
