package ssh

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// TestNobodyElseIsAGuideRegression holds, over real connections, who gets to the
// console and why everybody else does not. The first three are what the stock
// library's handler for trusted authorities takes.
func TestNobodyElseIsAGuideRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	mine := newSigner(t)
	with := func(change func(*gossh.Certificate)) gossh.Signer { return o.certify(mine, change) }
	option := func(name, value string) gossh.Signer {
		return with(func(c *gossh.Certificate) { c.CriticalOptions = map[string]string{name: value} })
	}
	hour := uint64(time.Hour / time.Second)
	now := uint64(time.Now().Unix()) //nolint:gosec // after 1970
	cases := map[string]struct {
		key gossh.Signer
		why error
	}{
		"a guide":                  {with(nil), nil},
		"a host's certificate":     {with(func(c *gossh.Certificate) { c.CertType = gossh.HostCert }), errHostCert},
		"no principals":            {with(func(c *gossh.Certificate) { c.ValidPrincipals = nil }), errNoPrincipals},
		"another place":            {option(sourceAddress, "203.0.113.0/24,2001:db8::1"), errSource},
		"this place":               {option(sourceAddress, "203.0.113.7,127.0.0.0/8"), nil},
		"no place":                 {option(sourceAddress, ""), errSource},
		"a broken place":           {option(sourceAddress, "127.0.0.1,somewhere"), errSource},
		"a forced command":         {option("force-command", "sh"), errNotInForce},
		"an unknown option":        {option("anything@contoso.example", "1"), errNotInForce},
		"a PIN":                    {option("verify-required", ""), errNotInForce},
		"expired":                  {with(func(c *gossh.Certificate) { c.ValidAfter, c.ValidBefore = now-2*hour, now-1 }), errNotInForce},
		"not yet valid":            {with(func(c *gossh.Certificate) { c.ValidAfter, c.ValidBefore = now+hour, now+2*hour }), errNotInForce},
		"for ever":                 {with(func(c *gossh.Certificate) { c.ValidAfter, c.ValidBefore = 0, gossh.CertTimeInfinity }), nil},
		"an unknown kind":          {with(func(c *gossh.Certificate) { c.CertType = 3 }), errHostCert},
		"a customer's name":        {with(func(c *gossh.Certificate) { c.ValidPrincipals = []string{"admin@contoso.example", "why", "console"} }), errNoRole},
		"a role and a name":        {with(func(c *gossh.Certificate) { c.ValidPrincipals = []string{"anna", "lead"} }), nil},
		"no name":                  {with(func(c *gossh.Certificate) { c.KeyId = "" }), errKeyID},
		"a name that acts":         {with(func(c *gossh.Certificate) { c.KeyId = "Anna\x1b[2J" }), errKeyID},
		"a name that turns around": {with(func(c *gossh.Certificate) { c.KeyId = "Anna\u202egreB" }), errKeyID},
		"a long name":              {with(func(c *gossh.Certificate) { c.KeyId = strings.Repeat("Anna", 30) }), errKeyID},
		"another authority":        {signedBy(t, newSigner(t), mine, nil), errAuthority},
		"itself":                   {signedBy(t, mine, mine, nil), errAuthority},
		"an authority's key":       {o.ca, errAuthorityKey},
		"an authority certified":   {signedBy(t, o.ca, o.ca, nil), errAuthorityKey},
		"a changed certificate":    {forged(t, with(nil)), errSignature},
		"a key":                    {mine, errNotListed},
		"a key on hardware":        {newHardware(t, touched), errNotListed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
			got, err := s.console(t, c.key)
			if (err == nil) != (c.why == nil) {
				t.Fatalf("let in: %v, %v", err == nil, err)
			}
			if c.why == nil {
				got.reads("You are Anna Berg, Example Support")
				return
			}
			if log := s.log.String(); !strings.Contains(log, c.why.Error()) {
				t.Errorf("%q is not in\n%s", c.why, log)
			}
			if st := s.Status(); st.Guides != 0 || st.GuidesRefused == 0 || st.Sessions != 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// forged changes a certificate that was signed.
func forged(t *testing.T, s gossh.Signer) gossh.Signer {
	t.Helper()
	cert, ok := s.PublicKey().(*gossh.Certificate)
	if !ok {
		t.Fatal("no certificate")
	}
	other := *cert
	other.ValidPrincipals = []string{"lead"}
	return certOf{s, &other}
}

// certOf signs with a key and shows something else for it.
type certOf struct {
	gossh.Signer

	shows gossh.PublicKey
}

// PublicKey implements gossh.Signer.
func (c certOf) PublicKey() gossh.PublicKey { return c.shows }

// TestOthersSignatureIsNoProofRegression holds that a guide's certificate, which is no
// secret, lets nobody in who has not its key.
func TestOthersSignatureIsNoProofRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	anna := o.certify(newSigner(t), nil)
	if _, err := s.console(t, certOf{newSigner(t), anna.PublicKey()}); err == nil {
		t.Error("somebody else's certificate lets in")
	}
	// A certificate cannot sign a certificate, however well it is signed itself.
	leaf := newSigner(t)
	chained := &gossh.Certificate{Key: leaf.PublicKey(), CertType: gossh.UserCert, KeyId: "Anna Berg", ValidPrincipals: []string{"guide"}, ValidBefore: gossh.CertTimeInfinity, SignatureKey: anna.PublicKey(), Nonce: []byte("n")}
	sig, err := anna.Sign(rand.Reader, bare(chained))
	if err != nil {
		t.Fatal(err)
	}
	chained.Signature = sig
	if _, err := s.console(t, certOf{leaf, chained}); err == nil {
		t.Error("a chain lets in")
	}
	if _, err := s.console(t, anna); err != nil {
		t.Error(err)
	}
}

// bare is what of a certificate is signed.
func bare(c *gossh.Certificate) []byte {
	all := c.Marshal()
	return all[:len(all)-4]
}

// TestProvenKeyDecidesRegression holds that of all keys that are offered the one counts
// that the client signed with, and that other user names open nothing by it.
func TestProvenKeyDecidesRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	bob := newSigner(t)
	opts := o.options()
	opts.Keys = []GuideKey{{Name: "Bob Blau", Organisation: "Example Partner", Role: RoleLead, Key: bob.PublicKey()}}
	s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
	c, err := s.console(t, newSigner(t), o.ca, o.certify(newSigner(t), func(c *gossh.Certificate) { c.ValidPrincipals = nil }), bob)
	if err != nil {
		t.Fatal(err)
	}
	c.reads("You are Bob Blau, Example Partner, lead")
	await(t, "a guide", func() bool { return s.Status().Guides == 1 }, func() string { return s.log.String() })
	// A guide's key under any other name is anybody's.
	for _, user := range []string{userWhy, userPlain, "anybody", "Console", userFingerprint} {
		conn := s.dial(t, user, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(bob)} })
		x := opens(t, conn, 0, 0, func(x *gossh.Session) error { return x.Shell() })
		_ = x.in.Close()
		if x.ends(); strings.Contains(x.bytes(), "console") || strings.Contains(x.bytes(), "Bob Blau") {
			t.Errorf("%s: %q", user, x.bytes())
		}
	}
	if n := s.Status().Guides; n != 1 {
		t.Errorf("%d guides", n)
	}
	// Too many keys end it, as for everybody.
	var many []gossh.Signer
	for range s.o.Limits.Tries + 2 {
		many = append(many, newSigner(t))
	}
	if _, err := s.console(t, append(many, bob)...); err == nil {
		t.Error("a guide's key counts after too many others")
	}
}

