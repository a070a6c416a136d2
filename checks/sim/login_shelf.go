package sim

import (
	"container/list"
	"time"
)

// shelf keeps short-lived things by a secret key: authorization codes, device
// codes, refresh tokens, sign-ins in progress. It never holds more than max of
// them, so that no caller can fill memory. What nobody has asked for the
// longest goes first: a refresh token that a client lives on is not pushed out
// by newer ones that nobody uses. The caller holds World.mu, for reading too.
type shelf[T any] struct {
	ttl   time.Duration
	max   int
	items map[string]*list.Element // of order
	order *list.List               // of shelved[T], the longest unused first
}

type shelved[T any] struct {
	key   string
	value T
	until time.Time
}

func newShelf[T any](ttl time.Duration, most int) *shelf[T] {
	return &shelf[T]{ttl: ttl, max: most, items: map[string]*list.Element{}, order: list.New()}
}

// put stores a value until ttl from now.
func (s *shelf[T]) put(now time.Time, key string, v T) {
	s.drop(key)
	s.items[key] = s.order.PushBack(shelved[T]{key: key, value: v, until: now.Add(s.ttl)})
	for first := s.order.Front(); s.order.Len() > s.max || s.stale(first, now); first = s.order.Front() {
		s.remove(first)
	}
}

// stale says whether something ended more than one ttl ago: until then get can
// still say "expired" instead of "unknown".
func (s *shelf[T]) stale(e *list.Element, now time.Time) bool {
	return e != nil && now.After(s.of(e).until.Add(s.ttl))
}

// get finds a value. live is false for one that was there and has expired.
func (s *shelf[T]) get(now time.Time, key string) (v T, known, live bool) {
	e, ok := s.items[key]
	if !ok || key == "" {
		return v, false, false
	}
	s.order.MoveToBack(e)
	it := s.of(e)
	return it.value, true, now.Before(it.until)
}

func (s *shelf[T]) drop(key string) {
	if e, ok := s.items[key]; ok {
		s.remove(e)
	}
}

func (s *shelf[T]) remove(e *list.Element) {
	delete(s.items, s.of(e).key)
	s.order.Remove(e)
}

// of is what an element of order holds: put stores nothing else.
func (s *shelf[T]) of(e *list.Element) shelved[T] {
	it, _ := e.Value.(shelved[T])
	return it
}

// size is how many things are remembered.
func (s *shelf[T]) size() int { return s.order.Len() }
