package worker

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Pool is a set of workers that grows with its load and shrinks without it.
type Pool struct {
	grace, idleTime time.Duration
	stuck           atomic.Int64
	order           atomic.Uint64

	mu      sync.Mutex // guards the fields below
	idle    []*worker  // a stack: those at the bottom age until the sweep
	watches []*worker  // without goroutines, idle
	all     map[*worker]struct{}
	epoch   uint64 // counts sweeps
	sweeper *time.Timer
	live    int // workers that run and are not written off
	closed  bool
	ended   chan struct{} // closed when closed and live is 0
}

// New returns a pool that abandons a task grace after its interruption and
// retires workers that were idle for about idleTime.
func New(grace, idleTime time.Duration) *Pool {
	return &Pool{grace: grace, idleTime: idleTime, all: make(map[*worker]struct{}), ended: make(chan struct{})}
}

// Start runs t on a worker and interrupts it at the deadline. After Close it
// must not be called.
func (p *Pool) Start(t Task, deadline time.Time) Ticket {
	p.mu.Lock()
	var w *worker
	if n := len(p.idle) - 1; n >= 0 {
		w = p.idle[n]
		p.idle[n] = nil
		p.idle = p.idle[:n]
		p.mu.Unlock()
		k := w.begin(t, deadline)
		w.tasks <- t
		return k
	}
	if p.closed {
		p.mu.Unlock()
		panic("worker: Start after Close")
	}
	p.live++
	w = &worker{pool: p, tasks: make(chan Task, 1)}
	p.all[w] = struct{}{}
	p.mu.Unlock()
	go w.loop()
	k := w.begin(t, deadline)
	w.tasks <- t
	return k
}

// Here runs t on the caller's goroutine and interrupts it at the deadline. If it
// has to be abandoned, t.Done is called on another goroutine while Here is
// still stuck; otherwise before Here returns. After Close it must not be called,
// and Close does not wait for it.
func (p *Pool) Here(t Task, deadline time.Time) {
	p.mu.Lock()
	var w *worker
	if n := len(p.watches) - 1; n >= 0 {
		w = p.watches[n]
		p.watches = p.watches[:n]
	} else {
		w = &worker{pool: p}
		p.all[w] = struct{}{}
	}
	p.mu.Unlock()
	w.begin(t, deadline)
	t.Run()
	w.mu.Lock()
	late := w.phase == abandoned
	w.task, w.phase = nil, idle
	w.mu.Unlock()
	if late {
		p.gone(w, true)
		t.Late()
		return
	}
	p.mu.Lock()
	p.watches = append(p.watches, w)
	p.mu.Unlock()
	t.Done(Finished)
}

// Oldest returns the running task that was started first, of those that pick
// chooses, and a ticket for it. pick must not block.
func (p *Pool) Oldest(pick func(Task) bool) (oldest Ticket, t Task) {
	p.each(func(w *worker) {
		if (t == nil || w.order < oldest.order) && pick(w.task) {
			oldest, t = Ticket{w, w.serial, w.order}, w.task
		}
	})
	return oldest, t
}

// Interrupt interrupts all running tasks.
func (p *Pool) Interrupt() {
	p.each(func(w *worker) { w.interrupt(time.Now()) })
}

// each calls fn, under its lock, for each worker that runs a task.
func (p *Pool) each(fn func(*worker)) {
	p.mu.Lock()
	all := slices.Collect(maps.Keys(p.all))
	p.mu.Unlock()
	for _, w := range all {
		w.mu.Lock()
		if w.phase == running {
			fn(w)
		}
		w.mu.Unlock()
	}
}

// Stuck returns how many abandoned tasks have not come back yet.
func (p *Pool) Stuck() int { return int(p.stuck.Load()) }

// put takes back an idle worker, or returns false if it should exit.
func (p *Pool) put(w *worker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	w.epoch = p.epoch
	p.idle = append(p.idle, w)
	if len(p.idle) == 1 {
		p.watch()
	}
	return true
}

// watch makes the sweep run in a while. The caller holds mu.
func (p *Pool) watch() {
	if p.sweeper == nil {
		p.sweeper = time.AfterFunc(p.idleTime, p.sweep)
		p.epoch++ // the sweep under way counts as the first of its epoch
	}
}

// sweep retires the workers that have been idle since before the last sweep.
func (p *Pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	n := 0
	for n < len(p.idle) && p.idle[n].epoch < p.epoch {
		close(p.idle[n].tasks)
		n++
	}
	p.idle = slices.Delete(p.idle, 0, n)
	p.epoch++
	if len(p.idle) == 0 {
		p.sweeper = nil
		return
	}
	p.sweeper.Reset(p.idleTime)
}

// lost writes off a worker whose task was abandoned.
func (p *Pool) lost(w *worker) {
	p.stuck.Add(1)
	if w.tasks != nil {
		p.leave()
	}
}

// gone is called when a worker's goroutine ends; lost says that its last task
// had been abandoned.
func (p *Pool) gone(w *worker, lost bool) {
	p.mu.Lock()
	delete(p.all, w)
	p.mu.Unlock()
	if lost {
		p.stuck.Add(-1)
		return
	}
	p.leave()
}

// leave counts one worker less.
func (p *Pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live--
	if p.closed && p.live == 0 {
		close(p.ended)
	}
}

// Close retires all workers and waits for those that run a task, but not for
// those whose task was abandoned.
func (p *Pool) Close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		for _, w := range p.idle {
			close(w.tasks)
		}
		p.idle = nil
		for _, w := range p.watches {
			w.mu.Lock()
			if w.timer != nil {
				w.timer.Stop()
			}
			w.mu.Unlock()
		}
		if p.sweeper != nil {
			p.sweeper.Stop()
		}
		if p.live == 0 {
			close(p.ended)
		}
	}
	p.mu.Unlock()
	<-p.ended
}
