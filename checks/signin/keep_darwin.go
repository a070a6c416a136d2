//go:build darwin && cgo

package signin

import "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"

// keychain is the macOS keychain.
func keychain(string) (accessor.Accessor, error) {
	return accessor.New(keepName, accessor.WithAccount(keepLabel))
}
