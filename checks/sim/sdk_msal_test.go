package sim_test

import (
	"errors"
	"fmt"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
)

// msalText is an error with the answer behind it, which MSAL keeps apart.
func msalText(err error) string {
	var call msalerrors.CallErr
	if errors.As(err, &call) {
		return msalerrors.Verbose(err)
	}
	return fmt.Sprint(err)
}
