package main

import (
	"errors"
	"strconv"
	"strings"
)

// port is a number from 1 to 65535, as it is typed.
type port uint16

// Set implements pflag.Value.
func (p *port) Set(typed string) error {
	n, err := strconv.ParseUint(strings.TrimSpace(typed), 10, 16)
	if err != nil || n == 0 {
		return errors.New(sayNoPort)
	}
	*p = port(n)
	return nil
}

// String implements pflag.Value.
func (p *port) String() string { return strconv.Itoa(int(*p)) }

// Type implements pflag.Value.
func (p *port) Type() string { return "uint16" }