// TestConsoleIsNoCustomersRegression holds what a customer hears there, and that a
// guide's key at a resume code is one key like another.
func TestConsoleIsNoCustomersRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := serve(t, func(so *Options) { so.Guides = guides(t, o.options()) })
	said := ""
	if _, err := s.try(userConsole, func(c *gossh.ClientConfig) {
		c.BannerCallback = func(m string) error { said += m; return nil }
	}); err == nil || said != sayNotGuide+"\n" {
		t.Errorf("%v: %q", err, said)
	}
	_, code, err := s.o.Cases.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	anna := o.certify(newSigner(t), nil)
	for user, word := range map[string]string{code.Reveal(): "Which app", "0000" + code.Reveal()[4:]: "Check"} {
		conn := s.dial(t, user, func(c *gossh.ClientConfig) { c.Auth = []gossh.AuthMethod{gossh.PublicKeys(anna)} })
		x := opens(t, conn, 0, 0, func(x *gossh.Session) error { return x.Shell() })
		_ = x.in.Close()
		x.ends()
		if strings.Contains(x.bytes(), "console") || (word == "Which app") != strings.Contains(x.bytes(), word) {
			t.Errorf("%s: %q", word, x.bytes())
		}
	}
	if log := s.log.String(); strings.Contains(log, code.Reveal()) || strings.Contains(log, "a guide is here") {
		t.Errorf("the log has %s", log)
	}
}

