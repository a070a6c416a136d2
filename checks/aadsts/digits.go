package aadsts

import "strings"

// number reads the digits at i. Plain digits win over lookalikes, one line
// over two, and of readings that are as good the longer that is known.
func number(s string, i int) (sighting, int) {
	plain, end := digits(s, i)
	// A longer run is some other number, and no part of it is a code.
	if len(plain) > maxDigits {
		return sighting{}, 0
	}
	whole := len(plain) >= minDigits
	// Digits on the next line belong to it where only the two together are a
	// known code, or where the colon follows that stands behind every code.
	if joined, to := join(s, end, plain); to > 0 && (len(plain) <= minDigits || strings.Contains(s[end:to], "\n")) {
		if known(value(joined)) && (!whole || !known(value(plain)) || to < len(s) && s[to] == ':') {
			return sighting{number: value(joined), guess: true}, to
		}
	}
	if whole && known(value(plain)) {
		return sighting{number: value(plain)}, end
	}
	if read, to, sure := lookalikes(s, i, len(plain)); to > 0 && (sure || !whole) {
		return sighting{number: read, guess: true}, to
	}
	if whole {
		return sighting{number: value(plain)}, end
	}
	return sighting{}, 0
}

// digits is the run of digits at i, and where it ends.
func digits(s string, i int) (string, int) {
	end := i
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return s[i:end], end
}

// join continues digits behind line wraps, as far as that gives a number of
// the table, or else as far as it goes. to is 0 where nothing continues.
func join(s string, end int, plain string) (joined string, to int) {
	all := plain
	for len(all) < maxDigits {
		next := gap(s, end)
		if next == end {
			break
		}
		more, stop := digits(s, next)
		if more == "" || len(all)+len(more) > maxDigits {
			break
		}
		all, end = all+more, stop
		if len(all) >= minDigits && (known(value(all)) || !known(value(joined))) {
			joined, to = all, stop
		}
	}
	return joined, to
}

// lookalikes reads letters as the digits they are mistaken for, where some
// follow the first plain digits. sure says whether the number is in the table;
// one that is not must be mostly digits. A part of a longer number is never
// read: 530003 is not 53000.
func lookalikes(s string, i, plain int) (read, to int, sure bool) {
	var values [maxDigits + 1]int // by how many characters are read
	n, plainly := 0, 0
	for n < maxDigits && i+n < len(s) {
		d, exact := digitLike(s[i+n])
		if d == 0 {
			break
		}
		if exact {
			plainly++
		}
		values[n+1] = values[n]*10 + int(d-'0')
		n++
	}
	if plainly == 0 {
		return 0, 0, false // a word, such as "bIoQGo"
	}
	for k := n; k > max(minDigits, plain); k-- {
		if known(values[k]) && (i+k == len(s) || s[i+k] < '0' || s[i+k] > '9') {
			return values[k], i + k, true
		}
	}
	if n > max(minDigits, plain) && plainly >= n-2 && (i+n == len(s) || !isWord(s[i+n])) {
		return values[n], i + n, false
	}
	return 0, 0, false
}

// digitLike is the digit that a character is or is mistaken for; 0 for none.
func digitLike(b byte) (digit byte, exact bool) {
	if b >= '0' && b <= '9' {
		return b, true
	}
	return mistaken[b], false
}

// mistaken are the digits that letters are mistaken for.
var mistaken = [256]byte{
	'o': '0', 'O': '0', 'Q': '0', 'D': '0', 'l': '1', 'I': '1', 'i': '1', '|': '1', '!': '1', 'z': '2', 'Z': '2',
	'A': '4', 's': '5', 'S': '5', '$': '5', 'b': '6', 'G': '6', 'B': '8', 'g': '9', 'q': '9',
}

// value is the number that at most maxDigits digits stand for.
func value(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
