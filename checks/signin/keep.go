package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	kept "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache"
	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"

	"onboard.example/checks"
)

const (
	// keepPatience bounds a look at what is kept once the keychain is open.
	// Microsoft's extension would give it one second.
	keepPatience = 10 * time.Second
	// tornReads is how often what is kept is read again where it is no cache:
	// another process may be in the middle of writing it.
	tornReads = 3
	nothing   = "{}" // an empty cache, as MSAL writes it
)

// Keep is where sign-ins outlive the process: the keychain of the operating
// system, written through Microsoft's own cache extension for MSAL. It is MSAL's whole
// cache, refresh tokens among it; no file holds any of it in the clear. It is
// safe for several goroutines and processes.
type Keep struct {
	store accessor.Accessor
	msal  cache.ExportReplace
	file  string // says when the keychain was written last, and holds nothing
}

// OpenKeep opens the keychain, which may ask the person to unlock it: it waits
// for that until ctx ends. dir is where processes agree on who writes; it is
// made if it is not there. The error is an *InputError where there is no
// keychain to be had, and an *Error where ctx ended.
func OpenKeep(ctx context.Context, dir string) (*Keep, error) {
	err := os.MkdirAll(dir, 0o700)
	if err != nil {
		return nil, noKeep(err)
	}
	file := filepath.Join(dir, "sign-in")
	store, err := keychain(file)
	if err != nil {
		return nil, noKeep(err)
	}
	k, err := newKeep(store, file)
	if err != nil {
		return nil, noKeep(err)
	}
	if _, err = k.store.Read(ctx); err != nil && ctx.Err() != nil {
		return nil, CauseCancelled.make(nil)
	} else if err != nil {
		return nil, noKeep(err)
	}
	return k, nil
}

func newKeep(store accessor.Accessor, file string) (*Keep, error) {
	k := &Keep{store: patient{store}, file: file}
	var err error
	if k.msal, err = kept.New(k.store, file); err != nil {
		return nil, err
	}
	return k, nil
}

func noKeep(err error) *InputError {
	return &InputError{Field: FieldKeep, Say: wordsKeepNone + checks.Line(err.Error(), 300), Do: wordsKeepDo}
}

// Drop removes everything that is kept, of every account and every app. Where
// nothing is kept it does nothing.
func (k *Keep) Drop(ctx context.Context) error {
	if err := k.store.Delete(ctx); err != nil {
		return keepFailed(ctx, err)
	}
	if err := os.Remove(k.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the keychain's time stamp: %w", err)
	}
	return nil
}

// Replace implements MSAL's cache.ExportReplace: it reads what is kept.
func (k *Keep) Replace(ctx context.Context, u cache.Unmarshaler, h cache.ReplaceHints) error {
	limited, cancel := context.WithTimeout(ctx, keepPatience)
	defer cancel()
	if err := k.msal.Replace(limited, &forgiving{next: u}, h); err != nil {
		return keepFailed(ctx, err)
	}
	return nil
}

// Export implements MSAL's cache.ExportReplace: it writes what is to be kept.
func (k *Keep) Export(ctx context.Context, m cache.Marshaler, h cache.ExportHints) error {
	if err := k.msal.Export(ctx, m, h); err != nil {
		return keepFailed(ctx, err)
	}
	return nil
}

// keepFailed is a keychain that stopped working in the middle of a sign-in.
func keepFailed(ctx context.Context, err error) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return CauseCancelled.make(nil)
	}
	return CauseKeychain.make(&checks.Failure{Message: wordsKeepFailed + checks.Line(err.Error(), 200)})
}

// forgiving takes what stays no cache for an empty one, so that something
// broken in the keychain costs a sign-in and not the way to one.
type forgiving struct {
	next  cache.Unmarshaler
	tries int
}

// Unmarshal implements MSAL's cache.Unmarshaler.
func (f *forgiving) Unmarshal(b []byte) error {
	err := f.next.Unmarshal(b)
	if f.tries++; err == nil || f.tries < tornReads {
		return err
	}
	return f.next.Unmarshal([]byte(nothing))
}

// patient is a keychain whose caller can give up: keychains wait for the person
// to unlock them, and heed no context.
type patient struct{ next accessor.Accessor }

// Read gives what is kept; an empty cache where nothing is.
func (p patient) Read(ctx context.Context) ([]byte, error) {
	b, err := until(ctx, func() ([]byte, error) { return p.next.Read(context.WithoutCancel(ctx)) })
	if err == nil && (len(b) == 0 || !json.Valid(b)) {
		return []byte(nothing), nil
	}
	return b, err
}

// Write keeps data.
func (p patient) Write(ctx context.Context, data []byte) error {
	_, err := until(ctx, func() ([]byte, error) { return nil, p.next.Write(context.WithoutCancel(ctx), data) })
	return err
}

// Delete removes what is kept.
func (p patient) Delete(ctx context.Context) error {
	_, err := until(ctx, func() ([]byte, error) { return nil, p.next.Delete(context.WithoutCancel(ctx)) })
	return err
}

// until runs f and leaves it behind when ctx ends first.
func until(ctx context.Context, f func() ([]byte, error)) ([]byte, error) {
	type outcome struct {
		b   []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		b, err := f()
		done <- outcome{b, err}
	}()
	select {
	case o := <-done:
		return o.b, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
