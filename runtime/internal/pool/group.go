package pool

import (
	"context"
	"slices"
	"sync"
)

// Group is the environments of one function version.
type Group[E Env] struct {
	pool    *Pool[E]
	starter Starter[E]

	mu sync.Mutex // guards the fields below; never held across a cold start

	// idle is a stack, not a queue: the environment used last has the warmest
	// caches, and those at the bottom age until the reaper may close them.
	idle []rest[E]
	// spare holds environments whose isolate is gone. The next cold start takes
	// one over, with its /tmp.
	spare []rest[E]
	// waiters are served in order. There are never more of them than starts
	// under way, so each is served.
	waiters  []*waiter[E]
	starting int
	live     int  // environments with an isolate, idle or in use
	keep     int  // provisioned
	refills  int  // starts under way that nobody asked for but keep
	barren   bool // the last start made no isolate
	retired  bool
}

// rest is an environment that does nothing, and since when.
type rest[E Env] struct {
	env   E
	since int64
}

// waiter is a request without an environment.
type waiter[E Env] struct {
	ready chan struct{} // closed when env or err is set
	env   E
	err   error
}

// Counts are the numbers of a Group.
type Counts struct {
	// Live counts environments with an isolate, Idle those of them that do
	// nothing, Starting cold starts under way, Waiting requests without one.
	Live, Idle, Starting, Waiting int
}

// Count returns the group's numbers.
func (g *Group[E]) Count() Counts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Counts{g.live, len(g.idle), g.starting, len(g.waiters)}
}

// Barren reports whether the last cold start failed.
func (g *Group[E]) Barren() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.barren
}

// TryGet takes an idle environment, if there is one. The caller gives it to Put
// or Drop.
func (g *Group[E]) TryGet() (env E, ok bool) {
	g.mu.Lock()
	env, ok = g.pop()
	g.mu.Unlock()
	return env, ok
}

// pop takes the top of the stack. The caller holds mu.
func (g *Group[E]) pop() (env E, ok bool) {
	n := len(g.idle) - 1
	if n < 0 {
		return env, false
	}
	env = g.idle[n].env
	g.idle[n] = rest[E]{}
	g.idle = g.idle[:n]
	return env, true
}

// Get takes an environment, waiting for one if there must be a cold start. The
// error is Allow's, the one given to Failed, or the context's. The caller gives
// the environment to Put or Drop.
func (g *Group[E]) Get(ctx context.Context) (E, error) {
	g.mu.Lock()
	if env, ok := g.pop(); ok {
		g.mu.Unlock()
		return env, nil
	}
	return g.wait(ctx)
}

// wait queues for an environment. The caller holds mu; wait unlocks it.
func (g *Group[E]) wait(ctx context.Context) (none E, err error) {
	var env E
	begin := g.starting <= len(g.waiters)
	if begin {
		if err := g.starter.Allow(len(g.spare) == 0); err != nil {
			g.mu.Unlock()
			return none, err
		}
		env = g.beginStart()
	}
	w := &waiter[E]{ready: make(chan struct{})}
	g.waiters = append(g.waiters, w)
	g.mu.Unlock()
	if begin {
		g.launch(env)
	}
	select {
	case <-w.ready:
		return w.env, w.err
	case <-ctx.Done():
	}
	g.mu.Lock()
	if i := slices.Index(g.waiters, w); i >= 0 {
		g.waiters = slices.Delete(g.waiters, i, i+1)
		g.mu.Unlock()
		return none, context.Cause(ctx)
	}
	g.mu.Unlock()
	<-w.ready // served meanwhile
	if w.err == nil {
		g.Put(w.env, g.pool.cfg.Clock())
	}
	return none, context.Cause(ctx)
}

// beginStart counts a cold start and returns the environment for it. The
// caller holds mu, and calls launch when it does not.
func (g *Group[E]) beginStart() E {
	g.starting++
	if n := len(g.spare) - 1; n >= 0 {
		env := g.spare[n].env
		g.spare = slices.Delete(g.spare, n, n+1)
		return env
	}
	g.pool.total.Add(1)
	return g.starter.NewEnv()
}

// Claim takes an environment without an isolate, for a cold start of the
// caller's own. The caller gives it to Put or Drop.
func (g *Group[E]) Claim() E {
	g.mu.Lock()
	env := g.beginStart()
	g.starting--
	g.live++
	g.mu.Unlock()
	g.makeRoom()
	return env
}

// launch starts env, after making room for it.
func (g *Group[E]) launch(env E) {
	g.makeRoom()
	g.starter.Start(env)
}

// makeRoom sees that there are not too many environments.
func (g *Group[E]) makeRoom() {
	if g.pool.cfg.Max > 0 && g.pool.total.Load() > int64(g.pool.cfg.Max) {
		g.pool.evict()
	}
}

// Put takes back an environment whose isolate can serve again; now is the time
// on the pool's clock.
func (g *Group[E]) Put(env E, now int64) {
	g.mu.Lock()
	g.offer(env, now)
}

