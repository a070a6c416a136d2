package sim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What kind a literal of $filter is, and which properties it can be held
// against: Graph refuses the others, where a simulator that found nothing would
// teach its clients wrongly.

// readLiteral reads one literal: its value, and its kind as the table of types
// names kinds. "date" is Edm.Date; null has no kind.
func readLiteral(t string) (value any, kind string, ok bool) {
	switch {
	case t == "":
		return nil, "", false
	case t[0] == '\'':
		return t[1:], "string", true
	case t == "true", t == "false":
		return t == "true", "boolean", true
	case t == "null":
		return nil, "", true
	case isGUID(t):
		return t, "guid", true
	}
	for layout, kind := range map[string]string{time.RFC3339Nano: "time", "2006-01-02T15:04Z07:00": "time", time.DateOnly: "date"} {
		if at, err := time.Parse(layout, t); err == nil {
			return at.UTC().Format(time.RFC3339Nano), kind, true
		}
	}
	f, err := strconv.ParseFloat(t, 64)
	switch {
	case err != nil:
		return nil, "", false
	case strings.ContainsAny(t, ".eEnN"):
		return f, "number", true
	}
	return f, "integer", true
}

// edmKinds are OData's names of the kinds.
var edmKinds = map[string]string{
	"string": "Edm.String", "boolean": "Edm.Boolean", "integer": "Edm.Int32", "number": "Edm.Double",
	"time": "Edm.DateTimeOffset", "date": "Edm.Date", "guid": "Edm.Guid",
}

// edmOperators are OData's names of the comparisons.
var edmOperators = map[string]string{
	"eq": "Equal", "in": "Equal", "ne": "NotEqual", "ge": "GreaterThanOrEqual", "gt": "GreaterThan",
	"le": "LessThanOrEqual", "lt": "LessThan",
}

// edm is the property's type as OData's messages name it.
func (p graphProp) edm() string {
	name, ok := edmKinds[p.kind]
	if !ok {
		name = "microsoft.graph." + p.kind
	}
	if p.list {
		return "Collection(" + name + ")"
	}
	return name
}

// checkKinds holds a node's literals against what its path leads to. The words
// are Graph's (msgraph-sdk-dotnet issue 2306 [PUB]: a quoted id against an
// Edm.Guid).
func (n *filterNode) checkKinds(p graphProp) error {
	if p.kind == "any" || p.kind == "object" {
		return nil // nothing is known of it
	}
	switch n.op {
	case "any":
		if !p.list {
			return badRequest("Invalid filter clause: Any/All may only be used following a collection.")
		}
		return nil
	case "startswith", "endswith":
		if p.kind != "string" || p.list {
			return badRequest("Invalid filter clause: No function signature for the function with name '%s' matches the specified arguments.", n.op)
		}
		return nil
	}
	for _, kind := range n.kinds {
		if !p.compares(kind) {
			return badRequest("Invalid filter clause: A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.",
				p.edm(), edmKinds[kind], edmOperators[n.op])
		}
	}
	return nil
}

// compares says whether a literal of the kind can stand against the property. A
// date is a moment too, and enums are written as text.
func (p graphProp) compares(kind string) bool {
	numbers := []string{"integer", "number"}
	switch {
	case kind == "":
		return true
	case p.list:
		return false
	case p.kind == kind:
		return true
	case slices.Contains(numbers, p.kind):
		return slices.Contains(numbers, kind)
	case p.kind == "time":
		return kind == "date"
	}
	return kind == "string" && graphTypes().enums[p.kind] != nil
}
