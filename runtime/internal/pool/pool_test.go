package pool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// env is a fake environment.
type env struct {
	id     int
	users  atomic.Int32
	closed atomic.Bool
}

func (e *env) Close() {
	if e.closed.Swap(true) {
		panic(fmt.Sprintf("environment %d closed twice", e.id))
	}
	if e.users.Load() != 0 {
		panic(fmt.Sprintf("environment %d closed in use", e.id))
	}
}

// starter leaves its cold starts to the test.
type starter struct {
	mu      sync.Mutex
	made    int
	fresh   []bool
	deny    error
	started chan *env
}

func newStarter() *starter { return &starter{started: make(chan *env, 10_000)} }

func (s *starter) Allow(fresh bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = append(s.fresh, fresh)
	return s.deny
}

func (s *starter) NewEnv() *env {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return &env{id: s.made}
}

func (s *starter) Start(e *env) { s.started <- e }

var base = time.Now()

func clock() int64 { return int64(time.Since(base)) }

func newPool(limit int, idle time.Duration) *Pool[*env] {
	return New[*env](Config{Max: limit, IdleTime: idle, Clock: clock})
}

// got is what Get returned.
type got struct {
	env *env
	err error
}

// get asks for an environment in the background.
func get(ctx context.Context, g *Group[*env]) chan got {
	ch := make(chan got, 1)
	go func() {
		e, err := g.Get(ctx)
		ch <- got{e, err}
	}()
	synctest.Wait()
	return ch
}

// warm makes a group with n idle environments.
func warm(t *testing.T, g *Group[*env], s *starter, n int) {
	t.Helper()
	var asked []chan got
	for range n {
		asked = append(asked, get(t.Context(), g))
	}
	for range n {
		g.Started(<-s.started)
	}
	for _, ch := range asked {
		g.Put((<-ch).env, clock())
	}
}

// bubble runs a test with a group of a pool in a synctest bubble.
func bubble(t *testing.T, limit int, idle time.Duration, keep int, f func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, s := newPool(limit, idle), newStarter()
		f(t, p, p.Group(s, keep), s)
		p.Close()
	})
}

func TestLastUsedServesFirst(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		a, b := get(t.Context(), g), get(t.Context(), g)
		g.Started(<-s.started)
		g.Started(<-s.started)
		first, second := (<-a).env, (<-b).env
		g.Put(first, clock())
		g.Put(second, clock())
		if e, _ := g.Get(t.Context()); e != second {
			t.Errorf("got environment %d, want the last used, %d", e.id, second.id)
		}
		g.Put(second, clock())
	})
}

func TestWaitingRequestGetsWhatComesFirst(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		a := get(t.Context(), g)
		g.Started(<-s.started)
		busy := (<-a).env
		b := get(t.Context(), g)
		g.Put(busy, clock())
		if r := <-b; r.env != busy {
			t.Errorf("the waiting request got %v, want the environment that came back", r)
		}
		g.Started(<-s.started)
		if c := g.Count(); c.Idle != 1 || c.Live != 2 || c.Starting != 0 {
			t.Errorf("after the late cold start: %+v, want it idle", c)
		}
		g.Put(busy, clock())
	})
}

func TestColdStartOutlivesTheRequestThatAskedForIt(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		ctx, cancel := context.WithCancel(t.Context())
		a := get(ctx, g)
		cancel()
		if r := <-a; !errors.Is(r.err, context.Canceled) {
			t.Errorf("cancelled request got %v", r)
		}
		b := get(t.Context(), g)
		if len(s.started) != 1 {
			t.Errorf("%d cold starts for one waiting request, want 1", len(s.started))
		}
		e := <-s.started
		g.Started(e)
		if r := <-b; r.env != e {
			t.Errorf("the next request got %v, want the cold start under way", r)
		}
		g.Put(e, clock())
	})
}

func TestFailedStartIsReportedToOneRequestWithoutAnother(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		a, b := get(t.Context(), g), get(t.Context(), g)
		boom := errors.New("boom")
		first, second := <-s.started, <-s.started
		g.Failed(first, false, boom)
		if r := <-a; r.err != boom {
			t.Errorf("first request got %v, want the failure", r)
		}
		g.Started(second)
		if r := <-b; r.env != second {
			t.Errorf("second request got %v, want its environment", r)
		}
		c := get(t.Context(), g)
		e := <-s.started
		if e != first {
			t.Errorf("the next cold start is in environment %d, want the failed one's, %d", e.id, first.id)
		}
		g.Put(second, clock())
		<-c
		g.Failed(e, true, boom) // nobody waits for it
		g.Drop(second, true)
		if p.Total() != 0 {
			t.Errorf("%d environments left, want 0", p.Total())
		}
	})
}

