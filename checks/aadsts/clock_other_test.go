//go:build !unix

package aadsts

import "time"

// processor is the clock on the wall, where nothing better is to be had.
func processor() time.Duration { return time.Duration(time.Now().UnixNano()) }
