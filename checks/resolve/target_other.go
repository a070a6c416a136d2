//go:build !windows

package resolve

// systemServers are those that the system keeps elsewhere than in resolv.conf: none.
func systemServers() ([]target, error) { return nil, nil }
