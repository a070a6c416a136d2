package ssh

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"onboard.example/flows"
	"onboard.example/ssh/cases"
	"onboard.example/ssh/receipt"
)

// TestAReceiptIsGivenWhereThereIsNoRoom holds that a receipt that the database has no room
// for is given all the same, as it is once there is room; that the log has it; and that what
// a disowned key would sign, or signed, is given with another's signature there, too.
func TestAReceiptIsGivenWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	roomy, log := serve(t, func(so *Options) { so.Cases = shared(t, d, cases.Options{}) }), new(logged)
	full := serve(t, func(so *Options) {
		so.Cases, so.Log = shared(t, d, cases.Options{MaxSize: 1}), slog.New(slog.NewTextHandler(log, nil))
	})
	c, secret, err := roomy.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code, began := secret.Reveal(), time.Now().UTC().Add(-time.Hour).Round(0)
	if _, err := c.Append(t.Context(), 0, flows.Record{Writer: "driver", N: 1, At: began, By: flows.ByDriver, Event: flows.Started{Version: "test"}}); err != nil {
		t.Fatal(err)
	}
	guidedBy(t, c, "v1", printOf(newSigner(t).PublicKey()), began.Add(time.Minute))
	was := roomy.published(t)
	text := full.fetches(t, code, "receipt")
	if v := receipt.Judge([]byte(text), was); v.State != receipt.StateGood {
		t.Errorf("%+v", v)
	}
	if kept, err := c.Receipt(t.Context(), "v1"); kept != nil || err != nil {
		t.Errorf("it is kept as %q, %v", kept, err)
	}
	if said := log.String(); !strings.Contains(said, "a receipt is given and not kept") || !strings.Contains(said, "the disk is full") {
		t.Errorf("the log says %q", said)
	}
	if again := roomy.fetches(t, code, "receipt"); again != text {
		t.Errorf("with room it is\n%s, and was\n%s", again, text)
	}
	if _, err := roomy.DisownReceiptKey(t.Context(), was[0].Fingerprint, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if v := receipt.Judge([]byte(full.fetches(t, code, "receipt")), full.published(t)); v.State != receipt.StateGood || v.Key == was[0].Fingerprint {
		t.Errorf("%+v", v)
	}
}
