//go:build !windows && !linux && !netbsd && !openbsd && !(darwin && cgo)

package signin

import (
	"errors"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
)

// keychain is none: Microsoft's extension reaches that of macOS through C, and
// other systems have none that is known here.
func keychain(string) (accessor.Accessor, error) { return nil, errors.New(wordsKeepBuild) }
