package aadsts

import (
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, group := range [][]textCase{messages, pages, foreignPages, redirects, bodies, markup, scans, several, nothing, elsewhere, unseen, blocks, adversarial, second, denied} {
		for _, c := range group {
			f.Add(c.text)
		}
	}
	for _, c := range slices.Concat(names, beside) {
		f.Add(c.text)
	}
	for _, c := range newsTexts {
		f.Add(c.text)
	}
	for _, h := range hard {
		f.Add(repeated(h.unit, 256))
	}
}

// FuzzParse holds, on any text, that an answer is one of those there are, that
// all of it is fit to be shown, that it is bounded, and that it is the same
// again.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		a := Parse(text)
		if !slices.Contains(Classes(), a.Class) || !slices.Contains(Parties(), a.Who) {
			t.Fatalf("%s, %s", a.Class, a.Who)
		}
		if len(a.Also) > maxAlso || slices.Contains(a.Also, a.Class) || len(a.Codes) > maxCodes || len(a.Scopes) > maxScopes || len(a.Personal.Addresses) > maxAddresses {
			t.Fatalf("too much of something: %+v", a)
		}
		if a.What == "" || a.Do == "" || a.Why == "" || a.Sure == "" {
			t.Fatalf("something is not said: %+v", a)
		}
		if (a.Lookup != "") != (a.Code != 0) {
			t.Fatalf("code %d, page %q", a.Code, a.Lookup)
		}
		if e, ok := Lookup(a.Code); a.Code != 0 && !ok && a.Class != Unknown || ok && a.Class == Unknown && e.Class != Unknown {
			t.Fatalf("AADSTS%d was answered with %s", a.Code, a.Class)
		}
		shown(reflect.ValueOf(a), "", func(at, s string) {
			if why := fit(s); why != "" {
				t.Fatalf("%s holds %q: %s", at, s, why)
			}
			if again := line(s, 600); again != s {
				t.Fatalf("%s holds %q, which cleans to %q", at, s, again)
			}
		})
		shown(reflect.ValueOf(a.WithoutPersonal()), "", func(at, s string) {
			if slices.Contains([]byte(s), '@') {
				t.Fatalf("%s holds an address: %q", at, s)
			}
		})
		if why := unnamed(a.App.Name); why != "" {
			t.Fatalf("an app is called %q: %s", a.App.Name, why)
		}
		if n := labelName(visible(text)); unlabelled(n) != "" {
			t.Fatalf("behind a label an app is called %q: %s", n, unlabelled(n))
		}
		if b := Parse(text); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v, then %+v", a, b)
		}
		own(t, a)
	})
}

// own holds that what an answer names is found again in its own words.
func own(t *testing.T, a Answer) {
	t.Helper()
	for _, c := range a.Codes {
		if b := Parse(spelt(c.Number)); len(b.Codes) != 1 || b.Codes[0].Number != c.Number || c.Known && b.Class != c.Class {
			t.Fatalf("AADSTS%d alone is %s, %v", c.Number, b.Class, b.Codes)
		}
	}
	for _, id := range []string{a.App.ID, a.Tenant.ID, a.Personal.Trace, a.Personal.Correlation, a.Personal.RequestID} {
		if id != "" && guid(id) != id {
			t.Fatalf("%q is no id", id)
		}
	}
	for _, s := range a.Scopes {
		if got := scopes(s); len(got) != 1 || got[0] != s {
			t.Fatalf("scope %q reads %q", s, got)
		}
	}
	if p := a.Personal.Addresses; len(p) > 0 {
		if got := addresses(p[0]); len(got) != 1 || got[0] != p[0] {
			t.Fatalf("address %q reads %q", p[0], got)
		}
	}
}

// FuzzVisible holds that cleaning is complete, bounded and the same when done
// twice.
func FuzzVisible(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		got := visible(text)
		if !utf8.ValidString(got) || len(got) > 2*len(text) {
			t.Fatalf("%q", got)
		}
		for _, r := range got {
			if r != '\n' && (r < ' ' || r == 0x7f || hidden(r) && r >= 0x80) {
				t.Fatalf("%q lets %U through", text, r)
			}
		}
		if again := visible(got); again != got {
			t.Fatalf("%q, then %q", got, again)
		}
	})
}

// FuzzLayers holds that taking coats off ends, and only ever shortens.
func FuzzLayers(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		all := layers(text)
		if len(all) > maxLayers {
			t.Fatalf("%d layers", len(all))
		}
		for _, s := range all {
			if len(s) > 2*len(text) || len(untagged(s)) > len(s) || len(squeeze(s)) > 2*len(s) {
				t.Fatalf("%d bytes became %d", len(text), len(s))
			}
		}
	})
}
