package cases

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// hearing hears from the other nodes at a PostgreSQL database what to wake
// watchers for: LISTEN, with a channel for each topic, for as long as somebody
// here watches it. A notification is a wake-up and no data. One connection of its
// own does for all of them; where it is lost every watcher is woken once another
// one listens, for nobody knows what was missed.
type hearing struct {
	config *pgx.ConnConfig
	node   string
	// epoch goes up with each transaction of which nobody heard whether it is stored.
	// What was sent before that is heard as another node's is: it may be stored only now.
	epoch atomic.Uint64
	on    *watchers
	log   *slog.Logger
	// every is how often it asks whether the connection is still there.
	every time.Duration
}

// How a hearing goes on.
const (
	// hearPause and hearMost are the first and the longest pause before it connects anew.
	hearPause = 50 * time.Millisecond
	hearMost  = 2 * time.Second
	// hearEvery is every, of a hearing.
	hearEvery = 20 * time.Second
)

// channelHead begins the names of channels, which a database has for all programs.
const channelHead = "onboard "

// own is what this node's own notifications say now: those that do it knows of.
func (h *hearing) own() string { return h.node + "/" + strconv.FormatUint(h.epoch.Load(), 10) }

// run hears until ctx ends.
func (h *hearing) run(ctx context.Context) {
	pause, away := hearPause, false
	for {
		from := time.Now()
		err := h.connected(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		if time.Since(from) > hearMost {
			pause, away = hearPause, false
		}
		if !away { // once, not with each attempt
			away = true
			h.log.Warn("other nodes are not heard of", "reason", line{err}.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, hearMost)
	}
}

// connected hears over one connection, once somebody watches, until it is lost, or
// nobody has watched for as long as every.
func (h *hearing) connected(ctx context.Context) error {
	for len(h.on.topics()) == 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.on.changed:
		}
	}
	short, cancel := context.WithTimeout(ctx, answerTime)
	conn, err := pgx.ConnectConfig(short, h.config)
	cancel()
	if err != nil {
		return err
	}
	defer func() {
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(short) // it is lost, or of no more use
	}()
	heard := map[string]struct{}{}
	busy := time.Now()
	for {
		if err := h.follow(ctx, conn, heard); err != nil {
			return err
		}
		if len(heard) > 0 {
			busy = time.Now()
		} else if time.Since(busy) >= h.every {
			return nil
		}
		if err := h.wait(ctx, conn); err != nil {
			return err
		}
	}
}

// follow has the connection listen to what is watched now, and to nothing else.
// Who watches what is new is woken once it is listened to: nobody heard what came
// before.
func (h *hearing) follow(ctx context.Context, conn *pgx.Conn, heard map[string]struct{}) error {
	var stmts strings.Builder
	var added []string
	want := h.on.topics()
	for topic := range want {
		if _, ok := heard[topic]; !ok {
			added = append(added, topic)
			stmts.WriteString("LISTEN " + pgx.Identifier{channelHead + topic}.Sanitize() + ";")
		}
	}
	for topic := range heard {
		if _, ok := want[topic]; !ok {
			stmts.WriteString("UNLISTEN " + pgx.Identifier{channelHead + topic}.Sanitize() + ";")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if stmts.Len() == 0 {
		return conn.Ping(ctx)
	}
	if _, err := conn.PgConn().Exec(ctx, stmts.String()).ReadAll(); err != nil {
		return err
	}
	clear(heard)
	for topic := range want {
		heard[topic] = struct{}{}
	}
	h.on.wake(added...)
	h.on.heard(want)
	return nil
}

// wait wakes watchers until what is watched changes, or it is time to ask whether
// the connection is still there.
func (h *hearing) wait(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, h.every)
	done := make(chan struct{})
	defer func() {
		cancel()
		<-done // or it would take the next change for itself
	}()
	go func() {
		defer close(done)
		select {
		case <-h.on.changed:
			cancel()
		case <-ctx.Done():
		}
	}()
	for {
		n, err := conn.WaitForNotification(ctx)
		if n != nil && n.Payload != h.own() {
			h.on.wake(strings.TrimPrefix(n.Channel, channelHead))
		}
		switch {
		case err == nil:
		case ctx.Err() != nil && !conn.IsClosed():
			return nil
		default:
			return err
		}
	}
}

// tell has the other nodes wake those who watch a topic. It goes with the
// transaction: they hear of it once it is stored.
func (s *Store) tell(q *queries, topics []string) error {
	if s.hearing == nil || len(topics) == 0 {
		return nil
	}
	slices.Sort(topics)
	topics = slices.Compact(topics)
	for i, t := range topics {
		topics[i] = channelHead + t
	}
	_, err := q.exec(q.notify, s.hearing.own(), strings.Join(topics, ","))
	return err
}
