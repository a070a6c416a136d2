package flows

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onboard.example/checks"
)

func TestEveryEventTravels(t *testing.T) {
	t.Parallel()
	for _, e := range samples() {
		t.Run(string(e.Kind()), func(t *testing.T) {
			t.Parallel()
			e = Clean(e)
			want := Record{Seq: 7, Writer: "w", N: 3, At: noon, By: ByGuide, Event: e}
			line, err := MarshalRecord(want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := UnmarshalRecord(line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("after a journal (-want +got):\n%s", diff)
			}
		})
	}
}

// A record is put together of two parts, and is what it would be of one.
func TestARecordIsOnePieceOfJSON(t *testing.T) {
	t.Parallel()
	foreign := Foreign{Tag: "<&\u2028", Data: json.RawMessage("{ \"a\": [1,\n 2], \"b\": \"<\u2028>\" }")}
	for _, e := range append(samples(), foreign, Foreign{Tag: "empty"}) {
		r := Record{Seq: 1<<64 - 1, Writer: "<w\n\"\xff", N: 3, At: noon.Add(1), By: ByGuide, Event: e}
		got, err := MarshalRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		var event any = e
		if f, ok := e.(Foreign); ok {
			event = f.Data
		}
		want, err := json.Marshal(struct {
			Seq    uint64    `json:"seq"`
			Writer WriterID  `json:"writer"`
			N      uint64    `json:"n"`
			At     time.Time `json:"at"`
			By     Author    `json:"by"`
			Kind   Kind      `json:"kind"`
			Event  any       `json:"event"`
		}{r.Seq, r.Writer, r.N, r.At, r.By, e.Kind(), event})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s is not %s", e.Kind(), got, want)
		}
	}
	if line, err := MarshalRecord(Record{Event: Foreign{Tag: "broken", Data: json.RawMessage(`{"a":`)}}); err == nil {
		t.Errorf("what is no JSON was written: %s", line)
	}
}

func TestEveryKindIsReadBack(t *testing.T) {
	t.Parallel()
	have := map[Kind]bool{}
	for _, e := range samples() {
		if have[e.Kind()] {
			t.Errorf("two events have the kind %s", e.Kind())
		}
		have[e.Kind()] = true
		if eventTypes[e.Kind()] == nil {
			t.Errorf("%s is written and never read", e.Kind())
		}
	}
	for k := range eventTypes {
		if !have[k] {
			t.Errorf("%s has no sample", k)
		}
	}
}

func TestAnEventOfALaterVersionIsKeptAndChangesNothing(t *testing.T) {
	t.Parallel()
	line := []byte(`{"seq":1,"writer":"w","n":1,"at":"2026-11-20T12:00:00Z","by":"person","kind":"teleported","event":{"to":[1,2]}}`)
	r, err := UnmarshalRecord(line)
	if err != nil {
		t.Fatal(err)
	}
	s := begun(t, "hetk")
	if got := Apply(s, r.Event); !reflect.DeepEqual(got, s) {
		t.Error("an unknown event changed the state")
	}
	again, err := MarshalRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(again, []byte(`"kind":"teleported","event":{"to":[1,2]}`)) {
		t.Errorf("an unknown event was lost on rewriting: %s", again)
	}
}

