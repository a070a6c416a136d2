package aadsts

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// wall is what the words of a page say, whatever the language.
type wall uint8

const (
	noWall         wall = iota
	wallAdmin           // an admin must approve, and cannot be asked here
	wallForm            // an admin must approve; the page takes a request
	wallSent            // the request is on its way
	wallSentMaybe       // the same in words that logs use, too
	wallRefused         // an admin said no
	wallApproved        // an admin said yes
	wallUserOff         // nobody but admins may approve anything
	wallRisky           // Microsoft finds the app risky
	wallUnverified      // the publisher is the reason
	tagSignedIn         // the sign-in itself was fine
	tagUnverified       // the label beside the app's name; no reason by itself
	tagConsumer         // signs of a personal account; no reason by itself
	wallPersonal        // a personal account was used
	wallAssignment
	wallAccess  // Conditional Access
	wallBlocked // some policy, it is not said which
	wallDevice
	wallMFA
	wallConsent  // nobody agreed yet
	wallDeclined // somebody pressed Cancel
	wallDisabled
	wallByMicrosoft // disabled, and not by anybody of the tenant
	wallNotFound    // the app is not in the tenant
	wallService     // the API is not in the tenant
	wallRestricted  // tenant restrictions of a network
	wallCrossTenant
	wallNoTenant  // the tenant is not known at all
	wallNoAccount // no account goes by that name
	wallNotMember // the account is not in this tenant
	wallLocked
	wallRedirect
	wallExpired
	wallFault
	wallGraph
	wallDeviceCode
	wallScreen    // the ordinary permission page
	wallElsewhere // another service, by words of its own pages
	tagElsewhere  // the name of another service, which may as well be the app
	tagOwn        // what Microsoft's pages alone say
	tagAsked      // a request is spoken of, and
	tagYes        // what an admin said to it
	tagNo
	wallForeign   // names and words of other services and of networks
	wallMicrosoft // Microsoft is named; says nothing else
	wallCount     // how many there are

	// Parts of sentences. An admin, an approval and a need, near each other, are
	// wallAdmin in a wording that nobody foresaw; an admin, a block and an app are
	// wallDisabled; one's own admin and a block are a block of we do not know what.
	partAdmin
	partApproval
	partNeeded
	partBlocked
	partApp
	partYours
	partNot // what follows says that it is not so
)

// lang is a language of the pages, as a bit.
type lang uint16

const (
	en lang = 1 << iota
	de
	fr
	es
	nl
	ja
	pt
	it
	pl
	sv
	anyLang lang = 0
)

// langNames gives the languages' codes, in the order of their bits.
var langNames = [...]string{"en", "de", "fr", "es", "nl", "ja", "pt", "it", "pl", "sv"}

func (l lang) String() string {
	for i, name := range langNames {
		if l == 1<<i {
			return name
		}
	}
	return ""
}

// longText is from how many squeezed bytes on a text is no longer taken for a
// page that stopped somebody by words that any text may hold.
const longText = 3000

// near is within how many squeezed bytes the parts of a sentence must stand.
const near = 90

// seen is what reading for walls found.
type seen struct {
	at     [wallCount]int // 1 + where a wall's words begin in the squeezed text; 0 for not at all
	lang   [wallCount]lang
	ours   [wallCount]bool // in a translation that no page is known to have
	loose  bool            // wallAdmin was put together from parts
	asks   bool            // an approval and a need stand near each other
	off    bool            // wallDisabled was put together from parts
	yours  bool            // one's own admin has blocked something
	ofWhat bool            // with loose: of what the approval is, it does not say
	long   bool            // it is longer than a page that stops somebody
	codes  []int           // whose message the text has, in order
}

func (w *seen) has(x wall) bool { return w.at[x] > 0 }

// readWalls finds the walls of a text.
func readWalls(s string) seen {
	found := readParts(s)
	found.news(s)
	return found
}

