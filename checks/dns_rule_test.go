package checks

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func hetkRule() DNSRule {
	return DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
}

func TestDNSRuleOneRecord(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		state  DNSState
		column int // of the problem; 0: none
		says   string
	}{
		"v=hetk1; policy=private":                  {DNSOk, 0, ""},
		"v=hetk1;policy=private;":                  {DNSOk, 0, ""},
		"v=hetk1; policy=private ; ":               {DNSOk, 0, ""},
		"v = hetk1 ;\tpolicy\t=  private  ":        {DNSOk, 0, ""},
		"V=hetk1; Policy=PRIVATE":                  {DNSOk, 0, ""},
		"v=hetk1; contact=it@x; policy=private":    {DNSOk, 0, ""},
		"v=hetk1; n=two words = 1; policy=private": {DNSOk, 0, ""},

		"":                            {DNSAbsent, 0, ""},
		"v=spf1 include:x -all":       {DNSAbsent, 0, ""},
		"MS=ms12345678":               {DNSAbsent, 0, ""},
		"hetk-site-verification=abc":  {DNSAbsent, 0, ""},
		"v=hetkother1":                {DNSAbsent, 0, ""},
		"our policymakers and xhetk1": {DNSAbsent, 0, ""},
		"policy-note=1":               {DNSAbsent, 0, ""},
		"v=DMARC1; p=none":            {DNSAbsent, 0, ""},
		"\xff\xfe\x00":                {DNSAbsent, 0, ""},

		"v=hetk1":                              {DNSInvalid, 8, "policy=private"},
		"v=hetk1;":                             {DNSInvalid, 9, "policy=private"},
		"v=hetk1; policy=":                     {DNSInvalid, 17, "wanted is private"},
		"v=hetk1; policy=public":               {DNSInvalid, 17, "\"public\""},
		"v=hetk1; policy=private public":       {DNSInvalid, 17, "\"private public\""},
		"v=hetk1; policy private":              {DNSInvalid, 17, "equals sign"},
		"v=hetk1; policy":                      {DNSInvalid, 16, "equals sign"},
		"v=hetk1;; policy=private":             {DNSInvalid, 9, "nothing before"},
		"v=hetk1; policy=private;;":            {DNSInvalid, 25, "nothing before"},
		"v=hetk1; policy=private; policy=open": {DNSInvalid, 26, "twice"},
		"v=hetk1; policy=private; Policy=x":    {DNSInvalid, 26, "twice"},
		"v=hetk1; v=hetk1; policy=private":     {DNSInvalid, 10, "twice"},
		"v=hetk1; policy=private; junk":        {DNSInvalid, 30, "equals sign"},
		"v=hetk1; 1x=2; policy=private":        {DNSInvalid, 10, "cannot begin"},
		"v=hetk1; ä=2; policy=private":         {DNSInvalid, 10, "cannot begin"},
		"v=hetk1; x=ä€; policy=private":        {DNSInvalid, 12, "\"ä\""},
		"v=hetk1; x=ok; y=\x01policy=private":  {DNSInvalid, 18, "cannot stand"},
		"v=hetk1; x=\xff; policy=private":      {DNSInvalid, 12, `A byte that is no character (\255) cannot stand`},
		"v=hetk1; policy=private\x00":          {DNSInvalid, 24, `A control character (\000) cannot stand`},
		"v=hetk1; policy=private\n":            {DNSInvalid, 24, "A line end cannot stand"},
		"v=hetk1; policy=pri\u202evate":        {DNSInvalid, 20, "The character U+202E, which cannot be seen, cannot stand"},
		"v=hetk1; policy=pri\u00a0vate":        {DNSInvalid, 20, "U+00A0"},
		"v=hetk1; \u200bpolicy=private":        {DNSInvalid, 10, "U+200B, which cannot be seen, cannot begin a tag"},
		"\ufeffv=hetk1; policy=private":        {DNSInvalid, 1, `cannot be seen (\239\187\191); remove it`},
		"v=hetk1; policy=“private”":            {DNSInvalid, 17, "“"},

		"v=HETK1; policy=private":     {DNSInvalid, 3, "just this case"},
		"v=hetk2; policy=private":     {DNSInvalid, 3, "\"hetk2\""},
		"v=hetk2":                     {DNSInvalid, 3, "hetk1"},
		"v=hetk":                      {DNSInvalid, 3, "hetk1"},
		"v=hetk10; x=1":               {DNSInvalid, 3, "hetk1"},
		"v=hetk1 policy=private":      {DNSInvalid, 8, "semicolon"},
		"v=hetk1, policy=private":     {DNSInvalid, 8, "semicolon"},
		"v hetk1; policy=private":     {DNSInvalid, 3, "equals sign"},
		" v=hetk1; policy=private":    {DNSInvalid, 1, "space"},
		"\"v=hetk1; policy=private\"": {DNSInvalid, 1, "quotation"},
		"“v=hetk1; policy=private”":   {DNSInvalid, 1, "quotation"},
		"policy=private":              {DNSInvalid, 1, "must begin with v=hetk1"},
		"policy=private; v=hetk1":     {DNSInvalid, 1, "must begin"},
		"hetk1":                       {DNSInvalid, 1, "must begin"},
		"policy: private":             {DNSInvalid, 1, "must begin"},
		"see POLICY private":          {DNSInvalid, 1, "must begin"},
		"; v=hetk1; policy=private":   {DNSInvalid, 1, "must begin"},
		"_hetk IN TXT v=hetk1":        {DNSInvalid, 1, "must begin"},
	} {
		got := hetkRule().Parse([][]string{{text}})
		column, says := 0, ""
		if got.Problem != nil {
			column, says = got.Problem.Column, got.Problem.Say
		}
		if got.State != c.state || column != c.column || !strings.Contains(says, c.says) {
			t.Errorf("%q: %s, column %d %q; want %s, %d %q", text, got.State, column, says, c.state, c.column, c.says)
		}
	}
}

