package flows

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"onboard.example/checks"
)

// maxProfile bounds a profile's size in bytes, so that it travels in a record of
// a journal; the largest built-in has 2 KB.
const maxProfile = 64 << 10

//go:embed profiles/*.yaml
var builtin embed.FS

// Problem is one thing wrong with a profile, at a place in its file.
type Problem struct {
	File string
	Line int // from 1; 0 where the whole file is meant
	Col  int
	What string // what is wrong, then what to write instead
}

// Error prints the place as editors and compilers do.
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.What
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.What)
}

// Problems is everything wrong with a profile, in the order of the file.
type Problems []Problem

// Error prints one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// ParseProfile reads one profile. Whatever is wrong comes back as Problems,
// each with its line and column; file is the name used in them.
func ParseProfile(file string, text []byte) (Profile, error) {
	var p Profile
	if len(text) > maxProfile {
		return p, Problems{{File: file, What: fmt.Sprintf("has %d bytes; a profile has at most %d", len(text), maxProfile)}}
	}
	tree, err := parseTree(text)
	if err != nil {
		return p, Problems{problemOf(file, err)}
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return p, Problems{{File: file, What: "is empty; start from `onboard apps new`"}}
	}
	if len(tree.Docs) > 1 {
		at := tree.Docs[1].Start.Position
		return p, Problems{{file, at.Line, at.Column, "a second document; one file holds one app"}}
	}
	var found aliases
	ast.Walk(&found, tree.Docs[0].Body)
	if found.first != nil {
		at := found.first.GetToken().Position
		return p, Problems{{file, at.Line, at.Column, "an alias; write the value out, for aliases of aliases grow without end"}}
	}
	if err := decodeStrict(text, &p); err != nil {
		return Profile{}, Problems{problemOf(file, err)}
	}
	if found := lint(file, p, tree); len(found) > 0 {
		return p, found
	}
	return p, nil
}

// aliases finds the first alias of a YAML tree.
type aliases struct{ first ast.Node }

// Visit implements ast.Visitor.
func (a *aliases) Visit(n ast.Node) ast.Visitor {
	if n.Type() == ast.AliasType && a.first == nil {
		a.first = n
	}
	return a
}

// errYAML stands for a panic of the YAML library, which some tagged values
// bring about (goccy/go-yaml v1.19.2: a list field given as a tagged scalar).
var errYAML = errors.New("cannot be read as YAML; look for a tag, such as !tag or !!binary, and leave it out")

// parseTree parses a profile for the places in it.
func parseTree(text []byte) (tree *ast.File, err error) {
	defer func() {
		if recover() != nil {
			tree, err = nil, errYAML
		}
	}()
	return parser.ParseBytes(text, 0)
}

// decodeStrict decodes a profile; unknown and doubled keys are errors.
func decodeStrict(text []byte, p *Profile) (err error) {
	defer func() {
		if recover() != nil {
			err = errYAML
		}
	}()
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the profile: %w", err)
	}
	return nil
}

// problemOf carries a YAML error and its place over.
func problemOf(file string, err error) Problem {
	p := Problem{File: file, What: checks.Line(err.Error(), 300)}
	var at yaml.Error
	if errors.As(err, &at) {
		p.What = checks.Line(inWords(at), 300)
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Col = tok.Position.Line, tok.Position.Column
		}
	}
	return p
}

// inWords says what the YAML library found wrong in words for somebody who
// writes a profile and need not know the types behind it.
func inWords(err yaml.Error) string {
	var node *yaml.UnexpectedNodeTypeError
	var kind *yaml.TypeError
	said := err.GetMessage()
	switch {
	case errors.As(err, &node):
		return fmt.Sprintf("%s stands here; write %s", nodeWord(node.Actual), nodeWord(node.Expected))
	case errors.As(err, &kind) && kind.DstType != nil:
		return "does not fit here; write " + kindWord(kind.DstType.Kind())
	case strings.Contains(said, "'\t'"):
		return "a tab stands here; indent by spaces"
	default:
		return said
	}
}

// nodeWord is what a person calls a form of YAML.
func nodeWord(t ast.NodeType) string {
	switch t { //nolint:exhaustive // the rest is said by its own name
	case ast.SequenceType:
		return "a list, each item on a line that begins with -"
	case ast.MappingType, ast.MappingValueType:
		return "keys with values below it"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number"
	case ast.BoolType:
		return "true or false"
	case ast.NullType:
		return "nothing"
	case ast.StringType, ast.LiteralType:
		return "a text"
	default:
		return "a " + strings.ToLower(t.String())
	}
}

// kindWord is what a person calls a value of a Go kind.
func kindWord(k reflect.Kind) string {
	switch k { //nolint:exhaustive // profiles have no others
	case reflect.Slice, reflect.Array:
		return nodeWord(ast.SequenceType)
	case reflect.Struct, reflect.Map:
		return nodeWord(ast.MappingType)
	case reflect.String:
		return "a text, in quotes where it looks like a number"
	case reflect.Bool:
		return nodeWord(ast.BoolType)
	default:
		return nodeWord(ast.IntegerType)
	}
}

// place finds where a YAML path stands in the file; a path that is absent
// stands where its nearest present parent does.
func place(tree *ast.File, at string) (line, col int) {
	for at != "" && at != "$" {
		if p, err := yaml.PathString(at); err == nil {
			if node, err := p.FilterFile(tree); err == nil && node != nil && node.GetToken() != nil {
				pos := node.GetToken().Position
				return pos.Line, pos.Column
			}
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return 1, 1
}

// Builtin returns the profiles inside the binary, by id.
func Builtin() ([]Profile, error) { return LoadProfiles(builtin, "profiles") }

// LoadProfiles reads every *.yaml and *.yml file of a folder, in the order of
// their ids. All problems of all files come back together.
func LoadProfiles(from fs.FS, dir string) ([]Profile, error) {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	var out []Profile
	var bad Problems
	files := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || (path.Ext(e.Name()) != ".yaml" && path.Ext(e.Name()) != ".yml") {
			continue
		}
		name := path.Join(dir, e.Name())
		info, err := fs.Stat(from, name)
		if err != nil {
			return nil, fmt.Errorf("read profile: %w", err)
		}
		if !info.Mode().IsRegular() { // a pipe would be waited for, a device read without end
			bad = append(bad, Problem{e.Name(), 1, 1, "this is no plain file; give a file of YAML"})
			continue
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("read profile: %w", err)
		}
		p, err := ParseProfile(e.Name(), text)
		var found Problems
		switch {
		case errors.As(err, &found):
			bad = append(bad, found...)
			continue
		case err != nil:
			return nil, err
		}
		if other, twice := files[p.ID]; twice {
			bad = append(bad, Problem{e.Name(), 1, 1, fmt.Sprintf("id %q is already that of %s; give this app another", p.ID, other)})
			continue
		}
		files[p.ID] = e.Name()
		out = append(out, p)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	slices.SortFunc(out, func(a, b Profile) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

//go:embed profiles/template.txt
var template string

// ProfileTemplate is a commented profile to start from.
func ProfileTemplate() string { return template }
