package main

// writable says why this user cannot make files in a folder; here that is found out
// at the start alone.
func writable(string) error { return nil }
