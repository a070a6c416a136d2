package ssh

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/ssh/cases"
)

// BanKind is what a ban goes by.
type BanKind string

// The kinds: an address or a net (192.0.2.0/24), a key by its fingerprint
// (SHA256:…), a client by how the name begins that it gives itself (SSH-2.0-…).
const (
	BanNet    BanKind = "net"
	BanKey    BanKind = "key"
	BanClient BanKind = "client"
)

// Ban keeps somebody out until a time, for a reason that they are told.
type Ban struct {
	Kind   BanKind   `json:"kind"`
	Value  string    `json:"value"`
	Reason string    `json:"reason"`
	Made   time.Time `json:"made"`
	Until  time.Time `json:"until"` // zero: until it is lifted

	mark string // of a shared one: tells it from any other
}

// words tell a ban to whom it is about.
func (b Ban) words() string {
	if b.Until.IsZero() {
		return fmt.Sprintf(sayBanned, b.Reason)
	}
	return fmt.Sprintf(sayBannedUntil, b.Until.UTC().Format("2006-01-02 15:04 MST"), b.Reason)
}

// mostBans bounds the list: it is read for every connection.
const mostBans = cases.MostBans

// mostBanMark bounds the mark of one, in bytes, as the store does.
const mostBanMark = 48

// largestBans bounds the file of bans, in bytes.
const largestBans = 32 << 20

// covers says whether a ban is about whoever comes from an address, with a key
// (empty: none) and a client by its name (empty: not known yet).
func (b Ban) covers(from netip.Addr, key, client string) bool {
	switch b.Kind {
	case BanNet:
		p, err := netip.ParsePrefix(b.Value)
		return err == nil && p.Contains(from.Unmap().WithZone(""))
	case BanKey:
		return key == b.Value
	case BanClient:
		return strings.HasPrefix(client, b.Value)
	}
	return false
}

// Bans is the list of bans, kept in a file or, once Share was called, in the store of
// cases. Its methods are safe for use by several goroutines.
type Bans struct {
	file   string // empty: in memory alone
	now    func() time.Time
	shared *sharing // nil: they are this server's own. It is set before anything is served

	mu    sync.Mutex
	list  []Ban
	read  []change       // what the file had
	ahead time.Duration  // what the clock lacks to the time that bans go by
	hears []func(Ban)    // told of each ban that is added
	nets  []netip.Prefix // of list, in its order; not valid: of another kind
}

// OpenBans reads the bans of a file, which need not be there; with an empty name
// they live in memory. now is the clock; nil means time.Now. A file that cannot
// be read is an error: a server without its bans would let everybody in again.
func OpenBans(file string, now func() time.Time) (*Bans, error) {
	if now == nil {
		now = time.Now
	}
	b := &Bans{file: file, now: now}
	if file == "" {
		return b, nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bans: %w", err)
	}
	defer func() { _ = f.Close() }() // it was read
	var list []change
	whole := &io.LimitedReader{R: f, N: largestBans + 1}
	d := json.NewDecoder(whole)
	d.DisallowUnknownFields()
	err = d.Decode(&list)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New(sayBansMore)
		}
	}
	switch {
	case whole.N <= 0:
		return nil, fmt.Errorf(sayBansLarge, file, largestBans>>20)
	case err != nil:
		return nil, fmt.Errorf("read the bans in %s: %w", file, err)
	}
	for i, one := range list {
		if list[i].Ban, err = one.valid(); err != nil {
			return nil, fmt.Errorf("read the bans in %s: ban %d: %w", file, i+1, err)
		}
		if checks.Line(one.Mark, mostBanMark) != one.Mark || len(one.Mark) > mostBanMark {
			return nil, fmt.Errorf("read the bans in %s: ban %d: %w", file, i+1, errors.New(sayBanMark))
		}
		if !one.Lift {
			b.list = append(b.list, list[i].Ban)
		}
	}
	b.read = list
	b.index()
	return b, nil
}

