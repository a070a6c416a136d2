package aadsts

import (
	"fmt"
	"hash/fnv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// budget is how long a text of MaxBytes may take on one core.
const budget = 50 * time.Millisecond

// hard are texts made to be slow: each is the unit that is repeated.
var hard = []struct{ name, unit string }{
	{"page", pages[0].text + "\nAADSTS90094: The grant requires admin permission. Trace ID: 6f0a1c9e-1111-4222-8333-944455566600\n"},
	{"log", bodies[4].text + "\n"},
	{"a", "a"},
	{"aad", "aad"},
	{"prefix", "AADSTS"},
	{"wrapped", "A A D S T S 9 0 "},
	{"prefix-gap", "AADST        "},
	{"digits", "90094 "},
	{"label-digits", "error code 90094 "},
	{"lookalike", "AADSTSOOOOl"},
	{"unknown", "AADSTS9999999 "},
	{"colon", ":"},
	{"equals", "a="},
	{"claims", "claims="},
	{"claims-quoted", `"claims":"`},
	{"label", "Trace ID: "},
	{"percent", "%25252541"},
	{"percent-only", "%"},
	{"backslash", `\`},
	{"backslash-quote", `\"`},
	{"entity", "&auml;"},
	{"entity-none", "&xyzzyxyzzy;"},
	{"amp", "&"},
	{"tag", "<b>"},
	{"tag-open", "<a "},
	{"lt", "<"},
	{"input", `<input name="error" `},
	{"url", "https://login.microsoftonline.com/"},
	{"slashes", "://"},
	{"at", "@"},
	{"mail", "a@b.example "},
	{"mail-local", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@"},
	{"guid", "6f0a1c9e-1111-4222-8333-944455566600 "},
	{"hyphens", "-"},
	{"phrase-start", "need admin approva "},
	{"parts", "admin approv "},
	{"japanese", "管理者の承認"},
	{"accents", "éüöäß"},
	{"kana-marks", "か\u3099"},
	{"arabic-digits", "٩٠٠٩٤"},
	{"zero-width", "a\u200b"},
	{"escape", "\x1b"},
	{"osc", "\x1b]"},
	{"osc-long", "\x1b]0;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	{"csi", "\u009b1;"},
	{"osc-eight", "\u009d"},
	{"osc-eight-text", "\u009da"},
	{"osc-eight-percent", "%C2%9D"},
	{"dcs-eight", "\u0090"},
	{"sos-eight", "\u0098"},
	{"pm-eight", "\u009e"},
	{"apc-eight", "\u009f"},
	{"invalid", "\xff"},
	{"nul", "\x00"},
	{"marks", "a\u0301\u0301\u0301"},
	{"keys", "claims=scope=redirecturi=tenant=resource=appname=timestamp=error=suberror=code=errorcode=prompt=clientid=traceid=ipaddress=responsetype=%2525"},
	{"keys-open", `claims='scope='redirecturi='tenant='resource='appname='timestamp='error=%2525`},
	{"keys-json", `"claims":["scope":["error_codes":["code":["timestamp":["claims":["tenant":[\u0041`},
	{"keys-controls", "claims=scope=redire\u009ecturi=tenant=re\u009fsource=appname=timestamp=error=suberror=code=errorcode=prompt=clientid=traceid=ipaddress0=responsetype=%2525٩😀"},
	{"keys-mail", strings.Repeat("a", 70) + `@claims=管scope=redirecturi=tenant=resource=appname=timestamp=error=suberror=code=errorcode=prompt=clientid=traceid=ipaddress=responsetype=\"%2525` + "\u009f"},
	{"keys-walls", `need admin approva "claims":["scope":["error_codes":["code":["timestamp":["claims":["tenant":[\u0041_` + "\xff" + `claims='scope='redirecturi='tenant='resource='appname='timest` + "\xff\xc3\xe7\x80" + `amp='error=%2525`},
	{"c1-all", "\u0080\u0085\u0090\u0098\u009b\u009d\u009e\u009f"},
	{"c1-and-seven-bit", "\u009d\x1b]\u0090\x1bP\u009b\x1b["},
	{"c1-far-end", "\u009d" + strings.Repeat("a", 250) + "\u009c"},
	{"mail-many", "a1@b.example c2@d.example x@y "},
	{"invalid-mix", "\xff\xc3\xe7\x80"},
	{"hostile-mix", "%41&#65;\\u0041<b>a=:\x1b[1m"},
	{"tenant-word", "tenant named "},
	{"tenant-said", "tenant contoso "},
	{"admin", "admin"},
	{"emoji", "😀"},
	{"half-cjk", "\xe7\xae"},
	{"half-kana", "\xe3\x83\xe3"},
	{"prefix-digit", "AADSTS1"},
	{"heading", "Need admin approval Hetk "},
	{"heading-ja", "管理者の承認が必要です "},
	{"app-label", "App name: Hetk App id: "},
	{"your-admin", "your admin blocked "},
	{"news", "The admin has approved it, you need it. "},
	{"halves", `\ud83d\ude00`},
	{"password", "contraseña: hunter2 "},
}

func repeated(unit string, size int) string {
	return strings.Repeat(unit, size/len(unit)+1)[:size]
}

// BenchmarkParse shows that time grows with the text and no faster. Rates are
// bytes of text per second.
func BenchmarkParse(b *testing.B) {
	for _, h := range hard {
		for _, size := range []int{1 << 10, 16 << 10, 128 << 10, MaxBytes} {
			text := repeated(h.unit, size)
			b.Run(fmt.Sprintf("%s/%dKiB", h.name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					Parse(text)
				}
			})
		}
	}
}

// spent is how much of the processor f took.
func spent(f func()) time.Duration {
	began := processor()
	f()
	return processor() - began
}

// yardstick is a piece of work that takes known time where budgets.md is measured,
// and that no change of ours makes slower: a chain of multiplications.
func yardstick() {
	h := fnv.New64a()
	for range 64 {
		_, _ = h.Write(block[:])
	}
	sum.Add(h.Sum64())
}

const yardstickTime = 18 * time.Millisecond

var (
	block [256 << 10]byte
	sum   atomic.Uint64 // keeps yardstick from being left out
)

// TestBudget holds time and growth on texts made to be slow, by the time of the
// processor. It does not run beside other tests. What a busy machine adds to a
// run is no part of what the text costs, so the best of some runs counts; it is
// held against the budget, longer by what the machine is slower just then.
// Neighbours share memory and caches too, which the yardstick does not feel: so
// there are many runs, of which a text that is fast needs one.
func TestBudget(t *testing.T) { //nolint:paralleltest // it measures time
	size, limit := MaxBytes, budget
	if watched {
		size, limit = MaxBytes/8, 5*budget // a build that watches for races is slow: less of it, and only its growth counts
	}
	for _, h := range hard {
		part, whole := repeated(h.unit, size/8), repeated(h.unit, size)
		once, parts, slow, most := time.Hour, time.Hour, time.Hour, limit
		for range 80 {
			slow = min(slow, spent(yardstick))
			most = max(limit, time.Duration(float64(limit)*slow.Seconds()/yardstickTime.Seconds()))
			once = min(once, spent(func() { Parse(whole) }))
			parts = min(parts, spent(func() {
				for range 8 {
					Parse(part)
				}
			}))
			// In linear time both take the same.
			if once <= most && once <= 2*max(parts, budget/4) {
				break
			}
		}
		if once > most || once > 2*max(parts, budget/4) {
			t.Errorf("%s: %d bytes took %v, the same in eight parts %v; at most %v", h.name, size, once, parts, most)
		}
	}
}
