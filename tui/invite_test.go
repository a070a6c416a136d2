package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
)

// post makes invitations for tests.
type post struct {
	mu   sync.Mutex
	made []InviteWish
	gone []string
	all  []Invitation
	bad  error // of everything but the list
	list error
}

func (p *post) Invite(_ context.Context, w InviteWish) (Invited, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, w)
	return Invited{Invitation{Number: "4QX-7WM"}, "ssh WBH3-1RFE-CDDC-SA51-WBBP-ESK3-YCGY@onboard.example"}, p.bad
}

func (p *post) List(context.Context) ([]Invitation, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.all), p.list
}

func (p *post) Revoke(_ context.Context, number string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = append(p.gone, number)
	return p.bad
}

// posted are invitations of every state.
func posted() []Invitation {
	return []Invitation{
		{Number: "2AB-C3D", State: "open", Tenant: "contoso.example", For: "Calendar sync", By: "Anna Berg, Example Support", Until: noon.Add(50 * time.Hour)},
		{Number: "3AB-C3D", State: "used", By: "whoever runs onboard.example", Until: noon},
		{Number: "4AB-C3D", State: "revoked", For: "a\x1b[2J\u202eb", By: "Anna Berg, Example Support", Until: noon},
		{Number: "5AB-C3D", State: "over", Tenant: "fabrikam.example", By: "Anna Berg, Example Support", Until: noon},
	}
}

// leading is a lead at the queue.
func leading(t testing.TB, o Options, p Invitations) *Model {
	t.Helper()
	o.Served = true
	o.Console = &Console{Queue: quietQueue{&fakeQueue{rows: busy()}}, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", Invitations: p}
	m := New(t.Context(), nil, o)
	relisted(t, m)
	return m
}

// leads presses keys, and lets what they ask for be done.
func leads(m *Model, keys ...string) {
	for _, k := range keys {
		m.deaf = time.Time{}
		if cmd := m.key(pressed(k)); cmd != nil {
			lead1(m, cmd)
		}
	}
}

func lead1(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			lead1(m, c)
		}
	case invitationsMsg, invitedMsg:
		_, next := m.Update(msg)
		lead1(m, next)
	}
}

// letters are the keys of a text.
func letters(text string) []string { return strings.Split(text, "") }

func TestInvitationScreens(t *testing.T) {
	t.Parallel()
	toSum := slices.Concat([]string{"i", "n"}, letters("contoso.example"), []string{"enter"}, letters("Sync"), []string{"enter", "enter"})
	for name, c := range map[string]struct {
		p    *post
		keys []string
	}{
		"list":     {&post{all: posted()}, []string{"i"}},
		"none":     {&post{}, []string{"i"}},
		"unread":   {&post{list: errors.New("the cases cannot be reached just now")}, []string{"i"}},
		"sure":     {&post{all: posted()}, []string{"i", "x"}},
		"help":     {&post{all: posted()}, []string{"?"}},
		"tenant":   {&post{}, []string{"i", "n"}},
		"badly":    {&post{}, []string{"i", "n", "-", "enter"}},
		"for":      {&post{}, []string{"i", "n", "enter"}},
		"days":     {&post{}, []string{"i", "n", "enter", "enter"}},
		"summary":  {&post{}, toSum},
		"made":     {&post{}, append(slices.Clone(toSum), "y")},
		"not-made": {&post{bad: errors.New("it could not be written into the audit")}, append(slices.Clone(toSum), "y")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, screensOf(t, func(o Options) *Model {
				m := leading(t, o, c.p)
				leads(m, c.keys...)
				return m
			}))
		})
	}
}

// TestInvitationsOnPurpose holds that an invitation is made, or taken back, by two keys
// that belong together, once; that the address goes by its own key alone, and is nowhere
// then; and that what was wrong can be mended.
func TestInvitationsOnPurpose(t *testing.T) {
	t.Parallel()
	p := &post{all: posted()}
	m := leading(t, still(t, 80, 24), p)
	leads(m, "i", "i", "x", "x", "esc", "n", "enter", "enter", "enter", "enter", "enter", "n", "esc", "esc", "esc", "esc", "y")
	if len(p.made)+len(p.gone) > 0 {
		t.Fatalf("made %v, taken back %v", p.made, p.gone)
	}
	leads(m, "down", "x") // it was used
	if !strings.Contains(m.notice.text, whyInviteShut) {
		t.Errorf("notice %q", m.notice.text)
	}
	leads(m, "up", "x", "y")
	if fmt.Sprint(p.gone) != "[2AB-C3D]" {
		t.Errorf("taken back %v", p.gone)
	}
	leads(m, append(append([]string{"n"}, letters("Contoso.Example")...), "enter", "enter", "backspace", "0", "enter")...)
	if c := plainText(m.View().Content); !strings.Contains(c, "from 1 to 90") {
		t.Errorf("nothing says what is wrong:\n%s", c)
	}
	leads(m, "backspace", "3", "0", "enter")
	cmd := m.key(pressed("y"))
	if again := m.key(pressed("y")); again != nil {
		lead1(m, again)
	}
	leads(m, "esc", "q")
	lead1(m, cmd)
	if want := []InviteWish{{Tenant: "contoso.example", Lasts: 30 * 24 * time.Hour}}; !slices.Equal(p.made, want) {
		t.Errorf("made %+v", p.made)
	}
	for _, k := range []string{"enter", "esc", "q", "b", "x", "n", "i", "down"} {
		if leads(m, k); !strings.Contains(plainText(m.View().Content), "WBH3-1RFE-CDDC-SA51-WBBP-ESK3-YCGY@onboard.example") {
			t.Fatalf("%s takes the address away", k)
		}
	}
	leads(m, "y")
	if c := plainText(m.View().Content); strings.Contains(c, "WBH3") || !strings.Contains(c, "2AB-C3D") {
		t.Errorf("it shows\n%s", c)
	}
	leads(m, "esc", "esc")
	if strings.Contains(fmt.Sprintf("%+v", m.sheets), "WBH3") {
		t.Error("the address is kept")
	}
	// Who is no lead reads why.
	m = console(t, &fakeQueue{rows: busy()}, 80, 24, nil)
	if press(m, "i"); !strings.Contains(m.notice.text, whyOnlyLead) || len(m.sheets) > 0 {
		t.Errorf("notice %q", m.notice.text)
	}
}