func TestCrashedEnvironmentIsTakenOver(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		a := get(t.Context(), g)
		g.Started(<-s.started)
		e := (<-a).env
		g.Drop(e, false)
		b := get(t.Context(), g)
		g.Started(<-s.started)
		if r := <-b; r.env != e {
			t.Errorf("got environment %v, want the crashed one's", r.env)
		}
		if got := fmt.Sprint(s.fresh); got != "[true false]" {
			t.Errorf("Allow was asked for fresh environments %s, want [true false]", got)
		}
		g.Put(e, clock())
	})
}

func TestRefusedColdStartFailsTheRequestAtOnce(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		s.deny = errors.New("no")
		if _, err := g.Get(t.Context()); err != s.deny {
			t.Errorf("Get() = %v, want %v", err, s.deny)
		}
		if c := g.Count(); c != (Counts{}) || p.Total() != 0 {
			t.Errorf("counts %+v, total %d after a refusal, want zeros", c, p.Total())
		}
	})
}

func TestIdleEnvironmentsExpire(t *testing.T) {
	bubble(t, 0, 8*time.Second, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		warm(t, g, s, 3)
		e, _ := g.Get(t.Context())
		time.Sleep(4 * time.Second)
		g.Put(e, clock())
		time.Sleep(6 * time.Second)
		if c := g.Count(); c.Live != 1 || c.Idle != 1 {
			t.Errorf("after 10 s: %+v, want only the one used since", c)
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if p.Total() != 0 || p.armed.Load() {
			t.Errorf("%d environments, reaper armed %v; want none and a stopped reaper", p.Total(), p.armed.Load())
		}
	})
}

func TestCrashedEnvironmentsExpireToo(t *testing.T) {
	bubble(t, 0, 8*time.Second, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		warm(t, g, s, 1)
		e, _ := g.Get(t.Context())
		g.Drop(e, false)
		time.Sleep(10 * time.Second)
		if p.Total() != 0 {
			t.Errorf("%d environments left, want 0", p.Total())
		}
	})
}

func TestProvisionedEnvironmentsAreMadeAheadAndStay(t *testing.T) {
	bubble(t, 3, 8*time.Second, 3, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		g.Refill()
		if len(s.started) != atOnce {
			t.Errorf("%d starts at once, want %d", len(s.started), atOnce)
		}
		for range 3 {
			g.Started(<-s.started)
		}
		if len(s.started) != 0 {
			t.Errorf("%d starts too many", len(s.started))
		}
		time.Sleep(time.Minute)
		other := p.Group(s, 0)
		get(t.Context(), other)
		other.Started(<-s.started) // above Max, but nothing may be evicted
		if c := g.Count(); c.Live != 3 || p.Evicted() != 0 {
			t.Errorf("%+v with %d evictions, want 3 live and none", c, p.Evicted())
		}
		e, _ := g.Get(t.Context())
		g.Drop(e, false)
		if len(s.started) != 1 {
			t.Fatalf("%d starts after a crash, want 1", len(s.started))
		}
		g.Failed(<-s.started, false, errors.New("boom"))
		g.Refill()
		if len(s.started) != 0 {
			t.Error("a failing function is started again and again")
		}
	})
}

func TestLongestIdleMakesRoom(t *testing.T) {
	bubble(t, 2, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		other := p.Group(s, 0)
		warm(t, g, s, 1)
		time.Sleep(time.Second)
		warm(t, other, s, 1)
		time.Sleep(time.Second)
		e, _ := g.Get(t.Context())
		g.Put(e, clock()) // now other's is the longest idle
		third := p.Group(s, 0)
		warm(t, third, s, 1)
		if g.Count().Idle != 1 || other.Count().Idle != 0 || p.Total() != 2 || p.Evicted() != 1 {
			t.Errorf("idle %d and %d, total %d, evicted %d; want 1, 0, 2, 1",
				g.Count().Idle, other.Count().Idle, p.Total(), p.Evicted())
		}
	})
}

func TestRetiredGroupClosesWhatComesBack(t *testing.T) {
	bubble(t, 0, 0, 0, func(t *testing.T, p *Pool[*env], g *Group[*env], s *starter) {
		warm(t, g, s, 2)
		busy, _ := g.Get(t.Context())
		late := get(t.Context(), g)
		<-late
		w := get(t.Context(), g)
		g.Retire()
		g.Put(busy, clock()) // goes to the request that waits
		if r := <-w; r.env != busy {
			t.Errorf("the waiting request got %v, want the environment that came back", r)
		}
		g.Put(busy, clock())
		if !busy.closed.Load() {
			t.Error("an environment of a retired group was kept")
		}
		g.Started(<-s.started)
		if c := g.Count(); c.Idle != 0 || c.Live != 1 {
			t.Errorf("%+v, want one in use and none idle", c)
		}
	})
}
