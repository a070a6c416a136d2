package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onboard.example/checks/sim"
	"onboard.example/flows"
)

// fakeAz is the Azure CLI as far as a configuration calls it, with the token of
// somebody who may do everything: what Graph refuses it says as az does, with the
// reason in front. Where a file slow lies in its home it shows nothing of what was
// written since; where deaf does, no answer of a write comes through.
const fakeAz = `#!/usr/bin/env bash
set -u
if [ "$1" = account ]; then echo "$AZ_TENANT"; exit 0; fi
shift
method=get body=()
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method=$2; shift 2 ;;
    --url) url=$2; shift 2 ;;
    --body) body=(--data-raw "$2"); shift 2 ;;
    --only-show-errors) shift ;;
    *) shift 2 ;;
  esac
done
kept=$HOME/kept-$(printf %s "$url" | cksum | tr -d ' ')
if [ "$method" = get ] && [ -e "$HOME/late" ]; then
  [ -e "$kept" ] && { cat "$kept"; exit 0; }
  echo 'ERROR: Not Found({"error":{}})' >&2
  exit 1
fi
answer=$(curl --silent --globoff --request "$(printf %s "$method" | tr a-z A-Z)" -H "Authorization: Bearer $AZ_TOKEN" \
  -H 'Content-Type: application/json' "${body[@]+"${body[@]}"}" --write-out '\n%{http_code}' "$url") || { echo "ERROR: no connection" >&2; exit 1; }
code=${answer##*$'\n'} text=${answer%$'\n'*}
if [ "$method" = get ]; then
  rm -f "$kept"
else
  echo "$method $url" >>"$HOME/sent"
  [ ! -e "$HOME/slow" ] || touch "$HOME/late"
  [ ! -e "$HOME/deaf" ] || { echo "ERROR: Connection reset by peer" >&2; exit 1; }
fi
case "$code" in
  2??) [ "$method" != get ] || printf '%s\n' "$text" >"$kept"; printf '%s\n' "$text" ;;
  404) echo "ERROR: Not Found($text)" >&2; exit 1 ;;
  403) echo "ERROR: Forbidden($text)" >&2; exit 1 ;;
  *) echo "ERROR: Bad Request($text)" >&2; exit 1 ;;
esac
`

// wasTold is whether Terraform said something, however it broke its lines.
func wasTold(out, what string) bool {
	return strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "│", "")), " "), what)
}

// puts makes an empty file beside the configuration, takes away one.
func (r tfRig) puts(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (r tfRig) takes(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// stops runs terraform, which has to fail with these words, and to send or not.
func (r tfRig) stops(t *testing.T, what string, sends bool, words string) {
	t.Helper()
	if out, code, sent := r.does(t, what); code == 0 || sent != sends || !wasTold(out, words) {
		t.Errorf("%s, exit %d, sent %t, not %q:\n%s", what, code, sent, words, out)
	}
}

// ends runs terraform, which has to end well.
func (r tfRig) ends(t *testing.T, sends bool, args ...string) {
	t.Helper()
	if out, code, sent := r.does(t, args[0], args[1:]...); code != 0 || sent != sends {
		t.Fatalf("%v, exit %d, sent %t:\n%s", args, code, sent, out)
	}
}

// What Microsoft accepted and does not show yet is sent once, however often
// somebody applies; destroy does not pass it over; and once it shows both go on.
func TestTerraformSendsOnceWhatShowsLate(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "own policy, empty", sim.Options{})
	before := r.state(t)
	r.puts(t, "slow")
	r.stops(t, "apply", true, "it was sent, and is not to be seen yet")
	sent := r.state(t)
	r.stops(t, "apply", false, "it was sent, and is not to be seen yet")
	r.stops(t, "destroy", false, "it was sent, and was never seen")
	if r.state(t) != sent || sent == before {
		t.Errorf("the tenant is another: %s", firstApart(sent, r.state(t)))
	}
	r.takes(t, "slow", "late")
	r.ends(t, true, "apply") // the second line
	r.ends(t, false, "apply")
	r.puts(t, "slow")
	r.stops(t, "destroy", true, "it was sent back, and that is not to be seen yet")
	r.stops(t, "destroy", false, "and that is not to be seen yet")
	r.takes(t, "slow", "late")
	r.ends(t, true, "destroy") // the first line
	if now := r.state(t); now != before {
		t.Errorf("taken back, it is another tenant: %s", firstApart(before, now))
	}
	if left, _ := filepath.Glob(filepath.Join(r.dir, "*.line_*")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// What never comes is given up or sent again by whoever says so; what a killed
// run was sending is not sent again by itself.
func TestTerraformGivesUpWhereItIsTold(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "grant, widened", sim.Options{})
	mark := "onboard-" + r.doc.Plan.Digest + ".line_1.sent"
	r.puts(t, mark)
	r.stops(t, "apply", false, "it was sent, and is not to be seen yet")
	r.takes(t, mark)
	r.puts(t, "slow")
	r.ends(t, false, "destroy")
	r.stops(t, "apply", true, "it was sent, and is not to be seen yet")
	r.takes(t, mark)
	if out, code, sent := r.does(t, "apply", "-replace=terraform_data.line_1"); code == 0 || !sent || !wasTold(out, "is not to be seen yet") {
		t.Errorf("again, exit %d, sent %t:\n%s", code, sent, out)
	}
	r.takes(t, "slow", "late")
	r.ends(t, false, "apply")
}

// A write whose answer is lost is looked at: it counts where it shows, and is not
// sent again where nobody can tell what it made.
func TestTerraformLooksWhereNoAnswerCame(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	r := newTerraform(t, "grant, widened", sim.Options{})
	before := r.state(t)
	r.puts(t, "deaf")
	r.ends(t, true, "apply")
	r.stops(t, "destroy", true, "nobody knows whether it was taken back")
	r.ends(t, false, "destroy")
	if now := r.state(t); now != before {
		t.Errorf("taken back, it is another tenant: %s", firstApart(before, now))
	}
	r = newTerraform(t, "revoke", sim.Options{}) // what comes back has another id
	r.ends(t, true, "apply")
	r.puts(t, "deaf")
	r.stops(t, "destroy", true, "nobody knows whether it was taken back")
	r.takes(t, "deaf")
	r.stops(t, "destroy", false, "Look whether it is there")
}

// Another plan that is put into the same folder is sent, and leaves the first one
// its way back.
func TestTerraformKeepsPlansApart(t *testing.T) {
	t.Parallel()
	needsTool(t, "terraform")
	first := newTerraform(t, "grant, widened", sim.Options{})
	before := first.state(t)
	first.ends(t, true, "apply")
	between := first.state(t)

	second := first
	second.p.args = []string{"--path", "consent-requests", "--reviewers", "role"}
	second.doc = second.planned(t)
	second.script(t, flows.FormTerraform, "main.tf")
	second.stops(t, "apply", false, "Backend initialization required")
	second.inits(t)
	second.ends(t, true, "apply")
	second.ends(t, true, "destroy")
	if now := first.state(t); now != between {
		t.Errorf("the second plan left %s", firstApart(between, now))
	}
	first.script(t, flows.FormTerraform, "main.tf")
	first.inits(t)
	first.ends(t, true, "destroy")
	if now := first.state(t); now != before {
		t.Errorf("the first plan left %s", firstApart(before, now))
	}
}