// TestTakingBackSaysWhatCameOfIt holds that it is read at once, however long the list is,
// and that neither error hides the other.
func TestTakingBackSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	many := slices.Repeat(posted(), 40)
	p := &post{all: many}
	m := leading(t, still(t, 40, 12), p)
	leads(m, "i", "down", "down", "down", "down", "x", "y")
	if c := plainText(m.View().Content); len(p.gone) != 1 || !strings.Contains(c, "is taken back.") {
		t.Errorf("%v:\n%s", p.gone, c)
	}
	p.bad, p.list = errors.New("no audit"), errors.New("no list")
	leads(m, "x", "y")
	c := strings.Join(strings.Fields(plainText(m.View().Content)), " ")
	for _, want := range []string{"No audit.", "No list."} {
		if !strings.Contains(c, want) {
			t.Errorf("%q is not read:\n%s", want, c)
		}
	}
}

// TestInvitationsFitTheWindow lays them out at many sizes.
func TestInvitationsFitTheWindow(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]string{{"i"}, {"i", "x"}, {"i", "n"}, {"i", "n", "enter", "enter", "enter"}, {"i", "n", "enter", "enter", "enter", "y"}} {
		m := leading(t, still(t, 80, 24), &post{all: posted()})
		leads(m, keys...)
		for w := 1; w <= 200; w += 1 + w/60 {
			for _, h := range []int{1, 9, 10, 12, 17, 24, 60} {
				m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				checkFrame(t, m.View().Content, w, h, nil)
			}
		}
	}
}

func TestPlainInvitations(t *testing.T) {
	t.Parallel()
	p := &post{all: posted()}
	in, keys := io.Pipe()
	out, done := new(lockedText), make(chan error, 1)
	o := still(t, 0, 0)
	o.Look, o.Served = Look{Plain: true, ASCII: true}, true
	o.Console = &Console{Queue: &fakeQueue{rows: busy()}, Name: "Anna Berg", Organisation: "Example Support", Role: "lead", Invitations: p}
	go func() { done <- Plain(t.Context(), in, out, nil, o) }()
	t.Cleanup(func() { _ = keys.Close() })
	typed := func(line, until string) {
		t.Helper()
		if _, err := io.WriteString(keys, line+"\n"); err != nil {
			t.Fatal(err)
		}
		out.waits(t, until)
	}
	out.waits(t, plainInvitesAsk)
	typed("i", "2AB-C3D, 2 days left: contoso.example - Calendar sync - Anna Berg, Example Support.")
	out.waits(t, plainInviteKeys)
	out.waits(t, plainInvitesAsk)
	typed("i revoke 2ab-c3d", "Invitation 2AB-C3D is taken back.")
	out.waits(t, plainInvitesAsk)
	typed("i new", plainInviteAsks[0])
	typed("-", plainInviteAsks[0])
	typed("contoso.example", plainInviteAsks[1])
	typed("Sync", plainInviteAsks[2])
	typed("400", "A number of days, from 1 to 90.")
	out.waits(t, plainInviteAsks[2])
	typed("\ninvite", plainTooEarly)
	typed("yes", plainInviteNot)
	out.waits(t, plainInvitesAsk)
	if len(p.made) > 0 {
		t.Fatalf("made %v", p.made)
	}
	typed("i new", plainInviteAsks[0])
	typed("", plainInviteAsks[1])
	typed("", plainInviteAsks[2])
	typed("2", plainInviteSure)
	typed("invite", "ssh WBH3-1RFE-CDDC-SA51-WBBP-ESK3-YCGY@onboard.example")
	out.waits(t, plainInvitesAsk)
	typed("q", wordByeConsole)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if want := []InviteWish{{Lasts: 48 * time.Hour}}; !slices.Equal(p.made, want) || fmt.Sprint(p.gone) != "[2AB-C3D]" {
		t.Errorf("made %+v, taken back %v", p.made, p.gone)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("it says %q", out.String())
	}
}
