//go:build !linux

package cases

import "testing"

// freshPostgres skips: Debian's server is started on Linux alone.
func freshPostgres(t testing.TB, _ Options) *Store {
	t.Helper()
	t.Skip("NO POSTGRESQL: the store of several nodes is tested on Linux alone")
	return nil
}

func endShared() {}

func restoredPostgres(t *testing.T, _ string) string {
	t.Helper()
	freshPostgres(t, Options{})
	return ""
}

func shapePostgres(*testing.T, *Store) []string { return nil }
