package ssh

import "time"

// Limits bound what clients can make the server spend. Zero fields of a value
// that a caller made mean none of it; start from DefaultLimits.
type Limits struct {
	// Connections and Handshakes bound all connections, and those of them that
	// are not logged in yet; PerSource those of one source: an IPv4 address, or
	// an IPv6 /64. What holds for one source holds fourfold for all of an IPv6 /48
	// together, for providers give their customers up to that much.
	Connections, Handshakes, PerSource int
	// Rate is how many connections a second one source may make, and Burst how
	// many at once after a pause.
	Rate  float64
	Burst int
	// Handshake is the time from the connection on until somebody is logged in, or
	// has asked something at another door (Limited), a PROXY header included; Tries
	// how often logging in may fail.
	Handshake time.Duration
	Tries     int
	// Sessions bound all sessions, and SessionsPerConnection those of one
	// connection. One source may begin SessionRate a second, and SessionBurst at
	// once after a pause. A connection without a session lives for Unused.
	Sessions, SessionsPerConnection int
	SessionRate                     float64
	SessionBurst                    int
	Unused                          time.Duration
	// CasesPerSource is how many cases one source may begin within an hour.
	CasesPerSource int
	// Width and Height clamp a window, in cells; Resizes is the time between two
	// changes of its size that are drawn.
	Width, Height int
	Resizes       time.Duration
	// Bytes is how many bytes a second a session may send, and BytesBurst how
	// many at once: the longest paste fits. Keys and KeysBurst are the same of
	// keys; those beyond are dropped.
	Bytes, BytesBurst, Keys, KeysBurst int
	// Paste is the longest paste, in bytes; what is beyond is dropped.
	Paste int
	// Pending is how many bytes may wait for a client that does not read, and
	// Stall how long it may read nothing at all.
	Pending int
	Stall   time.Duration
	// Idle is how long a session may go without a key, Total how long it may
	// last, and Warning how long before either it is said.
	Idle, Total, Warning time.Duration
	// Command is how long one command may take, and Commands how many may run
	// at once: of all, and of one source (of a /48 together no more than half of
	// all).
	Command                     time.Duration
	Commands, CommandsPerSource int
	// Recording is how long one download of a case's recordings may be, in bytes.
	Recording int
}

// DefaultLimits are for a server of two cores and two gigabytes: a session with the
// largest window takes some 2 MB, so that all of them fit into half of it. One source gets
// 15 connections in its first second and 5 in each that follows: a person who
// opens several windows is not held up, and a scanner that counts whether it
// gets 20 a second does not.
func DefaultLimits() Limits {
	return Limits{
		Connections: 2000, Handshakes: 200, PerSource: 20, Rate: 5, Burst: 10,
		Handshake: 20 * time.Second, Tries: 6,
		Sessions: 500, SessionsPerConnection: 2, SessionRate: 5, SessionBurst: 20, Unused: 30 * time.Second, CasesPerSource: 20,
		Width: 200, Height: 60, Resizes: 100 * time.Millisecond,
		Bytes: 64 << 10, BytesBurst: 1 << 20, Keys: 200, KeysBurst: 4096, Paste: 256 << 10,
		Pending: 1 << 20, Stall: time.Minute,
		Idle: 30 * time.Minute, Total: 8 * time.Hour, Warning: time.Minute,
		Command: 45 * time.Second, Commands: 8, CommandsPerSource: 2, Recording: 64 << 20,
	}
}
