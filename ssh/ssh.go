// Package ssh serves the wizard to strangers: the listener with its limits, the
// runner of a session, who may do what, and the commands that may be asked
// without a terminal.
//
// It stands on charm.land/ssh alone. Of wish nothing is left to use: its runner
// of Bubble Tea programs spins and leaks at a client's say-so, its limits come
// after the handshake that they are to save, and the rest is a handful of lines.
// Of charm.land/ssh it takes the server and the handshake; channels are answered
// by us from their first request on, for the library keeps every environment
// variable and every window size that a client sends.
//
// What a client costs is bounded before it costs anything: the gate counts
// connections before the handshake, a session has a size, a speed, a pace of
// keys and an end. Nothing here can change a tenant: a session gets eyes and no
// hand that writes.
//
// A guide at the console has a desk: a place at one case at a time, by its customer's
// yes. The place is a run.Guide over the case's journal and nothing more, and all that
// it writes goes through the audit first. When the session ends, so does the watch.
//
// A run on its person's own machine is shared over a channel (share_wire.go): Share is the
// end there, which takes what guides do and nothing else; home is the end here, a case to
// which records are added that a stranger sends.
package ssh
