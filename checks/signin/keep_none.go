//go:build !windows && !(linux && cgo) && !(darwin && cgo)

package signin

import (
	"errors"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
)

// keychain is none: Microsoft's extension reaches those of Linux and macOS
// through C, and has none for other systems.
func keychain(string) (accessor.Accessor, error) { return nil, errors.New(wordsKeepBuild) }
