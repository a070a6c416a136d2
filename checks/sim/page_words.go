package sim

// What the pages say in more than one place.
const (
	wordsBanner = "This is not Microsoft: everything here lives in this simulator and ends with it."
)
