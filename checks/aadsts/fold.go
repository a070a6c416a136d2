package aadsts

import (
	"unicode"
	"unicode/utf8"
)

// squeeze is text reduced to what survives bad scans, wrapped lines, lost
// accents and punctuation: small letters and digits without anything between
// them, with characters that are mistaken for each other made the same. Phrases
// are squeezed alike, so the two are compared as bytes.
func squeeze(s string) []byte {
	out := make([]byte, 0, len(s)+headLen)
	joined := false // the last character written stood right before this one
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, n := twoBytes(s[i:])
			before := len(out)
			out = foldRune(out, r)
			joined = len(out) > before || joined && unicode.Is(unicode.Mn, r)
			i += n
			continue
		}
		i++
		f := foldASCII[b]
		if f == 0 {
			joined = false
			continue
		}
		if f == 'n' && joined && out[len(out)-1] == 'r' {
			out[len(out)-1] = 'm' // "adrnin" is what a scan makes of "admin"
			continue
		}
		out = append(out, f)
		joined = true
	}
	return out
}

// twoBytes is utf8.DecodeRuneInString with a short way for the letters of Latin
// and the like.
func twoBytes(s string) (rune, int) {
	if b := s[0]; b >= 0xc2 && b < 0xe0 && len(s) > 1 && s[1]&0xc0 == 0x80 {
		return rune(b&0x1f)<<6 | rune(s[1]&0x3f), 2
	}
	return utf8.DecodeRuneInString(s)
}

// foldASCII maps a byte to what squeeze writes; 0 for nothing. Capital and
// small i, l and 1 are one, so are o and 0, s and 5.
var foldASCII = [256]byte{
	'0': 'o', '1': 'i', '2': '2', '3': '3', '4': '4', '5': 's', '6': '6', '7': '7', '8': 'b', '9': '9',
	'A': 'a', 'B': 'b', 'C': 'c', 'D': 'd', 'E': 'e', 'F': 'f', 'G': 'g', 'H': 'h', 'I': 'i', 'J': 'j',
	'K': 'k', 'L': 'i', 'M': 'm', 'N': 'n', 'O': 'o', 'P': 'p', 'Q': 'q', 'R': 'r', 'S': 's', 'T': 't',
	'U': 'u', 'V': 'v', 'W': 'w', 'X': 'x', 'Y': 'y', 'Z': 'z',
	'a': 'a', 'b': 'b', 'c': 'c', 'd': 'd', 'e': 'e', 'f': 'f', 'g': 'g', 'h': 'h', 'i': 'i', 'j': 'j',
	'k': 'k', 'l': 'i', 'm': 'm', 'n': 'n', 'o': 'o', 'p': 'p', 'q': 'q', 'r': 'r', 's': 's', 't': 't',
	'u': 'u', 'v': 'v', 'w': 'w', 'x': 'x', 'y': 'y', 'z': 'z',
	'$': 's',
}

// foldRune appends a character beyond ASCII: Latin letters without their
// accents, twins of Latin letters as those, other letters as they are.
func foldRune(out []byte, r rune) []byte {
	switch {
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa, r >= 0x4e00 && r <= 0x9fff:
		return utf8.AppendRune(out, r) // saves the look into tables
	case r >= 0x300 && r <= 0x36f, r >= emojis && r <= lastEmoji:
		return out // marks and pictures
	case r >= 0xc0 && r <= 0x17f:
		switch r {
		case 'ß':
			return append(out, 's', 's')
		case 'æ', 'Æ':
			return append(out, 'a', 'e')
		case 'œ', 'Œ':
			return append(out, 'o', 'e')
		case '×', '÷':
			return out
		}
		if f := latin[r-0xc0]; f != 0 {
			return append(out, foldASCII[f])
		}
	case r >= 0x400 && r <= 0x45f:
		if f, ok := cyrillic[r]; ok {
			return append(out, foldASCII[f])
		}
	case r == 0x3099 || r == 0x309a: // voicing marks by themselves: join the kana before
		return voiced(out, r-0x3098)
	}
	if !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != 'ー' {
		return out
	}
	return utf8.AppendRune(out, unicode.ToLower(r))
}

// voiced replaces the kana at the end by its voiced form, by places later in
// Unicode.
func voiced(out []byte, by rune) []byte {
	r, n := utf8.DecodeLastRune(out)
	if r < 'か' || r > 'ホ' {
		return out
	}
	return utf8.AppendRune(out[:len(out)-n], r+by)
}

// latin is the base letter of U+00C0 to U+017F; 0 where there is none.
var latin = [...]byte{
	'a', 'a', 'a', 'a', 'a', 'a', 0, 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i',
	'd', 'n', 'o', 'o', 'o', 'o', 'o', 0, 'o', 'u', 'u', 'u', 'u', 'y', 0, 0,
	'a', 'a', 'a', 'a', 'a', 'a', 0, 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i',
	'd', 'n', 'o', 'o', 'o', 'o', 'o', 0, 'o', 'u', 'u', 'u', 'u', 'y', 0, 'y',
	'a', 'a', 'a', 'a', 'a', 'a', 'c', 'c', 'c', 'c', 'c', 'c', 'c', 'c', 'd', 'd',
	'd', 'd', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'g', 'g', 'g', 'g',
	'g', 'g', 'g', 'g', 'h', 'h', 'h', 'h', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i',
	'i', 'i', 0, 0, 'j', 'j', 'k', 'k', 'k', 'l', 'l', 'l', 'l', 'l', 'l', 'l',
	'l', 'l', 'l', 'n', 'n', 'n', 'n', 'n', 'n', 'n', 'n', 'n', 'o', 'o', 'o', 'o',
	'o', 'o', 0, 0, 'r', 'r', 'r', 'r', 'r', 'r', 's', 's', 's', 's', 's', 's',
	's', 's', 't', 't', 't', 't', 't', 't', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	'u', 'u', 'u', 'u', 'w', 'w', 'y', 'y', 'y', 'z', 'z', 'z', 'z', 'z', 'z', 's',
}

// cyrillic are letters that look like Latin ones.
var cyrillic = map[rune]byte{
	'А': 'a', 'а': 'a', 'В': 'b', 'Е': 'e', 'е': 'e', 'К': 'k', 'М': 'm', 'Н': 'h', 'О': 'o', 'о': 'o',
	'Р': 'p', 'р': 'p', 'С': 'c', 'с': 'c', 'Т': 't', 'у': 'y', 'Х': 'x', 'х': 'x', 'Ѕ': 's', 'ѕ': 's', 'І': 'i', 'і': 'i', 'ј': 'j',
}
