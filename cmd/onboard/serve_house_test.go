package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"onboard.example/checks/graph"
	"onboard.example/checks/signin"
	"onboard.example/flows/run"
	"onboard.example/ssh"
)

// TestServeHasNoHandThatWrites holds that nothing which a server is made of, or
// gives a session, can change a tenant, or leads to the vendor's own credential: not
// by its types, not by what its files
// name, not by what its room is linked with. What a session signs in with looks and
// no more, which TestVisitorLooksAlone holds, and is not the hand of the person's own
// machine, which knows files, az and a browser.
func TestServeHasNoHandThatWrites(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var walk func(at string, x reflect.Type)
	walk = func(at string, x reflect.Type) {
		if seen[x] {
			return
		}
		seen[x] = true
		for _, hand := range []reflect.Type{reflect.TypeFor[run.Changer](), reflect.TypeFor[run.Changers](), reflect.TypeFor[run.Hands]()} {
			if x == hand || x.Kind() != reflect.Interface && hand.Kind() == reflect.Interface && (x.Implements(hand) || reflect.PointerTo(x).Implements(hand)) {
				t.Errorf("%s is a %s", at, x)
			}
		}
		for _, hand := range []reflect.Type{reflect.TypeFor[graph.Changer](), reflect.TypeFor[changers](), reflect.TypeFor[changer](), reflect.TypeFor[signer](), reflect.TypeFor[signin.Prober](), reflect.TypeFor[signin.Credential]()} {
			if x == hand {
				t.Errorf("%s is a %s", at, x)
			}
		}
		switch x.Kind() { //nolint:exhaustive // no other holds a type
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan, reflect.Map:
			walk(at, x.Elem())
		case reflect.Struct:
			for f := range x.Fields() {
				walk(at+"."+f.Name, f.Type)
			}
		case reflect.Func:
			for out := range x.Outs() {
				walk(at+"()", out)
			}
		}
	}
	for _, x := range []reflect.Type{reflect.TypeFor[site](), reflect.TypeFor[ssh.Options](), reflect.TypeFor[ssh.Server](), reflect.TypeFor[looker](), reflect.TypeFor[guarded](), reflect.TypeFor[visitor](), reflect.TypeFor[ssh.Sight]()} {
		walk(x.Name(), x)
	}
	if len(seen) < 100 {
		t.Errorf("only %d types were looked at", len(seen))
	}

	files, err := filepath.Glob("serve*.go")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	inside, err := filepath.Glob("../../ssh/*.go")
	if err != nil || len(inside) < 10 {
		t.Fatal(inside, err)
	}
	for _, file := range append(files, inside...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"changer", "Changer", "Change:", "signer{", "graph.Confirm", "WriteScopes", "Host:"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s names %q", file, word)
			}
		}
	}

	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "onboard.example/ssh").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"checks/graph", "checks/signin", "checks/sim", "checks/resolve"} {
		if strings.Contains(string(out), module+room+"\n") {
			t.Errorf("ssh is linked with %s", room)
		}
	}
}
