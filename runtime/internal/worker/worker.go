// Package worker runs tasks on goroutines that can be given up.
//
// A handler may be stuck in a native operation that no interrupt ends, such as
// a catastrophic regular expression. Go cannot kill a goroutine, so whoever
// waits for a handler must be able to leave it behind. Each task therefore runs
// on a worker of its own, under a deadline: when it passes the task is told to
// stop, and if it has not come back a grace period later it is abandoned, its
// owner gets its answer, and the goroutine is collected whenever it returns.
//
// A caller that need not be woken itself, because somebody else can carry on for
// it when it is stuck, runs its task on its own goroutine (Here), which saves
// two switches.
//
// Workers are reused, last used first, and retire when idle. Each has one
// timer, which is left to run between tasks and looks at the present deadline
// when it fires, so that a task costs no timer operation as long as deadlines
// only move forward.
package worker

import (
	"sync"
	"time"
)

// Outcome is how a task ended.
type Outcome uint8

const (
	// Finished means that Run returned.
	Finished Outcome = iota
	// Abandoned means that Run was given up and still runs.
	Abandoned
)

// Task is a piece of work.
type Task interface {
	// Run does the work, on a worker's goroutine. It must recover its panics.
	Run()
	// Interrupt asks Run to return soon. It is called at most once, while Run
	// runs, from another goroutine, and must not block.
	Interrupt()
	// Done is called exactly once, with the outcome: by the worker after Run has
	// returned, or from another goroutine if Run was given up. It must not block,
	// nor cancel the task.
	Done(Outcome)
	// Late is called after Done(Abandoned), when Run has returned at last.
	Late()
}

type phase uint8

const (
	idle phase = iota
	running
	interrupted
	abandoned
)

// worker is one goroutine and the timer that watches it; or, without a channel
// of tasks, a timer that watches the goroutines of callers.
type worker struct {
	pool  *Pool
	tasks chan Task
	timer *time.Timer
	epoch uint64 // sweep in which it became idle; guarded by Pool.mu

	mu       sync.Mutex // guards the fields below
	task     Task       // nil while idle
	serial   uint64     // counts tasks, so that a Ticket fits one of them only
	phase    phase
	order    uint64    // counts tasks of the pool: the age of the present one
	deadline time.Time // of the present phase
	armed    time.Time // when timer fires; zero if it does not
	lost     bool      // its task was abandoned; the pool no longer counts it
}

// begin makes t the present task.
func (w *worker) begin(t Task, deadline time.Time) Ticket {
	order := w.pool.order.Add(1)
	w.mu.Lock()
	w.task, w.phase, w.order = t, running, order
	w.serial++
	w.watch(deadline)
	k := Ticket{w, w.serial, order}
	w.mu.Unlock()
	return k
}

// watch sets the deadline of the present phase. The timer may fire earlier, and
// then goes on by itself. The caller holds mu.
func (w *worker) watch(deadline time.Time) {
	w.deadline = deadline
	if !w.armed.IsZero() && !w.armed.After(deadline) {
		return
	}
	w.armed = deadline
	if w.timer == nil {
		w.timer = time.AfterFunc(time.Until(deadline), w.tick)
		return
	}
	w.timer.Reset(time.Until(deadline))
}

// tick is the timer's function. It may also run late, for a task that has
// ended meanwhile, and so believes nothing but the state it finds.
func (w *worker) tick() {
	w.mu.Lock()
	w.armed = time.Time{}
	if w.phase != running && w.phase != interrupted {
		w.mu.Unlock()
		return
	}
	now := time.Now()
	if now.Before(w.deadline) {
		w.watch(w.deadline)
		w.mu.Unlock()
		return
	}
	if w.phase == running {
		w.interrupt(now)
		w.mu.Unlock()
		return
	}
	t := w.task
	w.task, w.phase, w.lost = nil, abandoned, true
	w.pool.lost(w)
	t.Done(Abandoned) // under mu, so that Late cannot overtake it
	w.mu.Unlock()
}

// interrupt starts the grace period. The caller holds mu, which keeps the
// task from ending meanwhile: Interrupt never meets a task that is over.
func (w *worker) interrupt(now time.Time) {
	w.phase = interrupted
	w.watch(now.Add(w.pool.grace))
	w.task.Interrupt()
}

// loop runs tasks until the channel is closed.
func (w *worker) loop() {
	var present Task
	defer func() {
		// A task that ends the goroutine (runtime.Goexit) still gets its outcome.
		if present != nil {
			w.end(present, false)
		}
		w.mu.Lock()
		if w.timer != nil {
			w.timer.Stop()
		}
		lost := w.lost
		w.mu.Unlock()
		w.pool.gone(w, lost)
	}()
	for present = range w.tasks {
		present.Run()
		t := present
		present = nil
		if !w.end(t, true) {
			return
		}
	}
	present = nil
}

// end reports t's outcome and offers the worker for reuse. It returns false if
// the worker is to exit.
func (w *worker) end(t Task, reuse bool) bool {
	w.mu.Lock()
	late := w.phase == abandoned
	w.task, w.phase = nil, idle
	w.mu.Unlock()
	if late {
		t.Late()
		return false // the pool has written it off
	}
	// Before the outcome, so that who waits for it finds this worker idle.
	kept := reuse && w.pool.put(w)
	t.Done(Finished)
	return kept
}

// Ticket stands for a started task.
type Ticket struct {
	w             *worker
	serial, order uint64
}

// Cancel interrupts the task as its deadline would, if it still runs.
func (k Ticket) Cancel() {
	w := k.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.serial == k.serial && w.phase == running {
		w.interrupt(time.Now())
	}
}
