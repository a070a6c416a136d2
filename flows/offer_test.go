package flows

import (
	"encoding"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onboard.example/checks"
)

// stays are the kinds of events, and the fields of others, that were decided never to
// leave the machine of their person.
var stays = map[Kind]string{
	KindPointed:      "at visit from",
	KindSuggested:    "path visit from",
	KindAskedToWatch: "visit guide org until lasts print server from fromOrg over hand",
	KindAskedRecord:  "visit ask until keeps",
	KindStarted:      "nonce",                                    // by which a link is told from others
	KindListening:    "port at state",                            // likewise
	KindNoted:        "visit from", KindAskedAgain: "visit from", // of guides alone
	KindWatched:  "guide", // of journals of before guides asked
	KindTroubled: "text",  // of errors of that machine, as these:
	KindStopped:  "text", KindSignInFailed: "message", KindApplied: "message", KindRecalled: "lines.message",
}

// fieldPaths are the names under which a type's fields stand in a journal, with dots.
func fieldPaths(t reflect.Type, at string, put func(string)) {
	isText := t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || t.Implements(reflect.TypeFor[json.Marshaler]()) || t == timeType
	switch {
	case isText:
		put(at)
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice:
		fieldPaths(t.Elem(), at, put)
	case t.Kind() == reflect.Map:
		fieldPaths(t.Elem(), at+"."+everyName, put)
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "-" || !f.IsExported():
			case f.Anonymous && name == "":
				fieldPaths(f.Type, at, put)
			default:
				if name == "" {
					name = f.Name
				}
				fieldPaths(f.Type, strings.TrimPrefix(at+"."+name, "."), put)
			}
		}
	default:
		put(at)
	}
}

// paths are those of a list.
func (f fields) paths(at string, put func(string)) {
	for name, under := range f {
		path := strings.TrimPrefix(at+"."+name, ".")
		if under == nil {
			put(path)
			continue
		}
		under.paths(path, put)
	}
}

