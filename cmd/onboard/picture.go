package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/tui"
)

// The picture of the README: a real run in a simulated tenant, frame by frame.
const (
	pictureWidth, pictureHeight = 88, 26
	pictureSeconds              = 4.0 // each frame
	pictureWait                 = 30 * time.Second
)

// pictured is the wizard's model, which can be asked for the frame it shows.
type pictured struct{ *tui.Model }

// grabMsg asks for the frame that is shown.
type grabMsg chan<- string

// Update implements tea.Model.
func (p pictured) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if to, ok := msg.(grabMsg); ok {
		to <- p.View().Content
		return p, nil
	}
	_, cmd := p.Model.Update(msg)
	return p, cmd
}

// scene is one moment of the picture: what must be so, whether it is drawn,
// and the key that is pressed then.
type scene struct {
	when func(flows.State) bool
	draw bool
	key  rune
}

// scenes walk managed-default from the tenant to the proof.
func scenes() []scene {
	at := func(stage flows.Stage, ids ...checks.ID) func(flows.State) bool {
		return func(s flows.State) bool {
			for _, id := range ids {
				if h, ok := s.Finding(id); !ok || s.Stale(h) {
					return false
				}
			}
			return s.Place.Stage == stage
		}
	}
	granted := func(s flows.State) bool {
		h, ok := s.Finding(checks.AppGrant)
		return ok && h.Verdict == checks.Pass
	}
	open := func(s flows.State) bool { return s.Overall().State == checks.StateOpen }
	all := []checks.ID{checks.ConsentPredict, checks.AppGrant, checks.ConsentManaged, checks.ConsentClassified, checks.AccountRole, checks.AppRoles}
	return []scene{
		{at(flows.StageKnown, checks.TenantFound, checks.TenantRealm), true, tea.KeyEnter},
		{at(flows.StageSignIn), false, tea.KeyEnter},
		{at(flows.StageDiagnosis, all...), true, 'p'},
		{at(flows.StagePaths), true, tea.KeyEnter},
		{at(flows.StageSteps, checks.AppGrant), false, tea.KeyEnter},
		{at(flows.StageSteps, checks.AppGrant), true, 'A'},
		{granted, false, tea.KeyEnter},
		{func(s flows.State) bool { return s.Place.Stage == flows.StageProof && open(s) }, true, 0},
	}
}

// picture draws the run as an animated SVG into a file.
func (w *wizard) picture(ctx context.Context, file string) error {
	profiles, err := w.o.profiles()
	if err != nil {
		return err
	}
	w.start.Ways = w.c.ways(w.start.Profile)
	defer w.halt()
	d, _, err := w.begin(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, pictureWait)
	defer cancel()
	// Screens that open by themselves take no keys for a moment; for them, that
	// moment is always over.
	var later atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	m := tui.New(ctx, d, tui.Options{
		Profiles: profiles, Still: true, Ground: tui.GroundDark, Width: pictureWidth, Height: pictureHeight, Now: now,
	})
	p := tea.NewProgram(pictured{m}, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard))
	frames := make(chan []string, 1)
	go func() { frames <- play(ctx, p, d, func() { later.Add(int64(time.Second)) }) }()
	if _, err := p.Run(); err != nil && !errors.Is(err, tea.ErrProgramKilled) {
		return fmt.Errorf("show the wizard: %w", err)
	}
	shots := <-frames
	if shots == nil {
		return &exitError{code: codeUnknown, cause: errors.New("the run did not come to its proof in time")}
	}
	if err := os.WriteFile(filepath.Clean(file), []byte(tui.SVGs(shots, pictureWidth, pictureHeight, true, pictureSeconds)), 0o600); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return nil
}

// play presses the keys of every scene when its moment has come, after a rest,
// and gives the frames; nil where one never came.
func play(ctx context.Context, p *tea.Program, d tui.Driver, rest func()) []string {
	defer p.Quit()
	p.Send(tea.WindowSizeMsg{Width: pictureWidth, Height: pictureHeight})
	wake := d.Watch(ctx)
	var shots []string
	for _, sc := range scenes() {
		for !sc.when(d.State()) {
			if _, ok := <-wake; !ok {
				return nil
			}
		}
		frame := make(chan string, 1)
		p.Send(tea.WindowSizeMsg{Width: pictureWidth, Height: pictureHeight}) // the model takes the driver's news first
		p.Send(grabMsg(frame))
		select {
		case f := <-frame:
			if sc.draw {
				shots = append(shots, f)
			}
		case <-ctx.Done():
			return nil
		}
		rest()
		if sc.key != 0 {
			p.Send(tea.KeyPressMsg{Code: sc.key, Text: keyText(sc.key)})
		}
	}
	return shots
}

// keyText is the text that a key types; Enter types none.
func keyText(key rune) string {
	if key == tea.KeyEnter {
		return ""
	}
	return string(key)
}
