package tui

import (
	"runtime"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Role says what a piece of text is for. Colours hang on roles alone, so that
// a screen never names a colour and a theme never knows a screen.
type Role uint8

// The roles. Strong is weight without colour; Focus is where the keys act; Code
// is for codes that cameras read, which need their own black and white.
const (
	RoleText Role = iota
	RoleSubtle
	RoleStrong
	RoleAccent
	RoleOK
	RoleWarn
	RoleBad
	RoleInfo
	RoleFocus
	RoleTitle
	RoleCode
	roleCount
)

// Ground is what the terminal's background is known to be.
type Ground uint8

// The grounds. GroundUnknown gets colours that are fit for dark and light;
// GroundPlain gets weight and marks alone.
const (
	GroundUnknown Ground = iota
	GroundDark
	GroundLight
	GroundPlain
)

// palette is a colour for each role as #rrggbb; an empty one is the terminal's
// own foreground, which its owner chose to be readable.
type palette [roleCount]string

// palettes holds a palette for each ground. A test computes that every colour
// has a contrast of at least 4.5:1 on the grounds it is meant for; on an
// unknown ground only luminances between 0.175 and 0.183 have that on black
// and on white alike, hence the odd values there.
var palettes = map[Ground]palette{
	GroundDark: {
		RoleSubtle: "#a3abb8", RoleAccent: "#8ab4ff", RoleOK: "#7bd88f", RoleWarn: "#f2c14e",
		RoleBad: "#ff8a80", RoleInfo: "#76d1e0", RoleFocus: "#ffd479", RoleTitle: "#c3b1ff",
	},
	GroundLight: {
		RoleSubtle: "#565d69", RoleAccent: "#1a4fb4", RoleOK: "#0f6b2f", RoleWarn: "#7a4b00",
		RoleBad: "#b3121d", RoleInfo: "#0b5c6e", RoleFocus: "#6b3fa0", RoleTitle: "#5b2fa8",
	},
	GroundUnknown: {
		RoleSubtle: "#767676", RoleAccent: "#4573cd", RoleOK: "#308544", RoleWarn: "#9b6d00",
		RoleBad: "#d8393f", RoleInfo: "#1d8093", RoleFocus: "#8d60c3", RoleTitle: "#8d60c3",
	},
}

// weights are the roles that are bold on every ground, no colour included.
var weights = [roleCount]bool{RoleStrong: true, RoleTitle: true, RoleFocus: true, RoleOK: true, RoleBad: true, RoleWarn: true}

// theme paints text by role. The escape sequences of each role are made once:
// painting a frame is then only joining strings.
type theme struct {
	ground Ground
	ascii  bool
	links  bool // addresses can be clicked
	before [roleCount]string
	after  [roleCount]string
}

// newTheme makes the theme for a ground; ascii swaps every sign that is not
// ASCII for one of the same width that is.
func newTheme(g Ground, ascii bool) *theme {
	t := &theme{ground: g, ascii: ascii}
	const mark = "x"
	for r := range roleCount {
		st := lipgloss.NewStyle().Bold(weights[r])
		if c := palettes[g][r]; c != "" {
			st = st.Foreground(lipgloss.Color(c))
		}
		if r == RoleCode && g != GroundPlain {
			st = st.Foreground(lipgloss.Color("#ffffff")).Background(lipgloss.Color("#000000"))
		}
		t.before[r], t.after[r], _ = strings.Cut(st.Render(mark), mark)
	}
	return t
}

// paint gives text the look of its role.
func (t *theme) paint(b *strings.Builder, s span) {
	text := s.text
	if t.ascii {
		text = asciiOnly(text)
	}
	b.WriteString(t.before[s.role])
	if t.links && isAddress(text) {
		text = ansi.SetHyperlink(text) + text + ansi.ResetHyperlink()
	}
	b.WriteString(text)
	b.WriteString(t.after[s.role])
}

// isAddress says whether text is one whole address and nothing else, with no
// sign in it that could act on a terminal.
func isAddress(text string) bool {
	return (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && safeURL(text) == text
}

// asciiSigns are the signs that our own words use, each with an ASCII sign of
// the same width, so that a layout is the same in every locale.
var asciiSigns = map[rune]rune{
	'✓': '+', '✗': 'x', '…': '~', '–': '-', '—': '-', '→': '>', '·': '-', '─': '-', '│': '|', '●': '*', '○': 'o',
	'›': '>', '▸': '>', '↑': '^', '↓': 'v', '’': '\'', '‘': '\'', '“': '"', '”': '"', '−': '-', '█': '#', '▀': '"', '▄': '_',
	'≥': '>', '◆': '*', '≤': '<', '×': 'x', '•': '*',
}

// asciiOnly replaces what is not ASCII; what has no like is a question mark
// for each of its cells.
func asciiOnly(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch a, ok := asciiSigns[r]; {
		case r < 0x80:
			b.WriteRune(r)
		case ok:
			b.WriteRune(a)
		default:
			for range cells(string(r)) {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}

// Look is what the environment says of the terminal.
type Look struct {
	// Plain is set where a screen cannot be drawn: use line mode.
	Plain bool
	// NoColor is set by a non-empty NO_COLOR, whatever its value.
	NoColor bool
	// ASCII is set where the locale is not UTF-8.
	ASCII bool
	// Links is set where whole addresses may also be marked as hyperlinks, for
	// terminals that let one click them. The text stays the same.
	Links bool
}

// LookOf reads a terminal's looks from an environment of KEY=VALUE lines.
// The last value of a key counts, as in os/exec.
func LookOf(environ []string) Look {
	env := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	return Look{
		Plain:   env["TERM"] == "dumb",
		NoColor: env["NO_COLOR"] != "",
		ASCII:   !localeIsUTF8(env),
		Links:   env["NO_COLOR"] == "" && marksLinks(env["TERM"]),
	}
}

// marksLinks says whether a terminal takes hyperlinks, or drops them quietly.
// Those that are older than escape sequences of that form might print them.
func marksLinks(term string) bool {
	for _, old := range []string{"vt", "linux", "cons", "ansi", "sun", "wy"} {
		if strings.HasPrefix(term, old) {
			return false
		}
	}
	return term != "" && term != "dumb"
}

// localeIsUTF8 follows POSIX: LC_ALL before LC_CTYPE before LANG, the first
// that is not empty. Windows consoles speak UTF-8 to Go programs without any.
func localeIsUTF8(env map[string]string) bool {
	for _, k := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env[k]); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