// readParts is readWalls for a text of which every clause counts.
func readParts(s string) seen {
	var found seen
	var close parts
	text, ix := squeeze(s), lexicon()
	n := len(text)
	text = append(text, make([]byte, headLen)...) // so that a head can be read up to the end
	found.long = n > longText
	muted := 0 // up to where a wording was taken back
	for i := range n {
		key := binary.LittleEndian.Uint32(text[i:])
		if !ix.may(key) {
			continue
		}
		head := binary.LittleEndian.Uint64(text[i:])
		for k := ix.first[hash(key)>>hashShift]; k > 0; k = ix.phrases[k-1].next {
			p := &ix.phrases[k-1]
			if (head^p.head)&p.mask != 0 || n-i < len(p.text) || string(text[i:i+len(p.text)]) != p.text {
				continue
			}
			switch p.wall {
			case noWall:
				if !slices.Contains(found.codes, p.code) {
					found.codes = append(found.codes, p.code)
				}
			case partNot:
				close, muted = parts{}, i+len(p.text)
			case partAdmin, partApproval, partNeeded, partBlocked, partApp, partYours:
				if i >= muted {
					close.put(p.wall, p.lang, i+1)
					found.join(&close, p, i)
				}
			default:
				found.put(p, i, muted)
			}
		}
	}
	found.answered()
	text = text[:n]
	found.ofWhat = found.loose && !found.long && utf8.RuneCount(text) > heading && !namesApp(s)
	return found
}

// heading is up to how many squeezed characters a text may be the heading of a
// page, which need not say of what it speaks.
const heading = 62

// namesApp reports whether a text speaks of an app, or of what apps reach.
func namesApp(s string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if word == "app" || word == "apps" || slices.ContainsFunc(appWords, func(stem string) bool { return strings.HasPrefix(word, stem) }) ||
			strings.Contains(word, "アプリ") {
			return true
		}
	}
	return false
}

// appWords are beginnings of such words, in the languages of the pages.
var appWords = []string{
	"applic", "aplic", "appli", "aplikac", "toepassing", "anwendung", "programm", "appen", "appar", "outlook", "office", "teams", "microsoft", "entra", "azure",
	"oauth", "login", "signin", "calend", "kalend", "agenda", "consent", "integration", "integra",
}

// join notes the walls that parts of sentences now make, with the part at i.
func (w *seen) join(close *parts, p *phrase, i int) {
	if !w.has(wallAdmin) {
		if l := close.together(p.lang, i+1, partAdmin, partApproval, partNeeded); l != 0 {
			w.at[wallAdmin], w.lang[wallAdmin], w.loose = i+1, l, true
		}
	}
	if !w.asks && (p.wall == partApproval || p.wall == partNeeded) {
		w.asks = close.together(p.lang, i+1, partApproval, partNeeded, partNeeded) != 0
	}
	if !w.has(wallDisabled) {
		if l := close.together(p.lang, i+1, partAdmin, partBlocked, partApp); l != 0 {
			w.at[wallDisabled], w.lang[wallDisabled], w.ours[wallDisabled], w.off = i+1, l, true, true
		}
	}
	if p.wall == partBlocked { // behind whose admin it was
		w.yours = w.yours || close.together(p.lang, i+1, partYours, partBlocked, partBlocked) != 0
	}
}

// answered notes what an admin said to a request that is named in between.
func (w *seen) answered() {
	for _, said := range []struct{ tag, wall wall }{{tagYes, wallApproved}, {tagNo, wallRefused}} {
		if at := w.at[said.tag] - w.at[tagAsked]; w.has(tagAsked) && w.has(said.tag) && at > 0 && at <= near && !w.has(said.wall) {
			w.at[said.wall], w.lang[said.wall] = w.at[tagAsked], w.lang[tagAsked]
		}
	}
}

// put notes a wall's first place; one that was put together gives way to one
// that stands there in a known wording.
func (w *seen) put(p *phrase, i, muted int) {
	loose := p.wall == wallAdmin && w.loose || p.wall == wallDisabled && w.off
	if i < muted && p.wall < wallElsewhere {
		return // it begins inside what takes it back
	}
	if w.has(p.wall) && !loose {
		w.ours[p.wall] = w.ours[p.wall] && p.ours
		return
	}
	w.at[p.wall], w.lang[p.wall], w.ours[p.wall] = i+1, p.lang, p.ours
	w.loose = w.loose && p.wall != wallAdmin
	w.off = w.off && p.wall != wallDisabled
}