// TestEveryFieldIsDecided holds that of every field of every event somebody decided
// whether it leaves the machine of its person, and that nothing is listed which is not
// there. A new event or field fails here until it stands in offeredOf, or among stays.
func TestEveryFieldIsDecided(t *testing.T) {
	t.Parallel()
	for kind := range eventTypes {
		all := map[string]bool{}
		e, err := eventTypes[kind]([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		fieldPaths(reflect.TypeOf(e), "", func(p string) { all[p] = false })
		list, goes := offeredOf(kind)
		decide := func(p, how string) {
			if done, there := all[p]; !there || done {
				t.Errorf("%s: %q %s, which is no field of it, or was decided twice", kind, p, how)
			}
			all[p] = true
		}
		if fieldsOf(list).paths("", func(p string) { decide(p, "leaves") }); !goes && stays[kind] == "" {
			t.Errorf("%s: nobody decided whether it leaves", kind)
		}
		for p := range strings.FieldsSeq(stays[kind]) {
			decide(p, "stays")
		}
		for p, decided := range all {
			if !decided {
				t.Errorf("%s: nobody decided whether %q leaves", kind, p)
			}
		}
	}
	if _, goes := offeredOf("foreign"); goes {
		t.Error("an event leaves that nobody knows")
	}
}

// TestEveryAnswerIsDecided holds that of every question somebody decided whether its
// answer leaves.
func TestEveryAnswerIsDecided(t *testing.T) {
	t.Parallel()
	private := []QuestionID{AskConfirm}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n += questions(t, file, func(id QuestionID) {
			if answerLeaves(id) == slices.Contains(private, id) {
				t.Errorf("nobody decided whether the answer to %q leaves", id)
			}
		})
	}
	if n < 16 {
		t.Fatalf("%d questions were found", n)
	}

	for _, q := range []QuestionID{AskConfirm, "a new one", ""} {
		if _, ok := Offered(State{}, Record{By: ByPerson, Event: Answered{Question: q, Value: "CANARY"}}); ok {
			t.Errorf("the answer to %q leaves", q)
		}
		if _, err := ReadOffered(State{}, ByPerson, KindAnswered, fmt.Appendf(nil, `{"question":%q,"value":"x"}`, q)); err == nil {
			t.Errorf("the answer to %q is taken", q)
		}
	}
}

// questions are the constants of a file that name one.
func questions(t *testing.T, file *ast.File, each func(QuestionID)) (n int) {
	t.Helper()
	ast.Inspect(file, func(x ast.Node) bool {
		v, ok := x.(*ast.ValueSpec)
		if !ok || len(v.Values) == 0 {
			return true
		}
		typ, ok := v.Type.(*ast.Ident)
		if !ok || typ.Name != "QuestionID" {
			return true
		}
		lit, ok := v.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s is no text", v.Names[0])
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		each(QuestionID(text))
		n++
		return true
	})
	return n
}

// canaries fills every text of a value with one that tells where it stood.
func canaries(v reflect.Value, at string) {
	switch v.Kind() { //nolint:exhaustive // as fillValue, which panics at others
	case reflect.String:
		v.SetString("CANARY:" + at)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(noon))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				canaries(v.Field(i), at+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		canaries(v.Index(0), at)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		canaries(v.Elem(), at)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		e := reflect.New(v.Type().Elem()).Elem()
		canaries(e, at)
		v.SetMapIndex(reflect.ValueOf("tag").Convert(v.Type().Key()), e)
	}
}

// TestWhatStaysNeverLeaves holds of every event, with every text in it set, that what
// was decided to stay is in nothing that leaves, nor taken where somebody sends it; and
// that guides and servers cause nothing that leaves.
func TestWhatStaysNeverLeaves(t *testing.T) {
	t.Parallel()
	secret := map[Kind][]string{
		KindStarted: {".Nonce"}, KindListening: {".At", ".State"}, KindTroubled: {".Text"}, KindNoted: {".From", ".Visit"}, KindWatched: {".Guide"},
		KindConfirmed: {".Typed"}, // under no plan
		KindStopped:   {".Text"}, KindSignInFailed: {".Message"}, KindApplied: {".Message"}, KindRecalled: {".Message"},
	}
	for kind := range eventTypes {
		e, err := eventTypes[kind]([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.New(reflect.TypeOf(e)).Elem()
		canaries(v, string(kind))
		e = asEvent(v)
		if a, is := e.(Answered); is {
			a.Question = AskDomain
			e = a
		}
		for _, by := range []Author{ByGuide, ByServer, "", "somebody"} {
			if _, ok := Offered(State{}, Record{By: by, Event: e}); ok {
				t.Errorf("%s of %q leaves", kind, by)
			}
			if data, err := json.Marshal(e); err != nil {
				t.Fatal(err)
			} else if _, err := ReadOffered(State{}, by, kind, data); err == nil {
				t.Errorf("%s of %q is taken", kind, by)
			}
		}
		out, ok := Offered(State{}, Record{By: ByPerson, Event: e})
		if _, goes := offeredOf(kind); ok != goes {
			t.Errorf("%s: leaves is %v", kind, ok)
		}
		for _, canary := range secret[kind] {
			if strings.Contains(string(out), string(kind)+canary) {
				t.Errorf("%s leaves:\n%s", canary, out)
			}
		}
		whole, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []Author{ByPerson, ByDriver} {
			if got, err := ReadOffered(State{}, by, kind, whole); err == nil {
				data, err := json.Marshal(got)
				if err != nil {
					t.Fatal(err)
				}
				for _, canary := range secret[kind] {
					if strings.Contains(string(data), string(kind)+canary) {
						t.Errorf("%s is taken:\n%s", canary, data)
					}
				}
			}
		}
	}
}

// TestErrorsStayAtHome holds that what could not be looked at leaves without the words
// of the error, which may tell of a path or a proxy; the summary says what it was.
func TestErrorsStayAtHome(t *testing.T) {
	t.Parallel()
	f := Found{Finding: checks.Finding{Check: "app/grant", Summary: "Microsoft could not be reached.", Detail: []string{"proxyconnect tcp: dial tcp 10.1.2.3:8080"}}}
	out, ok := Offered(State{}, Record{By: ByDriver, Event: f})
	if !ok || strings.Contains(string(out), "10.1.2.3") || !strings.Contains(string(out), "could not be reached") {
		t.Errorf("%v %s", ok, out)
	}
	whole, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ReadOffered(State{}, ByDriver, KindFound, whole)
	if read, ok := e.(Found); err != nil || !ok || len(read.Finding.Detail) > 0 {
		t.Errorf("%+v, %v", e, err)
	}
	f.Finding.Verdict = checks.Pass
	if out, ok := Offered(State{}, Record{By: ByDriver, Event: f}); !ok || !strings.Contains(string(out), "10.1.2.3") {
		t.Errorf("what was found leaves without its detail: %s", out)
	}
}

// TestOfferedReadsBack holds that what leaves of every event is what is read of it.
func TestOfferedReadsBack(t *testing.T) {
	t.Parallel()
	for _, e := range samples() {
		r := Record{By: ByPerson, Event: Clean(e)}
		data, ok := Offered(State{}, r)
		if !ok {
			continue
		}
		got, err := ReadOffered(State{}, ByPerson, e.Kind(), data)
		if _, lets := e.(Watched); err != nil && !lets && MayAppend(ByPerson, e) && e.Kind() != KindAnswered {
			t.Errorf("%s: %v", e.Kind(), err)
			continue
		}
		if err != nil {
			continue
		}
		again, ok := Offered(State{}, Record{By: ByPerson, Event: got})
		if !ok || string(again) != string(data) {
			t.Errorf("%s: left as\n%s\nand read as\n%s", e.Kind(), data, again)
		}
	}
}

// TestForgedEventsAreRefused holds what is not taken from whoever shares a run.
func TestForgedEventsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by   Author
		kind Kind
		data string
	}{
		"a guide's marker":          {ByPerson, KindPointed, `{"at":"app/grant","visit":"v"}`},
		"a guide's advice":          {ByDriver, KindSuggested, `{"path":"revoke","visit":"v"}`},
		"a question to be watched":  {ByServer, KindAskedToWatch, `{"visit":"v","guide":"Eve","org":"E"}`},
		"one of the person's":       {ByPerson, KindAskedToWatch, `{"visit":"v","guide":"Eve","org":"E"}`},
		"a yes of the driver's":     {ByDriver, KindWatched, `{"visit":"v","here":true}`},
		"an end of the server's":    {ByServer, KindWatched, `{"visit":"v","why":"left"}`},
		"an unknown kind":           {ByPerson, "stranger", `{}`},
		"no object":                 {ByPerson, KindNoted, `["text"]`},
		"two objects":               {ByPerson, KindNoted, `{"text":"a"} {"text":"b"}`},
		"broken":                    {ByPerson, KindNoted, `{"text":`},
		"another type":              {ByPerson, KindAdvanced, `{"to":"proof"}`},
		"an object for a text":      {ByPerson, KindNoted, `{"text":{"text":"x"}}`},
		"more than a record holds":  {ByPerson, KindNoted, `{"text":"` + strings.Repeat("x", MaxRecord) + `"}`},
		"an author that is nobody":  {"", KindNoted, `{"text":"x"}`},
		"a note of a guide's":       {ByGuide, KindNoted, `{"text":"x","visit":"v"}`},
		"a wish of a guide's":       {ByGuide, KindAskedAgain, `{"visit":"v"}`},
		"a note of nobody's server": {ByServer, KindNoted, `{"text":"x"}`},
	} {
		e, err := ReadOffered(State{}, c.by, c.kind, []byte(c.data))
		if name == "an object for a text" { // what has another shape is left out
			if err != nil || e != (Noted{}) {
				t.Errorf("%s: %+v, %v", name, e, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: it is taken as %+v", name, e)
		}
	}
	e, err := ReadOffered(State{}, ByPerson, KindNoted, []byte(`{"text":"a\u001b[2J\u202eb","visit":"v","from":"Eve"}`))
	if n, is := e.(Noted); err != nil || !is || n.Visit != "" || n.From != "" || strings.ContainsAny(n.Text, "\x1b\u202e") {
		t.Errorf("%+v, %v", e, err)
	}
}
