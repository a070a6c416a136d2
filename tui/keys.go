package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// action is what a key does. Keys and words of every action stand in one
// table; screens only say which actions they offer now.
type action uint8

// The actions.
const (
	actNone action = iota
	actMove
	actPage
	actTake
	actNext
	actBack
	actForward
	actFilter
	actManual
	actInstead
	actEvidence
	actPaths
	actProof
	actOthers
	actAgain
	actLinks
	actCopy
	actOpen
	actCode
	actWhy
	actClaim
	actShowAll
	actScript
	actReport
	actTell
	actSignIn
	actPaste
	actStop
	actNextApp
	actUndo
	actWaiting
	actPresent
	actVisit
	actFigures
	actInvitations
	actHandOver
	actErase
	actInvite
	actRevoke
	actPlay
	actAllow
	actRefuse
	actGuides
	actEndOne
	actWhole
	actEndWatch
	actRecord
	actReplay
	actPause
	actStepOne
	actFaster
	actSlower
	actJump
	actPoint
	actNote
	actAnswers
	actSuggest
	actPanel
	actHelp
	actLeave
	actSuspend
	actInterrupt
)

// binding is a row of the keys table: the first key is the one shown.
type binding struct {
	act   action
	keys  []string
	label string // as the help line shows it; empty: the first key
	plain string // the same in ASCII; empty: as label
	word  string
}

// bindings is the one place for keys. Letters act only where no text is being
// typed; the keys after them act everywhere.
var bindings = []binding{
	{act: actMove, keys: []string{"up", "down", "k", "j", "home", "end"}, label: "↑↓", plain: "up/down", word: keyMove},
	{act: actTake, keys: []string{"enter"}, word: keyTake},
	{act: actNext, keys: []string{"n"}, word: keyNext},
	{act: actFilter, keys: []string{"/"}, word: keyFilter},
	{act: actManual, keys: []string{"m"}, word: keyManual},
	{act: actInstead, keys: []string{"tab"}, word: keyInstead},
	{act: actEvidence, keys: []string{"e"}, word: keyEvidence},
	{act: actPaths, keys: []string{"p"}, word: keyPaths},
	{act: actProof, keys: []string{"v"}, word: wordToProof},
	{act: actOthers, keys: []string{"w"}, word: wordToOther},
	{act: actClaim, keys: []string{"i"}, word: keyClaim},
	{act: actOpen, keys: []string{"o"}, word: keyOpen},
	{act: actLinks, keys: []string{"l"}, word: keyLinks},
	{act: actCopy, keys: []string{"c"}, word: keyCopy},
	{act: actCode, keys: []string{"Q"}, word: keyCode},
	{act: actAgain, keys: []string{"r"}, word: keyAgain},
	{act: actWhy, keys: []string{"w"}, word: keyWhy},
	{act: actShowAll, keys: []string{"a"}, word: keyShowAll},
	{act: actScript, keys: []string{"s", "ctrl+s"}, word: keyScript},
	{act: actReport, keys: []string{"r"}, word: keyReport},
	{act: actTell, keys: []string{"m"}, word: keyTell},
	{act: actSignIn, keys: []string{"s"}, word: keySignIn},
	{act: actPaste, keys: []string{"p"}, word: wordPasteHere},
	{act: actStop, keys: []string{"x"}, word: wordStopSignIn},
	{act: actNextApp, keys: []string{"n"}, word: keyNextApp},
	{act: actUndo, keys: []string{"u"}, word: keyUndo},
	{act: actAllow, keys: []string{"ctrl+y"}, word: keyAllow},
	{act: actRefuse, keys: []string{"n", "esc"}, word: keyRefuse},
	{act: actGuides, keys: []string{"ctrl+g"}, word: keyGuides},
	{act: actEndOne, keys: []string{"ctrl+r"}, word: keyEndOne},
	{act: actWhole, keys: []string{"ctrl+l"}, word: wordShowWhole},
	{act: actEndWatch, keys: []string{"ctrl+x"}, word: keyEndWatch},
	{act: actRecord, keys: []string{"ctrl+t"}, word: keyEndTape},
	{act: actReplay, keys: []string{"v"}, word: keyReplay},
	{act: actPause, keys: []string{"space", "p"}, word: keyPause},
	{act: actStepOne, keys: []string{"right", "left", "l", "h"}, label: "←→", plain: "left/right", word: keyStepOne},
	{act: actFaster, keys: []string{"+", "="}, word: keyFaster},
	{act: actSlower, keys: []string{"-"}, word: keySlower},
	{act: actJump, keys: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "home", "end"}, label: "0-9", word: keyJump},
	{act: actPoint, keys: []string{"p"}, word: keyPoint},
	{act: actNote, keys: []string{"n"}, word: keyNote},
	{act: actAnswers, keys: []string{"ctrl+o"}, word: keyAnswers},
	{act: actSuggest, keys: []string{"s"}, word: keySuggest},
	{act: actPanel, keys: []string{"tab"}, word: keyPanel},
	{act: actWaiting, keys: []string{"w"}, word: keyWaiting},
	{act: actPresent, keys: []string{"p"}, word: keyPresent},
	{act: actFigures, keys: []string{"m"}, word: keyFigures},
	{act: actInvitations, keys: []string{"i"}, word: keyInvitations},
	{act: actHandOver, keys: []string{"o"}, word: keyHandOver},
	{act: actErase, keys: []string{"x"}, word: keyErase},
	{act: actInvite, keys: []string{"n"}, word: keyInviteNew},
	{act: actRevoke, keys: []string{"x"}, word: keyRevoke},
	{act: actVisit, keys: []string{"y"}, word: keyVisit},
	{act: actBack, keys: []string{"esc", "b", "alt+left"}, word: keyBack},
	{act: actForward, keys: []string{"f", "alt+right"}, word: keyForward},
	{act: actPage, keys: []string{"pgup", "pgdown", "space"}, label: "pgup/pgdn", word: keyPage},
	{act: actHelp, keys: []string{"?", "f1"}, word: keyHelp},
	{act: actLeave, keys: []string{"q"}, word: keyLeave},
	{act: actSuspend, keys: []string{"ctrl+z"}, word: keySuspend},
	{act: actInterrupt, keys: []string{"ctrl+c"}, word: keyInterrupt},
}

