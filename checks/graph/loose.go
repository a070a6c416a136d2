package graph

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"

	"onboard.example/checks"
)

// loose is an answer taken member by member, without a model of the SDK's:
// for lists of which only few members matter, and whose words grow faster than
// the SDK's enumerations, which drop the words that they do not know.
type loose struct{ members map[string]any }

func newLoose(serialization.ParseNode) (serialization.Parsable, error) { return &loose{}, nil }

// Serialize is part of Kiota's interface; a loose answer is never sent.
func (*loose) Serialize(serialization.SerializationWriter) error { return nil }

// GetFieldDeserializers claims no member, so that all are kept as they came.
func (*loose) GetFieldDeserializers() map[string]func(serialization.ParseNode) error { return nil }

// GetAdditionalData gives the members.
func (l *loose) GetAdditionalData() map[string]any { return l.members }

// SetAdditionalData takes the members.
func (l *loose) SetAdditionalData(members map[string]any) { l.members = members }

// onePage asks for a list and takes its first page alone; more says that there
// are others. Nothing in a list can be null or of another type than T says.
func onePage[T any](t *trail, a ask) (items []T, more bool, err error) {
	p, err := t.send(a, newLoose)
	if err != nil {
		return nil, false, err
	}
	l, ok := p.(*loose)
	if !ok || l.members == nil {
		return nil, false, t.lacks("value")
	}
	var page struct {
		Value *[]*T  `json:"value"`
		Next  string `json:"@odata.nextLink"`
	}
	b, err := json.Marshal(l.members)
	if err != nil || json.Unmarshal(b, &page) != nil {
		return nil, false, t.failure(checks.FailNotJSON, wordOdd)
	}
	if page.Value == nil {
		return nil, false, t.lacks("value")
	}
	items = []T{}
	for _, v := range *page.Value {
		if v == nil {
			return nil, false, t.lacks("an item of value")
		}
		items = append(items, *v)
	}
	return items, page.Next != "", nil
}

// escaped makes a query value of an OData expression: spaces as %20, which is
// read alike everywhere.
func escaped(expression string) string {
	return strings.ReplaceAll(url.QueryEscape(expression), "+", "%20")
}

// quoted is a text as an OData literal.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
