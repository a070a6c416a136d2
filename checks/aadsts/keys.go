package aadsts

import "sync"

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
	"accesstoken": "secret", "idtoken": "secret", "refreshtoken": "secret", "clientsecret": "secret", "clientassertion": "secret", "password": "password", "passwd": "password", "pwd": "password", "kennwort": "password", "passwort": "password", "motdepasse": "password", "wachtwoord": "password", "senha": "password", "palavrapasse": "password",
	"authorization": "authorization", "proxyauthorization": "authorization", "samlresponse": "secret", "estsauth": "secret", "estsauthpersistent": "secret", "sessionstate": "sessionstate", "codeverifier": "secret", "assertion": "secret", "devicecode": "secret",
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
