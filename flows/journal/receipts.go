package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"onboard.example/flows"
)

// Receipts is a directory of receipts, one file each, for its owner alone.
type Receipts struct{ path string }

// maxReceipt bounds a receipt's file, in bytes.
const maxReceipt = 1 << 20

// ErrNoReceipt says that there is no receipt of that name.
var ErrNoReceipt = errors.New("there is no such receipt")

// OpenReceipts makes sure that the directory is there and is its owner's alone.
func OpenReceipts(path string) (*Receipts, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, keeping(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return nil, keeping(err)
	}
	return &Receipts{path}, nil
}

// Save writes a receipt, whole or not at all, over the one of the same
// application of the same plan, and returns its name.
func (r *Receipts) Save(ctx context.Context, receipt flows.Receipt) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", keeping(err)
	}
	name := receiptName(receipt)
	data, err := json.MarshalIndent(receipt, "", "  ")
	if err != nil {
		return "", keeping(err)
	}
	if err := r.replace(name, append(data, '\n')); err != nil {
		return "", keeping(err)
	}
	return name, nil
}

// replace writes a file beside the old one, forces it to the disk, and only
// then puts it in the old one's place.
func (r *Receipts) replace(name string, data []byte) (err error) {
	f, err := os.CreateTemp(r.path, ".new-*") // made for the owner alone
	if err != nil {
		return err
	}
	placed := false
	defer func() {
		if err != nil && !placed {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(r.path, name)); err != nil {
		return err
	}
	placed = true
	return syncDir(r.path)
}

// Read reads a receipt by its name. It fails with ErrNoReceipt.
func (r *Receipts) Read(name string) (flows.Receipt, error) {
	if !receiptFile.MatchString(name) {
		return flows.Receipt{}, ErrNoReceipt
	}
	return readReceipt(name, filepath.Join(r.path, name))
}

// All reads the receipts, newest first. Of those that cannot be read it says which,
// as flows.UnreadReceipts beside the others. Other errors are that they cannot be
// listed, and ctx's.
func (r *Receipts) All(ctx context.Context) ([]flows.Receipt, error) {
	names, err := r.List()
	if err != nil {
		return nil, err
	}
	var out []flows.Receipt
	var unread flows.UnreadReceipts
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		receipt, err := r.Read(name)
		if err == nil {
			out = append(out, receipt)
			continue
		}
		info, gone := os.Lstat(filepath.Join(r.path, name))
		if errors.Is(err, ErrNoReceipt) || gone != nil {
			continue // it was moved away in this moment
		}
		unread = append(unread, flows.UnreadReceipt{Name: name, Saved: info.ModTime(), Err: err})
	}
	if len(unread) > 0 {
		return out, unread
	}
	return out, nil
}

// Lock keeps other runs that keep their receipts here from writing to a tenant,
// until unlock or the end of the process, however it ends. It fails with
// flows.ErrWriting where one is. The file that is locked stays: taken away, two
// could hold one of the same name.
func (r *Receipts) Lock(tenant string) (unlock func(), err error) {
	of := sha256.Sum256([]byte(strings.ToLower(tenant)))
	f, err := os.OpenFile(filepath.Join(r.path, ".writing-"+hex.EncodeToString(of[:8])), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		if err = Lock(f); err != nil {
			_ = f.Close()
		}
	}
	switch {
	case errors.Is(err, ErrBusy):
		return nil, flows.ErrWriting
	case err != nil:
		return nil, keeping(err)
	}
	return func() { _ = f.Close() }, nil
}

// ReadReceipt reads a receipt from a file, wherever it lies. It fails with
// ErrNoReceipt where there is no file.
func ReadReceipt(file string) (flows.Receipt, error) { return readReceipt(file, file) }

// readReceipt reads the receipt of a name from a file.
func readReceipt(name, file string) (flows.Receipt, error) {
	var out flows.Receipt
	f, err := openPlain(file, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return out, ErrNoReceipt
	}
	if err != nil {
		return out, fmt.Errorf("reading the receipt %s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxReceipt+1))
	switch {
	case err != nil:
	case len(data) > maxReceipt:
		err = errors.New("it is larger than any receipt")
	default:
		err = json.Unmarshal(data, &out)
	}
	if err == nil && out.Schema != flows.ReceiptSchema {
		err = fmt.Errorf("it is no %s", flows.ReceiptSchema)
	}
	if err != nil {
		return flows.Receipt{}, fmt.Errorf("reading the receipt %s: %w", name, err)
	}
	return out, nil
}

// List gives the names of the receipts, newest first.
func (r *Receipts) List() ([]string, error) {
	files, err := os.ReadDir(r.path)
	if err != nil {
		return nil, fmt.Errorf("listing the receipts: %w", err)
	}
	var out []string
	for _, f := range files {
		if receiptFile.MatchString(f.Name()) {
			out = append(out, f.Name())
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(b, a) })
	return out, nil
}

// receiptFile is what a receipt's name looks like.
var receiptFile = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[a-z0-9._-]{1,80}\.json$`)

// receiptName names a receipt by when its first line was sent, by its tenant
// and its plan: the same plan applied again later has a receipt of its own.
func receiptName(r flows.Receipt) string {
	at := r.At
	for _, l := range r.Lines {
		if !l.At.IsZero() && l.At.Before(at) {
			at = l.At
		}
	}
	domain := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '-'
	}, strings.ToLower(r.Tenant.Domain))
	plan := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'f' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, string(r.Plan))
	return fmt.Sprintf("%s-%s-%s.json", at.UTC().Format("20060102-150405"), domain[:min(len(domain), 60)], plan[:min(len(plan), 16)])
}

// keeping says why a receipt cannot be kept.
func keeping(err error) error { return fmt.Errorf("keeping the receipt: %w", reason(err)) }
