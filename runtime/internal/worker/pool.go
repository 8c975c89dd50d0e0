package worker

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Pool is a set of workers that grows with its load and shrinks without it.
type Pool struct {
	grace, idleTime time.Duration
	stuck           atomic.Int64

	mu      sync.Mutex // guards the fields below
	idle    []*worker  // a stack: those at the bottom age until the sweep
	epoch   uint64     // counts sweeps
	sweeper *time.Timer
	live    int // workers that run and are not written off
	closed  bool
	ended   chan struct{} // closed when closed and live is 0
}

// New returns a pool that abandons a task grace after its interruption and
// retires workers that were idle for about idleTime.
func New(grace, idleTime time.Duration) *Pool {
	return &Pool{grace: grace, idleTime: idleTime, ended: make(chan struct{})}
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
		return w.begin(t, deadline)
	}
	if p.closed {
		p.mu.Unlock()
		panic("worker: Start after Close")
	}
	p.live++
	p.mu.Unlock()
	w = &worker{pool: p, tasks: make(chan Task, 1)}
	go w.loop()
	return w.begin(t, deadline)
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
func (p *Pool) lost() {
	p.stuck.Add(1)
	p.leave()
}

// gone is called when a worker's goroutine ends; lost says that its last task
// had been abandoned.
func (p *Pool) gone(lost bool) {
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
