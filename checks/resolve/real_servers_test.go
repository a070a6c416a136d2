package resolve

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// start runs the servers until the test ends. Empty: all answer; else what one of them
// said as it ended, and the others have ended, too.
func (w *realWorld) start(t *testing.T) (said string) {
	t.Helper()
	var knot, nsd, stubs strings.Builder
	fmt.Fprintf(&knot, knotConf, w.dir, w.port)
	fmt.Fprintf(&nsd, nsdConf, w.port, w.dir, "127.0.1.3")
	for _, z := range realZones() {
		file := filepath.Join(w.dir, "signed", z.name+"zone")
		at := []string{"127.0.1.2", "127.0.1.3"}
		switch {
		case z.only:
			at = []string{"127.0.1.5"}
		case z.second != "":
			at = at[:1]
		}
		if slices.Contains(at, "127.0.1.2") {
			fmt.Fprintf(&knot, "  - domain: %s\n    file: %q\n", z.name, file)
		}
		if z.name == "differ.example." {
			old, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			file = w.write(t, "differ", string(old)+`_hetk.differ.example. 300 TXT "v=hetk1; policy=private"`+"\n")
		}
		if slices.Contains(at, "127.0.1.3") {
			fmt.Fprintf(&nsd, "zone:\n  name: %q\n  zonefile: %q\n", z.name, file)
		}
		fmt.Fprintf(&stubs, "stub-zone:\n  name: %q\n", z.name)
		for _, a := range at {
			fmt.Fprintf(&stubs, "  stub-addr: %s@%d\n", a, w.port)
		}
	}
	other := fmt.Sprintf(nsdConf, w.port, w.dir, "127.0.1.5") + fmt.Sprintf("zone:\n  name: \"other.\"\n  zonefile: %q\n",
		w.write(t, "other", "other. 300 SOA ns.other. h.other. 1 3600 600 864000 60\nother. 300 NS ns.other.\n"))
	resolver := func(ip, strict string) string {
		return w.write(t, ip+".conf", fmt.Sprintf(unboundConf, ip, w.port, w.dir, w.anchors, strict)+stubs.String())
	}
	var stops []func()
	for _, s := range []struct {
		ip, zone string
		command  []string
	}{
		{"127.0.1.2", "contoso.example.", []string{"knotd", "-c", w.write(t, "knot.conf", knot.String())}},
		{"127.0.1.3", "contoso.example.", []string{"nsd", "-d", "-c", w.write(t, "nsd.conf", nsd.String())}},
		{"127.0.1.5", "other.", []string{"nsd", "-d", "-c", w.write(t, "other.conf", other)}},
		{"127.0.1.1", "contoso.example.", []string{"unbound", "-d", "-p", "-c", resolver("127.0.1.1", "no")}},
		{"127.0.1.4", "contoso.example.", []string{"unbound", "-d", "-p", "-c", resolver("127.0.1.4", "yes")}},
	} {
		stop, said := w.serve(t, s.ip, s.zone, s.command)
		if stops = append(stops, stop); said != "" {
			for _, stop := range stops {
				stop()
			}
			return said
		}
	}
	return ""
}

// serve starts one server, and waits for its first answer about a zone that it has. It
// ends with the test, or by stop. said is what it said where it ended by itself.
func (w *realWorld) serve(t *testing.T, ip, zone string, command []string) (stop func(), said string) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, w.bin[command[0]], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, 5*time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends its children
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var err error
	go func() {
		defer close(ended)
		err = cmd.Wait()
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute) // it is a busy machine at times
	ask := new(dns.Msg).SetQuestion(zone, dns.TypeSOA)
	for {
		c := dns.Client{Timeout: time.Second}
		m, _, aerr := c.ExchangeContext(t.Context(), ask, fmt.Sprintf("%s:%d", ip, w.port))
		if aerr == nil && m.Rcode == dns.RcodeSuccess && len(m.Answer) > 0 {
			return stop, ""
		}
		select {
		case <-ended:
			return stop, fmt.Sprintf("%s ended: %v\n%s", command[0], err, out.String())
		case <-late:
			t.Fatalf("%s does not answer: %v, %v", command[0], m, aerr)
		case <-tick.C:
		}
	}
}

// unboundSays is the verdict of another validator on the same data.
func (w *realWorld) unboundSays(t *testing.T, name string) Security {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeTXT)
	m.SetEdns0(udpSize, true)
	c := dns.Client{Net: "tcp", Timeout: 30 * time.Second} // nothing is proved by it
	in, _, err := c.ExchangeContext(t.Context(), m, fmt.Sprintf("127.0.1.1:%d", w.port))
	switch {
	case err != nil:
		t.Fatal(err)
	case in.Rcode == dns.RcodeServerFailure:
		return Bogus
	case in.AuthenticatedData:
		return Secure
	}
	return Insecure
}
