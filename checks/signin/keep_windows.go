package signin

import "github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"

// keychain is a file that Windows' data protection encrypts for this account on
// this machine.
func keychain(file string) (accessor.Accessor, error) {
	return accessor.New(file + ".dpapi")
}
