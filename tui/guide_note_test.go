package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/flows/run"
)

// TestANoteThatWasNotTakenIsThereAgain: what a guide wrote is theirs to mend and to send
// again, and one that may have come is not called undone.
func TestANoteThatWasNotTakenIsThereAgain(t *testing.T) {
	t.Parallel()
	const text = "Press p, please."
	for why, says := range map[error]string{
		run.ErrTooFast: "Not done: too much at a time",
		fmt.Errorf("writing a note: %w", run.ErrUnsure): "it is not known whether that was done",
		&run.LinkError{Hosts: []string{"evil.example"}}: "Not done: ",
	} {
		t.Run(why.Error(), func(t *testing.T) {
			t.Parallel()
			now := noon
			s := seated(t, atDiagnosis(t))
			s.no = why
			m := guiding(s, stillAt(t, 80, 24, &now))
			press(m, "n")
			typeIn(m, text)
			_, cmd := m.Update(pressed("enter"))
			if m.guide.note != nil {
				t.Fatal("it is not on its way")
			}
			m.Update(cmd())
			if m.guide.note == nil || m.guide.note.value() != text || !strings.Contains(strings.ToLower(m.notice.text), strings.ToLower(says)) {
				t.Fatalf("the note is %+v, and it is said %q", m.guide.note, m.notice.text)
			}
			if strings.Contains(strings.ToLower(says), "known") && strings.Contains(m.notice.text, "Not done") {
				t.Errorf("it is said %q", m.notice.text)
			}
			m.Update(pressed("enter")) // meant for what was seen before
			if len(s.said) != 1 {
				t.Errorf("sent %q", s.said)
			}
			now = now.Add(2 * typeAhead)
			s.no = nil
			_, cmd = m.Update(pressed("enter"))
			m.Update(cmd())
			if m.guide.note != nil || len(s.said) != 2 || s.said[1] != "note "+text {
				t.Errorf("sent %q, the note is %+v", s.said, m.guide.note)
			}
		})
	}
}

// TestANoteThatWasNotTakenIsInNothingsWay: not of the one that is written meanwhile, nor
// where the watch is over.
func TestANoteThatWasNotTakenIsInNothingsWay(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(m *Model, s *fakeSeat){
		"another is written": func(m *Model, _ *fakeSeat) {
			press(m, "n")
			typeIn(m, "another")
		},
		"it is over": func(m *Model, s *fakeSeat) {
			s.view = run.View{Standing: run.StandOver, Why: flows.WatchStopped}
			m.Update(m.lookOn()())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := noon
			s := seated(t, atDiagnosis(t))
			s.no = run.ErrTooFast
			m := guiding(s, stillAt(t, 80, 24, &now))
			press(m, "n")
			typeIn(m, "the first")
			_, cmd := m.Update(pressed("enter"))
			now = now.Add(time.Second)
			meanwhile(m, s)
			m.Update(cmd())
			if n := m.guide.note; n != nil && n.value() != "another" {
				t.Errorf("the note is %q", n.value())
			}
		})
	}
}

// TestAGuideReadsNoAgeWhereThereIsNoneRegression holds that where nothing was entered yet, as at
// the first question, a guide reads where the customer is and no age of it.
func TestAGuideReadsNoAgeWhereThereIsNoneRegression(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]run.Outline{
		"App":                    {},
		"App, for 4 min":         {Since: noon.Add(-4 * time.Minute)},
		"step 2 of 3":            {Stage: flows.StageSteps, Step: 2, Of: 3},
		"step 2 of 3, for 4 min": {Stage: flows.StageSteps, Step: 2, Of: 3, Since: noon.Add(-4 * time.Minute)},
		"Diagnosis, for 0 s":     {Stage: flows.StageDiagnosis, Since: noon},
	} {
		var b body
		m := guiding(&fakeSeat{view: run.View{As: "Ann Lee (Hetk support)", Until: noon.Add(time.Minute), Outline: o}}, still(t, 80, 24))
		m.guide.outline(m, &b, 80)
		found := false
		for _, line := range texts(b.rows) {
			found = found || strings.TrimSpace(line) == want
		}
		if !found {
			t.Errorf("%q is none of %q", want, texts(b.rows))
		}
	}
}
