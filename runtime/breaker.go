package runtime

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// breakerTrips is how many abandoned isolates within breakerWindow suspend a
	// function.
	breakerTrips  = 3
	breakerWindow = time.Minute
	// breakerRest is how long the first suspension lasts; each that follows a
	// failed attempt lasts twice as long as the one before, up to breakerMax.
	breakerRest = 10 * time.Second
	breakerMax  = 5 * time.Minute
)

// States of a breaker.
const (
	breakerClosed int32 = iota
	breakerOpen
	breakerHalfOpen
)

// breaker suspends a function whose invocations get stuck: each of them holds a
// processor until its native operation ends, which may be never. While it is
// open the function gets no new isolates; after a rest one is let through, and
// the next invocation that ends well closes it.
type breaker struct {
	state atomic.Int32 // read without mu on the fast path
	stuck atomic.Int32 // abandoned and not back yet

	mu    sync.Mutex // guards the fields below
	trips [breakerTrips]int64
	next  int // index in trips
	total int
	until int64 // when an attempt is allowed
	rest  time.Duration
}

// allow says whether a cold start may begin at now, in nanoseconds of the
// runtime's clock; otherwise it returns how long to wait.
func (b *breaker) allow(now int64) (ok bool, wait time.Duration) {
	if b.state.Load() == breakerClosed {
		return true, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Load() == breakerClosed {
		return true, 0
	}
	if now < b.until {
		return false, time.Duration(b.until - now)
	}
	b.state.Store(breakerHalfOpen)
	b.until = now + int64(b.rest) // nobody else meanwhile
	return true, 0
}

// abandoned records that an isolate had to be given up.
func (b *breaker) abandoned(now int64) {
	b.stuck.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	oldest := b.trips[b.next]
	b.trips[b.next] = now
	b.next = (b.next + 1) % breakerTrips
	b.total++
	switch {
	case b.state.Load() == breakerHalfOpen:
		b.rest = min(2*b.rest, breakerMax)
	case b.total >= breakerTrips && now-oldest <= int64(breakerWindow):
		b.rest = max(b.rest, breakerRest)
	default:
		return
	}
	b.state.Store(breakerOpen)
	b.until = now + int64(b.rest)
}

// returned records that an abandoned isolate came back.
func (b *breaker) returned() { b.stuck.Add(-1) }

// succeeded records an invocation that ended by itself.
func (b *breaker) succeeded() {
	if b.state.Load() != breakerHalfOpen {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Store(breakerClosed)
	b.total, b.rest = 0, 0
}

// count is how many isolates were abandoned since all was well.
func (b *breaker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}