// valid holds a ban to its form and gives it in the one that is compared.
func (b Ban) valid() (Ban, error) {
	b.Value, b.Reason = strings.TrimSpace(b.Value), checks.Line(b.Reason, 200)
	if b.Reason == "" {
		return b, errors.New(sayBanReason)
	}
	switch b.Kind {
	case BanNet:
		p, err := parseNet(b.Value)
		if err != nil {
			return b, err
		}
		b.Value = p.String()
	case BanKey:
		rest, ok := strings.CutPrefix(b.Value, "SHA256:")
		if sum, err := base64.RawStdEncoding.DecodeString(rest); !ok || len(rest) != 43 || err != nil || len(sum) != sha256.Size { // line breaks are skipped there
			return b, fmt.Errorf(sayBanKey, checks.Line(b.Value, 80))
		}
	case BanClient:
		if !strings.HasPrefix(b.Value, "SSH-2.0-") || len(b.Value) == len("SSH-2.0-") || b.Value != checks.Line(b.Value, 255) {
			return b, fmt.Errorf(sayBanClient, checks.Line(b.Value, 80))
		}
	default:
		return b, fmt.Errorf(sayBanKind, checks.Line(string(b.Kind), 40))
	}
	return b, nil
}

// parseNet reads an address or a net. One that holds half the world is a typing
// error.
func parseNet(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if a, alone := netip.ParseAddr(s); alone == nil {
		a = a.Unmap().WithZone("")
		p, err = a.Prefix(a.BitLen())
	}
	if err != nil || p.Bits() < 8 || p.Addr().Is4In6() {
		return p, fmt.Errorf(sayBanNet, checks.Line(s, 80))
	}
	return p.Masked(), nil
}

// index makes nets anew. The caller holds mu, or nobody else has b yet.
func (b *Bans) index() {
	b.nets = make([]netip.Prefix, len(b.list))
	for i, one := range b.list {
		if one.Kind == BanNet {
			b.nets[i], _ = netip.ParsePrefix(one.Value) // it is valid
		}
	}
}

// over says whether a ban has run out. The caller holds mu.
func (b *Bans) over(one Ban) bool { return !one.Until.IsZero() && !b.time().Before(one.Until) }

// time is the time that bans go by. The caller holds mu.
func (b *Bans) time() time.Time { return b.now().Add(b.ahead) }

// OfAddr finds the ban of an address.
func (b *Bans) OfAddr(a netip.Addr) (Ban, bool) {
	a = a.Unmap().WithZone("")
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, p := range b.nets {
		if p.IsValid() && p.Contains(a) && !b.over(b.list[i]) {
			return b.list[i], true
		}
	}
	return Ban{}, false
}

// onAdd has each ban that is added from now on told.
func (b *Bans) onAdd(hear func(Ban)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hears = append(b.hears, hear)
}

// OfKey finds the ban of a key by its fingerprint.
func (b *Bans) OfKey(fingerprint string) (Ban, bool) {
	return b.find(func(one Ban) bool { return one.Kind == BanKey && one.Value == fingerprint })
}

// of finds the ban of whoever has logged in.
func (b *Bans) of(from netip.Addr, who *gossh.ServerConn) (Ban, bool) {
	if ban, banned := b.OfAddr(from); banned {
		return ban, true
	}
	if who.Permissions != nil {
		if ban, banned := b.OfKey(who.Permissions.Extensions[fingerprintOf]); banned {
			return ban, true
		}
	}
	return b.OfClient(string(who.ClientVersion()))
}

// anyKey says whether any key is banned.
func (b *Bans) anyKey() bool {
	_, has := b.find(func(one Ban) bool { return one.Kind == BanKey })
	return has
}

// OfClient finds the ban of a client by the name that it gives itself.
func (b *Bans) OfClient(name string) (Ban, bool) {
	return b.find(func(one Ban) bool { return one.Kind == BanClient && strings.HasPrefix(name, one.Value) })
}

