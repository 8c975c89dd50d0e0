package pool

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestHammer fails if an environment ever has two users, is closed in use or
// twice, or if one is lost.
func TestHammer(t *testing.T) {
	t.Parallel()
	p := newPool(6, 2*time.Millisecond)
	groups := make([]*Group[*env], 5)
	starters := make([]*starter, len(groups))
	stop := make(chan struct{})
	var starts sync.WaitGroup
	for i := range groups {
		starters[i] = newStarter()
		groups[i] = p.Group(starters[i], i%2)
		starts.Go(func() {
			for n := 0; ; n++ {
				select {
				case e := <-starters[i].started:
					if n%7 == 3 {
						groups[i].Failed(e, n%2 == 0, errors.New("boom"))
					} else {
						groups[i].Started(e)
					}
				case <-stop:
					return
				}
			}
		})
	}
	var users sync.WaitGroup
	for w := range 8 {
		users.Go(func() {
			for n := range 1000 {
				g := groups[(w+n)%len(groups)]
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n%50)*10*time.Microsecond)
				e, err := g.Get(ctx)
				cancel()
				if err != nil {
					continue
				}
				if e.users.Add(1) != 1 || e.closed.Load() {
					t.Errorf("environment %d has two users or is closed", e.id)
				}
				e.users.Add(-1)
				switch n % 10 {
				case 0:
					g.Drop(e, false)
				case 1:
					g.Drop(e, true)
				default:
					g.Put(e, clock())
				}
			}
		})
	}
	users.Wait()
	for _, g := range groups {
		for g.Count().Starting > 0 {
			runtime.Gosched()
		}
	}
	p.Close()
	close(stop)
	starts.Wait()
	if p.Total() != 0 {
		t.Errorf("%d environments lost", p.Total())
	}
}

func BenchmarkGetPut(b *testing.B) {
	p, s := newPool(0, time.Minute), newStarter()
	g := p.Group(s, 0)
	go func() { g.Started(<-s.started) }()
	e, _ := g.Get(b.Context())
	g.Put(e, 0)
	b.ReportAllocs()
	for b.Loop() {
		e, _ := g.Get(b.Context())
		g.Put(e, 0)
	}
	p.Close()
}