func TestDNSRuleSets(t *testing.T) {
	t.Parallel()
	ok := []string{"v=hetk1; policy=private"}
	for name, c := range map[string]struct {
		texts   [][]string
		state   DNSState
		ignored int
		note    string
	}{
		"none":                          {nil, DNSAbsent, 0, ""},
		"no strings":                    {[][]string{{}, {""}}, DNSAbsent, 2, ""},
		"split inside a word":           {[][]string{{"v=he", "tk1; pol", "icy=private"}}, DNSOk, 0, "comes in 3 strings"},
		"split where a blank is lost":   {[][]string{{"v=hetk1;", "policy=private"}}, DNSOk, 0, "comes in 2 strings"},
		"other TXT beside it":           {[][]string{{"v=spf1 -all"}, ok, {"MS=ms1"}}, DNSOk, 2, ""},
		"only other TXT":                {[][]string{{"v=spf1 -all"}, {"x"}}, DNSAbsent, 2, ""},
		"an attempt beside it":          {[][]string{{"policy=private"}, ok}, DNSOk, 0, "passed over: policy=private"},
		"another version beside it":     {[][]string{ok, {"v=hetk2; policy=open"}}, DNSOk, 0, "passed over"},
		"two":                           {[][]string{ok, {"v=hetk1; policy=open"}}, DNSAmbiguous, 0, "Keep one"},
		"two alike, split differently":  {[][]string{ok, {"v=hetk1; ", "policy=private"}}, DNSAmbiguous, 0, "Keep one"},
		"two, one of them broken":       {[][]string{{"v=hetk1; junk"}, ok, {"x"}}, DNSAmbiguous, 1, "Keep one"},
		"two attempts":                  {[][]string{{"v=hetk2"}, {"policy=private"}}, DNSInvalid, 0, ""},
		"unknown tag":                   {[][]string{{"v=hetk1; a=1; policy=private"}}, DNSOk, 0, "The tag a means nothing"},
		"another case":                  {[][]string{{"v=hetk1; policy=Private"}}, DNSOk, 0, "policy=Private is read as policy=private"},
		"an escape sequence in a tag":   {[][]string{{"v=hetk1; policy=\x1b[2Jx"}}, DNSInvalid, 0, ""},
		"a megabyte beside it":          {[][]string{ok, {strings.Repeat("x", 1<<20)}}, DNSOk, 1, ""},
		"a megabyte of tags":            {[][]string{{"v=hetk1" + strings.Repeat(";", 1<<20)}}, DNSInvalid, 0, ""},
		"many tags, then the one asked": {[][]string{{"v=hetk1; a=1; b=2; c=3; policy=private"}}, DNSOk, 0, "The tag c"},
	} {
		got := hetkRule().Parse(c.texts)
		if got.State != c.state || got.Ignored != c.ignored || c.note != "" && !strings.Contains(strings.Join(got.Notes, "\n"), c.note) || c.note == "" && len(got.Notes) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
		slices.Reverse(c.texts)
		if again := hetkRule().Parse(c.texts); again.State != got.State || again.Text != got.Text {
			t.Errorf("%s: the order matters: %+v, %+v", name, got, again)
		}
	}
}

