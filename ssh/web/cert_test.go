package web

import (
	"crypto/x509"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"
)

// TestCertificateRefused holds which certificates are not served.
func TestCertificateRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		make func(t *testing.T, p *papers)
		says string
	}{
		"no file":  {func(_ *testing.T, p *papers) { p.cert += "x" }, "no such file"},
		"no key":   {func(_ *testing.T, p *papers) { p.key += "x" }, "no such file"},
		"a folder": {func(t *testing.T, p *papers) { t.Helper(); p.cert = t.TempDir() }, "invalid argument"},
		"expired": {func(t *testing.T, p *papers) {
			t.Helper()
			p.writes(t, named, now.Add(-2*time.Hour), now.Add(-time.Hour))
		}, "ran out on"},
		"too early": {func(t *testing.T, p *papers) {
			t.Helper()
			p.writes(t, named, now.Add(time.Hour), now.Add(2*time.Hour))
		}, "counts only from"},
		"another": {func(t *testing.T, p *papers) { t.Helper(); p.writes(t, "fabrikam.example", now, now.Add(time.Hour)) }, "is not for onboard.example"},
		"two": {func(t *testing.T, p *papers) {
			t.Helper()
			other := newPapers(t)
			other.writes(t, named, now, now.Add(time.Hour))
			p.key = other.key
		}, "private key does not match"},
		"no PEM": {func(t *testing.T, p *papers) { t.Helper(); put(t, p.cert, "SECRET", 0o600) }, "read the certificate"},
		"huge":   {func(t *testing.T, p *papers) { t.Helper(); put(t, p.key, strings.Repeat("x", largestPEM+1), 0o600) }, "too large"},
		"open":   {func(t *testing.T, p *papers) { t.Helper(); chmod(t, p.key, 0o604) }, "others can read the key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPapers(t)
			p.writes(t, named, now.Add(-time.Hour), now.Add(time.Hour))
			c.make(t, &p)
			_, err := LoadCertificate(p.cert, p.key, named, nil, nil)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%v", err)
			}
		})
	}
	p := newPapers(t)
	p.writes(t, named, now.Add(-time.Hour), now.Add(time.Hour))
	chmod(t, p.key, 0o640)
	if _, err := LoadCertificate(p.cert, p.key, named, nil, nil); err != nil {
		t.Errorf("a key that a group reads: %v", err)
	}
}

func put(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, file string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
}

// TestCertificateRenewed holds that a renewed certificate comes into use by
// itself, and that a broken one leaves the one before.
func TestCertificateRenewed(t *testing.T) {
	t.Parallel()
	began := time.Now()
	now, log, p := began, new(logged), newPapers(t)
	was := p.writes(t, named, began.Add(-time.Hour), began.Add(time.Hour))
	c, err := LoadCertificate(p.cert, p.key, named, func() time.Time { return now }, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	uses := func(want *x509.Certificate, when string) {
		t.Helper()
		if got, err := c.get(nil); err != nil || !got.Leaf.Equal(want) {
			t.Errorf("%s: %v, another certificate", when, err)
		}
	}
	uses(was, "at first")
	is := p.writes(t, named, began.Add(-time.Hour), began.Add(2*time.Hour))
	later := began.Add(time.Minute) // files of the same size, written within one tick of the disk's clock
	if err := os.Chtimes(p.cert, later, later); err != nil {
		t.Fatal(err)
	}
	uses(was, "at once")
	now = now.Add(lookAgain)
	uses(is, "after a minute")
	put(t, p.cert, "broken", 0o600)
	now = now.Add(lookAgain)
	uses(is, "after it broke")
	if text := log.String(); !strings.Contains(text, "read again") || !strings.Contains(text, "the one before stays") {
		t.Errorf("%s", text)
	}
}
