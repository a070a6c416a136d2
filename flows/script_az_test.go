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
