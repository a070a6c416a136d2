package sim

import "net/url"

// Apps that run in a browser ask the token endpoint from another origin. Only
// apps that are registered with any loopback address count as such, and only on
// this machine.

// origin is the page whose script asks; empty for any other caller.
func (c *visit) origin() string {
	if c.r == nil {
		return ""
	}
	return c.r.Header.Get("Origin")
}

func isLocalPage(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && isLoopback(u.Hostname())
}

// readable lets a page of this machine read the answer, refusals included.
func (c *visit) readable(a answer) answer {
	if o := c.origin(); o != "" && isLocalPage(o) {
		return a.with("Access-Control-Allow-Origin", o).with("Vary", "Origin")
	}
	return a
}