// Reading the outside of a record in a hurry gives what reading it at leisure
// gives, of whatever is written, or leaves it alone.
func TestARecordReadQuicklyIsTheSame(t *testing.T) {
	t.Parallel()
	slowly := func(line []byte) (r Record, ok bool) {
		r, err := UnmarshalRecord(append([]byte{' '}, line...)) // a space is nothing to JSON
		return r, err == nil
	}
	check := func(line []byte) (hurried bool) {
		t.Helper()
		want, ok := slowly(line)
		got, err := UnmarshalRecord(line)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); ok != (err == nil) || diff != "" {
			t.Errorf("%s: %v (-slowly +quickly):\n%s", line, err, diff)
		}
		return new(wireRecord).quick(line)
	}
	for _, e := range samples() {
		line, err := MarshalRecord(Record{Seq: 10, Writer: "w", N: 1<<64 - 1, At: noon.Add(1), By: ByPerson, Event: Clean(e)})
		if err != nil {
			t.Fatal(err)
		}
		if !check(line) {
			t.Errorf("%s is read slowly", line)
		}
		if len(line) > 400 {
			continue
		}
		for i := range line { // cut, and with something else anywhere
			check(line[:i])
			for _, b := range []byte(`"\}0 e`) {
				check(append(append(bytes.Clone(line[:i]), b), line[min(i+1, len(line)):]...))
			}
		}
	}
	whole := `{"seq":1,"writer":"w","n":1,"at":"2026-11-20T12:00:00Z","by":"person","kind":"noted","event":{"text":"a"}}`
	if !check([]byte(whole)) {
		t.Error("a plain record is read slowly")
	}
	for old, with := range map[string]string{
		`"seq":1`:       `"seq":01`,
		`"n":1`:         `"n":18446744073709551616`,
		`"w"`:           `"w\u0041"`,
		`"person"`:      `"pers\"on"`,
		`12:00:00Z`:     `12:00:00`,
		`20T`:           `20t`,
		`"noted"`:       `"teleported"`,
		`{"text":"a"}`:  `{"text":"a"},"seq":7`,
		`{"text":"a"}}`: `{"text":"a"},"event":{"text":"b"}}`,
		`"text":"a"}`:   `"text":"a"}}`,
		`:{"text":"a"}`: `:{}`,
		`{"text":"a"`:   `{"text":"ü"`,
		`,"by"`:         `,"seq":3,"by"`,
	} {
		check([]byte(strings.Replace(whole, old, with, 1)))
	}
}

func TestRecordsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"nothing":      "",
		"no JSON":      "hello",
		"no kind":      `{"seq":1,"event":{}}`,
		"no event":     `{"seq":1,"kind":"found"}`,
		"wrong type":   `{"seq":1,"kind":"chose","event":{"path":7}}`,
		"bad verdict":  `{"seq":1,"kind":"found","event":{"finding":{"verdict":"green"}}}`,
		"a list":       `[1,2]`,
		"negative seq": `{"seq":-1,"kind":"advanced","event":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r, err := UnmarshalRecord([]byte(line)); err == nil {
				t.Errorf("read as %+v, want an error", r)
			}
		})
	}
}

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	var many Learned
	for range 200 {
		many.Facts.Grants = append(many.Facts.Grants, GrantFact{ID: strings.Repeat("x", 4000)})
	}
	if _, err := MarshalRecord(Record{Event: many}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("writing 800 kB: %v, want ErrTooLarge", err)
	}
	if _, err := UnmarshalRecord(make([]byte, MaxRecord+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("reading too much: %v, want ErrTooLarge", err)
	}
	if _, err := MarshalRecord(Record{}); err == nil {
		t.Error("a record without an event was written")
	}
}

func TestEventsAreCleaned(t *testing.T) {
	t.Parallel()
	local := time.FixedZone("somewhere", 3600)
	e := Clean(Noted{Text: "a\x1b[31mred\u202e" + strings.Repeat("x", 9000), From: "b\nc"})
	n, ok := e.(Noted)
	if !ok {
		t.Fatalf("cleaning made a %T", e)
	}
	if strings.ContainsAny(n.Text+n.From, "\x1b\n\u202e") || len([]rune(n.Text)) > mostString {
		t.Errorf("a note kept %d characters, or what can move a terminal: %.40q", len([]rune(n.Text)), n.Text)
	}
	a, _ := Clean(Applied{At: time.Date(2026, 1, 1, 1, 0, 0, 0, local)}).(Applied)
	if a.At.Location() != time.UTC {
		t.Errorf("a time stayed in %s", a.At.Location())
	}
	l, _ := Clean(Learned{Facts: Facts{Domains: make([]string, 9999)}}).(Learned)
	if len(l.Facts.Domains) != mostList {
		t.Errorf("a list kept %d members", len(l.Facts.Domains))
	}
	for _, e := range samples() {
		if once, twice := Clean(e), Clean(Clean(e)); !reflect.DeepEqual(once, twice) {
			t.Errorf("cleaning %s twice is not cleaning it once", e.Kind())
		}
	}
}

// A secret cannot enter a journal if no event has a place for one.
func TestNoEventHasAPlaceForASecret(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i)token|secret|passw|bearer|refresh|assertion|verifier|credential|cookie|usercode|devicecode|authcode|^code$|^key$`)
	// An AADSTS number, which is printed on every error page.
	allowed := map[string]bool{"SignInFailed.Code": true}
	seen := map[reflect.Type]bool{}
	var walk func(at string, t reflect.Type)
	walk = func(at string, typ reflect.Type) {
		if seen[typ] || typ == timeType {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Struct:
			for f := range typ.Fields() {
				name := typ.Name() + "." + f.Name
				tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if (forbidden.MatchString(f.Name) || forbidden.MatchString(tag)) && !allowed[name] {
					t.Errorf("%s has a field that could hold a secret", name)
				}
				walk(name, f.Type)
			}
		case reflect.Slice, reflect.Pointer:
			walk(at, typ.Elem())
		case reflect.Map:
			walk(at, typ.Key())
			walk(at, typ.Elem())
		case reflect.Interface, reflect.Func, reflect.Chan, reflect.Array:
			t.Errorf("%s is a %s, which could hold anything", at, typ.Kind())
		default:
			if strings.Contains(strings.ToLower(typ.Name()), "secret") {
				t.Errorf("%s is a %s", at, typ)
			}
		}
	}
	for _, e := range samples() {
		walk(string(e.Kind()), reflect.TypeOf(e))
	}
}

