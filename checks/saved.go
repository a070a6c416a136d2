package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// SavedName is the schema that a Saved names.
const SavedName = "onboard/snapshot/1"

// mostSaved bounds a saved snapshot, in bytes; mostSavedText one text in it, in
// characters.
const (
	mostSaved     = 16 << 20
	mostSavedText = 4096
)

// Saved is a snapshot as it is kept in a file, to be judged elsewhere or later.
// It holds no personal data and no secret: see Snapshot.Stripped.
type Saved struct {
	Schema  string    `json:"schema"`
	At      time.Time `json:"at"`                // when the tenant was read
	Version string    `json:"version"`           // of the program that read it
	Service string    `json:"service,omitempty"` // that was read in place of Microsoft's
	App     ReportApp `json:"app"`
	Domain  string    `json:"domain"`
	Cloud   Cloud     `json:"cloud"`
	Person  bool      `json:"person"` // one person was asked about
	Look    Snapshot  `json:"look"`
}

// Save makes a Saved of what was read for a subject, stripped.
func Save(s Subject, version string) Saved {
	out := Saved{
		Schema: SavedName, At: s.Now, Version: version, Domain: s.Domain, Cloud: s.Cloud, Person: s.Person != "", Service: s.Service,
		App: ReportApp{ID: s.App.ID, Name: s.App.Name, ClientID: s.App.ClientID},
	}
	if s.Look != nil {
		out.Look = s.Look.Stripped()
	}
	return out
}

// The errors of ReadSaved, beside those of the reader.
var (
	ErrNotSaved     = errors.New("this is no snapshot that was saved by onboard check --save")
	ErrSavedVersion = errors.New("this snapshot was saved in a form that this version does not know")
	ErrSavedSize    = fmt.Errorf("this is longer than the %d MiB that a snapshot can have", mostSaved>>20)
)

// ReadSaved reads what was saved. Whoever wrote the file is not trusted: every
// text is cleaned for a screen, and what does not belong there is an error.
func ReadSaved(r io.Reader) (Saved, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostSaved+1))
	if err != nil {
		return Saved{}, fmt.Errorf("reading the snapshot: %w", err)
	}
	if len(data) > mostSaved {
		return Saved{}, ErrSavedSize
	}
	var head struct {
		Schema string `json:"schema"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return Saved{}, fmt.Errorf("%w: %s", ErrNotSaved, Line(err.Error(), 160))
	case head.Schema == "":
		return Saved{}, ErrNotSaved
	case head.Schema != SavedName:
		return Saved{}, fmt.Errorf("%w: %s, and it knows %s", ErrSavedVersion, Line(head.Schema, 80), SavedName)
	}
	if data, err = cleanJSON(data); err != nil {
		return Saved{}, fmt.Errorf("%w: %s", ErrNotSaved, Line(err.Error(), 160))
	}
	var out Saved
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return Saved{}, fmt.Errorf("%w: %s", ErrNotSaved, Line(err.Error(), 160))
	}
	if out.At.IsZero() || !IsGUID(out.App.ClientID) {
		return Saved{}, fmt.Errorf("%w: it does not say when it was read, or for which app", ErrNotSaved)
	}
	return out, nil
}

// cleanJSON cleans every text of a document, names of members too.
func cleanJSON(data []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(cleanValue(v))
}

func cleanValue(v any) any {
	switch v := v.(type) {
	case string:
		return Line(v, mostSavedText)
	case []any:
		for i := range v {
			v[i] = cleanValue(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[Line(k, mostSavedText)] = cleanValue(e)
		}
		return out
	}
	return v
}

// Judge judges a saved snapshot for the app that it was read for, as of then,
// without asking anybody. Nothing of it is ever Verified: nothing was read in
// this run, and a file says what its writer wants.
func (v Saved) Judge(app App) (Subject, []Finding, Overall) {
	s := Subject{App: app, Domain: v.Domain, Cloud: v.Cloud, Now: v.At, Look: &v.Look, Service: v.Service}
	if v.Person {
		s.Person = saySomebody
	}
	findings := Judge(s, nil)
	o := Decide(findings, s)
	o.Grade = min(o.Grade, Asserted)
	for i := range findings {
		findings[i].Grade = min(findings[i].Grade, Asserted)
	}
	return s, findings, o
}
