//go:build linux && cgo

package signin

import "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"

// keychain is the desktop's Secret Service (GNOME Keyring, KDE Wallet) through
// libsecret, which is loaded when it is wanted.
func keychain(string) (accessor.Accessor, error) {
	return accessor.New(keepName, accessor.WithLabel(keepLabel), accessor.WithAttribute("app", "onboard"))
}
