package resolve

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// systemServers are the name servers of the network adapters that are up and lead
// anywhere, in the order in which Windows lists them; three at most, as elsewhere.
func systemServers() ([]target, error) {
	first, err := adapters()
	if err != nil {
		return nil, fmt.Errorf("find the resolver in use: %w", err)
	}
	var out []target
	for a := first; a != nil; a = a.Next {
		if a.OperStatus != windows.IfOperStatusUp || a.FirstGatewayAddress == nil {
			continue
		}
		for s := a.FirstDnsServerAddress; s != nil && len(out) < 3; s = s.Next {
			ip, ok := netip.AddrFromSlice(s.Address.IP())
			if ip = ip.Unmap(); !ok || siteLocal().Contains(ip) {
				continue
			}
			if t := (target{network: "udp", host: ip.String(), port: "53"}); !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New(wordNoServer)
	}
	return out, nil
}

// siteLocal is where Windows names servers that nobody set up (fec0:0:0:ffff::1).
func siteLocal() netip.Prefix { return netip.MustParsePrefix("fec0::/10") }

// adapters asks Windows for its network adapters; the list may grow in between.
func adapters() (*windows.IpAdapterAddresses, error) {
	const flags = windows.GAA_FLAG_INCLUDE_GATEWAYS | windows.GAA_FLAG_SKIP_UNICAST | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	size := uint32(15000) // as Microsoft advises
	for range 4 {
		buf := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == nil {
			return first, nil
		}
		if !errors.Is(err, windows.ERROR_BUFFER_OVERFLOW) {
			return nil, os.NewSyscallError("getadaptersaddresses", err)
		}
	}
	return nil, errors.New(wordNoServer)
}
