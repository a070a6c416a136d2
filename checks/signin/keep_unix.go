//go:build linux || netbsd || openbsd

package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
)

// secretService is the desktop's Secret Service (GNOME Keyring, KDE Wallet).
// Microsoft's own accessor wants C and libsecret-1.so, a name that only
// libsecret's development package brings, so it is not used here.
type secretService struct{}

// keychain finds the session's bus, and starts none of its own.
func keychain(string) (accessor.Accessor, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, fmt.Errorf(wordsKeepNoBus, err)
	}
	return secretService{}, bus.Close()
}

// Read gives what is kept, or nothing.
func (secretService) Read(context.Context) ([]byte, error) {
	data, err := keyring.Get(keepName, keepLabel)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, nil
	}
	return []byte(data), err
}

// Write keeps data in the place of what was kept.
func (secretService) Write(_ context.Context, data []byte) error {
	return keyring.Set(keepName, keepLabel, string(data))
}

// Delete removes what is kept.
func (secretService) Delete(context.Context) error {
	if err := keyring.Delete(keepName, keepLabel); !errors.Is(err, keyring.ErrNotFound) {
		return err
	}
	return nil
}
