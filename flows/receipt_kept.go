package flows

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrWriting says that another run is writing to the same tenant.
var ErrWriting = errors.New("another run is writing to this tenant")

// UnreadReceipts are receipts that are kept and cannot be read, as an error: what
// they say was sent is not known.
type UnreadReceipts []UnreadReceipt

// UnreadReceipt is one of them.
type UnreadReceipt struct {
	Name  string
	Saved time.Time // last; nothing in it was sent later
	Err   error     // why it cannot be read; it names the receipt
}

// Error implements error.
func (u UnreadReceipts) Error() string {
	var out []string
	for _, r := range u {
		out = append(out, fmt.Sprintf(planWords.unreadReceipt, r.Err))
	}
	return strings.Join(out, "; ")
}

// Lately are those of them that may tell of a change that does not show yet.
// Nothing is waited for longer.
func (u UnreadReceipts) Lately(now time.Time) UnreadReceipts {
	var out UnreadReceipts
	for _, r := range u {
		if now.Before(r.Saved.Add(patienceSetting)) {
			out = append(out, r)
		}
	}
	return out
}