func FuzzRecord(f *testing.F) {
	for _, e := range samples() {
		line, err := MarshalRecord(Record{Seq: 1, Writer: "w", N: 1, At: noon, By: ByPerson, Event: Clean(e)})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(line)
	}
	f.Add([]byte(`{"kind":"found","event":null}`))
	f.Add([]byte(`{"kind":"` + strings.Repeat("k", 100) + `","event":{"a":"\u001b[2J"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := UnmarshalRecord(line)
		if err != nil {
			return
		}
		s := Fold(State{}, r)
		_ = Wants(s)
		out, err := MarshalRecord(r)
		if errors.Is(err, ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if bytes.ContainsRune(out, '\n') || !json.Valid(out) {
			t.Fatalf("a record is not one line of JSON: %q", out)
		}
		again, err := UnmarshalRecord(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if _, ok := r.Event.(Foreign); ok {
			return // kept to the byte, but for the spaces of JSON
		}
		if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("a record changed on its way:\n%s", diff)
		}
	})
}

// foundOne is a record such as a run has most of.
func foundOne() Record {
	return Record{Seq: 1, Writer: "w", N: 1, At: noon, By: ByDriver, Event: Found{Finding: checks.Finding{
		Check: checks.AppGrant, Summary: "0 of 5 scopes granted tenant-wide", At: noon,
		Seen: []checks.Evidence{{Source: "graph", Request: "GET https://graph.microsoft.com/v1.0/servicePrincipals", At: noon, Value: "x"}},
	}}}
}

func BenchmarkMarshalRecord(b *testing.B) {
	r := foundOne()
	for b.Loop() {
		if _, err := MarshalRecord(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshalRecord(b *testing.B) {
	line, err := MarshalRecord(foundOne())
	if err != nil {
		b.Fatal(err)
	}
	slow := append([]byte{' '}, line...)
	for name, line := range map[string][]byte{"as-written": line, "otherwise": slow} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := UnmarshalRecord(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
