package flows

// The words about hand-off codes and apps that nobody described.
const (
	sayUnlistedName  = "An app that is not listed"
	sayUnlistedMaker = "unknown publisher"
	sayUnlistedWhy   = "asked for, as the request names it; nobody has said why"
)