func (b *Bans) find(is func(Ban) bool) (Ban, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.list, func(one Ban) bool { return is(one) && !b.over(one) })
	if i < 0 {
		return Ban{}, false
	}
	return b.list[i], true
}

// List gives the bans that hold, the latest first.
func (b *Bans) List() []Ban {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.DeleteFunc(slices.Clone(b.list), b.over)
	slices.Reverse(out)
	return out
}

// Add puts a ban on the list, in place of one of the same, and keeps the list.
// It is in force when Add returns, for whoever is there already too, and even
// where it could not be kept: then the error is an *UnkeptError, or a *LateError where
// other servers hear of it later. Until is by this server's clock; what is given back
// has it by the time that bans go by.
func (b *Bans) Add(one Ban) (Ban, error) {
	one, hears, err := b.add(one)
	for _, hear := range hears {
		hear(one)
	}
	if err == nil && b.shared != nil {
		err = b.bring(one.mark)
	}
	return one, err
}

// add is Add, but for whoever is to be told.
func (b *Bans) add(one Ban) (Ban, []func(Ban), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one.Made = b.time().UTC().Truncate(time.Second)
	if !one.Until.IsZero() {
		one.Until = one.Until.UTC().Add(b.ahead).Round(time.Second)
	}
	one, err := one.valid()
	if err != nil {
		return one, nil, err
	}
	if b.over(one) {
		return one, nil, errors.New(sayBanOver)
	}
	list := slices.DeleteFunc(slices.Clone(b.list), func(o Ban) bool { return b.over(o) || o.Kind == one.Kind && o.Value == one.Value })
	if len(list) >= mostBans {
		return one, nil, fmt.Errorf(sayManyBans, mostBans)
	}
	if b.shared != nil {
		one.mark = rand.Text()
		b.shared.todo = append(b.shared.todo, change{Ban: one})
		b.fold()
		return one, slices.Clone(b.hears), nil
	}
	list = append(list, one)
	text, err := encodeBans(list)
	if err != nil {
		return one, nil, err
	}
	b.list = list
	b.index()
	return one, slices.Clone(b.hears), b.keep(text)
}

// Lift takes a ban off the list, by its value, and says whether it was there. The
// errors are those of Add.
func (b *Bans) Lift(value string) (bool, error) {
	value = strings.TrimSpace(value)
	if p, err := parseNet(value); err == nil {
		value = p.String()
	}
	if b.shared != nil {
		return b.lift(value)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(b.list), func(o Ban) bool { return o.Value == value })
	if len(list) == len(b.list) {
		return false, nil
	}
	text, err := encodeBans(list)
	if err != nil {
		return false, err
	}
	b.list = list
	b.index()
	return true, b.keep(text)
}

// UnkeptError says that a change is in force, but that it is not in the file: it
// lasts until the server ends.
type UnkeptError struct{ Err error }

// Error implements error.
func (e *UnkeptError) Error() string { return fmt.Sprintf(sayBanUnkept, e.Err) }

// Unwrap gives the cause.
func (e *UnkeptError) Unwrap() error { return e.Err }

// encodeBans writes a list as it stands in the file, no larger than can be read
// again.
func encodeBans[T Ban | change](list []T) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // it is read by people, and no page
	e.SetIndent("", "  ")
	if err := e.Encode(list); err != nil {
		return nil, fmt.Errorf("keep the bans: %w", err)
	}
	if text.Len() > largestBans {
		return nil, fmt.Errorf(sayManyBans, len(list)-1)
	}
	return text.Bytes(), nil
}

// keep writes the list, whole or not at all. The caller holds mu.
func (b *Bans) keep(text []byte) error {
	if b.file == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(b.file), ".bans-") // 0600
	if err != nil {
		return &UnkeptError{err}
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), b.file)
	}
	if err != nil {
		return &UnkeptError{errors.Join(err, os.Remove(f.Name()))}
	}
	return nil
}
