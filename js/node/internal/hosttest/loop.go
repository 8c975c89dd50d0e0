package hosttest

import (
	"container/heap"
	"fmt"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
)

// loop runs macrotasks in Node's order: due timers, finished work, immediates;
// after each of them process.nextTick callbacks, then promise reactions.
type loop struct {
	vm    *goja.Runtime
	enter goja.Callable // calls its argument; promise reactions run when it returns

	timers     timerHeap
	seq        int
	immediates []*immediate
	ticks      []func() error
	unhandled  map[*goja.Promise]struct{}

	mu      sync.Mutex // guards ready and pending, which other goroutines change
	ready   []func() error
	pending int
	wake    chan struct{}
}

func newLoop(vm *goja.Runtime) *loop {
	v, err := vm.RunString("(function (f) { f() })")
	if err != nil {
		panic(err)
	}
	enter, _ := goja.AssertFunction(v)
	return &loop{vm: vm, enter: enter, wake: make(chan struct{}, 1), unhandled: map[*goja.Promise]struct{}{}}
}

func (l *loop) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	if op == goja.PromiseRejectionReject {
		l.unhandled[p] = struct{}{}
	} else {
		delete(l.unhandled, p)
	}
}

// task runs one macrotask, and the ticks and promise reactions after it.
func (l *loop) task(fn func() error) error {
	for fn != nil || len(l.ticks) > 0 {
		var err error
		first := fn
		fn = nil
		_, callErr := l.enter(goja.Undefined(), l.vm.ToValue(func(goja.FunctionCall) goja.Value {
			if first != nil {
				err = first()
			}
			for err == nil && len(l.ticks) > 0 {
				tick := l.ticks[0]
				l.ticks = l.ticks[1:]
				err = tick()
			}
			return goja.Undefined()
		}))
		if err == nil {
			err = callErr
		}
		if err != nil {
			return err
		}
	}
	for p := range l.unhandled {
		return fmt.Errorf("hosttest: unhandled rejection: %s", p.Result())
	}
	return nil
}

// run runs fn and all that follows from it, until nothing keeps the loop alive.
func (l *loop) run(fn func() error) error {
	if err := l.task(fn); err != nil {
		return err
	}
	for {
		ran, err := l.turn()
		if err != nil {
			return err
		}
		if ran {
			continue
		}
		if !l.alive() {
			return nil
		}
		l.wait()
	}
}

func (l *loop) turn() (ran bool, err error) {
	now := time.Now()
	for len(l.timers) > 0 && !l.timers[0].due.After(now) {
		t := heap.Pop(&l.timers).(*timer)
		ran = true
		if err := l.task(func() error { return t.fire(now) }); err != nil {
			return true, err
		}
	}
	l.mu.Lock()
	ready := l.ready
	l.ready = nil
	l.mu.Unlock()
	for _, fn := range ready {
		ran = true
		if err := l.task(fn); err != nil {
			return true, err
		}
	}
	batch := l.immediates
	l.immediates = nil
	for _, im := range batch {
		if im.done {
			continue
		}
		ran = true
		im.done = true
		if err := l.task(im.fn); err != nil {
			return true, err
		}
	}
	return ran, nil
}

func (l *loop) alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending > 0 || len(l.ready) > 0 {
		return true
	}
	for _, t := range l.timers {
		if !t.unref {
			return true
		}
	}
	for _, im := range l.immediates {
		if !im.done && !im.unref {
			return true
		}
	}
	return false
}

func (l *loop) wait() {
	if len(l.timers) == 0 {
		<-l.wake
		return
	}
	t := time.NewTimer(time.Until(l.timers[0].due))
	defer t.Stop()
	select {
	case <-l.wake:
	case <-t.C:
	}
}

// Pending implements module.Loop.
func (l *loop) Pending() (done func(fn func() error)) {
	l.mu.Lock()
	l.pending++
	l.mu.Unlock()
	called := false
	return func(fn func() error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if called {
			panic("hosttest: done was called twice")
		}
		called = true
		l.pending--
		if fn != nil {
			l.ready = append(l.ready, fn)
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// NextTick implements module.Loop.
func (l *loop) NextTick(fn func() error) { l.ticks = append(l.ticks, fn) }

// SetImmediate implements module.Loop.
func (l *loop) SetImmediate(fn func() error) module.Handle {
	im := &immediate{fn: fn}
	l.immediates = append(l.immediates, im)
	return im
}

// SetTimer implements module.Loop.
func (l *loop) SetTimer(d time.Duration, repeat bool, fn func() error) module.Timer {
	t := &timer{loop: l, after: max(d, time.Millisecond), repeat: repeat, fn: fn, index: -1}
	t.Refresh()
	return t
}

type immediate struct {
	fn          func() error
	done, unref bool
}

func (i *immediate) Stop()        { i.done = true }
func (i *immediate) Ref()         { i.unref = false }
func (i *immediate) Unref()       { i.unref = true }
func (i *immediate) HasRef() bool { return !i.done && !i.unref }

type timer struct {
	loop            *loop
	after           time.Duration
	due             time.Time
	seq, index      int
	repeat, stopped bool
	unref           bool
	fn              func() error
}

func (t *timer) fire(now time.Time) error {
	if t.repeat && !t.stopped {
		t.schedule(now)
	}
	return t.fn()
}

func (t *timer) schedule(now time.Time) {
	t.loop.seq++
	t.seq = t.loop.seq
	t.due = now.Add(t.after)
	if t.index >= 0 {
		heap.Fix(&t.loop.timers, t.index)
		return
	}
	heap.Push(&t.loop.timers, t)
}

func (t *timer) Stop() {
	t.stopped = true
	if t.index >= 0 {
		heap.Remove(&t.loop.timers, t.index)
	}
}

func (t *timer) Refresh() {
	if !t.stopped {
		t.schedule(time.Now())
	}
}

func (t *timer) Ref()         { t.unref = false }
func (t *timer) Unref()       { t.unref = true }
func (t *timer) HasRef() bool { return t.index >= 0 && !t.unref }

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].seq < h[j].seq
	}
	return h[i].due.Before(h[j].due)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	t.index = -1
	*h = old[:len(old)-1]
	return t
}
