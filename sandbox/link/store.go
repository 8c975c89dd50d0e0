package link

import (
	"context"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

// Store is where the instances of one isolate live. It belongs to the isolate's
// goroutine; only Compile and Interrupt may be called from others.
type Store struct {
	engine *Engine
	ctx    context.Context
	ledger ledger

	stopped atomic.Bool   // says what the closed channel says, for guests
	stop    chan struct{} // closed by Interrupt
	once    sync.Once

	// depth counts calls that are nested in each other through the host.
	depth int
	// hosts are the host functions by the number that guests call them by. They
	// belong to clusters; the numbers of those that are gone are used again.
	hosts []weak.Pointer[host]
	// opaque has the instances by where wazero keeps their functions (ref.go).
	opaque map[uintptr]weak.Pointer[Instance]
	// instances are all that there are, and some that are gone.
	instances []weak.Pointer[Instance]
	scratch   *Table   // for calls of functions without a name
	running   *cluster // whose function was called last; nil: nothing runs
	reclaims  reclaims

	mu sync.Mutex // guards the fields below: garbage is dealt with on other goroutines
	// live are the resources of clusters that are in use.
	live map[*resources]struct{}
	// free has the first of runs of numbers in hosts to use again, by how many.
	free map[uint32][]uint32
}

// NewStore returns a store whose memories, tables and modules may take that many
// bytes together.
func (e *Engine) NewStore(memory int64) *Store {
	s := &Store{
		engine: e,
		stop:   make(chan struct{}),
		opaque: map[uintptr]weak.Pointer[Instance]{},
		live:   map[*resources]struct{}{},
		free:   map[uint32][]uint32{},
	}
	s.ledger.limit = memory
	s.ctx = &storeContext{context.Background(), s}
	return s
}

// Close frees what the store's instances hold. Nothing of the store may be used
// afterwards, except slices of memory, which stay what they are.
func (s *Store) Close() {
	s.Interrupt()
	s.mu.Lock()
	live := s.live
	s.live = map[*resources]struct{}{}
	s.mu.Unlock()
	for r := range live {
		r.release()
	}
}

// ledger counts the bytes that a store's guests hold.
type ledger struct {
	limit int64
	used  atomic.Int64
	taken atomic.Int64 // all that ever was
	// growths counts how often a memory has grown: a slice of it that was taken
	// before may not be its memory any more.
	growths atomic.Uint64
}

// charge takes bytes, if there are so many left.
func (l *ledger) charge(bytes int64) bool {
	if l.used.Add(bytes) <= l.limit {
		l.taken.Add(bytes)
		return true
	}
	l.used.Add(-bytes)
	return false
}

// Memory returns how many bytes the store's guests hold.
func (s *Store) Memory() int64 { return s.ledger.used.Load() }

// Growths counts how often a memory of the store has grown. While it stays the
// same, so do the slices that Memory.Bytes returns.
func (s *Store) Growths() uint64 { return s.ledger.growths.Load() }

// charge takes bytes for something that a guest asks for. If there are none
// left, instances that nobody can reach any more may still hold some.
func (s *Store) charge(bytes int64) bool {
	return s.ledger.charge(bytes) || bytes <= s.ledger.limit && s.reclaims.due(&s.ledger) && s.reclaim(bytes)
}

// reclaims says when a store last had the garbage of the process collected,
// which is a cost to all of its guests.
type reclaims struct {
	at    time.Time
	taken int64 // by then
}

// due says whether it may be done again: if much has been taken since then, as a
// guest does that uses one instance after the other, or else once a second.
func (r *reclaims) due(l *ledger) bool {
	return l.taken.Load()-r.taken >= l.limit/4 || time.Since(r.at) >= time.Second
}

const (
	// longestRelease is how long the instances that a collection has found may
	// take to be closed, which happens on goroutines of the collector's, and
	// releaseStep how often to look.
	longestRelease = 250 * time.Millisecond
	releaseStep    = 500 * time.Microsecond
	// collectEvery is how often all stores together may have garbage collected.
	collectEvery = 50 * time.Millisecond
)

// reclaim takes bytes of what a collection of garbage sets free: its own, or one
// that somebody else has had.
func (s *Store) reclaim(bytes int64) bool {
	s.reclaims = reclaims{at: time.Now(), taken: s.ledger.taken.Load()}
	var end time.Time // once it was our turn
	for ; !s.ledger.charge(bytes); time.Sleep(releaseStep) {
		switch {
		case s.stopped.Load() || !end.IsZero() && time.Now().After(end):
			return false
		case end.IsZero() && s.engine.mayCollect():
			goruntime.GC()
			end = time.Now().Add(longestRelease)
		}
	}
	return true
}

// mayCollect says whether it is time for another collection, to one who asks.
func (e *Engine) mayCollect() bool {
	last, now := e.collected.Load(), time.Now().UnixNano()
	return now-last >= int64(collectEvery) && e.collected.CompareAndSwap(last, now)
}
