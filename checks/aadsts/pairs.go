package aadsts

import (
	"strings"
	"sync"
)

// pair is a key and its value as they stand in the text: of an address, a JSON
// object, a form, a line of a log or a label of a page.
type pair struct {
	key   string // small letters and digits only: "trace_id", "Trace ID" and "traceId" are "traceid"
	value string // as it stands, still encoded
	mark  byte   // '=' or ':'
	loose bool   // a label, which may be the end of a sentence
	error bool   // it stands in an address that ends in /error
	param bool   // it stands where parameters of an address or fields of a form do
	id    uint8  // of the key, from 1 on
}

const (
	maxKey   = 32
	maxTries = 48 // values of one key that are looked at in a layer; of long ones maxLong
	maxLong  = 8
)

// room is how many bytes of a key's value are read, and how many such values of
// a layer are looked at. Both keep texts that are nothing but keys cheap.
func room(key string) (size, tries int) {
	switch key {
	case "errordescription":
		return 1, 1 // that there is one is all that counts
	case "scope":
		return 4 << 10, maxLong
	case "claims":
		return 2 << 10, maxLong
	case "redirecturi", "resource":
		return 1 << 10, maxLong
	default:
		return 256, maxTries
	}
}

// pairs hands the pairs of a text to use, in order. A key is handed over at
// most maxTries times, so that long values cannot make reading slow.
func pairs(s string, use func(pair)) {
	var tries [1 << 8]uint8
	ix := keyTable()
	for i := range len(s) {
		if s[i] != '=' && s[i] != ':' {
			continue
		}
		p, ok := ix.keyAt(s, i)
		if !ok || tries[p.id] >= ix.tries[p.id] {
			continue
		}
		tries[p.id]++
		p.value = valueAt(s, i+1, p)
		if p.key == "name" {
			p, ok = input(s[i+1:min(len(s), i+1+maxInput)], p)
		}
		if ok {
			use(p)
		}
	}
}

// keyAt reads the key before the mark at i; ok is false where it is none that
// anything is done with.
func (ix *keyIndex) keyAt(s string, i int) (p pair, ok bool) {
	p.mark = s[i]
	end := i
	for end > 0 && i-end < 3 && s[end-1] == ' ' {
		end--
	}
	quoted := false
	for end > 0 && i-end < 6 && (s[end-1] == '"' || s[end-1] == '\'' || s[end-1] == '\\') {
		end, quoted = end-1, true
	}
	var buf [maxKey]byte // the key, from its end
	n, start, hash := 0, end, uint32(0)
	for range 3 {
		for start > 0 && n < maxKey {
			c := keyBytes[s[start-1]]
			if c == 0 {
				break
			}
			start--
			if c != between {
				n++
				buf[maxKey-n] = c
				hash = keyHash(hash, c)
			}
		}
		if n == 0 || n == maxKey {
			break
		}
		if k := ix.find(hash, buf[maxKey-n:]); k != nil {
			p.key, p.id, p.error = k.key, k.id, strings.HasSuffix(s[max(0, start-7):start], "/error?")
			p.param = p.mark == '=' && (start == 0 || strings.IndexByte("?&#;", s[start-1]) >= 0)
		}
		// A label may have several words, of which the longest key counts;
		// anything else is one word.
		if p.mark != ':' || quoted || start == 0 || s[start-1] != ' ' {
			break
		}
		start--
	}
	p.loose = p.mark == ':' && !quoted
	return p, p.key != ""
}

// keyIndex finds keys by a hash of their letters from the last to the first,
// which is the order in which keyAt reads them. A map is too slow for texts that
// are nothing but keys.
type keyIndex struct {
	slots [1 << keyBits]keySlot
	tries [1 << 8]uint8 // by id: how many values of the key are looked at
}

type keySlot struct {
	spelling, key string
	id            uint8
}

// keyBits is for a table that is mostly empty, so that a miss costs one look.
const keyBits = 11

func keyHash(hash uint32, c byte) uint32 { return hash*33 + uint32(c) }

func keyPlace(hash uint32) uint32 { return hash * 2654435761 >> (32 - keyBits) }

