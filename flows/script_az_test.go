package flows

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Only Graph's own refusal means that nothing was written: az prints the answer
// of a server that failed the same way, with its status in front.
func TestAzTellsARefusalFromAFailure(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`ERROR: Forbidden({"error":{"code":"Authorization_RequestDenied"}})`:              "1",
		`Bad Request({"error":{"code":"Request_BadRequest"}})`:                            "1",
		`ERROR: Conflict({"error":{"code":"Request_MultipleObjectsWithSameKeyValue"}})`:   "1",
		`ERROR: Service Unavailable({"error":{"code":"ServiceUnavailable"}})`:             "2",
		`ERROR: Internal Server Error({"error":{"message":"Not Found( and Forbidden("}})`: "2",
		`ERROR: Request Timeout({"error":{"code":"Timeout"}})`:                            "2",
		`ERROR: Forbidden(<html>a proxy says "no"</html>)`:                                "2",
		`ERROR: HTTPSConnectionPool(host='graph.microsoft.com'): Max retries exceeded`:    "2",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "az"), []byte("#!/bin/sh\nprintf '%s\\n' \"$SAID\" >&2\nexit 1\n"), 0o700); err != nil { //nolint:gosec // a program has to be executable
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-c", "GRAPH=https://graph.example\ntmp="+dir+"\n"+part("az.sh")+"\ngraph POST /x '{}' 2>/dev/null && echo 0 || echo $?\nlook /x 2>/dev/null || echo unread\n")
		cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "SAID=" + said}
		out, err := cmd.CombinedOutput()
		got := strings.Fields(string(out))
		if err != nil || len(got) != 2 || got[0] != want || got[1] != "unread" {
			t.Errorf("%s: %q %v, want %s and unread", said, out, err, want)
		}
	}
}

// The CLI for Microsoft 365 prints the words of an answer without its status, of
// a server that failed too: only what is known to refuse means that nothing was
// written, and only Graph's own words that nothing is there.
func TestM365TellsARefusalFromAFailure(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`{"error":"Insufficient privileges to complete the operation."}`:                                                 "1 unread",
		`Error: Permission entry already exists.`:                                                                        "1 unread",
		`{"error":"Permission being assigned already exists on the object"}`:                                             "1 unread",
		`{"error":"Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'."}`:                  "1 unread",
		`{"error":"Resource 'x' does not exist or one of its queried reference-property objects are not present."}`:      "1 null",
		`{"error":"Request failed with status code 404"}`:                                                                "1 null",
		`{"error":"Request failed with status code 403"}`:                                                                "1 unread",
		`{"error":"Request failed with status code 429"}`:                                                                "1 unread",
		`{"error":"Request failed with status code 408"}`:                                                                "2 unread",
		`{"error":"Request failed with status code 4041"}`:                                                               "2 unread",
		`{"error":"Request failed with status code 504"}`:                                                                "2 unread",
		`{"error":"The service is temporarily unavailable."}`:                                                            "2 unread",
		`{"error":"An internal error: a shard was not found, and its Resource 'x' does not exist. Forbidden. Invalid "}`: "2 unread",
		`{"error":"UnknownError"}`:                                                                                       "2 unread",
		`{"error":"socket hang up"}`:                                                                                     "2 unread",
		`{"error":"read ECONNRESET"}`:                                                                                    "2 unread",
		`{"error":"The server does not exist: getaddrinfo ENOTFOUND"}`:                                                   "2 unread",
		``: "2 unread",
	} {
		got := toolSays(t, "m365", said)
		if got != want {
			t.Errorf("%s: %q, want %s", said, got, want)
		}
	}
}

// toolSays is what a request of a script comes to, and a look, where its program
// fails and says something.
func toolSays(t *testing.T, tool, said string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, tool), []byte("#!/bin/sh\nprintf '%s\\n' \"$SAID\" >&2\nexit 1\n"), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euc", "GRAPH=https://graph.example\ntmp="+dir+"\n"+part(tool+".sh")+"\ngraph POST /x '{}' 2>/dev/null && echo 0 || echo $?\nlook /x 2>/dev/null || echo unread\n")
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "SAID=" + said}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// A request that timed out on its way may have got there: that is no refusal.
func TestHTTPTellsARefusalFromAFailure(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{"400": "1", "403": "1", "404": "1", "408": "2", "429": "1", "500": "2", "503": "2"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "curl"), []byte("#!/bin/sh\nprintf '%s' \"$STATUS\"\n"), 0o700); err != nil { //nolint:gosec // a program has to be executable
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euc", "GRAPH=https://graph.example\nTOKEN=x\nsay() { :; }\ntmp="+dir+"\n"+part("http.sh")+"\ngraph POST /x '{}' && echo 0 || echo $?\n")
		cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "STATUS=" + status}
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %s %v, want %s", status, out, err, want)
		}
	}
	if !strings.Contains(part("run.ps1"), "$status -ne 408") {
		t.Error("the script for PowerShell takes 408 for a refusal")
	}
}

// Where az is set to another cloud the script's last word says so, and not that
// nobody is signed in.
func TestAzSaysThatItIsSetToAnotherCloud(t *testing.T) {
	t.Parallel()
	text, err := Script(planWith(everyLine()[1]), FormAz, hetk())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"az", "jq"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho AzureChinaCloud\n"), 0o700); err != nil { //nolint:gosec // a program has to be executable
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-s")
	cmd.Dir, cmd.Stdin, cmd.Env = dir, strings.NewReader(text), []string{"PATH=" + dir + ":/usr/bin:/bin", "TMPDIR=" + dir}
	out, err := cmd.CombinedOutput()
	if err == nil || strings.TrimSpace(string(out)) != "stopped: az is set to another cloud than AzureCloud. Type: az cloud set --name AzureCloud" {
		t.Errorf("%v: %s", err, out)
	}
}
