package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// module is the import path in front of every room.
const module = "onboard.example/"

// arrows says which rooms of this module each room may import. A room that is
// not named here may not exist: a new package must be a thing a user could
// name, and gets its line with the reason in its package comment.
var arrows = map[string][]string{
	"checks/consent": {},
	"checks/aadsts":  {},
	"checks/sim":     {},
	"checks":         {"checks/consent", "checks/aadsts"},
	"checks/graph":   {"checks", "checks/consent"},
	"checks/signin":  {"checks"},
	"checks/resolve": {"checks"},
	"flows":          {"checks"},
	"flows/journal":  {"flows"},
	"flows/run":      {"flows", "checks"},
	"tui":            {"flows", "flows/run", "checks"},
	"ssh":            {"tui", "flows", "flows/run", "flows/journal", "checks", "ssh/cases", "ssh/receipt"},
	"ssh/receipt":    {"flows", "checks"},
	"ssh/cases":      {"flows", "flows/journal", "checks"},
	"ssh/web":        {"flows", "flows/run", "checks"},
	"ssh/cluster":    {},
	"cmd/onboard": {
		"checks", "checks/aadsts", "checks/consent", "checks/graph", "checks/resolve", "checks/signin", "checks/sim",
		"flows", "flows/journal", "flows/run", "ssh", "ssh/cases", "ssh/receipt", "ssh/web", "tui",
	},
}

// outside names what a pure room may not touch of the world, directly.
var outside = map[string][]string{
	"checks/consent": {"net", "net/http", "os", "os/exec", "io/fs"},
	"checks/aadsts":  {"net", "net/http", "os", "os/exec", "io/fs"},
	"checks":         {"net", "net/http", "os", "os/exec"},
	"flows":          {"net", "net/http", "os", "os/exec"},
	"tui":            {"net", "net/http", "os/exec"},
}

// plain are the rooms that rest on nothing but the standard library and their arrows.
var plain = []string{"checks", "checks/consent", "checks/aadsts"}

// listed is what go list says of a package.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestArrows holds which way the imports point.
func TestArrows(t *testing.T) {
	t.Parallel()
	rooms := map[string]bool{}
	for _, p := range listPackages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		rooms[room] = true
		may, known := arrows[room]
		if !known {
			t.Errorf("room %s is not in the house", room)
			continue
		}
		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(may, other) {
				t.Errorf("%s imports %s; it may import %v", room, other, may)
			}
			if host, _, _ := strings.Cut(imported, "/"); strings.Contains(host, ".") && host+"/" != module && slices.Contains(plain, room) {
				t.Errorf("%s imports %s; it rests on the standard library", room, imported)
			}
			if slices.Contains(outside[room], imported) {
				t.Errorf("%s imports %s, and is to touch nothing of the world", room, imported)
			}
		}
		if room == "checks/consent" {
			for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
				if imported == module+"checks/sim" {
					t.Errorf("the evaluator's own tests import the simulator")
				}
			}
		}
	}
	for room := range arrows {
		if !rooms[room] {
			t.Errorf("room %s is in the list and not in the tree", room)
		}
	}
}

// TestSimulatorStaysOut holds that no part of the product leans on the
// simulator: only its command and tests start it.
func TestSimulatorStaysOut(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		if p.ImportPath != module+"cmd/onboard" && slices.Contains(p.Imports, module+"checks/sim") {
			t.Errorf("%s imports the simulator", p.ImportPath)
		}
	}
}

// TestModelsStayOut holds that the models of Microsoft's library, which tests hold our
// reading against, are in no program: 17 MB, and minutes of everybody's first build.
func TestModelsStayOut(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, module+"checks/graph") {
		t.Fatalf("it rests on %d packages, and not on the one that reads Graph", len(deps))
	}
	for _, dep := range deps {
		if strings.HasPrefix(dep, "github.com/microsoftgraph/") {
			t.Errorf("the program has %s in it", dep)
		}
	}
}

// atLeast are versions below which a dependency has a hole that is known.
var atLeast = map[string]string{
	"golang.org/x/crypto":           "v0.58.0", // open SSH advisories below
	"charm.land/ssh":                "v0.4.3",  // cross-account authentication below
	"charm.land/wish/v2":            "v2.0.3",  // sits on that ssh below
	"github.com/mattn/go-runewidth": "v0.0.28", // 22 ms in init() in v0.0.26 and v0.0.27
}

var required = regexp.MustCompile(`^\s*(?:require )?([a-z0-9.\-]+\.[a-z]+/\S+) (v\S+)`)

// TestVersions holds the floors of atLeast over what go.mod selects.
func TestVersions(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := required.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		seen++
		if floor, ok := atLeast[m[1]]; ok && semver.Compare(m[2], floor) < 0 {
			t.Errorf("%s is %s; at least %s", m[1], m[2], floor)
		}
	}
	if seen < 10 {
		t.Errorf("read %d requirements of go.mod: the pattern no longer fits the file", seen)
	}
}

// TestBuiltAlike: what is measured is what `task build` makes and what CI builds.
func TestBuiltAlike(t *testing.T) {
	t.Parallel()
	var command strings.Builder
	command.WriteString("go build")
	for _, word := range shipped() {
		if strings.HasPrefix(word, "-") && !strings.Contains(word, " ") {
			command.WriteString(" " + word)
			continue
		}
		command.WriteString(" '" + word + "'")
	}
	for _, file := range []string{"../../Taskfile.yml", "../../.ci/run"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(command.String()+" -o ")) {
			t.Errorf("%s does not build with %s", file, command.String())
		}
	}
}

// TestHabits holds house rules that no linter holds: no init functions, no
// process exit below main, no file that outgrows a reader.
func TestHabits(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := bytes.Count(text, []byte("\n")); n > 500 && !strings.HasSuffix(path, "_test.go") && !bytes.Contains(text, []byte("\n// house: a table\n")) {
			t.Errorf("%s has %d lines; a file is at most 500 but where it is a table", path, n)
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s has an init function", path)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "os" && n.Sel.Name == "Exit" && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "cmd/onboard/main.go") {
					t.Errorf("%s ends the process; only main does", path)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("walked %d files: the walk no longer fits the tree", files)
	}
}
