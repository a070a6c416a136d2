package signin

import (
	"strings"

	"onboard.example/checks"
)

// Field names what somebody typed or configured.
type Field string

// The inputs of this room.
const (
	FieldDomain   Field = "domain"
	FieldCAFile   Field = "ca-file"
	FieldProxy    Field = "proxy"
	FieldLoginURL Field = "login-url"
	FieldClientID Field = "client-id"
	FieldTenant   Field = "tenant"
	FieldCloud    Field = "cloud"
	FieldToken    Field = "token"
	FieldKeep     Field = "keep-sign-in"
	FieldPaste    Field = "paste"

	FieldProbeSecret Field = "probe-secret-file"
	FieldProbeCert   Field = "probe-cert"
)

// InputError is something typed or configured that can not be used. Say tells
// what is wrong, Do what to type instead; both are one line and cleaned.
type InputError struct {
	Field Field
	Say   string
	Do    string
	// Personal is set for a domain of personal accounts, which is well formed
	// but never a tenant.
	Personal bool
}

// Error gives Say.
func (e *InputError) Error() string { return e.Say }

// shown is text from outside as an error repeats it.
func shown(s string) string { return checks.Line(strings.TrimSpace(s), 80) }

// shownFile is a file's name as an error repeats it.
func shownFile(name string) string { return checks.Line(name, 300) }
