package ssh

import (
	"strings"
	"testing"
)

// TestASessionEndsWhenItsCaseGoesOnElsewhere holds that of two servers at one store
// the second takes a case over and the first tells whoever was at it, with the way
// back; and that an erasure on one ends the session on the other.
func TestASessionEndsWhenItsCaseGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	one := serve(t, nil)
	two := serve(t, func(o *Options) { o.Cases = one.o.Cases })
	c := one.shell(t, "anybody", 100, 30)
	c.chooses()
	code := c.shownCode()
	there := two.shell(t, code, 100, 30)
	there.knows()
	if exit := c.ends(); exit != codeFailed || !strings.Contains(c.bytes(), sayTaken) || !strings.Contains(c.bytes(), code) {
		t.Errorf("the first ended with %d: %q", exit, c.bytes())
	}
	back := one.shell(t, code, 100, 30)
	back.knows()
	if exit := there.ends(); exit != codeFailed || !strings.Contains(there.bytes(), sayTaken) {
		t.Errorf("the second ended with %d: %q", exit, there.bytes())
	}
	if out, errs, exit := two.asks(t, "erase "+code); exit != codeDone || !strings.Contains(out, "is erased") {
		t.Errorf("%d, %q, %q", exit, out, errs)
	}
	if exit := back.ends(); exit != codeFailed || !strings.Contains(back.bytes(), sayErasedHere) {
		t.Errorf("who was at the erased case: %d, %q", exit, back.bytes())
	}
	if _, after, _ := strings.Cut(back.bytes(), sayErasedHere); strings.Contains(after, code) {
		t.Errorf("who was at it is told to come back: %q", after)
	}
}
