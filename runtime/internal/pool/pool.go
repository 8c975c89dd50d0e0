// Package pool keeps execution environments warm and says which one serves.
//
// A Pool has one Group per function version, and a Group a stack of idle
// environments. Who needs one takes the one used last, or waits: then a cold
// start is begun, which belongs to nobody, and whoever waits longest gets what
// comes first, a cold start that is through or an environment that another
// request gave back. The pool starts nothing itself and runs no goroutine: it
// calls Starter, and a timer that runs only while something is idle.
package pool

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Env is an execution environment: what outlives an isolate (/tmp, the log
// stream), with an isolate in it or, after a crash, without.
type Env interface {
	// Close frees the environment and its isolate. It is called once.
	Close()
}

// Starter begins cold starts for a Group.
type Starter[E Env] interface {
	// Allow says whether a cold start may begin now; fresh means that it would
	// need a new environment.
	Allow(fresh bool) error
	// NewEnv makes an environment without an isolate.
	NewEnv() E
	// Start begins a cold start in env, without waiting for it, and ends it by
	// calling the group's Started or Failed.
	Start(env E)
}

// Config are the limits of a Pool.
type Config struct {
	// Max caps environments; at the cap the longest idle make room. Those that
	// are in use or being started are never closed.
	Max int
	// IdleTime ends idle environments. 0 or less: never.
	IdleTime time.Duration
	// Clock is the time in nanoseconds; it does not go back.
	Clock func() int64
}

// Pool is the environments of all functions. It is safe for concurrent use.
type Pool[E Env] struct {
	cfg     Config
	total   atomic.Int64 // environments
	evicted atomic.Int64
	armed   atomic.Bool // the reaper's timer runs

	mu     sync.Mutex // guards the fields below; taken before a group's
	groups map[*Group[E]]struct{}
	reaper *time.Timer
	closed bool
}

// New returns an empty Pool.
func New[E Env](cfg Config) *Pool[E] {
	return &Pool[E]{cfg: cfg, groups: map[*Group[E]]struct{}{}}
}

// Group adds a group that keeps at least keep environments.
func (p *Pool[E]) Group(s Starter[E], keep int) *Group[E] {
	g := &Group[E]{pool: p, starter: s, keep: keep}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.groups[g] = struct{}{}
	return g
}

// Total counts environments, with those in use.
func (p *Pool[E]) Total() int { return int(p.total.Load()) }

// Evicted counts the environments that were closed to make room.
func (p *Pool[E]) Evicted() int64 { return p.evicted.Load() }

// Count adds up the numbers of all groups.
func (p *Pool[E]) Count() (sum Counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for g := range p.groups {
		c := g.Count()
		sum.Live += c.Live
		sum.Idle += c.Idle
		sum.Starting += c.Starting
		sum.Waiting += c.Waiting
	}
	return sum
}

// Close closes what is idle, and makes everything else be closed when it is
// given back.
func (p *Pool[E]) Close() {
	p.mu.Lock()
	groups := make([]*Group[E], 0, len(p.groups))
	for g := range p.groups {
		groups = append(groups, g)
	}
	p.closed = true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	p.mu.Unlock()
	for _, g := range groups {
		g.Retire()
	}
}

// sweeps is how many times the reaper looks within IdleTime.
const sweeps = 8

// arm makes the reaper run in a while. It is called whenever something has
// become idle, so its usual case is one load.
func (p *Pool[E]) arm() {
	if p.armed.Load() || p.cfg.IdleTime <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.armed.CompareAndSwap(false, true) {
		return
	}
	every := max(p.cfg.IdleTime/sweeps, time.Millisecond)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(every, p.reap)
		return
	}
	p.reaper.Reset(every)
}

// reap closes what has been idle for long.
func (p *Pool[E]) reap() {
	before := p.cfg.Clock() - int64(p.cfg.IdleTime)
	var old []E
	p.mu.Lock()
	p.armed.Store(false)
	left := false
	for g := range p.groups {
		var more bool
		old, more = g.expire(old, before)
		left = left || more
	}
	p.mu.Unlock()
	p.close(old)
	if left {
		p.arm()
	}
}

// Trim closes all idle environments but those that are to be kept warm.
func (p *Pool[E]) Trim() {
	var idle []E
	p.mu.Lock()
	for g := range p.groups {
		idle, _ = g.expire(idle, math.MaxInt64)
	}
	p.mu.Unlock()
	p.close(idle)
	p.evicted.Add(int64(len(idle)))
}

// close closes environments, outside all locks.
func (p *Pool[E]) close(envs []E) {
	for _, env := range envs {
		env.Close()
	}
	p.total.Add(-int64(len(envs)))
}

// candidate is an idle environment that could make room.
type candidate[E Env] struct {
	group *Group[E]
	since int64
}

// evict closes the longest idle environments of all groups, some more than
// necessary: finding them means looking at all, and the next cold starts need
// not do it again. It keeps nothing up to date while requests run, unlike a
// list in order of use, which would cost each of them a lock for all functions.
func (p *Pool[E]) evict() {
	batch := max(1, p.cfg.Max/32)
	var all []candidate[E]
	p.mu.Lock()
	for g := range p.groups {
		all = g.candidates(all)
	}
	p.mu.Unlock()
	slices.SortFunc(all, func(a, b candidate[E]) int { return cmp.Compare(a.since, b.since) })
	var out []E
	for _, c := range all[:min(batch, len(all))] {
		out = c.group.takeOldest(out)
	}
	p.close(out)
	p.evicted.Add(int64(len(out)))
}