// offer gives env to the first in the queue, or to the stack. The caller holds
// mu; offer unlocks it.
func (g *Group[E]) offer(env E, now int64) {
	switch {
	case len(g.waiters) > 0:
		w := g.shift()
		g.mu.Unlock()
		w.env = env
		close(w.ready)
	case g.retired:
		g.live--
		g.mu.Unlock()
		g.pool.close([]E{env})
	default:
		g.idle = append(g.idle, rest[E]{env, now})
		g.mu.Unlock()
		g.pool.arm()
	}
}

// shift removes the first waiter. The caller holds mu.
func (g *Group[E]) shift() *waiter[E] {
	w := g.waiters[0]
	g.waiters = slices.Delete(g.waiters, 0, 1)
	return w
}

// Drop takes back an environment that lost its isolate; its next cold start is
// in the same environment. A useless one is closed instead.
func (g *Group[E]) Drop(env E, useless bool) {
	g.mu.Lock()
	g.live--
	g.lay(env, useless)
	g.refill()
}

// lay puts an environment without an isolate aside. The caller holds mu; lay
// returns with it held, too.
func (g *Group[E]) lay(env E, useless bool) {
	if !useless && !g.retired {
		g.spare = append(g.spare, rest[E]{env, g.pool.cfg.Clock()})
		return
	}
	g.mu.Unlock()
	g.pool.close([]E{env})
	g.mu.Lock()
}

// Started ends a cold start: env can serve.
func (g *Group[E]) Started(env E) {
	g.mu.Lock()
	g.starting--
	g.refills = min(g.refills, g.starting)
	g.live++
	g.barren = false
	g.offer(env, g.pool.cfg.Clock())
	g.Refill()
}

// Failed ends a cold start that made no isolate. Whoever waits and has no
// other start to wait for gets the error. A useless environment is closed.
func (g *Group[E]) Failed(env E, useless bool, err error) {
	g.mu.Lock()
	g.starting--
	g.refills = min(g.refills, g.starting)
	g.barren = true
	var w *waiter[E]
	if len(g.waiters) > g.starting {
		w = g.shift()
	}
	g.lay(env, useless)
	g.mu.Unlock()
	if w != nil {
		w.err = err
		close(w.ready)
	}
	g.pool.arm()
}

// atOnce limits the cold starts under way for the sake of keep.
const atOnce = 2

// Refill begins cold starts until the group has the environments it is to
// keep. It does nothing after a start has failed, until one succeeds.
func (g *Group[E]) Refill() {
	g.mu.Lock()
	g.refill()
}

// refill is Refill; the caller holds mu, and refill unlocks it.
func (g *Group[E]) refill() {
	var begun []E
	for !g.retired && !g.barren && g.refills < atOnce && g.live+g.starting < g.keep {
		if g.starter.Allow(len(g.spare) == 0) != nil {
			break
		}
		begun = append(begun, g.beginStart())
		g.refills++
	}
	idle := len(g.spare) > 0
	g.mu.Unlock()
	for _, env := range begun {
		g.launch(env)
	}
	if idle {
		g.pool.arm()
	}
}

// Retire closes what is idle, and makes everything else be closed when it is
// given back. The group still serves those who have it.
func (g *Group[E]) Retire() {
	g.pool.mu.Lock()
	delete(g.pool.groups, g)
	g.pool.mu.Unlock()
	g.mu.Lock()
	g.retired = true
	g.live -= len(g.idle)
	var out []E
	for _, r := range append(g.idle, g.spare...) {
		out = append(out, r.env)
	}
	g.idle, g.spare = nil, nil
	g.mu.Unlock()
	g.pool.close(out)
}

// expire takes out what has been idle since before the given time, and says
// whether anything idle is left that may expire later.
func (g *Group[E]) expire(out []E, before int64) (_ []E, left bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for n < len(g.idle) && g.idle[n].since <= before && g.live > g.keep {
		out = append(out, g.idle[n].env)
		g.live--
		n++
	}
	g.idle = slices.Delete(g.idle, 0, n)
	n = 0
	for n < len(g.spare) && g.spare[n].since <= before {
		out = append(out, g.spare[n].env)
		n++
	}
	g.spare = slices.Delete(g.spare, 0, n)
	return out, len(g.spare) > 0 || len(g.idle) > 0 && g.live > g.keep
}

// candidates adds what takeOldest could take, oldest first.
func (g *Group[E]) candidates(all []candidate[E]) []candidate[E] {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.spare {
		all = append(all, candidate[E]{g, r.since})
	}
	for _, r := range g.idle[:max(0, min(len(g.idle), g.live-g.keep))] {
		all = append(all, candidate[E]{g, r.since})
	}
	return all
}

// takeOldest takes out the environment that has been idle longest, if any.
func (g *Group[E]) takeOldest(out []E) []E {
	g.mu.Lock()
	defer g.mu.Unlock()
	mayIdle := len(g.idle) > 0 && g.live > g.keep
	switch {
	case len(g.spare) > 0 && (!mayIdle || g.spare[0].since <= g.idle[0].since):
		out = append(out, g.spare[0].env)
		g.spare = slices.Delete(g.spare, 0, 1)
	case mayIdle:
		out = append(out, g.idle[0].env)
		g.idle = slices.Delete(g.idle, 0, 1)
		g.live--
	}
	return out
}
