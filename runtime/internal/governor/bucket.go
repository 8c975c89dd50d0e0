package governor

import "sync/atomic"

// bucket lets through size events per window, refilled continuously; what is
// not used does not add up beyond size. It keeps one number, the time at which
// it would be full again (the generic cell rate algorithm), so taking is one
// compare-and-swap. A zero bucket lets everything through.
type bucket struct {
	full   atomic.Int64 // when it is full again, on the caller's clock
	each   atomic.Int64 // nanoseconds that one event takes to refill; 0: no limit
	window atomic.Int64 // nanoseconds from empty to full
}

// set changes the size and the window in seconds; size 0: no limit.
func (b *bucket) set(size, seconds int) {
	window := int64(seconds) * 1e9
	if size <= 0 || window <= 0 {
		b.each.Store(0)
		return
	}
	b.window.Store(window)
	b.each.Store(max(1, window/int64(size)))
}

// take uses one event, or returns false.
func (b *bucket) take(now int64) bool {
	each := b.each.Load()
	if each == 0 {
		return true
	}
	for {
		full := b.full.Load()
		next := max(full, now) + each
		if next-now > b.window.Load() {
			return false
		}
		if b.full.CompareAndSwap(full, next) {
			return true
		}
	}
}
