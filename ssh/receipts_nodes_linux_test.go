package ssh

import (
	"testing"

	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// TestReceiptIsTheSameAtEveryNode holds that a session with the customer at one server
// and the guide at another has one receipt, the same bytes at both, and that both
// publish the key that signed it; and that a new key is one at both.
func TestReceiptIsTheSameAtEveryNode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	o := newOffice(t)
	a := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{Node: "a"}), guides(t, o.options())
	})
	b := serve(t, func(so *Options) {
		so.Cases, so.Guides = shared(t, d, cases.Options{Node: "b"}), guides(t, o.options())
	})
	anna := o.named("Anna Berg")
	_, _, number, code := helped(t, a, b, anna)
	first := a.fetches(t, code, "receipt")
	check := func() {
		t.Helper()
		for name, s := range map[string]*site{"a": a, "b": b} {
			for who, text := range map[string]string{"the customer": s.fetches(t, code, "receipt"), "the guide": s.fetches(t, userConsole, "receipt "+number, anna)} {
				if text != first {
					t.Errorf("for %s at %s it is\n%s, and was\n%s", who, name, text, first)
				}
			}
			if v := receipt.Judge([]byte(first), s.published(t)); v.State != receipt.StateGood {
				t.Errorf("by the keys of %s: %+v", name, v)
			}
		}
	}
	check()
	if _, err := a.NewReceiptKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	check()
	if ka, kb := a.published(t), b.published(t); len(ka) != 2 || len(kb) != 2 || ka[1].Fingerprint != kb[1].Fingerprint {
		t.Errorf("a publishes %+v, b %+v", ka, kb)
	}
}
