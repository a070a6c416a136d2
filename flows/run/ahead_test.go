package run

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"onboard.example/flows"
	"onboard.example/flows/journal"
)

// fromWhere is a journal that says from where it was read.
type fromWhere struct {
	flows.Journal

	read []uint64
}

func (j *fromWhere) Since(ctx context.Context, after uint64) ([]flows.Record, error) {
	j.read = append(j.read, after)
	return j.Journal.Since(ctx, after)
}

// TestAReadAheadIsGoneOnWith holds that who asks after a run was read ahead reads only
// what came since, and sees after the yes what they would see without; that two go on from
// one reading and neither hears of the other's; and that what happened meanwhile counts.
func TestAReadAheadIsGoneOnWith(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := &fromWhere{Journal: journal.NewMemory()}
		r := drive(t, &world{}, j.Journal, Options{})
		r.begin()
		read, err := ReadAhead(t.Context(), j)
		if err != nil || !slices.Equal(j.read, []uint64{0}) {
			t.Fatalf("it was read from %v, %v", j.read, err)
		}
		at := r.State().Seq
		r.do(flows.Noted{Text: "meanwhile"})
		j.read = nil
		var seen []View
		for _, o := range []GuideOptions{{Ahead: read}, {Ahead: read}, {}} {
			g, err := AskToWatch(t.Context(), j, known(t, []string{"Ann Lee", "Bo Berg", "Cy Cole"}[len(seen)]), o)
			if err != nil {
				t.Fatal(err)
			}
			if from := j.read[0]; o.Ahead != nil && from != at || o.Ahead == nil && from != 0 {
				t.Errorf("asking read from %d on, and %d was read ahead", from, at)
			}
			v := r.sees(g)
			if notes := v.Run.State.Notes; len(notes) != 1 || notes[0].Text != "meanwhile" {
				t.Errorf("they see the notes %+v", notes)
			}
			seen, j.read = append(seen, view(t, g)), nil
		}
		for i, v := range seen {
			whole := seen[2].Run
			if !reflect.DeepEqual(v.Run.Last, whole.Last[:len(v.Run.Last)]) || v.Run.State.Domain != whole.State.Domain || len(v.Run.State.Guides) != i+1 {
				t.Errorf("guide %d sees %d records, and %+v", i, len(v.Run.Last), v.Run.State.Guides)
			}
		}
	})
}

// TestAReadAheadOfWhatEnded holds that nobody asks in a run that ended after it was read,
// and that what cannot be read is said.
func TestAReadAheadOfWhatEnded(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		j := journal.NewMemory()
		r := drive(t, &world{}, j, Options{})
		r.begin()
		read, err := ReadAhead(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		r.do(flows.Ended{})
		if g, err := AskToWatch(t.Context(), j, known(t, "Ann Lee"), GuideOptions{Ahead: read}); g != nil || !errors.Is(err, ErrNoRun) {
			t.Errorf("after the end: %v, %v", g, err)
		}
	})
	gone := goneJournal{journal.NewMemory()}
	if read, err := ReadAhead(t.Context(), gone); read != nil || !errors.Is(err, flows.ErrGone) {
		t.Errorf("of a run that is gone: %v, %v", read, err)
	}
}

// goneJournal is one that was erased.
type goneJournal struct{ flows.Journal }

func (goneJournal) Since(context.Context, uint64) ([]flows.Record, error) { return nil, flows.ErrGone }