// keyTable is the index of keys, made once.
var keyTable = sync.OnceValue(func() *keyIndex {
	ix, ids := &keyIndex{}, map[string]uint8{}
	for spelling, key := range keys {
		id, ok := ids[key]
		if !ok {
			id = uint8(len(ids) + 1)
			ids[key] = id
			_, most := room(key)
			ix.tries[id] = uint8(most)
		}
		hash := uint32(0)
		for i := len(spelling) - 1; i >= 0; i-- {
			hash = keyHash(hash, spelling[i])
		}
		at := keyPlace(hash)
		for ix.slots[at].spelling != "" {
			at = (at + 1) % uint32(len(ix.slots))
		}
		ix.slots[at] = keySlot{spelling, key, id}
	}
	return ix
})

// find is the slot of a spelling; nil for none.
func (ix *keyIndex) find(hash uint32, spelling []byte) *keySlot {
	for at := keyPlace(hash); ; at = (at + 1) % uint32(len(ix.slots)) {
		switch k := &ix.slots[at]; k.spelling {
		case "":
			return nil
		case string(spelling):
			return k
		}
	}
}

func isKey(b byte) bool { return keyBytes[b] != 0 }

// keyBytes are the bytes of keys as they are compared: letters are small ones,
// and what may stand between them is between; 0 is for what ends a key.
var keyBytes = [256]byte{
	'-': between, '.': between, '_': between,
	'0': '0', '1': '1', '2': '2', '3': '3', '4': '4', '5': '5', '6': '6', '7': '7', '8': '8', '9': '9',
	'A': 'a', 'B': 'b', 'C': 'c', 'D': 'd', 'E': 'e', 'F': 'f', 'G': 'g', 'H': 'h', 'I': 'i', 'J': 'j', 'K': 'k', 'L': 'l', 'M': 'm',
	'N': 'n', 'O': 'o', 'P': 'p', 'Q': 'q', 'R': 'r', 'S': 's', 'T': 't', 'U': 'u', 'V': 'v', 'W': 'w', 'X': 'x', 'Y': 'y', 'Z': 'z',
	'a': 'a', 'b': 'b', 'c': 'c', 'd': 'd', 'e': 'e', 'f': 'f', 'g': 'g', 'h': 'h', 'i': 'i', 'j': 'j', 'k': 'k', 'l': 'l', 'm': 'm',
	'n': 'n', 'o': 'o', 'p': 'p', 'q': 'q', 'r': 'r', 's': 's', 't': 't', 'u': 'u', 'v': 'v', 'w': 'w', 'x': 'x', 'y': 'y', 'z': 'z',
}

const between = 1

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// keys are the keys that something is done with, by all their spellings, and
// the one name that they go by here. Labels in languages but English are [K].
var keys = map[string]string{
	"error": "error", "oautherror": "error",
	"errordescription": "errordescription",
	"errorcodes":       "errorcodes",
	"suberror":         "suberror", "subcode": "suberror", "suberrorcode": "suberror",
	"errorsubcode": "errorsubcode",
	"claims":       "claims", "xmsclaims": "claims",
	"scope": "scope", "scopes": "scope", "scp": "scope",
	"prompt":       "prompt",
	"adminconsent": "adminconsent",
	"traceid":      "traceid", "ablaufverfolgungsid": "traceid", "tracingid": "traceid", "idderastreamento": "traceid", "iddeseguimiento": "traceid", "sporningsid": "traceid",
	"correlationid": "correlationid", "clientrequestid": "correlationid", "correlation": "correlationid", "korrelationsid": "correlationid", "idcorrelation": "correlationid", "activityid": "correlationid", "correlatieid": "correlationid",
	"requestid": "requestid", "xmsrequestid": "requestid", "msrequestid": "requestid", "requestidentifier": "requestid", "anforderungsid": "requestid", "anvraagid": "requestid", "aanvraagid": "requestid", "iddelademande": "requestid",
	"timestamp": "timestamp", "date": "timestamp", "datetime": "timestamp", "createddatetime": "timestamp", "zeitstempel": "timestamp", "tijdstempel": "timestamp", "horodatage": "timestamp", "time": "timestamp", "tidstampel": "timestamp",
	"clientid": "clientid", "appid": "clientid", "applicationid": "clientid", "clientappid": "clientid", "appidentifier": "clientid", "anwendungsid": "clientid", "appclientid": "clientid",
	"resource": "resource", "resourceid": "resource", "resourceappid": "resource", "resourcevaluefromrequest": "resource",
	"code":   "code",
	"tenant": "tenant", "tenantid": "tenant", "directoryid": "tenant", "tid": "tenant", "resourcetenantid": "tenant",
	"name":      "name",
	"ipaddress": "ipaddress", "ip": "ipaddress", "ipaddr": "ipaddress", "ipadresse": "ipaddress", "clientip": "ipaddress",
	"appname": "appname", "applicationname": "appname", "appdisplayname": "appname", "clientappname": "appname", "anwendungsname": "appname",
	"redirecturi": "redirecturi", "replyurl": "redirecturi", "replyuri": "redirecturi", "returnurl": "redirecturi",
	"responsetype": "responsetype",
	"deviceid":     "deviceid", "deviceidentifier": "deviceid", "gerateid": "deviceid",
	"userid": "userid", "oid": "userid", "objectid": "userid", "userobjectid": "userid", "puid": "userid",
	"errorcode": "errorcode", "serrorcode": "errorcode", "errcode": "errorcode", "ierrorcode": "errorcode", "signinerrorcode": "errorcode", "errornumber": "errorcode", "resulttype": "errorcode", "statuserrorcode": "errorcode", "fehlercode": "errorcode", "codederreur": "errorcode", "codigodeerror": "errorcode", "foutcode": "errorcode", "codicederrore": "errorcode", "codicedierrore": "errorcode", "codigodeerro": "errorcode", "kodbledu": "errorcode", "felkod": "errorcode",
	"accesstoken": "secret", "idtoken": "secret", "refreshtoken": "secret", "clientsecret": "secret", "clientassertion": "secret", "password": "password", "passwd": "password", "pwd": "password", "samlresponse": "secret", "estsauth": "secret", "estsauthpersistent": "secret", "sessionstate": "secret", "codeverifier": "secret", "assertion": "secret", "devicecode": "secret",
}