// offer is an action as a screen has it now.
type offer struct {
	act  action
	word string // in place of the table's
	why  string // why it does not work now; empty: it does
	key  string // in place of the table's, for moves that come as data
	n    int    // which of several, for such moves
	// hidden keeps an offer off the help line; help itself shows it.
	hidden bool
	// general marks what is offered everywhere: the model acts on it.
	general bool
}

// bindingOf finds the row of an action.
func bindingOf(a action) binding {
	for i := range bindings { // rows are large: none is copied to be compared
		if bindings[i].act == a {
			return bindings[i]
		}
	}
	return binding{}
}

// keys are the keys that trigger the offer. While text is typed only those
// that type nothing are left.
func (o offer) keys(typing bool) []string {
	keys := bindingOf(o.act).keys
	if o.key != "" {
		keys = []string{o.key}
	}
	if !typing {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
		return len([]rune(k)) == 1 && k != "?" || k == "space" || k == "home" || k == "end"
	})
}

// label is the key as shown.
func (o offer) label(ascii, typing bool) string {
	b := bindingOf(o.act)
	switch {
	case o.key != "":
		return o.key
	case ascii && b.plain != "":
		return b.plain
	case b.label != "":
		return b.label
	}
	if keys := o.keys(typing); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// title is the word for the offer.
func (o offer) title() string {
	if o.word != "" {
		return o.word
	}
	return bindingOf(o.act).word
}

// offered finds the offer that a key press asks for.
func offered(offers []offer, k tea.KeyPressMsg, typing bool) (offer, bool) {
	name := k.String()
	if k.Text != "" && len([]rune(k.Text)) == 1 && k.Text != " " {
		name = k.Text // a capital is its own key, however the terminal reports it
	}
	for _, o := range offers {
		if slices.Contains(o.keys(typing), name) {
			return o, true
		}
	}
	return offer{}, false
}

// helpLine is the last line: the keys that work now, as many as fit, the most
// telling first; help and leave always stay.
func helpLine(offers []offer, w int, ascii, typing bool) row {
	type hint struct{ key, word string }
	shown, kept := make([]hint, 0, len(offers)), make([]hint, 0, 2)
	width := 0
	wide := func(h hint) int { return cells(h.key) + cells(h.word) + cells(hintGap) }
	for _, o := range offers {
		if o.why != "" || o.hidden {
			continue
		}
		h := hint{o.label(ascii, typing), " " + strings.TrimSpace(o.title())}
		switch {
		case h.key == "":
			continue
		case o.act == actHelp || o.act == actLeave:
			kept = append(kept, h)
		default:
			shown = append(shown, h)
		}
		width += wide(h)
	}
	for n := len(shown); n > 0 && width-cells(hintGap) > w; n-- {
		width -= wide(shown[n-1])
		shown = shown[:n-1]
	}
	r := make(row, 0, 3*(len(shown)+len(kept)))
	for i, h := range append(shown, kept...) {
		if i > 0 {
			r = r.add(RoleText, hintGap)
		}
		r = r.add(RoleAccent, h.key).add(RoleSubtle, h.word)
	}
	return r.fit(w)
}

// hintGap is between two keys of the help line.
const hintGap = "  "
