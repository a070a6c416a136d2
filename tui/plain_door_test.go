package tui

import (
	"bytes"
	"strings"
	"testing"

	"onboard.example/checks"
	"onboard.example/flows"
)

// throughDoor walks line mode with what is typed, and gives what was printed.
func throughDoor(t *testing.T, in string) string {
	t.Helper()
	o := still(t, 80, 24)
	var out bytes.Buffer
	if err := Plain(t.Context(), strings.NewReader(in), &out, atApp(t), o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPlainDoor(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(shownText, "\r", "\n")
	for name, c := range map[string]struct {
		in          string
		says, lacks []string
	}{
		"an answer": {"w\n" + text + "\n.\nq\n", []string{
			"End it with a line that holds only a dot.", "Your organisation lets only admins approve this app.", "Whose move: tenant admin.", "m. Write the message: e-mail, in English.",
		}, []string{"Type it: Type it:"}},
		"a text with blank lines": {"w\nNeed admin approval\n\n\nq\nAADSTS90094\n.\nq\n", []string{"Whose move: tenant admin."}, nil},
		"a message":               {"w\n" + text + "\n.\nm\nq\n", []string{"Please approve Hetk Calendar Sync for contoso.example", "/contoso.example/adminconsent?client_id=", "f. Another form: Teams."}, nil},
		"in another language":     {"w\n" + text + "\n.\nm\ng\nf\nq\n", []string{"Bitte Hetk Calendar Sync", "**Wer es tun kann**"}, nil},
		"all of it":               {"w\n" + text + "\n.\nd\nq\n", []string{"not worth it: signing in again", "8dd90edb-c881-459a-ac84-2a1fee8c5c94"}, nil},
		"what they say":           {"w\n" + text + "\n.\n1\n2\nq\n", []string{"A colleague: Whoever agreed to the app", "Before: Consent ends where"}, nil},
		"not going on":            {"w\n" + text + "\n.\na\n2\nq\n", []string{"Go on with what the text says?", "Tenant: contoso.example.", "2. No, leave it."}, []string{"Looking"}},
		"nobody to ask":           {"w\n" + text + "\n.\nq\n", []string{"Nobody was asked about your organisation"}, []string{"t. Ask about", wordDoorAskHint}},
		"another text":            {"w\n" + text + "\n.\nn\nAADSTS50105\n.\nq\n", []string{"The app is open only to people"}, nil},
		"back to the apps":        {"w\nb\nq\n", []string{"b. Back to the apps."}, []string{"Whose move"}},
		"nothing":                 {"w\n.\nq\n", []string{sentence(whyNothingHere)}, []string{"Whose move"}},
		"the input ends":          {"w\nAADSTS90094\n", []string{"Whose move: tenant admin."}, nil},
		"a line too long":         {"w\n" + strings.Repeat("x", lineLimit+1) + "\nAADSTS90094\n.\nq\n", []string{"use onboard why --file", "Whose move: tenant admin."}, nil},
		"hostile":                 {"w\nAADSTS90094\x1b[2J\u202e\u200b\a eve@contoso.example\n.\nm\nq\n", []string{"Please approve"}, []string{"\x1b", "\u202e", "\u200b", "\a", "eve@"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := throughDoor(t, c.in)
			for _, says := range c.says {
				if !strings.Contains(out, says) {
					t.Errorf("lacks %q:\n%s", says, out)
				}
			}
			for _, no := range c.lacks {
				if strings.Contains(out, no) {
					t.Errorf("has %q:\n%s", no, out)
				}
			}
		})
	}
}

// A text that is too much is given back whole, and the door stands open.
func TestPlainDoorTakesNoMore(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &plain{m: New(t.Context(), atApp(t), still(t, 80, 24)), out: &lineWriter{to: &out}, door: &plainDoor{}, said: map[checks.ID]string{}}
	for range checks.WhyMostText/lineLimit + 1 {
		p.doorLine(scene{q: flows.Question{Kind: flows.Text}}, lineRead{text: strings.Repeat("x", lineLimit-1)})
	}
	if p.door.text.Len() > lineLimit || !strings.Contains(out.String(), plainDoorMuch) {
		t.Errorf("%d characters: %q", p.door.text.Len(), out.String())
	}
}

// Going on with what the text says begins the run about it, after the yes alone.
func TestPlainDoorGoesOn(t *testing.T) {
	t.Parallel()
	m := New(t.Context(), atApp(t), still(t, 80, 24))
	p := &plain{m: m, out: &lineWriter{to: &bytes.Buffer{}}, door: &plainDoor{}, said: map[checks.ID]string{}}
	p.door.text.WriteString(shownText)
	p.doorAnswer()
	press := func(key string) {
		sc := p.scene()
		if !p.take(sc, func(c choice) bool { return c.key == key }) {
			t.Fatalf("no %s among %v", key, sc.choices)
		}
	}
	press("a")
	if m.state.Profile != nil {
		t.Error("picked before the yes")
	}
	press("1")
	if p.door != nil || m.state.Profile == nil || m.state.Profile.ID != "hetk" || m.state.Domain != "contoso.example" {
		t.Errorf("%+v %q", m.state.Profile, m.state.Domain)
	}
}
