package aadsts

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// reviewed are the codes that the project's table of facts names; every one
// must be answered for.
var reviewed = []int{
	16000, 16001, 16002, 16003, 20001, 20012, 28002, 28003, 40008, 40015, 50000, 50001, 50002, 50005, 50008, 50011, 50014, 50015, 50020, 50033, 50034,
	50053, 50055, 50056, 50057, 50058, 50059, 50064, 50072, 50074, 50076, 50078, 50079, 50085, 50087, 50088, 50089, 50097, 50105, 50107, 50125, 50126,
	50127, 50128, 50129, 50131, 50132, 50133, 50134, 50135, 50140, 50144, 50147, 50155, 50158, 50161, 50173, 50187, 50194, 50196, 50199, 51000, 51004,
	53000, 53001, 53002, 53003, 53004, 53009, 53010, 53011, 54000, 54005, 65001, 65002, 65004, 65005, 70000, 70001, 70002, 70003, 70004, 70005, 70007,
	70008, 70011, 70016, 70018, 70019, 70043, 70044, 75011, 80001, 80007, 80012, 81010, 90002, 90006, 90008, 90009, 90012, 90014, 90019, 90023, 90024,
	90033, 90036, 90038, 90051, 90055, 90072, 90090, 90091, 90092, 90093, 90094, 90095, 90097, 90099, 90100, 90119, 90120, 90124, 90130, 130004, 135011,
	160021, 399284, 500011, 500014, 500021, 500022, 500113, 500208, 500212, 500213, 501481, 530032, 530033, 530034, 530035, 530036, 650051, 650052,
	650053, 650054, 650056, 650057, 700003, 700005, 700011, 700016, 700020, 700022, 700023, 700025, 700027, 700030, 700038, 700054, 700082, 700084,
	700229, 900144, 900382, 900432, 900941, 900971, 900981, 901002, 1000031, 1000104, 7000112, 7000114, 7000215, 7000218, 7000222, 7000229, 9001023,
	9002313, 9002332,
}

func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	if len(reviewed) != 181 {
		t.Errorf("%d reviewed codes, want 181", len(reviewed))
	}
	for _, code := range reviewed {
		if _, ok := Lookup(code); !ok {
			t.Errorf("AADSTS%d is not in the table", code)
		}
	}
	last := 0
	paths := []PathID{NoPath, DirectLink, EntraGrant, ConsentRequests, FirstSignIn, Pilot, AfterApproval}
	said := map[string]int{}
	for _, e := range Entries() {
		if e.Code <= last {
			t.Errorf("AADSTS%d stands behind AADSTS%d", e.Code, last)
		}
		last = e.Code
		if e.Code < 1000 || e.Code > 99999999 {
			t.Errorf("AADSTS%d has not 4 to 8 digits", e.Code)
		}
		if !slices.Contains(Classes(), e.Class) || !slices.Contains(Parties(), e.Who) || !slices.Contains(paths, e.Path) {
			t.Errorf("AADSTS%d: %q, %q or %q is none", e.Code, e.Class, e.Who, e.Path)
		}
		if e.Class != Unknown && e.Sure != High && e.Sure != Medium {
			t.Errorf("AADSTS%d is sure %q", e.Code, e.Sure)
		}
		if (e.Class == Unknown) != (e.Who == WhoUnknown) {
			t.Errorf("AADSTS%d: class %s, who %s", e.Code, e.Class, e.Who)
		}
		checkAlso(t, e)
		checkWords(t, e)
		said[e.What]++
	}
	for what, n := range said {
		if n > 3 {
			t.Errorf("%d codes say %q: too general to help", n, what)
		}
	}
	t.Logf("%d codes", len(Entries()))
}

func checkAlso(t *testing.T, e Entry) {
	t.Helper()
	if len(e.Also) > maxAlso || slices.Contains(e.Also, e.Class) || slices.Contains(e.Also, Unknown) {
		t.Errorf("AADSTS%d may also be %v", e.Code, e.Also)
	}
	for i, c := range e.Also {
		if !slices.Contains(Classes(), c) || slices.Contains(e.Also[:i], c) {
			t.Errorf("AADSTS%d may also be %v", e.Code, e.Also)
		}
	}
}

var sentence = regexp.MustCompile(`^[A-Z(].*[.)]$`)

func checkWords(t *testing.T, e Entry) {
	t.Helper()
	for _, text := range []string{e.What, e.Do} {
		if !sentence.MatchString(text) || len(text) > 260 || strings.Contains(text, "  ") || strings.ContainsAny(text, "\n\t{}%") {
			t.Errorf("AADSTS%d: %q is no sentence to show", e.Code, text)
		}
	}
	if e.Skip == "" || strings.HasSuffix(e.Skip, ".") || unicode.IsUpper([]rune(e.Skip)[0]) {
		t.Errorf("AADSTS%d: what to skip reads %q", e.Code, e.Skip)
	}
	if e.Name != "" && (len(e.Name) < 5 || strings.ContainsAny(e.Name, " ()")) {
		t.Errorf("AADSTS%d: %q is no name of Microsoft's", e.Code, e.Name)
	}
}

