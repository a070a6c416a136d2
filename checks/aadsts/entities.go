package aadsts

import "strings"

// named is the character of an entity of HTML; 0 where it is none of those
// that pages in the languages of words.go, or redirects, are written with.
func named(name string) rune {
	if r, ok := accented(name); ok {
		return r
	}
	switch name {
	case "amp", "AMP":
		return '&'
	case "lt", "LT":
		return '<'
	case "gt", "GT":
		return '>'
	case "quot", "QUOT", "ldquo", "rdquo", "bdquo", "laquo", "raquo":
		return '"'
	case "apos", "lsquo", "rsquo", "sbquo":
		return '\''
	case "nbsp", "ensp", "emsp", "thinsp", "Tab":
		return ' '
	case "NewLine":
		return '\n'
	case "colon":
		return ':'
	case "equals":
		return '='
	case "commat":
		return '@'
	case "num":
		return '#'
	case "percnt":
		return '%'
	case "quest":
		return '?'
	case "sol":
		return '/'
	case "lpar":
		return '('
	case "rpar":
		return ')'
	case "lowbar":
		return '_'
	case "period":
		return '.'
	case "ndash", "mdash", "hyphen", "minus":
		return '-'
	case "shy", "zwnj", "zwj", "lrm", "rlm":
		return '\u00ad'
	case "szlig":
		return 'ß'
	case "aelig":
		return 'æ'
	case "oslash":
		return 'ø'
	case "Oslash":
		return 'Ø'
	case "aring":
		return 'å'
	case "Aring":
		return 'Å'
	}
	return 0
}

// accented reads the names that are a letter and its accent.
func accented(name string) (rune, bool) {
	if len(name) < 4 {
		return 0, false
	}
	var row string // the letter with this accent, in the order of letters
	const letters = "aceinouyACEINOUY"
	switch name[1:] {
	case "uml":
		row = "äcëinöüÿÄCËINÖÜY"
	case "acute":
		row = "áćéíńóúýÁĆÉÍŃÓÚÝ"
	case "grave":
		row = "àcèinòùyÀCÈINÒÙY"
	case "circ":
		row = "âcêînôûyÂCÊÎNÔÛY"
	case "tilde":
		row = "ãceiñõuyÃCEIÑÕUY"
	case "cedil":
		row = "açeinouyAÇEINOUY"
	default:
		return 0, false
	}
	at := strings.IndexByte(letters, name[0])
	for _, r := range row {
		if at == 0 {
			return r, true
		}
		at--
	}
	return 0, false
}