// parts are the last places of the parts of sentences, by language.
type parts struct {
	at [partNot - partAdmin][len(langNames)]int
	in [partNot - partAdmin]lang // the languages in which a part was seen: most texts have one part only, again and again
}

// put notes a part.
func (ps *parts) put(part wall, langs lang, at int) {
	ps.in[part-partAdmin] |= langs
	for ; langs != 0; langs &= langs - 1 {
		ps.at[part-partAdmin][bits.TrailingZeros16(uint16(langs))] = at
	}
}

// together gives the language, of those given, in which three parts now stand
// near each other; 0 for none.
func (ps *parts) together(langs lang, at int, x, y, z wall) lang {
	langs &= ps.in[x-partAdmin] & ps.in[y-partAdmin] & ps.in[z-partAdmin]
	for ; langs != 0; langs &= langs - 1 {
		i := bits.TrailingZeros16(uint16(langs))
		a, b, c := ps.at[x-partAdmin][i], ps.at[y-partAdmin][i], ps.at[z-partAdmin][i]
		if a > 0 && b > 0 && c > 0 && at-min(a, b, c) <= near {
			return 1 << i
		}
	}
	return 0
}

// phrase is a squeezed wording.
type phrase struct {
	text string
	wall wall
	lang lang
	code int // of the message it is a piece of; its wall is noWall
	ours bool
	head uint64 // its first bytes, and which of them count: most are told apart by these
	mask uint64
	next int32 // the phrase of the same place, plus one; 0 for the last
}

// index finds the phrases that may begin at a place by their first four bytes.
type index struct {
	phrases []phrase
	first   [1 << (16 - hashShift)]int32 // by hash: the first phrase plus one
	last    [1 << (16 - hashShift)]int32
	filter  [1 << 10]uint64
}

// headLen is how many bytes of a phrase are compared at once.
const headLen = 8

// hashShift is by how much the hash is cut down for a place in the index.
const hashShift = 4

func hash(key uint32) uint32 { return key * 2654435761 >> 16 }

func (ix *index) may(key uint32) bool {
	h := hash(key)
	return ix.filter[h>>6]&(1<<(h&63)) != 0
}

// lexicon is the table of wordings, squeezed once.
var lexicon = sync.OnceValue(func() *index {
	ix := &index{}
	for i, list := range [][]wording{negations, wordings, published, ours} {
		for _, w := range list {
			for _, text := range w.texts {
				ix.add(phrase{text: string(squeeze(text)), wall: w.wall, lang: w.lang, ours: i == 3})
			}
		}
	}
	for _, list := range [][][]byte{wallSentences, formSentences} {
		for _, text := range list {
			ix.add(phrase{text: string(text), wall: tagOwn})
		}
	}
	for _, m := range spoken {
		ix.add(phrase{text: string(squeeze(m.text)), code: m.code})
	}
	return ix
})

// add enters a phrase. One of fewer than four bytes cannot be found; a test
// holds that there is none.
func (ix *index) add(p phrase) {
	if len(p.text) < 4 {
		return
	}
	key := binary.LittleEndian.Uint32([]byte(p.text))
	h := hash(key)
	ix.filter[h>>6] |= 1 << (h & 63)
	var head [headLen]byte
	p.mask = ^uint64(0)
	if used := copy(head[:], p.text); used < headLen {
		p.mask = 1<<(8*used) - 1
	}
	p.head = binary.LittleEndian.Uint64(head[:])
	ix.phrases = append(ix.phrases, p)
	at, n := h>>hashShift, int32(len(ix.phrases))
	if ix.first[at] == 0 {
		ix.first[at] = n
	} else {
		ix.phrases[ix.last[at]-1].next = n
	}
	ix.last[at] = n
}
