package consent

// Ids and scope names are ASCII; to fold more than that would only be slower,
// and let two names meet that Microsoft keeps apart.

// same compares without regard to the case of ASCII letters.
func same(a, b string) bool { return len(a) == len(b) && alike(a, b) }

// alike is same for two strings of one length. The first letter settles most
// comparisons of ids.
func alike(a, b string) bool {
	switch {
	case a == "":
		return true
	case lower(a[0]) != lower(b[0]):
		return false
	case a == b:
		return true
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// initial is the first letter, lowered, or 0 of nothing.
func initial(s string) byte {
	if s == "" {
		return 0
	}
	return lower(s[0])
}

// appendLower appends s with ASCII letters lowered; ids have no others.
func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, lower(s[i]))
	}
	return b
}

// foldCompare orders strings without regard to the case of ASCII letters.
func foldCompare(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c, d := lower(a[i]), lower(b[i]); c != d {
			return int(c) - int(d)
		}
	}
	return len(a) - len(b)
}

// lower lowers one ASCII letter.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