// valueAt reads the value that begins at i: up to its closing quote, or up to
// what ends a value of its kind.
func valueAt(s string, i int, p pair) string {
	for n := 0; n < 4 && i < len(s) && (s[i] == ' ' || p.loose && s[i] == '\n'); n++ {
		i++
	}
	size, _ := room(p.key)
	limit := min(len(s), i+size)
	if i >= limit {
		return ""
	}
	rest := s[i:limit]
	if p.key == "claims" && rest[0] == '{' {
		return rest // braces in braces: whoever reads it knows where it ends
	}
	if p.mark == ':' && (rest[0] == '[' || rest[0] == '{') {
		if end := strings.IndexAny(rest, "]}"); end > 0 {
			return rest[:end]
		}
		return rest
	}
	// Inside a string of JSON every quote has backslashes before it, and ends
	// where as many stand again.
	escapes := 0 // backslashes before the quote: JSON inside JSON
	for escapes < len(rest) && rest[escapes] == '\\' {
		escapes++
	}
	if escapes < len(rest) && (rest[escapes] == '"' || rest[escapes] == '\'') {
		return quotedValue(rest[escapes+1:], rest[escapes], escapes)
	}
	if p.loose {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		return rest[:end]
	}
	end := strings.IndexAny(rest, "&# \n\"'<>;),]}")
	if end < 0 {
		end = len(rest)
	}
	return rest[:end]
}

// quotedValue reads up to the quote that ends it: one with as many backslashes
// before it as the one that began it.
func quotedValue(s string, quote byte, escapes int) string {
	run := 0
	for i := range len(s) {
		switch {
		case s[i] == '\\':
			run++
			continue
		case s[i] == quote && run <= escapes:
			return s[:i-run]
		}
		run = 0
	}
	return s
}

// maxInput is how far a field's value may stand from its name.
const maxInput = 4 << 10

// input reads name="…" of a form's hidden field: its name is the key, and the
// value follows in the same tag. ok is false where it is none.
func input(tag string, p pair) (pair, bool) {
	if p.mark != '=' || len(p.value) > maxKey {
		return p, false
	}
	key := make([]byte, 0, maxKey)
	for i := range len(p.value) {
		if c := keyBytes[p.value[i]]; c > between {
			key = append(key, c)
		}
	}
	p.key = keys[string(key)]
	if p.key == "" || p.key == "name" {
		return p, false
	}
	if end := strings.IndexByte(tag, '>'); end >= 0 {
		tag = tag[:end]
	}
	_, value, ok := strings.Cut(tag, "value=")
	if !ok || value == "" {
		return p, false
	}
	if q := value[0]; q == '"' || q == '\'' {
		value, _, _ = strings.Cut(value[1:], string(q))
	} else if end := strings.IndexAny(value, " />"); end >= 0 {
		value = value[:end]
	}
	p.value, p.param = value, true
	return p, true
}