// TestSecurityKeys holds the second factor: what is on no hardware, and what was not
// touched, logs nobody in.
func TestSecurityKeys(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	noTouch := func(c *gossh.Certificate) { c.Extensions = map[string]string{noTouchRequired: ""} }
	for name, c := range map[string]struct {
		key  gossh.Signer
		only bool
		in   bool
	}{
		"touched":                          {o.certify(newHardware(t, touched), nil), true, true},
		"touched, and any key would do":    {o.certify(newHardware(t, touched), nil), false, true},
		"untouched":                        {o.certify(newHardware(t, 0), nil), true, false},
		"untouched, and any key would do":  {o.certify(newHardware(t, 0), nil), false, false},
		"PIN without a touch":              {o.certify(newHardware(t, 0x04), nil), true, false},
		"need not be, and any would do":    {o.certify(newHardware(t, 0), noTouch), false, true},
		"need not be":                      {o.certify(newHardware(t, 0), noTouch), true, false},
		"need not be, and was":             {o.certify(newHardware(t, touched), noTouch), true, false},
		"a key in a file":                  {o.certify(newSigner(t), nil), true, false},
		"a key in a file, any would do":    {o.certify(newSigner(t), nil), false, true},
		"a listed one that is not":         {newHardware(t, touched), true, false},
		"an authority's on hardware alone": {signedBy(t, newHardware(t, touched), newHardware(t, touched), nil), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := o.options()
			opts.SecurityKeys = c.only
			s := serve(t, func(so *Options) { so.Guides = guides(t, opts) })
			if _, err := s.console(t, c.key); (err == nil) != c.in {
				t.Errorf("in: %v, want %v: %v\n%s", err == nil, c.in, err, s.log)
			}
		})
	}
}

// touched is the flag of a signature that says so.
const touched = 0x01

// TestAuthorityOfRSA holds that a signature over SHA-1 counts nowhere, and short keys
// do not.
func TestAuthorityOfRSA(t *testing.T) {
	t.Parallel()
	secret, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := gossh.NewSignerFromKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := newOffice(t)
	o.ca = ca
	put(t, o.file, string(gossh.MarshalAuthorizedKey(ca.PublicKey())))
	algorithms, ok := ca.(gossh.AlgorithmSigner)
	if !ok {
		t.Fatal("no choice of algorithm")
	}
	mine := newSigner(t)
	for algorithm, why := range map[string]error{gossh.KeyAlgoRSA: errSignature, gossh.KeyAlgoRSASHA256: nil, gossh.KeyAlgoRSASHA512: nil} {
		by, err := gossh.NewSignerWithAlgorithms(algorithms, []string{algorithm})
		if err != nil {
			t.Fatal(err)
		}
		key := signedBy(t, by, mine, nil).PublicKey()
		if _, err := guides(t, o.options()).who(key, loopback); !errors.Is(err, why) {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	small, err := gossh.NewSignerFromKey(short)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guides(t, o.options()).who(o.certify(small, nil).PublicKey(), loopback); !errors.Is(err, errWeakKey) {
		t.Error(err)
	}
	put(t, o.file, string(gossh.MarshalAuthorizedKey(small.PublicKey())))
	if err := guides(t, o.options()).Trouble(); err == nil || !strings.Contains(err.Error(), filepath.Base(o.file)+":1: an RSA key of 1024 bits is too short") {
		t.Error(err)
	}
}

// TestBanHoldsForCertificatesRegression holds that a banned key is known in whatever
// certificate it comes.
func TestBanHoldsForCertificatesRegression(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	mine := newSigner(t)
	bans, err := OpenBans("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bans.Add(Ban{Kind: BanKey, Value: printOf(mine.PublicKey()), Reason: "stolen"}); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(so *Options) { so.Guides, so.Bans = guides(t, o.options()), bans })
	if _, err := s.console(t, o.certify(mine, nil)); err == nil {
		t.Error("a banned guide comes to the console")
	}
	said := ""
	if _, err := s.try("anybody", func(c *gossh.ClientConfig) {
		c.Auth = append([]gossh.AuthMethod{gossh.PublicKeys(signedBy(t, mine, mine, nil))}, c.Auth...)
		c.BannerCallback = func(m string) error { said += m; return nil }
	}); err == nil || !strings.Contains(said, "stolen") {
		t.Errorf("a banned key comes in a certificate: %v, %q", err, said)
	}
	if _, err := s.console(t, o.certify(newSigner(t), nil)); err != nil {
		t.Error(err)
	}
}
