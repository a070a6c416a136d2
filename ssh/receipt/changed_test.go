package receipt

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// leaves calls do with each value of a session that can be changed, set to another, and
// sets it back.
func leaves(v reflect.Value, at string, do func(at string)) {
	if when, is := v.Addr().Interface().(*time.Time); is {
		was := *when
		*when = was.Add(time.Nanosecond)
		do(at)
		*when = was
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			leaves(v.Field(i), strings.TrimPrefix(at+"."+name, "."), do)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), at+"["+string(rune('1'+i))+"]", do)
		}
	case reflect.String:
		was := v.String()
		v.SetString(was + "x")
		do(at)
		v.SetString(was)
	default:
		was := reflect.ValueOf(v.Interface())
		if v.CanInt() {
			v.SetInt(v.Int() + 1)
		} else {
			v.SetUint(v.Uint() + 1)
		}
		do(at)
		v.Set(was)
	}
}

// TestEachChangeOfASessionIsFound holds that whichever value of a session is another, that
// and nothing else is named, with both; that a list which is longer or shorter is another;
// and that a session is as it was when nothing is.
func TestEachChangeOfASessionIsFound(t *testing.T) {
	t.Parallel()
	was := whole().one(t)
	now := was
	now.Did.Deeds = append([]Deed{}, was.Did.Deeds...)
	n := 0
	leaves(reflect.ValueOf(&now).Elem(), "", func(at string) {
		n++
		got, err := was.Changed(now)
		if err != nil || len(got) != 1 || got[0].What != at || got[0].Receipt == got[0].Journal {
			t.Errorf("%s: %+v, %v", at, got, err)
		}
	})
	if n < 30 {
		t.Errorf("%d values were tried", n)
	}
	if got, err := was.Changed(now); err != nil || got != nil {
		t.Errorf("nothing changed: %+v, %v", got, err)
	}
	now.Did.Deeds = now.Did.Deeds[:len(was.Did.Deeds)-1]
	for name, x := range map[string]struct{ a, b Session }{"shorter": {was, now}, "longer": {now, was}} {
		got, err := x.a.Changed(x.b)
		if err != nil || len(got) != 1 || got[0].What != "did.deeds[5]" || (got[0].Receipt == "") == (got[0].Journal == "") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for range 2 * mostChanges {
		now.Did.Deeds = append(now.Did.Deeds, Deed{What: "\x1b[2J" + strings.Repeat("x", 2*mostText)})
	}
	got, err := was.Changed(now)
	if err != nil || len(got) != mostChanges {
		t.Errorf("of very many %d are named, %v", len(got), err)
	}
	for _, one := range got {
		if strings.Contains(one.Journal, "\x1b") || len(one.Journal) > 2*mostText {
			t.Errorf("it says %q", one.Journal)
		}
	}
}
