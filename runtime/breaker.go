package runtime

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// breakerTrips is how many abandoned isolates that stay away for
	// breakerPatience, within breakerWindow, suspend a function. One that comes
	// back sooner was slow, on a busy machine say, but not stuck.
	breakerTrips    = 3
	breakerPatience = time.Second
	breakerWindow   = time.Minute
	// breakerRest is how long the first suspension lasts; each that follows a
	// failed attempt lasts twice as long as the one before, up to breakerMax.
	breakerRest = 10 * time.Second
	breakerMax  = 5 * time.Minute
)

// States of a breaker.
const (
	breakerClosed int32 = iota
	// breakerWary is a closed breaker that remembers abandoned isolates.
	breakerWary
	breakerOpen
	breakerHalfOpen
)

// breaker suspends a function whose invocations get stuck: each of them holds a
// processor until its native operation ends, which may be never. While it is
// open the function gets no new isolates; after a rest one is let through, and
// the next invocation that ends well closes it. Times are nanoseconds of the
// runtime's clock.
type breaker struct {
	state atomic.Int32 // changed under mu, read without it on the fast path
	stuck atomic.Int32 // abandoned and not back yet

	mu     sync.Mutex // guards the fields below
	active []int64    // when those that are away were abandoned
	past   []int64    // when those that came back late were abandoned
	until  int64      // when an attempt is allowed
	rest   time.Duration
}

// allow says whether a cold start may begin at now; otherwise it returns how
// long to wait.
func (b *breaker) allow(now int64) (ok bool, wait time.Duration) {
	if b.state.Load() == breakerClosed {
		return true, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch b.state.Load() {
	case breakerClosed:
		return true, 0
	case breakerWary:
		if b.tripped(now) < breakerTrips {
			return true, 0
		}
		b.open(now, breakerRest)
	}
	if now < b.until {
		return false, time.Duration(b.until - now)
	}
	b.state.Store(breakerHalfOpen)
	b.until = now + int64(b.rest) // nobody else meanwhile
	return true, 0
}

// tripped counts the isolates that count against the function, and forgets what
// is long ago. The caller holds mu.
func (b *breaker) tripped(now int64) int {
	b.past = slices.DeleteFunc(b.past, func(at int64) bool { return now-at > int64(breakerWindow) })
	n := len(b.past)
	for _, at := range b.active {
		if now-at >= int64(breakerPatience) {
			n++
		}
	}
	return n
}

// open suspends the function. The caller holds mu.
func (b *breaker) open(now int64, rest time.Duration) {
	b.rest = min(rest, breakerMax)
	b.until = now + int64(b.rest)
	b.state.Store(breakerOpen)
}

// abandoned records that an isolate had to be given up.
func (b *breaker) abandoned(now int64) {
	b.stuck.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = append(b.active, now)
	switch b.state.Load() {
	case breakerClosed:
		b.state.Store(breakerWary)
	case breakerHalfOpen:
		b.open(now, 2*b.rest)
	}
}

// returned records that the isolate that was abandoned at the given time came
// back.
func (b *breaker) returned(at, now int64) {
	b.stuck.Add(-1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.active, at); i >= 0 {
		b.active = slices.Delete(b.active, i, i+1)
	}
	if now-at >= int64(breakerPatience) {
		if len(b.past) == breakerTrips { // more do not matter
			b.past = slices.Delete(b.past, 0, 1)
		}
		b.past = append(b.past, at)
	}
	if b.state.Load() == breakerWary && len(b.active)+len(b.past) == 0 {
		b.state.Store(breakerClosed)
	}
}

// succeeded records an invocation that ended by itself.
func (b *breaker) succeeded() {
	if b.state.Load() != breakerHalfOpen {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.past, b.active = nil, nil // it begins anew, whatever is still away
	b.state.Store(breakerClosed)
}

// suspends reports whether the function is suspended.
func (b *breaker) suspends() bool { return b.state.Load() >= breakerOpen }