func TestDNSRuleLine(t *testing.T) {
	t.Parallel()
	r := DNSRule{Version: "x2", Required: map[string]string{"b": "2", "a": "1"}}
	if got := r.Line(); got != "v=x2; a=1; b=2" || r.Parse([][]string{{got}}).State != DNSOk {
		t.Error(got)
	}
	if got := (DNSRule{Version: "x2"}).Parse([][]string{{"v=x2"}}); got.State != DNSOk {
		t.Errorf("%+v", got)
	}
}

// FuzzDNSRule: no text may panic; a column is inside the text or one behind it;
// what is said is fit to be shown; ok is ok again from its own tags.
func FuzzDNSRule(f *testing.F) {
	for _, s := range []string{"v=hetk1; policy=private", "policy", "v=hetk1;;", "\"v=hetk1\"", " v = hetk1", "v=hetk1; x=\xff", "“v”"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		r := hetkRule()
		got := r.Parse([][]string{{a, b}})
		whole := utf8.RuneCountInString(a + b)
		if p := got.Problem; p != nil {
			if p.Column < 1 || p.Column > whole+1 {
				t.Errorf("column %d of %d", p.Column, whole)
			}
			if !utf8.ValidString(p.Say) || strings.ContainsFunc(p.Say, unicode.IsControl) {
				t.Errorf("not fit to be shown: %q", p.Say)
			}
		}
		if (got.State == DNSInvalid) != (got.Problem != nil) {
			t.Errorf("%+v", got)
		}
		if got.State == DNSOk {
			if again := r.Parse([][]string{{got.Text}, {"other"}}); again.State != DNSOk {
				t.Errorf("%+v", again)
			}
			if two := r.Parse([][]string{{got.Text}, {r.Line()}}); two.State != DNSAmbiguous {
				t.Errorf("%+v", two)
			}
		}
	})
}

// TestForeign holds that what is somebody else's record is not taken for a spoiled
// one of the rule's, and a spoiled one of the rule's not for somebody else's.
func TestForeign(t *testing.T) {
	t.Parallel()
	rule := DNSRule{Label: "_hetk", Version: "hetk1", Required: map[string]string{"policy": "private"}}
	for text, foreign := range map[string]bool{
		"google-site-verification=hetk1":      true,
		"some note: hetk1 is published":       true,
		"v=spf1 include:policy -all":          true,
		"site: policy=private":                true,
		"hetk1; policy=private":               false,
		"policy=private; v=hetk1":             false,
		"v:hetk1; policy:private":             false,
		"V=Hetk1; policy=private":             false,
		"\"v=hetk1; policy=private\"":         false,
		"\u200bv=hetk1; policy=private":       false,
		"  v=hetk1; policy=private":           false,
		"v=hetk2; policy=private":             false,
		"_hetk 3600 IN TXT v=hetk1":           false,
		"MS=ms123 v=hetk1; policy=private":    true,
		"MS=ms123 txt v=hetk1":                true,
		"site v=hetk12; policy=private":       true,
		"_hetk IN TXT \"v=hetk1; policy=x\"":  false,
		"_hetk.contoso.example. v=hetk1":      false,
		"contoso.example. 1h IN TXT v=hetk1":  false,
		"policy = private":                    false,
		"\u201cv=hetk1; policy=private\u201d": false,
	} {
		rec := rule.Parse([][]string{{text}})
		if rec.State != DNSInvalid {
			t.Errorf("%q: %s; no attempt at all", text, rec.State)
			continue
		}
		if got := rule.foreign(rec); got != foreign {
			t.Errorf("%q: foreign %v; want %v", text, got, foreign)
		}
	}
}