// TestMeaning holds the readings that the rest of the product counts on.
func TestMeaning(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		class Class
		who   Who
		path  PathID
	}{
		90094:   {AdminConsentNeeded, TenantAdmin, DirectLink},
		90095:   {AdminConsentNeeded, TenantAdmin, ConsentRequests},
		90093:   {UserConsentOff, TenantAdmin, DirectLink},
		900941:  {RiskyApp, TenantAdmin, DirectLink},
		65001:   {ConsentMissing, TenantAdmin, DirectLink},
		65004:   {UserDeclined, User, NoPath},
		50105:   {AssignmentRequired, TenantAdmin, AfterApproval},
		7000112: {AppDisabled, TenantAdmin, AfterApproval},
		7000229: {AppNotInTenant, TenantAdmin, DirectLink},
		53003:   {CAPolicy, TenantAdmin, AfterApproval},
		650052:  {ServiceMissing, TenantAdmin, AfterApproval},
		399284:  {Unknown, WhoUnknown, NoPath}, // no definition is known
		530004:  {CrossTenantPolicy, TenantAdmin, NoPath},
		500571:  {AccountDisabled, TenantAdmin, NoPath},
		81012:   {ExpiredToken, User, NoPath},
		900439:  {WrongTenant, AppVendor, NoPath},
	} {
		e, _ := Lookup(code)
		if e.Class != want.class || e.Who != want.who || e.Path != want.path {
			t.Errorf("AADSTS%d: %s, %s, %s", code, e.Class, e.Who, e.Path)
		}
	}
	if e, ok := Lookup(12345); ok {
		t.Errorf("AADSTS12345 is %v", e)
	}
	if got := LookupURL(90094); got != "https://login.microsoftonline.com/error?code=90094" {
		t.Error(got)
	}
}

// TestTableIsNotShared holds that nobody can change the table through what it
// hands out.
func TestTableIsNotShared(t *testing.T) {
	t.Parallel()
	e, _ := Lookup(90094)
	e.Also[0] = NotEntra
	if again, _ := Lookup(90094); again.Also[0] == NotEntra {
		t.Error("the table was changed")
	}
	a := Parse("AADSTS90094")
	a.Also[0] = NotEntra
	if b := Parse("AADSTS90094"); b.Also[0] == NotEntra {
		t.Error("the table was changed through an answer")
	}
}

// TestEveryCodeAnswers reads each code of the table in three spellings.
func TestEveryCodeAnswers(t *testing.T) {
	t.Parallel()
	for _, e := range Entries() {
		n := spelt(e.Code)
		for _, text := range []string{n + ": message", "https://app.example/cb?error=x_y&error_description=" + n + "%3a+message", strings.ToLower(n)} {
			a := Parse(text)
			if a.Code != e.Code || a.Class != e.Class || a.Who != e.Who || a.Lookup != LookupURL(e.Code) {
				t.Errorf("%q: %d %s %s %s", text, a.Code, a.Class, a.Who, a.Lookup)
			}
		}
	}
}

// TestClassesHaveWords holds that every class can be told to a person.
func TestClassesHaveWords(t *testing.T) {
	t.Parallel()
	if len(Classes()) != 30 || len(Parties()) != 7 {
		t.Errorf("%d classes, %d parties", len(Classes()), len(Parties()))
	}
	seen := map[string]Class{}
	for _, c := range Classes() {
		w := wordsOf(c)
		if !sentence.MatchString(w.what) || !sentence.MatchString(w.do) && !strings.HasSuffix(w.do, ".") || w.skip == "" {
			t.Errorf("%s: %+v", c, w)
		}
		if other, ok := seen[w.what]; ok {
			t.Errorf("%s and %s say the same", c, other)
		}
		seen[w.what] = c
	}
}

// TestWordings holds that every wording can be found, by itself and in a page.
func TestWordings(t *testing.T) {
	t.Parallel()
	for _, w := range wordings {
		for _, text := range w.texts {
			if n := len(squeeze(text)); n < 4 {
				t.Errorf("%q is too short to look for", text)
			}
			if w.wall > wallCount {
				continue
			}
			found := readWalls("Microsoft\n" + text + ", 2026")
			if !found.has(w.wall) {
				t.Errorf("%q is not found", text)
			}
		}
	}
}

// TestSpoken holds that every piece of a message leads to its code's entry.
func TestSpoken(t *testing.T) {
	t.Parallel()
	for _, m := range spoken {
		e, ok := Lookup(m.code)
		if !ok {
			t.Errorf("AADSTS%d is not in the table", m.code)
		}
		if len(squeeze(m.text)) < 12 {
			t.Errorf("%q is too short to tell a message", m.text)
		}
		w := readWalls("Error: " + m.text + ".")
		if !slices.Contains(w.codes, m.code) {
			t.Errorf("%q is not found", m.text)
		}
		if a := Parse("It says " + m.text + " again"); a.Class != e.Class || a.Who != e.Who || a.Code != 0 || a.Sure != Medium {
			t.Errorf("%q: %s, %s, code %d, %s", m.text, a.Class, a.Who, a.Code, a.Sure)
		}
	}
}

// TestVerdicts holds that everything a sign can mean is a class with a party.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	check := func(name string, v verdict) {
		if !slices.Contains(Classes(), v.class) || !slices.Contains(Parties(), v.who) || len(v.also) > maxAlso || slices.Contains(v.also, v.class) {
			t.Errorf("%s: %+v", name, v)
		}
	}
	for key, v := range oauthErrors {
		check(key, v)
	}
	for key, v := range suberrors {
		check(key, v)
	}
	for key, v := range graphErrors {
		check(key, v)
		if key != strings.ToLower(key) {
			t.Errorf("%s is never found", key)
		}
	}
	for i, v := range walls {
		if v.class != "" {
			check(langNames[0]+string(rune('0'+i)), v)
		}
	}
}
