//go:build race

package aadsts

// watched says that this build watches for races.
const watched = true
