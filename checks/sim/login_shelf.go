package sim

import "time"

// shelf keeps short-lived things by a secret key: authorization codes, device
// codes, refresh tokens, sign-ins in progress. It never holds more than max of
// them, so that no caller can fill memory; the oldest goes first. The caller
// holds World.mu.
type shelf[T any] struct {
	ttl   time.Duration
	max   int
	items map[string]shelved[T]
	order []string
}

type shelved[T any] struct {
	value T
	until time.Time
}

func newShelf[T any](ttl time.Duration, most int) *shelf[T] {
	return &shelf[T]{ttl: ttl, max: most, items: map[string]shelved[T]{}}
}

// put stores a value until ttl from now.
func (s *shelf[T]) put(now time.Time, key string, v T) {
	if _, known := s.items[key]; !known {
		s.order = append(s.order, key)
	}
	s.items[key] = shelved[T]{value: v, until: now.Add(s.ttl)}
	for len(s.order) > s.max || len(s.order) > 0 && s.stale(s.order[0], now) {
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
}

// stale says whether a key of the order has nothing behind it any more, or
// something that ended more than one ttl ago: until then get can still say
// "expired" instead of "unknown".
func (s *shelf[T]) stale(key string, now time.Time) bool {
	it, ok := s.items[key]
	return !ok || now.After(it.until.Add(s.ttl))
}

// get finds a value. live is false for one that was there and has expired.
func (s *shelf[T]) get(now time.Time, key string) (v T, known, live bool) {
	it, ok := s.items[key]
	if !ok || key == "" {
		return v, false, false
	}
	return it.value, true, now.Before(it.until)
}

func (s *shelf[T]) drop(key string) { delete(s.items, key) }
